//! Appointments that stand here and in the calendar (APP-07): what the calendar's version means beside
//! Balie's own, and what is left to a person.

use super::calendar::{Entry, When};

/// An entry of the calendar, as it stands there. Times are the shop's wall clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Its name.
    pub uid: String,
    /// Where it lies on the server.
    pub href: String,
    /// The server's mark of this version.
    pub etag: String,
    /// How often it has changed, as it says itself.
    pub sequence: u32,
    /// When.
    pub when: When,
    /// It lasts whole days.
    pub all_day: bool,
    /// It repeats: the calendar's own affair (a holiday, a coffee break), no appointment of a customer.
    pub repeats: bool,
    /// Its title.
    pub summary: String,
    /// What else it says.
    pub description: String,
}

impl Found {
    /// Title and text.
    pub fn words(&self) -> String {
        format!("{} {}", self.summary, self.description)
    }
}

/// What Balie knows of the calendar's version of an appointment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Where it lies on the server.
    pub href: String,
    /// The mark of the version that Balie knows; `None`: none is known to lie there.
    pub etag: Option<String>,
    /// Which version of Balie's stands there; `None`: the one that stands there is not Balie's.
    pub sequence: Option<u32>,
    /// The time that Balie last read or wrote there, also when the answer to that never came.
    pub time: String,
}

/// What the calendar's version means for Balie's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// It is known already.
    Known,
    /// They say the same: an answer got lost, or both sides did the same.
    Same,
    /// The calendar's time is the one that Balie knew: at most words have changed there.
    Ours,
    /// The calendar's was changed, Balie's was not.
    Theirs,
    /// Both were changed.
    Conflict,
}

/// Compares an appointment with the calendar's version of it.
pub fn compare(ours: &Entry, known: Option<&Known>, found: &Found) -> Meaning {
    if known.and_then(|known| known.etag.as_deref()) == Some(found.etag.as_str()) {
        Meaning::Known
    } else if ours.when.same_as(&found.when) {
        Meaning::Same
    } else if known.is_some_and(|known| known.time == found.when.in_short()) {
        Meaning::Ours
    } else if known.is_some_and(|known| known.sequence == Some(ours.sequence)) {
        Meaning::Theirs
    } else {
        Meaning::Conflict
    }
}

/// How the calendar's version of a conflict differs from Balie's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Theirs {
    /// It lies at another time, or was cancelled.
    Changed(When),
    /// It is no longer there.
    Gone,
}

/// An appointment that was changed on both sides: a person chooses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// Balie's version.
    pub ours: Entry,
    /// The calendar's.
    pub theirs: Theirs,
}

/// Which version of a conflict stands from now on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// Balie's.
    Ours,
    /// The calendar's.
    Theirs,
}

/// What a pass over the calendar did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Synced {
    /// Appointments written there, and removed.
    pub written: u32,
    /// Appointments made, moved or cancelled there, and taken over.
    pub taken: u32,
    /// Conflicts that are new.
    pub conflicts: u32,
    /// Entries there that cannot be read.
    pub unreadable: u32,
    /// Appointments that the server does not take.
    pub refused: u32,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::AppointmentId;
    use crate::domain::records::AppointmentKind;

    const NINE: &str = "2026-11-30T09:00:00";
    const TEN: &str = "2026-11-30T10:00:00";

    fn when(start: &str) -> When {
        When { starts_at: start.parse().unwrap(), ends_at: None, cancelled: false }
    }

    fn entry(sequence: u32, start: &str) -> Entry {
        Entry {
            id: AppointmentId(1),
            uid: "a@balie".to_owned(),
            sequence,
            kind: AppointmentKind::Inspection,
            plate: None,
            customer: None,
            notes: None,
            when: when(start),
        }
    }

    fn found(etag: &str, when: When) -> Found {
        let (uid, href, etag) = ("a@balie".to_owned(), "/a.ics".to_owned(), etag.to_owned());
        let (summary, description) = (String::new(), String::new());
        Found { uid, href, etag, sequence: 0, when, all_day: false, repeats: false, summary, description }
    }

    fn known(sequence: u32, time: &str) -> Known {
        let (href, etag) = ("/a.ics".to_owned(), Some("1".to_owned()));
        Known { href, etag, sequence: Some(sequence), time: when(time).in_short() }
    }

    #[test]
    fn what_a_version_in_the_calendar_means() {
        let ours = entry(3, NINE);
        let eleven = "2026-11-30T11:00:00";
        for (known, found, meaning) in [
            (Some(known(3, NINE)), found("1", when(NINE)), Meaning::Known),
            // Changed here only: it goes there, whatever words were changed there.
            (Some(known(2, TEN)), found("1", when(TEN)), Meaning::Known),
            (Some(known(2, TEN)), found("2", when(TEN)), Meaning::Ours),
            // The answer to Balie's own writing got lost.
            (Some(known(2, TEN)), found("2", when(NINE)), Meaning::Same),
            (None, found("2", when(NINE)), Meaning::Same),
            (Some(known(3, NINE)), found("2", when(TEN)), Meaning::Theirs),
            (Some(known(2, TEN)), found("2", when(eleven)), Meaning::Conflict),
            (None, found("2", when(TEN)), Meaning::Conflict),
            (Some(known(3, NINE)), found("2", When { cancelled: true, ..when(NINE) }), Meaning::Theirs),
        ] {
            assert_eq!(compare(&ours, known.as_ref(), &found), meaning, "{known:?} {found:?}");
        }
        let off = Entry { when: When { cancelled: true, ..when(NINE) }, ..entry(4, NINE) };
        let off_there = found("2", When { cancelled: true, ..when(TEN) });
        assert_eq!(compare(&off, Some(&known(3, NINE)), &off_there), Meaning::Same, "off is off");
    }
}
