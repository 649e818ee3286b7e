//! Workshop bookings. What the desk books is kept at once, whatever way out of a task is taken (CSS-13).

use chrono::{NaiveDate, NaiveDateTime};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::facts::plate;
use super::history::{Actor, Change, record};
use super::noun::{Cell, Column, Kind, Need, Noun, Short};
use super::{Store, StoreError, collection, facts};
use crate::domain::appointment::{Booked, Booking};
use crate::domain::customer::display_name;
use crate::domain::dates::plus_days;
use crate::domain::ids::{AppointmentId, CustomerId, TaskId, VehicleId};
use crate::domain::records::{AppointmentKind, AppointmentStatus};
use crate::domain::rule::RuleKey;

/// `appointments.csv`.
pub(super) const NOUN: Noun = Noun {
    file: "appointments.csv",
    table: "appointment",
    columns: &[
        Column::key("number", "number", Kind::Code),
        Column::or(
            "kind",
            Kind::Word(|text| text.parse().ok().map(AppointmentKind::as_str), AppointmentKind::WRITTEN),
            Need::Or("other"),
        ),
        Column::stored_as("plate", "vehicle_id", Kind::Vehicle),
        Column::stored_as("customer", "customer_id", Kind::Customer),
        Column::plain("starts_at", Kind::DateTime),
        Column::plain("ends_at", Kind::DateTime),
        Column::or(
            "status",
            Kind::Word(|text| text.parse().ok().map(AppointmentStatus::as_str), AppointmentStatus::WRITTEN),
            Need::Or("planned"),
        ),
    ],
    in_order: Some(("starts_at", "ends_at")),
};

/// For whom and what an appointment is made.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BookingFor {
    /// The task, and its kind.
    pub task: Option<(TaskId, RuleKey)>,
    /// The car, and its plate as it is written.
    pub vehicle: Option<(VehicleId, String)>,
    /// The customer, and the name on the screen.
    pub customer: Option<(CustomerId, String)>,
}

/// A wall-clock instant as the table has it.
pub(super) fn wall(at: NaiveDateTime) -> Cell<'static> {
    Cell::Short(Short::date_time(at.date(), at.time()))
}

fn booked(row: &Row<'_>) -> Result<Booked, StoreError> {
    let text = |place| row.get_ref(place).map(|value| value.as_str().unwrap_or_default().to_owned());
    let plate = row.get::<_, Option<String>>(5)?.map(|text| plate(&text)).transpose()?;
    Ok(Booked {
        id: AppointmentId(row.get(0)?),
        kind: text(1)?.parse().map_err(StoreError::Strange)?,
        status: text(2)?.parse().map_err(StoreError::Strange)?,
        starts_at: row.get(3)?,
        ends_at: row.get(4)?,
        plate: plate.map(|plate| plate.to_string()),
        customer: display_name(&row.get(6)?, &row.get(7)?, &row.get(8)?),
        notes: row.get(9)?,
    })
}

impl Store {
    /// What is planned on a day (a date of the shop's wall clock), in the order of the day. What was
    /// cancelled is not planned.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn appointments_on(&self, day: NaiveDate) -> Result<Vec<Booked>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT a.id, a.kind, a.status, a.starts_at, a.ends_at, v.plate, c.first_name, c.name, c.company, a.notes
               FROM appointment a LEFT JOIN vehicle v ON v.id = a.vehicle_id
                    LEFT JOIN customer c ON c.id = a.customer_id
              WHERE a.starts_at >= ?1 AND a.starts_at < ?2 AND a.status <> 'cancelled' ORDER BY a.starts_at, a.id",
        )?;
        let mut rows = statement.query([day, plus_days(day, 1)])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(booked(row)?);
        }
        Ok(found)
    }

    /// How many appointments each of some days has.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn appointment_load(&self, days: &[NaiveDate]) -> Result<Vec<u32>, StoreError> {
        let sql = "SELECT count(*) FROM appointment WHERE starts_at >= ?1 AND starts_at < ?2 AND status <> 'cancelled'";
        let mut statement = self.connection.prepare_cached(sql)?;
        let count = |day: &NaiveDate| statement.query_row([*day, plus_days(*day, 1)], |row| row.get(0));
        Ok(days.iter().map(count).collect::<Result<_, _>>()?)
    }

    /// What a task's appointment is for; `None` when there is no such task.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn booking_for_task(&self, task: TaskId, today: NaiveDate) -> Result<Option<BookingFor>, StoreError> {
        let sql = "SELECT rule, vehicle_id, customer_id FROM task WHERE id = ?1";
        let found = self.connection.prepare_cached(sql)?.query_row([task.0], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, Option<i64>>(1)?, row.get::<_, Option<i64>>(2)?))
        });
        let Some((rule, vehicle, customer)) = found.optional()? else { return Ok(None) };
        let rule = rule.parse().map_err(StoreError::Strange)?;
        let mut wanted = self.booking_for(vehicle.map(VehicleId), customer.map(CustomerId), today)?;
        wanted.task = Some((task, rule));
        Ok(Some(wanted))
    }

    /// What an appointment for a car is for: without a customer it is for the present owner.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn booking_for(
        &self,
        vehicle: Option<VehicleId>,
        customer: Option<CustomerId>,
        today: NaiveDate,
    ) -> Result<BookingFor, StoreError> {
        let customer = match (customer, vehicle) {
            (None, Some(vehicle)) => facts::owner(&self.connection, vehicle, today)?,
            (customer, _) => customer,
        };
        let plate =
            vehicle.map(|id| self.vehicle(id)).transpose()?.flatten().map(|one| one.plate.to_string());
        let name = customer.map(|id| self.customer(id)).transpose()?.flatten().map(|one| one.display_name());
        Ok(BookingFor { task: None, vehicle: vehicle.zip(plate), customer: customer.zip(name) })
    }

    /// Books; kept at once, and the collector looks again.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be saved.
    pub fn make_appointment(&mut self, booking: &Booking, actor: Actor) -> Result<AppointmentId, StoreError> {
        let write = self.write()?;
        // Numbers of our own; the shop's system has numbers in another form.
        let next: i64 = write.query_row(
            "SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'appointment'), 0) + 1",
            [],
            |row| row.get(0),
        )?;
        write.execute(
            "INSERT INTO appointment (number, kind, vehicle_id, customer_id, starts_at, ends_at, task_id, notes)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            params![
                format!("BALIE-{next}"),
                booking.kind.as_str(),
                booking.vehicle.map(|id| id.0),
                booking.customer.map(|id| id.0),
                wall(booking.starts_at),
                wall(booking.ends_at()),
                booking.task.map(|id| id.0),
                booking.notes.as_deref().map(str::trim).filter(|text| !text.is_empty()),
            ],
        )?;
        let id = write.last_insert_rowid();
        record(&write, actor, &Change { noun: "appointment", id, action: "made", ..Change::default() })?;
        if let Some(task) = booking.task {
            let on = booking.starts_at.date().to_string();
            let line = Change {
                action: "appointment",
                field: Some("appointment"),
                after: Some(&on),
                noun: "task",
                id: task.0,
                before: None,
            };
            record(&write, actor, &line)?;
        }
        collection::request(&write)?;
        write.commit()?;
        Ok(AppointmentId(id))
    }

    /// Gives an appointment another time; its length stays.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when it is no longer planned; else why it could not be saved.
    pub fn move_appointment(
        &mut self,
        id: AppointmentId,
        starts_at: NaiveDateTime,
        actor: Actor,
    ) -> Result<(), StoreError> {
        let write = self.write()?;
        let (start, end) = planned(&write, id)?;
        let ends_at = end.map(|end| starts_at + (end - start));
        write.execute(
            "UPDATE appointment SET starts_at = ?2, ends_at = ?3 WHERE id = ?1",
            params![id.0, wall(starts_at), ends_at.map(wall)],
        )?;
        changed(&write, id, "starts_at", &start.to_string(), &starts_at.to_string(), actor)?;
        if let Some((before, after)) = end.zip(ends_at) {
            changed(&write, id, "ends_at", &before.to_string(), &after.to_string(), actor)?;
        }
        collection::request(&write)?;
        Ok(write.commit()?)
    }

    /// Cancels a planned appointment; its reason to exist returns to the collector.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when it is no longer planned; else why it could not be saved.
    pub fn cancel_appointment(&mut self, id: AppointmentId, actor: Actor) -> Result<(), StoreError> {
        let write = self.write()?;
        planned(&write, id)?;
        write.execute("UPDATE appointment SET status = 'cancelled' WHERE id = ?1", [id.0])?;
        let (before, after) = (AppointmentStatus::Planned.as_str(), AppointmentStatus::Cancelled.as_str());
        changed(&write, id, "status", before, after, actor)?;
        collection::request(&write)?;
        Ok(write.commit()?)
    }
}

/// Beginning and end of an appointment that is still planned.
fn planned(
    connection: &Connection,
    id: AppointmentId,
) -> Result<(NaiveDateTime, Option<NaiveDateTime>), StoreError> {
    let sql = "SELECT starts_at, ends_at FROM appointment WHERE id = ?1 AND status = 'planned' AND starts_at IS NOT NULL";
    let found = connection.prepare_cached(sql)?.query_row([id.0], |row| Ok((row.get(0)?, row.get(1)?)));
    found.optional()?.ok_or_else(|| StoreError::Missing { noun: "planned appointment", name: id.to_string() })
}

/// A line of history of one field.
pub(super) fn changed(
    connection: &Connection,
    id: AppointmentId,
    field: &str,
    before: &str,
    after: &str,
    actor: Actor,
) -> Result<(), StoreError> {
    let line = Change {
        noun: "appointment",
        id: id.0,
        action: "changed",
        field: Some(field),
        before: Some(before),
        after: Some(after),
    };
    record(connection, actor, &line)
}
