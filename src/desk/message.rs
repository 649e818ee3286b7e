//! What the desk and its worker say to each other. Each request carries a number that its answer
//! brings back.

use chrono::NaiveDate;

use super::source::{Detail, Employee, Pulse, Query};
use crate::domain::ids::TaskId;
use crate::domain::language::Language;
use crate::store::StoreError;
use crate::store::task_list::{TaskCube, TaskRow};

/// Rows of one page of the list.
pub const PAGE: usize = 64;

/// Which task is to be selected when the list is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Want {
    /// The first one.
    First,
    /// This one; if it is gone, the one that took its place.
    Keep {
        /// The task.
        id: TaskId,
        /// Its last known place.
        place: usize,
    },
}

/// What the desk asks.
#[derive(Debug, Clone)]
pub enum Request {
    /// The list: these pages of it, and the task to select.
    Show {
        /// Comes back in the answer.
        number: u64,
        /// What to show.
        query: Query,
        /// The pages that are on the screen.
        pages: Vec<usize>,
        /// Which task to select.
        want: Want,
    },
    /// One more page of the list that was shown last.
    Page {
        /// The number of that list.
        number: u64,
        /// Which page.
        page: usize,
    },
    /// One task with everything about it.
    Detail {
        /// Comes back in the answer.
        number: u64,
        /// The task.
        id: TaskId,
        /// The language of its words.
        language: Language,
    },
    /// A person finished a task.
    Handle {
        /// The task.
        id: TaskId,
        /// The language of its words.
        language: Language,
    },
    /// Ask the collector for a run.
    Collect,
    /// Try at once what failed.
    Retry,
    /// End.
    Stop,
}

/// The list, or what is known of it.
#[derive(Debug)]
pub struct List {
    /// The request's number.
    pub number: u64,
    /// The day it was read for.
    pub today: NaiveDate,
    /// How many rows there are; none while they are still being counted.
    pub count: Option<usize>,
    /// Pages with their rows.
    pub pages: Vec<(usize, Vec<TaskRow>)>,
    /// The task to select, and its place.
    pub selected: Option<(TaskId, usize)>,
}

/// All counts, and what the alert is made of.
#[derive(Debug)]
pub struct Counts {
    /// The counts of every combination of filters.
    pub cube: TaskCube,
    /// Due tasks and the last collection.
    pub pulse: Pulse,
    /// The employees.
    pub employees: Vec<Employee>,
    /// The database changed: the list must be read again.
    pub changed: bool,
}

/// What could not be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failed {
    /// The list of that number.
    List(u64),
    /// The counts.
    Counts,
    /// The detail of that number.
    Detail(u64),
    /// Finishing that task.
    Handle(TaskId),
    /// Asking the collector for a run.
    Collect,
}

/// Why, as far as the screen tells it apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// The database could not be read.
    Unreadable,
    /// The database is damaged.
    Damaged,
    /// The disk is full.
    Full,
    /// Nothing can be saved.
    ReadOnly,
}

impl From<&StoreError> for Trouble {
    fn from(error: &StoreError) -> Self {
        match error {
            StoreError::Damaged(_) => Trouble::Damaged,
            StoreError::Full => Trouble::Full,
            StoreError::ReadOnly => Trouble::ReadOnly,
            _ => Trouble::Unreadable,
        }
    }
}

/// What the worker answers.
#[derive(Debug)]
pub enum Answer {
    /// The list.
    List(List),
    /// One more page of the list of that number.
    Page(u64, usize, Vec<TaskRow>),
    /// The counts.
    Counts(Box<Counts>),
    /// The detail of that number; none when the task is gone.
    Detail(u64, Option<Box<Detail>>),
    /// The task is finished, safely on disk.
    Handled(TaskId),
    /// The data has hardly any room left, or has room again.
    DiskNearlyFull(bool),
    /// Something could not be done.
    Failed(Failed, Trouble),
}
