//! The legal gate (NEW-06): may this customer be reached by this channel for this reason?
//!
//! An objection bars everything commercial, whatever was agreed before. What remains is a table of one
//! row for each country. The Netherlands: Telecommunicatiewet 11.7 (SMS and e-mail to existing
//! customers, unless refused), and since 1 July 2026 no exemption for calls any more: a commercial
//! call to a customer needs consent given beforehand (facts C.6). Countries that were not studied are
//! treated as strictly as any: consent for everything commercial.

use crate::domain::consent::Consents;
use crate::domain::customer::{Customer, CustomerKind};
use crate::domain::message::Channel;
use crate::domain::rule::{LegalClass, written};

/// Why a customer may not be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Barred {
    /// The customer wants no contact.
    Objected,
    /// The customer refused this channel, or took the consent back.
    Refused,
    /// The law asks for a consent that nobody has noted yet.
    NeedsConsent,
    /// Advertising to somebody who is not a customer yet asks for consent.
    NotYetCustomer,
}

written!(Barred, "a reason", Barred::Objected => "objected", Barred::Refused => "refused", Barred::NeedsConsent => "needs_consent", Barred::NotYetCustomer => "not_yet_customer");

/// What a country's law asks before a commercial message to an existing customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Law {
    call: Basis,
    sms: Basis,
    email: Basis,
}

/// On what a message can rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Basis {
    /// A consent, noted beforehand.
    Consent,
    /// The customer is one already, and can say no in every message.
    ExistingCustomer,
}

const STRICT: Law = Law { call: Basis::Consent, sms: Basis::Consent, email: Basis::Consent };
const DUTCH: Law = Law { call: Basis::Consent, sms: Basis::ExistingCustomer, email: Basis::ExistingCustomer };

/// The law of a country, by its ISO 3166 code.
fn law(country: &str) -> Law {
    match country {
        "NL" => DUTCH,
        _ => STRICT,
    }
}

/// Whether a customer may be reached by a channel for a reason of the class. `country` is the shop's.
///
/// # Errors
/// [`Barred`] says why not.
pub fn may(
    channel: Channel,
    class: LegalClass,
    customer: &Customer,
    consents: &Consents,
    country: &str,
) -> Result<(), Barred> {
    if class == LegalClass::Service {
        return Ok(());
    }
    if customer.contact_allowed == Some(false) {
        return Err(Barred::Objected);
    }
    if let Some(consent) = consents.on(channel) {
        return if consent.given { Ok(()) } else { Err(Barred::Refused) };
    }
    let law = law(country);
    let basis = match channel {
        Channel::Call => law.call,
        Channel::Sms => law.sms,
        Channel::Email => law.email,
    };
    match basis {
        Basis::Consent => Err(Barred::NeedsConsent),
        Basis::ExistingCustomer if customer.kind == CustomerKind::Prospect => Err(Barred::NotYetCustomer),
        Basis::ExistingCustomer => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::consent::Consent;

    fn consents(channel: Channel, given: Option<bool>) -> Consents {
        let consent = given.map(|given| Consent {
            given,
            wording: "Mogen wij u bellen?".into(),
            noted_at: chrono::DateTime::default(),
            employee: None,
        });
        let mut all = Consents::default();
        match channel {
            Channel::Call => all.call = consent,
            Channel::Sms => all.sms = consent,
            Channel::Email => all.email = consent,
        }
        all
    }

    #[test]
    fn the_table_of_who_may_be_reached() {
        use Barred::{NeedsConsent, NotYetCustomer, Objected, Refused};
        use Channel::{Call, Email, Sms};
        use LegalClass::{Commercial, Service};
        let (customer, prospect) = (CustomerKind::Private, CustomerKind::Prospect);
        for (country, channel, class, kind, allowed, consent, wanted) in [
            // A service message needs nothing, and an objection is one against advertising.
            ("NL", Call, Service, customer, None, None, Ok(())),
            ("NL", Call, Service, customer, Some(false), Some(false), Ok(())),
            ("NL", Sms, Service, prospect, Some(false), None, Ok(())),
            ("DE", Email, Service, customer, None, None, Ok(())),
            // The Netherlands: calls need consent since 1 July 2026, in writing there is an opt-out.
            ("NL", Call, Commercial, customer, None, None, Err(NeedsConsent)),
            ("NL", Call, Commercial, customer, Some(true), None, Err(NeedsConsent)),
            ("NL", Call, Commercial, customer, None, Some(true), Ok(())),
            ("NL", Call, Commercial, customer, None, Some(false), Err(Refused)),
            ("NL", Sms, Commercial, customer, None, None, Ok(())),
            ("NL", Email, Commercial, customer, Some(true), None, Ok(())),
            ("NL", Sms, Commercial, customer, None, Some(false), Err(Refused)),
            ("NL", Email, Commercial, customer, None, Some(false), Err(Refused)),
            ("NL", Email, Commercial, prospect, None, None, Err(NotYetCustomer)),
            ("NL", Email, Commercial, prospect, None, Some(true), Ok(())),
            // An objection bars what was agreed to before.
            ("NL", Call, Commercial, customer, Some(false), Some(true), Err(Objected)),
            ("NL", Sms, Commercial, customer, Some(false), Some(true), Err(Objected)),
            ("NL", Email, Commercial, customer, Some(false), None, Err(Objected)),
            // Elsewhere nothing commercial goes without consent.
            ("DE", Sms, Commercial, customer, None, None, Err(NeedsConsent)),
            ("BR", Email, Commercial, customer, Some(true), None, Err(NeedsConsent)),
            ("BR", Email, Commercial, customer, None, Some(true), Ok(())),
            ("", Call, Commercial, customer, None, None, Err(NeedsConsent)),
        ] {
            let person = Customer { kind, contact_allowed: allowed, ..Customer::default() };
            let found = may(channel, class, &person, &consents(channel, consent), country);
            assert_eq!(found, wanted, "{country} {channel} {class} {kind} {allowed:?} {consent:?}");
        }
    }

    #[test]
    fn consent_on_one_channel_is_none_on_another() {
        let given = consents(Channel::Sms, Some(true));
        let customer = Customer::default();
        let call = may(Channel::Call, LegalClass::Commercial, &customer, &given, "NL");
        assert_eq!(call, Err(Barred::NeedsConsent));
    }
}
