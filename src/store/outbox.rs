//! The outbox: which message leaves next, and what became of it. What may leave is decided and written
//! in one transaction before anything leaves, so that after a crash it is known what may have left.
//!
//! A message goes `queued` -> `sending` -> `sent`, `rejected` or `unknown`; back to `queued` only when it
//! is certain that nothing was taken in. One that failed comes back as something to do.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, TransactionBehavior, params};

use super::history::{Actor, instant};
use super::message::{record_line, trouble};
use super::task_fields::TaskFields;
use super::{Store, StoreError, pursuit};
use crate::domain::customer::Customer;
use crate::domain::ids::{CustomerId, MessageId, TaskId};
use crate::domain::message::{Channel, MessageState, Trouble};
use crate::domain::rule::LegalClass;
use crate::domain::task::TaskState;
use crate::rules::legal::{Barred, may};

/// A message that waits to leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parcel {
    /// Its number.
    pub id: MessageId,
    /// To whom, if a customer is known.
    pub customer: Option<CustomerId>,
    /// SMS or e-mail.
    pub channel: Channel,
    /// Telephone number or e-mail address.
    pub address: String,
    /// An e-mail's subject.
    pub subject: Option<String>,
    /// The words.
    pub body: String,
    /// Which consent it needs.
    pub legal_class: LegalClass,
    /// When it was written, in UTC.
    pub written_at: DateTime<Utc>,
    /// How often it was tried.
    pub attempts: u32,
    /// When it was tried first, in UTC.
    pub first_tried_at: Option<DateTime<Utc>>,
}

/// Whether a message may leave now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leave {
    /// It is written down as being handed over: it may leave.
    Go,
    /// A person took it back, or it is gone.
    TakenBack,
    /// The law or the customer bars it.
    Barred(Barred),
}

/// What became of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// Where it is now.
    pub state: MessageState,
    /// What is in its way.
    pub trouble: Option<Trouble>,
    /// The answer, in the other side's words.
    pub answer: String,
    /// When it may be tried again, in UTC.
    pub try_at: Option<DateTime<Utc>>,
}

/// One line of the outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxLine {
    /// The message's number.
    pub id: MessageId,
    /// The customer's code.
    pub customer: Option<String>,
    /// SMS or e-mail.
    pub channel: Channel,
    /// Where it is.
    pub state: MessageState,
    /// By what the supplier knows it: its reference, an e-mail's Message-ID.
    pub reference: Option<String>,
    /// How often it was tried.
    pub attempts: u32,
    /// The last answer.
    pub answer: Option<String>,
    /// What is or was in its way.
    pub trouble: Option<Trouble>,
    /// When it was written, in UTC.
    pub written_at: DateTime<Utc>,
    /// When it left, in UTC.
    pub sent_at: Option<DateTime<Utc>>,
    /// When it is tried again, in UTC.
    pub try_at: Option<DateTime<Utc>>,
}

/// A word of an enum in a column.
fn word<T: std::str::FromStr<Err = String>>(row: &Row<'_>, column: usize) -> Result<T, StoreError> {
    row.get_ref(column)?.as_str().map_err(rusqlite::Error::from)?.parse().map_err(StoreError::Strange)
}

impl Store {
    /// The first message of a channel and class after another one that may be tried at an instant;
    /// without one, also those that wait to be tried again.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn next_parcel(
        &self,
        channel: Channel,
        class: LegalClass,
        after: MessageId,
        at: Option<DateTime<Utc>>,
    ) -> Result<Option<Parcel>, StoreError> {
        let mut find = self.connection.prepare_cached(
            "SELECT id, customer_id, address, subject, body, written_at, attempts, first_tried_at FROM message
              WHERE state = 'queued' AND channel = ?1 AND legal_class = ?2 AND id > ?3
                AND (?4 IS NULL OR try_at IS NULL OR try_at <= ?4) ORDER BY id LIMIT 1",
        )?;
        let parcel =
            find.query_row(params![channel.as_str(), class.as_str(), after.0, at.map(instant)], |row| {
                Ok(Parcel {
                    id: MessageId(row.get(0)?),
                    customer: row.get::<_, Option<i64>>(1)?.map(CustomerId),
                    channel,
                    address: row.get(2)?,
                    subject: row.get(3)?,
                    body: row.get(4)?,
                    legal_class: class,
                    written_at: row.get(5)?,
                    attempts: row.get(6)?,
                    first_tried_at: row.get(7)?,
                })
            });
        Ok(parcel.optional()?)
    }

    /// How many messages of a channel wait.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn parcels_waiting(&self, channel: Channel) -> Result<u32, StoreError> {
        let sql = "SELECT count(*) FROM message WHERE state = 'queued' AND channel = ?1";
        Ok(self.connection.prepare_cached(sql)?.query_row([channel.as_str()], |row| row.get(0))?)
    }

    /// By what the other side knows a message: the same whenever it is tried, and no other shop's.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read or written.
    pub fn outbox_reference(&mut self, message: MessageId) -> Result<String, StoreError> {
        let sql = "SELECT value FROM salt WHERE purpose = 'outbox'";
        let read = |connection: &Connection| -> Result<Option<String>, StoreError> {
            Ok(connection.prepare_cached(sql)?.query_row([], |row| row.get(0)).optional()?)
        };
        let mark = match read(&self.connection)? {
            Some(mark) => mark,
            None => {
                let write = self.write()?;
                write.execute(
                    "INSERT INTO salt (purpose, value) VALUES ('outbox', lower(hex(randomblob(4))))
                         ON CONFLICT DO NOTHING",
                    [],
                )?;
                write.commit()?;
                read(&self.connection)?.unwrap_or_default()
            }
        };
        Ok(format!("balie-{mark}-{message}"))
    }

    /// Whether the law and the customer let a message leave, as things stand now. `country` is the
    /// shop's.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn barred(&self, parcel: &Parcel, country: &str) -> Result<Option<Barred>, StoreError> {
        let Parcel { customer, channel, legal_class, .. } = parcel;
        let (person, consents) = match customer {
            Some(id) => (self.customer(*id)?.unwrap_or_default(), self.consents(*id)?),
            None => (Customer::default(), Default::default()),
        };
        Ok(may(*channel, *legal_class, &person, &consents, country).err())
    }

    /// Writes down that a message is being handed over, if it still waits and nothing bars it. Called
    /// right before anything leaves.
    ///
    /// # Errors
    /// [`StoreError`]; then nothing may leave.
    pub fn begin_sending(
        &mut self,
        parcel: &Parcel,
        reference: &str,
        country: &str,
        at: DateTime<Utc>,
    ) -> Result<Leave, StoreError> {
        // The write lock first: no objection is noted in between.
        let write = Transaction::new_unchecked(&self.connection, TransactionBehavior::Immediate)?;
        let written = write
            .prepare_cached(
                "UPDATE message SET state = 'sending', reference = ?2, attempts = attempts + 1, trouble = NULL,
                        try_at = NULL, first_tried_at = coalesce(first_tried_at, ?3)
                  WHERE id = ?1 AND state = 'queued'",
            )?
            .execute(params![parcel.id.0, reference, instant(at)])?;
        if written == 0 {
            return Ok(Leave::TakenBack);
        }
        if let Some(barred) = self.barred(parcel, country)? {
            return Ok(Leave::Barred(barred));
        }
        write.commit()?;
        Ok(Leave::Go)
    }

    /// Writes down what became of a message that waited or was being handed over; one that failed
    /// comes back as something to do. `false`: it was taken back meanwhile.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be saved.
    pub fn settle(
        &mut self,
        message: MessageId,
        settled: &Settled,
        actor: Actor,
    ) -> Result<bool, StoreError> {
        let write = self.write()?;
        let there = settle(&write, message, settled, actor)?;
        write.commit()?;
        Ok(there)
    }

    /// Messages that were being handed over when the program or the machine stopped: whether they left
    /// is unknown. Only for who alone delivers. Answers how many there were.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be saved.
    pub fn interrupted(&mut self, actor: Actor) -> Result<u32, StoreError> {
        let sql = "SELECT id FROM message WHERE state = 'sending' ORDER BY id";
        let ids: Vec<i64> = {
            let mut find = self.connection.prepare_cached(sql)?;
            find.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?
        };
        if ids.is_empty() {
            return Ok(0);
        }
        let unknown = Settled {
            state: MessageState::Unknown,
            trouble: Some(Trouble::Interrupted),
            answer: "Balie stopped while this message was being handed over".to_owned(),
            try_at: None,
        };
        let write = self.write()?;
        for id in &ids {
            settle(&write, MessageId(*id), &unknown, actor)?;
        }
        write.commit()?;
        Ok(u32::try_from(ids.len()).unwrap_or(u32::MAX))
    }

    /// The outbox line by line, the oldest message first.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read; or what `each` answers.
    pub fn outbox<E: From<StoreError>>(
        &self,
        mut each: impl FnMut(OutboxLine) -> Result<(), E>,
    ) -> Result<(), E> {
        let sql = "SELECT m.id, c.code, m.channel, m.state, m.reference, m.attempts, m.answer, m.trouble, m.written_at,
                          m.sent_at, m.try_at
                     FROM message m LEFT JOIN customer c ON c.id = m.customer_id ORDER BY m.id";
        let mut statement = self.connection.prepare_cached(sql).map_err(StoreError::from)?;
        let mut rows = statement.query([]).map_err(StoreError::from)?;
        while let Some(row) = rows.next().map_err(StoreError::from)? {
            each(outbox_line(row)?)?;
        }
        Ok(())
    }
}

fn outbox_line(row: &Row<'_>) -> Result<OutboxLine, StoreError> {
    Ok(OutboxLine {
        id: MessageId(row.get(0)?),
        customer: row.get(1)?,
        channel: word(row, 2)?,
        state: word(row, 3)?,
        reference: row.get(4)?,
        attempts: row.get(5)?,
        answer: row.get(6)?,
        trouble: trouble(row, 7)?,
        written_at: row.get(8)?,
        sent_at: row.get(9)?,
        try_at: row.get(10)?,
    })
}

fn settle(
    connection: &Connection,
    message: MessageId,
    settled: &Settled,
    actor: Actor,
) -> Result<bool, StoreError> {
    let Settled { state, trouble, answer, try_at } = settled;
    let at = instant(actor.at);
    // Of a person who was forgotten meanwhile no answer is kept: it may hold the address.
    let sql = "UPDATE message SET attempts = attempts + (state = 'queued' AND ?2 <> 'draft'), state = ?2, trouble = ?3,
                      answer = CASE WHEN address = '' THEN NULL ELSE ?4 END, try_at = ?5,
                      first_tried_at = coalesce(first_tried_at, ?6), sent_at = CASE WHEN ?2 = 'sent' THEN ?6 END
                WHERE id = ?1 AND state IN ('queued', 'sending') RETURNING task_id, customer_id, channel = 'sms'";
    let found: Option<(Option<i64>, Option<i64>, bool)> = connection
        .prepare_cached(sql)?
        .query_row(
            params![message.0, state.as_str(), trouble.map(Trouble::as_str), answer, try_at.map(instant), at],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )
        .optional()?;
    let Some((task, customer, sms)) = found else { return Ok(false) };
    if !matches!(state, MessageState::Sent | MessageState::Queued) {
        let channel = if sms { Channel::Sms } else { Channel::Email };
        come_back(connection, message, channel, settled, (task.map(TaskId), customer), actor)?;
    }
    Ok(true)
}

/// A message that did not reach its customer: a line in the histories of task and customer, and the
/// task stands in the list again.
pub(super) fn come_back(
    connection: &Connection,
    message: MessageId,
    channel: Channel,
    settled: &Settled,
    (task, customer): (Option<TaskId>, Option<i64>),
    actor: Actor,
) -> Result<(), StoreError> {
    let number = message.to_string();
    let (whose, action) = ((task.map(|task| task.0), customer), settled.state.as_str());
    record_line(connection, actor, whose, action, (None, Some(&number)))?;
    let Some(task) = task else { return Ok(()) };
    let before = TaskFields::of(connection, task)?;
    // Who objected gets no task of a commercial kind (CSS-04).
    let sql = "SELECT EXISTS (SELECT 1 FROM customer WHERE id = ?1 AND contact_allowed = 0)";
    let objected = connection.prepare_cached(sql)?.query_row([customer], |row| row.get(0))?;
    if settled.trouble == Some(Trouble::Barred) && objected {
        return Ok(());
    }
    let mut after = before.clone();
    after.touched = true;
    // The box says that it has left; of one that may have left it stays.
    if settled.state != MessageState::Unknown {
        match channel {
            Channel::Sms => after.sms_sent = false,
            _ => after.email_sent = false,
        }
    }
    if before.state == TaskState::Handled {
        after.state = TaskState::Open;
        after.back_on = None;
        if pursuit::is_frozen(connection, task)? {
            // The facts of today speak again.
            after.description = None;
        }
    }
    let named = |field: &str| match field {
        "state" => Some("returned"),
        "description" => Some("frozen"),
        _ => None,
    };
    after.write(connection, task, &before, actor, named)?;
    Ok(())
}
