//! From the domain's words to the pages' words, and back: enums, ids, numbers and dates.

use balie_ui as ui;
use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, Utc};
use slint::{Model, VecModel};

use super::{edit_convert, slint};
use crate::domain::amount::{AmountError, CostPerKm};
use crate::domain::customer::Customer;
use crate::domain::ids::{EmployeeId, TaskId};
use crate::domain::language::Language;
use crate::domain::rule::RuleKey;
use crate::domain::task::{EmployeeFilter, Period, StatusFilter, TaskColumn, TaskState};
use crate::rules::alert::Alert;
use crate::store::history::HistoryLine;
use crate::store::task_detail::TaskDetail;
use crate::store::task_list::TaskRow;

/// The statuses that the screen offers (CSS-11).
pub const STATUSES: [StatusFilter; 4] =
    [StatusFilter::Open, StatusFilter::Closed, StatusFilter::All, StatusFilter::Pursued];

/// The columns, in the order of the screen.
pub const COLUMNS: [TaskColumn; 6] = [
    TaskColumn::Rule,
    TaskColumn::ExecuteOn,
    TaskColumn::Plate,
    TaskColumn::Description,
    TaskColumn::CountsFrom,
    TaskColumn::State,
];

/// Changes only the rows that differ: those that stay keep what the page has built for them.
pub fn put<T: Clone + PartialEq + 'static>(model: &VecModel<T>, rows: impl IntoIterator<Item = T>) {
    let mut count = 0;
    for row in rows {
        match model.row_data(count) {
            None => model.push(row),
            Some(old) if old != row => model.set_row_data(count, row),
            Some(_) => {}
        }
        count += 1;
    }
    while model.row_count() > count {
        model.remove(model.row_count() - 1);
    }
}

/// The key of a thing in a list of choices: its place there; -1 is 'all of them'.
pub fn key<T: PartialEq>(all: &[T], one: &T) -> i32 {
    all.iter().position(|other| other == one).and_then(|at| i32::try_from(at).ok()).unwrap_or(-1)
}

/// The thing with that key.
pub fn with_key<T: Copy>(all: &[T], key: i32) -> Option<T> {
    usize::try_from(key).ok().and_then(|at| all.get(at)).copied()
}

/// An employee filter's key: all, nobody, or the employee's number.
pub fn employee_key(employee: EmployeeFilter) -> i32 {
    match employee {
        EmployeeFilter::All => -1,
        EmployeeFilter::Nobody => 0,
        EmployeeFilter::One(EmployeeId(id)) => number(id),
    }
}

/// The employee filter with that key.
pub fn employee_filter(key: i32) -> EmployeeFilter {
    match key {
        ..0 => EmployeeFilter::All,
        0 => EmployeeFilter::Nobody,
        id => EmployeeFilter::One(EmployeeId(i64::from(id))),
    }
}

/// A number as the pages have it; one that does not fit is none.
pub fn number(value: i64) -> i32 {
    i32::try_from(value).unwrap_or(-1)
}

/// A task's id as the pages have it.
pub fn task_id(id: TaskId) -> i32 {
    number(id.0)
}

/// A date.
pub fn date(date: NaiveDate) -> ui::Date {
    let part = |value: u32| i32::try_from(value).unwrap_or_default();
    ui::Date { year: date.year(), month: part(date.month()), day: part(date.day()) }
}

/// A date that may be unknown.
pub fn maybe_date(given: Option<NaiveDate>) -> ui::Date {
    given.map(date).unwrap_or_default()
}

/// A date that the pages hand over; none when it is unknown.
pub fn from_date(given: &ui::Date) -> Option<NaiveDate> {
    let part = |value: i32| u32::try_from(value).ok();
    NaiveDate::from_ymd_opt(given.year, part(given.month)?, part(given.day)?).filter(|_| given.year != 0)
}

/// The first letters of the first and the last word of a name.
pub fn initials(name: &str) -> String {
    let mut words = name.split_whitespace();
    let ends = [words.next(), words.next_back()];
    ends.into_iter().flatten().filter_map(|word| word.chars().next()).flat_map(char::to_uppercase).collect()
}

/// A language.
pub fn language(language: Language) -> ui::Language {
    match language {
        Language::Nl => ui::Language::Nl,
        Language::De => ui::Language::De,
        Language::Pt => ui::Language::Pt,
        Language::En => ui::Language::En,
    }
}

/// The language that was touched.
pub fn from_language(language: ui::Language) -> Language {
    match language {
        ui::Language::Nl => Language::Nl,
        ui::Language::De => Language::De,
        ui::Language::Pt => Language::Pt,
        ui::Language::En => Language::En,
    }
}

/// A kind of task.
pub fn rule(rule: RuleKey) -> ui::RuleKind {
    match rule {
        RuleKey::Warranty => ui::RuleKind::Warranty,
        RuleKey::CarSold => ui::RuleKind::CarSold,
        RuleKey::InvoiceAbove => ui::RuleKind::InvoiceAbove,
        RuleKey::NotSeen => ui::RuleKind::NotSeen,
        RuleKey::Registration => ui::RuleKind::Registration,
        RuleKey::TyreAdvice => ui::RuleKind::TyreAdvice,
        RuleKey::BrakeAdvice => ui::RuleKind::BrakeAdvice,
        RuleKey::RepairAdvice => ui::RuleKind::RepairAdvice,
        RuleKey::Inspection => ui::RuleKind::Inspection,
        RuleKey::RoadsideCover => ui::RuleKind::RoadsideCover,
        RuleKey::NextService => ui::RuleKind::NextService,
        RuleKey::TimingBelt => ui::RuleKind::TimingBelt,
        RuleKey::ServiceInterval => ui::RuleKind::ServiceInterval,
        RuleKey::WorkshopQuote => ui::RuleKind::WorkshopQuote,
        RuleKey::CarQuote => ui::RuleKind::CarQuote,
        RuleKey::SalesAgreement => ui::RuleKind::SalesAgreement,
        RuleKey::Recall => ui::RuleKind::Recall,
    }
}

/// A column.
pub fn column(column: TaskColumn) -> ui::Column {
    match column {
        TaskColumn::Rule => ui::Column::Rule,
        TaskColumn::ExecuteOn => ui::Column::ExecuteOn,
        TaskColumn::Plate => ui::Column::Plate,
        TaskColumn::Description => ui::Column::Description,
        TaskColumn::CountsFrom => ui::Column::CountsFrom,
        TaskColumn::State => ui::Column::Handled,
    }
}

/// The column that was touched.
pub fn task_column(column: ui::Column) -> TaskColumn {
    match column {
        ui::Column::Rule => TaskColumn::Rule,
        ui::Column::ExecuteOn => TaskColumn::ExecuteOn,
        ui::Column::Plate => TaskColumn::Plate,
        ui::Column::Description => TaskColumn::Description,
        ui::Column::CountsFrom => TaskColumn::CountsFrom,
        ui::Column::Handled => TaskColumn::State,
    }
}

/// What the lamp says.
pub fn alert(alert: Alert) -> ui::AlertState {
    match alert {
        Alert::Off => ui::AlertState::Off,
        Alert::Slow => ui::AlertState::Slow,
        Alert::Fast => ui::AlertState::Fast,
        Alert::Steady => ui::AlertState::Steady,
    }
}

/// A row of the list.
pub fn row(row: &TaskRow, today: NaiveDate) -> ui::TaskRow {
    let days = (row.execute_on - today).num_days();
    // A handled task that comes back is still to come.
    let done = matches!(row.state, TaskState::Handled | TaskState::Withdrawn) && row.back_on.is_none();
    let urgency = match (done, days) {
        (true, _) => ui::Urgency::Done,
        (_, ..0) => ui::Urgency::Overdue,
        (_, 0) => ui::Urgency::Today,
        _ => ui::Urgency::Coming,
    };
    ui::TaskRow {
        id: task_id(row.id),
        loaded: true,
        rule: rule(row.rule),
        urgency,
        days: number(days),
        execute_on: date(row.execute_on),
        counts_from: date(row.counts_from),
        plate: row.plate.as_ref().map(ToString::to_string).unwrap_or_default().into(),
        customer: row.customer_name.as_deref().unwrap_or_default().into(),
        employee: row.employee.as_deref().unwrap_or_default().into(),
        description: row.description.lines().next().unwrap_or_default().into(),
        outcome: edit_convert::outcome(row.outcome),
    }
}

/// Everything about a task.
pub fn detail(task: &TaskDetail, today: NaiveDate) -> ui::TaskDetail {
    let customer = task.customer.clone();
    let person = task.contact_person.as_ref();
    let vehicle = task.vehicle.as_ref();
    let text = |given: Option<&String>| given.map(String::as_str).unwrap_or_default().into();
    let of = |given: &dyn Fn(&Customer) -> Option<String>| {
        customer.as_ref().and_then(given).unwrap_or_default().into()
    };
    let joined = |parts: &[Option<&String>]| {
        parts.iter().flatten().map(|part| part.as_str()).collect::<Vec<_>>().join(" ")
    };
    ui::TaskDetail {
        task: row(&task.row, today),
        description: task.row.description.trim().into(),
        customer: task.row.customer_name.as_deref().unwrap_or_default().into(),
        contact_person: match (person, &customer) {
            (Some(person), _) => joined(&[person.first_name.as_ref(), person.name.as_ref()]),
            // At a company the customer's own name is whom one asks for.
            (None, Some(customer)) if customer.company.is_some() => {
                joined(&[customer.first_name.as_ref(), customer.name.as_ref()])
            }
            _ => String::new(),
        }
        .into(),
        street: of(&|customer| customer.street.clone()),
        town: of(&|customer| Some(joined(&[customer.postcode.as_ref(), customer.city.as_ref()]))),
        phone: of(&|customer| customer.phone.clone()),
        mobile: of(&|customer| customer.mobile.clone()),
        email: of(&|customer| customer.email.clone()),
        vehicle: vehicle
            .map(|vehicle| joined(&[vehicle.make.as_ref(), vehicle.model.as_ref()]))
            .unwrap_or_default()
            .into(),
        owner: text(task.owner.as_ref()),
        inspection_expires_on: maybe_date(vehicle.and_then(|vehicle| vehicle.inspection_expires_on)),
        last_visit_on: maybe_date(task.last_visit_on),
        odometer_km: task.odometer.map_or(-1, |(km, _)| number(km)),
        vehicle_id: task.row.vehicle.map_or(-1, |id| number(id.0)),
        customer_id: task.row.customer.map_or(-1, |id| number(id.0)),
    }
}

/// A line of history.
pub fn history(line: &HistoryLine, local: impl Fn(DateTime<Utc>) -> NaiveDateTime) -> ui::HistoryLine {
    let what = match line.action.as_str() {
        "made" => ui::Happening::Made,
        "waiting" => ui::Happening::Waiting,
        "released" => ui::Happening::Released,
        "withdrawn" => ui::Happening::Withdrawn,
        "open" | "returned" => ui::Happening::Returned,
        "changed" => ui::Happening::Changed,
        "handled" => ui::Happening::Handled,
        "noted" => ui::Happening::Noted,
        "queued" => ui::Happening::Message,
        "undone" => ui::Happening::Undone,
        _ => ui::Happening::Other,
    };
    ui::HistoryLine {
        on: date(local(line.at).date()),
        who: line.employee.as_deref().unwrap_or_default().into(),
        what,
    }
}

/// An odometer reading as it is typed, in kilometres; `None`: not a figure that a clock shows.
pub fn km(text: &str) -> Option<i64> {
    const MOST: i64 = 9_999_999;
    let digits: String = text.chars().filter(|sign| !matches!(sign, ' ' | '.' | ',')).collect();
    digits.parse().ok().filter(|km| (0..=MOST).contains(km))
}

/// A cost per kilometre as it is typed; nothing typed is none.
///
/// # Errors
/// [`AmountError`] says what is wrong with the text.
pub fn cost_per_km(text: &str) -> Result<Option<CostPerKm>, AmountError> {
    let text = text.trim();
    if text.is_empty() { Ok(None) } else { CostPerKm::parse(text).map(Some) }
}

/// The periods' keys are their places in [`Period::ALL`].
pub fn period(key: i32) -> Period {
    with_key(&Period::ALL, key).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #[test]
    fn initials_are_of_the_first_and_the_last_name() {
        for (name, initials) in [("Els Hermans", "EH"), ("jan van den Berg", "JB"), ("Ömer", "Ö"), (" ", "")]
        {
            assert_eq!(super::initials(name), initials);
        }
    }
}
