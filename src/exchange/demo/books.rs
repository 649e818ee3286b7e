//! The ten files that are being written, and the dirt that other systems leave in dates.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::Path;

use chrono::NaiveDate;
use csv::{Terminator, Writer, WriterBuilder};

use super::dice::Dice;
use crate::store::noun::Noun;

/// One file.
pub(super) struct Book {
    writer: Writer<BufWriter<File>>,
    pub(super) rows: u64,
}

/// All ten.
pub(super) struct Books {
    pub(super) employees: Book,
    pub(super) customers: Book,
    pub(super) vehicles: Book,
    pub(super) ownerships: Book,
    pub(super) visits: Book,
    pub(super) invoices: Book,
    pub(super) sales: Book,
    pub(super) inspections: Book,
    pub(super) quotes: Book,
    pub(super) appointments: Book,
}

impl Book {
    fn begin(dir: &Path, name: &str) -> io::Result<Self> {
        let noun = Noun::ALL.into_iter().find(|noun| noun.file == name);
        let file = BufWriter::with_capacity(64 * 1024, File::create(dir.join(name))?);
        let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(file);
        writer.write_record(noun.into_iter().flat_map(|noun| noun.columns).map(|column| column.name))?;
        Ok(Self { writer, rows: 0 })
    }

    /// Writes one row.
    pub(super) fn row(&mut self, cells: &[&str]) -> io::Result<()> {
        self.rows += 1;
        Ok(self.writer.write_record(cells)?)
    }

    fn end(self) -> io::Result<()> {
        self.writer.into_inner().map_err(csv::IntoInnerError::into_error)?.flush()
    }
}

impl Books {
    /// Begins all ten in a folder.
    pub(super) fn begin(dir: &Path) -> io::Result<Self> {
        fs::create_dir_all(dir)?;
        Ok(Self {
            employees: Book::begin(dir, "employees.csv")?,
            customers: Book::begin(dir, "customers.csv")?,
            vehicles: Book::begin(dir, "vehicles.csv")?,
            ownerships: Book::begin(dir, "ownerships.csv")?,
            visits: Book::begin(dir, "visits.csv")?,
            invoices: Book::begin(dir, "invoices.csv")?,
            sales: Book::begin(dir, "sales.csv")?,
            inspections: Book::begin(dir, "inspections.csv")?,
            quotes: Book::begin(dir, "quotes.csv")?,
            appointments: Book::begin(dir, "appointments.csv")?,
        })
    }

    /// Completes all ten.
    pub(super) fn end(self) -> io::Result<()> {
        for book in [self.employees, self.customers, self.vehicles, self.ownerships, self.visits] {
            book.end()?;
        }
        for book in [self.invoices, self.sales, self.inspections, self.quotes, self.appointments] {
            book.end()?;
        }
        Ok(())
    }
}

/// A date as the file has it; an unknown one is empty.
pub(super) fn day(date: Option<NaiveDate>) -> String {
    date.map(|date| date.to_string()).unwrap_or_default()
}

/// A date that is dirty in five of a hundred rows: half of the dirt is a way to write 'unknown',
/// half is wrong and costs the row.
pub(super) fn dirty_day(date: NaiveDate, dice: &mut Dice) -> String {
    if !dice.percent(5) {
        return date.to_string();
    }
    if dice.percent(50) { unknown_day(dice) } else { wrong_day(date, dice) }
}

/// One of the ways in which other systems write that a date is not known.
pub(super) fn unknown_day(dice: &mut Dice) -> String {
    (*dice.pick(&["0000-00-00", "1900-01-01", "9999-12-31", "00-00-0000"])).to_owned()
}

fn wrong_day(date: NaiveDate, dice: &mut Dice) -> String {
    match dice.below(5) {
        0 => date.format("%d-%m-%Y").to_string(),
        1 => date.format("%d-%m-%y").to_string(),
        2 => date.format("%Y-06-31").to_string(),
        3 => date.format("%Y-%m-00").to_string(),
        _ => date.format("02%y-%m-%d").to_string(),
    }
}
