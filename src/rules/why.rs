//! Why is this task here, and why is that one not (NEW-01): where each subject of each rule stands,
//! by the same decision as the collector's. The command line and the desk put it into words.

use chrono::{DateTime, NaiveDate, Utc};

use super::decide::{Day, Reason, Verdict, decide};
use super::facts::Facts;
use super::rank::Waiting;
use crate::domain::amount::Money;
use crate::domain::ids::TaskId;
use crate::domain::rule::{RuleKey, Source};
use crate::domain::settings::Settings;
use crate::domain::task::TaskState;

/// A task that exists, as far as the answer needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Existing {
    /// Its number.
    pub task: TaskId,
    /// Where it stands.
    pub state: TaskState,
    /// When it is to be carried out.
    pub execute_on: NaiveDate,
}

/// Its place among those that wait for the weekly capacity, and what the place depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// 1 is the next to be released.
    pub number: usize,
    /// How many wait.
    pub of: usize,
    /// The date it counts from.
    pub counts_from: NaiveDate,
    /// What the customer was invoiced in three years.
    pub value: Money,
    /// When the customer was last contacted.
    pub contacted_at: Option<DateTime<Utc>>,
}

/// Where one subject of a rule stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stand {
    /// Its task is in the list.
    InList {
        /// When it is to be carried out.
        execute_on: NaiveDate,
    },
    /// Its task is handled and does not come back for the same date.
    Handled,
    /// Its task was taken back; without a reason the next collection brings it back.
    Withdrawn(Option<Reason>),
    /// Its task waits; the place is unknown for a moment only.
    Waits(Option<Place>),
    /// The next collection makes the task.
    Due,
    /// There is no task.
    Against(Reason),
}

/// One subject of a rule, judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// What the judgement rests on.
    pub facts: Facts,
    /// The task of the same key.
    pub existing: Option<Existing>,
    /// The decision as of today.
    pub verdict: Verdict,
    /// Where it stands.
    pub stand: Stand,
}

/// One rule for one vehicle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The rule.
    pub rule: RuleKey,
    /// Its subjects: what is in the list first, then what comes nearest to it; the newest of equals.
    /// Empty: the rule has nothing to look at, see [`Answer::source`].
    pub cases: Vec<Case>,
}

impl Answer {
    /// Judges all subjects of a rule.
    pub fn new(rule: RuleKey, mut cases: Vec<Case>) -> Self {
        cases.sort_by_key(Case::distance);
        Self { rule, cases }
    }

    /// What the rule looks at.
    pub fn source(&self) -> Source {
        self.rule.source()
    }

    /// Whether its task was made (and not withdrawn).
    pub fn is_made(&self) -> bool {
        self.cases.first().is_some_and(|case| case.stand.is_made())
    }
}

impl Stand {
    /// Whether the task was made (and not withdrawn).
    pub fn is_made(&self) -> bool {
        matches!(self, Stand::InList { .. } | Stand::Handled | Stand::Waits(_))
    }
}

impl Case {
    /// Judges one subject; `queue` are the waiting tasks in their order.
    pub fn judge(
        facts: Facts,
        existing: Option<Existing>,
        settings: &Settings,
        day: Day,
        queue: &[Waiting],
    ) -> Self {
        // Old news holds back a new task, not one that stands.
        let stands = existing.is_some_and(|task| task.state != TaskState::Withdrawn);
        let day = if stands { Day { since: None, ..day } } else { day };
        let verdict = decide(&facts, settings, day);
        let stand = match (existing, verdict.against) {
            (Some(task), against) => match task.state {
                TaskState::Open => Stand::InList { execute_on: task.execute_on },
                TaskState::Handled => Stand::Handled,
                TaskState::Withdrawn => Stand::Withdrawn(against),
                TaskState::Waiting => Stand::Waits(place(task.task, queue)),
            },
            (None, Some(against)) => Stand::Against(against),
            (None, None) => Stand::Due,
        };
        Self { facts, existing, verdict, stand }
    }

    fn distance(&self) -> u8 {
        match self.stand {
            Stand::InList { .. } => 0,
            Stand::Waits(_) => 1,
            Stand::Due => 2,
            Stand::Handled => 3,
            Stand::Withdrawn(_) => 4,
            Stand::Against(Reason::NoDate) => 7,
            Stand::Against(Reason::OldNews(_)) => 6,
            Stand::Against(_) => 5,
        }
    }
}

fn place(task: TaskId, queue: &[Waiting]) -> Option<Place> {
    let number = queue.iter().position(|waiting| waiting.task == task)?;
    let waiting = queue.get(number)?;
    Some(Place {
        number: number + 1,
        of: queue.len(),
        counts_from: waiting.counts_from,
        value: waiting.value,
        contacted_at: waiting.contacted_at,
    })
}
