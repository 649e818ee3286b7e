//! Cars sold.

use super::noun::{Column, Kind, Noun};

/// `sales.csv`.
pub(super) const NOUN: Noun = Noun {
    file: "sales.csv",
    table: "sale",
    columns: &[
        Column::key("number", "number", Kind::Code),
        Column::stored_as("customer", "customer_id", Kind::Customer),
        Column::stored_as("plate", "vehicle_id", Kind::Vehicle),
        Column::plain("sold_on", Kind::Date),
        Column::stored_as("price", "price_cents", Kind::Money),
    ],
    in_order: None,
};
