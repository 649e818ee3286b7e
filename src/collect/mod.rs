//! One collection run: from the facts of today to the tasks of today (CSS-01 to CSS-05).
//!
//! A run is one transaction. For each rule it looks again at the untouched tasks that stand, and
//! then at what is newly due; last it releases what this week's capacity allows.

mod beside;
mod complaint;
pub mod files;
pub mod register;
pub mod schedule;
pub mod service;
pub mod why;
mod worker;

use chrono::{DateTime, NaiveDate, Utc};

use crate::domain::ids::EmployeeId;
use crate::domain::rule::{Half, RuleKey};
use crate::domain::settings::Settings;
use crate::domain::task::TaskKey;
use crate::rules::decide::{Day, Reason, decide, since};
use crate::rules::rank::free_places;
use crate::rules::window::window;
pub use crate::store::collection::CollectReport;
use crate::store::collection::Run;
use crate::store::facts::{Candidate, StandingTask};
use crate::store::history::{Actor, Origin};
use crate::store::task::{Following, NewTask};
use crate::store::{Store, StoreError};
pub(crate) use beside::Beside;
pub(crate) use complaint::Complaint;

/// Collects once for `today` (a date in the shop's time zone); `at` is the instant for history.
///
/// # Errors
/// [`StoreError`]; then the run has changed nothing.
pub fn run(store: &mut Store, today: NaiveDate, at: DateTime<Utc>) -> Result<CollectReport, StoreError> {
    run_reporting(store, today, at, &mut || {})
}

/// As [`run`], and calls `progress` after each rule: proof that the run goes on.
///
/// # Errors
/// As [`run`].
pub fn run_reporting(
    store: &mut Store,
    today: NaiveDate,
    at: DateTime<Utc>,
    progress: &mut dyn FnMut(),
) -> Result<CollectReport, StoreError> {
    let run = store.begin_run(today, Actor { origin: Origin::Collector, at })?;
    let settings = run.settings()?;
    let last = run.last_collected()?;
    let mut report = CollectReport::default();
    for rule in RuleKey::ALL {
        let employee = match &settings.rule(rule).assignee {
            Some(code) => run.employee(code)?,
            None => None,
        };
        let since = since(today, last.get(&rule).copied(), &settings);
        for half in rule.halves() {
            let pass = Pass { run: &run, settings: &settings, rule, half: *half, today, since, employee };
            pass.look_again(&mut report)?;
            pass.find_new(&mut report)?;
        }
        progress();
    }
    report.returned += run.pursue(&settings)?;
    let places = free_places(&settings.general, run.released_this_week()?);
    report.released += run.release(&settings, places)?;
    report.waiting = run.count_waiting()?;
    run.finish(&report)?;
    Ok(report)
}

/// One rule (or one half of it) in one run.
struct Pass<'run, 'store> {
    run: &'run Run<'store>,
    settings: &'run Settings,
    rule: RuleKey,
    half: Half,
    today: NaiveDate,
    since: NaiveDate,
    employee: Option<EmployeeId>,
}

impl Pass<'_, '_> {
    /// Withdraws untouched tasks whose reason is gone, and lets the others follow the facts.
    fn look_again(&self, report: &mut CollectReport) -> Result<(), StoreError> {
        // Collected first: a list must not be changed while it is read.
        let mut changes = Vec::new();
        let day = Day { today: self.today, since: None };
        self.run.for_each_standing(self.rule, self.half, |candidate| {
            let Some(task) = candidate.task else { return Ok(()) };
            match self.outcome(&candidate, task, day) {
                Outcome::Stays => report.unchanged += 1,
                other => changes.push((task, other)),
            }
            Ok(())
        })?;
        for (task, outcome) in changes {
            match outcome {
                Outcome::Stays => {}
                Outcome::Gone(why) => {
                    self.run.withdraw(task.id, task.state, why)?;
                    report.withdrawn += 1;
                }
                Outcome::Follows(after) => {
                    self.run.follow(task.id, following(task), after)?;
                    report.changed += 1;
                }
            }
        }
        Ok(())
    }

    fn outcome(&self, candidate: &Candidate, task: StandingTask, day: Day) -> Outcome {
        if candidate.facts.counts_from != Some(task.counts_from) {
            return Outcome::Gone("date changed");
        }
        let verdict = decide(&candidate.facts, self.settings, day);
        match (verdict.against, verdict.execute_on) {
            (Some(reason), _) => Outcome::Gone(word(reason)),
            (None, None) => Outcome::Gone(word(Reason::NoDate)),
            (None, Some(execute_on)) => {
                let customer = candidate.facts.customer.map(|customer| customer.id);
                let after = Following { execute_on, customer, employee: self.employee };
                if task.customer.is_some() && task.customer != customer {
                    // For the new owner it comes back at once, by `find_new`.
                    Outcome::Gone(word(Reason::ChangedHands))
                } else if after == following(task) {
                    Outcome::Stays
                } else {
                    Outcome::Follows(after)
                }
            }
        }
    }

    /// Makes what is due and has no task, and brings back what was withdrawn.
    fn find_new(&self, report: &mut CollectReport) -> Result<(), StoreError> {
        let Some(window) = window(self.rule, self.half, self.settings, self.today, self.since) else {
            return Ok(());
        };
        let day = Day { today: self.today, since: Some(self.since) };
        let at_once = (self.settings.general.weekly_capacity == 0).then_some(self.today);
        let mut returning = Vec::new();
        self.run.for_each_due(self.rule, self.half, window, |candidate| {
            let facts = &candidate.facts;
            let verdict = decide(facts, self.settings, day);
            let (None, Some(execute_on), Some(counts_from)) =
                (verdict.against, verdict.execute_on, facts.counts_from)
            else {
                return Ok(());
            };
            let customer = facts.customer.map(|customer| customer.id);
            if let Some(task) = candidate.task {
                returning.push((task, Following { execute_on, customer, employee: self.employee }));
                return Ok(());
            }
            let key = TaskKey { rule: self.rule, subject: facts.subject, counts_from, half: self.half };
            let vehicle = facts.vehicle.as_ref().map(|vehicle| (vehicle.id, vehicle.plate.as_str()));
            let task =
                NewTask { key, execute_on, vehicle, customer, employee: self.employee, released_on: at_once };
            self.run.make(&task)?;
            report.made += 1;
            report.released += u32::from(at_once.is_some());
            Ok(())
        })?;
        for (task, after) in returning {
            self.run.bring_back(task.id)?;
            self.run.follow(task.id, following(task), after)?;
            report.returned += 1;
        }
        Ok(())
    }
}

/// What becomes of a task that stands.
enum Outcome {
    Stays,
    Gone(&'static str),
    Follows(Following),
}

fn following(task: StandingTask) -> Following {
    Following { execute_on: task.execute_on, customer: task.customer, employee: task.employee }
}

/// The reason in a word or two, for the history of a withdrawn task.
fn word(reason: Reason) -> &'static str {
    match reason {
        Reason::SwitchedOff => "rule switched off",
        Reason::NumberIsZero => "number is 0",
        Reason::NoDate => "date gone",
        Reason::QuoteClosed => "quote closed",
        Reason::RecallDone => "recall carried out",
        Reason::NotAbove(_) => "not above the amount",
        Reason::NotNewer => "registration not newer",
        Reason::Trader => "trader",
        Reason::Objected => "objected",
        Reason::Inactive => "inactive",
        Reason::AppointmentPlanned(_) => "appointment planned",
        Reason::NeverSeen | Reason::NotSeenSince(_) => "not recently seen",
        Reason::ChangedHands => "changed hands",
        Reason::NotBefore(_) => "not yet due",
        Reason::OldNews(_) => "old news",
    }
}
