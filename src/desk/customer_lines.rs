//! A customer's and a vehicle's sections as lines of the page.

use balie_ui as ui;
use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};

use super::{convert, slint};
use crate::domain::language::Language;
use crate::domain::plate::Plate;
use crate::store::customer_card::{ContactLine, CustomerCard, DocumentLine, Section, TaskLine};
use crate::store::history::HistoryLine;

/// The tabs of a customer's page, in its order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tab {
    Vehicles,
    Workshop,
    Invoices,
    Contact,
    Changes,
}

impl Tab {
    pub(super) const ALL: [Tab; 5] =
        [Tab::Vehicles, Tab::Workshop, Tab::Invoices, Tab::Contact, Tab::Changes];
}

fn plate(plate: Option<&Plate>) -> slint::SharedString {
    plate.map(ToString::to_string).unwrap_or_default().into()
}

/// Adds a section under its heading; an empty one is left out.
pub(super) fn section<T>(
    lines: &mut Vec<ui::CardLine>,
    kind: ui::CardSection,
    section: &Section<T>,
    line: impl Fn(&T) -> ui::CardLine,
) {
    if section.lines.is_empty() {
        return;
    }
    lines.push(ui::CardLine {
        kind: ui::LineKind::Heading,
        section: kind,
        count: i32::try_from(section.count).unwrap_or(i32::MAX),
        ..Default::default()
    });
    lines.extend(section.lines.iter().map(line));
}

/// The lines of one tab.
pub(super) fn of_customer(
    card: &CustomerCard,
    tab: Tab,
    today: NaiveDate,
    language: Language,
    local: impl Fn(DateTime<Utc>) -> NaiveDateTime,
) -> Vec<ui::CardLine> {
    let mut lines = Vec::new();
    match tab {
        Tab::Vehicles => {
            section(&mut lines, ui::CardSection::Tasks, &card.tasks, task);
            section(&mut lines, ui::CardSection::Vehicles, &card.vehicles, |vehicle| {
                let former = vehicle.until_on.is_some_and(|until| until <= today);
                ui::CardLine {
                    kind: if former { ui::LineKind::FormerVehicle } else { ui::LineKind::Vehicle },
                    id: convert::number(vehicle.id.0),
                    plate: vehicle.plate.to_string().into(),
                    text: vehicle.what.as_str().into(),
                    on: convert::maybe_date(vehicle.from_on),
                    until: convert::maybe_date(vehicle.until_on),
                    ..Default::default()
                }
            });
        }
        Tab::Workshop => {
            section(&mut lines, ui::CardSection::Appointments, &card.appointments, |one| ui::CardLine {
                kind: match one.kind.as_str() {
                    "inspection" => ui::LineKind::Inspection,
                    "service" => ui::LineKind::Service,
                    "repair" => ui::LineKind::Repair,
                    _ => ui::LineKind::Other,
                },
                id: convert::number(one.id.0),
                plate: plate(one.plate.as_ref()),
                on: convert::maybe_date(one.starts_at.as_deref().and_then(|at| at.get(..10)?.parse().ok())),
                amount: one.starts_at.as_deref().and_then(|at| at.get(11..16)).unwrap_or_default().into(),
                state: state(Some(&one.status)),
                ..Default::default()
            });
            section(&mut lines, ui::CardSection::Visits, &card.visits, |visit| ui::CardLine {
                kind: ui::LineKind::Visit,
                plate: plate(visit.plate.as_ref()),
                on: convert::maybe_date(visit.on),
                text: visit.description.as_deref().unwrap_or_default().into(),
                amount: visit.km.map(|km| format!("{km} km")).unwrap_or_default().into(),
                ..Default::default()
            });
        }
        Tab::Invoices => {
            let document = |one: &DocumentLine, kind| document(one, kind, language);
            section(&mut lines, ui::CardSection::Quotes, &card.quotes, |one| {
                let kind = match one.kind.as_deref() {
                    Some("workshop") => ui::LineKind::WorkshopQuote,
                    Some("car") => ui::LineKind::CarQuote,
                    _ => ui::LineKind::Agreement,
                };
                document(one, kind)
            });
            section(&mut lines, ui::CardSection::Invoices, &card.invoices, |one| {
                document(one, ui::LineKind::Invoice)
            });
            section(&mut lines, ui::CardSection::Sales, &card.sales, |one| document(one, ui::LineKind::Sale));
        }
        Tab::Contact => {
            section(&mut lines, ui::CardSection::Contacts, &card.contacts, |one| contact(one, &local));
        }
        Tab::Changes => {
            section(&mut lines, ui::CardSection::History, &card.history, |one| change(one, &local));
        }
    }
    lines
}

/// An open task.
pub(super) fn task(task: &TaskLine) -> ui::CardLine {
    ui::CardLine {
        kind: ui::LineKind::Task,
        id: convert::task_id(task.id),
        rule: convert::rule(task.rule),
        plate: plate(task.plate.as_ref()),
        on: convert::date(task.execute_on),
        ..Default::default()
    }
}

fn document(one: &DocumentLine, kind: ui::LineKind, language: Language) -> ui::CardLine {
    ui::CardLine {
        kind,
        plate: plate(one.plate.as_ref()),
        on: convert::maybe_date(one.on),
        until: convert::maybe_date(one.until),
        text: one.number.as_str().into(),
        amount: one.total.map(|total| total.in_words_of(language)).unwrap_or_default().into(),
        state: state(one.status.as_deref()),
        ..Default::default()
    }
}

fn contact(one: &ContactLine, local: impl Fn(DateTime<Utc>) -> NaiveDateTime) -> ui::CardLine {
    let who = one.employee.as_deref().unwrap_or_default();
    let text = if who.is_empty() || one.text.is_empty() {
        format!("{who}{}", one.text)
    } else {
        format!("{who} · {}", one.text)
    };
    ui::CardLine {
        kind: match one.channel.as_str() {
            "sms" => ui::LineKind::Sms,
            "email" => ui::LineKind::Email,
            _ => ui::LineKind::Call,
        },
        on: convert::date(local(one.at).date()),
        text: text.replace('\n', " ").into(),
        state: state(one.state.as_deref()),
        ..Default::default()
    }
}

fn change(one: &HistoryLine, local: impl Fn(DateTime<Utc>) -> NaiveDateTime) -> ui::CardLine {
    let who = one.employee.as_deref().unwrap_or_default();
    let what = match (&one.before, &one.after) {
        (Some(before), Some(after)) => format!("{before} → {after}"),
        (Some(before), None) => format!("{before} → –"),
        (None, Some(after)) => after.clone(),
        (None, None) => String::new(),
    };
    let parts: Vec<&str> = [who, what.as_str()].into_iter().filter(|part| !part.is_empty()).collect();
    ui::CardLine {
        kind: ui::LineKind::Changed,
        on: convert::date(local(one.at).date()),
        field: one.field.as_deref().unwrap_or_default().into(),
        text: parts.join(" · ").into(),
        ..Default::default()
    }
}

fn state(word: Option<&str>) -> ui::LineState {
    match word {
        Some("open") => ui::LineState::Open,
        Some("accepted") => ui::LineState::Accepted,
        Some("rejected") => ui::LineState::Rejected,
        Some("planned") => ui::LineState::Planned,
        Some("done") => ui::LineState::Done,
        Some("cancelled") => ui::LineState::Cancelled,
        Some("draft") => ui::LineState::Draft,
        Some("queued" | "sending") => ui::LineState::Queued,
        Some("sent") => ui::LineState::Sent,
        Some("unknown") => ui::LineState::Unknown,
        Some("booked") => ui::LineState::Booked,
        Some("call_back") => ui::LineState::CallBack,
        Some("no_answer") => ui::LineState::NoAnswer,
        Some("thinking") => ui::LineState::Thinking,
        Some("informed") => ui::LineState::Informed,
        Some("declined") => ui::LineState::Declined,
        Some("sold") => ui::LineState::Sold,
        Some("wrong_number") => ui::LineState::WrongNumber,
        _ => ui::LineState::None,
    }
}
