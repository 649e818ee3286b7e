//! Takes a whole import back (APP-05): what it added goes, what it changed is as it was, unless somebody
//! has worked with it since. That stays, and is told.

use chrono::{DateTime, Utc};
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, params};

use super::history::{Actor, Change, instant, record};
use super::import_file::reference;
use super::noun::{Column, Kind, Need, Noun};
use super::{Store, StoreError, collection, inspection};
use crate::domain::amount::{CostPerKm, Money};

/// So many of what stays are named; all are counted.
const NAMED: usize = 200;

/// One taking-in: a file, or the files of a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// Its number.
    pub id: i64,
    /// When, an instant in UTC.
    pub at: DateTime<Utc>,
    /// The files, in their order.
    pub files: Vec<String>,
    /// Rows that it added.
    pub added: u64,
    /// Rows that it changed.
    pub changed: u64,
    /// When it was taken back.
    pub undone_at: Option<DateTime<Utc>>,
}

/// What came of taking one back.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TakenBack {
    /// The batch.
    pub batch: i64,
    /// Rows that are gone.
    pub removed: u64,
    /// Values that are as they were.
    pub restored: u64,
    /// Rows and values that stay.
    pub kept: u64,
    /// The first of them.
    pub named: Vec<Kept>,
}

/// Something that stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The noun in one word: `vehicle`.
    pub noun: &'static str,
    /// By what it is known: plate, code, number.
    pub key: String,
    /// Which value; none: the whole row.
    pub field: Option<&'static str>,
    /// Why.
    pub why: Why,
}

/// Why something stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// A person or a later file changed it.
    ChangedSince,
    /// Something else needs it: a task that was worked on, a message, an appointment.
    InUse,
}

impl std::fmt::Display for Why {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Why::ChangedSince => "was changed since",
            Why::InUse => "is in use: a task that was worked on, a message or an appointment needs it",
        })
    }
}

impl Store {
    /// The last so many imports, newest first.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn imports(&self, most: usize) -> Result<Vec<Batch>, StoreError> {
        let mut find = self.connection.prepare_cached(
            "SELECT coalesce(batch, id), min(imported_at), group_concat(file, char(10)), sum(added), sum(changed),
                    max(undone_at)
               FROM import GROUP BY 1 ORDER BY 1 DESC LIMIT ?1",
        )?;
        let rows = find.query_map([i64::try_from(most).unwrap_or(i64::MAX)], |row| {
            Ok(Batch {
                id: row.get(0)?,
                at: row.get(1)?,
                files: row.get::<_, String>(2)?.lines().map(str::to_owned).collect(),
                added: row.get::<_, i64>(3)?.unsigned_abs(),
                changed: row.get::<_, i64>(4)?.unsigned_abs(),
                undone_at: row.get(5)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Takes an import back, all of it in one transaction, each step with its line of history. Without
    /// a number the last one that was not taken back.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when there is none; else why it could not be saved.
    pub fn undo_import(&mut self, batch: Option<i64>, actor: Actor) -> Result<TakenBack, StoreError> {
        let write = self.write()?;
        let found: Option<i64> = write
            .query_row(
                "SELECT max(coalesce(batch, id)) FROM import WHERE undone_at IS NULL AND (?1 IS NULL OR id = ?1
                     OR batch = ?1)",
                [batch],
                |row| row.get(0),
            )
            .optional()?
            .flatten();
        let Some(id) = found else {
            let name = batch.map_or_else(|| "that could be taken back".to_owned(), |batch| batch.to_string());
            return Err(StoreError::Missing { noun: "import", name });
        };
        write.execute_batch(
            "CREATE TEMP TABLE IF NOT EXISTS undone (id INTEGER PRIMARY KEY); DELETE FROM undone",
        )?;
        write.execute("INSERT INTO undone SELECT id FROM import WHERE coalesce(batch, id) = ?1", [id])?;
        let mut back =
            Back { connection: &write, actor, done: TakenBack { batch: id, ..TakenBack::default() } };
        back.values()?;
        for noun in Noun::ALL.into_iter().rev() {
            back.rows(noun)?;
        }
        let done = back.done;
        write.execute(
            "UPDATE import SET undone_at = ?2 WHERE coalesce(batch, id) = ?1",
            params![id, instant(actor.at)],
        )?;
        collection::request(&write)?;
        write.commit()?;
        // It is back already; were this cut short, the desk would finish it.
        if let Err(error) = self.index_all() {
            tracing::warn!(%error, "the search index is not complete yet");
        }
        Ok(done)
    }
}

/// A taking back that is under way.
struct Back<'c> {
    connection: &'c Connection,
    actor: Actor,
    done: TakenBack,
}

/// A value that the import changed.
struct Line {
    id: i64,
    noun: String,
    row: i64,
    field: String,
    before: Option<String>,
    after: Option<String>,
}

impl Back<'_> {
    /// Values that were changed, the last change first.
    fn values(&mut self) -> Result<(), StoreError> {
        let lines = self
            .connection
            .prepare(
                "SELECT id, noun, noun_id, field, before, after FROM history
                  WHERE import_id IN (SELECT id FROM undone) AND action = 'changed' AND field IS NOT NULL
                  ORDER BY id DESC",
            )?
            .query_map([], |row| {
                Ok(Line {
                    id: row.get(0)?,
                    noun: row.get(1)?,
                    row: row.get(2)?,
                    field: row.get(3)?,
                    before: row.get(4)?,
                    after: row.get(5)?,
                })
            })?
            .collect::<Result<Vec<_>, _>>()?;
        for line in &lines {
            let noun = Noun::ALL.into_iter().find(|noun| noun.table == line.noun);
            let column = noun.and_then(|noun| noun.columns.get(noun.place(&line.field)?));
            let (Some(noun), Some(column)) = (noun, column) else { continue };
            if self.restore(noun, column, line)? {
                self.done.restored += 1;
            } else {
                self.keep(noun, line.row, Some(column.name), Why::ChangedSince)?;
            }
        }
        Ok(())
    }

    /// Gives one value back; `false`: it is no longer what the import made of it.
    fn restore(&self, noun: &Noun, column: &Column, line: &Line) -> Result<bool, StoreError> {
        let later: bool = self
            .connection
            .prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM history WHERE noun = ?1 AND noun_id = ?2 AND id > ?3
                    AND (field = ?4 OR field = ?5) AND action <> 'undone')",
            )?
            .query_row(params![line.noun, line.row, line.id, column.name, column.field], |row| row.get(0))?;
        let sql = format!("SELECT {} FROM {} WHERE id = ?1", column.field, noun.table);
        let now = self
            .connection
            .prepare_cached(&sql)?
            .query_row([line.row], |row| Ok(column.written(row.get_ref(0)?).into_owned()))
            .optional()?;
        let Some(now) = now else { return Ok(false) };
        let now = reference(self.connection, column.kind, &now)?;
        if later || now != line.after.as_deref().unwrap_or_default() {
            return Ok(false);
        }
        let Some(value) = self.stored(column, line.before.as_deref())? else { return Ok(false) };
        let sql = format!("UPDATE {} SET {} = ?2 WHERE id = ?1", noun.table, column.field);
        self.connection.prepare_cached(&sql)?.execute(params![line.row, value])?;
        if noun.table == inspection::NOUN.table {
            inspection::index_advice(self.connection, line.row)?;
        }
        let change = Change {
            noun: noun.table,
            id: line.row,
            action: "undone",
            field: Some(column.name),
            before: line.after.as_deref(),
            after: line.before.as_deref(),
        };
        record(self.connection, self.actor, &change)?;
        Ok(true)
    }

    /// A text of the history as the table stores it; `None`: it cannot be any more, because what it
    /// refers to is gone.
    fn stored(&self, column: &Column, text: Option<&str>) -> Result<Option<Value>, StoreError> {
        let Some(text) = text else {
            return Ok(Some(match column.need {
                Need::Or(default) => Value::Text(default.to_owned()),
                Need::OrNumber(default) => Value::Integer(default),
                Need::Key | Need::Always | Need::No => Value::Null,
            }));
        };
        let whole = |sql: &str| -> Result<Option<Value>, StoreError> {
            let found =
                self.connection.prepare_cached(sql)?.query_row([text], |row| row.get(0)).optional()?;
            Ok(found.map(Value::Integer))
        };
        match column.kind {
            Kind::Vehicle => whole("SELECT id FROM vehicle WHERE plate = ?1"),
            Kind::Customer => whole("SELECT id FROM customer WHERE code = ?1"),
            Kind::Money => Ok(Money::parse(text).ok().map(|money| Value::Integer(money.0))),
            Kind::CostPerKm => Ok(CostPerKm::parse(text).ok().map(|cost| Value::Integer(cost.0))),
            Kind::YesNo => Ok(Some(Value::Integer(i64::from(text == "yes")))),
            Kind::Kilometres => Ok(text.parse().ok().map(Value::Integer)),
            Kind::Text
            | Kind::Code
            | Kind::Plate
            | Kind::Date
            | Kind::DateTime
            | Kind::Word(..)
            | Kind::Advice => Ok(Some(Value::Text(text.to_owned()))),
        }
    }

    /// Rows that were added, of one noun.
    fn rows(&mut self, noun: &'static Noun) -> Result<(), StoreError> {
        let added = self
            .connection
            .prepare(&format!(
                "SELECT id, EXISTS (SELECT 1 FROM history h WHERE h.noun = '{0}' AND h.noun_id = r.id
                        AND h.action <> 'undone' AND (h.origin IN ('desk', 'command')
                         OR (h.noun = 'appointment' AND h.origin = 'collector')
                         OR h.import_id IS NOT NULL AND h.import_id NOT IN (SELECT id FROM undone)))
                   FROM {0} r WHERE import_id IN (SELECT id FROM undone) ORDER BY id DESC",
                noun.table
            ))?
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<Result<Vec<(i64, bool)>, _>>()?;
        for (id, touched) in added {
            if touched {
                self.keep(noun, id, None, Why::ChangedSince)?;
                continue;
            }
            let key = self.key(noun, id)?;
            self.connection.execute_batch("SAVEPOINT one_row")?;
            match self.remove(noun, id) {
                Ok(()) => {
                    let change = Change {
                        noun: noun.table,
                        id,
                        action: "removed",
                        before: Some(&key),
                        ..Change::default()
                    };
                    record(self.connection, self.actor, &change)?;
                    self.connection.execute_batch("RELEASE one_row")?;
                    self.done.removed += 1;
                }
                Err(cause) if is_constraint(&cause) => {
                    self.connection.execute_batch("ROLLBACK TO one_row; RELEASE one_row")?;
                    self.keep(noun, id, None, Why::InUse)?;
                }
                Err(cause) => return Err(cause.into()),
            }
        }
        Ok(())
    }

    /// Removes a row and what Balie itself made of it: tasks that nobody worked on, what the register said.
    fn remove(&self, noun: &Noun, id: i64) -> rusqlite::Result<()> {
        let run = |sql: &str| self.connection.prepare_cached(sql)?.execute([id]).map(|_| ());
        let tasks = format!(
            "DELETE FROM task WHERE subject_kind = '{}' AND subject_id = ?1 AND touched = 0",
            noun.table
        );
        run(&tasks)?;
        if noun.table == inspection::NOUN.table && self.told_by_register(id)? {
            // The register told of it too: what it said stays, without what the file said.
            run("UPDATE inspection SET import_id = NULL, advice = register_advice WHERE id = ?1")?;
            return run("DELETE FROM inspection_advice WHERE inspection_id = ?1 AND NOT EXISTS (
                            SELECT 1 FROM inspection i WHERE i.id = ?1
                               AND instr(' ' || i.register_advice || ' ', ' ' || code || ' ') > 0)");
        }
        match noun.table {
            "vehicle" => {
                let told = "SELECT id FROM inspection WHERE vehicle_id = ?1 AND import_id IS NULL AND register_at IS NOT NULL";
                run(&format!(
                    "DELETE FROM task WHERE subject_kind = 'inspection' AND touched = 0 AND subject_id IN ({told})"
                ))?;
                run(&format!("DELETE FROM inspection_advice WHERE inspection_id IN ({told})"))?;
                run(&format!("DELETE FROM inspection WHERE id IN ({told})"))?;
                run("DELETE FROM task WHERE vehicle_id = ?1 AND touched = 0")?;
                for table in ["register_record", "register_state", "recall"] {
                    run(&format!("DELETE FROM {table} WHERE vehicle_id = ?1"))?;
                }
                run("INSERT INTO search_pending (row) VALUES (?1 * 2 + 1) ON CONFLICT DO NOTHING")?;
            }
            "customer" => run("UPDATE task SET customer_id = NULL WHERE customer_id = ?1 AND touched = 0")?,
            "inspection" => run("DELETE FROM inspection_advice WHERE inspection_id = ?1")?,
            _ => {}
        }
        run(&format!("DELETE FROM {} WHERE id = ?1", noun.table))
    }

    /// Whether the register told of an inspection.
    fn told_by_register(&self, id: i64) -> rusqlite::Result<bool> {
        let sql = "SELECT EXISTS (SELECT 1 FROM inspection WHERE id = ?1 AND register_advice IS NOT NULL)";
        self.connection.prepare_cached(sql)?.query_row([id], |row| row.get(0))
    }

    /// Plate, code or number of a row; of a row that has several the first.
    fn key(&self, noun: &Noun, id: i64) -> Result<String, StoreError> {
        let Some((_, column)) = noun.key().next() else { return Ok(id.to_string()) };
        let sql = format!("SELECT {} FROM {} WHERE id = ?1", column.field, noun.table);
        let text = self
            .connection
            .prepare_cached(&sql)?
            .query_row([id], |row| Ok(column.written(row.get_ref(0)?).into_owned()))
            .optional()?;
        reference(self.connection, column.kind, &text.unwrap_or_default())
    }

    fn keep(
        &mut self,
        noun: &'static Noun,
        id: i64,
        field: Option<&'static str>,
        why: Why,
    ) -> Result<(), StoreError> {
        self.done.kept += 1;
        if self.done.named.len() < NAMED {
            let key = self.key(noun, id)?;
            self.done.named.push(Kept { noun: noun.table, key, field, why });
        }
        Ok(())
    }
}

fn is_constraint(cause: &rusqlite::Error) -> bool {
    cause.sqlite_error_code() == Some(rusqlite::ErrorCode::ConstraintViolation)
}
