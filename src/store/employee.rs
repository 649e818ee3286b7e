//! Employees: to whom tasks are assigned, and who may do what (APP-10).

use rusqlite::{Connection, OptionalExtension, Row};

use super::changes::{self, Cells, text};
use super::history::Actor;
use super::noun::{Cell, Column, Kind, Need, Noun};
use super::{Store, StoreError, collection, sign_in};
use crate::domain::employee::{Employee, Role};
use crate::domain::ids::EmployeeId;
use crate::domain::language::Language;

/// `employees.csv`.
pub(super) const NOUN: Noun = Noun {
    file: "employees.csv",
    table: "employee",
    columns: &[
        Column::key("code", "code", Kind::Code),
        Column::plain("name", Kind::Text),
        Column::or(
            "role",
            Kind::Word(|text| text.parse().ok().map(Role::as_str), Role::WRITTEN),
            Need::Or("reception"),
        ),
        Column::or("active", Kind::YesNo, Need::OrNumber(1)),
    ],
    in_order: None,
};

/// An employee with what the desk must know: a PIN or none, the language of the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Staff {
    /// The employee's number.
    pub id: EmployeeId,
    /// Code, name, role, and whether they still work here.
    pub employee: Employee,
    /// A PIN was chosen.
    pub has_pin: bool,
    /// The language they chose; none: the shop's.
    pub language: Option<Language>,
}

impl Staff {
    /// The name on the screen.
    pub fn name(&self) -> &str {
        self.employee.name.as_deref().unwrap_or(&self.employee.code)
    }
}

/// What became of a change to an employee.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Staffed {
    /// It is saved.
    Saved(EmployeeId),
    /// Nobody could turn to the settings any more: this is the last manager with a PIN.
    LastManager,
    /// Another employee has this code.
    CodeTaken,
}

const STAFF: &str = "SELECT id, code, name, role, active, pin_hash IS NOT NULL, language FROM employee";

fn staff(row: &Row<'_>) -> Result<Staff, StoreError> {
    let language: Option<String> = row.get(6)?;
    Ok(Staff {
        id: EmployeeId(row.get(0)?),
        employee: Employee {
            code: row.get(1)?,
            name: row.get(2)?,
            role: row.get_ref(3)?.as_str().unwrap_or_default().parse().map_err(StoreError::Strange)?,
            active: row.get(4)?,
        },
        has_pin: row.get(5)?,
        // A language that this version does not know is the shop's.
        language: language.and_then(|code| code.parse().ok()),
    })
}

/// One employee, within a transaction.
pub(super) fn find(connection: &Connection, id: EmployeeId) -> Result<Staff, StoreError> {
    let mut statement = connection.prepare_cached(&format!("{STAFF} WHERE id = ?1"))?;
    let mut rows = statement.query([id.0])?;
    match rows.next()? {
        Some(row) => staff(row),
        None => Err(StoreError::Missing { noun: "employee", name: id.to_string() }),
    }
}

/// The employee's values in the order of `employees.csv`.
fn cells(employee: &Employee) -> Cells<'_> {
    vec![
        Cell::Text(employee.code.as_str().into()),
        text(&employee.name),
        Cell::Text(employee.role.as_str().into()),
        Cell::Whole(employee.active.into()),
    ]
}

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

    /// All employees, those who left included: managers and receptionists by name.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn staff(&self) -> Result<Vec<Staff>, StoreError> {
        let sql = format!("{STAFF} ORDER BY active DESC, coalesce(name, code) COLLATE NOCASE, id");
        let mut statement = self.connection.prepare_cached(&sql)?;
        let mut rows = statement.query([])?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            all.push(staff(row)?);
        }
        Ok(all)
    }

    /// Adds an employee. Without a code they get one made of the name. A new one has no PIN yet.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be saved.
    pub fn add_employee(&mut self, employee: &Employee, actor: Actor) -> Result<Staffed, StoreError> {
        let write = self.write()?;
        let mut employee = employee.clone();
        let taken = |code: &str| -> Result<bool, StoreError> {
            let mut find = write.prepare_cached("SELECT 1 FROM employee WHERE code = ?1 COLLATE NOCASE")?;
            Ok(find.exists([code])?)
        };
        if employee.code.trim().is_empty() {
            employee.code = free_code(employee.name.as_deref().unwrap_or_default(), taken)?;
        } else if taken(&employee.code)? {
            return Ok(Staffed::CodeTaken);
        }
        let id = changes::add(&write, &NOUN, None, &cells(&employee), actor)?;
        write.commit()?;
        Ok(Staffed::Saved(EmployeeId(id)))
    }

    /// Changes name, role, and whether an employee still works here, field by field with history. Who
    /// left keeps their PIN and cannot sign in; tasks that rules gave them go back to nobody with the
    /// next collection, which is asked for.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when there is no such employee, others when it cannot be saved.
    pub fn change_employee(
        &mut self,
        id: EmployeeId,
        after: &Employee,
        actor: Actor,
    ) -> Result<Staffed, StoreError> {
        let write = self.write()?;
        let before = find(&write, id)?;
        let manages = |one: &Employee| one.active && one.role == Role::Manager;
        if manages(&before.employee) && !manages(after) && sign_in::is_last_manager(&write, &before)? {
            return Ok(Staffed::LastManager);
        }
        let changed = changes::write(&write, &NOUN, id.0, &cells(&before.employee), &cells(after), actor)?;
        if changed > 0 && before.employee.active != after.active {
            collection::request(&write)?;
        }
        write.commit()?;
        Ok(Staffed::Saved(id))
    }

    /// The language of the screen while this employee is signed in (NEW-05).
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be saved.
    pub fn set_employee_language(&mut self, id: EmployeeId, language: Language) -> Result<(), StoreError> {
        let write = self.write()?;
        write.execute("UPDATE employee SET language = ?2 WHERE id = ?1", (id.0, language.code()))?;
        Ok(write.commit()?)
    }
}

/// Three letters of the name, with a number behind them when they are taken.
fn free_code(name: &str, taken: impl Fn(&str) -> Result<bool, StoreError>) -> Result<String, StoreError> {
    let letters: String = name.chars().filter(|letter| letter.is_alphabetic()).take(3).collect();
    let base = if letters.is_empty() { "M".to_owned() } else { letters.to_uppercase() };
    let mut code = base.clone();
    let mut number = 1;
    while taken(&code)? {
        number += 1;
        code = format!("{base}{number}");
    }
    Ok(code)
}
