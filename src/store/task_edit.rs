//! The three ways out of following up a task: 'handled and save' and 'save' write the staged edit as
//! a whole, 'cancel' has nothing to undo (CSS-13). Nothing is lost silently: every changed field has
//! its line of history in the same transaction, and a task that somebody else changed meanwhile is
//! not written over (CSS-15).

use chrono::NaiveDate;
use rusqlite::Connection;

use super::history::{Actor, Change, record};
use super::task_fields::TaskFields;
use super::{Store, StoreError, call_note, draft, message, setting, step};
use crate::domain::edit::{Outcome, TaskEdit};
use crate::domain::ids::{CustomerId, StepId, TaskId};
use crate::domain::message::Composed;
use crate::domain::task::TaskState;

/// What is to be saved, and on what it rests.
#[derive(Debug, Clone, Copy)]
pub struct Save<'a> {
    /// The task.
    pub task: TaskId,
    /// The version of the task that the edit began on.
    pub version: i64,
    /// What was staged.
    pub edit: &'a TaskEdit,
    /// 'Handled and save': the handled box ticks itself.
    pub finish: bool,
    /// The description as it was shown: a handled task keeps its words as they are now.
    pub words: Option<&'a str>,
    /// The shop's date.
    pub today: NaiveDate,
}

/// What came of saving.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Saved {
    /// It is on disk; with the step that undoes it, unless nothing differed.
    Done(Option<StepId>),
    /// Somebody changed the task since the edit began. Nothing was written: this is their version,
    /// the edit is still the receptionist's, and who saves again with this version takes their own.
    Conflict(Box<TaskFields>),
}

impl Store {
    /// Saves a staged edit, all of it or nothing, and throws its draft away.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when there is no such task; else why it could not be saved.
    pub fn save_task(&mut self, save: &Save<'_>, actor: Actor) -> Result<Saved, StoreError> {
        let write = self.write()?;
        let come_back_days = setting::settings(&write)?.general.come_back_days;
        let before = TaskFields::of(&write, save.task)?;
        if before.version != save.version {
            return Ok(Saved::Conflict(Box::new(before)));
        }
        let first = step::next_line(&write)?;
        let after = applied(&write, save, &before, come_back_days, actor)?;
        let frozen = save.edit.description.is_none();
        after.write(&write, save.task, &before, actor, |field| named(field, frozen))?;
        let step = step::close(&write, save.task, first)?;
        draft::drop(&write, &draft::about_task(save.task))?;
        write.commit()?;
        Ok(Saved::Done(step))
    }

    /// A task's own fields as they are now.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when there is no such task.
    pub fn task_fields(&self, task: TaskId) -> Result<TaskFields, StoreError> {
        TaskFields::of(&self.connection, task)
    }
}

/// How history calls a change: words that a person wrote, or words that stay because the task is
/// handled.
pub(super) fn named(field: &str, frozen: bool) -> Option<&'static str> {
    (field == "description" && frozen).then_some("frozen")
}

/// The fields after the edit; queues its messages and keeps its call note on the way.
fn applied(
    connection: &Connection,
    save: &Save<'_>,
    before: &TaskFields,
    come_back_days: u32,
    actor: Actor,
) -> Result<TaskFields, StoreError> {
    let edit = save.edit;
    let mut after = before.clone();
    if let Some(text) = &edit.description {
        // Without a word of a person's own the template speaks again.
        after.description = Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    }
    after.execute_on = edit.execute_on.unwrap_or(before.execute_on);
    after.employee = edit.employee.applied(before.employee);
    after.customer = edit.customer.applied(before.customer);
    for (composed, sent) in [(&edit.sms, &mut after.sms_sent), (&edit.email, &mut after.email_sent)] {
        if let Some(composed) = composed {
            queue(connection, save.task, after.customer, composed, actor)?;
            *sent = true;
        }
    }
    after.sms_sent = edit.sms_box.unwrap_or(after.sms_sent);
    after.email_sent = edit.email_box.unwrap_or(after.email_sent);
    let finished = match edit.handled_box {
        _ if save.finish => true,
        Some(handled) => handled,
        None => before.state == TaskState::Handled,
    };
    if let Some(note) = &edit.note {
        call_note::keep(connection, save.task, after.customer, note, actor)?;
        after.outcome = note.outcome.or(before.outcome);
        if note.outcome.is_some() {
            after.back_on = edit.back_on(save.today, come_back_days).filter(|_| finished);
            // Not finished, and the customer named a day: on that day it is to be carried out.
            let named = note.back_on.filter(|_| note.outcome == Some(Outcome::CallBack));
            after.execute_on = after.back_on.or(edit.execute_on).or(named).unwrap_or(before.execute_on);
        }
    }
    if finished {
        after.state = TaskState::Handled;
        // Its words stay as they are now, whatever becomes of the facts.
        after.description = after.description.or_else(|| save.words.map(str::to_owned));
    } else {
        after.back_on = None;
        if before.state == TaskState::Handled {
            after.state = TaskState::Open;
        }
    }
    let queued = edit.sms.is_some() || edit.email.is_some() || edit.note.is_some();
    after.touched |= queued || after != *before;
    Ok(after)
}

/// Puts a message into the outbox, with a line in the task's history.
fn queue(
    connection: &Connection,
    task: TaskId,
    customer: Option<CustomerId>,
    composed: &Composed,
    actor: Actor,
) -> Result<(), StoreError> {
    let id = message::queue_message(connection, Some(task), customer, composed, actor)?.to_string();
    let change = Change {
        noun: "task",
        id: task.0,
        action: "queued",
        field: Some(message::LINE),
        before: None,
        after: Some(&id),
    };
    record(connection, actor, &change)
}
