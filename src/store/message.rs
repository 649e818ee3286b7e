//! Messages: the outbox's table. What is queued here leaves later; what a person sent by hand has
//! left already.

use rusqlite::{Connection, OptionalExtension, params};

use super::StoreError;
use super::history::{Actor, instant};
use crate::domain::ids::{CustomerId, MessageId, TaskId};
use crate::domain::message::{Composed, Way};

/// The field of a task's line of history that names a message.
pub(super) const LINE: &str = "message";

/// Writes a message, inside the caller's transaction: queued for the outbox, or as sent by hand.
pub(super) fn queue_message(
    connection: &Connection,
    task: Option<TaskId>,
    customer: Option<CustomerId>,
    composed: &Composed,
    actor: Actor,
) -> Result<MessageId, StoreError> {
    let at = instant(actor.at);
    let (state, sent_at) = match composed.way {
        Way::Queue => ("queued", None),
        Way::ByHand => ("sent", Some(&at)),
    };
    connection
        .prepare_cached(
            "INSERT INTO message (task_id, customer_id, channel, address, subject, body, state, written_at, sent_at,
                                  employee_id, legal_class)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        )?
        .execute(params![
            task.map(|id| id.0),
            customer.map(|id| id.0),
            composed.channel.as_str(),
            composed.address,
            composed.subject,
            composed.body,
            state,
            at,
            sent_at,
            actor.employee().map(|id| id.0),
            composed.legal_class.as_str(),
        ])?;
    Ok(MessageId(connection.last_insert_rowid()))
}

/// Takes a queued message back. Answers the channel of one that can no longer be held back.
pub(super) fn hold_back(connection: &Connection, message: i64) -> Result<Option<&'static str>, StoreError> {
    let sql = "UPDATE message SET state = 'draft' WHERE id = ?1 AND state = 'queued'";
    if connection.prepare_cached(sql)?.execute([message])? > 0 {
        return Ok(None);
    }
    let sql = "SELECT channel = 'sms' FROM message WHERE id = ?1 AND state <> 'draft'";
    let sms: Option<bool> =
        connection.prepare_cached(sql)?.query_row([message], |row| row.get(0)).optional()?;
    Ok(sms.map(|sms| if sms { "sms" } else { "email" }))
}
