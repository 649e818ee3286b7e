//! Invoices.

use super::noun::{Column, Kind, Noun};

/// `invoices.csv`.
pub(super) const NOUN: Noun = Noun {
    file: "invoices.csv",
    table: "invoice",
    columns: &[
        Column::key("number", "number", Kind::Code),
        Column::stored_as("customer", "customer_id", Kind::Customer),
        Column::stored_as("plate", "vehicle_id", Kind::Vehicle),
        Column::plain("invoiced_on", Kind::Date),
        Column::stored_as("total_incl_vat", "total_cents", Kind::Money),
    ],
    in_order: None,
};
