//! Everything the desk shows of one customer (CSS-09): each section limited, with its count.

use chrono::{DateTime, NaiveDate, Utc};
use rusqlite::{Row, ToSql, named_params};

use super::facts::plate;
use super::history::HistoryLine;
use super::{Store, StoreError};
use crate::domain::amount::Money;
use crate::domain::consent::Consents;
use crate::domain::customer::{ContactPerson, Customer};
use crate::domain::ids::{AppointmentId, ContactPersonId, CustomerId, TaskId, VehicleId};
use crate::domain::plate::Plate;
use crate::domain::rule::RuleKey;

/// Lines of one section on the page; what is older is only counted.
const SHOWN: i64 = 20;

/// Some lines, and how many there are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section<T> {
    /// The first of them.
    pub lines: Vec<T>,
    /// How many there are.
    pub count: usize,
}

/// A customer with all that belongs to them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomerCard {
    /// Who.
    pub id: CustomerId,
    /// What the shop knows.
    pub customer: Customer,
    /// Not removed at the desk.
    pub active: bool,
    /// When the person was forgotten.
    pub erased_at: Option<DateTime<Utc>>,
    /// Their vehicles, the present ones first.
    pub vehicles: Section<OwnedVehicle>,
    /// Their visits, the newest first; so for all that follow.
    pub visits: Section<VisitLine>,
    /// Invoices.
    pub invoices: Section<DocumentLine>,
    /// Quotes and agreements.
    pub quotes: Section<DocumentLine>,
    /// Cars they bought.
    pub sales: Section<DocumentLine>,
    /// Appointments.
    pub appointments: Section<AppointmentLine>,
    /// The people one asks for.
    pub persons: Vec<(ContactPersonId, ContactPerson)>,
    /// What they agreed to.
    pub consents: Consents,
    /// Open tasks, the most urgent first.
    pub tasks: Section<TaskLine>,
    /// Messages and calls.
    pub contacts: Section<ContactLine>,
    /// What was changed in them.
    pub history: Section<HistoryLine>,
}

/// A vehicle that is or was theirs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnedVehicle {
    /// The vehicle.
    pub id: VehicleId,
    /// Its plate.
    pub plate: Plate,
    /// Make and model.
    pub what: String,
    /// Theirs from this day on.
    pub from_on: Option<NaiveDate>,
    /// The first day on which it no longer was; in the past for a former vehicle.
    pub until_on: Option<NaiveDate>,
    /// Its inspection expires on.
    pub inspection_expires_on: Option<NaiveDate>,
}

/// A visit to the workshop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VisitLine {
    /// The vehicle's plate.
    pub plate: Option<Plate>,
    /// The day.
    pub on: Option<NaiveDate>,
    /// Kilometres read.
    pub km: Option<i64>,
    /// What was done.
    pub description: Option<String>,
}

/// An invoice, a quote or a sale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentLine {
    /// Its number.
    pub number: String,
    /// `workshop`, `car` or `agreement` for a quote.
    pub kind: Option<String>,
    /// Its date.
    pub on: Option<NaiveDate>,
    /// Until when a quote counts.
    pub until: Option<NaiveDate>,
    /// The total.
    pub total: Option<Money>,
    /// `open`, `accepted` or `rejected` for a quote.
    pub status: Option<String>,
    /// The vehicle's plate.
    pub plate: Option<Plate>,
}

/// An appointment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppointmentLine {
    /// Which.
    pub id: AppointmentId,
    /// `inspection`, `service`, `repair` or `other`.
    pub kind: String,
    /// When, on the shop's clock: `2015-05-01T09:30:00`.
    pub starts_at: Option<String>,
    /// `planned`, `done` or `cancelled`.
    pub status: String,
    /// The vehicle's plate.
    pub plate: Option<Plate>,
}

/// An open task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskLine {
    /// Which.
    pub id: TaskId,
    /// Its kind.
    pub rule: RuleKey,
    /// When it is to be carried out.
    pub execute_on: NaiveDate,
    /// The vehicle's plate.
    pub plate: Option<Plate>,
}

/// A message or a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactLine {
    /// `call`, `sms` or `email`.
    pub channel: String,
    /// When, in UTC.
    pub at: DateTime<Utc>,
    /// What a call came to, or where a message is.
    pub state: Option<String>,
    /// The words.
    pub text: String,
    /// Who.
    pub employee: Option<String>,
}

impl Store {
    /// A customer with all that belongs to them; `None` when there is no such customer.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn customer_card(
        &self,
        id: CustomerId,
        today: NaiveDate,
    ) -> Result<Option<CustomerCard>, StoreError> {
        let Some(customer) = self.customer(id)? else { return Ok(None) };
        let (active, erased_at) = self
            .connection
            .prepare_cached("SELECT active, erased_at FROM customer WHERE id = ?1")?
            .query_row([id.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let documents = |table: &str, on: &str, rest: &str| {
            self.section(
                &format!(
                    "SELECT count(*) OVER (), d.number, d.{on}, v.plate, {rest} FROM {table} d
                       LEFT JOIN vehicle v ON v.id = d.vehicle_id
                      WHERE d.customer_id = :id ORDER BY d.{on} DESC, d.id DESC LIMIT :shown"
                ),
                id.0,
                document,
            )
        };
        let mut history = self.history("customer", id.0)?;
        history.reverse();
        let changes = history.len();
        history.truncate(usize::try_from(SHOWN).unwrap_or_default());
        Ok(Some(CustomerCard {
            id,
            active,
            erased_at,
            vehicles: self.owned(id, today)?,
            visits: self.section(
                "SELECT count(*) OVER (), v.plate, b.visited_on, b.odometer_km, b.description FROM visit b
                   LEFT JOIN vehicle v ON v.id = b.vehicle_id
                  WHERE b.customer_id = :id ORDER BY b.visited_on DESC, b.id DESC LIMIT :shown",
                id.0,
                |row| {
                    Ok(VisitLine {
                        plate: maybe_plate(row, 1)?,
                        on: row.get(2)?,
                        km: row.get(3)?,
                        description: row.get(4)?,
                    })
                },
            )?,
            invoices: documents("invoice", "invoiced_on", "d.total_cents, NULL, NULL, NULL")?,
            quotes: documents("quote", "issued_on", "d.total_cents, d.kind, d.valid_until, d.status")?,
            sales: documents("sale", "sold_on", "d.price_cents, NULL, NULL, NULL")?,
            appointments: self.section(
                "SELECT count(*) OVER (), a.id, a.kind, a.starts_at, a.status, v.plate FROM appointment a
                   LEFT JOIN vehicle v ON v.id = a.vehicle_id
                  WHERE a.customer_id = :id ORDER BY a.starts_at DESC, a.id DESC LIMIT :shown",
                id.0,
                |row| {
                    Ok(AppointmentLine {
                        id: AppointmentId(row.get(1)?),
                        kind: row.get(2)?,
                        starts_at: row.get(3)?,
                        status: row.get(4)?,
                        plate: maybe_plate(row, 5)?,
                    })
                },
            )?,
            persons: self.contact_persons(id)?,
            consents: self.consents(id)?,
            tasks: self.section(
                "SELECT count(*) OVER (), id, rule, execute_on, plate FROM task
                  WHERE customer_id = :id AND state = 'open' ORDER BY execute_on, id LIMIT :shown",
                id.0,
                task,
            )?,
            contacts: self.section(
                "SELECT count(*) OVER (), x.channel, x.at, x.state, x.text, coalesce(e.name, e.code) FROM
                    (SELECT channel, written_at AS at, state, coalesce(subject || ': ', '') || body AS text, employee_id
                       FROM message WHERE customer_id = :id
                     UNION ALL SELECT 'call', noted_at, outcome, text, employee_id FROM call_note
                      WHERE customer_id = :id AND taken_back_at IS NULL) x
                   LEFT JOIN employee e ON e.id = x.employee_id ORDER BY x.at DESC LIMIT :shown",
                id.0,
                |row| {
                    Ok(ContactLine {
                        channel: row.get(1)?,
                        at: row.get(2)?,
                        state: row.get(3)?,
                        text: row.get(4)?,
                        employee: row.get(5)?,
                    })
                },
            )?,
            history: Section { lines: history, count: changes },
            customer,
        }))
    }

    fn owned(&self, id: CustomerId, today: NaiveDate) -> Result<Section<OwnedVehicle>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT count(*) OVER (), v.id, v.plate, trim(coalesce(v.make, '') || ' ' || coalesce(v.model, '')),
                    o.from_on, o.until_on, v.inspection_expires_on
               FROM ownership o JOIN vehicle v ON v.id = o.vehicle_id WHERE o.customer_id = :id
              ORDER BY o.until_on IS NULL OR o.until_on > :today DESC, o.from_on DESC LIMIT :shown",
        )?;
        let parameters = named_params! { ":id": id.0, ":today": today, ":shown": SHOWN };
        collect(statement.query(parameters)?, |row| {
            Ok(OwnedVehicle {
                id: VehicleId(row.get(1)?),
                plate: plate(row.get_ref(2)?.as_str().unwrap_or_default())?,
                what: row.get(3)?,
                from_on: row.get(4)?,
                until_on: row.get(5)?,
                inspection_expires_on: row.get(6)?,
            })
        })
    }

    /// The lines of one section; the statement's first column is their count.
    pub(super) fn section<T>(
        &self,
        sql: &str,
        id: i64,
        line: impl Fn(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Section<T>, StoreError> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let parameters: &[(&str, &dyn ToSql)] = named_params! { ":id": id, ":shown": SHOWN };
        collect(statement.query(parameters)?, line)
    }
}

fn collect<T>(
    mut rows: rusqlite::Rows<'_>,
    line: impl Fn(&Row<'_>) -> Result<T, StoreError>,
) -> Result<Section<T>, StoreError> {
    let mut section = Section { lines: Vec::new(), count: 0 };
    while let Some(row) = rows.next()? {
        section.count = usize::try_from(row.get::<_, i64>(0)?).unwrap_or_default();
        section.lines.push(line(row)?);
    }
    Ok(section)
}

fn maybe_plate(row: &Row<'_>, column: usize) -> Result<Option<Plate>, StoreError> {
    row.get::<_, Option<String>>(column)?.as_deref().map(plate).transpose()
}

fn document(row: &Row<'_>) -> Result<DocumentLine, StoreError> {
    Ok(DocumentLine {
        number: row.get(1)?,
        on: row.get(2)?,
        plate: maybe_plate(row, 3)?,
        total: row.get::<_, Option<i64>>(4)?.map(Money),
        kind: row.get(5)?,
        until: row.get(6)?,
        status: row.get(7)?,
    })
}

/// A task's line: its number, rule, date and plate from the second column on.
pub(super) fn task(row: &Row<'_>) -> Result<TaskLine, StoreError> {
    Ok(TaskLine {
        id: TaskId(row.get(1)?),
        rule: row.get_ref(2)?.as_str().unwrap_or_default().parse().map_err(StoreError::Strange)?,
        execute_on: row.get(3)?,
        plate: maybe_plate(row, 4)?,
    })
}
