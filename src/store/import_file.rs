//! Takes the rows of one CSV file in: one look at each row.
//!
//! A row is compared with what is stored and only differences are written, each with its line of
//! history. Most rows of a first import are new and most of a later one are unchanged, so the next
//! row is expected to be like the last one: either it is inserted and the key's conflict tells that
//! it was there, or it is looked for first.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Statement, params};

use super::edits::Edits;
use super::erasure::{Erased, Trait};
use super::history::{Actor, Change, Origin, instant, record};
use super::lookup::{Lookup, Seen};
use super::noun::{Cell, Kind, Need, Noun};
use super::{StoreError, bulk, collection, customer, inspection, visit};
use crate::domain::reason::{self, Reason};

/// Where the rows of one file come from.
pub(crate) struct FileStamp<'a> {
    /// The file's name.
    pub(crate) file: &'a str,
    /// When the other system wrote it: an edit at the desk after that stands.
    pub(crate) exported_at: DateTime<Utc>,
    /// Now.
    pub(crate) now: DateTime<Utc>,
    /// About how many rows there are.
    pub(crate) rows: u64,
    /// The number of the first file of the same taking-in, if this is not the first.
    pub(crate) batch: Option<i64>,
}

/// What became of a row.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It is new.
    Added,
    /// Something in it was changed.
    Changed,
    /// It was there.
    Unchanged,
    /// It cannot go in: which column, and why.
    Refused(&'static str, Reason),
}

/// How many rows of a file fared how.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) added: u64,
    pub(crate) changed: u64,
    pub(crate) unchanged: u64,
    pub(crate) rejected: u64,
}

/// One file that is being taken in.
pub(crate) struct FileImport<'t> {
    connection: &'t Connection,
    noun: &'static Noun,
    /// For each column of the noun, whether the file has it.
    present: Vec<bool>,
    insert: Statement<'t>,
    find: Statement<'t>,
    vehicle: Lookup<'t>,
    customer: Lookup<'t>,
    erased: Erased,
    import: i64,
    actor: Actor,
    exported_at: String,
    seen: Seen,
    expect_new: bool,
    other_readings: bool,
    bulk: Option<bulk::Bulk>,
    tally: Tally,
    kept: u64,
}

impl<'t> FileImport<'t> {
    /// Begins the file; the run's transaction is open.
    pub(super) fn new(
        connection: &'t Connection,
        noun: &'static Noun,
        present: Vec<bool>,
        stamp: &FileStamp<'_>,
    ) -> Result<Self, StoreError> {
        connection.execute(
            "INSERT INTO import (file, exported_at, imported_at, added, changed, unchanged, rejected, batch)
             VALUES (?1, ?2, ?3, 0, 0, 0, 0, ?4)",
            params![stamp.file, instant(stamp.exported_at), instant(stamp.now), stamp.batch],
        )?;
        let import = connection.last_insert_rowid();
        let largest: i64 =
            connection.query_row(&format!("SELECT coalesce(max(id), 0) FROM {}", noun.table), [], |row| {
                row.get(0)
            })?;
        let bulk = bulk::Bulk::begin(connection, noun.table, largest, stamp.rows)?;
        let fields: Vec<&str> = noun.columns.iter().map(|column| column.field).collect();
        let key: Vec<&str> = noun.key().map(|(_, column)| column.field).collect();
        let places: Vec<String> = (1..=fields.len() + 1).map(|place| format!("?{place}")).collect();
        let insert = connection.prepare(&format!(
            "INSERT INTO {} ({}, import_id) VALUES ({}) ON CONFLICT ({}) DO NOTHING",
            noun.table,
            fields.join(", "),
            places.join(", "),
            key.join(", ")
        ))?;
        let conditions: Vec<String> =
            key.iter().enumerate().map(|(place, field)| format!("{field} = ?{}", place + 1)).collect();
        let find = connection.prepare(&format!(
            "SELECT id, import_id, {} FROM {} WHERE {}",
            fields.join(", "),
            noun.table,
            conditions.join(" AND ")
        ))?;
        let other_readings = noun.table == visit::NOUN.table
            && connection.query_row("SELECT EXISTS (SELECT 1 FROM odometer)", [], |row| row.get(0))?;
        Ok(Self {
            connection,
            noun,
            present,
            insert,
            find,
            vehicle: Lookup::new(connection, "SELECT id FROM vehicle WHERE plate = ?1")?,
            customer: Lookup::new(connection, "SELECT id FROM customer WHERE code = ?1")?,
            erased: Erased::read(connection)?,
            import,
            actor: Actor { origin: Origin::Import(import), at: stamp.now },
            exported_at: instant(stamp.exported_at),
            seen: Seen::default(),
            expect_new: largest == 0,
            other_readings,
            bulk,
            tally: Tally::default(),
            kept: 0,
        })
    }

    /// Takes one row in. `cells` has one for each column of the noun; references stand in it as
    /// plates and codes, and are replaced by the rows' numbers.
    pub(crate) fn take(&mut self, line: u64, cells: &mut [Cell<'_>]) -> Result<Outcome, StoreError> {
        let outcome = match self.resolve(cells)? {
            Some(refused) => refused,
            None => match self.revived(cells)? {
                Some(refused) => refused,
                None => self.place(line, cells)?,
            },
        };
        match &outcome {
            Outcome::Added => self.tally.added += 1,
            Outcome::Changed => self.tally.changed += 1,
            Outcome::Unchanged => self.tally.unchanged += 1,
            Outcome::Refused(..) => self.tally.rejected += 1,
        }
        Ok(outcome)
    }

    /// Counts a row that was refused before it came here.
    pub(crate) fn refused(&mut self) {
        self.tally.rejected += 1;
    }

    /// The number of this taking-in of a file.
    pub(crate) fn number(&self) -> i64 {
        self.import
    }

    /// How the rows fared so far, and how many values typed at the desk were left alone.
    pub(crate) fn tally(&self) -> (Tally, u64) {
        (self.tally, self.kept)
    }

    /// Puts back what was laid aside, writes the import's counts and asks for a collection.
    pub(crate) fn finish(mut self) -> Result<(), StoreError> {
        if let Some(bulk) = self.bulk.take() {
            bulk.end(self.connection)?;
        }
        let Tally { added, changed, unchanged, rejected } = self.tally;
        let counts =
            [added, changed, unchanged, rejected].map(|count| i64::try_from(count).unwrap_or(i64::MAX));
        let [added, changed, unchanged, rejected] = counts;
        self.connection.execute(
            "UPDATE import SET added = ?1, changed = ?2, unchanged = ?3, rejected = ?4 WHERE id = ?5",
            params![added, changed, unchanged, rejected, self.import],
        )?;
        if added + changed > 0 {
            collection::request(self.connection)?;
        }
        Ok(())
    }

    /// Turns plates and codes of other rows into their numbers.
    fn resolve(&mut self, cells: &mut [Cell<'_>]) -> Result<Option<Outcome>, StoreError> {
        for (column, cell) in self.noun.columns.iter().zip(cells.iter_mut()) {
            let (lookup, nobody) = match column.kind {
                Kind::Vehicle => (&mut self.vehicle, &reason::NO_VEHICLE),
                Kind::Customer => (&mut self.customer, &reason::NO_CUSTOMER),
                _ => continue,
            };
            let Some(text) = cell.text() else { continue };
            let found = match lookup.find(text)? {
                // What the shop's own system still says of an erased person goes to the row without a name.
                None if matches!(column.kind, Kind::Customer) => {
                    self.erased.find(self.connection, Trait::Code(text))?
                }
                found => found,
            };
            match found {
                Some(id) => *cell = Cell::Whole(id),
                None => return Ok(Some(Outcome::Refused(column.name, Reason::of(nobody, text)))),
            }
        }
        Ok(None)
    }

    /// Whether a row of `customers.csv` would bring an erased person back: by their code, or, where the
    /// customer is new, by a telephone number or e-mail address of theirs.
    fn revived(&mut self, cells: &[Cell<'_>]) -> Result<Option<Outcome>, StoreError> {
        if self.erased.is_empty() || self.noun.table != customer::NOUN.table {
            return Ok(None);
        }
        for name in ["code", "phone", "mobile", "email"] {
            let cell = self.noun.place(name).and_then(|place| cells.get(place));
            let Some(text) = cell.and_then(Cell::text) else { continue };
            let by = match name {
                "code" if self.customer.find(text)?.is_some() => return Ok(None),
                "code" => Trait::Code(text),
                "email" => Trait::Email(text),
                _ => Trait::Phone(text),
            };
            if self.erased.find(self.connection, by)?.is_some() {
                return Ok(Some(Outcome::Refused(name, Reason::plain(&reason::ERASED))));
            }
        }
        Ok(None)
    }

    fn place(&mut self, line: u64, cells: &[Cell<'_>]) -> Result<Outcome, StoreError> {
        if self.expect_new {
            if let Some(outcome) = self.add(line, cells)? {
                return Ok(outcome);
            }
            self.expect_new = false;
        }
        if let Some(outcome) = self.compare(line, cells)? {
            return Ok(outcome);
        }
        self.expect_new = true;
        match self.add(line, cells)? {
            Some(outcome) => Ok(outcome),
            None => Err(StoreError::Strange(format!("a row of {} was there and was not", self.noun.table))),
        }
    }

    /// Inserts a row; nothing when its key is there already.
    fn add(&mut self, line: u64, cells: &[Cell<'_>]) -> Result<Option<Outcome>, StoreError> {
        for (place, (column, cell)) in self.noun.columns.iter().zip(cells).enumerate() {
            match (column.need, cell.is_unknown()) {
                (Need::Always, true) => {
                    let why = Reason::plain(&reason::NEEDED);
                    // An old row keeps what it has.
                    return if self.exists(cells)? {
                        Ok(None)
                    } else {
                        Ok(Some(Outcome::Refused(column.name, why)))
                    };
                }
                (Need::Or(text), true) => self.insert.raw_bind_parameter(place + 1, text)?,
                (Need::OrNumber(number), true) => self.insert.raw_bind_parameter(place + 1, number)?,
                _ => self.insert.raw_bind_parameter(place + 1, cell)?,
            }
        }
        self.insert.raw_bind_parameter(cells.len() + 1, self.import)?;
        if self.insert.raw_execute()? == 0 {
            return Ok(None);
        }
        let id = self.connection.last_insert_rowid();
        if self.noun.table == visit::NOUN.table
            && let Some(why) = self.doubt(id, cells)?
        {
            self.connection.prepare_cached("DELETE FROM visit WHERE id = ?1")?.execute([id])?;
            return Ok(Some(Outcome::Refused("odometer_km", why)));
        }
        if self.noun.table == inspection::NOUN.table {
            // The order of the inspection's columns: plate, inspected_on, result, advice.
            let text = |place: usize| cells.get(place).and_then(Cell::text).unwrap_or_default();
            inspection::add_advice(self.connection, id, text(1), text(3))?;
        }
        self.seen.mark(id, line);
        Ok(Some(Outcome::Added))
    }

    fn doubt(&self, id: i64, cells: &[Cell<'_>]) -> Result<Option<Reason>, StoreError> {
        // The order of the visit's columns: code, plate, customer, visited_on, odometer_km.
        match (cells.get(1), cells.get(3), cells.get(4)) {
            (Some(Cell::Whole(vehicle)), Some(on), Some(Cell::Whole(km))) => match on.text() {
                Some(on) => visit::doubt_of(self.connection, id, *vehicle, on, *km, self.other_readings),
                None => Ok(None),
            },
            _ => Ok(None),
        }
    }

    fn exists(&mut self, cells: &[Cell<'_>]) -> Result<bool, StoreError> {
        self.bind_key(cells)?;
        Ok(self.find.raw_query().next()?.is_some())
    }

    fn bind_key(&mut self, cells: &[Cell<'_>]) -> Result<(), StoreError> {
        for (place, (index, _)) in self.noun.key().enumerate() {
            self.find.raw_bind_parameter(place + 1, cells.get(index).unwrap_or(&Cell::Unknown))?;
        }
        Ok(())
    }

    /// Looks for the row and writes what differs; nothing when it is not there.
    fn compare(&mut self, line: u64, cells: &[Cell<'_>]) -> Result<Option<Outcome>, StoreError> {
        self.bind_key(cells)?;
        let mut rows = self.find.raw_query();
        let Some(row) = rows.next()? else { return Ok(None) };
        let id: i64 = row.get(0)?;
        let imported: bool = row.get::<_, Option<i64>>(1)?.is_some();
        let mut differing = Vec::new();
        for (place, (column, cell)) in self.noun.columns.iter().zip(cells).enumerate() {
            let stays = cell.is_unknown() && !matches!(column.need, Need::No);
            if self.present.get(place) != Some(&true) || stays || matches!(column.need, Need::Key) {
                continue;
            }
            let stored = row.get_ref(place + 2)?;
            if !cell.is(stored) {
                let objection = column.name == "contact_allowed" && stored.as_i64().is_ok_and(|yes| yes == 0);
                let before = reference(self.connection, column.kind, &column.written(stored))?;
                differing.push(Difference { place, before, objection });
            }
        }
        drop(rows);
        if !imported && self.noun.table == inspection::NOUN.table {
            inspection::is_ours(self.connection, id, self.import)?;
        }
        let first = self.seen.mark(id, line);
        if differing.is_empty() {
            return Ok(Some(Outcome::Unchanged));
        }
        if let Some(first) = first {
            let key = self.noun.key().map(|(_, column)| column.name).next().unwrap_or_default();
            return Ok(Some(Outcome::Refused(key, Reason::of(&reason::TWICE, first))));
        }
        let edits = Edits::of(self.connection, self.noun.table, id, imported)?;
        let before = differing.len();
        differing.retain(|difference| {
            let (Some(column), Some(cell)) =
                (self.noun.columns.get(difference.place), cells.get(difference.place))
            else {
                return false;
            };
            !edits.stand(column.name, column.field, cell, difference.objection, &self.exported_at)
        });
        self.kept += u64::try_from(before - differing.len()).unwrap_or_default();
        if differing.is_empty() {
            return Ok(Some(Outcome::Unchanged));
        }
        self.change(id, cells, &differing).map(Some)
    }

    fn change(&self, id: i64, cells: &[Cell<'_>], changes: &[Difference]) -> Result<Outcome, StoreError> {
        let watched = self.noun.table == visit::NOUN.table;
        if watched {
            self.connection.execute_batch("SAVEPOINT one_row")?;
        }
        let fields: Vec<String> = changes
            .iter()
            .enumerate()
            .filter_map(|(number, change)| {
                Some(format!("{} = ?{}", self.noun.columns.get(change.place)?.field, number + 2))
            })
            .collect();
        let sql = format!("UPDATE {} SET {} WHERE id = ?1", self.noun.table, fields.join(", "));
        let mut update = self.connection.prepare_cached(&sql)?;
        update.raw_bind_parameter(1, id)?;
        for (number, change) in changes.iter().enumerate() {
            let (Some(cell), Some(column)) = (cells.get(change.place), self.noun.columns.get(change.place))
            else {
                continue;
            };
            update.raw_bind_parameter(number + 2, cell)?;
            let after = reference(self.connection, column.kind, &column.written(cell.value()))?;
            let line = Change {
                noun: self.noun.table,
                id,
                action: "changed",
                field: Some(column.name),
                before: Some(change.before.as_str()).filter(|text| !text.is_empty()),
                after: Some(after.as_str()).filter(|text| !text.is_empty()),
            };
            record(self.connection, self.actor, &line)?;
        }
        update.raw_execute()?;
        if watched {
            if let Some(why) = visit::doubt(self.connection, id)? {
                self.connection.execute_batch("ROLLBACK TO one_row; RELEASE one_row")?;
                return Ok(Outcome::Refused("odometer_km", why));
            }
            self.connection.execute_batch("RELEASE one_row")?;
        }
        if self.noun.table == inspection::NOUN.table {
            inspection::index_advice(self.connection, id)?;
        }
        Ok(Outcome::Changed)
    }
}

/// A column in which file and database differ.
struct Difference {
    place: usize,
    before: String,
    /// The stored value is a customer's objection.
    objection: bool,
}

/// The plate or code behind a row's number, for the history; other values as they are.
pub(super) fn reference(connection: &Connection, kind: Kind, written: &str) -> Result<String, StoreError> {
    let sql = match kind {
        Kind::Vehicle => "SELECT plate FROM vehicle WHERE id = ?1",
        Kind::Customer => "SELECT code FROM customer WHERE id = ?1",
        _ => return Ok(written.to_owned()),
    };
    let found = connection.prepare_cached(sql)?.query_row([written], |row| row.get(0)).optional()?;
    Ok(found.unwrap_or_default())
}
