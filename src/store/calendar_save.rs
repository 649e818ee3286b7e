//! What becomes of the appointments by a pass over the calendar. Each step is one transaction.

use chrono::{NaiveDate, NaiveDateTime};
use rusqlite::{Connection, OptionalExtension, params};

use super::calendar_read::{by_name, conflict};
use super::history::{Actor, Change, record};
use super::{Store, StoreError, appointment, collection, facts};
use crate::domain::calendar::{Entry, When};
use crate::domain::calendar_merge::{Found, Keep, Known, Theirs};
use crate::domain::calendar_words::{kind_from_words, plates_in};
use crate::domain::ids::{AppointmentId, VehicleId};
use crate::domain::records::{AppointmentKind, AppointmentStatus};

impl Store {
    /// Notes what is about to be written, before it leaves: when the answer gets lost, or the power goes, Balie
    /// recognises its own version.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be saved.
    pub fn note_calendar_sending(&mut self, entry: &Entry, href: &str) -> Result<(), StoreError> {
        self.connection.execute(
            "INSERT INTO calendar_entry (href, appointment_id, time) VALUES (?1, ?2, ?3)
             ON CONFLICT (appointment_id) DO UPDATE SET time = excluded.time",
            params![href, entry.id.0, entry.when.in_short()],
        )?;
        Ok(())
    }

    /// Notes which version lies there. Without a sequence it is not Balie's newest, which is written over it.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be saved.
    pub fn note_calendar_version(&mut self, id: AppointmentId, known: &Known) -> Result<(), StoreError> {
        let write = self.write()?;
        note(&write, id, known)?;
        Ok(write.commit()?)
    }

    /// Notes that both say the same; the number of the version grows to the higher of the two.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be saved.
    pub fn agree_with_calendar(&mut self, ours: &Entry, found: &Found) -> Result<(), StoreError> {
        let write = self.write()?;
        agree(&write, ours.id, found)?;
        Ok(write.commit()?)
    }

    /// Takes over the time, or that it is off, from the calendar.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be saved.
    pub fn take_calendar_version(
        &mut self,
        ours: &Entry,
        found: &Found,
        actor: Actor,
    ) -> Result<(), StoreError> {
        let write = self.write()?;
        take(&write, ours, &found.when, actor)?;
        agree(&write, ours.id, found)?;
        collection::request(&write)?;
        Ok(write.commit()?)
    }

    /// Makes an appointment of one that was made in the calendar, for the first vehicle whose plate stands in its
    /// words. Answers whether it did: what lasts all day and is about no vehicle is none.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be saved.
    pub fn take_calendar_entry(
        &mut self,
        found: &Found,
        today: NaiveDate,
        actor: Actor,
    ) -> Result<bool, StoreError> {
        let write = self.write()?;
        let Words { kind, vehicle, customer, notes } = words(&write, found, today)?;
        if by_name(&write, &found.uid)?.is_some() || (found.all_day && vehicle.is_none()) {
            return Ok(false);
        }
        let next: i64 = write.query_row(
            "SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'appointment'), 0) + 1",
            [],
            |row| row.get(0),
        )?;
        write.execute(
            "INSERT INTO appointment (number, kind, vehicle_id, customer_id, starts_at, ends_at, notes, uid, sequence, elsewhere)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 1)",
            params![
                format!("CALENDAR-{next}"),
                kind.as_str(),
                vehicle,
                customer,
                appointment::wall(found.when.starts_at),
                found.when.ends_at.map(appointment::wall),
                notes,
                found.uid,
                found.sequence,
            ],
        )?;
        let id = write.last_insert_rowid();
        record(&write, actor, &Change { noun: "appointment", id, action: "made", ..Change::default() })?;
        agree(&write, AppointmentId(id), found)?;
        collection::request(&write)?;
        write.commit()?;
        Ok(true)
    }

    /// Reads the words of a planner's own appointment again: the plate may have been added. The words about a
    /// customer who was forgotten stay away.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be saved.
    pub fn reread_calendar_entry(
        &mut self,
        ours: &Entry,
        found: &Found,
        today: NaiveDate,
        actor: Actor,
    ) -> Result<(), StoreError> {
        let write = self.write()?;
        let Words { kind, vehicle, customer, notes } = words(&write, found, today)?;
        let kept = write.execute(
            "UPDATE appointment SET kind = ?2, notes = ?5, vehicle_id = coalesce(?3, vehicle_id),
                    customer_id = CASE WHEN ?3 IS NULL THEN customer_id ELSE ?4 END
              WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM customer c WHERE c.id = customer_id AND c.erased_at IS NOT NULL)
                AND (kind <> ?2 OR notes IS NOT ?5 OR vehicle_id IS NOT coalesce(?3, vehicle_id))",
            params![ours.id.0, kind.as_str(), vehicle, customer, notes],
        )?;
        if kept > 0 {
            if kind != ours.kind {
                appointment::changed(&write, ours.id, "kind", ours.kind.as_str(), kind.as_str(), actor)?;
            }
            collection::request(&write)?;
        }
        agree(&write, ours.id, found)?;
        Ok(write.commit()?)
    }

    /// Keeps both versions of an appointment until a person chooses. Answers whether that is new.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be saved.
    pub fn note_calendar_conflict(
        &mut self,
        ours: &Entry,
        href: &str,
        theirs: Option<&Found>,
    ) -> Result<bool, StoreError> {
        let write = self.write()?;
        let (word, when) = match theirs {
            Some(found) if found.when.cancelled => ("cancelled", Some(found.when)),
            Some(found) => ("changed", Some(found.when)),
            None => ("gone", None),
        };
        let etag = theirs.map(|found| found.etag.as_str());
        let sql = "SELECT EXISTS (SELECT 1 FROM calendar_entry WHERE appointment_id = ?1
                      AND conflict = ?2 AND conflict_etag IS ?3)";
        if write.query_row(sql, params![ours.id.0, word, etag], |row| row.get(0))? {
            return Ok(false);
        }
        // What is written next is newer than both.
        raise(&write, ours.id, theirs.map_or(0, |found| found.sequence))?;
        write.execute(
            "INSERT INTO calendar_entry (href, appointment_id, time, conflict, conflict_etag, conflict_starts_at, conflict_ends_at)
             VALUES (?2, ?1, '', ?3, ?4, ?5, ?6)
             ON CONFLICT (appointment_id) DO UPDATE SET href = excluded.href, conflict = excluded.conflict,
                conflict_etag = excluded.conflict_etag, conflict_starts_at = excluded.conflict_starts_at,
                conflict_ends_at = excluded.conflict_ends_at",
            params![
                ours.id.0,
                href,
                word,
                etag,
                when.map(|when| appointment::wall(when.starts_at)),
                when.and_then(|when| when.ends_at).map(appointment::wall),
            ],
        )?;
        write.commit()?;
        Ok(true)
    }

    /// Ends a conflict as a person chose. Balie's version is written to the calendar at the next pass.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when there is no such conflict any more; else why it could not be saved.
    pub fn settle_calendar_conflict(
        &mut self,
        id: AppointmentId,
        keep: Keep,
        actor: Actor,
    ) -> Result<(), StoreError> {
        let write = self.write()?;
        let held = conflict(&write, id.0)?;
        let Some((held, theirs)) = held.and_then(|held| held.conflict.map(|theirs| (held, theirs))) else {
            return Err(StoreError::Missing { noun: "conflict of an appointment", name: id.to_string() });
        };
        let href = held.known.map(|known| known.href).unwrap_or_default();
        let (mut sequence, mut time) = (None, String::new());
        if keep == Keep::Theirs {
            let when = match theirs {
                Theirs::Changed(when) => when,
                Theirs::Gone => When { cancelled: true, ..held.entry.when },
            };
            take(&write, &held.entry, &when, actor)?;
            collection::request(&write)?;
            (sequence, time) = (Some(sequence_of(&write, id)?), when.in_short());
        } else {
            // A version of its own, so that it is a newer one for the calendar too.
            raise(&write, id, held.entry.sequence + 1)?;
        }
        note(&write, id, &Known { href, etag: held.conflict_etag, sequence, time })?;
        let line = Change {
            noun: "appointment",
            id: id.0,
            action: "changed",
            field: Some("calendar"),
            before: None,
            after: Some(if keep == Keep::Ours { "ours" } else { "theirs" }),
        };
        record(&write, actor, &line)?;
        Ok(write.commit()?)
    }

    /// Notes that an appointment is no longer there and needs not be; `off`: so it is off here too.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be saved.
    pub fn lose_calendar_entry(&mut self, ours: &Entry, off: bool, actor: Actor) -> Result<(), StoreError> {
        let write = self.write()?;
        if off {
            take(&write, ours, &When { cancelled: true, ..ours.when }, actor)?;
            collection::request(&write)?;
        }
        write.execute(
            "UPDATE calendar_entry SET etag = NULL,
                    sequence = (SELECT sequence FROM appointment WHERE id = appointment_id) WHERE appointment_id = ?1",
            [ours.id.0],
        )?;
        Ok(write.commit()?)
    }

    /// Forgets what was left over of an appointment that is no longer here.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be saved.
    pub fn forget_calendar_left_over(&mut self, href: &str) -> Result<(), StoreError> {
        let sql = "DELETE FROM calendar_entry WHERE href = ?1 AND appointment_id IS NULL";
        self.connection.execute(sql, [href])?;
        Ok(())
    }
}

/// What a planner's words tell.
struct Words {
    kind: AppointmentKind,
    vehicle: Option<i64>,
    customer: Option<i64>,
    notes: Option<String>,
}

fn words(connection: &Connection, found: &Found, today: NaiveDate) -> Result<Words, StoreError> {
    let text = found.words();
    let mut vehicle = None;
    for plate in plates_in(&text) {
        let sql = "SELECT id FROM vehicle WHERE plate = ?1";
        vehicle = connection.prepare_cached(sql)?.query_row([plate.as_str()], |row| row.get(0)).optional()?;
        if vehicle.is_some() {
            break;
        }
    }
    let customer = match vehicle {
        Some(vehicle) => facts::owner(connection, VehicleId(vehicle), today)?.map(|id| id.0),
        None => None,
    };
    let notes = Some(found.summary.trim()).filter(|text| !text.is_empty()).map(str::to_owned);
    Ok(Words { kind: kind_from_words(&text), vehicle, customer, notes })
}

/// Both say the same from now on.
fn agree(connection: &Connection, id: AppointmentId, found: &Found) -> Result<(), StoreError> {
    raise(connection, id, found.sequence)?;
    let known = Known {
        href: found.href.clone(),
        etag: Some(found.etag.clone()),
        sequence: Some(sequence_of(connection, id)?),
        time: found.when.in_short(),
    };
    note(connection, id, &known)
}

fn note(connection: &Connection, id: AppointmentId, known: &Known) -> Result<(), StoreError> {
    // Whatever lay there before: it is this appointment's place now.
    connection.execute(
        "DELETE FROM calendar_entry WHERE appointment_id = ?1 OR href = ?2",
        params![id.0, known.href],
    )?;
    connection.execute(
        "INSERT INTO calendar_entry (href, appointment_id, etag, sequence, time) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![known.href, id.0, known.etag, known.sequence, known.time],
    )?;
    Ok(())
}

/// The number of a version is at least that of the calendar's.
fn raise(connection: &Connection, id: AppointmentId, least: u32) -> Result<(), StoreError> {
    let sql = "UPDATE appointment SET sequence = ?2 WHERE id = ?1 AND sequence < ?2";
    connection.execute(sql, params![id.0, least])?;
    Ok(())
}

fn sequence_of(connection: &Connection, id: AppointmentId) -> Result<u32, StoreError> {
    let sql = "SELECT sequence FROM appointment WHERE id = ?1";
    Ok(connection.prepare_cached(sql)?.query_row([id.0], |row| row.get(0))?)
}

/// Gives an appointment the time and the state that the calendar has, with its lines of history.
fn take(connection: &Connection, ours: &Entry, when: &When, actor: Actor) -> Result<(), StoreError> {
    let id = ours.id;
    if when.cancelled != ours.when.cancelled {
        let word =
            |cancelled| if cancelled { AppointmentStatus::Cancelled } else { AppointmentStatus::Planned };
        let (before, after) = (word(ours.when.cancelled), word(when.cancelled));
        connection
            .execute("UPDATE appointment SET status = ?2 WHERE id = ?1", params![id.0, after.as_str()])?;
        appointment::changed(connection, id, "status", before.as_str(), after.as_str(), actor)?;
    }
    if when.cancelled || (when.starts_at == ours.when.starts_at && when.end() == ours.when.end()) {
        return Ok(());
    }
    connection.execute(
        "UPDATE appointment SET starts_at = ?2, ends_at = ?3 WHERE id = ?1",
        params![id.0, appointment::wall(when.starts_at), appointment::wall(when.end())],
    )?;
    let line = |field, before: NaiveDateTime, after: NaiveDateTime| {
        appointment::changed(connection, id, field, &before.to_string(), &after.to_string(), actor)
    };
    line("starts_at", ours.when.starts_at, when.starts_at)?;
    line("ends_at", ours.when.end(), when.end())
}
