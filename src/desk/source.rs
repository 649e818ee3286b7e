//! What the desk asks of the database, as a trait: tests make every single call fail and look at
//! what the screen then says (fault table, row 26).

use chrono::{DateTime, NaiveDate, Utc};

use crate::domain::employee;
use crate::domain::ids::{EmployeeId, StepId, TaskId};
use crate::domain::language::Language;
use crate::domain::task::{TaskFilter, TaskOrder};
use crate::store::history::{Actor, HistoryLine};
use crate::store::task_detail::TaskDetail;
use crate::store::task_list::{DueCounts, TaskCube, TaskRow};
use crate::store::{Store, StoreError};

/// What the list shows, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Query {
    /// Which tasks.
    pub filter: TaskFilter,
    /// In which order.
    pub order: TaskOrder,
    /// The language of the descriptions.
    pub language: Language,
}

/// Everything about the task that is selected.
#[derive(Debug, Clone)]
pub struct Detail {
    /// The task with its customer and its vehicle.
    pub task: TaskDetail,
    /// What has happened to it, oldest first.
    pub history: Vec<HistoryLine>,
}

/// An employee, as a filter offers them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Employee {
    /// The number by which tasks know them.
    pub id: EmployeeId,
    /// The name on the screen.
    pub name: String,
}

/// What the alert and the header are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pulse {
    /// Due tasks, and those that are overdue for longer than the shop tolerates.
    pub alert: DueCounts,
    /// Due tasks, and those whose date has passed.
    pub late: DueCounts,
    /// When the last collection ended.
    pub collected_at: Option<DateTime<Utc>>,
    /// How often there should be one.
    pub collect_every_hours: u32,
    /// How long a long press silences the blinking.
    pub silence_minutes: u32,
    /// The newest instant in the database.
    pub newest: Option<DateTime<Utc>>,
    /// When the last good backup was made.
    pub backup_at: Option<DateTime<Utc>>,
    /// How often making one has failed since.
    pub backup_failures: u32,
    /// When a damaged database was put back by itself the last time, and of which day the copy was.
    pub healed: Option<(DateTime<Utc>, NaiveDate)>,
}

/// The database, as the desk sees it.
pub trait Source {
    /// Changes whenever another program has committed something.
    ///
    /// # Errors
    /// When the database cannot be read; so for all that follow.
    fn version(&self) -> Result<i64, StoreError>;
    /// Some rows of the list.
    ///
    /// # Errors
    /// As above; never an empty list instead.
    fn page(
        &self,
        query: &Query,
        today: NaiveDate,
        offset: usize,
        limit: usize,
    ) -> Result<Vec<TaskRow>, StoreError>;
    /// The place of a task in the list.
    ///
    /// # Errors
    /// As above.
    fn position(&self, query: &Query, today: NaiveDate, id: TaskId) -> Result<Option<usize>, StoreError>;
    /// The counts of every combination of filters.
    ///
    /// # Errors
    /// As above.
    fn cube(&self, today: NaiveDate) -> Result<TaskCube, StoreError>;
    /// What the alert is made of.
    ///
    /// # Errors
    /// As above.
    fn pulse(&self, today: NaiveDate) -> Result<Pulse, StoreError>;
    /// The employees whom a task can be assigned to.
    ///
    /// # Errors
    /// As above.
    fn employees(&self) -> Result<Vec<Employee>, StoreError>;
    /// Everything about one task.
    ///
    /// # Errors
    /// As above.
    fn detail(&self, id: TaskId, today: NaiveDate, language: Language) -> Result<Option<Detail>, StoreError>;
    /// The database itself, for the work of the pages; `what` is the call's name.
    ///
    /// # Errors
    /// Where a test makes that call fail.
    fn store(&mut self, what: &'static str) -> Result<&mut Store, StoreError>;
    /// Works off a little of what was noted for the search; `true`: there is more.
    ///
    /// # Errors
    /// When it could not be saved.
    fn index(&mut self) -> Result<bool, StoreError> {
        Ok(false)
    }
    /// Asks the collector for a run.
    ///
    /// # Errors
    /// When that could not be saved.
    fn collect(&mut self) -> Result<(), StoreError>;
    /// Finishes a task; answers the step that undoes it, none when that was done already.
    ///
    /// # Errors
    /// When it could not be saved.
    fn handle(
        &mut self,
        id: TaskId,
        today: NaiveDate,
        language: Language,
        actor: Actor,
    ) -> Result<Option<StepId>, StoreError>;
}

impl Source for Store {
    fn version(&self) -> Result<i64, StoreError> {
        self.data_version()
    }

    fn page(
        &self,
        query: &Query,
        today: NaiveDate,
        offset: usize,
        limit: usize,
    ) -> Result<Vec<TaskRow>, StoreError> {
        self.task_page(&query.filter, query.order, today, query.language, offset, limit)
    }

    fn position(&self, query: &Query, today: NaiveDate, id: TaskId) -> Result<Option<usize>, StoreError> {
        self.task_position(&query.filter, query.order, today, id)
    }

    fn cube(&self, today: NaiveDate) -> Result<TaskCube, StoreError> {
        self.task_cube(today)
    }

    fn pulse(&self, today: NaiveDate) -> Result<Pulse, StoreError> {
        let general = self.settings()?.general;
        let backup = self.backup_state()?;
        Ok(Pulse {
            alert: self.due_counts(today, general.overdue_after_days)?,
            late: self.due_counts(today, 0)?,
            collected_at: self.last_collection()?.map(|run| run.finished_at),
            collect_every_hours: general.collect_every_hours,
            silence_minutes: general.silence_minutes,
            newest: self.newest_instant()?,
            backup_at: backup.good_at,
            backup_failures: backup.failures,
            healed: self.healed()?.map(|healed| (healed.at, healed.copy_of)),
        })
    }

    fn employees(&self) -> Result<Vec<Employee>, StoreError> {
        let all = Store::employees(self)?;
        let named = |(id, employee): (EmployeeId, employee::Employee)| Employee {
            id,
            name: employee.name.unwrap_or(employee.code),
        };
        // Who left keeps their old tasks, but gets no filter of their own.
        Ok(all.into_iter().filter(|(_, employee)| employee.active).map(named).collect())
    }

    fn detail(&self, id: TaskId, today: NaiveDate, language: Language) -> Result<Option<Detail>, StoreError> {
        let Some(task) = self.task_detail(id, language, today)? else { return Ok(None) };
        Ok(Some(Detail { task, history: self.task_history(id)? }))
    }

    fn store(&mut self, _: &'static str) -> Result<&mut Store, StoreError> {
        Ok(self)
    }

    fn index(&mut self) -> Result<bool, StoreError> {
        self.index_some(300)
    }

    fn collect(&mut self) -> Result<(), StoreError> {
        self.request_collection()
    }

    fn handle(
        &mut self,
        id: TaskId,
        today: NaiveDate,
        language: Language,
        actor: Actor,
    ) -> Result<Option<StepId>, StoreError> {
        // Its words stay as they are now, whatever becomes of the facts.
        let words = self.task_row(id, today, language)?.map(|row| row.description);
        self.handle_task(id, words.as_deref(), actor)
    }
}
