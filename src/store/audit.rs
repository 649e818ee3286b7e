//! The audit trail: every line of history, newest first, a page at a time (APP-10, CSS-15).

use chrono::{DateTime, Utc};
use rusqlite::{Row, named_params};

use super::history::instant;
use super::{Store, StoreError};
use crate::domain::ids::EmployeeId;

/// Which lines are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AuditFilter {
    /// By this employee.
    pub employee: Option<EmployeeId>,
    /// About this noun: `task`, `customer`, `setting` ...
    pub noun: Option<&'static str>,
    /// From this instant on, in UTC.
    pub since: Option<DateTime<Utc>>,
}

/// A line of the audit trail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditLine {
    /// Its number: lines are read from there on.
    pub id: i64,
    /// When, in UTC.
    pub at: DateTime<Utc>,
    /// `desk`, `command`, `collector`, `import` or `register`.
    pub origin: String,
    /// Name or code of the employee, if one was signed in.
    pub employee: Option<String>,
    /// The table.
    pub noun: String,
    /// The row.
    pub noun_id: i64,
    /// What it is known by on the desk: a plate, a name; empty when it has none.
    pub known_as: String,
    /// What was done, in a word or two.
    pub action: String,
    /// Which field.
    pub field: Option<String>,
    /// Its text before.
    pub before: Option<String>,
    /// Its text after.
    pub after: Option<String>,
}

impl Store {
    /// The lines before a line (`None`: from the newest on), newest first. Time, employee and order go
    /// by indexes; whoever asks for little reads little.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn audit(
        &self,
        filter: AuditFilter,
        before: Option<i64>,
        limit: usize,
    ) -> Result<Vec<AuditLine>, StoreError> {
        let employee = match filter.employee {
            Some(_) => "h.employee_id = :employee",
            None => ":employee IS NULL",
        };
        let noun = match filter.noun {
            // Most lines are of tasks: the newest are looked through. The others have an index.
            Some("task") => "+h.noun = :noun",
            Some(_) => "h.noun = :noun AND h.noun <> 'task'",
            None => ":noun IS NULL",
        };
        let sql = format!(
            "SELECT h.id, h.at, h.origin, coalesce(e.name, e.code), h.noun, h.noun_id, h.action, h.field,
                    h.before, h.after,
                    CASE h.noun
                      WHEN 'task' THEN (SELECT t.plate FROM task t WHERE t.id = h.noun_id)
                      WHEN 'vehicle' THEN (SELECT v.plate FROM vehicle v WHERE v.id = h.noun_id)
                      WHEN 'customer' THEN (SELECT coalesce(c.company, c.name, c.code) FROM customer c
                                             WHERE c.id = h.noun_id AND c.erased_at IS NULL)
                      WHEN 'employee' THEN (SELECT coalesce(m.name, m.code) FROM employee m WHERE m.id = h.noun_id)
                    END
               FROM history h LEFT JOIN employee e ON e.id = h.employee_id
              WHERE h.id < :before AND h.id >= :first AND {employee} AND {noun} ORDER BY h.id DESC LIMIT :limit"
        );
        // Lines are written in the order of time: the period is a range of numbers. A clock that was
        // wrong for a while lets a line too many in, never leaves one out.
        let first = match filter.since {
            Some(since) => self.first_line_since(since)?,
            None => 0,
        };
        let mut statement = self.connection.prepare_cached(&sql)?;
        let lines = statement.query_map(
            named_params! {
                ":before": before.unwrap_or(i64::MAX),
                ":first": first,
                ":employee": filter.employee.map(|id| id.0),
                ":noun": filter.noun,
                ":limit": i64::try_from(limit).unwrap_or(i64::MAX),
            },
            line,
        )?;
        Ok(lines.collect::<Result<_, _>>()?)
    }

    /// The number of the first line from an instant on, found by halving.
    fn first_line_since(&self, since: DateTime<Utc>) -> Result<i64, StoreError> {
        let since = instant(since);
        let (mut low, mut high): (i64, i64) = self.connection.query_row(
            "SELECT coalesce(min(id), 0), coalesce(max(id), 0) + 1 FROM history",
            [],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        let sql = "SELECT at >= ?2 FROM history WHERE id >= ?1 ORDER BY id LIMIT 1";
        let mut at = self.connection.prepare_cached(sql)?;
        while low < high {
            let middle = low + (high - low) / 2;
            if at.query_row(rusqlite::params![middle, since], |row| row.get(0))? {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        Ok(low)
    }
}

fn line(row: &Row<'_>) -> rusqlite::Result<AuditLine> {
    Ok(AuditLine {
        id: row.get(0)?,
        at: row.get(1)?,
        origin: row.get(2)?,
        employee: row.get(3)?,
        noun: row.get(4)?,
        noun_id: row.get(5)?,
        action: row.get(6)?,
        field: row.get(7)?,
        before: row.get(8)?,
        after: row.get(9)?,
        known_as: row.get::<_, Option<String>>(10)?.unwrap_or_default(),
    })
}
