//! What happened between customers and the workshop: ownerships, visits, invoices, sales,
//! inspections, quotes and appointments, as the shop's files describe them.
//!
//! They name vehicles by plate and customers by code; the store turns both into its own numbers.

use chrono::{NaiveDate, NaiveDateTime};

use super::amount::Money;
use super::plate::Plate;
use super::rule::{QuoteKind, written};

/// A customer has a vehicle from a date until (not on) another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ownership {
    /// The vehicle.
    pub plate: Plate,
    /// The customer's code.
    pub customer: String,
    /// First day.
    pub from_on: NaiveDate,
    /// The first day on which it is no longer so.
    pub until_on: Option<NaiveDate>,
}

/// A vehicle was in the workshop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visit {
    /// The shop's number for the visit.
    pub code: String,
    /// The vehicle.
    pub plate: Option<Plate>,
    /// The customer's code.
    pub customer: Option<String>,
    /// The day of the visit.
    pub visited_on: Option<NaiveDate>,
    /// Kilometres on the clock.
    pub odometer_km: Option<i64>,
    /// What was done.
    pub description: Option<String>,
}

/// An invoice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invoice {
    /// The invoice's number.
    pub number: String,
    /// The customer's code.
    pub customer: Option<String>,
    /// The vehicle.
    pub plate: Option<Plate>,
    /// Its date.
    pub invoiced_on: Option<NaiveDate>,
    /// Total including VAT; a credit note is negative.
    pub total_incl_vat: Option<Money>,
}

/// A car was sold to a customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sale {
    /// The sale's number.
    pub number: String,
    /// The customer's code.
    pub customer: Option<String>,
    /// The vehicle.
    pub plate: Option<Plate>,
    /// The day of the sale.
    pub sold_on: Option<NaiveDate>,
    /// The price.
    pub price: Option<Money>,
}

/// The outcome of a periodic inspection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum InspectionResult {
    /// Passed.
    Pass,
    /// Failed.
    Fail,
}

written!(InspectionResult, "a result of an inspection", InspectionResult::Pass => "pass", InspectionResult::Fail => "fail");

/// A periodic inspection, with advice codes in capitals (`AC1`, `AC5` ...).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspection {
    /// The vehicle.
    pub plate: Plate,
    /// The day of the inspection.
    pub inspected_on: NaiveDate,
    /// Its outcome.
    pub result: Option<InspectionResult>,
    /// Advice codes, in capitals, in the order given.
    pub advice: Vec<String>,
}

/// What became of a quote; only an open one makes tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum QuoteStatus {
    /// Not answered yet.
    Open,
    /// Accepted.
    Accepted,
    /// Rejected.
    Rejected,
}

written!(QuoteStatus, "a status of a quote", QuoteStatus::Open => "open", QuoteStatus::Accepted => "accepted", QuoteStatus::Rejected => "rejected");

/// A quote or a sales agreement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quote {
    /// Its number.
    pub number: String,
    /// Workshop, car or agreement.
    pub kind: QuoteKind,
    /// The customer's code.
    pub customer: Option<String>,
    /// The vehicle.
    pub plate: Option<Plate>,
    /// Issued on.
    pub issued_on: Option<NaiveDate>,
    /// Valid until.
    pub valid_until: Option<NaiveDate>,
    /// Total including VAT.
    pub total_incl_vat: Option<Money>,
    /// What became of it.
    pub status: QuoteStatus,
}

/// What an appointment is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AppointmentKind {
    /// Periodic inspection.
    Inspection,
    /// Service.
    Service,
    /// Repair.
    Repair,
    /// Anything else.
    Other,
}

written!(AppointmentKind, "a kind of appointment", AppointmentKind::Inspection => "inspection", AppointmentKind::Service => "service", AppointmentKind::Repair => "repair", AppointmentKind::Other => "other");

/// What became of an appointment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AppointmentStatus {
    /// Still to come.
    Planned,
    /// It took place.
    Done,
    /// It was cancelled.
    Cancelled,
}

written!(AppointmentStatus, "a status of an appointment", AppointmentStatus::Planned => "planned", AppointmentStatus::Done => "done", AppointmentStatus::Cancelled => "cancelled");

/// A workshop booking. Times are local to the shop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appointment {
    /// Its number.
    pub number: String,
    /// What it is for.
    pub kind: AppointmentKind,
    /// The vehicle.
    pub plate: Option<Plate>,
    /// The customer's code.
    pub customer: Option<String>,
    /// Begins at, local time of the shop.
    pub starts_at: Option<NaiveDateTime>,
    /// Ends at, local time of the shop.
    pub ends_at: Option<NaiveDateTime>,
    /// What became of it.
    pub status: AppointmentStatus,
}
