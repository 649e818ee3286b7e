//! What a decision about one task needs to know.

use chrono::NaiveDate;

use crate::domain::amount::Money;
use crate::domain::customer::CustomerKind;
use crate::domain::ids::{CustomerId, VehicleId};
use crate::domain::plate::Plate;
use crate::domain::rule::{Half, RuleKey};
use crate::domain::task::Subject;

/// The facts about one subject of one rule, as they are today.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// The rule that asks.
    pub rule: RuleKey,
    /// Which of the rule's numbers.
    pub half: Half,
    /// The thing that carries the counting date.
    pub subject: Subject,
    /// The date the rule counts from, if it is known.
    pub counts_from: Option<NaiveDate>,
    /// The vehicle concerned.
    pub vehicle: Option<VehicleFacts>,
    /// The present owner; for sales, invoices and quotes the customer on it (CSS-04).
    pub customer: Option<CustomerFacts>,
    /// Total of an invoice.
    pub total: Option<Money>,
    /// For a quote or a recall: whether it is still open. True for all else.
    pub open: bool,
    /// The registration rule only: our own date, and the day the register's was found newer.
    pub registration: Option<RegistrationFacts>,
    /// The customer for whom this very task was made before, if it was.
    pub made_for: Option<CustomerId>,
}

/// The facts about a vehicle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VehicleFacts {
    /// Its number.
    pub id: VehicleId,
    /// Its plate.
    pub plate: Plate,
    /// Its last visit, today included.
    pub last_visit_on: Option<NaiveDate>,
    /// The first planned inspection appointment from today on (looked up for the inspection rule only).
    pub inspection_appointment_on: Option<NaiveDate>,
}

/// The facts about a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CustomerFacts {
    /// The customer's number.
    pub id: CustomerId,
    /// Traders get no tasks.
    pub kind: CustomerKind,
    /// `Some(false)`: objected to being contacted.
    pub contact_allowed: Option<bool>,
    /// Inactive ones are found, but not approached (CSS-09).
    pub active: bool,
}

/// What shop and register say about the registration to the present holder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RegistrationFacts {
    /// The shop's date.
    pub ours: Option<NaiveDate>,
    /// The day on which the register's date was found to be newer.
    pub detected_on: Option<NaiveDate>,
}
