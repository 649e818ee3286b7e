//! Vehicles as the desk changes them: a new one by its plate, its dates, its owner.

use chrono::NaiveDate;
use rusqlite::{OptionalExtension, params};

use super::changes::{self, Cells, text};
use super::customer_edit::TOUCHED;
use super::history::{Actor, Change, record};
use super::noun::{Cell, Short};
use super::{Store, StoreError, collection, search, vehicle};
use crate::domain::ids::{CustomerId, VehicleId};
use crate::domain::plate::Plate;
use crate::domain::vehicle::Vehicle;

/// The vehicle's values in the order of `vehicles.csv`.
fn cells(vehicle: &Vehicle) -> Cells<'_> {
    let date = |date: Option<NaiveDate>| date.map_or(Cell::Unknown, |date| Cell::Short(Short::date(date)));
    vec![
        Cell::Text(vehicle.plate.as_str().into()),
        text(&vehicle.vin),
        text(&vehicle.make),
        text(&vehicle.model),
        text(&vehicle.variant),
        date(vehicle.first_registered_on),
        date(vehicle.registered_on),
        date(vehicle.inspection_expires_on),
        date(vehicle.warranty_until),
        date(vehicle.roadside_cover_until),
        text(&vehicle.roadside_provider),
        date(vehicle.next_service_on),
        date(vehicle.timing_belt_on),
        date(vehicle.service_interval_on),
        date(vehicle.repair_advice_on),
        text(&vehicle.repair_advice),
        vehicle.cost_per_km.map_or(Cell::Unknown, |cost| Cell::Whole(cost.0)),
    ]
}

impl Store {
    /// The vehicle with a plate, made when there was none; `true`: it is new. A plate of no known
    /// form is allowed (facts A.11): the page warns, the store does not refuse.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be saved.
    pub fn add_vehicle(&mut self, plate: &Plate, actor: Actor) -> Result<(VehicleId, bool), StoreError> {
        let write = self.write()?;
        let there: Option<i64> = write
            .query_row("SELECT id FROM vehicle WHERE plate = ?1", [plate.as_str()], |row| row.get(0))
            .optional()?;
        if let Some(id) = there {
            return Ok((VehicleId(id), false));
        }
        let vehicle = Vehicle::with_plate(plate.clone());
        let id = changes::add(&write, &vehicle::NOUN, None, &cells(&vehicle), actor)?;
        search::index(&write, TOUCHED)?;
        collection::request(&write)?;
        write.commit()?;
        Ok((VehicleId(id), true))
    }

    /// Writes what a person changed in a vehicle, as [`Store::change_customer`].
    ///
    /// # Errors
    /// [`StoreError::Missing`] when there is no such vehicle; else why it could not be saved.
    pub fn change_vehicle(
        &mut self,
        id: VehicleId,
        before: &Vehicle,
        after: &Vehicle,
        actor: Actor,
    ) -> Result<usize, StoreError> {
        let write = self.write()?;
        let changed = changes::write(&write, &vehicle::NOUN, id.0, &cells(before), &cells(after), actor)?;
        if changed > 0 {
            collection::request(&write)?;
            write.commit()?;
        }
        Ok(changed)
    }

    /// A customer owns the vehicle from a day on; whoever owned it until then no longer does.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be saved.
    pub fn link_owner(
        &mut self,
        vehicle: VehicleId,
        customer: CustomerId,
        from: NaiveDate,
        actor: Actor,
    ) -> Result<(), StoreError> {
        let write = self.write()?;
        let day = from.to_string();
        let mut others = write.prepare_cached(
            "SELECT id, until_on FROM ownership WHERE vehicle_id = ?1 AND customer_id <> ?2
                AND (until_on IS NULL OR until_on > ?3) AND from_on <= ?3",
        )?;
        let ended = others
            .query_map(params![vehicle.0, customer.0, day], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<Result<Vec<(i64, Option<String>)>, _>>()?;
        drop(others);
        for (id, until) in ended {
            write.execute("UPDATE ownership SET until_on = ?2 WHERE id = ?1", params![id, day])?;
            let change = Change {
                noun: "ownership",
                id,
                action: "changed",
                field: Some("until_on"),
                before: until.as_deref(),
                after: Some(&day),
            };
            record(&write, actor, &change)?;
        }
        let lasting: Option<i64> = write
            .query_row(
                "SELECT id FROM ownership WHERE vehicle_id = ?1 AND customer_id = ?2 AND from_on <= ?3
                    AND (until_on IS NULL OR until_on > ?3)",
                params![vehicle.0, customer.0, day],
                |row| row.get(0),
            )
            .optional()?;
        if lasting.is_none() {
            write.execute(
                "INSERT INTO ownership (vehicle_id, customer_id, from_on) VALUES (?1, ?2, ?3)
                 ON CONFLICT (vehicle_id, from_on, customer_id) DO UPDATE SET until_on = NULL",
                params![vehicle.0, customer.0, day],
            )?;
            let sql = "SELECT id FROM ownership WHERE vehicle_id = ?1 AND customer_id = ?2 AND from_on = ?3";
            let id = write.query_row(sql, params![vehicle.0, customer.0, day], |row| row.get(0))?;
            record(&write, actor, &Change { noun: "ownership", id, action: "made", ..Change::default() })?;
        }
        search::index(&write, TOUCHED)?;
        collection::request(&write)?;
        Ok(write.commit()?)
    }
}
