//! Mailings: one text to the customers that the overview shows. Consent and address are looked at one by
//! one, before anybody is asked, and once more in the transaction that fills the outbox.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use rusqlite::{Transaction, TransactionBehavior};

use super::history::Actor;
use super::letter::{About, LetterFacts};
use super::{Store, StoreError, message};
use crate::domain::dial::{NoNumber, for_sms};
use crate::domain::ids::CustomerId;
use crate::domain::language::Language;
use crate::domain::message::{Channel, Composed, Way};
use crate::domain::rule::{LegalClass, RuleKey};
use crate::rules::describe::letters::{Letter, Purpose, Sender, write};
use crate::rules::legal::{Barred, may};

/// What is sent, and as what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mailing {
    /// SMS or e-mail.
    pub channel: Channel,
    /// Decides which consent it needs.
    pub class: LegalClass,
    /// An e-mail's subject, with names between braces.
    pub subject: String,
    /// The text, likewise.
    pub body: String,
    /// In which language names between braces speak.
    pub language: Language,
    /// The kind whose facts the text speaks of; `None` for none in particular.
    pub rule: Option<RuleKey>,
    /// The shop.
    pub sender: Sender,
}

/// Why a customer gets nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LeftOut {
    /// The customer wants no contact.
    Objected,
    /// The customer refused this channel.
    Refused,
    /// The law asks for a consent that nobody has noted.
    NeedsConsent,
    /// Not a customer yet.
    NotYetCustomer,
    /// No mobile number, or no e-mail address.
    NoAddress,
    /// Somebody before gets it at the same address.
    SameAddress,
}

impl From<Barred> for LeftOut {
    fn from(barred: Barred) -> Self {
        match barred {
            Barred::Objected => Self::Objected,
            Barred::Refused => Self::Refused,
            Barred::NeedsConsent => Self::NeedsConsent,
            Barred::NotYetCustomer => Self::NotYetCustomer,
        }
    }
}

/// Who gets a mailing and who does not.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Recipients {
    /// Who gets it.
    pub reached: Vec<CustomerId>,
    /// Who does not, with the name on the screen.
    pub left_out: Vec<(CustomerId, String, LeftOut)>,
}

/// What a mailing did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Mailed {
    /// Messages put into the outbox.
    pub queued: u32,
    /// Customers who were left out at the last moment.
    pub left_out: u32,
}

/// The address of a customer, unless something bars it.
fn address(facts: &LetterFacts, mailing: &Mailing, seen: &BTreeSet<String>) -> Result<String, LeftOut> {
    let country = mailing.sender.country.as_str();
    if let Some((_, customer)) = &facts.customer {
        may(mailing.channel, mailing.class, customer, &facts.consents, country)?;
    }
    let address = match mailing.channel {
        Channel::Email => facts.email().map(str::to_owned).ok_or(LeftOut::NoAddress)?,
        _ => for_sms(facts.phones(), country).map_err(|_: NoNumber| LeftOut::NoAddress)?.e164,
    };
    if seen.contains(&address.to_lowercase()) { Err(LeftOut::SameAddress) } else { Ok(address) }
}

impl Store {
    /// Who of some customers would get a mailing.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn recipients(
        &self,
        mailing: &Mailing,
        customers: &[CustomerId],
        today: NaiveDate,
    ) -> Result<Recipients, StoreError> {
        let mut recipients = Recipients::default();
        let mut seen = BTreeSet::new();
        for id in customers {
            let Some(facts) = self.letter_facts(About::Customer(*id), None, today)? else { continue };
            match address(&facts, mailing, &seen) {
                Ok(address) => {
                    seen.insert(address.to_lowercase());
                    recipients.reached.push(*id);
                }
                Err(why) => {
                    let name = facts.customer.map(|(_, customer)| customer.display_name());
                    recipients.left_out.push((*id, name.unwrap_or_default(), why));
                }
            }
        }
        Ok(recipients)
    }

    /// Puts a mailing into the outbox, all of it or nothing; each customer is looked at again.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be saved.
    pub fn send_mailing(
        &mut self,
        mailing: &Mailing,
        customers: &[CustomerId],
        today: NaiveDate,
        actor: Actor,
    ) -> Result<Mailed, StoreError> {
        let mut mailed = Mailed::default();
        let mut composed = Vec::new();
        let mut seen = BTreeSet::new();
        // Looked at and written in one transaction: no objection is noted in between.
        let write = Transaction::new_unchecked(&self.connection, TransactionBehavior::Immediate)?;
        for id in customers {
            let facts = self.letter_facts(About::Customer(*id), None, today)?;
            let reached = facts.and_then(|facts| Some((address(&facts, mailing, &seen).ok()?, facts)));
            let Some((address, facts)) = reached else {
                mailed.left_out += 1;
                continue;
            };
            seen.insert(address.to_lowercase());
            composed.push((*id, filled(&facts, mailing, address)));
        }
        for (id, message) in &composed {
            message::write(&write, None, *id, message, actor)?;
            mailed.queued += 1;
        }
        write.commit()?;
        Ok(mailed)
    }
}

/// The message to one customer.
pub fn filled(facts: &LetterFacts, mailing: &Mailing, address: String) -> Composed {
    let (words, dated) = facts.words(mailing.rule);
    let Mailing { channel, class, sender, rule, .. } = mailing;
    let letter = Letter { words: &words, dated, sender, channel: *channel, class: *class };
    let text = |purpose, template: &str| write(&letter, purpose, *rule, mailing.language, Some(template));
    let email = *channel == Channel::Email;
    Composed {
        channel: *channel,
        address,
        subject: email.then(|| text(Purpose::EmailSubject, &mailing.subject)),
        body: text(if email { Purpose::Email } else { Purpose::Sms }, &mailing.body),
        way: Way::Queue,
        legal_class: *class,
    }
}
