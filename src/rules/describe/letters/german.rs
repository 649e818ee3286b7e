//! What the delivered German messages say, kind by kind.

use super::Core;
use crate::domain::rule::{Half, RuleKey};

pub(super) fn core(rule: RuleKey, half: Half) -> Core {
    match (rule, half) {
        (RuleKey::Warranty, _) => Core {
            subject: "Garantie für {your_car}",
            sms: "die Garantie für {your_plate} endet am {day}.",
            email: "Die Garantie für {your_car} endet am {date}. Gern sehen wir vorher noch einmal alles durch, damit nichts verloren geht.",
            asks: true,
        },
        (RuleKey::CarSold, _) => Core {
            subject: "Zufrieden mit {your_car_dative}?",
            sms: "am {day} haben Sie {your_plate} bei uns gekauft. Sind Sie zufrieden?",
            email: "Am {date} haben Sie {your_car} bei uns gekauft. Wir freuen uns zu hören, ob alles in Ordnung ist.",
            asks: false,
        },
        (RuleKey::InvoiceAbove, _) => Core {
            subject: "Sind Sie mit unserer Arbeit zufrieden?",
            sms: "am {day} war {your_plate} bei uns. Sind Sie mit unserer Arbeit zufrieden?",
            email: "Am {date} haben wir an {your_car_dative} gearbeitet. Wir freuen uns zu hören, ob Sie zufrieden sind.",
            asks: false,
        },
        (RuleKey::NotSeen, _) => Core {
            subject: "Zeit für eine Durchsicht?",
            sms: "{your_plate} war am {day} zuletzt bei uns. Zeit für eine Durchsicht?",
            email: "{your_car} war am {date} zuletzt in unserer Werkstatt. Vielleicht ist es Zeit für eine Durchsicht oder Wartung.",
            asks: true,
        },
        (RuleKey::Registration, _) => Core {
            subject: "Fahren Sie ein anderes Fahrzeug?",
            sms: "laut Register ist {your_plate} auf einen anderen Halter zugelassen. Auch beim neuen Fahrzeug helfen wir gern.",
            email: "Laut Register (RDW) ist {your_car} seit dem {date} auf einen anderen Halter zugelassen. Fahren Sie jetzt ein anderes Fahrzeug? Auch dabei helfen wir gern.",
            asks: false,
        },
        (RuleKey::TyreAdvice, _) => Core {
            subject: "Die Reifen für {your_car}",
            sms: "bei der HU am {day} gab es für {your_plate} einen Hinweis zu den Reifen.",
            email: "Bei der HU am {date} gab es für {your_car} einen Hinweis: Die Reifen sind bald abgefahren. Gern prüfen wir sie für Sie.",
            asks: true,
        },
        (RuleKey::BrakeAdvice, _) => Core {
            subject: "Die Bremsen für {your_car}",
            sms: "bei der HU am {day} gab es für {your_plate} einen Hinweis zu den Bremsen.",
            email: "Bei der HU am {date} gab es für {your_car} einen Hinweis zu den Bremsen. Gern prüfen wir sie für Sie.",
            asks: true,
        },
        (RuleKey::RepairAdvice, _) => Core {
            subject: "Reparatur für {your_car}",
            sms: "für {your_plate} haben wir zum {day} eine Reparatur empfohlen {detail}.",
            email: "Für {your_car} haben wir zum {date} eine Reparatur empfohlen {detail}.",
            asks: true,
        },
        (RuleKey::Inspection, _) => Core {
            subject: "HU/TÜV für {your_car}",
            sms: "HU/TÜV für {your_plate} läuft am {day} ab.",
            email: "HU/TÜV für {your_car} läuft am {date} ab. {window}",
            asks: true,
        },
        (RuleKey::RoadsideCover, _) => Core {
            subject: "Pannenschutz für {your_car}",
            sms: "der Pannenschutz für {your_plate} endet am {day}. Gern verlängern wir ihn.",
            email: "Der Pannenschutz {detail} für {your_car} endet am {date}. Gern verlängern wir ihn für Sie.",
            asks: true,
        },
        (RuleKey::NextService, _) => Core {
            subject: "Wartung für {your_car}",
            sms: "für {your_plate} ist am {day} die nächste Wartung fällig.",
            email: "Für {your_car} ist am {date} die nächste Wartung fällig.",
            asks: true,
        },
        (RuleKey::TimingBelt, _) => Core {
            subject: "Der Zahnriemen für {your_car}",
            sms: "der Zahnriemen für {your_plate} muss am {day} gewechselt werden.",
            email: "Der Zahnriemen für {your_car} muss am {date} gewechselt werden. Rechtzeitig gewechselt, verhütet er einen Motorschaden.",
            asks: true,
        },
        (RuleKey::ServiceInterval, _) => Core {
            subject: "Serviceintervall für {your_car}",
            sms: "das Serviceintervall für {your_plate} endet am {day}.",
            email: "Das Serviceintervall für {your_car} endet am {date}.",
            asks: true,
        },
        (RuleKey::WorkshopQuote, Half::Before) => Core {
            subject: "Unser Kostenvoranschlag {number} läuft ab",
            sms: "unser Kostenvoranschlag {number} {total} für {your_plate} gilt bis {day}.",
            email: "Unser Kostenvoranschlag {number} {total} für {your_car} gilt bis zum {date}. Sollen wir die Arbeit einplanen?",
            asks: true,
        },
        (RuleKey::WorkshopQuote, _) => Core {
            subject: "Unser Kostenvoranschlag {number}",
            sms: "am {day} erhielten Sie unseren Kostenvoranschlag {number} {total} für {your_plate}.",
            email: "Am {date} erhielten Sie unseren Kostenvoranschlag {number} {total} für {your_car}. Gern erläutern wir ihn.",
            asks: false,
        },
        (RuleKey::CarQuote, Half::Before) => Core {
            subject: "Unser Angebot {number} läuft ab",
            sms: "unser Fahrzeugangebot {number} {total} gilt bis {day}.",
            email: "Unser Fahrzeugangebot {number} {total} gilt bis zum {date}. Gern helfen wir Ihnen weiter.",
            asks: false,
        },
        (RuleKey::CarQuote, _) => Core {
            subject: "Unser Angebot {number}",
            sms: "am {day} erhielten Sie unser Fahrzeugangebot {number} {total}.",
            email: "Am {date} erhielten Sie unser Fahrzeugangebot {number} {total}. Gern erläutern wir es.",
            asks: false,
        },
        (RuleKey::SalesAgreement, Half::Before) => Core {
            subject: "Ihr Kaufvertrag {number}",
            sms: "Ihr Kaufvertrag {number} gilt bis {day}.",
            email: "Ihr Kaufvertrag {number} {total} gilt bis zum {date}. Gern schließen wir ihn mit Ihnen ab.",
            asks: false,
        },
        (RuleKey::SalesAgreement, _) => Core {
            subject: "Ihr Kaufvertrag {number}",
            sms: "am {day} haben wir Ihren Kaufvertrag {number} erstellt.",
            email: "Am {date} haben wir Ihren Kaufvertrag {number} {total} erstellt. Gern gehen wir ihn mit Ihnen durch.",
            asks: false,
        },
        (RuleKey::Recall, _) => Core {
            subject: "Rückruf für {your_car}",
            sms: "für {your_plate} ist laut RDW am {day} ein Rückruf des Herstellers offen.",
            email: "Laut dem Register (RDW) war am {date} ein Rückruf des Herstellers für {your_car} offen. Die Behebung ist kostenlos und betrifft die Sicherheit.",
            asks: true,
        },
    }
}
