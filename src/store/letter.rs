//! What a message is made of: the facts of a task, of a customer or of a vehicle, and the texts that the
//! shop has written itself.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rusqlite::{OptionalExtension, params};

use super::history::Actor;
use super::{Store, StoreError, facts, setting};
use crate::domain::consent::Consents;
use crate::domain::customer::{ContactPerson, Customer};
use crate::domain::ids::{CustomerId, TaskId, VehicleId};
use crate::domain::language::Language;
use crate::domain::rule::{Half, LegalClass, RuleKey, Source, VehicleDate};
use crate::domain::vehicle::Vehicle;
use crate::rules::describe::Words;
use crate::rules::describe::letters::Purpose;

/// The kind under which a text about nothing in particular is kept.
const FREE: &str = "free";

/// About what somebody writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// A task.
    Task(TaskId),
    /// A customer.
    Customer(CustomerId),
    /// A vehicle; its present owner is written to.
    Vehicle(VehicleId),
}

/// The facts of messages to one customer.
#[derive(Debug, Clone)]
pub struct LetterFacts {
    /// The customer, if one is known.
    pub customer: Option<(CustomerId, Customer)>,
    /// The first contact person of a company.
    pub person: Option<ContactPerson>,
    /// What the customer answered, channel by channel.
    pub consents: Consents,
    /// The task, and its kind.
    pub task: Option<(TaskId, RuleKey)>,
    /// The facts; of a task its own, else those of the vehicle and the customer.
    words: Words,
    vehicle: Option<Vehicle>,
    last_visit_on: Option<NaiveDate>,
}

/// The shop's own texts in one language; `None` for a text about nothing in particular.
pub type OwnTexts = BTreeMap<(Purpose, Option<RuleKey>), String>;

impl LetterFacts {
    /// The facts for a kind of message, and whether its date is known. `None` is about nothing in
    /// particular.
    pub fn words(&self, rule: Option<RuleKey>) -> (Words, bool) {
        let Some(rule) = rule else { return (self.words.clone(), false) };
        if self.task.is_some_and(|(_, own)| own == rule) {
            return (self.words.clone(), true);
        }
        let vehicle = self.vehicle.as_ref();
        let date = match rule.source() {
            Source::VehicleDate(date) => vehicle.and_then(|vehicle| date_of(vehicle, date)),
            Source::LastVisit => self.last_visit_on,
            _ => None,
        };
        let detail = match rule {
            RuleKey::RepairAdvice => vehicle.and_then(|vehicle| vehicle.repair_advice.clone()),
            RuleKey::RoadsideCover => vehicle.and_then(|vehicle| vehicle.roadside_provider.clone()),
            _ => None,
        };
        let half = *rule.halves().first().unwrap_or(&Half::Whole);
        let words = Words {
            rule,
            half,
            counts_from: date.unwrap_or(self.words.today),
            number: None,
            total: None,
            detail,
            ..self.words.clone()
        };
        (words, date.is_some())
    }

    /// Which vehicle and whose, as the desk says it.
    pub fn name(&self) -> String {
        let car = self.vehicle.as_ref().map(|vehicle| {
            let what = [&vehicle.make, &vehicle.model].into_iter().flatten().map(String::as_str);
            std::iter::once(vehicle.plate.to_string())
                .chain(what.map(str::to_owned))
                .collect::<Vec<_>>()
                .join(" ")
        });
        let who = self.customer.as_ref().map(|(_, customer)| customer.display_name());
        car.into_iter().chain(who).collect::<Vec<_>>().join(", ")
    }

    /// The plate of the vehicle, as it is written.
    pub fn plate(&self) -> Option<String> {
        self.vehicle.as_ref().map(|vehicle| vehicle.plate.to_string())
    }

    /// The language in which the customer is written to.
    pub fn language(&self, usual: Language) -> Language {
        self.customer.as_ref().and_then(|(_, customer)| customer.language).unwrap_or(usual)
    }

    /// Where an SMS may go: the person at a company first.
    pub fn phones(&self) -> impl Iterator<Item = &str> {
        let person =
            self.person.iter().flat_map(|person| [person.mobile.as_deref(), person.phone.as_deref()]);
        let own = self.customer.iter().flat_map(|(_, one)| [one.mobile.as_deref(), one.phone.as_deref()]);
        person.chain(own).flatten()
    }

    /// Where an e-mail may go: an address has a name, an @ and a place.
    pub fn email(&self) -> Option<&str> {
        let person = self.person.as_ref().and_then(|person| person.email.as_deref());
        let own = self.customer.as_ref().and_then(|(_, customer)| customer.email.as_deref());
        [person, own].into_iter().flatten().map(str::trim).find(|text| is_email(text))
    }
}

/// Whether a text can be an e-mail address at all.
pub fn is_email(text: &str) -> bool {
    let blank = |sign: char| sign.is_whitespace() || sign.is_control() || ",;<>".contains(sign);
    text.rsplit_once('@').is_some_and(|(name, place)| {
        !name.is_empty()
            && !name.contains('@')
            && place.contains('.')
            && !place.starts_with('.')
            && !place.ends_with('.')
    }) && !text.contains(blank)
}

fn date_of(vehicle: &Vehicle, date: VehicleDate) -> Option<NaiveDate> {
    match date {
        VehicleDate::WarrantyUntil => vehicle.warranty_until,
        VehicleDate::RepairAdviceOn => vehicle.repair_advice_on,
        VehicleDate::InspectionExpiresOn => vehicle.inspection_expires_on,
        VehicleDate::RoadsideCoverUntil => vehicle.roadside_cover_until,
        VehicleDate::NextServiceOn => vehicle.next_service_on,
        VehicleDate::TimingBeltOn => vehicle.timing_belt_on,
        VehicleDate::ServiceIntervalOn => vehicle.service_interval_on,
    }
}

impl Store {
    /// The facts of messages about something; `customer` takes the place of its own customer (one who is
    /// chosen and not saved yet). `None` when it is not there.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn letter_facts(
        &self,
        about: About,
        customer: Option<CustomerId>,
        today: NaiveDate,
    ) -> Result<Option<LetterFacts>, StoreError> {
        let (words, vehicle, own, task) = match about {
            About::Task(id) => {
                let Some((words, vehicle, own)) = self.task_words(id, today)? else { return Ok(None) };
                let rule = words.rule;
                (Some(words), vehicle, own, Some((id, rule)))
            }
            About::Vehicle(id) => (None, Some(id), facts::owner(&self.connection, id, today)?, None),
            About::Customer(id) => (None, self.first_vehicle(id, today)?, Some(id), None),
        };
        let vehicle_id = vehicle;
        let vehicle = vehicle.map(|id| self.vehicle(id)).transpose()?.flatten();
        let id = customer.or(own);
        let customer = id.map(|id| self.customer(id)).transpose()?.flatten();
        if task.is_none() && vehicle.is_none() && customer.is_none() {
            return Ok(None);
        }
        let mut words = words.unwrap_or_else(|| Words {
            rule: RuleKey::NotSeen,
            half: Half::Whole,
            counts_from: today,
            today,
            salutation: None,
            first_name: None,
            name: None,
            company: None,
            plate: vehicle.as_ref().map(|vehicle| vehicle.plate.clone()),
            make: vehicle.as_ref().and_then(|vehicle| vehicle.make.clone()),
            model: vehicle.as_ref().and_then(|vehicle| vehicle.model.clone()),
            appointment_on: None,
            inspection_expires_on: vehicle.as_ref().and_then(|vehicle| vehicle.inspection_expires_on),
            register_expires_on: None,
            inspected_here: false,
            number: None,
            total: None,
            detail: None,
        });
        let known = customer.clone().unwrap_or_default();
        words.salutation = known.salutation;
        words.first_name = known.first_name;
        words.name = known.name;
        words.company = known.company;
        let consents = id.map(|id| self.consents(id)).transpose()?.unwrap_or_default();
        let person = id.map(|id| self.first_contact_person(id)).transpose()?.flatten();
        let last_visit_on = vehicle_id.map(|id| self.last_visit(id, today)).transpose()?.flatten();
        Ok(Some(LetterFacts {
            customer: id.zip(customer),
            person,
            consents,
            task,
            words,
            vehicle,
            last_visit_on,
        }))
    }

    /// The facts of a real vehicle to show a text with: of a task of the kind, open ones first; else of
    /// any vehicle with an owner. `None` in a shop without vehicles.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn example_facts(
        &self,
        rule: Option<RuleKey>,
        today: NaiveDate,
    ) -> Result<Option<LetterFacts>, StoreError> {
        let one = |sql: &str, kind: &str| -> Result<Option<i64>, StoreError> {
            let mut find = self.connection.prepare_cached(sql)?;
            Ok(find.query_row([kind], |row| row.get(0)).optional()?)
        };
        if let Some(rule) = rule {
            // From the newest on, until one fits: sorting them all would take as long as the list is.
            for sql in [
                "SELECT id FROM task WHERE +rule = ?1 AND customer_id IS NOT NULL AND vehicle_id IS NOT NULL
                    AND +state = 'open' ORDER BY id DESC LIMIT 1",
                "SELECT id FROM task WHERE +rule = ?1 AND customer_id IS NOT NULL AND vehicle_id IS NOT NULL
                    ORDER BY id DESC LIMIT 1",
            ] {
                if let Some(task) = one(sql, rule.as_str())? {
                    return self.letter_facts(About::Task(TaskId(task)), None, today);
                }
            }
        }
        let sql =
            "SELECT vehicle_id FROM ownership WHERE until_on IS NULL AND from_on <= ?1 ORDER BY id LIMIT 1";
        match one(sql, &today.to_string())? {
            Some(vehicle) => self.letter_facts(About::Vehicle(VehicleId(vehicle)), None, today),
            None => Ok(None),
        }
    }

    fn last_visit(&self, vehicle: VehicleId, today: NaiveDate) -> Result<Option<NaiveDate>, StoreError> {
        let sql = "SELECT max(visited_on) FROM visit WHERE vehicle_id = ?1 AND visited_on <= ?2";
        Ok(self.connection.prepare_cached(sql)?.query_row(params![vehicle.0, today], |row| row.get(0))?)
    }

    /// Of several vehicles the one that came into the customer's hands last.
    fn first_vehicle(&self, customer: CustomerId, today: NaiveDate) -> Result<Option<VehicleId>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT vehicle_id FROM ownership WHERE customer_id = ?1 AND from_on <= ?2
                AND (until_on IS NULL OR until_on > ?2) ORDER BY from_on DESC, vehicle_id DESC LIMIT 1",
        )?;
        let mut rows = statement.query(params![customer.0, today])?;
        Ok(rows.next()?.map(|row| row.get(0)).transpose()?.map(VehicleId))
    }

    /// The legal class of a kind of message; one about nothing in particular is commercial until
    /// somebody says otherwise.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn letter_class(&self, rule: Option<RuleKey>) -> Result<LegalClass, StoreError> {
        let Some(rule) = rule else { return Ok(LegalClass::Commercial) };
        Ok(self.settings()?.rule(rule).legal_class)
    }

    /// The texts of messages that the shop wrote itself.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn own_texts(&self, language: Language) -> Result<OwnTexts, StoreError> {
        let sql = "SELECT purpose, kind, text FROM template WHERE language = ?1";
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query([language.code()])?;
        let mut texts = OwnTexts::new();
        while let Some(row) = rows.next()? {
            let word = |index: usize| row.get_ref(index).map(|value| value.as_str().unwrap_or_default());
            let Ok(purpose) = word(0)?.parse::<Purpose>() else { continue };
            let rule = match word(1)? {
                FREE => None,
                kind => match kind.parse() {
                    Ok(rule) => Some(rule),
                    Err(_) => continue,
                },
            };
            texts.insert((purpose, rule), row.get(2)?);
        }
        Ok(texts)
    }

    /// Changes one text of a message, with its line of history; `None` puts the delivered one back.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be written.
    pub fn set_text(
        &mut self,
        purpose: Purpose,
        rule: Option<RuleKey>,
        language: Language,
        text: Option<&str>,
        actor: Actor,
    ) -> Result<(), StoreError> {
        let before = self.own_texts(language)?.remove(&(purpose, rule));
        let kind = rule.map_or(FREE, RuleKey::as_str);
        let write = self.write()?;
        let key = [purpose.as_str(), kind, language.code()];
        setting::write_template(&write, key, before.as_deref(), text, actor)?;
        Ok(write.commit()?)
    }
}

#[cfg(test)]
mod tests {
    use super::is_email;

    #[test]
    fn an_address_has_a_name_and_a_place() {
        for (text, wanted) in [
            ("jan@voorbeeld.nl", true),
            ("jan.van.den+auto@mail.voorbeeld.nl", true),
            ("jan@voorbeeld", false),
            ("@voorbeeld.nl", false),
            ("jan voorbeeld@x.nl", false),
            ("jan@x.nl, piet@x.nl", false),
            ("jan@@x.nl", false),
            ("jan@x.nl.", false),
            ("", false),
        ] {
            assert_eq!(is_email(text), wanted, "{text}");
        }
    }
}
