//! Which stored values stand against a file: what a person typed at the desk is not overwritten by a
//! file that is older, nor cleared by an empty cell.

use std::collections::HashMap;

use rusqlite::{Connection, params};

use super::StoreError;
use super::noun::Cell;

/// What people typed into one row, from its history.
pub(super) struct Edits {
    /// For each field the origin and instant of its last change; the empty field is the whole row.
    last: HashMap<String, (bool, String)>,
    /// The row itself was typed by a person.
    typed: bool,
}

impl Edits {
    /// Reads them.
    pub(super) fn of(
        connection: &Connection,
        noun: &str,
        id: i64,
        imported: bool,
    ) -> Result<Self, StoreError> {
        let mut statement = connection.prepare_cached(
            // Who changes an appointment in the calendar is a person too; the collector brings it.
            "SELECT coalesce(field, ''),
                    origin IN ('desk', 'command') OR (noun = 'appointment' AND origin = 'collector'), at FROM history
              WHERE noun = ?1 AND noun_id = ?2 ORDER BY id",
        )?;
        let mut rows = statement.query(params![noun, id])?;
        let mut last = HashMap::new();
        while let Some(row) = rows.next()? {
            last.insert(row.get(0)?, (row.get(1)?, row.get(2)?));
        }
        Ok(Self { last, typed: !imported })
    }

    /// Whether what is stored stands against what the file says.
    pub(super) fn stand(
        &self,
        name: &str,
        field: &str,
        cell: &Cell<'_>,
        objection: bool,
        exported_at: &str,
    ) -> bool {
        let whole = self.last.get("").filter(|_| self.typed);
        let (person, at) = match self.last.get(name).or_else(|| self.last.get(field)).or(whole) {
            Some((person, at)) => (*person, at.as_str()),
            None => (self.typed, ""),
        };
        // An objection noted at the desk is lifted at the desk.
        person && (objection || cell.is_unknown() || at >= exported_at)
    }
}
