//! Every rule judged for one vehicle, as of today (NEW-01): the facts from the tables, the judgement
//! from `rules::why`.

use chrono::NaiveDate;

use super::facts::RegisterRecord;
use super::{Store, StoreError};
use crate::domain::ids::VehicleId;
use crate::domain::rule::RuleKey;
use crate::domain::settings::Settings;
use crate::rules::decide::{Day, since};
use crate::rules::why::{Answer, Case, Existing};

/// The judgement of a vehicle.
#[derive(Debug, Clone)]
pub struct Judgement {
    /// One answer for each rule.
    pub answers: Vec<Answer>,
    /// What the register said when it was last asked.
    pub register: Option<RegisterRecord>,
    /// What the shop set.
    pub settings: Settings,
}

impl Store {
    /// Judges every rule for a vehicle.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn judge(&self, vehicle: VehicleId, today: NaiveDate) -> Result<Judgement, StoreError> {
        let settings = self.settings()?;
        let last = self.last_collected()?;
        let queue = self.waiting_in_order(today)?;
        let mut answers = Vec::with_capacity(RuleKey::ALL.len());
        for rule in RuleKey::ALL {
            let day = Day { today, since: Some(since(today, last.get(&rule).copied(), &settings)) };
            let mut cases = Vec::new();
            for half in rule.halves() {
                for candidate in self.candidates(rule, *half, Some(vehicle), today)? {
                    let existing = candidate.task.map(|task| Existing {
                        task: task.id,
                        state: task.state,
                        execute_on: task.execute_on,
                    });
                    cases.push(Case::judge(candidate.facts, existing, &settings, day, &queue));
                }
            }
            answers.push(Answer::new(rule, cases));
        }
        Ok(Judgement { answers, register: self.register_record(vehicle)?, settings })
    }
}
