//! Loading many rows into a table that has few: its indexes are laid aside and built afterwards in
//! one sweep, which is several times faster than keeping each up to date row by row.
//!
//! All of it happens in the import's transaction: after a power cut the indexes are where they were.

use rusqlite::Connection;

use super::{StoreError, search};

/// With fewer rows than this nothing is gained.
const WORTH_IT: u64 = 5_000;

/// The index in which an import itself looks up odometer readings.
const KEPT: &str = "visit_vehicle";

/// What was laid aside.
pub(super) struct Bulk {
    statements: Vec<String>,
    /// Notes all of the table's rows for the search index, whose triggers were laid aside.
    search: &'static str,
    /// The latest visits of the vehicles are to be worked out.
    visits: bool,
}

impl Bulk {
    /// Lays the table's indexes aside, if that pays. `largest` is the largest number of its rows.
    pub(super) fn begin(
        connection: &Connection,
        table: &str,
        largest: i64,
        rows: u64,
    ) -> Result<Option<Self>, StoreError> {
        let there = u64::try_from(largest).unwrap_or_default();
        if rows < WORTH_IT || there.saturating_mul(4) > rows {
            return Ok(None);
        }
        let visits = table == "visit";
        let mut statements = Vec::new();
        let mut find = connection.prepare(
            "SELECT type, name, sql FROM sqlite_schema
              WHERE sql IS NOT NULL AND name <> ?2
                AND (tbl_name = ?1 AND (type = 'index' OR type = 'trigger' AND name LIKE 'search%')
                  OR ?1 = 'visit' AND (tbl_name = 'visit' AND type = 'trigger' OR name = 'vehicle_last_visit'))",
        )?;
        let mut rows = find.query([table, KEPT])?;
        let mut drops = String::new();
        while let Some(row) = rows.next()? {
            let (kind, name): (String, String) = (row.get(0)?, row.get(1)?);
            drops.push_str(&format!("DROP {kind} {name};"));
            statements.push(row.get(2)?);
        }
        drop(rows);
        connection.execute_batch(&drops)?;
        Ok(Some(Self { statements, search: search::noting(table), visits }))
    }

    /// Builds everything that was laid aside.
    pub(super) fn end(self, connection: &Connection) -> Result<(), StoreError> {
        if self.visits {
            connection.execute(
                "UPDATE vehicle SET last_visit_on = latest.day
                   FROM (SELECT vehicle_id, max(visited_on) AS day FROM visit GROUP BY vehicle_id) AS latest
                  WHERE latest.vehicle_id = vehicle.id AND vehicle.last_visit_on IS NOT latest.day",
                [],
            )?;
        }
        connection.execute_batch(self.search)?;
        for statement in self.statements {
            connection.execute_batch(&statement)?;
        }
        Ok(())
    }
}
