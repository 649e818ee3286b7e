//! Tasks: what happens to them. The list is read in `task_list.rs`.
//!
//! Every transition is written with its line of history in the same transaction.

use chrono::NaiveDate;
use rusqlite::{Connection, params};

use super::history::{Actor, Change, record};
use super::task_edit::named;
use super::task_fields::TaskFields;
use super::{Store, StoreError, step};
use crate::domain::ids::{CustomerId, EmployeeId, StepId, TaskId, VehicleId};
use crate::domain::task::{TaskKey, TaskState};

/// A task as the collector makes it.
#[derive(Debug, Clone, Copy)]
pub struct NewTask<'a> {
    /// What makes it this task and no other.
    pub key: TaskKey,
    /// When it is to be carried out.
    pub execute_on: NaiveDate,
    /// The vehicle.
    pub vehicle: Option<(VehicleId, &'a str)>,
    /// The customer.
    pub customer: Option<CustomerId>,
    /// To whom it is assigned.
    pub employee: Option<EmployeeId>,
    /// The day it goes into the list; `None`: it waits.
    pub released_on: Option<NaiveDate>,
}

pub(super) fn make(connection: &Connection, task: &NewTask<'_>, actor: Actor) -> Result<(), StoreError> {
    let state = if task.released_on.is_some() { TaskState::Open } else { TaskState::Waiting };
    connection
        .prepare_cached(
            "INSERT INTO task (rule, subject_kind, subject_id, counts_from, half, execute_on, state, vehicle_id, plate,
                               customer_id, employee_id, released_on)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
        )?
        .execute(params![
            task.key.rule.as_str(),
            task.key.subject.kind(),
            task.key.subject.number(),
            task.key.counts_from,
            task.key.half.as_str(),
            task.execute_on,
            state.as_str(),
            task.vehicle.map(|(id, _)| id.0),
            task.vehicle.map(|(_, plate)| plate),
            task.customer.map(|id| id.0),
            task.employee.map(|id| id.0),
            task.released_on,
        ])?;
    let id = connection.last_insert_rowid();
    record(
        connection,
        actor,
        &Change { noun: "task", id, action: "made", after: Some(state.as_str()), ..Change::default() },
    )
}

/// Takes a task out of the list, or back into waiting; `why` goes into its history.
pub(super) fn set_state(
    connection: &Connection,
    task: TaskId,
    before: TaskState,
    after: TaskState,
    why: &str,
    actor: Actor,
) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "UPDATE task SET state = ?2, released_on = NULL, version = version + 1 WHERE id = ?1",
        )?
        .execute(params![task.0, after.as_str()])?;
    let change = Change {
        noun: "task",
        id: task.0,
        action: after.as_str(),
        field: Some(why),
        before: Some(before.as_str()),
        after: Some(after.as_str()),
    };
    record(connection, actor, &change)
}

/// Puts a waiting task into the list.
pub(super) fn release(
    connection: &Connection,
    task: TaskId,
    today: NaiveDate,
    actor: Actor,
) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "UPDATE task SET state = 'open', released_on = ?2, version = version + 1 WHERE id = ?1",
        )?
        .execute(params![task.0, today])?;
    let change = Change {
        noun: "task",
        id: task.0,
        action: "released",
        field: None,
        before: Some(TaskState::Waiting.as_str()),
        after: Some(TaskState::Open.as_str()),
    };
    record(connection, actor, &change)
}

/// What follows the facts while no person has touched a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Following {
    /// When it is to be carried out.
    pub execute_on: NaiveDate,
    /// The customer.
    pub customer: Option<CustomerId>,
    /// To whom it is assigned.
    pub employee: Option<EmployeeId>,
}

pub(super) fn follow(
    connection: &Connection,
    task: TaskId,
    before: Following,
    after: Following,
    actor: Actor,
) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "UPDATE task SET execute_on = ?2, customer_id = ?3, employee_id = ?4, version = version + 1 WHERE id = ?1",
        )?
        .execute(params![
            task.0,
            after.execute_on,
            after.customer.map(|id| id.0),
            after.employee.map(|id| id.0)
        ])?;
    let number = |id: Option<i64>| id.map(|id| id.to_string());
    let fields = [
        ("execute_on", Some(before.execute_on.to_string()), Some(after.execute_on.to_string())),
        ("customer", number(before.customer.map(|id| id.0)), number(after.customer.map(|id| id.0))),
        ("employee", number(before.employee.map(|id| id.0)), number(after.employee.map(|id| id.0))),
    ];
    for (field, old, new) in fields {
        if old != new {
            let change = Change {
                noun: "task",
                id: task.0,
                action: "changed",
                field: Some(field),
                before: old.as_deref(),
                after: new.as_deref(),
            };
            record(connection, actor, &change)?;
        }
    }
    Ok(())
}

impl Store {
    /// Finishes a task (CSS-12: it goes with the status handled). Its words stay as they are now. One
    /// that waits to come back is finished for good. Answers the step that undoes it; `None`: somebody else had finished it already.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when there is no such task; else why it could not be saved.
    pub fn handle_task(
        &mut self,
        task: TaskId,
        words: Option<&str>,
        actor: Actor,
    ) -> Result<Option<StepId>, StoreError> {
        let write = self.write()?;
        let before = TaskFields::of(&write, task)?;
        if before.state == TaskState::Handled && before.back_on.is_none() {
            return Ok(None);
        }
        let first = step::next_line(&write)?;
        let after = before.handled(words);
        after.write(&write, task, &before, actor, |field| named(field, true))?;
        let step = step::close(&write, task, first)?;
        write.commit()?;
        Ok(step)
    }
}
