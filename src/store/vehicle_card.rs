//! Everything the desk shows of one vehicle (CSS-14: its origin): dates and where each comes from,
//! odometer, owners, inspections, tasks.

use chrono::{DateTime, NaiveDate, Utc};
use rusqlite::{OptionalExtension, params};

use super::customer_card::{Section, TaskLine, task};
use super::{Store, StoreError, facts};
use crate::domain::customer::display_name;
use crate::domain::ids::{CustomerId, VehicleId};
use crate::domain::vehicle::Vehicle;
use crate::rules::odometer::Reading;

/// A vehicle with all that belongs to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VehicleCard {
    /// Which.
    pub id: VehicleId,
    /// What the shop knows.
    pub vehicle: Vehicle,
    /// Its last visit, today included.
    pub last_visit_on: Option<NaiveDate>,
    /// Readings of the odometer, the newest first.
    pub readings: Section<Reading>,
    /// Its present owner.
    pub owner: Option<CustomerId>,
    /// Who owns and owned it, the newest first.
    pub owners: Section<OwnerLine>,
    /// Inspections, the newest first.
    pub inspections: Section<InspectionLine>,
    /// Its open tasks, the most urgent first.
    pub tasks: Section<TaskLine>,
    /// What the vehicle register says.
    pub register: Option<RegisterLine>,
    /// Where each known value comes from, by its column in `vehicles.csv`.
    pub origins: Vec<Origin>,
}

/// An owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnerLine {
    /// Who.
    pub customer: CustomerId,
    /// The name on the desk.
    pub name: String,
    /// From this day on.
    pub from_on: Option<NaiveDate>,
    /// The first day on which it was no longer so.
    pub until_on: Option<NaiveDate>,
}

/// An inspection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InspectionLine {
    /// The day.
    pub on: NaiveDate,
    /// `pass` or `fail`.
    pub result: Option<String>,
    /// Advice codes, with a blank between.
    pub advice: String,
}

/// What the vehicle register says, and when it was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisterLine {
    /// The inspection expires on.
    pub inspection_expires_on: Option<NaiveDate>,
    /// Registered to the present holder on.
    pub registered_on: Option<NaiveDate>,
    /// When this was fetched, in UTC.
    pub fetched_at: DateTime<Utc>,
}

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The column in `vehicles.csv`; empty: the vehicle as a whole.
    pub field: String,
    /// `import`, `desk`, `command` or `register`.
    pub source: String,
    /// The file, or the employee.
    pub name: Option<String>,
    /// When, in UTC.
    pub at: Option<DateTime<Utc>>,
}

impl Store {
    /// A vehicle with all that belongs to it; `None` when there is no such vehicle.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn vehicle_card(&self, id: VehicleId, today: NaiveDate) -> Result<Option<VehicleCard>, StoreError> {
        let Some(vehicle) = self.vehicle(id)? else { return Ok(None) };
        let mut readings = self.readings(id)?;
        let count = readings.len();
        readings.truncate(20);
        Ok(Some(VehicleCard {
            id,
            vehicle,
            last_visit_on: self
                .connection
                .prepare_cached("SELECT max(visited_on) FROM visit WHERE vehicle_id = ?1 AND visited_on <= ?2")?
                .query_row(params![id.0, today], |row| row.get(0))?,
            readings: Section { lines: readings, count },
            owner: facts::owner(&self.connection, id, today)?,
            owners: self.section(
                "SELECT count(*) OVER (), c.id, c.first_name, c.name, c.company, c.code, o.from_on, o.until_on
                   FROM ownership o JOIN customer c ON c.id = o.customer_id
                  WHERE o.vehicle_id = :id ORDER BY o.from_on DESC, o.customer_id DESC LIMIT :shown",
                id.0,
                |row| {
                    let name = display_name(&row.get(2)?, &row.get(3)?, &row.get(4)?);
                    Ok(OwnerLine {
                        customer: CustomerId(row.get(1)?),
                        name: name.map_or_else(|| row.get(5), Ok)?,
                        from_on: row.get(6)?,
                        until_on: row.get(7)?,
                    })
                },
            )?,
            inspections: self.section(
                "SELECT count(*) OVER (), inspected_on, result, advice FROM inspection WHERE vehicle_id = :id
                  ORDER BY inspected_on DESC LIMIT :shown",
                id.0,
                |row| Ok(InspectionLine { on: row.get(1)?, result: row.get(2)?, advice: row.get(3)? }),
            )?,
            tasks: self.section(
                "SELECT count(*) OVER (), id, rule, execute_on, plate FROM task
                  WHERE vehicle_id = :id AND state = 'open' ORDER BY execute_on, id LIMIT :shown",
                id.0,
                task,
            )?,
            register: self.register(id)?,
            origins: self.origins(id)?,
        }))
    }

    fn register(&self, id: VehicleId) -> Result<Option<RegisterLine>, StoreError> {
        let mut find = self.connection.prepare_cached(
            "SELECT inspection_expires_on, registered_on, fetched_at FROM register_record WHERE vehicle_id = ?1",
        )?;
        let line = find.query_row([id.0], |row| {
            Ok(RegisterLine {
                inspection_expires_on: row.get(0)?,
                registered_on: row.get(1)?,
                fetched_at: row.get(2)?,
            })
        });
        Ok(line.optional()?)
    }

    /// The vehicle as a whole first: the file that brought it, or who typed it; then each field that was
    /// changed since, by its last change.
    fn origins(&self, id: VehicleId) -> Result<Vec<Origin>, StoreError> {
        let mut find = self.connection.prepare_cached(
            "SELECT '', CASE WHEN v.import_id IS NULL THEN 'desk' ELSE 'import' END, i.file, i.imported_at
               FROM vehicle v LEFT JOIN import i ON i.id = v.import_id WHERE v.id = ?1
             UNION ALL
             SELECT coalesce(h.field, ''), h.origin, coalesce(i.file, e.name, e.code), h.at FROM history h
               LEFT JOIN import i ON i.id = h.import_id LEFT JOIN employee e ON e.id = h.employee_id
              WHERE h.noun = 'vehicle' AND h.noun_id = ?1 AND h.id IN
                    (SELECT max(id) FROM history WHERE noun = 'vehicle' AND noun_id = ?1 GROUP BY coalesce(field, ''))",
        )?;
        let origins = find.query_map([id.0], |row| {
            Ok(Origin { field: row.get(0)?, source: row.get(1)?, name: row.get(2)?, at: row.get(3)? })
        })?;
        let mut origins = origins.collect::<Result<Vec<_>, _>>()?;
        // What was typed has its own line, with who and when.
        if origins.iter().filter(|origin| origin.field.is_empty()).count() > 1 {
            origins.remove(0);
        }
        Ok(origins)
    }
}
