//! What the calendar server holds of the appointments, as Balie knows it.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rusqlite::{Connection, Row, ToSql, params};

use super::calendar::{ENTRY, TABLES, entry};
use super::{Store, StoreError};
use crate::domain::calendar::{Entry, When};
use crate::domain::calendar_merge::{Conflict, Known, Theirs};

/// An appointment beside what the server holds of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// The appointment.
    pub entry: Entry,
    /// It was made in the calendar.
    pub elsewhere: bool,
    /// The version that is known to lie there.
    pub known: Option<Known>,
    /// Both were changed: nothing is written until a person has chosen.
    pub conflict: Option<Theirs>,
    /// The mark of the calendar's version of a conflict.
    pub(super) conflict_etag: Option<String>,
}

/// How [`held`] is read, up to its condition.
fn select() -> String {
    format!(
        "SELECT {ENTRY}, a.elsewhere, e.href, e.etag, e.sequence, e.time, e.conflict, e.conflict_etag,
                e.conflict_starts_at, e.conflict_ends_at
           FROM {TABLES} LEFT JOIN calendar_entry e ON e.appointment_id = a.id WHERE a.starts_at IS NOT NULL"
    )
}

fn held(row: &Row<'_>) -> Result<Held, StoreError> {
    let entry = entry(row)?;
    let known = match row.get::<_, Option<String>>(13)? {
        Some(href) => Some(Known { href, etag: row.get(14)?, sequence: row.get(15)?, time: row.get(16)? }),
        None => None,
    };
    let conflict = match row.get::<_, Option<String>>(17)?.as_deref() {
        None => None,
        Some("gone") => Some(Theirs::Gone),
        Some(word) => Some(Theirs::Changed(When {
            starts_at: row.get::<_, Option<_>>(19)?.unwrap_or(entry.when.starts_at),
            ends_at: row.get(20)?,
            cancelled: word == "cancelled",
        })),
    };
    Ok(Held { entry, elsewhere: row.get(12)?, known, conflict, conflict_etag: row.get(18)? })
}

fn all(connection: &Connection, and: &str, values: &[&dyn ToSql]) -> Result<Vec<Held>, StoreError> {
    let mut statement = connection.prepare_cached(&format!("{} {and}", select()))?;
    let mut rows = statement.query(values)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(held(row)?);
    }
    Ok(found)
}

/// One appointment by its name in the calendar.
pub(super) fn by_name(connection: &Connection, uid: &str) -> Result<Option<Held>, StoreError> {
    Ok(all(connection, "AND a.uid = ?1", params![uid])?.pop())
}

/// An appointment with a conflict, by its number.
pub(super) fn conflict(connection: &Connection, id: i64) -> Result<Option<Held>, StoreError> {
    Ok(all(connection, "AND a.id = ?1 AND e.conflict IS NOT NULL", params![id])?.pop())
}

impl Store {
    /// One appointment by its name in the calendar.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn calendar_held(&self, uid: &str) -> Result<Option<Held>, StoreError> {
        by_name(&self.connection, uid)
    }

    /// What Balie wrote or read there between two days, for which nothing is left to a person.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn calendar_there(&self, from: NaiveDate, until: NaiveDate) -> Result<Vec<Held>, StoreError> {
        let and = "AND e.etag IS NOT NULL AND e.conflict IS NULL AND a.starts_at >= ?1 AND a.starts_at < ?2
                   ORDER BY a.starts_at, a.id";
        all(&self.connection, and, params![from, until])
    }

    /// What is to be written there: what is new from a day on, and whatever has changed since it was written.
    /// What was cancelled before it was ever there is not.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn calendar_due(&self, from: NaiveDate) -> Result<Vec<Held>, StoreError> {
        let and = "AND e.conflict IS NULL AND e.sequence IS NOT a.sequence
                   AND (e.etag IS NOT NULL OR (a.status <> 'cancelled' AND a.starts_at >= ?1))
                   ORDER BY a.starts_at, a.id";
        all(&self.connection, and, params![from])
    }

    /// The marks of the versions there that Balie has dealt with, by where they lie.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn calendar_marks(&self) -> Result<BTreeMap<String, String>, StoreError> {
        let sql = "SELECT href, coalesce(conflict_etag, etag) FROM calendar_entry
                    WHERE coalesce(conflict_etag, etag) IS NOT NULL";
        let mut statement = self.connection.prepare_cached(sql)?;
        let marks = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(marks.collect::<Result<_, _>>()?)
    }

    /// What is left there of appointments that are no longer here (an import that was taken back): where it lies,
    /// and its mark.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn calendar_left_over(&self) -> Result<Vec<(String, Option<String>)>, StoreError> {
        let sql = "SELECT href, etag FROM calendar_entry WHERE appointment_id IS NULL ORDER BY href";
        let mut statement = self.connection.prepare_cached(sql)?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The appointments that were changed here and in the calendar, for a person to choose.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn calendar_conflicts(&self) -> Result<Vec<Conflict>, StoreError> {
        let held = all(&self.connection, "AND e.conflict IS NOT NULL ORDER BY a.starts_at, a.id", &[])?;
        let conflict = |held: Held| held.conflict.map(|theirs| Conflict { ours: held.entry, theirs });
        Ok(held.into_iter().filter_map(conflict).collect())
    }
}
