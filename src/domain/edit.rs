//! Following up a task: what a person changes in it, in two kinds kept apart by type (CSS-13).
//!
//! A [`TaskEdit`] is staged: it is a value, nothing happens until `Store::save_task` writes it as a
//! whole, and 'cancel' drops it. What is kept whatever way out is taken (odometer readings, cost per
//! kilometre, unlinking the owners, a customer's data, an appointment) has no place in it: those are
//! functions of the store that write at once.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::dates::plus_days;
use super::ids::{CustomerId, EmployeeId};
use super::message::Composed;
use super::rule::written;

/// What a contact came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The customer has an appointment.
    Booked,
    /// To be called back on a day the customer named.
    CallBack,
    /// Nobody answered.
    NoAnswer,
    /// The customer thinks about it.
    Thinking,
    /// The customer knows; nothing more is needed.
    Informed,
    /// The customer does not want it.
    Declined,
    /// The vehicle is sold.
    Sold,
    /// The number belongs to somebody else.
    WrongNumber,
}

written!(Outcome, "an outcome", Outcome::Booked => "booked", Outcome::CallBack => "call_back", Outcome::NoAnswer => "no_answer", Outcome::Thinking => "thinking", Outcome::Informed => "informed", Outcome::Declined => "declined", Outcome::Sold => "sold", Outcome::WrongNumber => "wrong_number");

impl Outcome {
    /// All eight, in the order of the screen.
    pub const ALL: [Outcome; 8] = [
        Outcome::Booked,
        Outcome::CallBack,
        Outcome::NoAnswer,
        Outcome::Thinking,
        Outcome::Informed,
        Outcome::Declined,
        Outcome::Sold,
        Outcome::WrongNumber,
    ];

    /// Contacted, not booked: the task comes back by itself (NEW-10).
    pub fn is_pursued(self) -> bool {
        matches!(self, Outcome::CallBack | Outcome::NoAnswer | Outcome::Thinking)
    }
}

/// A change of something that may be absent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Link<T> {
    /// It stays what it is.
    #[default]
    Keep,
    /// It is taken away.
    Remove,
    /// It becomes this.
    To(T),
}

impl<T: Copy> Link<T> {
    /// What it is after the change.
    pub fn applied(self, before: Option<T>) -> Option<T> {
        match self {
            Link::Keep => before,
            Link::Remove => None,
            Link::To(one) => Some(one),
        }
    }
}

/// A note of a call (Belnotitie).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct CallNote {
    /// What the call came to.
    pub outcome: Option<Outcome>,
    /// In the employee's words; may be empty.
    pub text: String,
    /// The day the customer asked to be called back.
    pub back_on: Option<NaiveDate>,
}

/// Everything about a task that is staged until it is saved. What is not changed is `None` or
/// [`Link::Keep`]: a value that stays the same is no change.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TaskEdit {
    /// The description, in a person's words.
    pub description: Option<String>,
    /// The day on which it is to be carried out.
    pub execute_on: Option<NaiveDate>,
    /// To whom it is assigned.
    pub employee: Link<EmployeeId>,
    /// For which customer.
    pub customer: Link<CustomerId>,
    /// An SMS that is queued when the edit is saved.
    pub sms: Option<Composed>,
    /// An e-mail that is queued when the edit is saved.
    pub email: Option<Composed>,
    /// The box beside SMS, where a person touched it; else it ticks itself when an SMS goes.
    pub sms_box: Option<bool>,
    /// The box beside e-mail, likewise.
    pub email_box: Option<bool>,
    /// A note of a call.
    pub note: Option<CallNote>,
    /// The handled box, where a person touched it; unticking it opens a handled task again.
    pub handled_box: Option<bool>,
}

impl TaskEdit {
    /// Whether nothing is changed.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The day on which a handled task comes back: the one the customer named, else so many days
    /// from today; `None` when what the contact came to asks for nothing more.
    pub fn back_on(&self, today: NaiveDate, come_back_days: u32) -> Option<NaiveDate> {
        let note = self.note.as_ref()?;
        let outcome = note.outcome.filter(|outcome| outcome.is_pursued())?;
        let named = note.back_on.filter(|_| outcome == Outcome::CallBack);
        Some(named.unwrap_or_else(|| plus_days(today, come_back_days)))
    }
}

/// What a person has staged and not saved, as a draft keeps it (fault table, row 1).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Staged {
    /// The version of the task that the edit began on.
    pub version: i64,
    /// What was changed so far.
    pub edit: TaskEdit,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_is_read_back_as_it_was_written() {
        let note = CallNote {
            outcome: Some(Outcome::CallBack),
            text: "na de vakantie".into(),
            back_on: "2015-06-01".parse().ok(),
        };
        let edit = TaskEdit {
            description: Some("Bellen".into()),
            employee: Link::Remove,
            customer: Link::To(CustomerId(3)),
            sms_box: Some(false),
            note: Some(note),
            ..TaskEdit::default()
        };
        let staged = Staged { version: 4, edit };
        let text = serde_json::to_string(&staged).unwrap();
        assert_eq!(serde_json::from_str::<Staged>(&text).unwrap(), staged);
        // A field of a version to come, or one that is missing, loses no draft.
        let old = r#"{"version": 4, "edit": {"description": "x", "colour": 1}}"#;
        assert_eq!(serde_json::from_str::<Staged>(old).unwrap().edit.description.as_deref(), Some("x"));
    }

    #[test]
    fn what_was_contacted_and_not_booked_comes_back() {
        let today: NaiveDate = "2015-05-01".parse().unwrap();
        for (outcome, named, back_on) in [
            (Outcome::CallBack, Some("2015-05-20"), Some("2015-05-20")),
            (Outcome::CallBack, None, Some("2015-05-08")),
            (Outcome::NoAnswer, Some("2015-05-20"), Some("2015-05-08")),
            (Outcome::Thinking, None, Some("2015-05-08")),
            (Outcome::Booked, None, None),
            (Outcome::Declined, None, None),
            (Outcome::Sold, None, None),
        ] {
            let day = |text: &str| text.parse::<NaiveDate>().unwrap();
            let note = CallNote { outcome: Some(outcome), text: String::new(), back_on: named.map(day) };
            let edit = TaskEdit { note: Some(note), ..TaskEdit::default() };
            assert_eq!(edit.back_on(today, 7), back_on.map(day), "{outcome}");
        }
        assert_eq!(TaskEdit::default().back_on(today, 7), None);
    }
}
