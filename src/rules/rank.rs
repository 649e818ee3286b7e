//! The weekly capacity and the order in which waiting tasks get a place (CSS-05).

use std::cmp::Reverse;

use chrono::{DateTime, Datelike, NaiveDate, Utc};

use crate::domain::amount::Money;
use crate::domain::dates::{minus_days, minus_months, monday_of, plus_days};
use crate::domain::ids::TaskId;
use crate::domain::settings::General;

/// Over how many months invoices count for a customer's value: three years.
const VALUE_MONTHS: u32 = 36;

/// A waiting task and what its place depends on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// The task.
    pub task: TaskId,
    /// The date its rule counts from.
    pub counts_from: NaiveDate,
    /// What the customer was invoiced in the last three years.
    pub value: Money,
    /// When somebody last called, wrote to or finished a task of the customer.
    pub contacted_at: Option<DateTime<Utc>>,
    /// The vehicle's plate.
    pub plate: String,
}

/// How many more tasks may be released this week; `None` is no limit.
pub fn free_places(general: &General, released_this_week: u32) -> Option<u32> {
    match general.weekly_capacity {
        0 => None,
        capacity => Some(capacity.saturating_sub(released_this_week)),
    }
}

/// Monday and Sunday of the week that `today` is in.
pub fn week(today: NaiveDate) -> (NaiveDate, NaiveDate) {
    let monday = monday_of(today);
    (monday, plus_days(monday, 6))
}

/// The first day whose invoices count for a customer's value.
pub fn value_since(today: NaiveDate) -> NaiveDate {
    minus_months(today, VALUE_MONTHS)
}

/// The first counting date that is still worth hurrying for: dates that passed longer ago than
/// old news may be have nothing left to lose, and rank behind all others. Without this, years of
/// 'not seen' would keep every expiring inspection waiting.
pub fn hurry_from(general: &General, today: NaiveDate) -> NaiveDate {
    minus_days(today, general.look_back_days)
}

/// Puts waiting tasks in order: the counting date that passes soonest, then the customer of the
/// highest value, then who was not contacted for longest, then the plate.
pub fn rank(tasks: &mut [Waiting], hurry_from: NaiveDate) {
    tasks.sort_by(|a, b| key(a, hurry_from).cmp(&key(b, hurry_from)));
}

type Key<'a> = (bool, i32, Reverse<Money>, Option<DateTime<Utc>>, &'a str, TaskId);

fn key(task: &Waiting, hurry_from: NaiveDate) -> Key<'_> {
    let passed = task.counts_from < hurry_from;
    (
        passed,
        task.counts_from.num_days_from_ce(),
        Reverse(task.value),
        task.contacted_at,
        &task.plate,
        task.task,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waiting(task: i64, counts_from: &str, value: i64, contacted: Option<i64>, plate: &str) -> Waiting {
        Waiting {
            task: TaskId(task),
            counts_from: counts_from.parse().unwrap(),
            value: Money(value),
            contacted_at: contacted.and_then(|seconds| DateTime::from_timestamp(seconds, 0)),
            plate: plate.to_owned(),
        }
    }

    #[test]
    fn each_step_of_the_ranking_decides_when_those_before_are_equal() {
        let today: NaiveDate = "2015-05-01".parse().unwrap();
        let mut tasks = vec![
            waiting(1, "2014-01-01", 900, None, "A"),
            waiting(2, "2015-05-10", 100, Some(50), "D"),
            waiting(3, "2015-05-10", 100, Some(40), "E"),
            waiting(4, "2015-05-10", 100, Some(40), "C"),
            waiting(5, "2015-05-10", 100, None, "Z"),
            waiting(6, "2015-05-10", 500, Some(99), "Z"),
            waiting(7, "2015-05-09", 0, Some(99), "Z"),
            waiting(8, "2015-04-20", 0, Some(99), "Z"),
        ];
        rank(&mut tasks, hurry_from(&General::default(), today));
        let order: Vec<i64> = tasks.iter().map(|waiting| waiting.task.0).collect();
        assert_eq!(order, [8, 7, 6, 5, 4, 3, 2, 1]);
    }

    #[test]
    fn a_week_runs_from_monday_to_sunday_and_zero_is_no_limit() {
        let sunday: NaiveDate = "2015-05-03".parse().unwrap();
        assert_eq!(week(sunday).0.to_string(), "2015-04-27");
        assert_eq!(week(sunday).1, sunday);
        let mut general = General::default();
        assert_eq!((free_places(&general, 5), free_places(&general, 25)), (Some(15), Some(0)));
        general.weekly_capacity = 0;
        assert_eq!(free_places(&general, 5), None);
    }
}
