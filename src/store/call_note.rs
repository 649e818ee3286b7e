//! Call notes: what a contact came to, and in whose words.

use rusqlite::{Connection, params};

use super::StoreError;
use super::history::{Actor, Change, instant, record};
use crate::domain::edit::{CallNote, Outcome};
use crate::domain::ids::{CustomerId, TaskId};

/// The field of a task's line of history that names a call note.
pub(super) const LINE: &str = "call_note";

/// Keeps a note, with a line in the task's history.
pub(super) fn keep(
    connection: &Connection,
    task: TaskId,
    customer: Option<CustomerId>,
    note: &CallNote,
    actor: Actor,
) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "INSERT INTO call_note (task_id, customer_id, outcome, text, noted_at, employee_id)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![
            task.0,
            customer.map(|id| id.0),
            note.outcome.map(Outcome::as_str),
            note.text.trim(),
            instant(actor.at),
            actor.employee().map(|id| id.0),
        ])?;
    let id = connection.last_insert_rowid().to_string();
    let change = Change {
        noun: "task",
        id: task.0,
        action: "noted",
        field: Some(LINE),
        before: None,
        after: Some(&id),
    };
    record(connection, actor, &change)
}

/// A note of an undone step: it stays for history and counts nowhere.
pub(super) fn take_back(connection: &Connection, note: i64, actor: Actor) -> Result<(), StoreError> {
    connection
        .prepare_cached("UPDATE call_note SET taken_back_at = ?2 WHERE id = ?1")?
        .execute(params![note, instant(actor.at)])?;
    Ok(())
}
