//! Customers.

use rusqlite::{OptionalExtension, Row};

use super::noun::{Column, Kind, Need, Noun};
use super::{Store, StoreError};
use crate::domain::customer::{Customer, CustomerKind};
use crate::domain::ids::CustomerId;
use crate::domain::language::Language;

/// `customers.csv`.
pub(super) const NOUN: Noun = Noun {
    file: "customers.csv",
    table: "customer",
    columns: &[
        Column::key("code", "code", Kind::Code),
        Column::or(
            "kind",
            Kind::Word(|text| text.parse().ok().map(CustomerKind::as_str), CustomerKind::WRITTEN),
            Need::Or("private"),
        ),
        Column::plain("salutation", Kind::Text),
        Column::plain("first_name", Kind::Text),
        Column::plain("name", Kind::Text),
        Column::plain("company", Kind::Text),
        Column::plain("street", Kind::Text),
        Column::plain("postcode", Kind::Text),
        Column::plain("city", Kind::Text),
        Column::plain("country", Kind::Text),
        Column::plain("phone", Kind::Text),
        Column::plain("mobile", Kind::Text),
        Column::plain("email", Kind::Text),
        Column::plain("language", Kind::Word(language, &["nl", "de", "pt", "en"])),
        Column::plain("tax_id", Kind::Text),
        Column::plain("coc_id", Kind::Text),
        Column::plain("contact_allowed", Kind::YesNo),
        Column::plain("notes", Kind::Text),
    ],
    in_order: None,
};

/// `nl`, and `nl-NL` and `pt_BR` as well.
fn language(text: &str) -> Option<&'static str> {
    text.split(['-', '_']).next().unwrap_or(text).parse().ok().map(Language::code)
}

const COLUMNS: &str =
    "id, code, kind, salutation, first_name, name, company, street, postcode, city, country,
    phone, mobile, email, language, tax_id, coc_id, contact_allowed, notes";

impl Store {
    /// One customer.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn customer(&self, id: CustomerId) -> Result<Option<Customer>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM customer WHERE id = ?1");
        let mut statement = self.connection.prepare_cached(&sql)?;
        let row = statement.query_row([id.0], |row| Ok(read(row))).optional()?;
        row.transpose().map(|found| found.map(|(_, customer)| customer))
    }

    /// The customer with a code.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn customer_by_code(&self, code: &str) -> Result<Option<(CustomerId, Customer)>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM customer WHERE code = ?1");
        let mut statement = self.connection.prepare_cached(&sql)?;
        statement.query_row([code], |row| Ok(read(row))).optional()?.transpose()
    }
}

fn read(row: &Row<'_>) -> Result<(CustomerId, Customer), StoreError> {
    let customer = Customer {
        code: row.get(1)?,
        kind: row.get_ref(2)?.as_str().unwrap_or_default().parse().map_err(StoreError::Strange)?,
        salutation: row.get(3)?,
        first_name: row.get(4)?,
        name: row.get(5)?,
        company: row.get(6)?,
        street: row.get(7)?,
        postcode: row.get(8)?,
        city: row.get(9)?,
        country: row.get(10)?,
        phone: row.get(11)?,
        mobile: row.get(12)?,
        email: row.get(13)?,
        language: row
            .get_ref(14)?
            .as_str_or_null()
            .unwrap_or_default()
            .map(str::parse)
            .transpose()
            .map_err(StoreError::Strange)?,
        tax_id: row.get(15)?,
        coc_id: row.get(16)?,
        contact_allowed: row.get(17)?,
        notes: row.get(18)?,
    };
    Ok((CustomerId(row.get(0)?), customer))
}
