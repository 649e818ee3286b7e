//! Everything kept about one person, as plain tables: what they may ask for (APP-11).

use rusqlite::params;
use rusqlite::types::ValueRef;

use super::history::{Actor, Change, record};
use super::{Store, StoreError};
use crate::domain::ids::CustomerId;

/// One table of a person's data. Names of tables and columns are those of the shop's files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// Its columns.
    pub columns: Vec<String>,
    /// Its rows; an empty text is 'unknown'.
    pub rows: Vec<Vec<String>>,
}

/// The tables, and how each is read; `?1` is the customer.
const TABLES: [(&str, &str); 13] = [
    (
        "customer",
        "SELECT code, kind, salutation, first_name, name, company, street, postcode, city, country, phone, mobile, email,
                language, tax_id, coc_id, CASE contact_allowed WHEN 0 THEN 'no' WHEN 1 THEN 'yes' END AS contact_allowed,
                notes FROM customer WHERE id = ?1",
    ),
    (
        "contact_persons",
        "SELECT salutation, first_name, name, function, phone, mobile, email FROM contact_person WHERE customer_id = ?1
          ORDER BY id",
    ),
    (
        "vehicles",
        "SELECT v.plate, v.vin, v.make, v.model, o.from_on, o.until_on FROM ownership o JOIN vehicle v ON v.id = o.vehicle_id
          WHERE o.customer_id = ?1 ORDER BY o.from_on",
    ),
    (
        "visits",
        "SELECT b.code, b.visited_on, v.plate, b.odometer_km, b.description FROM visit b
           LEFT JOIN vehicle v ON v.id = b.vehicle_id WHERE b.customer_id = ?1 ORDER BY b.visited_on",
    ),
    (
        "invoices",
        "SELECT d.number, d.invoiced_on, v.plate, printf('%.2f', d.total_cents / 100.0) AS total FROM invoice d
           LEFT JOIN vehicle v ON v.id = d.vehicle_id WHERE d.customer_id = ?1 ORDER BY d.invoiced_on",
    ),
    (
        "sales",
        "SELECT d.number, d.sold_on, v.plate, printf('%.2f', d.price_cents / 100.0) AS total FROM sale d
           LEFT JOIN vehicle v ON v.id = d.vehicle_id WHERE d.customer_id = ?1 ORDER BY d.sold_on",
    ),
    (
        "quotes",
        "SELECT d.number, d.kind, d.issued_on, d.valid_until, v.plate, printf('%.2f', d.total_cents / 100.0) AS total,
                d.status FROM quote d LEFT JOIN vehicle v ON v.id = d.vehicle_id WHERE d.customer_id = ?1 ORDER BY d.issued_on",
    ),
    (
        "appointments",
        "SELECT a.number, a.kind, a.starts_at, v.plate, a.status, a.notes FROM appointment a
           LEFT JOIN vehicle v ON v.id = a.vehicle_id WHERE a.customer_id = ?1 ORDER BY a.starts_at",
    ),
    (
        "consents",
        "SELECT c.noted_at, c.channel, CASE c.given WHEN 1 THEN 'yes' ELSE 'no' END AS given, c.wording,
                coalesce(e.name, e.code) AS employee FROM consent c LEFT JOIN employee e ON e.id = c.employee_id
          WHERE c.customer_id = ?1 ORDER BY c.id",
    ),
    (
        "tasks",
        "SELECT rule, execute_on, state, plate, description FROM task WHERE customer_id = ?1 ORDER BY execute_on",
    ),
    (
        "messages",
        "SELECT written_at, channel, address, subject, body, state FROM message WHERE customer_id = ?1 ORDER BY id",
    ),
    ("call_notes", "SELECT noted_at, outcome, text FROM call_note WHERE customer_id = ?1 ORDER BY id"),
    (
        "changes",
        "SELECT h.at, h.origin, coalesce(e.name, e.code) AS employee, h.field, h.before, h.after FROM history h
           LEFT JOIN employee e ON e.id = h.employee_id WHERE h.noun = 'customer' AND h.noun_id = ?1 ORDER BY h.id",
    ),
];

impl Store {
    /// Everything kept about a customer, in tables; `None` when there is no such customer.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn personal_data(&self, id: CustomerId) -> Result<Option<Vec<Table>>, StoreError> {
        if self.customer(id)?.is_none() {
            return Ok(None);
        }
        let mut tables = Vec::new();
        for (name, sql) in TABLES {
            let mut statement = self.connection.prepare(sql)?;
            let columns: Vec<String> = statement.column_names().map(str::to_owned).collect();
            let mut found = statement.query(params![id.0])?;
            let mut rows = Vec::new();
            while let Some(row) = found.next()? {
                let mut cells = Vec::with_capacity(columns.len());
                for place in 0..columns.len() {
                    cells.push(match row.get_ref(place)? {
                        ValueRef::Integer(number) => number.to_string(),
                        ValueRef::Real(number) => number.to_string(),
                        ValueRef::Text(text) | ValueRef::Blob(text) => {
                            String::from_utf8_lossy(text).into_owned()
                        }
                        ValueRef::Null => String::new(),
                    });
                }
                rows.push(cells);
            }
            tables.push(Table { name, columns, rows });
        }
        Ok(Some(tables))
    }

    /// Notes that a customer's data was given out.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be saved.
    pub fn note_export(&mut self, id: CustomerId, actor: Actor) -> Result<(), StoreError> {
        let write = self.write()?;
        record(
            &write,
            actor,
            &Change { noun: "customer", id: id.0, action: "exported", ..Change::default() },
        )?;
        Ok(write.commit()?)
    }

    /// The folder in which the database lies, where it lies in one.
    pub fn folder(&self) -> Option<std::path::PathBuf> {
        let path = std::path::Path::new(self.connection.path()?);
        path.parent().filter(|folder| !folder.as_os_str().is_empty()).map(std::path::Path::to_owned)
    }
}
