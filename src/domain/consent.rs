//! What a customer agreed to or objected to, channel by channel (NEW-06). Who noted it, when, and in
//! which words it was asked is kept: the shop carries the burden of proof (facts C.6).

use chrono::{DateTime, Utc};

use super::language::Language;
use super::message::Channel;

/// One answer of a customer, as it was noted at the desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consent {
    /// Given, or withdrawn.
    pub given: bool,
    /// The words in which it was asked.
    pub wording: String,
    /// When, in UTC.
    pub noted_at: DateTime<Utc>,
    /// Name or code of the employee who noted it.
    pub employee: Option<String>,
}

/// A customer's newest answer on each channel; `None`: never asked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Consents {
    /// Telephone.
    pub call: Option<Consent>,
    /// SMS.
    pub sms: Option<Consent>,
    /// E-mail.
    pub email: Option<Consent>,
}

impl Consents {
    /// The newest answer on a channel.
    pub fn on(&self, channel: Channel) -> Option<&Consent> {
        match channel {
            Channel::Call => self.call.as_ref(),
            Channel::Sms => self.sms.as_ref(),
            Channel::Email => self.email.as_ref(),
        }
    }

    /// Whether consent stands on a channel: given, and not withdrawn since.
    pub fn given(&self, channel: Channel) -> bool {
        self.on(channel).is_some_and(|consent| consent.given)
    }
}

/// What the receptionist reads aloud, until the shop writes its own words.
pub fn delivered_wording(channel: Channel, language: Language) -> &'static str {
    match (language, channel) {
        (Language::Nl, Channel::Call) => {
            "Mogen wij u bellen over keuring, onderhoud en aanbiedingen voor uw voertuig? U kunt dit altijd weer intrekken."
        }
        (Language::Nl, Channel::Sms) => {
            "Mogen wij u een sms sturen over keuring, onderhoud en aanbiedingen voor uw voertuig? U kunt dit altijd weer intrekken."
        }
        (Language::Nl, Channel::Email) => {
            "Mogen wij u mailen over keuring, onderhoud en aanbiedingen voor uw voertuig? U kunt dit altijd weer intrekken."
        }
        (Language::De, Channel::Call) => {
            "Dürfen wir Sie zu Hauptuntersuchung, Wartung und Angeboten für Ihr Fahrzeug anrufen? Sie können das jederzeit widerrufen."
        }
        (Language::De, Channel::Sms) => {
            "Dürfen wir Ihnen SMS zu Hauptuntersuchung, Wartung und Angeboten für Ihr Fahrzeug schicken? Sie können das jederzeit widerrufen."
        }
        (Language::De, Channel::Email) => {
            "Dürfen wir Ihnen E-Mails zu Hauptuntersuchung, Wartung und Angeboten für Ihr Fahrzeug schicken? Sie können das jederzeit widerrufen."
        }
        (Language::Pt, Channel::Call) => {
            "Podemos ligar para você sobre inspeção, revisões e ofertas para o seu veículo? Você pode retirar essa permissão a qualquer momento."
        }
        (Language::Pt, Channel::Sms) => {
            "Podemos enviar SMS sobre inspeção, revisões e ofertas para o seu veículo? Você pode retirar essa permissão a qualquer momento."
        }
        (Language::Pt, Channel::Email) => {
            "Podemos enviar e-mails sobre inspeção, revisões e ofertas para o seu veículo? Você pode retirar essa permissão a qualquer momento."
        }
        (Language::En, Channel::Call) => {
            "May we call you about the inspection, servicing and offers for your vehicle? You can take this back at any time."
        }
        (Language::En, Channel::Sms) => {
            "May we text you about the inspection, servicing and offers for your vehicle? You can take this back at any time."
        }
        (Language::En, Channel::Email) => {
            "May we e-mail you about the inspection, servicing and offers for your vehicle? You can take this back at any time."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_channel_has_its_words_in_every_language() {
        let mut all: Vec<&str> = Language::ALL
            .into_iter()
            .flat_map(|language| Channel::ALL.map(|channel| delivered_wording(channel, language)))
            .collect();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), 12);
    }
}
