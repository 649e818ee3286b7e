//! Why is this task here, and why is that one not (NEW-01): every rule for one vehicle, with the
//! facts, by the same decision as the collector's.

use chrono::NaiveDate;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::domain::plate::Plate;
use crate::domain::rule::{RuleKey, Source};
use crate::domain::settings::{Numbers, Settings};
use crate::domain::task::TaskState;
use crate::rules::decide::{Day, Reason, Verdict, decide, since};
use crate::rules::rank::Waiting;
use crate::store::facts::{Candidate, StandingTask};
use crate::store::{Store, StoreError};

/// The answer for one vehicle.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Why {
    /// The plate, normalised.
    pub plate: String,
    /// One answer for each of the sixteen rules.
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
    let settings = store.settings()?;
    let last = store.last_collected()?;
    let queue = store.waiting_in_order(today)?;
    let mut rules = Vec::with_capacity(RuleKey::ALL.len());
    for rule in RuleKey::ALL {
        let day = Day { today, since: Some(since(today, last.get(&rule).copied(), &settings)) };
        let mut cases = Vec::new();
        for half in rule.halves() {
            for candidate in store.candidates(rule, *half, Some(vehicle), today)? {
                cases.push(Case::judge(candidate, &settings, day));
            }
        }
        // What is in the list first, then what comes nearest to it; the newest of equals.
        cases.sort_by_key(|case| case.distance());
        let mut answer = match cases.first() {
            Some(case) => case.answer(rule, &settings, &queue),
            None => WhyRule { rule, made: false, reason: nothing(rule).to_owned(), facts: Map::new() },
        };
        if cases.len() > 1 {
            let others = cases.iter().skip(1).map(|case| {
                let other = case.answer(rule, &settings, &queue);
                json!({ "made": other.made, "reason": other.reason, "facts": other.facts })
            });
            answer.facts.insert("others".to_owned(), others.collect());
        }
        if matches!(rule, RuleKey::Inspection | RuleKey::Registration) {
            answer.facts.insert("register".to_owned(), register(store, vehicle)?);
        }
        rules.push(answer);
    }
    Ok(Why { plate: plate.as_str().to_owned(), rules })
}

fn register(store: &Store, vehicle: crate::domain::ids::VehicleId) -> Result<Value, StoreError> {
    Ok(store.register_record(vehicle)?.map_or(Value::Null, |record| {
        json!({
            "inspection_expires_on": record.inspection_expires_on,
            "registered_on": record.registered_on,
            "fetched_at": record.fetched_at,
        })
    }))
}

/// One subject of a rule, judged.
struct Case {
    candidate: Candidate,
    verdict: Verdict,
}

impl Case {
    fn judge(candidate: Candidate, settings: &Settings, day: Day) -> Self {
        // Old news holds back a new task, not one that stands.
        let stands = candidate.task.is_some_and(|task| task.state != TaskState::Withdrawn);
        let day = if stands { Day { since: None, ..day } } else { day };
        let verdict = decide(&candidate.facts, settings, day);
        Self { candidate, verdict }
    }

    fn distance(&self) -> u8 {
        match self.candidate.task.map(|task| task.state) {
            Some(TaskState::Open) => 0,
            Some(TaskState::Waiting) => 1,
            _ if self.verdict.is_made() && self.candidate.task.is_none() => 2,
            Some(TaskState::Handled) => 3,
            Some(TaskState::Withdrawn) => 4,
            None => match self.verdict.against {
                Some(Reason::NoDate) => 7,
                Some(Reason::OldNews(_)) => 6,
                _ => 5,
            },
        }
    }

    fn answer(&self, rule: RuleKey, settings: &Settings, queue: &[Waiting]) -> WhyRule {
        let facts = &self.candidate.facts;
        let against = self.verdict.against.map(|reason| words(reason, settings));
        let (made, reason) = match (self.candidate.task, against) {
            (Some(task), against) => standing(task, against, settings, queue),
            (None, Some(against)) => (false, against),
            (None, None) => (false, "due: the next collection makes the task".to_owned()),
        };
        let mut map = Map::new();
        let mut add = |name: &str, value: Value| {
            if !value.is_null() {
                map.insert(name.to_owned(), value);
            }
        };
        add("counts_from", json!(facts.counts_from));
        add("execute_on", json!(self.verdict.execute_on));
        if rule.halves().len() > 1 {
            add("half", json!(facts.half.as_str()));
        }
        add("number", number(rule, settings));
        add("task", json!(self.candidate.task.map(|task| task.state.as_str())));
        add("task_id", json!(self.candidate.task.map(|task| task.id.0)));
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
        WhyRule { rule, made, reason, facts: map }
    }
}

fn standing(
    task: StandingTask,
    against: Option<String>,
    settings: &Settings,
    queue: &[Waiting],
) -> (bool, String) {
    match task.state {
        TaskState::Open => (true, format!("in the list, to be carried out on {}", task.execute_on)),
        TaskState::Handled => (true, "handled; it does not come back for the same date".to_owned()),
        TaskState::Withdrawn => {
            let why = against.unwrap_or_else(|| {
                "its reason is there again: the next collection brings it back".to_owned()
            });
            (false, format!("withdrawn: {why}"))
        }
        TaskState::Waiting => {
            let place = queue.iter().position(|waiting| waiting.task == task.id);
            let (Some(place), Some(waiting)) = (place, place.and_then(|place| queue.get(place))) else {
                return (true, "waits for a place in this week's capacity".to_owned());
            };
            (
                true,
                format!(
                    "waits: the capacity of {} a week is used up; number {} of {} in the queue (counts from {}, customer worth {} in three years, {})",
                    settings.general.weekly_capacity,
                    place + 1,
                    queue.len(),
                    waiting.counts_from,
                    waiting.value,
                    waiting.contacted_at.map_or_else(
                        || "never contacted".to_owned(),
                        |at| format!("last contacted {}", at.date_naive())
                    ),
                ),
            )
        }
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
        Reason::NotAbove(limit) => format!("the invoice is not above {limit}"),
        Reason::NotNewer => "the register has no newer registration than ours".to_owned(),
        Reason::Trader => "the customer is a trader".to_owned(),
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
        Source::Quote(_) => "there is no quote of this kind for this vehicle",
    }
}
