//! Employees, to whom tasks are assigned.

use super::rule::written;

/// What an employee may do (APP-10).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Role {
    /// Works through the list.
    #[default]
    Reception,
    /// Settings, exports and deletions too.
    Manager,
}

written!(Role, "a role", Role::Reception => "reception", Role::Manager => "manager");

/// An employee as the shop's files describe it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Employee {
    /// The shop's short code, e.g. `JAN`.
    pub code: String,
    /// The name on the screen.
    pub name: Option<String>,
    /// What the employee may do.
    pub role: Role,
    /// Whether the employee still works here.
    pub active: bool,
}
