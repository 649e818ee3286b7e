//! The facts that decisions need, read in three ways that share one list of columns: what is due
//! (by an indexed window of dates), what exists already (by task), and everything about one
//! vehicle (for `why`). SQL only chooses; `rules::decide` decides.

use chrono::{DateTime, NaiveDate, Utc};
use rusqlite::{Connection, OptionalExtension, Row, named_params};

use super::{Store, StoreError};
use crate::domain::amount::Money;
use crate::domain::customer::CustomerKind;
use crate::domain::ids::{
    CustomerId, EmployeeId, InspectionId, InvoiceId, QuoteId, RecallId, SaleId, TaskId, VehicleId,
};
use crate::domain::plate::Plate;
use crate::domain::rule::{Half, RuleKey, Source};
use crate::domain::task::{Subject, TaskState};
use crate::rules::facts::{CustomerFacts, Facts, RegistrationFacts, VehicleFacts};
use crate::rules::window::Window;

/// The facts about one subject, and the task that exists for them, if any.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// The facts.
    pub facts: Facts,
    /// The task of the same key.
    pub task: Option<StandingTask>,
}

/// What the collector needs to know of a task that exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StandingTask {
    /// Its number.
    pub id: TaskId,
    /// Where it stands.
    pub state: TaskState,
    /// A person has worked on it.
    pub touched: bool,
    /// The date it counts from.
    pub counts_from: NaiveDate,
    /// When it is to be carried out.
    pub execute_on: NaiveDate,
    /// Its customer.
    pub customer: Option<CustomerId>,
    /// To whom it is assigned.
    pub employee: Option<EmployeeId>,
}

/// How a rule's subjects are found in the tables.
struct Tables {
    /// Kind of subject, as in `task.subject_kind`.
    subject_kind: &'static str,
    /// The subject's table, under the alias `s`.
    table: &'static str,
    /// Where candidates are looked for: as `table`, or an index table joined to it.
    by_date: &'static str,
    /// Expression: the subject's number.
    subject: &'static str,
    /// How the vehicle (alias `v`) hangs on the subject.
    vehicle: &'static str,
    /// Expression: the date the rule counts from.
    counts_from: String,
    /// Condition: the window `:first` to `:last`, in a form an index serves.
    in_window: String,
    /// Expression: the customer's number.
    customer: &'static str,
    /// Expressions: total, open, our registration date, day of detection.
    extras: &'static str,
}

/// The owner on the day: the ownership that began last.
const OWNER: &str = "(SELECT o.customer_id FROM ownership o WHERE o.vehicle_id = v.id AND o.from_on <= :today
    AND (o.until_on IS NULL OR o.until_on > :today) ORDER BY o.from_on DESC, o.customer_id DESC LIMIT 1)";

/// The last visit, today included; the vehicle's own column serves unless it lies in the future.
const LAST_VISIT: &str = "(CASE WHEN v.last_visit_on <= :today THEN v.last_visit_on
    ELSE (SELECT max(p.visited_on) FROM visit p WHERE p.vehicle_id = v.id AND p.visited_on <= :today) END)";

const NO_EXTRAS: &str = "NULL, 1, NULL, NULL";

fn tables(rule: RuleKey, half: Half) -> Tables {
    let vehicle = |counts_from: String, in_window: String| Tables {
        subject_kind: "vehicle",
        table: "vehicle s",
        by_date: "vehicle s",
        subject: "s.id",
        vehicle: "LEFT JOIN vehicle v ON v.id = s.id",
        counts_from,
        in_window,
        customer: OWNER,
        extras: NO_EXTRAS,
    };
    let document = |kind, table, column: &str, extras| Tables {
        subject_kind: kind,
        table,
        by_date: table,
        subject: "s.id",
        vehicle: "LEFT JOIN vehicle v ON v.id = s.vehicle_id",
        counts_from: format!("s.{column}"),
        in_window: format!("s.{column} BETWEEN :first AND :last"),
        customer: "s.customer_id",
        extras,
    };
    match rule.source() {
        Source::VehicleDate(date) => {
            let column = date.column();
            vehicle(format!("s.{column}"), format!("s.{column} BETWEEN :first AND :last"))
        }
        Source::LastVisit => vehicle(
            LAST_VISIT.to_owned(),
            "(s.last_visit_on BETWEEN :first AND :last OR s.last_visit_on > :today)".to_owned(),
        ),
        Source::Registration => Tables {
            table: "register_record s",
            by_date: "register_record s",
            subject: "s.vehicle_id",
            vehicle: "LEFT JOIN vehicle v ON v.id = s.vehicle_id",
            extras: "NULL, 1, v.registered_on, s.newer_registration_on",
            ..vehicle(
                "s.registered_on".to_owned(),
                "s.newer_registration_on BETWEEN :first AND :last".to_owned(),
            )
        },
        Source::Advice(code) => Tables {
            subject_kind: "inspection",
            table: if code == "AC1" { ADVICE_AC1 } else { ADVICE_AC5 },
            by_date: "inspection_advice a JOIN inspection s ON s.id = a.inspection_id",
            vehicle: "LEFT JOIN vehicle v ON v.id = s.vehicle_id",
            ..vehicle(
                "s.inspected_on".to_owned(),
                format!("a.code = '{code}' AND a.inspected_on BETWEEN :first AND :last"),
            )
        },
        Source::Recall => Tables {
            customer: OWNER,
            in_window: "s.open = 1 AND s.detected_on BETWEEN :first AND :last".to_owned(),
            ..document("recall", "recall s", "detected_on", "NULL, s.open = 1, NULL, NULL")
        },
        Source::Invoice => document("invoice", "invoice s", "invoiced_on", "s.total_cents, 1, NULL, NULL"),
        Source::Sale => document("sale", "sale s", "sold_on", NO_EXTRAS),
        Source::Quote(kind) => {
            let column = if half == Half::Before { "valid_until" } else { "issued_on" };
            let quote = document("quote", "quote s", column, "NULL, s.status = 'open', NULL, NULL");
            let in_window = format!("s.kind = '{kind}' AND s.status = 'open' AND {}", quote.in_window);
            Tables { in_window, ..quote }
        }
    }
}

/// Inspections that carry the code; a join here, so that an inspection whose advice was corrected
/// no longer counts.
const ADVICE_AC1: &str =
    "(SELECT i.* FROM inspection i JOIN inspection_advice a ON a.inspection_id = i.id AND a.code = 'AC1') s";
const ADVICE_AC5: &str =
    "(SELECT i.* FROM inspection i JOIN inspection_advice a ON a.inspection_id = i.id AND a.code = 'AC5') s";

/// A planned inspection appointment; only the inspection rule asks.
fn appointment(rule: RuleKey) -> &'static str {
    if rule == RuleKey::Inspection {
        "(SELECT min(substr(a.starts_at, 1, 10)) FROM appointment a WHERE a.vehicle_id = v.id
            AND a.kind = 'inspection' AND a.status = 'planned' AND a.starts_at >= :today)"
    } else {
        "NULL"
    }
}

fn columns(tables: &Tables, rule: RuleKey) -> String {
    format!(
        "SELECT {id}, {counts_from}, v.id, v.plate, {LAST_VISIT}, {appointment}, c.id, c.kind, c.contact_allowed,
                {extras}, t.id, t.state, t.touched, t.counts_from, t.execute_on, t.customer_id, t.employee_id, c.active",
        id = tables.subject,
        counts_from = tables.counts_from,
        appointment = appointment(rule),
        extras = tables.extras,
    )
}

fn customer_join(tables: &Tables) -> String {
    format!("LEFT JOIN customer c ON c.id = {}", tables.customer)
}

/// The task of the same key as the subject that is looked at.
fn task_join(tables: &Tables) -> String {
    format!(
        "LEFT JOIN task t ON t.rule = :rule AND t.half = :half AND t.subject_kind = '{}' AND t.subject_id = {}
            AND t.counts_from = {}",
        tables.subject_kind, tables.subject, tables.counts_from
    )
}

/// No task yet, or a withdrawn one.
const DUE: &str = "(t.id IS NULL OR (t.state = 'withdrawn' AND t.touched = 0))";
/// As [`DUE`], and what waits or is open and was not touched.
const PROSPECT: &str = "(t.id IS NULL OR (t.state IN ('withdrawn', 'waiting', 'open') AND t.touched = 0))";

/// The statement of [`due`].
fn due_sql(rule: RuleKey, half: Half, which: &str) -> String {
    let tables = tables(rule, half);
    format!(
        "{} FROM {} {} {} {} WHERE {} AND {which}",
        columns(&tables, rule),
        tables.by_date,
        tables.vehicle,
        customer_join(&tables),
        task_join(&tables),
        tables.in_window,
    )
}

/// Calls `each` with every subject whose date lies in the window and that has no task yet, or a
/// withdrawn one.
pub(super) fn due(
    connection: &Connection,
    rule: RuleKey,
    half: Half,
    window: Window,
    today: NaiveDate,
    each: impl FnMut(Candidate) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    in_window(connection, (rule, half), DUE, window, today, each)
}

/// As [`due`], with the untouched tasks that are open or wait.
pub(super) fn prospects(
    connection: &Connection,
    rule: RuleKey,
    half: Half,
    window: Window,
    today: NaiveDate,
    each: impl FnMut(Candidate) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    in_window(connection, (rule, half), PROSPECT, window, today, each)
}

fn in_window(
    connection: &Connection,
    (rule, half): (RuleKey, Half),
    which: &str,
    window: Window,
    today: NaiveDate,
    mut each: impl FnMut(Candidate) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let sql = due_sql(rule, half, which);
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(named_params! {
        ":today": today, ":first": window.first, ":last": window.last, ":rule": rule.as_str(), ":half": half.as_str()
    })?;
    while let Some(row) = rows.next()? {
        each(candidate(row, rule, half)?)?;
    }
    Ok(())
}

/// The statement of [`standing`].
fn standing_sql(rule: RuleKey, half: Half) -> String {
    let tables = tables(rule, half);
    format!(
        "{} FROM task t LEFT JOIN {} ON {} = t.subject_id {} {}
          WHERE t.rule = :rule AND t.half = :half AND t.state IN ('waiting', 'open') AND t.touched = 0",
        columns(&tables, rule),
        tables.table,
        tables.subject,
        tables.vehicle,
        customer_join(&tables),
    )
}

/// Every task of the rule that no person has touched and that is open or waiting, with the facts
/// as they are now. A subject that is gone has no counting date.
pub(super) fn standing(
    connection: &Connection,
    rule: RuleKey,
    half: Half,
    today: NaiveDate,
    mut each: impl FnMut(Candidate) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let sql = standing_sql(rule, half);
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(named_params! {
        ":today": today, ":rule": rule.as_str(), ":half": half.as_str()
    })?;
    while let Some(row) = rows.next()? {
        each(candidate(row, rule, half)?)?;
    }
    Ok(())
}

/// Every subject of the rule that belongs to one vehicle (`None`: to any), with its task.
pub(super) fn everything(
    connection: &Connection,
    rule: RuleKey,
    half: Half,
    vehicle: Option<VehicleId>,
    today: NaiveDate,
) -> Result<Vec<Candidate>, StoreError> {
    let tables = tables(rule, half);
    let kind = match rule.source() {
        Source::Quote(kind) => format!("s.kind = '{kind}'"),
        _ => "1".to_owned(),
    };
    let which = if vehicle.is_some() { "v.id = :vehicle" } else { ":vehicle IS NULL" };
    let sql = format!(
        "{} FROM {} {} {} {} WHERE {which} AND {kind} ORDER BY 2 DESC, 1",
        columns(&tables, rule),
        tables.table,
        tables.vehicle,
        customer_join(&tables),
        task_join(&tables),
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(named_params! {
        ":today": today, ":rule": rule.as_str(), ":half": half.as_str(), ":vehicle": vehicle.map(|id| id.0)
    })?;
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        all.push(candidate(row, rule, half)?);
    }
    Ok(all)
}

/// Reads one row of [`columns`].
fn candidate(row: &Row<'_>, rule: RuleKey, half: Half) -> Result<Candidate, StoreError> {
    let id: Option<i64> = row.get(0)?;
    let number = id.unwrap_or_default();
    let subject = match rule.source() {
        Source::VehicleDate(_) | Source::LastVisit | Source::Registration => {
            Subject::Vehicle(VehicleId(number))
        }
        Source::Advice(_) => Subject::Inspection(InspectionId(number)),
        Source::Invoice => Subject::Invoice(InvoiceId(number)),
        Source::Sale => Subject::Sale(SaleId(number)),
        Source::Quote(_) => Subject::Quote(QuoteId(number)),
        Source::Recall => Subject::Recall(RecallId(number)),
    };
    let vehicle = match row.get::<_, Option<i64>>(2)? {
        None => None,
        Some(vehicle) => Some(VehicleFacts {
            id: VehicleId(vehicle),
            plate: plate(row.get_ref(3)?.as_str().unwrap_or_default())?,
            last_visit_on: row.get(4)?,
            inspection_appointment_on: row.get(5)?,
        }),
    };
    let customer = match row.get::<_, Option<i64>>(6)? {
        None => None,
        Some(customer) => Some(CustomerFacts {
            id: CustomerId(customer),
            kind: row
                .get_ref(7)?
                .as_str()
                .unwrap_or_default()
                .parse::<CustomerKind>()
                .map_err(StoreError::Strange)?,
            contact_allowed: row.get(8)?,
            active: row.get(20)?,
        }),
    };
    let registration = (rule == RuleKey::Registration)
        .then(|| Ok::<_, StoreError>(RegistrationFacts { ours: row.get(11)?, detected_on: row.get(12)? }))
        .transpose()?;
    let task = standing_task(row)?;
    let facts = Facts {
        rule,
        half,
        subject,
        counts_from: row.get(1)?,
        vehicle,
        customer,
        total: row.get::<_, Option<i64>>(9)?.map(Money),
        open: row.get::<_, Option<bool>>(10)?.unwrap_or(false),
        registration,
        made_for: task.and_then(|task| task.customer),
    };
    Ok(Candidate { facts, task })
}

fn standing_task(row: &Row<'_>) -> Result<Option<StandingTask>, StoreError> {
    let Some(id) = row.get::<_, Option<i64>>(13)? else {
        return Ok(None);
    };
    Ok(Some(StandingTask {
        id: TaskId(id),
        state: row.get_ref(14)?.as_str().unwrap_or_default().parse().map_err(StoreError::Strange)?,
        touched: row.get(15)?,
        counts_from: row.get(16)?,
        execute_on: row.get(17)?,
        customer: row.get::<_, Option<i64>>(18)?.map(CustomerId),
        employee: row.get::<_, Option<i64>>(19)?.map(EmployeeId),
    }))
}

/// The present owner of a vehicle.
pub(super) fn owner(
    connection: &Connection,
    vehicle: VehicleId,
    today: NaiveDate,
) -> Result<Option<CustomerId>, StoreError> {
    let mut statement =
        connection.prepare_cached(&format!("SELECT {OWNER} FROM vehicle v WHERE v.id = :vehicle"))?;
    let owner: Option<Option<i64>> = statement
        .query_row(named_params! { ":today": today, ":vehicle": vehicle.0 }, |row| row.get(0))
        .optional()?;
    Ok(owner.flatten().map(CustomerId))
}

/// A stored plate; it was checked when it was written.
pub(crate) fn plate(text: &str) -> Result<Plate, StoreError> {
    Plate::parse(text).map_err(|wrong| StoreError::Strange(format!("a plate: {wrong}")))
}

/// What the register says about a vehicle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RegisterRecord {
    /// The inspection expires on.
    pub inspection_expires_on: Option<NaiveDate>,
    /// Registered to the present holder on.
    pub registered_on: Option<NaiveDate>,
    /// When the register was asked, in UTC.
    pub fetched_at: DateTime<Utc>,
    /// Since when it has answered with nothing, in UTC; what it said before is kept.
    pub silent_since: Option<DateTime<Utc>>,
}

impl Store {
    /// Every subject of a rule, of one vehicle or (`None`) of all, with the task of the same key.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn candidates(
        &self,
        rule: RuleKey,
        half: Half,
        vehicle: Option<VehicleId>,
        today: NaiveDate,
    ) -> Result<Vec<Candidate>, StoreError> {
        everything(&self.connection, rule, half, vehicle, today)
    }

    /// What the register said about a vehicle when it was last asked.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn register_record(&self, vehicle: VehicleId) -> Result<Option<RegisterRecord>, StoreError> {
        let sql = "SELECT r.inspection_expires_on, r.registered_on, r.fetched_at, s.silent_since FROM register_record r
                     LEFT JOIN register_state s ON s.vehicle_id = r.vehicle_id WHERE r.vehicle_id = ?1";
        let record = self.connection.prepare_cached(sql)?.query_row([vehicle.0], |row| {
            Ok(RegisterRecord {
                inspection_expires_on: row.get(0)?,
                registered_on: row.get(1)?,
                fetched_at: row.get(2)?,
                silent_since: row.get(3)?,
            })
        });
        Ok(record.optional()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The cost of a collection follows what is due: no statement of it reads a whole table or sorts.
    #[test]
    fn no_statement_of_a_collection_scans_a_table_or_sorts() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("balie.db")).unwrap();
        for rule in RuleKey::ALL {
            for half in rule.halves() {
                for sql in
                    [due_sql(rule, *half, DUE), due_sql(rule, *half, PROSPECT), standing_sql(rule, *half)]
                {
                    let mut plan = store.connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
                    let mut rows = plan.raw_query();
                    while let Some(row) = rows.next().unwrap() {
                        let step: String = row.get(3).unwrap();
                        let costly = step.starts_with("SCAN") || step.contains("TEMP B-TREE");
                        assert!(!costly, "{rule} {half}: {step} in {sql}");
                    }
                }
            }
        }
    }
}
