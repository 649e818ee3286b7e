//! Tasks: something to follow up on a date, and the ways to look at their list (CSS-11).

use chrono::NaiveDate;
use serde::Serialize;

use super::dates::{minus_days, plus_days};
use super::ids::{EmployeeId, InspectionId, InvoiceId, QuoteId, RecallId, SaleId, VehicleId};
use super::rule::{Half, RuleKey, written};

/// Where a task stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum TaskState {
    /// Made, but this week's capacity is used up (CSS-05).
    Waiting,
    /// In the list.
    Open,
    /// Afgehandeld: a person finished it.
    Handled,
    /// Taken back by the collector, because its reason is gone.
    Withdrawn,
}

written!(TaskState, "a state of a task", TaskState::Waiting => "waiting", TaskState::Open => "open", TaskState::Handled => "handled", TaskState::Withdrawn => "withdrawn");

/// What a task is about: the thing that carries the counting date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Subject {
    /// A vehicle.
    Vehicle(VehicleId),
    /// An inspection.
    Inspection(InspectionId),
    /// An invoice.
    Invoice(InvoiceId),
    /// A sale.
    Sale(SaleId),
    /// A quote.
    Quote(QuoteId),
    /// A recall of a vehicle.
    Recall(RecallId),
}

impl Subject {
    /// The kind, as stored.
    pub fn kind(self) -> &'static str {
        match self {
            Subject::Vehicle(_) => "vehicle",
            Subject::Inspection(_) => "inspection",
            Subject::Invoice(_) => "invoice",
            Subject::Sale(_) => "sale",
            Subject::Quote(_) => "quote",
            Subject::Recall(_) => "recall",
        }
    }

    /// The number, as stored.
    pub fn number(self) -> i64 {
        match self {
            Subject::Vehicle(VehicleId(id))
            | Subject::Inspection(InspectionId(id))
            | Subject::Invoice(InvoiceId(id))
            | Subject::Sale(SaleId(id))
            | Subject::Quote(QuoteId(id))
            | Subject::Recall(RecallId(id)) => id,
        }
    }
}

/// What makes a task the same task: there is one for each such key, for ever (CSS-01).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TaskKey {
    /// The rule.
    pub rule: RuleKey,
    /// What it is about.
    pub subject: Subject,
    /// The date the rule counts from.
    pub counts_from: NaiveDate,
    /// Which of the rule's numbers.
    pub half: Half,
}

/// Filter by execution date; today is in each (CSS-11).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Period {
    /// Today to today + 7.
    Next7,
    /// Today to today + 14.
    Next14,
    /// Today - 7 to today.
    Past7,
    /// Today - 14 to today.
    Past14,
    /// All.
    #[default]
    All,
}

written!(Period, "a period", Period::Next7 => "next7", Period::Next14 => "next14", Period::Past7 => "past7", Period::Past14 => "past14", Period::All => "all");

impl Period {
    /// All five, in the order of the screen.
    pub const ALL: [Period; 5] = [Period::Next7, Period::Next14, Period::Past7, Period::Past14, Period::All];

    /// First and last execution date of the period.
    pub fn range(self, today: NaiveDate) -> Option<(NaiveDate, NaiveDate)> {
        match self {
            Period::Next7 => Some((today, plus_days(today, 7))),
            Period::Next14 => Some((today, plus_days(today, 14))),
            Period::Past7 => Some((minus_days(today, 7), today)),
            Period::Past14 => Some((minus_days(today, 14), today)),
            Period::All => None,
        }
    }

    /// Whether an execution date lies in the period.
    pub fn contains(self, execute_on: NaiveDate, today: NaiveDate) -> bool {
        self.range(today).is_none_or(|(first, last)| (first..=last).contains(&execute_on))
    }
}

/// Filter by state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum StatusFilter {
    /// In the list.
    #[default]
    Open,
    /// Handled.
    Closed,
    /// Held back by the weekly capacity.
    Waiting,
    /// Taken back by the collector.
    Withdrawn,
    /// Contacted, not booked: waiting to come back, or come back (NEW-10).
    Pursued,
    /// All of them.
    All,
}

written!(StatusFilter, "a status", StatusFilter::Open => "open", StatusFilter::Closed => "closed", StatusFilter::Waiting => "waiting", StatusFilter::Withdrawn => "withdrawn", StatusFilter::Pursued => "pursued", StatusFilter::All => "all");

impl StatusFilter {
    /// The state it asks for; `None` is more than one.
    pub fn state(self) -> Option<TaskState> {
        match self {
            StatusFilter::Open => Some(TaskState::Open),
            StatusFilter::Closed => Some(TaskState::Handled),
            StatusFilter::Waiting => Some(TaskState::Waiting),
            StatusFilter::Withdrawn => Some(TaskState::Withdrawn),
            StatusFilter::Pursued | StatusFilter::All => None,
        }
    }
}

/// Filter by the employee a task is assigned to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum EmployeeFilter {
    /// Everybody's and nobody's.
    #[default]
    All,
    /// Not assigned.
    Nobody,
    /// One employee's.
    One(EmployeeId),
}

/// The four filters of the CRM manager together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct TaskFilter {
    /// By execution date.
    pub period: Period,
    /// By employee.
    pub employee: EmployeeFilter,
    /// By kind; `None` is all.
    pub rule: Option<RuleKey>,
    /// By state.
    pub status: StatusFilter,
}

/// The columns of the CRM manager's list, by which it can be sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum TaskColumn {
    /// Kind of task, by its key.
    Rule,
    /// Execution date.
    #[default]
    ExecuteOn,
    /// Plate.
    Plate,
    /// Description; texts begin with the customer, so by the customer's name.
    Description,
    /// The date that counts.
    CountsFrom,
    /// Handled or not.
    State,
}

/// How the list is sorted; ties follow execution date, plate, rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct TaskOrder {
    /// By which column.
    pub column: TaskColumn,
    /// Largest first.
    pub descending: bool,
}
