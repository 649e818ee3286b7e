//! What the vehicle register (RDW) says, in Balie's words; every date is a plain date, every absent
//! value is 'not said'.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::plate::Plate;
use super::rule::written;

/// Letters and digits of a plate that the register knows: all Dutch ones.
const PLATE_LENGTH: usize = 6;
/// An inspection that ends, or ended, so near is looked at every week instead of every month.
const NEAR_DAYS: i64 = 60;

/// How the words end for what is wrong with one record or one value, which costs no other one anything.
pub const RECORD_LEFT_OUT: &str = "the record is left out";
/// As [`RECORD_LEFT_OUT`].
pub const VALUE_LEFT_OUT: &str = "the value is left out";

/// A vehicle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisterVehicle {
    /// Which.
    pub plate: Plate,
    /// Make.
    pub make: Option<String>,
    /// Model, without the make in front of it.
    pub model: Option<String>,
    /// First registration anywhere.
    pub first_registered_on: Option<NaiveDate>,
    /// Registered to the present holder on (tenaamstelling).
    pub registered_on: Option<NaiveDate>,
    /// The inspection expires on.
    pub inspection_expires_on: Option<NaiveDate>,
    /// Whether a recall is open.
    pub recall_open: Option<bool>,
    /// What the register thinks of the odometer, in its own word: `Logisch`, `Onlogisch` ...
    pub odometer_verdict: Option<String>,
}

/// An inspection on one day, whoever did it; all reports of that day together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisterInspection {
    /// Which vehicle.
    pub plate: Plate,
    /// On which day.
    pub inspected_on: NaiveDate,
    /// Until when it is valid; not said of one that was failed.
    pub expires_on: Option<NaiveDate>,
    /// Whether its outcome was reported; if not, only findings were, or the outcome cannot be read.
    pub reported: bool,
    /// Advice codes (AC, RA, OP), each once, in order.
    pub advice: Vec<String>,
}

/// A recall of one vehicle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisterRecall {
    /// Which vehicle.
    pub plate: Plate,
    /// Which recall.
    pub reference: String,
    /// Whether the work has still to be done.
    pub open: bool,
}

/// What a recall is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecallAction {
    /// Which recall.
    pub reference: String,
    /// When it was published.
    pub published_on: Option<NaiveDate>,
    /// What is wrong.
    pub defect: Option<String>,
    /// What may come of it.
    pub consequence: Option<String>,
    /// What is done about it.
    pub remedy: Option<String>,
}

/// What the register is asked, each at a pace of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Question {
    /// The vehicle itself: dates, make, holder's date.
    Vehicle,
    /// Inspections and what was found at them.
    Inspections,
    /// Recalls.
    Recalls,
}

impl Question {
    /// All three, in the order in which they are asked.
    pub const ALL: [Question; 3] = [Question::Vehicle, Question::Inspections, Question::Recalls];
}

/// How far the register's word on a vehicle can be trusted (NEW-12).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Freshness {
    /// It was asked lately, and answered.
    Current,
    /// Its last answer is old.
    Stale,
    /// It was asked, and has nothing on this plate now; what it said before is kept.
    Silent,
}

written!(Freshness, "a state of the register", Freshness::Current => "current", Freshness::Stale => "stale", Freshness::Silent => "silent");

/// How often a vehicle's dates are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// Days between two checks of the registration (a setting).
    pub registration_days: u32,
}

impl Pace {
    /// The days of [`Question`]: weekly while an inspection date is near, else monthly; the vehicle itself
    /// at least as often as the registration is checked.
    pub fn days(self, question: Question, near: bool) -> u32 {
        let usual = if near { 7 } else { 30 };
        if question == Question::Vehicle { usual.min(self.registration_days) } else { usual }
    }

    /// The first and the last day of an inspection that is near to `today`.
    pub fn near(today: NaiveDate) -> (NaiveDate, NaiveDate) {
        let days = TimeDelta::days(NEAR_DAYS);
        (
            today.checked_sub_signed(days).unwrap_or(NaiveDate::MIN),
            today.checked_add_signed(days).unwrap_or(NaiveDate::MAX),
        )
    }
}

/// Days after which an answer is old: every vehicle is asked about more often than that.
pub const STALE_DAYS: u32 = 31;

/// The state of what is known since `fetched_at` at `now`; `silent`: the last answer was empty.
pub fn freshness(fetched_at: DateTime<Utc>, silent: bool, now: DateTime<Utc>) -> Freshness {
    if silent {
        Freshness::Silent
    } else if now - fetched_at > TimeDelta::days(i64::from(STALE_DAYS)) {
        Freshness::Stale
    } else {
        Freshness::Current
    }
}

/// Whether the register can know a plate; odd and foreign ones are not asked about.
pub fn is_known_form(plate: &Plate) -> bool {
    plate.as_str().len() == PLATE_LENGTH
}

/// What becomes of a date of registration that the register gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sighting {
    /// It is believed.
    Believed,
    /// It is remembered, and counts when it is seen again.
    First,
    /// It was seen before, but not long enough ago.
    TooSoon,
}

/// Judges a date of registration (NEW-12): a newer one than ours must be seen twice, at least a day
/// apart; any other changes nothing for anybody and is believed at once. `believed` is what was
/// believed before, `seen` what was seen once, and when.
pub fn sighting(
    given: NaiveDate,
    ours: Option<NaiveDate>,
    believed: Option<NaiveDate>,
    seen: Option<(NaiveDate, DateTime<Utc>)>,
    now: DateTime<Utc>,
) -> Sighting {
    if believed == Some(given) || ours.is_none_or(|ours| given <= ours) {
        return Sighting::Believed;
    }
    match seen {
        Some((date, at)) if date == given => {
            if now - at >= TimeDelta::days(1) {
                Sighting::Believed
            } else {
                Sighting::TooSoon
            }
        }
        _ => Sighting::First,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn a_newer_registration_is_believed_the_second_time_a_day_later() {
        let (old, new) = (date("2020-01-01"), date("2026-11-01"));
        let judge = |believed, seen, now| sighting(new, Some(old), believed, seen, at(now));
        let first = Some((new, at("2026-11-20T12:00:00Z")));
        assert_eq!(judge(None, None, "2026-11-20T12:00:00Z"), Sighting::First);
        assert_eq!(judge(None, first, "2026-11-21T11:59:59Z"), Sighting::TooSoon);
        assert_eq!(judge(None, first, "2026-11-21T12:00:00Z"), Sighting::Believed);
        assert_eq!(judge(Some(old), first, "2026-11-25T12:00:00Z"), Sighting::Believed);
        let other = Some((date("2026-10-01"), at("2026-11-10T12:00:00Z")));
        assert_eq!(judge(None, other, "2026-11-20T12:00:00Z"), Sighting::First);
        assert_eq!(judge(Some(new), None, "2026-11-20T12:00:00Z"), Sighting::Believed);
        assert_eq!(sighting(old, Some(old), None, None, at("2026-11-20T12:00:00Z")), Sighting::Believed);
        assert_eq!(sighting(new, None, None, None, at("2026-11-20T12:00:00Z")), Sighting::Believed);
    }

    #[test]
    fn the_pace_follows_how_near_a_date_is_and_the_setting() {
        let pace = Pace { registration_days: 4 };
        assert_eq!(pace.days(Question::Vehicle, true), 4);
        assert_eq!(pace.days(Question::Vehicle, false), 4);
        assert_eq!(pace.days(Question::Inspections, true), 7);
        assert_eq!(pace.days(Question::Recalls, false), 30);
        let slow = Pace { registration_days: 14 };
        assert_eq!((slow.days(Question::Vehicle, true), slow.days(Question::Vehicle, false)), (7, 14));
        assert_eq!(Pace::near(date("2026-11-25")), (date("2026-09-26"), date("2027-01-24")));
    }

    #[test]
    fn current_stale_and_silent() {
        let fetched = at("2026-11-01T00:00:00Z");
        assert_eq!(freshness(fetched, false, at("2026-12-02T00:00:00Z")), Freshness::Current);
        assert_eq!(freshness(fetched, false, at("2026-12-02T00:00:01Z")), Freshness::Stale);
        assert_eq!(freshness(fetched, true, at("2026-11-01T00:00:00Z")), Freshness::Silent);
    }
}
