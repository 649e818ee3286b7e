//! Signing in with a PIN (APP-10). A PIN is kept as an argon2id hash; each try is counted before it
//! is looked at, so that neither a pulled plug nor a restart makes guessing cheaper.

use std::time::Duration;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use chrono::{DateTime, Utc};
use rusqlite::{Connection, params};

use super::employee::{Staff, Staffed, find};
use super::history::{Actor, Change, Origin, instant, record};
use super::{Store, StoreError};
use crate::domain::employee::Role;
use crate::domain::ids::EmployeeId;
use crate::domain::pin::{Pin, wait_after, wait_left};

/// Memory of one hash in KiB: 19 MiB, which a Raspberry Pi has to spare for a moment.
const MEMORY_KIB: u32 = 19 * 1024;
/// Passes over it: a tenth of a second or two on a Raspberry Pi.
const PASSES: u32 = 2;

/// What came of a try to sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignIn {
    /// It is them.
    Done(Box<Staff>),
    /// Not this PIN; the next one is looked at after so long.
    Wrong(Duration),
    /// It was not looked at: so long one has to wait first.
    Wait(Duration),
    /// Who left, or has no PIN, cannot sign in.
    Barred,
}

fn argon2() -> Result<Argon2<'static>, StoreError> {
    let params = Params::new(MEMORY_KIB, PASSES, 1, None).map_err(strange)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn strange(error: impl std::fmt::Display) -> StoreError {
    StoreError::Strange(format!("a PIN cannot be hashed: {error}"))
}

fn hash(pin: &Pin) -> Result<String, StoreError> {
    let hash: PasswordHash = argon2()?.hash_password(pin.digits().as_bytes()).map_err(strange)?;
    Ok(hash.to_string())
}

fn is_right(pin: &Pin, hash: &str) -> Result<bool, StoreError> {
    let hash = PasswordHash::new(hash).map_err(strange)?;
    // The parameters are the hash's own: PINs chosen under others stay good.
    Ok(argon2()?.verify_password(pin.digits().as_bytes(), &hash).is_ok())
}

/// Wrong PINs in a row, and when the last was.
struct Failures {
    count: u32,
    last: Option<DateTime<Utc>>,
    hash: Option<String>,
}

fn failures(connection: &Connection, id: EmployeeId) -> Result<Failures, StoreError> {
    let sql = "SELECT pin_failures, pin_failed_at, pin_hash FROM employee WHERE id = ?1";
    Ok(connection
        .prepare_cached(sql)?
        .query_row([id.0], |row| Ok(Failures { count: row.get(0)?, last: row.get(1)?, hash: row.get(2)? }))?)
}

fn note(
    connection: &Connection,
    actor: Actor,
    id: EmployeeId,
    field: &str,
    action: &str,
) -> Result<(), StoreError> {
    // With a field of its own, so that it says nothing about name or role (`edits`).
    let change = Change { noun: "employee", id: id.0, action, field: Some(field), ..Change::default() };
    record(connection, actor, &change)
}

/// Whether nobody else could turn to the settings.
pub(super) fn is_last_manager(connection: &Connection, staff: &Staff) -> Result<bool, StoreError> {
    let manages = staff.has_pin && staff.employee.active && staff.employee.role == Role::Manager;
    Ok(manages && !another_manager(connection, staff.id)?)
}

fn another_manager(connection: &Connection, but: EmployeeId) -> Result<bool, StoreError> {
    let sql =
        "SELECT 1 FROM employee WHERE role = 'manager' AND active = 1 AND pin_hash IS NOT NULL AND id <> ?1";
    Ok(connection.prepare_cached(sql)?.exists([but.0])?)
}

impl Store {
    /// Whether an active manager has a PIN: without one the desk leads through making the first.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read; never a 'no' instead.
    pub fn has_manager(&self) -> Result<bool, StoreError> {
        another_manager(&self.connection, EmployeeId(0))
    }

    /// One employee.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when there is no such employee.
    pub fn staff_member(&self, id: EmployeeId) -> Result<Staff, StoreError> {
        find(&self.connection, id)
    }

    /// Tries to sign in at the desk; `at` is this instant in UTC. It takes a moment, on purpose.
    ///
    /// # Errors
    /// [`StoreError`] when the try cannot be counted or the database not be read.
    pub fn sign_in(&mut self, id: EmployeeId, pin: &Pin, at: DateTime<Utc>) -> Result<SignIn, StoreError> {
        let actor = Actor { origin: Origin::Desk(Some(id)), at };
        let write = self.write()?;
        let staff = find(&write, id)?;
        let before = failures(&write, id)?;
        let Some(hash) = before.hash.filter(|_| staff.employee.active) else {
            return Ok(SignIn::Barred);
        };
        let left = wait_left(before.count, before.last, at);
        if !left.is_zero() {
            if before.last.is_some_and(|last| last > at) {
                // The clock was set back: what is left is counted from now.
                set_failures(&write, id, before.count, Some(at))?;
                write.commit()?;
            }
            return Ok(SignIn::Wait(left));
        }
        set_failures(&write, id, before.count.saturating_add(1), Some(at))?;
        write.commit()?;
        let right = is_right(pin, &hash)?;
        let write = self.write()?;
        if right {
            set_failures(&write, id, 0, None)?;
            note(&write, actor, id, "session", "signed in")?;
        } else {
            // Who tried is not known: only at whose name.
            note(&write, Actor { origin: Origin::Desk(None), at }, id, "session", "wrong pin")?;
        }
        write.commit()?;
        if right {
            Ok(SignIn::Done(Box::new(staff)))
        } else {
            Ok(SignIn::Wrong(wait_after(before.count.saturating_add(1))))
        }
    }

    /// How long an employee's next PIN is not looked at yet.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn sign_in_wait(&self, id: EmployeeId, at: DateTime<Utc>) -> Result<Duration, StoreError> {
        let failures = failures(&self.connection, id)?;
        Ok(wait_left(failures.count, failures.last, at))
    }

    /// Notes that somebody signed in without a PIN, signed out or was signed out: `signed out`,
    /// `locked` ...
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be saved.
    pub fn note_session(&mut self, id: EmployeeId, action: &str, actor: Actor) -> Result<(), StoreError> {
        let write = self.write()?;
        note(&write, actor, id, "session", action)?;
        Ok(write.commit()?)
    }

    /// Chooses a PIN for an employee, or takes it away; wrong ones before are forgotten.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when there is no such employee, others when it cannot be saved.
    pub fn set_pin(
        &mut self,
        id: EmployeeId,
        pin: Option<&Pin>,
        actor: Actor,
    ) -> Result<Staffed, StoreError> {
        // Before the database is locked: it takes a moment.
        let hash = pin.map(hash).transpose()?;
        let write = self.write()?;
        let staff = find(&write, id)?;
        if hash.is_none() && is_last_manager(&write, &staff)? {
            return Ok(Staffed::LastManager);
        }
        write.execute("UPDATE employee SET pin_hash = ?2 WHERE id = ?1", params![id.0, hash])?;
        set_failures(&write, id, 0, None)?;
        note(&write, actor, id, "pin", if hash.is_some() { "changed" } else { "removed" })?;
        write.commit()?;
        Ok(Staffed::Saved(id))
    }

    /// Makes an employee the first manager, with a PIN, in one step: an imported one, or a new one of
    /// that name. Refused (`LastManager`) once there is a manager with a PIN.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be saved.
    pub fn make_first_manager(
        &mut self,
        who: FirstManager,
        pin: &Pin,
        at: DateTime<Utc>,
    ) -> Result<Staffed, StoreError> {
        use crate::domain::employee::Employee;
        if self.has_manager()? {
            return Ok(Staffed::LastManager);
        }
        let actor = Actor { origin: Origin::Desk(None), at };
        let id = match who {
            FirstManager::Known(id) => id,
            FirstManager::New(name) => {
                let employee =
                    Employee { code: String::new(), name: Some(name), role: Role::Manager, active: true };
                match self.add_employee(&employee, actor)? {
                    Staffed::Saved(id) => id,
                    other => return Ok(other),
                }
            }
        };
        let known = self.staff_member(id)?.employee;
        let after = Employee { role: Role::Manager, active: true, ..known };
        self.change_employee(id, &after, actor)?;
        // Last: until then the desk still leads through this.
        self.set_pin(id, Some(pin), actor)
    }
}

/// Who becomes the first manager.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FirstManager {
    /// An employee who is there.
    Known(EmployeeId),
    /// Somebody new, by name.
    New(String),
}

fn set_failures(
    connection: &Connection,
    id: EmployeeId,
    count: u32,
    at: Option<DateTime<Utc>>,
) -> Result<(), StoreError> {
    let sql = "UPDATE employee SET pin_failures = ?2, pin_failed_at = ?3 WHERE id = ?1";
    connection.prepare_cached(sql)?.execute(params![id.0, count, at.map(instant)])?;
    Ok(())
}
