//! What the CSV files and the tables agree on: for each noun one file, one table, and its columns.
//!
//! Each noun's own file says which; import and export walk these lists, so that a column is
//! written down once.

use std::borrow::Cow;

use chrono::{Datelike, NaiveDate, NaiveTime, Timelike};
use rusqlite::ToSql;
use rusqlite::types::{ToSqlOutput, ValueRef};

use super::{appointment, customer, employee, inspection, invoice, ownership, quote, sale, vehicle, visit};
use crate::domain::amount::{CostPerKm, Money};

/// One noun: its file, its table, its columns.
#[derive(Debug)]
pub(crate) struct Noun {
    /// The CSV file's name.
    pub(crate) file: &'static str,
    /// The table, and the noun in one word.
    pub(crate) table: &'static str,
    /// In the order of the file.
    pub(crate) columns: &'static [Column],
    /// Two columns of which the second may not be before the first.
    pub(crate) in_order: Option<(&'static str, &'static str)>,
}

/// One column of a file and of its table.
#[derive(Debug)]
pub(crate) struct Column {
    /// Its name in the file.
    pub(crate) name: &'static str,
    /// Its name in the table.
    pub(crate) field: &'static str,
    /// What stands in it.
    pub(crate) kind: Kind,
    /// Whether it must be there.
    pub(crate) need: Need,
}

/// What stands in a column.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    /// Any text, kept as it is.
    Text,
    /// A number or code by which the shop knows the thing.
    Code,
    /// The plate of a vehicle's own row.
    Plate,
    /// A vehicle, by its plate.
    Vehicle,
    /// A customer, by code.
    Customer,
    /// A date.
    Date,
    /// A date and a time of the shop's clock.
    DateTime,
    /// Money.
    Money,
    /// What a kilometre costs.
    CostPerKm,
    /// Kilometres on the clock.
    Kilometres,
    /// Yes or no.
    YesNo,
    /// One of a few words; the function gives the stored form.
    Word(fn(&str) -> Option<&'static str>, &'static [&'static str]),
    /// Advice codes of an inspection.
    Advice,
}

/// Whether a cell must be filled.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Need {
    /// Part of the key: the column must be there and every cell filled.
    Key,
    /// Every cell must be filled, if the column is there; it must be there for a new row.
    Always,
    /// May be empty, which is 'unknown'.
    No,
    /// Empty stands for this text in a new row, and changes nothing in an old one.
    Or(&'static str),
    /// Empty stands for this number in a new row, and changes nothing in an old one.
    OrNumber(i64),
}

/// One cell in the form in which the database keeps it.
#[derive(Debug, Clone)]
pub(crate) enum Cell<'r> {
    /// Empty.
    Unknown,
    /// A whole number: cents, kilometres, yes or no, a row's number.
    Whole(i64),
    /// A text as it stands in the file.
    Text(Cow<'r, str>),
    /// A short ASCII text made here: a date, a plate.
    Short(Short),
}

/// Up to 24 ASCII signs without an allocation; a row of dates makes many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Short {
    bytes: [u8; 24],
    length: usize,
}

impl Short {
    /// Takes the first 24 signs.
    pub(crate) fn new(text: &str) -> Self {
        let mut bytes = [0; 24];
        let mut length = 0;
        for (place, byte) in bytes.iter_mut().zip(text.bytes()) {
            *place = byte;
            length += 1;
        }
        Self { bytes, length }
    }

    /// `YYYY-MM-DD`.
    pub(crate) fn date(date: NaiveDate) -> Self {
        let mut short = Self { bytes: [0; 24], length: 0 };
        short.number(u32::try_from(date.year()).unwrap_or_default(), 4);
        short.sign(b'-');
        short.number(date.month(), 2);
        short.sign(b'-');
        short.number(date.day(), 2);
        short
    }

    /// `YYYY-MM-DDTHH:MM:SS`.
    pub(crate) fn date_time(date: NaiveDate, time: NaiveTime) -> Self {
        let mut short = Self::date(date);
        short.sign(b'T');
        short.number(time.hour(), 2);
        short.sign(b':');
        short.number(time.minute(), 2);
        short.sign(b':');
        short.number(time.second(), 2);
        short
    }

    fn sign(&mut self, sign: u8) {
        if let Some(place) = self.bytes.get_mut(self.length) {
            *place = sign;
            self.length += 1;
        }
    }

    /// The last so many digits of a number.
    fn number(&mut self, number: u32, digits: u32) {
        for place in (0..digits).rev() {
            let digit = number / 10_u32.pow(place) % 10;
            self.sign(b'0' + u8::try_from(digit).unwrap_or_default());
        }
    }

    fn as_str(&self) -> &str {
        self.bytes.get(..self.length).and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default()
    }
}

impl Cell<'_> {
    /// Whether it is 'unknown'.
    pub(crate) fn is_unknown(&self) -> bool {
        matches!(self, Cell::Unknown)
    }

    /// The text, unless it is unknown or a number.
    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Cell::Text(text) => Some(text),
            Cell::Short(short) => Some(short.as_str()),
            Cell::Unknown | Cell::Whole(_) => None,
        }
    }

    /// Whether the database holds the same.
    pub(crate) fn is(&self, stored: ValueRef<'_>) -> bool {
        match (self, stored) {
            (Cell::Unknown, ValueRef::Null) => true,
            (Cell::Whole(number), ValueRef::Integer(stored)) => *number == stored,
            (cell, ValueRef::Text(stored)) => cell.text().is_some_and(|text| text.as_bytes() == stored),
            _ => false,
        }
    }

    /// As the database would give it back.
    pub(crate) fn value(&self) -> ValueRef<'_> {
        match self {
            Cell::Unknown => ValueRef::Null,
            Cell::Whole(number) => ValueRef::Integer(*number),
            Cell::Text(text) => ValueRef::Text(text.as_bytes()),
            Cell::Short(short) => ValueRef::Text(short.as_str().as_bytes()),
        }
    }
}

impl ToSql for Cell<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(self.value()))
    }
}

impl Column {
    const fn new(name: &'static str, field: &'static str, kind: Kind, need: Need) -> Self {
        Self { name, field, kind, need }
    }

    /// Part of the key.
    pub(super) const fn key(name: &'static str, field: &'static str, kind: Kind) -> Self {
        Self::new(name, field, kind, Need::Key)
    }

    /// May be empty; has the same name in the table.
    pub(super) const fn plain(name: &'static str, kind: Kind) -> Self {
        Self::new(name, name, kind, Need::No)
    }

    /// May be empty; has another name in the table.
    pub(super) const fn stored_as(name: &'static str, field: &'static str, kind: Kind) -> Self {
        Self::new(name, field, kind, Need::No)
    }

    /// With what an empty cell stands for.
    pub(super) const fn or(name: &'static str, kind: Kind, need: Need) -> Self {
        Self::new(name, name, kind, need)
    }

    /// A stored value as the file writes it; references come as what they refer to.
    pub(crate) fn written<'v>(&self, value: ValueRef<'v>) -> Cow<'v, str> {
        match (self.kind, value) {
            (_, ValueRef::Null) => Cow::Borrowed(""),
            (Kind::Money, ValueRef::Integer(cents)) => Cow::Owned(Money(cents).to_string()),
            (Kind::CostPerKm, ValueRef::Integer(cost)) => Cow::Owned(CostPerKm(cost).to_string()),
            (Kind::YesNo, ValueRef::Integer(yes)) => Cow::Borrowed(if yes == 0 { "no" } else { "yes" }),
            (_, ValueRef::Integer(number)) => Cow::Owned(number.to_string()),
            (_, ValueRef::Real(number)) => Cow::Owned(number.to_string()),
            (_, ValueRef::Text(text) | ValueRef::Blob(text)) => String::from_utf8_lossy(text),
        }
    }
}

impl Noun {
    /// All ten, in the order in which they refer to each other.
    pub(crate) const ALL: [&'static Noun; 10] = [
        &employee::NOUN,
        &customer::NOUN,
        &vehicle::NOUN,
        &ownership::NOUN,
        &visit::NOUN,
        &invoice::NOUN,
        &sale::NOUN,
        &inspection::NOUN,
        &quote::NOUN,
        &appointment::NOUN,
    ];

    /// The columns of the key, with their places.
    pub(crate) fn key(&self) -> impl Iterator<Item = (usize, &'static Column)> + use<> {
        self.columns.iter().enumerate().filter(|(_, column)| matches!(column.need, Need::Key))
    }

    /// The place of a column.
    pub(crate) fn place(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }
}
