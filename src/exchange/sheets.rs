//! The day's list and a call sheet for each task, printed: for a day without power, or for a colleague
//! who calls from elsewhere (APP-04).

use chrono::NaiveDate;

use super::paper::{Paper, PaperError};
use super::sheet_words::{self as words, OUTCOMES, Phrase, kind, said};
use crate::domain::language::Language;
use crate::domain::plate::Plate;
use crate::domain::task::{TaskFilter, TaskOrder};
use crate::store::task_detail::TaskDetail;
use crate::store::{Store, StoreError};

/// Rows that are read at once.
const PAGE: usize = 500;
/// Lines to write on.
const LINES: usize = 3;

/// Why there is no document.
#[derive(Debug, thiserror::Error)]
pub enum SheetError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The PDF.
    #[error(transparent)]
    Paper(#[from] PaperError),
}

/// The list of the tasks that the filter shows, and a call sheet for each, as PDF; and how many there are.
/// `shop` is its name, `today` the shop's date.
///
/// # Errors
/// [`SheetError`] in words.
pub fn task_sheets(
    store: &Store,
    filter: &TaskFilter,
    shop: &str,
    today: NaiveDate,
    language: Language,
) -> Result<(Vec<u8>, usize), SheetError> {
    let mut details = Vec::new();
    loop {
        let rows = store.task_page(filter, TaskOrder::default(), today, language, details.len(), PAGE)?;
        let last = rows.len() < PAGE;
        for row in rows {
            details.extend(store.task_detail(row.id, language, today)?);
        }
        if last {
            break;
        }
    }
    let date = language.long_date(today);
    let below = if shop.is_empty() { date } else { format!("{shop} · {date}") };
    let mut paper = Paper::new(said(&words::TITLE, language), &below)?;
    if details.is_empty() {
        paper.paragraph(said(&words::NOTHING, language));
    } else {
        list(&mut paper, &details, language);
    }
    for detail in &details {
        sheet(&mut paper, store, detail, language)?;
    }
    Ok((paper.finish()?, details.len()))
}

fn list(paper: &mut Paper<'_>, details: &[TaskDetail], language: Language) {
    let names: [&Phrase; 6] =
        [&words::EXECUTE_ON, &words::TASK, &words::PLATE, &words::CUSTOMER, &words::PHONE, &words::EMPLOYEE];
    let head: Vec<String> = names.iter().map(|name| said(name, language).to_owned()).collect();
    let rows: Vec<Vec<String>> = details
        .iter()
        .map(|detail| {
            let row = &detail.row;
            let number = detail
                .customer
                .as_ref()
                .and_then(|customer| customer.mobile.clone().or(customer.phone.clone()));
            vec![
                language.short_date(row.execute_on),
                said(&kind(row.rule), language).to_owned(),
                row.plate.as_ref().map(Plate::to_string).unwrap_or_default(),
                row.customer_name.clone().unwrap_or_default(),
                number.unwrap_or_default(),
                row.employee.clone().unwrap_or_default(),
            ]
        })
        .collect();
    paper.table(&head, &rows);
}

/// One task: whom to call about what, and room for what it comes to.
fn sheet(
    paper: &mut Paper<'_>,
    store: &Store,
    detail: &TaskDetail,
    language: Language,
) -> Result<(), SheetError> {
    let row = &detail.row;
    let plate = row.plate.as_ref().map(Plate::to_string);
    let who = row.customer_name.clone().or_else(|| detail.owner.clone());
    let title: Vec<String> = [who, plate].into_iter().flatten().collect();
    // A sheet is read as one: it begins on a page that holds it.
    paper.keep(260.0);
    paper.heading(&title.join(" · "));
    let mut fact = |name: &Phrase, value: Option<String>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            paper.fact(said(name, language), &value);
        }
    };
    fact(&words::TASK, Some(said(&kind(row.rule), language).to_owned()));
    fact(&words::EXECUTE_ON, Some(language.short_date(row.execute_on)));
    fact(&words::EMPLOYEE, row.employee.clone());
    if let Some(customer) = &detail.customer {
        let person = detail.contact_person.as_ref().map(|person| {
            let parts = [&person.first_name, &person.name, &person.mobile, &person.phone];
            parts.into_iter().flatten().cloned().collect::<Vec<_>>().join(" ")
        });
        fact(&words::CONTACT, person);
        fact(&words::MOBILE, customer.mobile.clone());
        fact(&words::PHONE, customer.phone.clone());
        fact(&words::EMAIL, customer.email.clone());
        let consent = row.customer.map(|id| store.consents(id)).transpose()?;
        let given = consent.and_then(|consents| consents.call.map(|consent| consent.given));
        let answer = match (customer.contact_allowed, given) {
            (Some(false), _) | (_, Some(false)) => &words::REFUSED,
            (_, Some(true)) => &words::AGREED,
            _ => &words::NOT_ASKED,
        };
        fact(&words::CALLING, Some(said(answer, language).to_owned()));
    }
    let vehicle = detail.vehicle.as_ref().map(|vehicle| {
        let parts = [&vehicle.make, &vehicle.model, &vehicle.variant];
        parts.into_iter().flatten().cloned().collect::<Vec<_>>().join(" ")
    });
    fact(&words::VEHICLE, vehicle);
    let odometer = detail.odometer.map(|(km, on)| format!("{km} km ({})", language.short_date(on)));
    fact(&words::ODOMETER, odometer);
    fact(&words::LAST_VISIT, detail.last_visit_on.map(|on| language.short_date(on)));
    fact(&words::APPOINTMENT, detail.appointment_on.map(|on| language.short_date(on)));
    paper.paragraph(&row.description);
    let boxes: Vec<&str> = OUTCOMES.iter().map(|outcome| said(outcome, language)).collect();
    paper.boxes(said(&words::OUTCOME, language), &boxes);
    paper.lines(said(&words::NOTE, language), LINES);
    Ok(())
}
