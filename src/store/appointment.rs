//! Workshop bookings.

use super::noun::{Column, Kind, Need, Noun};
use crate::domain::records::{AppointmentKind, AppointmentStatus};

/// `appointments.csv`.
pub(super) const NOUN: Noun = Noun {
    file: "appointments.csv",
    table: "appointment",
    columns: &[
        Column::key("number", "number", Kind::Code),
        Column::or("kind", Kind::Word(|text| text.parse().map(AppointmentKind::as_str)), Need::Or("other")),
        Column::stored_as("plate", "vehicle_id", Kind::Vehicle),
        Column::stored_as("customer", "customer_id", Kind::Customer),
        Column::plain("starts_at", Kind::DateTime),
        Column::plain("ends_at", Kind::DateTime),
        Column::or(
            "status",
            Kind::Word(|text| text.parse().map(AppointmentStatus::as_str)),
            Need::Or("planned"),
        ),
    ],
    in_order: Some(("starts_at", "ends_at")),
};
