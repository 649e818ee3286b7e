//! Drafts: what a person has typed and not saved yet, kept after each pause, so that a power cut
//! costs no word (fault table, row 1).

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::history::{Actor, instant};
use super::{Store, StoreError};
use crate::domain::ids::{EmployeeId, TaskId};

/// Something half typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// What it is about: `task:12`, `customer:3`, `customer:new`, `task:12:message` ...
    pub about: String,
    /// What was typed, as the form's own JSON.
    pub content: String,
    /// Who typed it, if somebody was signed in.
    pub employee: Option<EmployeeId>,
    /// When it was last kept, in UTC.
    pub saved_at: DateTime<Utc>,
}

/// The draft of a task's edit.
pub(super) fn about_task(task: TaskId) -> String {
    format!("task:{task}")
}

pub(super) fn drop(connection: &Connection, about: &str) -> Result<(), StoreError> {
    connection.prepare_cached("DELETE FROM draft WHERE about = ?1")?.execute([about])?;
    Ok(())
}

fn draft(row: &Row<'_>) -> rusqlite::Result<Draft> {
    Ok(Draft {
        about: row.get(0)?,
        content: row.get(1)?,
        employee: row.get::<_, Option<i64>>(2)?.map(EmployeeId),
        saved_at: row.get(3)?,
    })
}

impl Store {
    /// What is half typed about something.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn draft(&self, about: &str) -> Result<Option<Draft>, StoreError> {
        let sql = "SELECT about, content, employee_id, saved_at FROM draft WHERE about = ?1";
        Ok(self.connection.prepare_cached(sql)?.query_row([about], draft).optional()?)
    }

    /// Everything half typed, the newest first.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn drafts(&self) -> Result<Vec<Draft>, StoreError> {
        let sql = "SELECT about, content, employee_id, saved_at FROM draft ORDER BY saved_at DESC, about";
        let mut statement = self.connection.prepare_cached(sql)?;
        let drafts = statement.query_map([], draft)?;
        Ok(drafts.collect::<Result<_, _>>()?)
    }

    /// Keeps what is half typed, in place of what was kept before.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be saved.
    pub fn keep_draft(&mut self, about: &str, content: &str, actor: Actor) -> Result<(), StoreError> {
        let write = self.write()?;
        write
            .prepare_cached(
                "INSERT INTO draft (about, content, employee_id, saved_at) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (about) DO UPDATE SET content = excluded.content, employee_id = excluded.employee_id,
                                                   saved_at = excluded.saved_at",
            )?
            .execute(params![about, content, actor.employee().map(|id| id.0), instant(actor.at)])?;
        Ok(write.commit()?)
    }

    /// Throws what is half typed away; there need not be anything.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be saved.
    pub fn drop_draft(&mut self, about: &str) -> Result<(), StoreError> {
        let write = self.write()?;
        drop(&write, about)?;
        Ok(write.commit()?)
    }
}
