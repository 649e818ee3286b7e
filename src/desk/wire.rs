//! What the desk and its worker say to each other. Each request carries a number that its answer
//! brings back.

use std::any::Any;

use chrono::NaiveDate;

use super::context::Moment;
use super::source::{Detail, Employee, Pulse, Query};
use crate::domain::ids::{EmployeeId, StepId, TaskId};
use crate::domain::language::Language;
use crate::store::task_list::{TaskCube, TaskRow};
use crate::store::{Store, StoreError};

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

/// What a page wants done with the database.
pub type Work = Box<dyn FnOnce(&mut Store, &Moment) -> Result<Finding, StoreError> + Send>;

/// What came of work; only who asked knows its type.
pub type Finding = Box<dyn Any + Send>;

/// A piece of work for the worker's thread.
pub struct Job {
    /// Comes back in the answer.
    pub number: u64,
    /// The call's name, for the log and for the tests that make it fail.
    pub what: &'static str,
    /// It changes something.
    pub writes: bool,
    /// Lists and counts change with it.
    pub recount: bool,
    /// Who is signed in.
    pub employee: Option<EmployeeId>,
    /// The language of the screen.
    pub language: Language,
    /// The work.
    pub work: Work,
}

impl std::fmt::Debug for Job {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Job").field("number", &self.number).field("what", &self.what).finish_non_exhaustive()
    }
}

/// What the desk asks.
#[derive(Debug)]
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
        /// Who is signed in.
        employee: Option<EmployeeId>,
    },
    /// A page's work with the database.
    Job(Job),
    /// Work that was done beside the worker has ended: pass it on as the answer of that number.
    Done(u64, Finding),
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
    /// A page's work of that name.
    Job {
        /// The call's name.
        what: &'static str,
        /// It was to change something.
        writes: bool,
    },
}

/// Why, as far as the screen tells it apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// The database could not be read.
    Unreadable,
    /// Another program holds the database; a moment later it goes.
    Busy,
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
            StoreError::Busy => Trouble::Busy,
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
    /// The task is finished, safely on disk; with the step that undoes it.
    Handled(TaskId, Option<StepId>),
    /// What came of the job of that number.
    Job {
        /// The job's number.
        number: u64,
        /// It changed, or was to change, something.
        writes: bool,
        /// What it found.
        found: Result<Finding, Trouble>,
    },
    /// The data has hardly any room left, or has room again.
    DiskNearlyFull(bool),
    /// The touchscreen has gone, or is there again.
    TouchGone(bool),
    /// Something could not be done.
    Failed(Failed, Trouble),
}
