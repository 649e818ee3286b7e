//! Everything the desk shows beside the list: the task, its customer and its vehicle.

use chrono::NaiveDate;
use rusqlite::{OptionalExtension, Row};

use super::task_list::TaskRow;
use super::{Store, StoreError, facts};
use crate::domain::amount::CostPerKm;
use crate::domain::customer::{ContactPerson, Customer};
use crate::domain::ids::{CustomerId, TaskId, VehicleId};
use crate::domain::language::Language;
use crate::domain::vehicle::Vehicle;

/// A task with what belongs to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskDetail {
    /// The task.
    pub row: TaskRow,
    /// Its customer.
    pub customer: Option<Customer>,
    /// The first contact person of a company.
    pub contact_person: Option<ContactPerson>,
    /// Its vehicle.
    pub vehicle: Option<Vehicle>,
    /// The name of the vehicle's present owner.
    pub owner: Option<String>,
    /// The vehicle's last visit, today included.
    pub last_visit_on: Option<NaiveDate>,
    /// The latest reading of the odometer: kilometres, and when it was read.
    pub odometer: Option<(i64, NaiveDate)>,
}

const CUSTOMER: &str =
    "SELECT code, kind, salutation, first_name, name, company, street, postcode, city, country, phone,
        mobile, email, language, tax_id, coc_id, contact_allowed, notes FROM customer WHERE id = ?1";

const VEHICLE: &str = "SELECT plate, vin, make, model, variant, first_registered_on, registered_on, inspection_expires_on,
        warranty_until, roadside_cover_until, roadside_provider, next_service_on, timing_belt_on, service_interval_on,
        repair_advice_on, repair_advice, cost_per_km FROM vehicle WHERE id = ?1";

fn customer(row: &Row<'_>) -> Result<Customer, StoreError> {
    let kind: String = row.get(1)?;
    let language: Option<String> = row.get(13)?;
    Ok(Customer {
        code: row.get(0)?,
        kind: kind.parse().map_err(StoreError::Strange)?,
        salutation: row.get(2)?,
        first_name: row.get(3)?,
        name: row.get(4)?,
        company: row.get(5)?,
        street: row.get(6)?,
        postcode: row.get(7)?,
        city: row.get(8)?,
        country: row.get(9)?,
        phone: row.get(10)?,
        mobile: row.get(11)?,
        email: row.get(12)?,
        language: language.map(|code| code.parse()).transpose().map_err(StoreError::Strange)?,
        tax_id: row.get(14)?,
        coc_id: row.get(15)?,
        contact_allowed: row.get(16)?,
        notes: row.get(17)?,
    })
}

fn vehicle(row: &Row<'_>) -> Result<Vehicle, StoreError> {
    Ok(Vehicle {
        plate: facts::plate(row.get_ref(0)?.as_str().unwrap_or_default())?,
        vin: row.get(1)?,
        make: row.get(2)?,
        model: row.get(3)?,
        variant: row.get(4)?,
        first_registered_on: row.get(5)?,
        registered_on: row.get(6)?,
        inspection_expires_on: row.get(7)?,
        warranty_until: row.get(8)?,
        roadside_cover_until: row.get(9)?,
        roadside_provider: row.get(10)?,
        next_service_on: row.get(11)?,
        timing_belt_on: row.get(12)?,
        service_interval_on: row.get(13)?,
        repair_advice_on: row.get(14)?,
        repair_advice: row.get(15)?,
        cost_per_km: row.get::<_, Option<i64>>(16)?.map(CostPerKm),
    })
}

impl Store {
    /// A task with everything the desk shows beside the list; `None` when there is no such task.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn task_detail(
        &self,
        id: TaskId,
        language: Language,
        today: NaiveDate,
    ) -> Result<Option<TaskDetail>, StoreError> {
        let Some(row) = self.task_row(id, today, language)? else {
            return Ok(None);
        };
        let mut detail = TaskDetail {
            customer: row.customer.map(|id| self.customer(id)).transpose()?.flatten(),
            contact_person: row.customer.map(|id| self.first_contact_person(id)).transpose()?.flatten(),
            vehicle: row.vehicle.map(|id| self.vehicle(id)).transpose()?.flatten(),
            owner: None,
            last_visit_on: None,
            odometer: None,
            row,
        };
        if let Some(vehicle) = detail.row.vehicle {
            let owner = facts::owner(&self.connection, vehicle, today)?;
            let owner = owner.map(|id| self.customer(id)).transpose()?.flatten();
            detail.owner = owner.map(|owner| owner.display_name());
            let sql = "SELECT max(visited_on) FROM visit WHERE vehicle_id = ?1 AND visited_on <= ?2";
            detail.last_visit_on =
                self.connection.prepare_cached(sql)?.query_row((vehicle.0, today), |row| row.get(0))?;
            let sql = "SELECT km, read_on FROM odometer_reading WHERE vehicle_id = ?1 AND read_on <= ?2
                        ORDER BY read_on DESC, km DESC LIMIT 1";
            let reading = self
                .connection
                .prepare_cached(sql)?
                .query_row((vehicle.0, today), |row| Ok((row.get(0)?, row.get(1)?)));
            detail.odometer = reading.optional()?;
        }
        Ok(Some(detail))
    }

    /// A customer.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn customer(&self, id: CustomerId) -> Result<Option<Customer>, StoreError> {
        let mut statement = self.connection.prepare_cached(CUSTOMER)?;
        let mut rows = statement.query([id.0])?;
        rows.next()?.map(customer).transpose()
    }

    /// A vehicle.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn vehicle(&self, id: VehicleId) -> Result<Option<Vehicle>, StoreError> {
        let mut statement = self.connection.prepare_cached(VEHICLE)?;
        let mut rows = statement.query([id.0])?;
        rows.next()?.map(vehicle).transpose()
    }

    fn first_contact_person(&self, customer: CustomerId) -> Result<Option<ContactPerson>, StoreError> {
        let sql = "SELECT salutation, first_name, name, function, phone, mobile, email FROM contact_person
                    WHERE customer_id = ?1 AND active = 1 ORDER BY id LIMIT 1";
        let person = self.connection.prepare_cached(sql)?.query_row([customer.0], |row| {
            Ok(ContactPerson {
                salutation: row.get(0)?,
                first_name: row.get(1)?,
                name: row.get(2)?,
                function: row.get(3)?,
                phone: row.get(4)?,
                mobile: row.get(5)?,
                email: row.get(6)?,
            })
        });
        Ok(person.optional()?)
    }
}
