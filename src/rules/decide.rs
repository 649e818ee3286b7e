//! Whether there is a task, and if not, why not (CSS-01 to CSS-04).

use chrono::NaiveDate;

use super::facts::Facts;
use crate::domain::amount::Money;
use crate::domain::customer::CustomerKind;
use crate::domain::dates::{minus_days, minus_months, plus_days, plus_months};
use crate::domain::rule::{Half, LegalClass, RuleKey, Source};
use crate::domain::settings::{DAYS_AFTER_INVOICE, Numbers, RuleSettings, Settings};

/// The day of the decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day {
    /// Today, in the shop's time zone.
    pub today: NaiveDate,
    /// Old news before this date makes no task; `None` for a task that exists already.
    pub since: Option<NaiveDate>,
}

/// The outcome of a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// When the task is (or would be) to be carried out; unknown without date or number.
    pub execute_on: Option<NaiveDate>,
    /// Why there is no task; `None`: there is one.
    pub against: Option<Reason>,
}

/// What holds a task back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// The rule's box is not ticked.
    SwitchedOff,
    /// The rule's number (or this half's) is 0.
    NumberIsZero,
    /// The date the rule counts from is not known.
    NoDate,
    /// The quote was accepted or rejected.
    QuoteClosed,
    /// The recall was carried out.
    RecallDone,
    /// The invoice is not above the amount.
    NotAbove(Money),
    /// The register's registration date is not newer than ours.
    NotNewer,
    /// The customer is a trader.
    Trader,
    /// The customer objected to being contacted, and the rule is commercial.
    Objected,
    /// The customer is no longer one (inactive), and the rule is commercial.
    Inactive,
    /// An inspection is planned on this day.
    AppointmentPlanned(NaiveDate),
    /// The vehicle never came to the workshop.
    NeverSeen,
    /// The last visit is before this day.
    NotSeenSince(NaiveDate),
    /// The vehicle left the customer for whom the task was made, and no new owner is known.
    ChangedHands,
    /// The task is made on this day.
    NotBefore(NaiveDate),
    /// The date passed before this day: old news.
    OldNews(NaiveDate),
}

impl Verdict {
    /// Whether there is a task.
    pub fn is_made(&self) -> bool {
        self.against.is_none()
    }
}

/// The first day whose news is not old: the earlier of today and the rule's last collection,
/// minus `look_back_days` (CSS-01).
pub fn since(today: NaiveDate, last_collection: Option<NaiveDate>, settings: &Settings) -> NaiveDate {
    minus_days(last_collection.unwrap_or(today).min(today), settings.general.look_back_days)
}

/// Decides about one subject of one rule.
pub fn decide(facts: &Facts, settings: &Settings, day: Day) -> Verdict {
    let rule = settings.rule(facts.rule);
    let execute_on = execution_date(facts, rule);
    let against = switched(facts.half, rule)
        .or_else(|| stands(facts, rule))
        .or_else(|| excepted(facts, rule, settings, day.today))
        .or_else(|| match (facts.counts_from, execute_on) {
            (Some(counts_from), Some(execute_on)) => timely(facts, counts_from, execute_on, settings, day),
            _ => Some(Reason::NoDate),
        });
    Verdict { execute_on, against }
}

/// The rule's number for a half, in days; `None` when it is switched off by a 0 or has none.
pub(crate) fn days(rule: &RuleSettings, half: Half) -> Option<u32> {
    let days = match (rule.numbers, half) {
        (Numbers::Days(days), _) => days,
        (Numbers::Halves { after, .. }, Half::After) => after,
        (Numbers::Halves { before, .. }, Half::Before) => before,
        (Numbers::Amount(amount), _) => return (amount > 0).then_some(DAYS_AFTER_INVOICE),
        _ => return None,
    };
    (days > 0).then_some(days)
}

/// Whether the rule counts towards its date; the other way round, it counts on from it.
pub(crate) fn is_before(rule: RuleKey, half: Half) -> bool {
    half == Half::Before || matches!(rule.source(), Source::VehicleDate(_))
}

fn switched(half: Half, rule: &RuleSettings) -> Option<Reason> {
    if !rule.enabled {
        return Some(Reason::SwitchedOff);
    }
    let has_number = match rule.numbers {
        Numbers::None => true,
        Numbers::Months(months) => months > 0,
        _ => days(rule, half).is_some(),
    };
    (!has_number).then_some(Reason::NumberIsZero)
}

fn execution_date(facts: &Facts, rule: &RuleSettings) -> Option<NaiveDate> {
    let counts_from = facts.counts_from?;
    match rule.numbers {
        Numbers::None if facts.rule.source() == Source::Recall => Some(counts_from),
        Numbers::None => facts.registration.and_then(|registration| registration.detected_on),
        Numbers::Months(months) => (months > 0).then(|| plus_months(counts_from, months)),
        _ => days(rule, facts.half).map(|days| {
            if is_before(facts.rule, facts.half) {
                minus_days(counts_from, days)
            } else {
                plus_days(counts_from, days)
            }
        }),
    }
}

/// Whether the reason itself stands, whoever it concerns.
fn stands(facts: &Facts, rule: &RuleSettings) -> Option<Reason> {
    if facts.counts_from.is_none() {
        return Some(Reason::NoDate);
    }
    if !facts.open {
        let recall = facts.rule.source() == Source::Recall;
        return Some(if recall { Reason::RecallDone } else { Reason::QuoteClosed });
    }
    if let (Source::Invoice, Numbers::Amount(amount)) = (facts.rule.source(), rule.numbers) {
        let limit = Money(i64::from(amount) * 100);
        if facts.total.is_none_or(|total| total <= limit) {
            return Some(Reason::NotAbove(limit));
        }
    }
    if let Some(registration) = facts.registration {
        let newer = registration.ours.is_some_and(|ours| facts.counts_from > Some(ours));
        if !newer || registration.detected_on.is_none() {
            return Some(Reason::NotNewer);
        }
    }
    None
}

/// The exceptions of CSS-03 and CSS-04.
fn excepted(facts: &Facts, rule: &RuleSettings, settings: &Settings, today: NaiveDate) -> Option<Reason> {
    if let Some(customer) = facts.customer {
        if customer.kind == CustomerKind::Trader {
            return Some(Reason::Trader);
        }
        if rule.legal_class == LegalClass::Commercial {
            if customer.contact_allowed == Some(false) {
                return Some(Reason::Objected);
            }
            if !customer.active {
                return Some(Reason::Inactive);
            }
        }
    } else if facts.made_for.is_some() {
        return Some(Reason::ChangedHands);
    }
    let vehicle = facts.vehicle.as_ref()?;
    if let (RuleKey::Inspection, Some(on)) = (facts.rule, vehicle.inspection_appointment_on) {
        return Some(Reason::AppointmentPlanned(on));
    }
    let months = settings.general.recently_seen_months;
    if facts.rule.is_workshop_bound() && months > 0 {
        let limit = minus_months(today, months);
        return match vehicle.last_visit_on {
            None => Some(Reason::NeverSeen),
            Some(last) if last < limit => Some(Reason::NotSeenSince(limit)),
            Some(_) => None,
        };
    }
    None
}

/// Neither too early nor old news.
fn timely(
    facts: &Facts,
    counts_from: NaiveDate,
    execute_on: NaiveDate,
    settings: &Settings,
    day: Day,
) -> Option<Reason> {
    let before = is_before(facts.rule, facts.half);
    let made_on = if before { minus_days(execute_on, settings.general.look_ahead_days) } else { execute_on };
    if made_on > day.today {
        return Some(Reason::NotBefore(made_on));
    }
    let bound = day.since?;
    let news = if before { counts_from } else { execute_on };
    // A recall is news for as long as it is open.
    let ever_new = matches!(facts.rule, RuleKey::NotSeen | RuleKey::Recall);
    (news < bound && !ever_new).then_some(Reason::OldNews(bound))
}

#[cfg(test)]
#[path = "decide_tests.rs"]
mod tests;
