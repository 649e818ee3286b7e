//! Workshop bookings as the desk makes them (CSS-14, CLK-10): when, how long, for which car, for what.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};

use super::ids::{AppointmentId, CustomerId, TaskId, VehicleId};
use super::records::{AppointmentKind, AppointmentStatus};
use super::rule::RuleKey;

/// A booking that is to be made. Times are the shop's wall clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Booking {
    /// What for.
    pub kind: AppointmentKind,
    /// The car, if it is known.
    pub vehicle: Option<VehicleId>,
    /// The customer, if known.
    pub customer: Option<CustomerId>,
    /// The task that led to it.
    pub task: Option<TaskId>,
    /// When it begins.
    pub starts_at: NaiveDateTime,
    /// How long it takes.
    pub minutes: u32,
    /// What the workshop must know.
    pub notes: Option<String>,
}

impl Booking {
    /// When it ends.
    pub fn ends_at(&self) -> NaiveDateTime {
        self.starts_at + TimeDelta::minutes(i64::from(self.minutes))
    }
}

/// A booking as it stands in the agenda.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Booked {
    /// Its number in the database.
    pub id: AppointmentId,
    /// What for.
    pub kind: AppointmentKind,
    /// Planned, done or cancelled.
    pub status: AppointmentStatus,
    /// When it begins, by the shop's wall clock.
    pub starts_at: NaiveDateTime,
    /// When it ends, if that is known.
    pub ends_at: Option<NaiveDateTime>,
    /// The car's plate, as it is written.
    pub plate: Option<String>,
    /// The name under which the desk knows the customer.
    pub customer: Option<String>,
    /// What the workshop must know.
    pub notes: Option<String>,
}

/// A booking without an end is taken to last half an hour.
const USUAL: TimeDelta = TimeDelta::minutes(30);

impl Booked {
    /// Whether it takes up any of the time from `start` until `end`.
    pub fn overlaps(&self, start: NaiveDateTime, end: NaiveDateTime) -> bool {
        self.starts_at < end && start < self.ends_at.unwrap_or(self.starts_at + USUAL)
    }
}

/// What a task is usually booked as.
pub fn kind_for(rule: RuleKey) -> AppointmentKind {
    match rule {
        RuleKey::Inspection => AppointmentKind::Inspection,
        RuleKey::NextService | RuleKey::ServiceInterval | RuleKey::NotSeen => AppointmentKind::Service,
        RuleKey::TyreAdvice
        | RuleKey::BrakeAdvice
        | RuleKey::RepairAdvice
        | RuleKey::TimingBelt
        | RuleKey::Recall
        | RuleKey::WorkshopQuote => AppointmentKind::Repair,
        _ => AppointmentKind::Other,
    }
}

/// The beginnings of the slots of a working day of a shop that named no opening hours: from eight
/// until six.
pub fn usual_slots(minutes: u32) -> Vec<NaiveTime> {
    slots(minutes, |at| (8 * 60..18 * 60).contains(&at))
}

/// The beginnings of the slots of a day, where the shop is `open` (asked in minutes after midnight).
pub fn slots(minutes: u32, open: impl Fn(u32) -> bool) -> Vec<NaiveTime> {
    let step = usize::try_from(minutes.max(5)).unwrap_or(30);
    (0..24 * 60)
        .step_by(step)
        .filter(|at| open(*at))
        .filter_map(|at| NaiveTime::from_num_seconds_from_midnight_opt(at * 60, 0))
        .collect()
}

/// The seven days of a date's week, Monday first.
pub fn week_of(day: NaiveDate) -> Vec<NaiveDate> {
    super::dates::monday_of(day).iter_days().take(7).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> NaiveDateTime {
        text.parse().unwrap()
    }

    #[test]
    fn bookings_that_touch_do_not_overlap() {
        let booked = Booked {
            id: AppointmentId(1),
            kind: AppointmentKind::Inspection,
            status: AppointmentStatus::Planned,
            starts_at: at("2015-05-04T09:00:00"),
            ends_at: None,
            plate: None,
            customer: None,
            notes: None,
        };
        assert!(!booked.overlaps(at("2015-05-04T08:30:00"), at("2015-05-04T09:00:00")));
        assert!(!booked.overlaps(at("2015-05-04T09:30:00"), at("2015-05-04T10:00:00")));
        assert!(booked.overlaps(at("2015-05-04T09:15:00"), at("2015-05-04T09:45:00")));
    }

    #[test]
    fn a_day_has_its_slots_and_a_week_its_monday() {
        let slots = usual_slots(30);
        assert_eq!(slots.len(), 20);
        assert_eq!(slots.first().map(ToString::to_string).as_deref(), Some("08:00:00"));
        let week = week_of("2015-05-01".parse().unwrap());
        assert_eq!((week.len(), week[0].to_string()), (7, "2015-04-27".to_owned()));
    }
}
