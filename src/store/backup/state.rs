//! How the backups went, kept in the database so that the desk can say when they fail.

use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, params};

use crate::store::history::instant;
use crate::store::{Store, StoreError};

/// How the backups to one place went.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BackupState {
    /// When the last good one was made, an instant in UTC.
    pub good_at: Option<DateTime<Utc>>,
    /// How often it has failed since.
    pub failures: u32,
    /// Why it failed last; empty when it did not.
    pub problem: String,
    /// The stick's name; empty for the nights.
    pub name: String,
}

impl Store {
    /// How the nights' backups went.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn backup_state(&self) -> Result<BackupState, StoreError> {
        self.state_of("night")
    }

    /// How the backup on the last stick went.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn stick_state(&self) -> Result<BackupState, StoreError> {
        self.state_of("stick")
    }

    fn state_of(&self, place: &str) -> Result<BackupState, StoreError> {
        let mut find = self
            .connection
            .prepare_cached("SELECT good_at, failures, problem, name FROM backup WHERE place = ?1")?;
        let found = find
            .query_row([place], |row| {
                Ok(BackupState {
                    good_at: row.get(0)?,
                    failures: row.get(1)?,
                    problem: row.get(2)?,
                    name: row.get(3)?,
                })
            })
            .optional()?;
        Ok(found.unwrap_or_default())
    }

    /// Notes that the night's backup was made.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be saved.
    pub fn note_backup(&mut self, at: DateTime<Utc>) -> Result<(), StoreError> {
        self.note("night", "", Ok(at))
    }

    /// Notes that the night's backup failed, and why.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be saved.
    pub fn note_backup_failed(&mut self, why: &str) -> Result<(), StoreError> {
        self.note("night", "", Err(why))
    }

    /// Notes that a backup is on the stick.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be saved.
    pub fn note_stick(&mut self, at: DateTime<Utc>, name: &str) -> Result<(), StoreError> {
        self.note("stick", name, Ok(at))
    }

    /// Notes that there is none on the stick, and why.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be saved.
    pub fn note_stick_failed(&mut self, name: &str, why: &str) -> Result<(), StoreError> {
        self.note("stick", name, Err(why))
    }

    fn note(&mut self, place: &str, name: &str, went: Result<DateTime<Utc>, &str>) -> Result<(), StoreError> {
        let good_at = went.ok().map(instant);
        let problem = went.err().unwrap_or_default();
        self.connection.execute(
            "INSERT INTO backup (place, name, good_at, failures, problem) VALUES (?1, ?2, ?3, ?3 IS NULL, ?4)
             ON CONFLICT (place) DO UPDATE SET name = excluded.name, problem = excluded.problem,
                 good_at = coalesce(excluded.good_at, good_at),
                 failures = CASE WHEN excluded.good_at IS NULL THEN failures + 1 ELSE 0 END",
            params![place, name, good_at, problem],
        )?;
        Ok(())
    }
}
