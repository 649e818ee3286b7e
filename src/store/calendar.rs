//! Appointments as the shop's calendar has them, and how the keeping of that calendar goes.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use rusqlite::{OptionalExtension, Row, params};

use super::facts::plate;
use super::history::instant;
use super::{Store, StoreError};
use crate::domain::calendar::{Entry, Kept, Place, Trouble, When};
use crate::domain::customer::display_name;
use crate::domain::ids::AppointmentId;
use crate::domain::records::AppointmentStatus;

/// The columns that [`entry`] reads.
pub(super) const ENTRY: &str =
    "a.id, a.uid, a.sequence, a.kind, v.plate, c.first_name, c.name, c.company, a.notes,
    a.starts_at, a.ends_at, a.status";
/// The tables they come from.
pub(super) const TABLES: &str = "appointment a LEFT JOIN vehicle v ON v.id = a.vehicle_id
    LEFT JOIN customer c ON c.id = a.customer_id";

/// How often 'in step' is written down: a card does not live for ever.
const STEP: TimeDelta = TimeDelta::minutes(15);

/// Changes whenever an appointment of the calendar does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CalendarMark(NaiveDate, i64, i64, i64);

/// An appointment, from the columns of [`ENTRY`].
pub(super) fn entry(row: &Row<'_>) -> Result<Entry, StoreError> {
    let text = |place| row.get_ref(place).map(|value| value.as_str().unwrap_or_default().to_owned());
    let plate = row.get::<_, Option<String>>(4)?.map(|text| plate(&text)).transpose()?;
    let status: AppointmentStatus = text(11)?.parse().map_err(StoreError::Strange)?;
    Ok(Entry {
        id: AppointmentId(row.get(0)?),
        uid: text(1)?,
        sequence: row.get(2)?,
        kind: text(3)?.parse().map_err(StoreError::Strange)?,
        plate: plate.map(|plate| plate.to_string()),
        customer: display_name(&row.get(5)?, &row.get(6)?, &row.get(7)?),
        notes: row.get(8)?,
        when: When {
            starts_at: row.get(9)?,
            ends_at: row.get(10)?,
            cancelled: status == AppointmentStatus::Cancelled,
        },
    })
}

impl Store {
    /// A mark of all appointments from a day on (a date of the shop's wall clock): quick to read, and another one
    /// whenever any of them changed.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn calendar_mark(&self, from: NaiveDate) -> Result<CalendarMark, StoreError> {
        // A version only grows, and a number is never given twice.
        let sql = "SELECT count(*), coalesce(max(id), 0), coalesce(sum(sequence), 0) FROM appointment
                    WHERE starts_at >= ?1";
        Ok(self
            .connection
            .prepare_cached(sql)?
            .query_row([from], |row| Ok(CalendarMark(from, row.get(0)?, row.get(1)?, row.get(2)?)))?)
    }

    /// The appointments from a day on, cancelled ones too, in the order of their times.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn calendar_entries(&self, from: NaiveDate) -> Result<Vec<Entry>, StoreError> {
        let sql = format!("SELECT {ENTRY} FROM {TABLES} WHERE a.starts_at >= ?1 ORDER BY a.starts_at, a.id");
        let mut statement = self.connection.prepare_cached(&sql)?;
        let mut rows = statement.query([from])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(entry(row)?);
        }
        Ok(found)
    }

    /// How the keeping goes at a place.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn calendar_kept(&self, place: Place) -> Result<Kept, StoreError> {
        let sql = "SELECT good_at, trouble, since FROM calendar_kept WHERE place = ?1";
        let found = self.connection.prepare_cached(sql)?.query_row([place.as_str()], |row| {
            Ok((row.get(0)?, row.get::<_, Option<String>>(1)?, row.get::<_, Option<DateTime<Utc>>>(2)?))
        });
        let Some((good_at, trouble, since)) = found.optional()? else { return Ok(Kept::default()) };
        let trouble: Option<Trouble> =
            trouble.map(|word| word.parse().map_err(StoreError::Strange)).transpose()?;
        Ok(Kept { good_at, trouble: trouble.zip(since) })
    }

    /// Notes that it went well, or what is in the way; writes only when that is news.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be saved.
    pub fn note_calendar_kept(
        &mut self,
        place: Place,
        trouble: Option<Trouble>,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let before = self.calendar_kept(place)?;
        let known = match trouble {
            None => before.trouble.is_none() && before.good_at.is_some_and(|good| (at - good).abs() < STEP),
            Some(trouble) => before.trouble.is_some_and(|(word, _)| word == trouble),
        };
        if known {
            return Ok(());
        }
        let good_at = trouble.is_none().then(|| instant(at));
        let since = trouble.map(|_| instant(before.trouble.map_or(at, |(_, since)| since)));
        self.connection.execute(
            "INSERT INTO calendar_kept (place, good_at, trouble, since) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (place) DO UPDATE SET good_at = coalesce(excluded.good_at, good_at),
                trouble = excluded.trouble, since = excluded.since",
            params![place.as_str(), good_at, trouble.map(Trouble::as_str), since],
        )?;
        Ok(())
    }
}
