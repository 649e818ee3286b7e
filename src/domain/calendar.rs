//! Appointments in the shop's calendar (APP-07): what a workshop planner sees of one, and how the
//! keeping of the calendar goes.

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};

use super::ids::AppointmentId;
use super::language::Language;
use super::records::AppointmentKind;
use super::rule::written;

/// An appointment as the calendar shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Which one.
    pub id: AppointmentId,
    /// Its name in every calendar, for ever (RFC 5545, 3.8.4.7).
    pub uid: String,
    /// How often it has changed (RFC 5545, 3.8.7.4).
    pub sequence: u32,
    /// What for.
    pub kind: AppointmentKind,
    /// The car's plate, as it is written.
    pub plate: Option<String>,
    /// The customer's name.
    pub customer: Option<String>,
    /// What the workshop must know.
    pub notes: Option<String>,
    /// When, and whether it still takes place.
    pub when: When,
}

/// When an appointment is, by the shop's wall clock, and whether it takes place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct When {
    /// Its beginning.
    pub starts_at: NaiveDateTime,
    /// Its end, if it is known.
    pub ends_at: Option<NaiveDateTime>,
    /// It was cancelled.
    pub cancelled: bool,
}

/// How long an appointment without an end lasts in the calendar.
const USUAL: TimeDelta = TimeDelta::minutes(30);

impl When {
    /// Its end; half an hour after its beginning when nobody said.
    pub fn end(&self) -> NaiveDateTime {
        self.ends_at.unwrap_or(self.starts_at + USUAL)
    }

    /// Whether two say the same. What is cancelled has no time any more.
    pub fn same_as(&self, other: &Self) -> bool {
        self.in_short() == other.in_short()
    }

    /// What it says, in one word that can be kept and compared.
    pub fn in_short(&self) -> String {
        if self.cancelled {
            return "cancelled".to_owned();
        }
        let format = |at: NaiveDateTime| at.format("%Y-%m-%dT%H:%M").to_string();
        format!("{}/{}", format(self.starts_at), format(self.end()))
    }
}

impl Entry {
    /// The line that the planner reads: what, which car, for whom. Nothing else of the customer.
    pub fn summary(&self, language: Language) -> String {
        let parts =
            [Some(kind_in_words(self.kind, language)), self.plate.as_deref(), self.customer.as_deref()];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
    }
}

/// Where the calendar is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The iCalendar file.
    File,
    /// The CalDAV server.
    Server,
}

written!(Place, "a place of the calendar", Place::File => "file", Place::Server => "server");

/// What is in the way of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// The file cannot be written: the technician must act.
    File,
    /// There is no connection to the server; tried again by itself, as all that follow.
    Unreachable,
    /// The server does not answer in time.
    Slow,
    /// User or password is refused: the technician must act.
    Refused,
    /// There is no calendar at that address: the technician must act.
    NoCalendar,
    /// The server is out of order, or says what cannot be understood.
    Server,
    /// The server does not take some appointments.
    Rejected,
    /// A key, a secret's file or the machine.
    Settings,
}

written!(Trouble, "what is in the way of the calendar", Trouble::File => "file", Trouble::Unreachable => "unreachable", Trouble::Slow => "slow", Trouble::Refused => "refused", Trouble::NoCalendar => "no_calendar", Trouble::Server => "server", Trouble::Rejected => "rejected", Trouble::Settings => "settings");

/// How the keeping of the calendar goes at one place. Instants are UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Kept {
    /// When it was in step with Balie the last time; to some minutes.
    pub good_at: Option<DateTime<Utc>>,
    /// What is in the way since then, and since when.
    pub trouble: Option<(Trouble, DateTime<Utc>)>,
}

/// What an appointment is for, in the shop's language.
pub fn kind_in_words(kind: AppointmentKind, language: Language) -> &'static str {
    use AppointmentKind::{Inspection, Other, Repair, Service};
    match (language, kind) {
        (Language::Nl, Inspection) => "APK",
        (Language::Nl, Service) => "Onderhoud",
        (Language::Nl, Repair) => "Reparatie",
        (Language::Nl, Other) => "Afspraak",
        (Language::De, Inspection) => "HU",
        (Language::De, Service) => "Wartung",
        (Language::De, Repair) => "Reparatur",
        (Language::De, Other) => "Termin",
        (Language::Pt, Inspection) => "Inspeção",
        (Language::Pt, Service) => "Revisão",
        (Language::Pt, Repair) => "Reparo",
        (Language::Pt, Other) => "Agendamento",
        (Language::En, Inspection) => "Inspection",
        (Language::En, Service) => "Service",
        (Language::En, Repair) => "Repair",
        (Language::En, Other) => "Appointment",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_planner_reads_what_which_and_who() {
        let when =
            When { starts_at: "2026-11-30T09:00:00".parse().unwrap(), ends_at: None, cancelled: false };
        let entry = Entry {
            id: AppointmentId(1),
            uid: "a@balie".to_owned(),
            sequence: 0,
            kind: AppointmentKind::Inspection,
            plate: Some("JL-29-JK".to_owned()),
            customer: Some("Jansen".to_owned()),
            notes: None,
            when,
        };
        assert_eq!(entry.summary(Language::Nl), "APK · JL-29-JK · Jansen");
        let bare = Entry { plate: None, customer: None, ..entry };
        assert_eq!(bare.summary(Language::De), "HU");
        assert_eq!(when.in_short(), "2026-11-30T09:00/2026-11-30T09:30");
    }
}
