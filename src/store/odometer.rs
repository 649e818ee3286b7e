//! What is kept at once, whatever way out of a task is taken: readings of the odometer taken at the
//! desk, and what a kilometre costs (CSS-13).

use chrono::NaiveDate;
use rusqlite::{Connection, OptionalExtension, params};

use super::history::{Actor, Change, record};
use super::{Store, StoreError};
use crate::domain::amount::CostPerKm;
use crate::domain::ids::VehicleId;
use crate::rules::odometer::{Doubt, Reading, doubt_between};

/// What came of a reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// It is kept.
    Kept,
    /// It does not fit another reading: nothing is kept until a person is sure.
    Doubted(Doubt),
}

/// The reading next to a day, on one side of it; a second one of the same day counts as before.
fn neighbour(
    connection: &Connection,
    vehicle: VehicleId,
    on: NaiveDate,
    side: &str,
) -> Result<Option<Reading>, StoreError> {
    let sql =
        format!("SELECT read_on, km FROM odometer_reading WHERE vehicle_id = ?1 AND read_on {side} LIMIT 1");
    let reading = connection
        .prepare_cached(&sql)?
        .query_row(params![vehicle.0, on], |row| Ok(Reading { on: row.get(0)?, km: row.get(1)? }));
    Ok(reading.optional()?)
}

impl Store {
    /// All readings of a vehicle's odometer, the newest first, visits included.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn readings(&self, vehicle: VehicleId) -> Result<Vec<Reading>, StoreError> {
        let sql =
            "SELECT read_on, km FROM odometer_reading WHERE vehicle_id = ?1 ORDER BY read_on DESC, km DESC";
        let mut statement = self.connection.prepare_cached(sql)?;
        let readings =
            statement.query_map([vehicle.0], |row| Ok(Reading { on: row.get(0)?, km: row.get(1)? }))?;
        Ok(readings.collect::<Result<_, _>>()?)
    }

    /// Keeps a reading of a vehicle's odometer, at once. One that falls below an earlier reading, or
    /// is more than 200,000 km a year away from one, is kept only when a person is `sure`.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be saved.
    pub fn take_reading(
        &mut self,
        vehicle: VehicleId,
        reading: Reading,
        sure: bool,
        actor: Actor,
    ) -> Result<Taken, StoreError> {
        let write = self.write()?;
        if !sure {
            for side in ["<= ?2 ORDER BY read_on DESC, km DESC", "> ?2 ORDER BY read_on, km"] {
                let other = neighbour(&write, vehicle, reading.on, side)?;
                if let Some(doubt) = other.and_then(|other| doubt_between(reading, other)) {
                    return Ok(Taken::Doubted(doubt));
                }
            }
        }
        let before = neighbour(&write, vehicle, reading.on, "<= ?2 ORDER BY read_on DESC, km DESC")?;
        write
            .prepare_cached(
                "INSERT INTO odometer (vehicle_id, read_on, km, employee_id) VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute(params![vehicle.0, reading.on, reading.km, actor.employee().map(|id| id.0)])?;
        let before = before.map(|reading| reading.km.to_string());
        let after = reading.km.to_string();
        let change = Change {
            noun: "vehicle",
            id: vehicle.0,
            action: "changed",
            field: Some("odometer_km"),
            before: before.as_deref(),
            after: Some(&after),
        };
        record(&write, actor, &change)?;
        write.commit()?;
        Ok(Taken::Kept)
    }

    /// Sets what a kilometre of a vehicle costs, at once; `None` is unknown.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when there is no such vehicle; else why it could not be saved.
    pub fn set_cost_per_km(
        &mut self,
        vehicle: VehicleId,
        cost: Option<CostPerKm>,
        actor: Actor,
    ) -> Result<(), StoreError> {
        let write = self.write()?;
        let before: Option<Option<i64>> = write
            .query_row("SELECT cost_per_km FROM vehicle WHERE id = ?1", [vehicle.0], |row| row.get(0))
            .optional()?;
        let before =
            before.ok_or_else(|| StoreError::Missing { noun: "vehicle", name: vehicle.to_string() })?;
        let before = before.map(CostPerKm);
        if before == cost {
            return Ok(());
        }
        write.execute(
            "UPDATE vehicle SET cost_per_km = ?2 WHERE id = ?1",
            params![vehicle.0, cost.map(|cost| cost.0)],
        )?;
        let (before, after) = (before.map(|cost| cost.to_string()), cost.map(|cost| cost.to_string()));
        let change = Change {
            noun: "vehicle",
            id: vehicle.0,
            action: "changed",
            field: Some("cost_per_km"),
            before: before.as_deref(),
            after: after.as_deref(),
        };
        record(&write, actor, &change)?;
        Ok(write.commit()?)
    }
}
