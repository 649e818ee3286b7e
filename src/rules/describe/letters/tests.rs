//! The delivered messages: all kinds, purposes and languages.

use super::*;
use crate::domain::amount::Money;
use crate::domain::sms::{Alphabet, count};

fn words(rule: RuleKey, half: Half) -> Words {
    Words {
        rule,
        half,
        counts_from: "2015-06-30".parse().unwrap(),
        today: "2015-06-24".parse().unwrap(),
        salutation: Some("Mevrouw".to_owned()),
        first_name: Some("Zoë".to_owned()),
        name: Some("Daniëls".to_owned()),
        company: None,
        plate: Some(Plate::parse("JL-29-JK").unwrap()),
        make: Some("Citroën".to_owned()),
        model: Some("C3".to_owned()),
        appointment_on: None,
        inspection_expires_on: Some("2015-06-30".parse().unwrap()),
        register_expires_on: None,
        inspected_here: false,
        number: Some("O-2015-0017".to_owned()),
        total: Some(Money(123_456)),
        detail: Some("koppeling".to_owned()),
    }
}

fn sender() -> Sender {
    Sender { name: "Garage De Hoek".into(), phone: "010-2345678".into(), country: "NL".into() }
}

fn written(words: &Words, purpose: Purpose, class: LegalClass, language: Language) -> String {
    let channel = if purpose == Purpose::Sms { Channel::Sms } else { Channel::Email };
    let sender = sender();
    let letter = Letter { words, dated: true, sender: &sender, channel, class };
    write(&letter, purpose, Some(words.rule), language, None)
}

#[test]
fn the_inspection_in_dutch() {
    let words = words(RuleKey::Inspection, Half::Whole);
    assert_eq!(
        written(&words, Purpose::Sms, LegalClass::Commercial, Language::Nl),
        "Goedendag, de APK van uw auto JL-29-JK vervalt op 30-06-2015. Afspraak maken? Bel 010-2345678.\n\
         Garage De Hoek\nGeen sms meer? Bel 010-2345678"
    );
    assert_eq!(
        written(&words, Purpose::EmailSubject, LegalClass::Commercial, Language::Nl),
        "De APK van uw Citroën C3 (JL-29-JK) vervalt"
    );
    assert_eq!(
        written(&words, Purpose::Email, LegalClass::Commercial, Language::Nl),
        "Geachte mevrouw Daniëls,\n\nDe APK van uw Citroën C3 (JL-29-JK) vervalt op 30 juni 2015. Laat u tussen \
         24 juni 2015 en 30 juni 2015 keuren, dan verliest u geen dag geldigheid.\n\nAfspraak maken? Bel \
         010-2345678 of beantwoord deze e-mail.\n\nMet vriendelijke groet,\nGarage De Hoek\n010-2345678\n\n\
         Wilt u geen e-mail meer van ons? Antwoord dan met 'stop'."
    );
}

#[test]
fn every_kind_has_messages_in_every_language() {
    for language in Language::ALL {
        for rule in RuleKey::ALL {
            for half in rule.halves() {
                let words = words(rule, *half);
                let of = |purpose, class| written(&words, purpose, class, language);
                let sms = of(Purpose::Sms, LegalClass::Commercial);
                let counted = count(&sms);
                assert_eq!(counted.alphabet, Alphabet::Gsm, "{sms}: {:?}", counted.outside);
                assert!(counted.parts <= 2, "{sms}: {} units", counted.units);
                assert!(sms.contains("Garage De Hoek") && sms.matches("010-2345678").count() == 2, "{sms}");
                assert!(of(Purpose::Sms, LegalClass::Service).lines().count() == 2, "{sms}");
                let email = of(Purpose::Email, LegalClass::Commercial);
                assert!(
                    email.contains("Daniëls,\n\n") && email.contains("\n\nGarage De Hoek")
                        || email.contains("\nGarage De Hoek\n"),
                    "{email}"
                );
                assert!(email.ends_with('.') && email.contains('\''), "{email}");
                let subject = of(Purpose::EmailSubject, LegalClass::Commercial);
                assert!(!subject.contains('\n') && subject.chars().count() <= 78, "{subject}");
                for text in [&sms, &email, &subject] {
                    assert!(
                        !text.contains(['{', '}']) && !text.contains("  ") && !text.contains("\n\n\n"),
                        "{text}"
                    );
                }
            }
        }
    }
}

#[test]
fn what_is_unknown_leaves_no_hole() {
    let nobody = Sender::default();
    for language in Language::ALL {
        for rule in RuleKey::ALL.map(Some).into_iter().chain([None]) {
            let mut words = words(rule.unwrap_or(RuleKey::Inspection), Half::Whole);
            (words.salutation, words.name, words.plate, words.make, words.model) =
                (None, None, None, None, None);
            (words.number, words.total, words.detail) = (None, None, None);
            for (purpose, channel) in [
                (Purpose::Sms, Channel::Sms),
                (Purpose::EmailSubject, Channel::Email),
                (Purpose::Email, Channel::Email),
            ] {
                let class = LegalClass::Commercial;
                let letter = Letter { words: &words, dated: false, sender: &nobody, channel, class };
                let text = write(&letter, purpose, rule, language, None);
                assert!(
                    !text.contains("  ")
                        && !text.contains(" .\n")
                        && !text.contains("()")
                        && !text.contains(" ,"),
                    "{text}"
                );
                assert!(!text.is_empty());
                if purpose == Purpose::Sms {
                    assert_eq!(count(&text).alphabet, Alphabet::Gsm, "{text}");
                }
            }
        }
    }
}

#[test]
fn a_shops_own_text_is_used_when_it_can_be() {
    let words = words(RuleKey::Inspection, Half::Whole);
    let sender = sender();
    let letter = Letter {
        words: &words,
        dated: true,
        sender: &sender,
        channel: Channel::Sms,
        class: LegalClass::Service,
    };
    let text =
        |template| write(&letter, Purpose::Sms, Some(RuleKey::Inspection), Language::Nl, Some(template));
    assert_eq!(text("APK {plate} voor {day}. {shop}"), "APK JL-29-JK voor 30-06-2015. Garage De Hoek");
    assert!(text("{kenteken}").starts_with("Goedendag"));
    assert_eq!(check("{kenteken}"), Err(TemplateError::Unknown("kenteken".to_owned())));
    assert_eq!(check("{salutation}, {your_car} {stop}"), Ok(()));
}
