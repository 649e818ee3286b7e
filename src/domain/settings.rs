//! What a shop sets: its rules and a few general numbers (CSS-01 to CSS-05, figure 2.2).
//!
//! Every setting has a dotted key (`rules.inspection.days`, `general.weekly_capacity`), a default
//! and a check. The keys are the contract of `balie settings`; see [`Settings::set`].

use serde_json::Value;

use super::rule::{LegalClass, RuleKey};

/// The largest number of days a rule can count: ten years.
const MOST_DAYS: u32 = 3660;
/// The largest number of months a rule can count.
const MOST_MONTHS: u32 = 120;
/// Days after an invoice that the rule `invoice_above` fires; fixed by its name.
pub const DAYS_AFTER_INVOICE: u32 = 14;

/// A rule's numbers, by what it counts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Numbers {
    /// So many days before or after.
    Days(u32),
    /// So many calendar months after.
    Months(u32),
    /// Above so many whole units of money.
    Amount(u32),
    /// So many days after issue, and so many before expiry.
    Halves {
        /// Days after issue.
        after: u32,
        /// Days before expiry.
        before: u32,
    },
    /// None: fires on detection.
    None,
}

/// What a shop set for one rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleSettings {
    /// The box in front of the rule.
    pub enabled: bool,
    /// Its number or numbers; 0 makes no task.
    pub numbers: Numbers,
    /// Code of the employee who gets its tasks.
    pub assignee: Option<String>,
    /// Service or commercial (NEW-06).
    pub legal_class: LegalClass,
}

/// The general numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct General {
    /// Hours between two collections (CSS-02).
    pub collect_every_hours: u32,
    /// Days between two checks of the registration (CSS-02).
    pub registration_check_every_days: u32,
    /// Months within which a vehicle must have been in the workshop; 0 is no limit (CSS-03).
    pub recently_seen_months: u32,
    /// Collected tasks released in a week; 0 is no limit (CSS-05).
    pub weekly_capacity: u32,
    /// Days before its execution date that a 'before' task is made (CSS-01).
    pub look_ahead_days: u32,
    /// Days that old news may be old (CSS-01).
    pub look_back_days: u32,
    /// Days after its execution date from which a task is overdue (CSS-08).
    pub overdue_after_days: u32,
    /// Minutes for which a long press silences the blinking (CSS-08).
    pub silence_minutes: u32,
    /// Days after which a customer who was contacted and did not book comes back (NEW-10).
    pub come_back_days: u32,
    /// Minutes without a touch after which somebody must sign in again; 0 is never (APP-10).
    pub lock_after_minutes: u32,
    /// Minutes of one slot of the agenda, the usual length of an appointment.
    pub slot_minutes: u32,
}

/// Everything a shop set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The general numbers.
    pub general: General,
    rules: Vec<RuleSettings>,
}

/// Why a setting cannot be read or changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingError {
    /// No such key.
    #[error("there is no setting '{0}'; `balie settings list` shows them all")]
    Unknown(String),
    /// The value does not fit the key.
    #[error("{key}: '{value}' does not fit; {wanted}")]
    Value {
        /// The key.
        key: String,
        /// What was given.
        value: String,
        /// What would fit.
        wanted: String,
    },
}

impl Default for General {
    fn default() -> Self {
        Self {
            collect_every_hours: 1,
            registration_check_every_days: 4,
            recently_seen_months: 99,
            weekly_capacity: 20,
            look_ahead_days: 14,
            look_back_days: 14,
            overdue_after_days: 7,
            silence_minutes: 60,
            come_back_days: 7,
            lock_after_minutes: 5,
            slot_minutes: 30,
        }
    }
}

impl General {
    /// Name, smallest and largest value of each number, and the number itself.
    fn fields(&mut self) -> [(&'static str, u32, u32, &mut u32); 11] {
        [
            ("collect_every_hours", 1, 168, &mut self.collect_every_hours),
            ("registration_check_every_days", 1, 365, &mut self.registration_check_every_days),
            ("recently_seen_months", 0, 1200, &mut self.recently_seen_months),
            ("weekly_capacity", 0, 1_000_000, &mut self.weekly_capacity),
            ("look_ahead_days", 0, 366, &mut self.look_ahead_days),
            ("look_back_days", 0, MOST_DAYS, &mut self.look_back_days),
            ("overdue_after_days", 0, 366, &mut self.overdue_after_days),
            ("silence_minutes", 1, 1440, &mut self.silence_minutes),
            ("come_back_days", 1, 366, &mut self.come_back_days),
            ("lock_after_minutes", 0, 1440, &mut self.lock_after_minutes),
            ("slot_minutes", 5, 240, &mut self.slot_minutes),
        ]
    }
}

impl RuleSettings {
    fn default_for(rule: RuleKey) -> Self {
        let numbers = match rule {
            RuleKey::Warranty | RuleKey::CarSold => Numbers::Days(0),
            RuleKey::InvoiceAbove => Numbers::Amount(0),
            RuleKey::NotSeen => Numbers::Months(4),
            RuleKey::Registration | RuleKey::Recall => Numbers::None,
            RuleKey::TyreAdvice => Numbers::Days(7),
            RuleKey::BrakeAdvice => Numbers::Days(45),
            RuleKey::Inspection | RuleKey::RoadsideCover => Numbers::Days(100),
            RuleKey::RepairAdvice | RuleKey::NextService | RuleKey::TimingBelt | RuleKey::ServiceInterval => {
                Numbers::Days(30)
            }
            RuleKey::WorkshopQuote | RuleKey::CarQuote | RuleKey::SalesAgreement => {
                Numbers::Halves { after: 0, before: 0 }
            }
        };
        // Telling of a recall offers nothing: it is about safety.
        let legal_class = if rule == RuleKey::Recall { LegalClass::Service } else { LegalClass::Commercial };
        let mut rule = Self { enabled: true, numbers, assignee: None, legal_class };
        rule.enabled = rule.has_number();
        rule
    }

    /// Whether any of its numbers is not 0 (or it needs none).
    pub fn has_number(&self) -> bool {
        match self.numbers {
            Numbers::Days(number) | Numbers::Months(number) | Numbers::Amount(number) => number > 0,
            Numbers::Halves { after, before } => after > 0 || before > 0,
            Numbers::None => true,
        }
    }

    /// Whether the rule can make tasks: ticked, and a number that is not 0.
    pub fn is_live(&self) -> bool {
        self.enabled && self.has_number()
    }

    /// Name, largest value and the number itself, of each number the rule has.
    fn number_fields(&mut self) -> Vec<(&'static str, u32, &mut u32)> {
        match &mut self.numbers {
            Numbers::Days(days) => vec![("days", MOST_DAYS, days)],
            Numbers::Months(months) => vec![("months", MOST_MONTHS, months)],
            Numbers::Amount(amount) => vec![("amount", 10_000_000, amount)],
            Numbers::Halves { after, before } => {
                vec![("days_after", MOST_DAYS, after), ("days_before", MOST_DAYS, before)]
            }
            Numbers::None => Vec::new(),
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self { general: General::default(), rules: RuleKey::ALL.map(RuleSettings::default_for).to_vec() }
    }
}

impl Settings {
    /// What is set for a rule.
    pub fn rule(&self, rule: RuleKey) -> &RuleSettings {
        // The table has a place for each key by construction.
        #[allow(clippy::indexing_slicing)]
        &self.rules[rule.index()]
    }

    /// As these, with the rule's box ticked and its numbers moved by so many steps; none falls to 0.
    pub fn nearby(&self, rule: RuleKey, steps: i32) -> Self {
        let mut near = self.clone();
        let set = near.rule_mut(rule);
        set.enabled = true;
        for (_, most, number) in set.number_fields() {
            *number = number.saturating_add_signed(steps).clamp(1, most);
        }
        near
    }

    /// Smallest and largest value of a number; none for what is no number.
    pub fn bounds(&self, key: &str) -> Option<(u32, u32)> {
        let mut copy = self.clone();
        let mut parts = key.splitn(3, '.');
        match (parts.next(), parts.next(), parts.next()) {
            (Some("general"), Some(name), None) => {
                copy.general.fields().iter().find(|field| field.0 == name).map(|field| (field.1, field.2))
            }
            (Some("rules"), Some(rule), Some(name)) => {
                let mut fields = copy.rule_mut(rule.parse().ok()?).number_fields();
                fields.iter_mut().find(|field| field.0 == name).map(|field| (0, field.1))
            }
            _ => None,
        }
    }

    fn rule_mut(&mut self, rule: RuleKey) -> &mut RuleSettings {
        #[allow(clippy::indexing_slicing)]
        &mut self.rules[rule.index()]
    }

    /// Every key with its value, in the order of the settings screen.
    pub fn list(&self) -> Vec<(String, Value)> {
        let mut copy = self.clone();
        let mut all = Vec::new();
        for (name, _, _, number) in copy.general.fields() {
            all.push((format!("general.{name}"), Value::from(*number)));
        }
        for key in RuleKey::ALL {
            let rule = copy.rule_mut(key);
            all.push((format!("rules.{key}.enabled"), Value::from(rule.enabled)));
            for (name, _, number) in rule.number_fields() {
                all.push((format!("rules.{key}.{name}"), Value::from(*number)));
            }
            all.push((
                format!("rules.{key}.assignee"),
                rule.assignee.clone().map_or(Value::Null, Value::from),
            ));
            all.push((format!("rules.{key}.legal_class"), Value::from(rule.legal_class.as_str())));
        }
        all
    }

    /// The value of one key.
    ///
    /// # Errors
    /// [`SettingError::Unknown`] when there is no such key.
    pub fn get(&self, key: &str) -> Result<Value, SettingError> {
        let found = self.list().into_iter().find(|(name, _)| name == key);
        found.map(|(_, value)| value).ok_or_else(|| SettingError::Unknown(key.to_owned()))
    }

    /// Changes one key. Numbers are whole; boxes take yes/no in the words of the CSV files; an
    /// assignee is an employee's code, or `none` (whether the employee exists, the store knows).
    ///
    /// # Errors
    /// [`SettingError`] when the key does not exist or the value does not fit it.
    pub fn set(&mut self, key: &str, value: &str) -> Result<(), SettingError> {
        let refuse =
            |wanted: String| SettingError::Value { key: key.to_owned(), value: value.to_owned(), wanted };
        let unknown = || SettingError::Unknown(key.to_owned());
        let whole = |least: u32, most: u32| {
            let number = value.trim().parse::<u32>().ok().filter(|number| (least..=most).contains(number));
            number.ok_or_else(|| refuse(format!("write a whole number from {least} to {most}")))
        };
        let mut parts = key.splitn(3, '.');
        match (parts.next(), parts.next(), parts.next()) {
            (Some("general"), Some(name), None) => {
                let mut fields = self.general.fields();
                let field = fields.iter_mut().find(|(field, ..)| *field == name).ok_or_else(unknown)?;
                *field.3 = whole(field.1, field.2)?;
            }
            (Some("rules"), Some(rule), Some(field)) => {
                let rule = self.rule_mut(rule.parse().map_err(|_| unknown())?);
                match field {
                    "enabled" => {
                        rule.enabled =
                            yes_or_no(value).ok_or_else(|| refuse("write true or false".to_owned()))?;
                    }
                    "assignee" => {
                        let code = value.trim();
                        rule.assignee =
                            (!code.is_empty() && code != "none" && code != "null").then(|| code.to_owned());
                    }
                    "legal_class" => rule.legal_class = value.trim().parse().map_err(refuse)?,
                    name => {
                        let mut fields = rule.number_fields();
                        let field =
                            fields.iter_mut().find(|(field, ..)| *field == name).ok_or_else(unknown)?;
                        *field.2 = whole(0, field.1)?;
                    }
                }
            }
            _ => return Err(unknown()),
        }
        Ok(())
    }
}

/// Reads the words for yes and no that the CSV files use, in any case.
pub fn yes_or_no(text: &str) -> Option<bool> {
    match text.trim().to_lowercase().as_str() {
        "yes" | "ja" | "true" | "1" | "sim" => Some(true),
        "no" | "nee" | "nein" | "false" | "0" | "não" | "nao" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_are_those_of_the_seed_and_a_zero_starts_switched_off() {
        let settings = Settings::default();
        for (key, value) in [
            ("rules.inspection.days", Value::from(100)),
            ("rules.inspection.enabled", Value::from(true)),
            ("rules.warranty.days", Value::from(0)),
            ("rules.warranty.enabled", Value::from(false)),
            ("rules.invoice_above.amount", Value::from(0)),
            ("rules.not_seen.months", Value::from(4)),
            ("rules.workshop_quote.days_before", Value::from(0)),
            ("rules.registration.enabled", Value::from(true)),
            ("rules.registration.assignee", Value::Null),
            ("rules.recall.enabled", Value::from(true)),
            ("rules.recall.legal_class", Value::from("service")),
            ("general.weekly_capacity", Value::from(20)),
            ("general.recently_seen_months", Value::from(99)),
        ] {
            assert_eq!(settings.get(key), Ok(value), "{key}");
        }
        assert_eq!(settings.list().len(), 11 + 17 * 3 + 12 + 6);
    }

    #[test]
    fn every_listed_key_can_be_set_to_what_it_is() {
        let settings = Settings::default();
        for (key, value) in settings.list() {
            let mut copy = settings.clone();
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            copy.set(&key, &text).unwrap();
            assert_eq!(copy, settings, "{key}");
        }
    }

    #[test]
    fn what_does_not_fit_says_what_would() {
        let mut settings = Settings::default();
        for (key, value, words) in [
            ("rules.inspection.days", "-1", "from 0 to 3660"),
            ("rules.inspection.days", "veel", "from 0 to 3660"),
            ("rules.inspection.months", "4", "no setting"),
            ("rules.apk.days", "4", "no setting"),
            ("rules.inspection", "4", "no setting"),
            ("general.collect_every_hours", "0", "from 1 to 168"),
            ("general.speed", "1", "no setting"),
            ("rules.inspection.enabled", "misschien", "true or false"),
            ("rules.inspection.legal_class", "x", "service, commercial"),
            ("", "1", "no setting"),
        ] {
            let error = settings.set(key, value).unwrap_err().to_string();
            assert!(error.contains(words), "{key}={value}: {error}");
        }
        assert_eq!(settings, Settings::default());
    }
}
