//! The words of the printed list and the call sheets, in the four languages.

use crate::domain::language::Language;
use crate::domain::rule::RuleKey;

/// A phrase: Dutch, German, Portuguese, English.
pub(super) type Phrase = [&'static str; 4];

pub(super) const TITLE: Phrase = ["Op te volgen", "Zu erledigen", "A acompanhar", "To follow up"];
pub(super) const EXECUTE_ON: Phrase = ["Uitvoeren op", "Ausführen am", "Executar em", "Execute on"];
pub(super) const TASK: Phrase = ["Taak", "Aufgabe", "Tarefa", "Task"];
pub(super) const PLATE: Phrase = ["Kenteken", "Kennzeichen", "Placa", "Plate"];
pub(super) const CUSTOMER: Phrase = ["Klant", "Kunde", "Cliente", "Customer"];
pub(super) const PHONE: Phrase = ["Telefoon", "Telefon", "Telefone", "Phone"];
pub(super) const MOBILE: Phrase = ["Mobiel", "Mobil", "Celular", "Mobile"];
pub(super) const EMAIL: Phrase = ["E-mail", "E-Mail", "E-mail", "E-mail"];
pub(super) const EMPLOYEE: Phrase = ["Medewerker", "Mitarbeiter", "Funcionário", "Employee"];
pub(super) const VEHICLE: Phrase = ["Voertuig", "Fahrzeug", "Veículo", "Vehicle"];
pub(super) const CONTACT: Phrase = ["Contactpersoon", "Ansprechpartner", "Contato", "Contact person"];
pub(super) const LAST_VISIT: Phrase = ["Laatste bezoek", "Letzter Besuch", "Última visita", "Last visit"];
pub(super) const ODOMETER: Phrase = ["Kilometerstand", "Kilometerstand", "Quilometragem", "Odometer"];
pub(super) const APPOINTMENT: Phrase = ["Afspraak", "Termin", "Agendamento", "Appointment"];
pub(super) const CALLING: Phrase = ["Bellen", "Anrufen", "Ligar", "Calling"];
pub(super) const AGREED: Phrase =
    ["klant stemde in", "Kunde hat zugestimmt", "cliente concordou", "customer agreed"];
pub(super) const REFUSED: Phrase =
    ["klant wil dat niet", "Kunde möchte das nicht", "cliente não quer", "customer does not want it"];
pub(super) const NOT_ASKED: Phrase = ["niet gevraagd", "nicht gefragt", "não perguntado", "not asked"];
pub(super) const OUTCOME: Phrase = ["Uitkomst", "Ergebnis", "Resultado", "Outcome"];
pub(super) const NOTE: Phrase = ["Notitie", "Notiz", "Anotação", "Note"];
pub(super) const NOTHING: Phrase =
    ["Niets op te volgen", "Nichts zu erledigen", "Nada a acompanhar", "Nothing to follow up"];

/// What a call can come to.
pub(super) const OUTCOMES: [Phrase; 8] = [
    ["Afspraak gemaakt", "Termin vereinbart", "Agendou", "Appointment made"],
    ["Terugbellen", "Rückruf", "Ligar de novo", "Call back"],
    ["Geen gehoor", "Nicht erreicht", "Não atendeu", "No answer"],
    ["Denkt erover na", "Überlegt es sich", "Vai pensar", "Thinks about it"],
    ["Geïnformeerd", "Informiert", "Informado", "Informed"],
    ["Geen interesse", "Kein Interesse", "Sem interesse", "Not interested"],
    ["Auto verkocht", "Auto verkauft", "Carro vendido", "Car sold"],
    ["Verkeerd nummer", "Falsche Nummer", "Número errado", "Wrong number"],
];

/// A phrase in a language.
pub(super) fn said(phrase: &Phrase, language: Language) -> &'static str {
    let [nl, de, pt, en] = phrase;
    match language {
        Language::Nl => nl,
        Language::De => de,
        Language::Pt => pt,
        Language::En => en,
    }
}

/// A kind of task, as the screen calls it.
pub(super) fn kind(rule: RuleKey) -> Phrase {
    match rule {
        RuleKey::Warranty => ["Garantie loopt af", "Garantie läuft ab", "Garantia vence", "Warranty ends"],
        RuleKey::CarSold => ["Verkoop auto", "Autoverkauf", "Venda de carro", "Car sold"],
        RuleKey::InvoiceAbove => [
            "14 dagen na bedrag boven",
            "14 Tage nach Betrag über",
            "14 dias após valor acima",
            "After a large invoice",
        ],
        RuleKey::NotSeen => {
            ["Niet meer geweest", "Nicht mehr da gewesen", "Sem passagem há tempo", "Not seen for a while"]
        }
        RuleKey::Registration => {
            ["Datum Deel 1B-checker", "Halterdatum geändert", "Registro alterado", "Registration changed"]
        }
        RuleKey::TyreAdvice => {
            ["APK bandenadvies (AC1)", "HU Reifen (AC1)", "Aviso de pneus (AC1)", "Tyre advice (AC1)"]
        }
        RuleKey::BrakeAdvice => {
            ["APK remmenadvies (AC5)", "HU Bremsen (AC5)", "Aviso de freios (AC5)", "Brake advice (AC5)"]
        }
        RuleKey::RepairAdvice => ["Reparatie-advies", "Reparaturhinweis", "Aviso de reparo", "Repair advice"],
        RuleKey::Inspection => ["APK vervalt", "HU fällig", "Inspeção vence", "Inspection expires"],
        RuleKey::RoadsideCover => {
            ["Pechhulp vervalt", "Pannenhilfe läuft ab", "Assistência vence", "Roadside cover ends"]
        }
        RuleKey::NextService => ["Volgend onderhoud", "Nächste Wartung", "Próxima revisão", "Next service"],
        RuleKey::TimingBelt => ["Distributieriem", "Zahnriemen", "Correia dentada", "Timing belt"],
        RuleKey::ServiceInterval => {
            ["Service-interval", "Serviceintervall", "Intervalo de revisão", "Service interval"]
        }
        RuleKey::WorkshopQuote => {
            ["Werkplaatsofferte", "Werkstattangebot", "Orçamento da oficina", "Workshop quote"]
        }
        RuleKey::CarQuote => ["Auto-offerte", "Fahrzeugangebot", "Proposta de carro", "Car quote"],
        RuleKey::SalesAgreement => {
            ["Verkoopovereenkomst", "Kaufvertrag", "Contrato de venda", "Sales agreement"]
        }
        RuleKey::Recall => ["Terugroepactie open", "Offener Rückruf", "Recall em aberto", "Open recall"],
    }
}
