//! How many tasks the coming weeks would bring with other settings (NEW-02): the collector's own
//! decision, asked beforehand for each day.
//!
//! It reckons with the facts as they are today and with one collection a day. An appointment keeps
//! its task away until its day is over. What is in the list already is not counted again.

use chrono::{Datelike, NaiveDate};

use super::decide::{Day, Reason, decide, since};
use super::facts::Facts;
use super::window::{Window, window};
use crate::domain::dates::{minus_days, monday_of, plus_days};
use crate::domain::rule::{Half, RuleKey};
use crate::domain::settings::Settings;

/// So many weeks are looked ahead: this one, from today on, and seven more.
pub const WEEKS: usize = 8;
/// A subject is asked again at most so often: an appointment passes, and then its day comes.
const TURNS: usize = 4;

/// A subject of a rule, and whether an untouched task for it is open or waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prospect {
    /// The facts of today.
    pub facts: Facts,
    /// Such a task is there; it is brought only after the new settings have taken it away.
    pub standing: bool,
}

/// The days that are looked ahead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Today, in the shop's time zone.
    pub today: NaiveDate,
    /// The day of the rule's last collection.
    pub last_collected: Option<NaiveDate>,
}

/// How many tasks a rule brings, week by week.
pub type Weeks = [u32; WEEKS];

impl Span {
    /// The last day: a Sunday.
    pub fn end(&self) -> NaiveDate {
        plus_days(monday_of(self.today), 7 * 8 - 1)
    }

    /// The Monday of a week; the first is the present one's.
    pub fn monday(&self, week: usize) -> NaiveDate {
        plus_days(monday_of(self.today), u32::try_from(week * 7).unwrap_or_default())
    }

    /// Old news on a day: on later days the last collection is that of the day before.
    fn since(&self, day: NaiveDate, settings: &Settings) -> NaiveDate {
        let last = if day > self.today { Some(minus_days(day, 1)) } else { self.last_collected };
        since(day, last, settings)
    }
}

/// The dates that can make a task within the weeks; `None` when the rule, or this half, is off.
pub fn reach(rule: RuleKey, half: Half, settings: &Settings, span: Span) -> Option<Window> {
    let first = window(rule, half, settings, span.today, span.since(span.today, settings))?;
    let last = window(rule, half, settings, span.end(), span.since(span.end(), settings))?;
    Some(Window { first: first.first.min(last.first), last: first.last.max(last.last) })
}

/// The day on which the collector would make the task or put it back; `None`: not within the weeks.
pub fn made_on(prospect: &Prospect, settings: &Settings, span: Span) -> Option<NaiveDate> {
    let facts = &prospect.facts;
    if prospect.standing && decide(facts, settings, Day { today: span.today, since: None }).is_made() {
        return None;
    }
    let mut today = span.today;
    let mut passed: Option<Facts> = None;
    for _ in 0..TURNS {
        if today > span.end() {
            return None;
        }
        let day = Day { today, since: Some(span.since(today, settings)) };
        today = match decide(passed.as_ref().unwrap_or(facts), settings, day).against {
            None => return Some(today),
            Some(Reason::NotBefore(made_on)) => made_on,
            Some(Reason::AppointmentPlanned(on)) => {
                let mut later = facts.clone();
                if let Some(vehicle) = &mut later.vehicle {
                    vehicle.inspection_appointment_on = None;
                }
                passed = Some(later);
                today.max(plus_days(on, 1))
            }
            Some(_) => return None,
        };
    }
    None
}

/// Counts the tasks of some subjects of one rule by week.
pub fn count<'a>(prospects: impl Iterator<Item = &'a Prospect>, settings: &Settings, span: Span) -> Weeks {
    let monday = monday_of(span.today).num_days_from_ce();
    let mut weeks = Weeks::default();
    for prospect in prospects {
        let Some(on) = made_on(prospect, settings, span) else { continue };
        let week = usize::try_from((on.num_days_from_ce() - monday) / 7).unwrap_or(WEEKS);
        if let Some(count) = weeks.get_mut(week) {
            *count += 1;
        }
    }
    weeks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::VehicleId;
    use crate::domain::plate::Plate;
    use crate::domain::task::Subject;
    use crate::rules::facts::VehicleFacts;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn car(expires: &str, appointment: Option<&str>) -> Prospect {
        let vehicle = VehicleFacts {
            id: VehicleId(1),
            plate: Plate::parse("JL-29-JK").unwrap(),
            last_visit_on: Some(day("2015-01-01")),
            inspection_appointment_on: appointment.map(day),
        };
        let facts = Facts {
            rule: RuleKey::Inspection,
            half: Half::Whole,
            subject: Subject::Vehicle(VehicleId(1)),
            counts_from: Some(day(expires)),
            vehicle: Some(vehicle),
            customer: None,
            total: None,
            open: true,
            registration: None,
            made_for: None,
        };
        Prospect { facts, standing: false }
    }

    #[test]
    fn the_day_follows_the_number_and_an_appointment_puts_it_off() {
        let span = Span { today: day("2015-05-01"), last_collected: Some(day("2015-05-01")) };
        let mut settings = Settings::default();
        settings.set("rules.inspection.days", "7").unwrap();
        for (expires, appointment, on) in [
            ("2015-05-10", None, Some("2015-05-01")),
            ("2015-06-10", None, Some("2015-05-20")),
            ("2015-06-10", Some("2015-05-25"), Some("2015-05-26")),
            ("2015-06-10", Some("2015-05-05"), Some("2015-05-20")),
            ("2015-06-10", Some("2015-07-05"), None),
            ("2015-04-10", None, None),
            ("2015-07-12", None, Some("2015-06-21")),
            ("2015-07-13", None, None),
        ] {
            assert_eq!(made_on(&car(expires, appointment), &settings, span), on.map(day), "{expires}");
        }
        assert_eq!((span.end(), span.monday(1)), (day("2015-06-21"), day("2015-05-04")));
    }
}
