//! The dates at which a rule can find something to do today: what the store's indexes are asked.
//!
//! A window may be too wide, never too narrow: [`super::decide::decide`] has the last word, and a
//! property test holds both together.

use chrono::NaiveDate;

use super::decide::{days, is_before};
use crate::domain::dates::{minus_days, minus_months, plus_days};
use crate::domain::rule::{Half, RuleKey, Source};
use crate::domain::settings::{Numbers, Settings};

/// First and last date, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// The first date.
    pub first: NaiveDate,
    /// The last date.
    pub last: NaiveDate,
}

/// The counting dates (for the registration rule: the days of detection) that can make a task
/// today; `None` when the rule, or this half of it, is off.
pub fn window(
    rule: RuleKey,
    half: Half,
    settings: &Settings,
    today: NaiveDate,
    since: NaiveDate,
) -> Option<Window> {
    let set = settings.rule(rule);
    if !set.enabled {
        return None;
    }
    match set.numbers {
        Numbers::None if rule.source() == Source::Recall => {
            Some(Window { first: NaiveDate::from_ymd_opt(1, 1, 1).unwrap_or(NaiveDate::MIN), last: today })
        }
        Numbers::None => Some(Window { first: since, last: today }),
        Numbers::Months(0) => None,
        Numbers::Months(months) => {
            let first = match settings.general.recently_seen_months {
                0 => NaiveDate::from_ymd_opt(1, 1, 1).unwrap_or(NaiveDate::MIN),
                seen => minus_months(today, seen),
            };
            // Clamping to the end of a month moves a date by three days at most.
            Some(Window { first, last: plus_days(minus_months(today, months), 3) })
        }
        _ => {
            let days = days(set, half)?;
            if is_before(rule, half) {
                let last = plus_days(today, settings.general.look_ahead_days.saturating_add(days));
                Some(Window { first: since, last })
            } else {
                Some(Window { first: minus_days(since, days), last: minus_days(today, days) })
            }
        }
    }
}
