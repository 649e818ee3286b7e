//! What a carrier of messages answers, whichever it is: an SMS supplier or a mail server.

use std::time::Duration;

use crate::domain::message::Trouble;
use crate::store::StoreError;

/// What became of one try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It has left. The other side's words.
    Sent(String),
    /// It has not left, and never will as it is.
    Rejected(Trouble, String),
    /// Nobody knows whether it left.
    Unknown(String),
    /// It has not left. It may be tried again; others can go on meanwhile.
    Later(Setback),
    /// It has not left, and no other would: the whole channel waits.
    Hold(Setback),
    /// A person took it back at the last moment, or the law bars it since.
    NotAllowed,
}

/// Why a message has not left yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setback {
    /// What is in the way.
    pub trouble: Trouble,
    /// In words.
    pub words: String,
    /// For how long the other side asks to wait.
    pub wait: Option<Duration>,
}

impl Setback {
    /// Without a wish of the other side's.
    pub fn new(trouble: Trouble, words: impl Into<String>) -> Self {
        Self { trouble, words: words.into(), wait: None }
    }
}

/// Asked right before anything leaves: writes that down, and answers whether the message may leave.
pub type Gate<'g> = dyn FnMut() -> Result<bool, StoreError> + 'g;

/// A text of somebody else's for the database: one line, not too long.
pub(super) fn shortened(text: &str) -> String {
    const MOST: usize = 300;
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(MOST) {
        Some((at, _)) => line.get(..at).unwrap_or_default().to_owned() + "...",
        None => line,
    }
}
