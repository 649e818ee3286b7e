//! New customers, changed ones, removed ones (CSS-09), and those that look like one that is there.

use rusqlite::{Connection, OptionalExtension};

use super::changes::{self, Cells, text};
use super::history::{Actor, Change, record};
use super::noun::Cell;
use super::{Store, StoreError, collection, customer, search};
use crate::domain::customer::{Customer, display_name};
use crate::domain::ids::CustomerId;
use crate::domain::phone;

/// Rows that one edit can make the index look at again; the desk works off any rest.
pub(super) const TOUCHED: usize = 64;

/// What became of a customer who was to be deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Removed {
    /// There was nothing about them: they are gone.
    Deleted,
    /// They have a past, or stand in the shop's own system: they stay, as inactive.
    Inactive,
}

/// A customer who looks like the one that is being typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alike {
    /// Who.
    pub id: CustomerId,
    /// The name on the desk.
    pub name: String,
    /// What they have in common.
    pub by: AlikeBy,
}

/// What two customers have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AlikeBy {
    /// A telephone number.
    Phone,
    /// An e-mail address.
    Email,
}

/// The customer's values in the order of `customers.csv`.
fn cells(customer: &Customer) -> Cells<'_> {
    vec![
        Cell::Text(customer.code.as_str().into()),
        Cell::Text(customer.kind.as_str().into()),
        text(&customer.salutation),
        text(&customer.first_name),
        text(&customer.name),
        text(&customer.company),
        text(&customer.street),
        text(&customer.postcode),
        text(&customer.city),
        text(&customer.country),
        text(&customer.phone),
        text(&customer.mobile),
        text(&customer.email),
        customer.language.map_or(Cell::Unknown, |language| Cell::Text(language.code().into())),
        text(&customer.tax_id),
        text(&customer.coc_id),
        customer.contact_allowed.map_or(Cell::Unknown, |allowed| Cell::Whole(allowed.into())),
        text(&customer.notes),
    ]
}

impl Store {
    /// Adds a customer typed at the desk. Without a code of the shop's own system they get one: `B-`
    /// and a number.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be saved, the code being taken included.
    pub fn add_customer(&mut self, customer: &Customer, actor: Actor) -> Result<CustomerId, StoreError> {
        let write = self.write()?;
        let mut customer = customer.clone();
        if customer.code.trim().is_empty() {
            customer.code = free_code(&write)?;
        }
        let id = changes::add(&write, &customer::NOUN, None, &cells(&customer), actor)?;
        search::index(&write, TOUCHED)?;
        write.commit()?;
        Ok(CustomerId(id))
    }

    /// Writes what a person changed between `before`, as their form began, and `after`; every other
    /// field stays as it is now. Answers how many fields were written.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when there is no such customer; else why it could not be saved.
    pub fn change_customer(
        &mut self,
        id: CustomerId,
        before: &Customer,
        after: &Customer,
        actor: Actor,
    ) -> Result<usize, StoreError> {
        let write = self.write()?;
        let changed = changes::write(&write, &customer::NOUN, id.0, &cells(before), &cells(after), actor)?;
        if changed > 0 {
            search::index(&write, TOUCHED)?;
            collection::request(&write)?;
            write.commit()?;
        }
        Ok(changed)
    }

    /// Deletes a customer about whom nothing is known but what was typed at the desk; any other
    /// becomes inactive: found, but never approached again. One from the shop's own system would
    /// come back with its next export, so that is a past too.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when there is no such customer; else why it could not be saved.
    pub fn remove_customer(&mut self, id: CustomerId, actor: Actor) -> Result<Removed, StoreError> {
        let write = self.write()?;
        let imported: Option<bool> = write
            .query_row("SELECT import_id IS NOT NULL FROM customer WHERE id = ?1", [id.0], |row| row.get(0))
            .optional()?;
        let imported =
            imported.ok_or_else(|| StoreError::Missing { noun: "customer", name: id.to_string() })?;
        let removed = if imported || has_past(&write, id)? {
            set_active(&write, id, false, actor)?;
            Removed::Inactive
        } else {
            write.execute("DELETE FROM contact_person WHERE customer_id = ?1", [id.0])?;
            write.execute("DELETE FROM customer WHERE id = ?1", [id.0])?;
            record(
                &write,
                actor,
                &Change { noun: "customer", id: id.0, action: "deleted", ..Change::default() },
            )?;
            Removed::Deleted
        };
        write.execute(
            "DELETE FROM draft WHERE about = ?1 OR about LIKE ?1 || ':%'",
            [format!("customer:{id}")],
        )?;
        search::index(&write, TOUCHED)?;
        collection::request(&write)?;
        write.commit()?;
        Ok(removed)
    }

    /// Takes an inactive customer back.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be saved.
    pub fn revive_customer(&mut self, id: CustomerId, actor: Actor) -> Result<(), StoreError> {
        let write = self.write()?;
        set_active(&write, id, true, actor)?;
        collection::request(&write)?;
        Ok(write.commit()?)
    }

    /// Customers with the same telephone number or e-mail address as the one that is being typed.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn alike(&self, typed: &Customer, except: Option<CustomerId>) -> Result<Vec<Alike>, StoreError> {
        let numbers: Vec<String> = [&typed.phone, &typed.mobile]
            .into_iter()
            .flatten()
            .filter_map(|text| phone::comparable(text))
            .collect();
        let email =
            typed.email.as_deref().map(|text| text.trim().to_lowercase()).filter(|text| text.contains('@'));
        let mut questions: Vec<(AlikeBy, String)> =
            numbers.iter().map(|number| (AlikeBy::Phone, format!("{{phone}} : \"{number}\""))).collect();
        if let Some(email) = &email {
            let words: Vec<String> = email
                .split(|sign: char| !sign.is_alphanumeric())
                .filter(|word| !word.is_empty())
                .map(|word| format!("\"{word}\""))
                .collect();
            questions.push((AlikeBy::Email, format!("{{email}} : ({})", words.join(" AND "))));
        }
        let mut alike: Vec<Alike> = Vec::new();
        for (by, question) in questions {
            let mut find = self.connection.prepare_cached(
                "SELECT c.id, c.first_name, c.name, c.company, c.code, lower(trim(coalesce(c.email, '')))
                   FROM search JOIN customer c ON c.id = search.rowid / 2
                  WHERE search MATCH ?1 AND search.rowid % 2 = 0 LIMIT 20",
            )?;
            let mut rows = find.query([&question])?;
            while let Some(row) = rows.next()? {
                let id = CustomerId(row.get(0)?);
                // The index knows an address only by its words.
                let same = by == AlikeBy::Phone || email == row.get::<_, Option<String>>(5)?;
                if same && Some(id) != except && !alike.iter().any(|other| other.id == id) {
                    let name = display_name(&row.get(1)?, &row.get(2)?, &row.get(3)?);
                    alike.push(Alike { id, name: name.map_or_else(|| row.get(4), Ok)?, by });
                }
            }
        }
        Ok(alike)
    }
}

fn free_code(connection: &Connection) -> Result<String, StoreError> {
    let mut number: i64 =
        connection.query_row("SELECT coalesce(max(id), 0) + 1 FROM customer", [], |row| row.get(0))?;
    loop {
        let code = format!("B-{number}");
        let taken: bool = connection.query_row(
            "SELECT EXISTS (SELECT 1 FROM customer WHERE code = ?1)",
            [&code],
            |row| row.get(0),
        )?;
        if !taken {
            return Ok(code);
        }
        number += 1;
    }
}

/// Whether anything refers to the customer.
fn has_past(connection: &Connection, id: CustomerId) -> Result<bool, StoreError> {
    for table in [
        "ownership",
        "visit",
        "invoice",
        "sale",
        "quote",
        "appointment",
        "task",
        "message",
        "call_note",
        "consent",
    ] {
        let sql = format!("SELECT EXISTS (SELECT 1 FROM {table} WHERE customer_id = ?1)");
        if connection.query_row(&sql, [id.0], |row| row.get(0))? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn set_active(connection: &Connection, id: CustomerId, active: bool, actor: Actor) -> Result<(), StoreError> {
    let sql = "UPDATE customer SET active = ?2 WHERE id = ?1 AND active <> ?2";
    if connection.execute(sql, (id.0, active))? == 0 {
        return Ok(());
    }
    let word = |active: bool| if active { "yes" } else { "no" };
    let change = Change {
        noun: "customer",
        id: id.0,
        action: "changed",
        field: Some("active"),
        before: Some(word(!active)),
        after: Some(word(active)),
    };
    record(connection, actor, &change)
}
