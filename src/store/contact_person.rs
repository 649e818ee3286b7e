//! The people at a company customer. One who left becomes inactive: the calls with them stay readable.

use rusqlite::OptionalExtension;

use super::changes::{self, Cells, text};
use super::customer_edit::TOUCHED;
use super::history::{Actor, Change, record};
use super::noun::{Column, Kind, Noun};
use super::{Store, StoreError, search};
use crate::domain::customer::ContactPerson;
use crate::domain::ids::{ContactPersonId, CustomerId};

/// No file of its own: contact persons are typed at the desk.
const NOUN: Noun = Noun {
    file: "",
    table: "contact_person",
    columns: &[
        Column::plain("salutation", Kind::Text),
        Column::plain("first_name", Kind::Text),
        Column::plain("name", Kind::Text),
        Column::plain("function", Kind::Text),
        Column::plain("phone", Kind::Text),
        Column::plain("mobile", Kind::Text),
        Column::plain("email", Kind::Text),
    ],
    in_order: None,
};

fn cells(person: &ContactPerson) -> Cells<'_> {
    let ContactPerson { salutation, first_name, name, function, phone, mobile, email } = person;
    [salutation, first_name, name, function, phone, mobile, email].map(text).to_vec()
}

impl Store {
    /// The contact persons of a customer who are still there.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn contact_persons(
        &self,
        customer: CustomerId,
    ) -> Result<Vec<(ContactPersonId, ContactPerson)>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT id, salutation, first_name, name, function, phone, mobile, email FROM contact_person
              WHERE customer_id = ?1 AND active = 1 ORDER BY id",
        )?;
        let persons = statement.query_map([customer.0], |row| {
            let person = ContactPerson {
                salutation: row.get(1)?,
                first_name: row.get(2)?,
                name: row.get(3)?,
                function: row.get(4)?,
                phone: row.get(5)?,
                mobile: row.get(6)?,
                email: row.get(7)?,
            };
            Ok((ContactPersonId(row.get(0)?), person))
        })?;
        Ok(persons.collect::<Result<_, _>>()?)
    }

    /// Adds a contact person to a customer.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be saved.
    pub fn add_contact_person(
        &mut self,
        customer: CustomerId,
        person: &ContactPerson,
        actor: Actor,
    ) -> Result<ContactPersonId, StoreError> {
        let write = self.write()?;
        let owner = Some(("customer_id", customer.0));
        let id = changes::add(&write, &NOUN, owner, &cells(person), actor)?;
        search::index(&write, TOUCHED)?;
        write.commit()?;
        Ok(ContactPersonId(id))
    }

    /// Writes what a person changed in a contact person, as [`Store::change_customer`].
    ///
    /// # Errors
    /// [`StoreError::Missing`] when there is no such person; else why it could not be saved.
    pub fn change_contact_person(
        &mut self,
        id: ContactPersonId,
        before: &ContactPerson,
        after: &ContactPerson,
        actor: Actor,
    ) -> Result<usize, StoreError> {
        let write = self.write()?;
        let changed = changes::write(&write, &NOUN, id.0, &cells(before), &cells(after), actor)?;
        search::index(&write, TOUCHED)?;
        write.commit()?;
        Ok(changed)
    }

    /// A contact person is no longer there.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be saved.
    pub fn remove_contact_person(&mut self, id: ContactPersonId, actor: Actor) -> Result<(), StoreError> {
        let write = self.write()?;
        let active: Option<bool> = write
            .query_row("SELECT active FROM contact_person WHERE id = ?1", [id.0], |row| row.get(0))
            .optional()?;
        if active == Some(true) {
            write.execute("UPDATE contact_person SET active = 0 WHERE id = ?1", [id.0])?;
            let change = Change {
                noun: NOUN.table,
                id: id.0,
                action: "changed",
                field: Some("active"),
                before: Some("yes"),
                after: Some("no"),
            };
            record(&write, actor, &change)?;
            search::index(&write, TOUCHED)?;
            write.commit()?;
        }
        Ok(())
    }
}
