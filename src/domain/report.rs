//! What came of the tasks in a period (CLK-07): figures in all, for each kind of task, for each
//! employee and for each week, in the shape that a page with bars and a table needs.

use chrono::{DateTime, NaiveDate, Utc};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::amount::Money;
use super::dates::{monday_of, plus_days};
use super::edit::Outcome;
use super::ids::EmployeeId;
use super::rule::RuleKey;

/// How long after a contact an appointment, a quote, a visit or an invoice counts as its result.
pub const RESULT_DAYS: u32 = 90;

/// The longest period that is reported on: ten years.
const LONGEST: i64 = 3660;

/// A day of the shop, and the instants (UTC) between which it lasts there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day {
    /// Its date.
    pub date: NaiveDate,
    /// Its midnight.
    pub starts_at: DateTime<Utc>,
    /// The next midnight.
    pub ends_at: DateTime<Utc>,
}

/// The period of a report: whole days of the shop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// Its first day.
    pub from: NaiveDate,
    /// The first day behind it.
    pub until: NaiveDate,
    /// Its days, and those after it in which a contact's results may still come.
    pub days: Vec<Day>,
}

impl Span {
    /// The days from `from` up to and without `until`; `midnight` says when a day begins in the shop.
    ///
    /// # Errors
    /// Words, when there is no day in it, or more than ten years.
    pub fn new(
        from: NaiveDate,
        until: NaiveDate,
        midnight: impl Fn(NaiveDate) -> DateTime<Utc>,
    ) -> Result<Self, String> {
        let length = (until - from).num_days();
        if length < 1 {
            return Err(format!("the period ends on {until} before it begins on {from}"));
        }
        if length > LONGEST {
            return Err(format!("{from} to {until} is more than ten years; write a shorter period"));
        }
        let end = plus_days(until, RESULT_DAYS);
        let dates = from.iter_days().take_while(|date| *date < end);
        let day = |date| Day { date, starts_at: midnight(date), ends_at: midnight(plus_days(date, 1)) };
        Ok(Self { from, until, days: dates.map(day).collect() })
    }

    /// The Mondays of its weeks; the first and the last week may stand in it with some days only.
    pub fn mondays(&self) -> Vec<NaiveDate> {
        let weeks = monday_of(self.from).iter_days().step_by(7);
        weeks.take_while(|monday| *monday < self.until).collect()
    }
}

/// The figures of some tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Figures {
    /// Made in the period.
    pub made: u32,
    /// Open or handled, with an execution date in the period.
    pub due: u32,
    /// Of those that were due: handled on a later day, or still open on one.
    pub late: u32,
    /// Tasks that somebody did something about in the period: a call note, a message, an appointment,
    /// or handled. What was undone does not count.
    pub followed_up: u32,
    /// Of those followed up: handled in the period.
    pub handled: u32,
    /// What the calls of the period came to; each call counts.
    pub outcomes: Outcomes,
    /// Of those followed up: it led to something, within [`RESULT_DAYS`] of the first time in the period.
    pub conversions: Conversions,
    /// Invoiced for the vehicle within as many days, including VAT. An invoice counts once: for the task
    /// that was taken up last before it.
    #[serde(serialize_with = "amount")]
    pub revenue: Money,
}

/// As the CSV files have it.
fn amount<S: Serializer>(money: &Money, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(money)
}

/// To what tasks led. A task that led to more than one counts for the first in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Conversions {
    /// An appointment, made no earlier than on the day of the contact.
    pub appointments: u32,
    /// A quote that was accepted: the one it was about, or a later one.
    pub quotes: u32,
    /// A visit to the workshop.
    pub visits: u32,
}

impl Conversions {
    /// How many tasks led to something.
    pub fn total(&self) -> u32 {
        self.appointments + self.quotes + self.visits
    }
}

/// How many calls came to each outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Outcomes([u32; Outcome::ALL.len()]);

impl Outcomes {
    /// How many came to this.
    pub fn count(&self, outcome: Outcome) -> u32 {
        self.0.get(outcome as usize).copied().unwrap_or_default()
    }

    /// How many calls there were.
    pub fn total(&self) -> u32 {
        self.0.iter().sum()
    }

    /// So many more came to this.
    pub fn add(&mut self, outcome: Outcome, calls: u32) {
        if let Some(count) = self.0.get_mut(outcome as usize) {
            *count += calls;
        }
    }
}

impl Serialize for Outcomes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for outcome in Outcome::ALL {
            map.serialize_entry(outcome.as_str(), &self.count(outcome))?;
        }
        map.end()
    }
}

impl Figures {
    /// Whether there is nothing at all.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Takes other figures in.
    pub fn add(&mut self, other: &Self) {
        self.made += other.made;
        self.due += other.due;
        self.late += other.late;
        self.followed_up += other.followed_up;
        self.handled += other.handled;
        for outcome in Outcome::ALL {
            self.outcomes.add(outcome, other.outcomes.count(outcome));
        }
        self.conversions.appointments += other.conversions.appointments;
        self.conversions.quotes += other.conversions.quotes;
        self.conversions.visits += other.conversions.visits;
        self.revenue = Money(self.revenue.0.saturating_add(other.revenue.0));
    }
}

/// The figures of one kind of task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RuleFigures {
    /// The kind.
    pub rule: RuleKey,
    /// Its figures.
    #[serde(flatten)]
    pub figures: Figures,
}

/// The figures of one employee: what was made and due for whom it was assigned to, the rest for who
/// did it (or, where nobody was signed in, for whom it was assigned to).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EmployeeFigures {
    /// The employee; `None` is nobody.
    #[serde(skip)]
    pub id: Option<EmployeeId>,
    /// The code.
    pub employee: Option<String>,
    /// The name, where there is one.
    pub name: Option<String>,
    /// The figures.
    #[serde(flatten)]
    pub figures: Figures,
}

/// The figures of one week: a column of a chart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WeekFigures {
    /// Its Monday.
    pub monday: NaiveDate,
    /// Its figures.
    #[serde(flatten)]
    pub figures: Figures,
}

/// What came of the tasks in a period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The first day.
    pub from: NaiveDate,
    /// The first day behind it.
    pub until: NaiveDate,
    /// All together.
    pub total: Figures,
    /// The kinds that have figures, in the order of the settings screen.
    pub rules: Vec<RuleFigures>,
    /// The employees that have figures, by code; nobody comes last.
    pub employees: Vec<EmployeeFigures>,
    /// Every week of the period.
    pub weeks: Vec<WeekFigures>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_period_is_whole_days_and_its_weeks_begin_on_monday() {
        let midnight = |date: NaiveDate| date.and_hms_opt(0, 0, 0).unwrap().and_utc();
        let span = Span::new(date("2015-05-01"), date("2015-05-12"), midnight).unwrap();
        assert_eq!(span.mondays(), ["2015-04-27", "2015-05-04", "2015-05-11"].map(date));
        assert_eq!(span.days.len(), 11 + 90);
        assert_eq!(span.days[0].ends_at, span.days[1].starts_at);
        assert!(Span::new(date("2015-05-01"), date("2015-05-01"), midnight).is_err());
        assert!(Span::new(date("2015-05-01"), date("2026-05-01"), midnight).is_err());
        assert!(Span::new(NaiveDate::MIN, NaiveDate::MAX, midnight).is_err());
        // The last day of the calendar has no next one, and is no reason to stumble.
        assert!(Span::new(NaiveDate::MAX, NaiveDate::MAX, midnight).is_err());
    }

    #[test]
    fn outcomes_are_counted_in_their_own_places() {
        let mut figures = Figures::default();
        for (calls, outcome) in (1..).zip(Outcome::ALL) {
            figures.outcomes.add(outcome, calls);
        }
        let mut twice = figures;
        twice.add(&figures);
        for (calls, outcome) in (1..).zip(Outcome::ALL) {
            assert_eq!(twice.outcomes.count(outcome), 2 * calls, "{outcome}");
        }
        assert_eq!(twice.outcomes.total(), 72);
    }
}
