//! What the delivered Dutch messages say, kind by kind.

use super::Core;
use crate::domain::rule::{Half, RuleKey};

pub(super) fn core(rule: RuleKey, half: Half) -> Core {
    match (rule, half) {
        (RuleKey::Warranty, _) => Core {
            subject: "De garantie op {your_car} loopt af",
            sms: "de garantie op {your_plate} loopt af op {day}.",
            email: "De garantie op {your_car} loopt af op {date}. Wij kijken de auto graag nog na, zodat alles wat onder de garantie valt op tijd verholpen wordt.",
            asks: true,
        },
        (RuleKey::CarSold, _) => Core {
            subject: "Bevalt {your_car}?",
            sms: "bevalt {your_plate} die u op {day} bij ons kocht? Wij horen het graag.",
            email: "Op {date} kocht u bij ons {your_car}. Wij horen graag of alles naar wens is.",
            asks: false,
        },
        (RuleKey::InvoiceAbove, _) => Core {
            subject: "Bent u tevreden over ons werk?",
            sms: "bent u tevreden over ons werk aan {your_plate} op {day}? Wij horen het graag.",
            email: "Op {date} hebben wij aan {your_car} gewerkt. Wij horen graag of u tevreden bent.",
            asks: false,
        },
        (RuleKey::NotSeen, _) => Core {
            subject: "Tijd voor een controle van {your_car}?",
            sms: "{your_plate} was op {day} voor het laatst bij ons. Tijd voor een controle?",
            email: "{your_car} was op {date} voor het laatst in onze werkplaats. Misschien is het tijd voor een controle of een onderhoudsbeurt.",
            asks: true,
        },
        (RuleKey::Registration, _) => Core {
            subject: "Heeft u een andere auto?",
            sms: "volgens de RDW staat {your_plate} op een andere naam. Rijdt u nu iets anders? Ook daarmee helpen wij u graag.",
            email: "Bij de RDW staat {your_car} sinds {date} op een andere naam. Rijdt u nu een andere auto? Ook daarmee helpen wij u graag.",
            asks: false,
        },
        (RuleKey::TyreAdvice, _) => Core {
            subject: "De banden van {your_car}",
            sms: "bij de APK van {day} zagen wij dat de banden van {your_plate} bijna versleten zijn.",
            email: "Bij de APK van {date} kreeg {your_car} een advies voor de banden: ze zijn bijna versleten. Wij kijken ze graag voor u na.",
            asks: true,
        },
        (RuleKey::BrakeAdvice, _) => Core {
            subject: "De remmen van {your_car}",
            sms: "bij de APK van {day} kreeg {your_plate} een advies voor de remmen.",
            email: "Bij de APK van {date} kreeg {your_car} een advies voor de remmen. Wij kijken ze graag voor u na.",
            asks: true,
        },
        (RuleKey::RepairAdvice, _) => Core {
            subject: "Reparatie aan {your_car}",
            sms: "voor {your_plate} hebben wij een reparatie geadviseerd {detail} op {day}.",
            email: "Voor {your_car} hebben wij een reparatie geadviseerd {detail}. Die staat op {date}.",
            asks: true,
        },
        (RuleKey::Inspection, _) => Core {
            subject: "De APK van {your_car} vervalt",
            sms: "de APK van {your_plate} vervalt op {day}.",
            email: "De APK van {your_car} vervalt op {date}. {window}",
            asks: true,
        },
        (RuleKey::RoadsideCover, _) => Core {
            subject: "De pechhulp van {your_car} vervalt",
            sms: "de pechhulp van {your_plate} vervalt op {day}. Wij verlengen die graag.",
            email: "De pechhulp {detail} van {your_car} vervalt op {date}. Wij verlengen die graag voor u.",
            asks: true,
        },
        (RuleKey::NextService, _) => Core {
            subject: "Onderhoud van {your_car}",
            sms: "{your_plate} is op {day} aan onderhoud toe.",
            email: "{your_car} is op {date} aan onderhoud toe.",
            asks: true,
        },
        (RuleKey::TimingBelt, _) => Core {
            subject: "De distributieriem van {your_car}",
            sms: "de distributieriem van {your_plate} moet op {day} vervangen worden.",
            email: "De distributieriem van {your_car} moet op {date} vervangen worden. Op tijd vervangen voorkomt schade aan de motor.",
            asks: true,
        },
        (RuleKey::ServiceInterval, _) => Core {
            subject: "Onderhoudsbeurt van {your_car}",
            sms: "de onderhoudsbeurt van {your_plate} staat op {day}.",
            email: "De onderhoudsbeurt van {your_car} staat op {date}.",
            asks: true,
        },
        (RuleKey::WorkshopQuote, Half::Before) => Core {
            subject: "Onze offerte {number} verloopt",
            sms: "onze offerte {number} {total} voor {your_plate} is geldig tot {day}.",
            email: "Onze offerte {number} {total} voor {your_car} is geldig tot en met {date}. Zullen wij het werk voor u inplannen?",
            asks: true,
        },
        (RuleKey::WorkshopQuote, _) => Core {
            subject: "Onze offerte {number}",
            sms: "op {day} kreeg u onze offerte {number} {total} voor {your_plate}.",
            email: "Op {date} kreeg u onze offerte {number} {total} voor {your_car}. Wij lichten hem graag toe.",
            asks: false,
        },
        (RuleKey::CarQuote, Half::Before) => Core {
            subject: "Onze offerte {number} verloopt",
            sms: "onze auto-offerte {number} {total} is geldig tot {day}.",
            email: "Onze auto-offerte {number} {total} is geldig tot en met {date}. Wij helpen u graag verder.",
            asks: false,
        },
        (RuleKey::CarQuote, _) => Core {
            subject: "Onze offerte {number}",
            sms: "op {day} kreeg u onze auto-offerte {number} {total}.",
            email: "Op {date} kreeg u onze auto-offerte {number} {total}. Wij lichten hem graag toe.",
            asks: false,
        },
        (RuleKey::SalesAgreement, Half::Before) => Core {
            subject: "Uw koopovereenkomst {number}",
            sms: "uw koopovereenkomst {number} is geldig tot {day}.",
            email: "Uw koopovereenkomst {number} {total} is geldig tot en met {date}. Wij maken hem graag met u af.",
            asks: false,
        },
        (RuleKey::SalesAgreement, _) => Core {
            subject: "Uw koopovereenkomst {number}",
            sms: "op {day} maakten wij uw koopovereenkomst {number} op.",
            email: "Op {date} maakten wij uw koopovereenkomst {number} {total} op. Wij nemen hem graag met u door.",
            asks: false,
        },
        (RuleKey::Recall, _) => Core {
            subject: "Terugroepactie voor {your_car}",
            sms: "er staat een terugroepactie open voor {your_plate}, zo meldt de RDW op {day}.",
            email: "Volgens de RDW stond op {date} een terugroepactie van de fabrikant open voor {your_car}. Het herstel is gratis en gaat over de veiligheid van de auto.",
            asks: true,
        },
    }
}
