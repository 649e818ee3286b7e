//! The delivered words: every kind in four languages. A `{name}` is filled from facts.

use crate::domain::language::Language;
use crate::domain::rule::{Half, RuleKey};

/// Short phrases that templates share.
pub(super) struct Phrases {
    /// Addressing a man, a woman, a family, an unknown person.
    pub dear: [&'static str; 4],
    /// In front of a first name.
    pub first_name: &'static str,
    /// When nothing is known of the car.
    pub car: &'static str,
    /// There is an appointment on `{date}`.
    pub appointment: &'static str,
    /// There is none; `{date}` is today.
    pub no_appointment: &'static str,
    /// The register has `{date}` too.
    pub register: &'static str,
    /// The register has `{date}`, later than ours: inspected elsewhere.
    pub elsewhere: &'static str,
}

pub(super) fn phrases(language: Language) -> Phrases {
    match language {
        Language::Nl => Phrases {
            dear: ["Geachte heer", "Geachte mevrouw", "Geachte familie", "Geachte heer/mevrouw"],
            first_name: "Voornaam:",
            car: "auto",
            appointment: "Er staat een afspraak op {date}.",
            no_appointment: "Op {date} heeft de klant nog geen afspraak in onze werkplaats.",
            register: "Bij de RDW staat {date} als vervaldatum geregistreerd.",
            elsewhere: "Bij de RDW staat {date} als vervaldatum geregistreerd. Waarschijnlijk is het voertuig ergens anders gekeurd.",
        },
        Language::De => Phrases {
            dear: [
                "Sehr geehrter Herr",
                "Sehr geehrte Frau",
                "Sehr geehrte Familie",
                "Sehr geehrte Damen und Herren",
            ],
            first_name: "Vorname:",
            car: "das Fahrzeug",
            appointment: "Es gibt einen Termin am {date}.",
            no_appointment: "Am {date} hat der Kunde noch keinen Termin in unserer Werkstatt.",
            register: "Im Register (RDW) steht der {date} als Ablaufdatum.",
            elsewhere: "Im Register (RDW) steht der {date} als Ablaufdatum. Wahrscheinlich wurde das Fahrzeug anderswo geprüft.",
        },
        Language::Pt => Phrases {
            dear: ["Prezado senhor", "Prezada senhora", "Prezada família", "Prezado(a) senhor(a)"],
            first_name: "Nome:",
            car: "não identificado",
            appointment: "Há um agendamento em {date}.",
            no_appointment: "Em {date} o cliente ainda não tem agendamento em nossa oficina.",
            register: "No registro (RDW) consta {date} como vencimento.",
            elsewhere: "No registro (RDW) consta {date} como vencimento. Provavelmente o veículo foi inspecionado em outro lugar.",
        },
        Language::En => Phrases {
            dear: ["Dear Mr", "Dear Ms", "Dear family", "Dear Sir or Madam"],
            first_name: "First name:",
            car: "the vehicle",
            appointment: "There is an appointment on {date}.",
            no_appointment: "On {date} the customer has no appointment in our workshop yet.",
            register: "RDW has {date} on record as expiry date.",
            elsewhere: "RDW has {date} on record as expiry date. The car was probably inspected elsewhere.",
        },
    }
}

/// A template of the usual form: salutation, first name, the sentence, the appointment.
macro_rules! usual {
    ($sentence:literal) => {
        concat!("{salutation}\n{first_name}\n", $sentence, "\n{appointment}")
    };
}

/// The inspection's form: the usual one, and what the register says.
macro_rules! checked {
    ($sentence:literal) => {
        concat!("{salutation}\n{first_name}\n", $sentence, "\n{appointment}\n{register}")
    };
}

pub(super) fn template(rule: RuleKey, half: Half, language: Language) -> &'static str {
    match language {
        Language::Nl => dutch(rule, half),
        Language::De => german(rule, half),
        Language::Pt => portuguese(rule, half),
        Language::En => english(rule, half),
    }
}

fn dutch(rule: RuleKey, half: Half) -> &'static str {
    match (rule, half) {
        (RuleKey::Warranty, _) => usual!("De garantie op de {car} loopt af op {date}."),
        (RuleKey::CarSold, _) => usual!("Op {date} is de {car} aan de klant verkocht. Is alles naar wens?"),
        (RuleKey::InvoiceAbove, _) => usual!(
            "De factuur {number} van {date} voor de {car} was {total}. Is de klant tevreden over het werk?"
        ),
        (RuleKey::NotSeen, _) => usual!("De {car} was voor het laatst in de werkplaats op {date}."),
        (RuleKey::Registration, _) => usual!(
            "Bij de RDW staat de {car} sinds {date} op een andere naam. Heeft de klant een ander voertuig?"
        ),
        (RuleKey::TyreAdvice, _) => usual!("Bij de APK van {date} kreeg de {car} een bandenadvies (AC1)."),
        (RuleKey::BrakeAdvice, _) => usual!("Bij de APK van {date} kreeg de {car} een remmenadvies (AC5)."),
        (RuleKey::RepairAdvice, _) => usual!("Voor de {car} staat een reparatie-advies {detail} op {date}."),
        (RuleKey::Inspection, _) => checked!("De APK van de {car} vervalt op {date}."),
        (RuleKey::RoadsideCover, _) => usual!("De pechhulp {detail} van de {car} vervalt op {date}."),
        (RuleKey::NextService, _) => usual!("Het volgende onderhoud van de {car} is op {date}."),
        (RuleKey::TimingBelt, _) => {
            usual!("De distributieriem van de {car} moet op {date} vervangen worden.")
        }
        (RuleKey::ServiceInterval, _) => usual!("Het service-interval van de {car} eindigt op {date}."),
        (RuleKey::WorkshopQuote, Half::Before) => {
            usual!("De werkplaatsofferte {number} {total} voor de {car} verloopt op {date}.")
        }
        (RuleKey::WorkshopQuote, _) => {
            usual!("Op {date} is de werkplaatsofferte {number} {total} voor de {car} uitgebracht.")
        }
        (RuleKey::CarQuote, Half::Before) => {
            usual!("De auto-offerte {number} {total} voor de {car} verloopt op {date}.")
        }
        (RuleKey::CarQuote, _) => {
            usual!("Op {date} is de auto-offerte {number} {total} voor de {car} uitgebracht.")
        }
        (RuleKey::SalesAgreement, Half::Before) => {
            usual!("De verkoopovereenkomst {number} {total} voor de {car} verloopt op {date}.")
        }
        (RuleKey::SalesAgreement, _) => {
            usual!("Op {date} is de verkoopovereenkomst {number} {total} voor de {car} opgemaakt.")
        }
        (RuleKey::Recall, _) => usual!(
            "De RDW meldt sinds {date} een terugroepactie voor de {car} die nog niet is uitgevoerd. {detail}"
        ),
    }
}

fn german(rule: RuleKey, half: Half) -> &'static str {
    match (rule, half) {
        (RuleKey::Warranty, _) => usual!("Die Garantie für {car} endet am {date}."),
        (RuleKey::CarSold, _) => {
            usual!("Am {date} wurde {car} an den Kunden verkauft. Ist alles in Ordnung?")
        }
        (RuleKey::InvoiceAbove, _) => usual!(
            "Die Rechnung {number} vom {date} für {car} betrug {total}. Ist der Kunde mit der Arbeit zufrieden?"
        ),
        (RuleKey::NotSeen, _) => usual!("{car} war zuletzt am {date} in der Werkstatt."),
        (RuleKey::Registration, _) => usual!(
            "Laut Register (RDW) ist {car} seit dem {date} auf einen anderen Halter zugelassen. Hat der Kunde ein anderes Fahrzeug?"
        ),
        (RuleKey::TyreAdvice, _) => {
            usual!("Bei der HU vom {date} gab es für {car} einen Reifenhinweis (AC1).")
        }
        (RuleKey::BrakeAdvice, _) => {
            usual!("Bei der HU vom {date} gab es für {car} einen Bremsenhinweis (AC5).")
        }
        (RuleKey::RepairAdvice, _) => usual!("Für {car} ist zum {date} eine Reparatur empfohlen {detail}."),
        (RuleKey::Inspection, _) => checked!("HU/TÜV für {car} läuft am {date} ab."),
        (RuleKey::RoadsideCover, _) => usual!("Der Pannenschutz {detail} für {car} endet am {date}."),
        (RuleKey::NextService, _) => usual!("Die nächste Inspektion für {car} ist am {date} fällig."),
        (RuleKey::TimingBelt, _) => usual!("Der Zahnriemen für {car} muss am {date} gewechselt werden."),
        (RuleKey::ServiceInterval, _) => usual!("Das Serviceintervall für {car} endet am {date}."),
        (RuleKey::WorkshopQuote, Half::Before) => {
            usual!("Der Kostenvoranschlag {number} {total} für {car} läuft am {date} ab.")
        }
        (RuleKey::WorkshopQuote, _) => {
            usual!("Am {date} wurde der Kostenvoranschlag {number} {total} für {car} erstellt.")
        }
        (RuleKey::CarQuote, Half::Before) => {
            usual!("Das Fahrzeugangebot {number} {total} für {car} läuft am {date} ab.")
        }
        (RuleKey::CarQuote, _) => {
            usual!("Am {date} wurde das Fahrzeugangebot {number} {total} für {car} erstellt.")
        }
        (RuleKey::SalesAgreement, Half::Before) => {
            usual!("Der Kaufvertrag {number} {total} für {car} läuft am {date} ab.")
        }
        (RuleKey::SalesAgreement, _) => {
            usual!("Am {date} wurde der Kaufvertrag {number} {total} für {car} erstellt.")
        }
        (RuleKey::Recall, _) => {
            usual!("Das Register (RDW) meldet seit dem {date} einen offenen Rückruf für {car}. {detail}")
        }
    }
}

fn portuguese(rule: RuleKey, half: Half) -> &'static str {
    match (rule, half) {
        (RuleKey::Warranty, _) => usual!("A garantia do veículo {car} termina em {date}."),
        (RuleKey::CarSold, _) => {
            usual!("Em {date} o veículo {car} foi vendido ao cliente. Está tudo em ordem?")
        }
        (RuleKey::InvoiceAbove, _) => usual!(
            "A fatura {number} de {date} do veículo {car} foi de {total}. O cliente está satisfeito com o serviço?"
        ),
        (RuleKey::NotSeen, _) => usual!("O veículo {car} esteve na oficina pela última vez em {date}."),
        (RuleKey::Registration, _) => usual!(
            "No registro (RDW) o veículo {car} está em outro nome desde {date}. O cliente tem outro veículo?"
        ),
        (RuleKey::TyreAdvice, _) => {
            usual!("Na inspeção de {date} o veículo {car} recebeu uma recomendação para os pneus (AC1).")
        }
        (RuleKey::BrakeAdvice, _) => {
            usual!("Na inspeção de {date} o veículo {car} recebeu uma recomendação para os freios (AC5).")
        }
        (RuleKey::RepairAdvice, _) => {
            usual!("Há um reparo recomendado {detail} para o veículo {car} em {date}.")
        }
        (RuleKey::Inspection, _) => checked!("A inspeção do veículo {car} vence em {date}."),
        (RuleKey::RoadsideCover, _) => {
            usual!("A assistência na estrada {detail} do veículo {car} vence em {date}.")
        }
        (RuleKey::NextService, _) => usual!("A próxima revisão do veículo {car} é em {date}."),
        (RuleKey::TimingBelt, _) => usual!("A correia dentada do veículo {car} deve ser trocada em {date}."),
        (RuleKey::ServiceInterval, _) => usual!("O intervalo de revisão do veículo {car} termina em {date}."),
        (RuleKey::WorkshopQuote, Half::Before) => {
            usual!("O orçamento da oficina {number} {total} para o veículo {car} vence em {date}.")
        }
        (RuleKey::WorkshopQuote, _) => {
            usual!("Em {date} foi emitido o orçamento da oficina {number} {total} para o veículo {car}.")
        }
        (RuleKey::CarQuote, Half::Before) => {
            usual!("A proposta de venda {number} {total} do veículo {car} vence em {date}.")
        }
        (RuleKey::CarQuote, _) => {
            usual!("Em {date} foi emitida a proposta de venda {number} {total} do veículo {car}.")
        }
        (RuleKey::SalesAgreement, Half::Before) => {
            usual!("O contrato de venda {number} {total} do veículo {car} vence em {date}.")
        }
        (RuleKey::SalesAgreement, _) => {
            usual!("Em {date} foi feito o contrato de venda {number} {total} do veículo {car}.")
        }
        (RuleKey::Recall, _) => {
            usual!("O registro (RDW) informa desde {date} um recall não realizado de {car}. {detail}")
        }
    }
}

fn english(rule: RuleKey, half: Half) -> &'static str {
    match (rule, half) {
        (RuleKey::Warranty, _) => usual!("The warranty on {car} ends on {date}."),
        (RuleKey::CarSold, _) => {
            usual!("On {date} the customer bought {car}. Is everything to their liking?")
        }
        (RuleKey::InvoiceAbove, _) => usual!(
            "Invoice {number} of {date} for {car} came to {total}. Is the customer happy with the work?"
        ),
        (RuleKey::NotSeen, _) => usual!("The last visit of {car} to the workshop was on {date}."),
        (RuleKey::Registration, _) => usual!(
            "By RDW, {car} has had another holder since {date}. Does the customer have another vehicle?"
        ),
        (RuleKey::TyreAdvice, _) => {
            usual!("At the inspection of {date} the tyres of {car} were advised on (AC1).")
        }
        (RuleKey::BrakeAdvice, _) => {
            usual!("At the inspection of {date} the brakes of {car} were advised on (AC5).")
        }
        (RuleKey::RepairAdvice, _) => usual!("A repair {detail} of {car} is advised for {date}."),
        (RuleKey::Inspection, _) => checked!("The inspection of {car} expires on {date}."),
        (RuleKey::RoadsideCover, _) => usual!("The roadside assistance {detail} for {car} ends on {date}."),
        (RuleKey::NextService, _) => usual!("The next service of {car} is due on {date}."),
        (RuleKey::TimingBelt, _) => usual!("The timing belt of {car} is to be replaced on {date}."),
        (RuleKey::ServiceInterval, _) => usual!("The service interval of {car} ends on {date}."),
        (RuleKey::WorkshopQuote, Half::Before) => {
            usual!("The workshop quote {number} {total} for {car} expires on {date}.")
        }
        (RuleKey::WorkshopQuote, _) => {
            usual!("On {date} the workshop quote {number} {total} for {car} was issued.")
        }
        (RuleKey::CarQuote, Half::Before) => {
            usual!("The car quote {number} {total} for {car} expires on {date}.")
        }
        (RuleKey::CarQuote, _) => usual!("On {date} the car quote {number} {total} for {car} was issued."),
        (RuleKey::SalesAgreement, Half::Before) => {
            usual!("The sales agreement {number} {total} for {car} expires on {date}.")
        }
        (RuleKey::SalesAgreement, _) => {
            usual!("On {date} the sales agreement {number} {total} for {car} was made.")
        }
        (RuleKey::Recall, _) => {
            usual!("RDW has told since {date} of a recall of {car} that was not carried out yet. {detail}")
        }
    }
}
