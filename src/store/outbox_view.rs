//! The outbox as a person looks at it: what needs somebody, what waits, and what has left.

use rusqlite::{OptionalExtension, params};

use super::history::{Actor, instant};
use super::message::{COLUMNS, Message, TABLES, message, record_line};
use super::outbox::{Settled, come_back};
use super::{Store, StoreError};
use crate::domain::ids::{CustomerId, MessageId, TaskId};
use crate::domain::message::{Channel, MessageState, Trouble};

/// Which messages are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutboxPart {
    /// Refused, or nobody knows whether it left.
    NeedsSomebody,
    /// Queued, or being handed over.
    Waits,
    /// Sent.
    Left,
}

impl OutboxPart {
    /// All three, in the order of the screen.
    pub const ALL: [OutboxPart; 3] = [OutboxPart::NeedsSomebody, OutboxPart::Waits, OutboxPart::Left];

    fn states(self) -> &'static str {
        match self {
            OutboxPart::NeedsSomebody => "'rejected', 'unknown'",
            OutboxPart::Waits => "'queued', 'sending'",
            OutboxPart::Left => "'sent'",
        }
    }
}

/// A message in the outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxEntry {
    /// The message.
    pub message: Message,
    /// To whom.
    pub customer: Option<CustomerId>,
    /// The customer's name; empty when there is none.
    pub name: String,
}

impl Store {
    /// The newest messages of a part of the outbox, and how many there are of each part.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn outbox_part(
        &self,
        part: OutboxPart,
        most: usize,
    ) -> Result<(Vec<OutboxEntry>, [u64; 3]), StoreError> {
        let sql = format!(
            "SELECT {COLUMNS}, m.customer_id, coalesce(c.company, c.name, c.first_name, c.code, '')
               FROM {TABLES} LEFT JOIN customer c ON c.id = m.customer_id
              WHERE m.state IN ({}) ORDER BY m.id DESC LIMIT ?1",
            part.states()
        );
        let mut find = self.connection.prepare_cached(&sql)?;
        let mut rows = find.query([i64::try_from(most).unwrap_or(i64::MAX)])?;
        let mut entries = Vec::new();
        while let Some(row) = rows.next()? {
            let customer = row.get::<_, Option<i64>>(12)?.map(CustomerId);
            entries.push(OutboxEntry { message: message(row)?, customer, name: row.get(13)? });
        }
        let mut counts = [0; 3];
        for (part, count) in OutboxPart::ALL.into_iter().zip(&mut counts) {
            let sql = format!("SELECT count(*) FROM message WHERE state IN ({})", part.states());
            let rows: i64 = self.connection.prepare_cached(&sql)?.query_row([], |row| row.get(0))?;
            *count = rows.unsigned_abs();
        }
        Ok((entries, counts))
    }

    /// A person knows what became of a message of which Balie does not: it left, or it did not, and is
    /// then something to do. It is never sent again by itself. `false`: it is no longer unknown.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when there is no such message; else why it could not be saved.
    pub fn say_what_became(&mut self, id: MessageId, left: bool, actor: Actor) -> Result<bool, StoreError> {
        let write = self.write()?;
        let sql = "SELECT task_id, customer_id, channel = 'sms', state = 'unknown', coalesce(answer, '')
                     FROM message WHERE id = ?1";
        let found = write.query_row(sql, [id.0], |row| {
            let (task, customer): (Option<i64>, Option<i64>) = (row.get(0)?, row.get(1)?);
            let (sms, unknown): (bool, bool) = (row.get(2)?, row.get(3)?);
            Ok((task, customer, sms, unknown, row.get::<_, String>(4)?))
        });
        let Some((task, customer, sms, unknown, answer)) = found.optional()? else {
            return Err(StoreError::Missing { noun: "message", name: id.to_string() });
        };
        if !unknown {
            return Ok(false);
        }
        let state = if left { MessageState::Sent } else { MessageState::Rejected };
        write.execute(
            "UPDATE message SET state = ?2, sent_at = CASE WHEN ?2 = 'sent' THEN coalesce(first_tried_at, ?3) END
              WHERE id = ?1",
            params![id.0, state.as_str(), instant(actor.at)],
        )?;
        let channel = if sms { Channel::Sms } else { Channel::Email };
        if left {
            let number = id.to_string();
            record_line(&write, actor, (task, customer), "sent", (None, Some(&number)))?;
        } else {
            let settled = Settled { state, trouble: Some(Trouble::NoAnswer), answer, try_at: None };
            come_back(&write, id, channel, &settled, (task.map(TaskId), customer), actor)?;
        }
        write.commit()?;
        Ok(true)
    }
}
