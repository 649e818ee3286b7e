//! Why is this task here, and why is that one not (NEW-01), in a technician's words: every rule for
//! one vehicle, with the facts. The judgement is `rules::why`'s.

use chrono::{NaiveDate, NaiveTime};
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::domain::plate::Plate;
use crate::domain::register::freshness;
use crate::domain::rule::{RuleKey, Source};
use crate::domain::settings::{Numbers, Settings};
use crate::rules::decide::Reason;
use crate::rules::why::{Answer, Case, Stand};
use crate::store::facts::RegisterRecord;
use crate::store::{Store, StoreError};

/// The answer for one vehicle.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Why {
    /// The plate, normalised.
    pub plate: String,
    /// One answer for each of the sixteen rules of the shop's own dates, and one for a recall.
    pub rules: Vec<WhyRule>,
}

/// The answer for one rule.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WhyRule {
    /// The rule.
    pub rule: RuleKey,
    /// Whether its task was made (and not withdrawn).
    pub made: bool,
    /// In words: where the task stands, or what holds it back.
    pub reason: String,
    /// What the answer rests on.
    pub facts: Map<String, Value>,
}

/// Explains every rule for a vehicle, as of `today`.
///
/// # Errors
/// [`StoreError::Missing`] when there is no such vehicle.
pub fn why(store: &Store, plate: &Plate, today: NaiveDate) -> Result<Why, StoreError> {
    let missing = || StoreError::Missing { noun: "vehicle with the plate", name: plate.to_string() };
    let (vehicle, _) = store.vehicle_by_plate(plate)?.ok_or_else(missing)?;
    let judgement = store.judge(vehicle, today)?;
    let settings = &judgement.settings;
    // A recall is told of where there is one; that a car has none is no answer to anything.
    let told = |answer: &&Answer| answer.rule != RuleKey::Recall || !answer.cases.is_empty();
    let rules = judgement.answers.iter().filter(told).map(|answer| {
        let rule = answer.rule;
        let mut said = match answer.cases.first() {
            Some(case) => say(rule, case, settings),
            None => WhyRule { rule, made: false, reason: nothing(rule).to_owned(), facts: Map::new() },
        };
        if answer.cases.len() > 1 {
            let others = answer.cases.iter().skip(1).map(|case| {
                let other = say(rule, case, settings);
                json!({ "made": other.made, "reason": other.reason, "facts": other.facts })
            });
            said.facts.insert("others".to_owned(), others.collect());
        }
        if matches!(rule, RuleKey::Inspection | RuleKey::Registration) {
            said.facts.insert("register".to_owned(), register(judgement.register, today));
        }
        said
    });
    Ok(Why { plate: plate.as_str().to_owned(), rules: rules.collect() })
}

fn register(record: Option<RegisterRecord>, today: NaiveDate) -> Value {
    let now = today.and_time(NaiveTime::MIN).and_utc();
    record.map_or(Value::Null, |record| {
        json!({
            "inspection_expires_on": record.inspection_expires_on,
            "registered_on": record.registered_on,
            "fetched_at": record.fetched_at,
            "state": freshness(record.fetched_at, record.silent_since.is_some(), now).as_str(),
            "silent_since": record.silent_since,
        })
    })
}

/// One subject of a rule, in words and facts.
fn say(rule: RuleKey, case: &Case, settings: &Settings) -> WhyRule {
    let facts = &case.facts;
    let mut map = Map::new();
    let mut add = |name: &str, value: Value| {
        if !value.is_null() {
            map.insert(name.to_owned(), value);
        }
    };
    add("counts_from", json!(facts.counts_from));
    add("execute_on", json!(case.verdict.execute_on));
    if rule.halves().len() > 1 {
        add("half", json!(facts.half.as_str()));
    }
    add("number", number(rule, settings));
    add("task", json!(case.existing.map(|task| task.state.as_str())));
    add("task_id", json!(case.existing.map(|task| task.task.0)));
    add("total", json!(facts.total.map(|total| total.to_string())));
    if let Some(customer) = facts.customer {
        add("customer_kind", json!(customer.kind.as_str()));
        add("contact_allowed", json!(customer.contact_allowed));
    }
    if let Some(vehicle) = &facts.vehicle {
        add("last_visit_on", json!(vehicle.last_visit_on));
        add("inspection_appointment_on", json!(vehicle.inspection_appointment_on));
    }
    if let Some(registration) = facts.registration {
        add("our_registration", json!(registration.ours));
        add("detected_on", json!(registration.detected_on));
    }
    WhyRule { rule, made: case.stand.is_made(), reason: standing(case.stand, settings), facts: map }
}

fn standing(stand: Stand, settings: &Settings) -> String {
    match stand {
        Stand::InList { execute_on } => format!("in the list, to be carried out on {execute_on}"),
        Stand::Handled => "handled; it does not come back for the same date".to_owned(),
        Stand::Due => "due: the next collection makes the task".to_owned(),
        Stand::Against(reason) => words(reason, settings),
        Stand::Withdrawn(None) => {
            "withdrawn: its reason is there again: the next collection brings it back".to_owned()
        }
        Stand::Withdrawn(Some(reason)) => format!("withdrawn: {}", words(reason, settings)),
        Stand::Waits(None) => "waits for a place in this week's capacity".to_owned(),
        Stand::Waits(Some(place)) => format!(
            "waits: the capacity of {} a week is used up; number {} of {} in the queue (counts from {}, customer worth {} in three years, {})",
            settings.general.weekly_capacity,
            place.number,
            place.of,
            place.counts_from,
            place.value,
            place.contacted_at.map_or_else(
                || "never contacted".to_owned(),
                |at| format!("last contacted {}", at.date_naive())
            ),
        ),
    }
}

fn number(rule: RuleKey, settings: &Settings) -> Value {
    match settings.rule(rule).numbers {
        Numbers::Days(days) => json!({ "days": days }),
        Numbers::Months(months) => json!({ "months": months }),
        Numbers::Amount(amount) => json!({ "amount": amount }),
        Numbers::Halves { after, before } => json!({ "days_after": after, "days_before": before }),
        Numbers::None => Value::Null,
    }
}

/// A reason as a sentence.
fn words(reason: Reason, settings: &Settings) -> String {
    match reason {
        Reason::SwitchedOff => "the rule is switched off".to_owned(),
        Reason::NumberIsZero => "the rule's number is 0, so it makes no task".to_owned(),
        Reason::NoDate => "the date it counts from is not known".to_owned(),
        Reason::QuoteClosed => "the quote is no longer open".to_owned(),
        Reason::RecallDone => "the recall was carried out".to_owned(),
        Reason::NotAbove(limit) => format!("the invoice is not above {limit}"),
        Reason::NotNewer => "the register has no newer registration than ours".to_owned(),
        Reason::Trader => "the customer is a trader".to_owned(),
        Reason::Inactive => "the customer is inactive, and the rule is commercial".to_owned(),
        Reason::Objected => "the customer objected to being contacted, and the rule is commercial".to_owned(),
        Reason::AppointmentPlanned(on) => format!("an inspection is planned on {on}"),
        Reason::NeverSeen => "the vehicle never came to the workshop".to_owned(),
        Reason::NotSeenSince(limit) => {
            let months = settings.general.recently_seen_months;
            format!("the last visit is longer than {months} months ago (before {limit})")
        }
        Reason::ChangedHands => "the vehicle left the customer, and no new owner is known".to_owned(),
        Reason::NotBefore(day) => format!("too early: the task is made on {day}"),
        Reason::OldNews(day) => format!("old news: passed before {day}"),
    }
}

/// Why a rule has nothing to look at.
fn nothing(rule: RuleKey) -> &'static str {
    match rule.source() {
        Source::VehicleDate(_) | Source::LastVisit => "the date it counts from is not known",
        Source::Registration => "the register has not been asked about this vehicle",
        Source::Advice("AC1") => "no inspection of this vehicle carries the advice AC1",
        Source::Advice(_) => "no inspection of this vehicle carries the advice AC5",
        Source::Invoice => "there is no invoice for this vehicle",
        Source::Sale => "there is no sale of this vehicle",
        Source::Recall => "the register has told of no recall of this vehicle",
        Source::Quote(_) => "there is no quote of this kind for this vehicle",
    }
}
