//! The index behind the search: which row says what, and how it is kept up to date.
//!
//! Triggers only note which rows changed (`search_pending`). The notes are worked off in the
//! transaction of a desk edit, in pieces after an import, and by the desk between two touches: so that
//! a million rows are taken in at the speed of their tables, and a search never waits.

use rusqlite::{Connection, Row, params};

use super::{Store, StoreError};
use crate::domain::phone;

/// Rows that are indexed in one transaction after an import.
const PIECE: usize = 60_000;

/// What identifies a row of the index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Item {
    Customer(i64),
    Vehicle(i64),
}

impl Item {
    pub(super) fn of(row: i64) -> Self {
        if row % 2 == 0 { Item::Customer(row / 2) } else { Item::Vehicle(row / 2) }
    }
}

/// The statement that notes all rows of a table, where many came in at once.
pub(super) fn noting(table: &str) -> &'static str {
    match table {
        "customer" => {
            "INSERT INTO search_pending (row) SELECT id * 2 FROM customer WHERE true ON CONFLICT DO NOTHING"
        }
        "vehicle" => {
            "INSERT INTO search_pending (row) SELECT id * 2 + 1 FROM vehicle WHERE true ON CONFLICT DO NOTHING"
        }
        "ownership" => {
            "INSERT INTO search_pending (row) SELECT vehicle_id * 2 + 1 FROM ownership
              UNION SELECT customer_id * 2 FROM ownership WHERE true ON CONFLICT DO NOTHING"
        }
        _ => "",
    }
}

/// The present plates of customer `c`: of several owners of one vehicle the last counts.
pub(super) const PLATES: &str = "(SELECT group_concat(v.plate, ' ') FROM ownership o JOIN vehicle v ON v.id = o.vehicle_id
    WHERE o.customer_id = c.id AND o.until_on IS NULL AND v.active = 1 AND NOT EXISTS (SELECT 1 FROM ownership n
        WHERE n.vehicle_id = o.vehicle_id AND n.until_on IS NULL
          AND (n.from_on, n.customer_id) > (o.from_on, o.customer_id)))";

impl Store {
    /// Works off what was noted for the search index, up to so many rows; `true`: there is more.
    /// Cheap when there is nothing to do.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read or written.
    pub fn index_some(&mut self, rows: usize) -> Result<bool, StoreError> {
        if !pending(&self.connection)? {
            return Ok(false);
        }
        let write = self.write()?;
        index(&write, rows)?;
        let more = pending(&write)?;
        write.commit()?;
        Ok(more)
    }

    /// Works off everything that was noted, in pieces.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read or written; the pieces before stay.
    pub fn index_all(&mut self) -> Result<(), StoreError> {
        while self.index_some(PIECE)? {}
        Ok(())
    }
}

/// Whether something was noted and not worked off.
pub(super) fn pending(connection: &Connection) -> Result<bool, StoreError> {
    let sql = "SELECT EXISTS (SELECT 1 FROM search_pending)";
    Ok(connection.prepare_cached(sql)?.query_row([], |row| row.get(0))?)
}

/// Indexes the first so many of the rows that were noted, in the caller's transaction.
pub(super) fn index(connection: &Connection, rows: usize) -> Result<(), StoreError> {
    let rows = i64::try_from(rows).unwrap_or(i64::MAX);
    let last: Option<i64> = connection
        .prepare_cached("SELECT max(row) FROM (SELECT row FROM search_pending ORDER BY row LIMIT ?1)")?
        .query_row([rows], |row| row.get(0))?;
    let Some(last) = last else { return Ok(()) };
    let fresh: bool = connection
        .prepare_cached("SELECT NOT EXISTS (SELECT 1 FROM search)")?
        .query_row([], |row| row.get(0))?;
    if !fresh {
        connection
            .prepare_cached(
                "DELETE FROM search WHERE rowid IN (SELECT row FROM search_pending WHERE row <= ?1)",
            )?
            .execute([last])?;
    }
    customers(connection, last)?;
    vehicles(connection, last)?;
    connection.prepare_cached("DELETE FROM search_pending WHERE row <= ?1")?.execute([last])?;
    Ok(())
}

fn customers(connection: &Connection, last: i64) -> Result<(), StoreError> {
    let sql = format!(
        "SELECT c.id, c.first_name, c.name, c.company, {PLATES}, c.phone, c.mobile, c.postcode, c.city, c.email, c.code
           FROM search_pending p JOIN customer c ON c.id = p.row / 2
          WHERE p.row % 2 = 0 AND p.row <= ?1 AND c.erased_at IS NULL"
    );
    let mut find = connection.prepare_cached(&sql)?;
    let mut insert = connection.prepare_cached(
        "INSERT INTO search (rowid, name, company, plate, phone, place, email, code)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?;
    let mut rows = find.query([last])?;
    let mut words = Words::default();
    while let Some(row) = rows.next()? {
        let id: i64 = row.get(0)?;
        words.read(row)?;
        words.persons(connection, id)?;
        let Words { name, company, plate, phone, place, email, code } = &words;
        insert.execute(params![id * 2, name, company, plate, phone, place, email, code])?;
    }
    Ok(())
}

/// A vehicle stands in the index by itself only when nobody owns it.
fn vehicles(connection: &Connection, last: i64) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "INSERT INTO search (rowid, plate)
             SELECT p.row, v.plate FROM search_pending p JOIN vehicle v ON v.id = p.row / 2
              WHERE p.row % 2 = 1 AND p.row <= ?1 AND v.active = 1 AND NOT EXISTS (SELECT 1 FROM ownership o
                    WHERE o.vehicle_id = v.id AND o.until_on IS NULL)",
        )?
        .execute([last])?;
    Ok(())
}

/// What one customer's row of the index says.
#[derive(Default)]
struct Words {
    name: String,
    company: String,
    plate: String,
    phone: String,
    place: String,
    email: String,
    code: String,
}

impl Words {
    fn read(&mut self, row: &Row<'_>) -> Result<(), StoreError> {
        for text in [&mut self.name, &mut self.company, &mut self.plate, &mut self.phone] {
            text.clear();
        }
        for text in [&mut self.place, &mut self.email, &mut self.code] {
            text.clear();
        }
        let text = |column: usize| -> Result<Option<&str>, StoreError> {
            Ok(row.get_ref(column)?.as_str_or_null().unwrap_or_default())
        };
        add(&mut self.name, text(1)?);
        add(&mut self.name, text(2)?);
        add(&mut self.company, text(3)?);
        add(&mut self.plate, text(4)?);
        add(&mut self.place, text(8)?);
        add(&mut self.email, text(9)?);
        add(&mut self.code, text(10)?);
        for column in [5, 6] {
            self.numbers(text(column)?);
        }
        // A postcode is one word, with or without its blank.
        if let Some(postcode) = text(7)? {
            self.place.push(' ');
            self.place.extend(postcode.chars().filter(|sign| sign.is_alphanumeric()));
        }
        Ok(())
    }

    fn numbers(&mut self, text: Option<&str>) {
        for number in text.into_iter().flat_map(phone::all) {
            add(&mut self.phone, Some(&number));
        }
    }

    fn persons(&mut self, connection: &Connection, customer: i64) -> Result<(), StoreError> {
        let mut find = connection.prepare_cached(
            "SELECT first_name, name, phone, mobile, email FROM contact_person WHERE customer_id = ?1 AND active = 1",
        )?;
        let mut rows = find.query([customer])?;
        while let Some(row) = rows.next()? {
            let text = |column: usize| -> Result<Option<String>, StoreError> { Ok(row.get(column)?) };
            add(&mut self.name, text(0)?.as_deref());
            add(&mut self.name, text(1)?.as_deref());
            self.numbers(text(2)?.as_deref());
            self.numbers(text(3)?.as_deref());
            add(&mut self.email, text(4)?.as_deref());
        }
        Ok(())
    }
}

fn add(text: &mut String, more: Option<&str>) {
    if let Some(more) = more {
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(more);
    }
}
