//! Messages: the outbox's table. What is queued here leaves later; what a person sent by hand has
//! left already.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::history::{Actor, Change, instant, record};
use super::{Store, StoreError};
use crate::domain::ids::{CustomerId, MessageId, TaskId};
use crate::domain::message::{Channel, Composed, MessageState, Trouble, Way};

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

/// What stands in the column of troubles.
pub(super) fn trouble(row: &Row<'_>, column: usize) -> Result<Option<Trouble>, StoreError> {
    let word = row.get_ref(column)?.as_str_or_null().map_err(rusqlite::Error::from)?;
    word.map(str::parse).transpose().map_err(StoreError::Strange)
}

/// A message, and where it is on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Its number.
    pub id: MessageId,
    /// The task it was written from.
    pub task: Option<TaskId>,
    /// SMS or e-mail.
    pub channel: Channel,
    /// Where it went or goes.
    pub address: String,
    /// An e-mail's subject.
    pub subject: Option<String>,
    /// The words.
    pub body: String,
    /// Where it is.
    pub state: MessageState,
    /// When it was written, in UTC.
    pub written_at: DateTime<Utc>,
    /// When it left, in UTC.
    pub sent_at: Option<DateTime<Utc>>,
    /// What is or was in its way.
    pub trouble: Option<Trouble>,
    /// The last answer of the supplier or of the mail server, in its own words.
    pub answer: Option<String>,
    /// Name or code of who wrote it.
    pub employee: Option<String>,
}

/// The columns that [`message`] reads.
pub(super) const COLUMNS: &str =
    "m.id, m.task_id, m.channel, m.address, m.subject, m.body, m.state, m.written_at,
    m.sent_at, coalesce(e.name, e.code), m.trouble, m.answer";
/// The tables they come from.
pub(super) const TABLES: &str = "message m LEFT JOIN employee e ON e.id = m.employee_id";

/// A message, from [`COLUMNS`].
pub(super) fn message(row: &Row<'_>) -> Result<Message, StoreError> {
    let word = |index: usize| row.get_ref(index).map(|value| value.as_str().unwrap_or_default());
    Ok(Message {
        id: MessageId(row.get(0)?),
        task: row.get::<_, Option<i64>>(1)?.map(TaskId),
        channel: word(2)?.parse().map_err(StoreError::Strange)?,
        address: row.get(3)?,
        subject: row.get(4)?,
        body: row.get(5)?,
        state: word(6)?.parse().map_err(StoreError::Strange)?,
        written_at: row.get(7)?,
        sent_at: row.get(8)?,
        employee: row.get(9)?,
        trouble: trouble(row, 10)?,
        answer: row.get(11)?,
    })
}

/// A line about a message in the histories of its task and its customer, as far as it has them; the last
/// two are its number before and after.
pub(super) fn record_line(
    connection: &Connection,
    actor: Actor,
    (task, customer): (Option<i64>, Option<i64>),
    action: &str,
    (before, after): (Option<&str>, Option<&str>),
) -> Result<(), StoreError> {
    for (noun, id) in [("task", task), ("customer", customer)] {
        if let Some(id) = id {
            record(connection, actor, &Change { noun, id, action, field: Some(LINE), before, after })?;
        }
    }
    Ok(())
}

/// Writes a message of a customer with its line in the customer's history, and in the task's.
pub(super) fn write(
    connection: &Connection,
    task: Option<TaskId>,
    customer: CustomerId,
    composed: &Composed,
    actor: Actor,
) -> Result<MessageId, StoreError> {
    let id = queue_message(connection, task, Some(customer), composed, actor)?;
    let action = match composed.way {
        Way::Queue => "queued",
        Way::ByHand => "sent",
    };
    let number = id.to_string();
    record_line(
        connection,
        actor,
        (task.map(|task| task.0), Some(customer.0)),
        action,
        (None, Some(&number)),
    )?;
    Ok(id)
}

impl Store {
    /// Writes a message to a customer: into the outbox, or as sent by hand, with its line of history.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when there is no such customer; else why it could not be saved.
    pub fn write_message(
        &mut self,
        task: Option<TaskId>,
        customer: CustomerId,
        composed: &Composed,
        actor: Actor,
    ) -> Result<MessageId, StoreError> {
        if self.customer(customer)?.is_none() {
            return Err(StoreError::Missing { noun: "customer", name: customer.to_string() });
        }
        let write = self.write()?;
        let id = self::write(&write, task, customer, composed, actor)?;
        write.commit()?;
        Ok(id)
    }

    /// Holds a message back while it waits in the outbox. `false`: it can no longer be held back.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when there is no such message; else why it could not be saved.
    pub fn cancel_message(&mut self, message: MessageId, actor: Actor) -> Result<bool, StoreError> {
        let write = self.write()?;
        let sql = "SELECT task_id, customer_id FROM message WHERE id = ?1";
        let found = write.query_row(sql, [message.0], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
        let Some((task, customer)): Option<(Option<i64>, Option<i64>)> = found else {
            return Err(StoreError::Missing { noun: "message", name: message.to_string() });
        };
        let sql = "UPDATE message SET state = 'draft' WHERE id = ?1 AND state = 'queued'";
        if write.execute(sql, [message.0])? == 0 {
            return Ok(false);
        }
        let number = message.to_string();
        record_line(&write, actor, (task, customer), "held_back", (Some(&number), None))?;
        write.commit()?;
        Ok(true)
    }

    /// The messages written from a task, the newest first.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn messages_of_task(&self, task: TaskId) -> Result<Vec<Message>, StoreError> {
        self.messages("m.task_id = ?1", task.0)
    }

    /// The messages to a customer, the newest first.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn messages_of_customer(&self, customer: CustomerId) -> Result<Vec<Message>, StoreError> {
        self.messages("m.customer_id = ?1", customer.0)
    }

    fn messages(&self, condition: &str, id: i64) -> Result<Vec<Message>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM {TABLES} WHERE {condition} ORDER BY m.id DESC");
        let mut statement = self.connection.prepare_cached(&sql)?;
        let mut rows = statement.query([id])?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            all.push(message(row)?);
        }
        Ok(all)
    }
}
