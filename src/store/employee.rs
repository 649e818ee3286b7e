//! Employees: to whom tasks are assigned.

use rusqlite::OptionalExtension;

use super::noun::{Column, Kind, Need, Noun};
use super::{Store, StoreError};
use crate::domain::employee::{Employee, Role};
use crate::domain::ids::EmployeeId;

/// `employees.csv`.
pub(super) const NOUN: Noun = Noun {
    file: "employees.csv",
    table: "employee",
    columns: &[
        Column::key("code", "code", Kind::Code),
        Column::plain("name", Kind::Text),
        Column::or("role", Kind::Word(|text| text.parse().map(Role::as_str)), Need::Or("reception")),
        Column::or("active", Kind::YesNo, Need::OrNumber(1)),
    ],
    in_order: None,
};

impl Store {
    /// All employees by code, those who left included.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn employees(&self) -> Result<Vec<(EmployeeId, Employee)>, StoreError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT id, code, name, role, active FROM employee ORDER BY code")?;
        let mut rows = statement.query([])?;
        let mut employees = Vec::new();
        while let Some(row) = rows.next()? {
            let role = row.get_ref(3)?.as_str().unwrap_or_default().parse().map_err(StoreError::Strange)?;
            let employee = Employee { code: row.get(1)?, name: row.get(2)?, role, active: row.get(4)? };
            employees.push((EmployeeId(row.get(0)?), employee));
        }
        Ok(employees)
    }

    /// The employee with a code.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn employee_by_code(&self, code: &str) -> Result<Option<EmployeeId>, StoreError> {
        let mut statement = self.connection.prepare_cached("SELECT id FROM employee WHERE code = ?1")?;
        Ok(statement.query_row([code], |row| row.get(0)).optional()?.map(EmployeeId))
    }
}
