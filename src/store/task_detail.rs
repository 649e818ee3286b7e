//! Everything the desk shows beside the list: the task, its customer and its vehicle.

use chrono::NaiveDate;
use rusqlite::OptionalExtension;

use super::task_list::TaskRow;
use super::{Store, StoreError, facts};
use crate::domain::customer::{ContactPerson, Customer};
use crate::domain::edit::Link;
use crate::domain::ids::{CustomerId, TaskId};
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
    /// The vehicle's first planned appointment from today on.
    pub appointment_on: Option<NaiveDate>,
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
        self.task_detail_with(id, Link::Keep, language, today)
    }

    /// As [`Store::task_detail`], with the customer who is staged in place of the one who is stored.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn task_detail_with(
        &self,
        id: TaskId,
        staged: Link<CustomerId>,
        language: Language,
        today: NaiveDate,
    ) -> Result<Option<TaskDetail>, StoreError> {
        let Some(mut row) = self.task_row(id, today, language)? else {
            return Ok(None);
        };
        if staged != Link::Keep {
            row.customer = staged.applied(row.customer);
            let customer = row.customer.map(|id| self.customer(id)).transpose()?.flatten();
            row.customer_name = customer.as_ref().map(Customer::display_name);
            row.customer_code = customer.map(|customer| customer.code);
        }
        let mut detail = TaskDetail {
            customer: row.customer.map(|id| self.customer(id)).transpose()?.flatten(),
            contact_person: row.customer.map(|id| self.first_contact_person(id)).transpose()?.flatten(),
            vehicle: row.vehicle.map(|id| self.vehicle(id)).transpose()?.flatten(),
            owner: None,
            last_visit_on: None,
            odometer: None,
            appointment_on: None,
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
            let sql = "SELECT min(substr(starts_at, 1, 10)) FROM appointment
                        WHERE vehicle_id = ?1 AND status = 'planned' AND starts_at >= ?2";
            detail.appointment_on =
                self.connection.prepare_cached(sql)?.query_row((vehicle.0, today), |row| row.get(0))?;
        }
        Ok(Some(detail))
    }

    pub(super) fn first_contact_person(
        &self,
        customer: CustomerId,
    ) -> Result<Option<ContactPerson>, StoreError> {
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
