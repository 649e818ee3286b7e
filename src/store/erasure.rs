//! Forgetting a person (APP-11). Their row stays, for the invoices, and says nothing any more. What
//! stays of them are salted fingerprints, by which an import that names them again is recognised.

use argon2::{Algorithm, Argon2, Params, Version};
use chrono::{DateTime, NaiveDate, Utc};
use rusqlite::{Connection, OptionalExtension, params};

use super::history::{Actor, Change, instant, record};
use super::{Store, StoreError, collection, search};
use crate::domain::ids::CustomerId;
use crate::domain::phone;

/// Slow enough that trying all telephone numbers takes years of a card's time, quick enough for the
/// rows of an import: about a hundredth of a second for a thousand kilobytes.
const MEMORY_KIB: u32 = 64;

/// What an erased person was known by.
#[derive(Debug, Clone, Copy)]
pub(super) enum Trait<'a> {
    Code(&'a str),
    Phone(&'a str),
    Email(&'a str),
}

impl Trait<'_> {
    /// In the form in which it is compared; `None` when it tells nobody apart.
    fn plain(self) -> Option<String> {
        match self {
            Trait::Code(code) => Some(format!("code:{code}")),
            Trait::Phone(number) => phone::comparable(number).map(|digits| format!("phone:{digits}")),
            Trait::Email(address) => {
                let address = address.trim().to_lowercase();
                address.contains('@').then(|| format!("email:{address}"))
            }
        }
    }
}

/// Knows the erased persons; costs nothing while there are none.
pub(super) struct Erased {
    salt: Option<String>,
}

impl Erased {
    pub(super) fn read(connection: &Connection) -> Result<Self, StoreError> {
        let sql = "SELECT value FROM salt WHERE purpose = 'erased' AND EXISTS (SELECT 1 FROM erased)";
        Ok(Self { salt: connection.query_row(sql, [], |row| row.get(0)).optional()? })
    }

    /// Whether nobody was erased.
    pub(super) fn is_empty(&self) -> bool {
        self.salt.is_none()
    }

    /// The erased person who was known by this, if there is one.
    pub(super) fn find(&self, connection: &Connection, by: Trait<'_>) -> Result<Option<i64>, StoreError> {
        let (Some(salt), Some(plain)) = (&self.salt, by.plain()) else { return Ok(None) };
        let print = fingerprint(salt, &plain)?;
        let mut find = connection.prepare_cached("SELECT customer_id FROM erased WHERE fingerprint = ?1")?;
        Ok(find.query_row([print], |row| row.get(0)).optional()?)
    }
}

fn fingerprint(salt: &str, plain: &str) -> Result<String, StoreError> {
    let strange = |error: argon2::Error| StoreError::Strange(format!("no fingerprint: {error}"));
    let settings = Params::new(MEMORY_KIB, 1, 1, Some(16)).map_err(strange)?;
    let mut print = [0_u8; 16];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, settings)
        .hash_password_into(plain.as_bytes(), salt.as_bytes(), &mut print)
        .map_err(strange)?;
    Ok(print.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// The salt of this database, made when it is first needed.
fn salt(connection: &Connection) -> Result<String, StoreError> {
    connection.execute(
        "INSERT INTO salt (purpose, value) VALUES ('erased', lower(hex(randomblob(16)))) ON CONFLICT DO NOTHING",
        [],
    )?;
    Ok(connection.query_row("SELECT value FROM salt WHERE purpose = 'erased'", [], |row| row.get(0))?)
}

/// What is cleared, statement by statement; `?1` is the customer. Fields of a task's history in which no
/// words of a person stand keep theirs.
const CLEARED: [&str; 13] = [
    "UPDATE history SET before = NULL, after = NULL WHERE noun = 'customer' AND noun_id = ?1",
    "UPDATE history SET before = NULL, after = NULL
      WHERE noun = 'contact_person' AND noun_id IN (SELECT id FROM contact_person WHERE customer_id = ?1)",
    "UPDATE history SET before = NULL, after = NULL
      WHERE noun = 'task' AND noun_id IN (SELECT id FROM task WHERE customer_id = ?1)
        AND field IN ('description', 'words', 'text', 'address', 'subject', 'body', 'contact')",
    "UPDATE history SET before = NULL, after = NULL
      WHERE noun = 'appointment' AND noun_id IN (SELECT id FROM appointment WHERE customer_id = ?1)
        AND field = 'notes'",
    "DELETE FROM contact_person WHERE customer_id = ?1",
    // What was to be sent stays here.
    "UPDATE message SET state = 'rejected', answer = NULL WHERE customer_id = ?1 AND state IN ('draft', 'queued')",
    "UPDATE message SET address = '', subject = NULL, body = '', answer = NULL WHERE customer_id = ?1",
    "UPDATE call_note SET text = '' WHERE customer_id = ?1",
    "UPDATE appointment SET notes = NULL WHERE customer_id = ?1",
    "DELETE FROM consent WHERE customer_id = ?1",
    "DELETE FROM draft WHERE about = 'customer:' || ?1 OR about LIKE 'customer:' || ?1 || ':%'
        OR about IN (SELECT 'task:' || id FROM task WHERE customer_id = ?1)
        OR about IN (SELECT 'task:' || id || ':message' FROM task WHERE customer_id = ?1)
        OR about IN (SELECT 'vehicle:' || vehicle_id || ':message' FROM ownership WHERE customer_id = ?1)",
    // Without words of a person a task's come from the facts, in which there is no name any more.
    "UPDATE task SET description = NULL, version = version + 1 WHERE customer_id = ?1",
    "UPDATE customer SET salutation = NULL, first_name = NULL, name = NULL, company = NULL, street = NULL,
            postcode = NULL, city = NULL, country = NULL, phone = NULL, mobile = NULL, email = NULL, language = NULL,
            tax_id = NULL, coc_id = NULL, notes = NULL, kind = 'private', contact_allowed = 0, active = 0
      WHERE id = ?1",
];

impl Store {
    /// Forgets a person: everything personal about the customer, their contact persons, messages, call
    /// notes, drafts and consents is gone, from the search index and from the file's free pages too.
    /// Invoices and visits stay, on a row that says nothing. Their vehicles have no owner any more, their
    /// open tasks are withdrawn. There is no way back.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when there is no such customer; else why it could not be saved.
    pub fn erase_customer(
        &mut self,
        id: CustomerId,
        today: NaiveDate,
        actor: Actor,
    ) -> Result<(), StoreError> {
        // What is written over is zeroed, on the pages of the tables and of the index.
        self.connection.pragma_update(None, "secure_delete", true)?;
        let erased = self.erase(id, today, actor);
        self.connection.pragma_update(None, "secure_delete", false)?;
        erased?;
        // The log still has the pages as they were. A program that reads just now can hold it; then the
        // next checkpoint writes over it.
        let _ = self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
        Ok(())
    }

    fn erase(&mut self, id: CustomerId, today: NaiveDate, actor: Actor) -> Result<(), StoreError> {
        let write = self.write()?;
        remember(&write, id)?;
        let open = write
            .prepare("SELECT id, state FROM task WHERE customer_id = ?1 AND state IN ('open', 'waiting')")?
            .query_map([id.0], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<Result<Vec<(i64, String)>, _>>()?;
        for (task, state) in open {
            write.execute(
                "UPDATE task SET state = 'withdrawn', touched = 1, back_on = NULL WHERE id = ?1",
                [task],
            )?;
            let change = Change {
                noun: "task",
                id: task,
                action: "withdrawn",
                field: Some("erased"),
                before: Some(&state),
                after: Some("withdrawn"),
            };
            record(&write, actor, &change)?;
        }
        write.execute("UPDATE task SET back_on = NULL WHERE customer_id = ?1", [id.0])?;
        end_ownerships(&write, id, today, actor)?;
        for statement in CLEARED {
            write.execute(statement, [id.0])?;
        }
        write.execute(
            "UPDATE customer SET code = 'ERASED-' || id, erased_at = ?2 WHERE id = ?1",
            params![id.0, instant(actor.at)],
        )?;
        record(&write, actor, &Change { noun: "customer", id: id.0, action: "erased", ..Change::default() })?;
        search::index(&write, usize::MAX)?;
        // Old words stay in the index's pieces until these are merged.
        write.execute("INSERT INTO search (search) VALUES ('optimize')", [])?;
        collection::request(&write)?;
        Ok(write.commit()?)
    }

    /// When a person was forgotten; `None`: they were not.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn erased_at(&self, id: CustomerId) -> Result<Option<DateTime<Utc>>, StoreError> {
        let mut find = self.connection.prepare_cached("SELECT erased_at FROM customer WHERE id = ?1")?;
        Ok(find.query_row([id.0], |row| row.get(0)).optional()?.flatten())
    }
}

/// Keeps the fingerprints of code, telephones and e-mail.
fn remember(connection: &Connection, id: CustomerId) -> Result<(), StoreError> {
    type Known = (String, Option<String>, Option<String>, Option<String>);
    let known: Option<Known> = connection
        .query_row(
            "SELECT code, phone, mobile, email FROM customer WHERE id = ?1 AND erased_at IS NULL",
            [id.0],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)),
        )
        .optional()?;
    let Some((code, phone, mobile, email)) = known else {
        return Err(StoreError::Missing { noun: "customer", name: id.to_string() });
    };
    let salt = salt(connection)?;
    let traits = [
        Some(Trait::Code(&code)),
        phone.as_deref().map(Trait::Phone),
        mobile.as_deref().map(Trait::Phone),
        email.as_deref().map(Trait::Email),
    ];
    for plain in traits.into_iter().flatten().filter_map(Trait::plain) {
        connection.execute(
            "INSERT INTO erased (fingerprint, customer_id) VALUES (?1, ?2)
             ON CONFLICT (fingerprint) DO UPDATE SET customer_id = excluded.customer_id",
            params![fingerprint(&salt, &plain)?, id.0],
        )?;
    }
    Ok(())
}

/// A plate leads to a person: the vehicles they have now are nobody's.
fn end_ownerships(
    connection: &Connection,
    id: CustomerId,
    today: NaiveDate,
    actor: Actor,
) -> Result<(), StoreError> {
    let today = today.to_string();
    let lasting = connection
        .prepare("SELECT id FROM ownership WHERE customer_id = ?1 AND (until_on IS NULL OR until_on > ?2)")?
        .query_map(params![id.0, today], |row| row.get(0))?
        .collect::<Result<Vec<i64>, _>>()?;
    for ownership in lasting {
        connection.execute("UPDATE ownership SET until_on = ?2 WHERE id = ?1", params![ownership, today])?;
        let change = Change {
            noun: "ownership",
            id: ownership,
            action: "changed",
            field: Some("until_on"),
            before: None,
            after: Some(&today),
        };
        record(connection, actor, &change)?;
    }
    Ok(())
}
