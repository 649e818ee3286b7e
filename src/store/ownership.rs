//! Ownerships: which customer has which vehicle, from when until when.

use super::noun::{Column, Kind, Noun};

/// `ownerships.csv`.
pub(super) const NOUN: Noun = Noun {
    file: "ownerships.csv",
    table: "ownership",
    columns: &[
        Column::key("plate", "vehicle_id", Kind::Vehicle),
        Column::key("customer", "customer_id", Kind::Customer),
        Column::key("from_on", "from_on", Kind::Date),
        Column::plain("until_on", Kind::Date),
    ],
    in_order: Some(("from_on", "until_on")),
};
