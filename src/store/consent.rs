//! Consents: what a customer answered, channel by channel. Answers are only added; the newest counts.

use rusqlite::{OptionalExtension, params};

use super::history::{Actor, Change, Origin, instant, record};
use super::{Store, StoreError};
use crate::domain::consent::{Consent, Consents, delivered_wording};
use crate::domain::ids::CustomerId;
use crate::domain::language::Language;
use crate::domain::message::Channel;

/// The purpose under which the shop's own wordings stand among its texts.
const PURPOSE: &str = "consent";

impl Store {
    /// A customer's newest answer on each channel.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn consents(&self, customer: CustomerId) -> Result<Consents, StoreError> {
        let on = |channel: Channel| -> Result<Option<Consent>, StoreError> {
            let mut newest = self.connection.prepare_cached(
                "SELECT c.given, c.wording, c.noted_at, coalesce(e.name, e.code)
                   FROM consent c LEFT JOIN employee e ON e.id = c.employee_id
                  WHERE c.customer_id = ?1 AND c.channel = ?2 ORDER BY c.id DESC LIMIT 1",
            )?;
            let consent = newest.query_row(params![customer.0, channel.as_str()], |row| {
                Ok(Consent {
                    given: row.get(0)?,
                    wording: row.get(1)?,
                    noted_at: row.get(2)?,
                    employee: row.get(3)?,
                })
            });
            Ok(consent.optional()?)
        };
        Ok(Consents { call: on(Channel::Call)?, sms: on(Channel::Sms)?, email: on(Channel::Email)? })
    }

    /// Notes a customer's answer, with the words in which it was asked.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when there is no such customer; else why it could not be saved.
    pub fn note_consent(
        &mut self,
        customer: CustomerId,
        channel: Channel,
        given: bool,
        wording: &str,
        actor: Actor,
    ) -> Result<(), StoreError> {
        let before = self.consents(customer)?.on(channel).map(|consent| written(consent.given));
        let write = self.write()?;
        let there: bool =
            write.query_row("SELECT EXISTS (SELECT 1 FROM customer WHERE id = ?1)", [customer.0], |row| {
                row.get(0)
            })?;
        if !there {
            return Err(StoreError::Missing { noun: "customer", name: customer.to_string() });
        }
        let employee = match actor.origin {
            Origin::Desk(employee) => employee.map(|id| id.0),
            _ => None,
        };
        write.execute(
            "INSERT INTO consent (customer_id, channel, given, wording, noted_at, employee_id)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![customer.0, channel.as_str(), given, wording, instant(actor.at), employee],
        )?;
        let field = format!("consent_{channel}");
        let change = Change {
            noun: "customer",
            id: customer.0,
            action: "consent",
            field: Some(&field),
            before,
            after: Some(written(given)),
        };
        record(&write, actor, &change)?;
        write.commit()?;
        Ok(())
    }

    /// What the receptionist reads aloud: the shop's own words, else the delivered ones.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn consent_wording(&self, channel: Channel, language: Language) -> Result<String, StoreError> {
        let mut own = self
            .connection
            .prepare_cached("SELECT text FROM template WHERE purpose = ?1 AND kind = ?2 AND language = ?3")?;
        let own = own.query_row(params![PURPOSE, channel.as_str(), language.code()], |row| row.get(0));
        Ok(own.optional()?.unwrap_or_else(|| delivered_wording(channel, language).to_owned()))
    }
}

fn written(given: bool) -> &'static str {
    if given { "yes" } else { "no" }
}
