//! A complaint stands in the log once, not once a second.

/// What was complained of last.
#[derive(Debug, Default)]
pub(crate) struct Complaint(String);

impl Complaint {
    /// Puts words into the log, unless they are the last ones.
    pub(crate) fn say(&mut self, words: &str) {
        if words != self.0 {
            tracing::warn!("{words}");
            self.0 = words.to_owned();
        }
    }

    /// It is well again: the same words are news the next time. Answers whether there was something.
    pub(crate) fn over(&mut self) -> bool {
        !std::mem::take(&mut self.0).is_empty()
    }
}
