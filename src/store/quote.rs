//! Quotes and sales agreements.

use super::noun::{Column, Kind, Need, Noun};
use crate::domain::records::QuoteStatus;
use crate::domain::rule::QuoteKind;

/// `quotes.csv`.
pub(super) const NOUN: Noun = Noun {
    file: "quotes.csv",
    table: "quote",
    columns: &[
        Column::key("number", "number", Kind::Code),
        Column::or(
            "kind",
            Kind::Word(|text| text.parse().ok().map(QuoteKind::as_str), QuoteKind::WRITTEN),
            Need::Always,
        ),
        Column::stored_as("customer", "customer_id", Kind::Customer),
        Column::stored_as("plate", "vehicle_id", Kind::Vehicle),
        Column::plain("issued_on", Kind::Date),
        Column::plain("valid_until", Kind::Date),
        Column::stored_as("total_incl_vat", "total_cents", Kind::Money),
        Column::or(
            "status",
            Kind::Word(|text| text.parse().ok().map(QuoteStatus::as_str), QuoteStatus::WRITTEN),
            Need::Or("open"),
        ),
    ],
    in_order: Some(("issued_on", "valid_until")),
};
