//! Who changed what, when, from what to what (CSS-15): written in the transaction of the change.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, params};

use super::{Store, StoreError};
use crate::domain::ids::{EmployeeId, TaskId};

/// Who makes a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// A person at the touchscreen, if signed in.
    Desk(Option<EmployeeId>),
    /// A technician on the command line.
    Command,
    /// Balie's collector.
    Collector,
    /// An import, by its number.
    Import(i64),
    /// The vehicle register.
    Register,
}

impl Origin {
    fn as_str(self) -> &'static str {
        match self {
            Origin::Desk(_) => "desk",
            Origin::Command => "command",
            Origin::Collector => "collector",
            Origin::Import(_) => "import",
            Origin::Register => "register",
        }
    }
}

/// Who acts and when; every change asks for it. `at` is an instant in UTC.
#[derive(Debug, Clone, Copy)]
pub struct Actor {
    /// Who.
    pub origin: Origin,
    /// When.
    pub at: DateTime<Utc>,
}

impl Actor {
    /// The person who acts, where one is signed in.
    pub fn employee(&self) -> Option<EmployeeId> {
        match self.origin {
            Origin::Desk(employee) => employee,
            _ => None,
        }
    }
}

/// One line of history.
#[derive(Debug, Clone, Default)]
pub struct Change<'a> {
    /// The table's name.
    pub noun: &'a str,
    /// The row.
    pub id: i64,
    /// What was done, in one word: `made`, `withdrawn`, `changed` ...
    pub action: &'a str,
    /// Which field, when one changed.
    pub field: Option<&'a str>,
    /// Its text before.
    pub before: Option<&'a str>,
    /// Its text after.
    pub after: Option<&'a str>,
}

/// A line of history as it is read back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryLine {
    /// When, in UTC.
    pub at: DateTime<Utc>,
    /// `desk`, `command`, `collector`, `import` or `register`.
    pub origin: String,
    /// Name or code of the employee, if one was signed in.
    pub employee: Option<String>,
    /// What was done, in one word.
    pub action: String,
    /// Which field.
    pub field: Option<String>,
    /// Its text before.
    pub before: Option<String>,
    /// Its text after.
    pub after: Option<String>,
}

/// An instant as the database writes it: RFC 3339, UTC, whole seconds.
pub(crate) fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}

/// Writes one line; the caller's transaction carries it.
pub(crate) fn record(connection: &Connection, actor: Actor, change: &Change<'_>) -> Result<(), StoreError> {
    let employee = actor.employee().map(|id| id.0);
    let import = match actor.origin {
        Origin::Import(id) => Some(id),
        _ => None,
    };
    connection
        .prepare_cached(
            "INSERT INTO history (at, origin, employee_id, import_id, noun, noun_id, action, field, before, after)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        )?
        .execute(params![
            instant(actor.at),
            actor.origin.as_str(),
            employee,
            import,
            change.noun,
            change.id,
            change.action,
            change.field,
            change.before,
            change.after
        ])?;
    Ok(())
}

impl Store {
    /// A task's history, oldest first.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn task_history(&self, task: TaskId) -> Result<Vec<HistoryLine>, StoreError> {
        self.history("task", task.0)
    }

    /// The history of one row of a noun's table, oldest first.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn history(&self, noun: &str, id: i64) -> Result<Vec<HistoryLine>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT h.at, h.origin, coalesce(e.name, e.code), h.action, h.field, h.before, h.after
               FROM history h LEFT JOIN employee e ON e.id = h.employee_id
              WHERE h.noun = ?1 AND h.noun_id = ?2 ORDER BY h.id",
        )?;
        let lines = statement.query_map(params![noun, id], |row| {
            Ok(HistoryLine {
                at: row.get(0)?,
                origin: row.get(1)?,
                employee: row.get(2)?,
                action: row.get(3)?,
                field: row.get(4)?,
                before: row.get(5)?,
                after: row.get(6)?,
            })
        })?;
        Ok(lines.collect::<Result<_, _>>()?)
    }
}
