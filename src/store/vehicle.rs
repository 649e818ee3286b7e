//! Vehicles.

use rusqlite::{OptionalExtension, Row};

use super::facts::plate;
use super::noun::{Column, Kind, Noun};
use super::{Store, StoreError};
use crate::domain::amount::CostPerKm;
use crate::domain::ids::VehicleId;
use crate::domain::plate::Plate;
use crate::domain::vehicle::Vehicle;

/// `vehicles.csv`.
pub(super) const NOUN: Noun = Noun {
    file: "vehicles.csv",
    table: "vehicle",
    columns: &[
        Column::key("plate", "plate", Kind::Plate),
        Column::plain("vin", Kind::Text),
        Column::plain("make", Kind::Text),
        Column::plain("model", Kind::Text),
        Column::plain("variant", Kind::Text),
        Column::plain("first_registered_on", Kind::Date),
        Column::plain("registered_on", Kind::Date),
        Column::plain("inspection_expires_on", Kind::Date),
        Column::plain("warranty_until", Kind::Date),
        Column::plain("roadside_cover_until", Kind::Date),
        Column::plain("roadside_provider", Kind::Text),
        Column::plain("next_service_on", Kind::Date),
        Column::plain("timing_belt_on", Kind::Date),
        Column::plain("service_interval_on", Kind::Date),
        Column::plain("repair_advice_on", Kind::Date),
        Column::plain("repair_advice", Kind::Text),
        Column::plain("cost_per_km", Kind::CostPerKm),
    ],
    in_order: None,
};

const COLUMNS: &str = "id, plate, vin, make, model, variant, first_registered_on, registered_on,
    inspection_expires_on, warranty_until, roadside_cover_until, roadside_provider, next_service_on,
    timing_belt_on, service_interval_on, repair_advice_on, repair_advice, cost_per_km";

impl Store {
    /// One vehicle.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn vehicle(&self, id: VehicleId) -> Result<Option<Vehicle>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM vehicle WHERE id = ?1");
        let mut statement = self.connection.prepare_cached(&sql)?;
        let row = statement.query_row([id.0], |row| Ok(read(row))).optional()?;
        row.transpose().map(|found| found.map(|(_, vehicle)| vehicle))
    }

    /// The vehicle with a plate.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn vehicle_by_plate(&self, plate: &Plate) -> Result<Option<(VehicleId, Vehicle)>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM vehicle WHERE plate = ?1");
        let mut statement = self.connection.prepare_cached(&sql)?;
        statement.query_row([plate.as_str()], |row| Ok(read(row))).optional()?.transpose()
    }
}

fn read(row: &Row<'_>) -> Result<(VehicleId, Vehicle), StoreError> {
    let vehicle = Vehicle {
        plate: plate(row.get_ref(1)?.as_str().unwrap_or_default())?,
        vin: row.get(2)?,
        make: row.get(3)?,
        model: row.get(4)?,
        variant: row.get(5)?,
        first_registered_on: row.get(6)?,
        registered_on: row.get(7)?,
        inspection_expires_on: row.get(8)?,
        warranty_until: row.get(9)?,
        roadside_cover_until: row.get(10)?,
        roadside_provider: row.get(11)?,
        next_service_on: row.get(12)?,
        timing_belt_on: row.get(13)?,
        service_interval_on: row.get(14)?,
        repair_advice_on: row.get(15)?,
        repair_advice: row.get(16)?,
        cost_per_km: row.get::<_, Option<i64>>(17)?.map(CostPerKm),
    };
    Ok((VehicleId(row.get(0)?), vehicle))
}
