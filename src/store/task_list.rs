//! The CRM manager's list (CSS-11): pages of rows in any order, and the counts beside every
//! choice of every filter.

use std::fmt::Write as _;

use chrono::NaiveDate;
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Row, params_from_iter};
use serde::Serialize;

use super::{Store, StoreError, facts};
use crate::domain::amount::Money;
use crate::domain::customer::display_name;
use crate::domain::edit::Outcome;
use crate::domain::ids::{CustomerId, EmployeeId, TaskId, VehicleId};
use crate::domain::language::Language;
use crate::domain::plate::Plate;
use crate::domain::rule::{Half, RuleKey};
use crate::domain::task::{EmployeeFilter, StatusFilter, TaskColumn, TaskFilter, TaskOrder, TaskState};
use crate::rules::describe::{Words, describe};

/// A row of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskRow {
    /// The task; touches name it, never its place in the list.
    pub id: TaskId,
    /// Its kind.
    pub rule: RuleKey,
    /// When it is to be carried out.
    pub execute_on: NaiveDate,
    /// The date it counts from.
    pub counts_from: NaiveDate,
    /// Which of the rule's numbers.
    pub half: Half,
    /// Where it stands.
    pub state: TaskState,
    /// The vehicle.
    pub vehicle: Option<VehicleId>,
    /// Its plate.
    pub plate: Option<Plate>,
    /// The customer.
    pub customer: Option<CustomerId>,
    /// The customer's code.
    pub customer_code: Option<String>,
    /// The name under which the desk knows the customer.
    pub customer_name: Option<String>,
    /// The employee's code.
    pub employee: Option<String>,
    /// What the last contact about it came to.
    pub outcome: Option<Outcome>,
    /// The day a handled task comes back into the list.
    pub back_on: Option<NaiveDate>,
    /// Raised by every change.
    pub version: i64,
    /// The words, in the language asked for (or as a person wrote them).
    pub description: String,
}

/// Where in the calendar an execution date lies, as the period filters cut it.
const BUCKETS: usize = 7;

/// One count of the cube: tasks alike in state, period, kind and employee.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Cell {
    state: TaskState,
    bucket: usize,
    rule: RuleKey,
    employee: Option<EmployeeId>,
    count: u32,
}

/// The number of tasks for every combination of filters, counted once for each state of the
/// database: a change of filter costs no SQL for its counts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TaskCube {
    today: NaiveDate,
    cells: Vec<Cell>,
    /// Those that were contacted and did not book, once more.
    pursued: Vec<Cell>,
}

impl TaskCube {
    /// How many tasks a filter shows.
    pub fn count(&self, filter: &TaskFilter) -> u32 {
        let fits = |cell: &&Cell| {
            filter.status.state().is_none_or(|state| state == cell.state)
                && filter.rule.is_none_or(|rule| rule == cell.rule)
                && match filter.employee {
                    EmployeeFilter::All => true,
                    EmployeeFilter::Nobody => cell.employee.is_none(),
                    EmployeeFilter::One(employee) => cell.employee == Some(employee),
                }
                && filter.period.contains(sample(cell.bucket, self.today), self.today)
        };
        let cells = if filter.status == StatusFilter::Pursued { &self.pursued } else { &self.cells };
        cells.iter().filter(fits).map(|cell| cell.count).sum()
    }

    /// The day it was counted for; on another day it must be counted again.
    pub fn today(&self) -> NaiveDate {
        self.today
    }
}

/// First day of each bucket behind the first, in days from today.
const EDGES: [i64; BUCKETS - 1] = [-14, -7, 0, 1, 8, 15];

fn bucket(execute_on: NaiveDate, today: NaiveDate) -> usize {
    let distance = (execute_on - today).num_days();
    EDGES.iter().take_while(|edge| distance >= **edge).count()
}

/// A date inside a bucket.
fn sample(bucket: usize, today: NaiveDate) -> NaiveDate {
    let days = match bucket.checked_sub(1) {
        None => -15,
        Some(index) => EDGES.get(index).copied().unwrap_or(15),
    };
    today.checked_add_signed(chrono::TimeDelta::days(days)).unwrap_or(today)
}

/// How many open tasks are due (executed today or earlier), and how many of them overdue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct DueCounts {
    /// Execution date today or earlier.
    pub due: u32,
    /// Execution date more than `overdue_after_days` ago.
    pub overdue: u32,
}

/// A filter as a condition on `task t`, with its values in order.
fn condition(filter: &TaskFilter, today: NaiveDate) -> (String, Vec<Value>) {
    let mut sql = String::from("1");
    let mut values: Vec<Value> = Vec::new();
    let mut add = |text: &str, value: Option<Value>| {
        let _ = write!(sql, " AND {text}");
        values.extend(value);
    };
    if let Some(state) = filter.status.state() {
        add("t.state = ?", Some(Value::from(state.as_str().to_owned())));
    }
    if filter.status == StatusFilter::Pursued {
        add("t.pursued = 1", None);
    }
    if let Some((first, last)) = filter.period.range(today) {
        add("t.execute_on >= ?", Some(Value::from(first.to_string())));
        add("t.execute_on <= ?", Some(Value::from(last.to_string())));
    }
    match filter.employee {
        EmployeeFilter::All => {}
        EmployeeFilter::Nobody => add("t.employee_id IS NULL", None),
        EmployeeFilter::One(employee) => add("t.employee_id = ?", Some(Value::from(employee.0))),
    }
    if let Some(rule) = filter.rule {
        add("t.rule = ?", Some(Value::from(rule.as_str().to_owned())));
    }
    (sql, values)
}

/// The list's order; its columns, then execution date, plate, rule, number.
fn order(order: TaskOrder) -> String {
    let columns: &[&str] = match order.column {
        TaskColumn::ExecuteOn => &["t.execute_on", "t.plate", "t.rule", "t.id"],
        TaskColumn::Rule => &["t.rule", "t.execute_on", "t.plate", "t.id"],
        TaskColumn::Plate => &["t.plate", "t.execute_on", "t.rule", "t.id"],
        TaskColumn::Description => &[
            "(SELECT coalesce(c.name, c.company, c.code) FROM customer c WHERE c.id = t.customer_id) COLLATE NOCASE",
            "t.execute_on",
            "t.plate",
            "t.rule",
            "t.id",
        ],
        TaskColumn::CountsFrom => &["t.counts_from", "t.execute_on", "t.plate", "t.rule", "t.id"],
        TaskColumn::State => &["t.state", "t.execute_on", "t.plate", "t.rule", "t.id"],
    };
    let direction = if order.descending { " DESC" } else { "" };
    columns.iter().map(|column| format!("{column}{direction}")).collect::<Vec<_>>().join(", ")
}

/// Everything a row and its words need; `:today` comes last among the values.
const ROW: &str = "SELECT t.id, t.rule, t.execute_on, t.counts_from, t.half, t.state, t.vehicle_id, t.plate, t.customer_id,
        c.code, c.salutation, c.first_name, c.name, c.company, e.code, t.version, t.description,
        v.make, v.model, v.inspection_expires_on, r.inspection_expires_on,
        (SELECT min(substr(a.starts_at, 1, 10)) FROM appointment a
          WHERE a.vehicle_id = t.vehicle_id AND a.status = 'planned' AND a.starts_at >= ?),
        coalesce(i.number, s.number, q.number, rc.reference), coalesce(i.total_cents, s.price_cents, q.total_cents),
        CASE t.rule WHEN 'repair_advice' THEN v.repair_advice WHEN 'roadside_cover' THEN v.roadside_provider
                    WHEN 'recall' THEN coalesce(ra.defect, rc.reference) END,
        t.outcome, t.back_on,
        CASE WHEN t.rule = 'inspection' AND r.inspection_expires_on > coalesce(v.inspection_expires_on, '') THEN EXISTS (
            SELECT 1 FROM inspection n WHERE n.vehicle_id = t.vehicle_id AND n.register_expires_on = r.inspection_expires_on
               AND (n.import_id IS NOT NULL
                    OR EXISTS (SELECT 1 FROM visit p WHERE p.vehicle_id = t.vehicle_id AND p.visited_on = n.inspected_on)
                    OR EXISTS (SELECT 1 FROM appointment a WHERE a.vehicle_id = t.vehicle_id AND a.kind = 'inspection'
                                  AND a.status <> 'cancelled' AND substr(a.starts_at, 1, 10) = n.inspected_on)))
             ELSE 0 END
   FROM task t
   LEFT JOIN customer c ON c.id = t.customer_id
   LEFT JOIN employee e ON e.id = t.employee_id
   LEFT JOIN vehicle v ON v.id = t.vehicle_id
   LEFT JOIN register_record r ON r.vehicle_id = t.vehicle_id
   LEFT JOIN invoice i ON t.subject_kind = 'invoice' AND i.id = t.subject_id
   LEFT JOIN sale s ON t.subject_kind = 'sale' AND s.id = t.subject_id
   LEFT JOIN quote q ON t.subject_kind = 'quote' AND q.id = t.subject_id
   LEFT JOIN recall rc ON t.subject_kind = 'recall' AND rc.id = t.subject_id
   LEFT JOIN recall_action ra ON ra.reference = rc.reference";

/// The facts of a task's texts, its vehicle and its customer.
pub(super) type TaskWords = (Words, Option<VehicleId>, Option<CustomerId>);

/// The facts of a row's texts.
fn words(row: &Row<'_>, today: NaiveDate) -> Result<Words, StoreError> {
    let text = |index: usize| row.get_ref(index).map(|value| value.as_str().unwrap_or_default());
    Ok(Words {
        rule: text(1)?.parse().map_err(StoreError::Strange)?,
        half: text(4)?.parse().map_err(StoreError::Strange)?,
        counts_from: row.get(3)?,
        today,
        salutation: row.get(10)?,
        first_name: row.get(11)?,
        name: row.get(12)?,
        company: row.get(13)?,
        plate: Some(text(7)?).filter(|plate| !plate.is_empty()).map(facts::plate).transpose()?,
        make: row.get(17)?,
        model: row.get(18)?,
        inspection_expires_on: row.get(19)?,
        register_expires_on: row.get(20)?,
        inspected_here: row.get(27)?,
        appointment_on: row.get(21)?,
        number: row.get(22)?,
        total: row.get::<_, Option<i64>>(23)?.map(Money),
        detail: row.get(24)?,
    })
}

/// What a reader of rows wants them in.
struct Reading {
    today: NaiveDate,
    language: Language,
    templates: std::collections::BTreeMap<RuleKey, String>,
}

impl Reading {
    fn row(&self, row: &Row<'_>) -> Result<TaskRow, StoreError> {
        let text = |index: usize| row.get_ref(index).map(|value| value.as_str().unwrap_or_default());
        let rule: RuleKey = text(1)?.parse().map_err(StoreError::Strange)?;
        let half: Half = text(4)?.parse().map_err(StoreError::Strange)?;
        let counts_from = row.get(3)?;
        let plate = match text(7)? {
            "" => None,
            plate => Some(facts::plate(plate)?),
        };
        let (first_name, name, company) = (row.get(11)?, row.get(12)?, row.get(13)?);
        let customer_code: Option<String> = row.get(9)?;
        let customer_name = display_name(&first_name, &name, &company).or_else(|| customer_code.clone());
        let description = match row.get::<_, Option<String>>(16)? {
            Some(written) => written,
            None => {
                let words = words(row, self.today)?;
                describe(&words, self.language, self.templates.get(&rule).map(String::as_str))
            }
        };
        Ok(TaskRow {
            id: TaskId(row.get(0)?),
            rule,
            execute_on: row.get(2)?,
            counts_from,
            half,
            state: text(5)?.parse().map_err(StoreError::Strange)?,
            vehicle: row.get::<_, Option<i64>>(6)?.map(VehicleId),
            plate,
            customer: row.get::<_, Option<i64>>(8)?.map(CustomerId),
            customer_code,
            customer_name,
            employee: row.get(14)?,
            outcome: match text(25)? {
                "" => None,
                outcome => Some(outcome.parse().map_err(StoreError::Strange)?),
            },
            back_on: row.get(26)?,
            version: row.get(15)?,
            description,
        })
    }
}

impl Store {
    /// Rows `offset` to `offset + limit` of the list.
    ///
    /// # Errors
    /// [`StoreError`] when the list cannot be read; that is never an empty list.
    pub fn task_page(
        &self,
        filter: &TaskFilter,
        by: TaskOrder,
        today: NaiveDate,
        language: Language,
        offset: usize,
        limit: usize,
    ) -> Result<Vec<TaskRow>, StoreError> {
        let (condition, mut values) = condition(filter, today);
        let order = order(by);
        // The page is found in the index alone; only its rows are looked up.
        let sql = format!(
            "{ROW} WHERE t.id IN (SELECT t.id FROM task t WHERE {condition} ORDER BY {order} LIMIT ? OFFSET ?)
             ORDER BY {order}"
        );
        values.insert(0, Value::from(today.to_string()));
        values.push(Value::from(i64::try_from(limit).unwrap_or(i64::MAX)));
        values.push(Value::from(i64::try_from(offset).unwrap_or(i64::MAX)));
        let reading = self.row_reading(today, language)?;
        let mut statement = self.connection.prepare_cached(&sql)?;
        let mut rows = statement.query(params_from_iter(values))?;
        let mut page = Vec::new();
        while let Some(row) = rows.next()? {
            page.push(reading.row(row)?);
        }
        Ok(page)
    }

    /// One task, whatever its state.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn task_row(
        &self,
        id: TaskId,
        today: NaiveDate,
        language: Language,
    ) -> Result<Option<TaskRow>, StoreError> {
        let reading = self.row_reading(today, language)?;
        let mut statement = self.connection.prepare_cached(&format!("{ROW} WHERE t.id = ?"))?;
        let mut rows = statement.query((today, id.0))?;
        rows.next()?.map(|row| reading.row(row)).transpose()
    }

    /// The facts of a task's texts, and its vehicle and customer.
    pub(super) fn task_words(&self, id: TaskId, today: NaiveDate) -> Result<Option<TaskWords>, StoreError> {
        let mut statement = self.connection.prepare_cached(&format!("{ROW} WHERE t.id = ?"))?;
        let mut rows = statement.query((today, id.0))?;
        let Some(row) = rows.next()? else { return Ok(None) };
        let vehicle = row.get::<_, Option<i64>>(6)?.map(VehicleId);
        let customer = row.get::<_, Option<i64>>(8)?.map(CustomerId);
        Ok(Some((words(row, today)?, vehicle, customer)))
    }

    fn row_reading(&self, today: NaiveDate, language: Language) -> Result<Reading, StoreError> {
        Ok(Reading { today, language, templates: self.templates("description", language.code())? })
    }

    /// How many tasks a filter shows, counted by the database.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn task_count(&self, filter: &TaskFilter, today: NaiveDate) -> Result<u32, StoreError> {
        let (condition, values) = condition(filter, today);
        let sql = format!("SELECT count(*) FROM task t WHERE {condition}");
        Ok(self.connection.prepare_cached(&sql)?.query_row(params_from_iter(values), |row| row.get(0))?)
    }

    /// The place of a task in the list, or `None` when the filter does not show it.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn task_position(
        &self,
        filter: &TaskFilter,
        by: TaskOrder,
        today: NaiveDate,
        id: TaskId,
    ) -> Result<Option<usize>, StoreError> {
        let (condition, mut values) = condition(filter, today);
        let sql = format!(
            "SELECT place FROM (SELECT t.id, row_number() OVER (ORDER BY {}) - 1 AS place FROM task t WHERE {condition})
              WHERE id = ?",
            order(by)
        );
        values.push(Value::from(id.0));
        let place: Option<i64> = self
            .connection
            .prepare_cached(&sql)?
            .query_row(params_from_iter(values), |row| row.get(0))
            .optional()?;
        Ok(place.and_then(|place| usize::try_from(place).ok()))
    }

    /// The counts for every combination of filters.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn task_cube(&self, today: NaiveDate) -> Result<TaskCube, StoreError> {
        cube(&self.connection, today)
    }

    /// How many open tasks are due and overdue.
    ///
    /// # Errors
    /// [`StoreError`] when they could not be counted; that is never 'none'.
    pub fn due_counts(&self, today: NaiveDate, overdue_after_days: u32) -> Result<DueCounts, StoreError> {
        let overdue = crate::domain::dates::minus_days(today, overdue_after_days);
        let sql = "SELECT count(*), coalesce(sum(execute_on < ?2), 0) FROM task WHERE state = 'open' AND execute_on <= ?1";
        let counts = self
            .connection
            .prepare_cached(sql)?
            .query_row((today, overdue), |row| Ok(DueCounts { due: row.get(0)?, overdue: row.get(1)? }))?;
        Ok(counts)
    }
}

/// Counts in one pass over the list's index, which is sorted by state and execution date; those that
/// are pursued have one of their own.
fn cube(connection: &Connection, today: NaiveDate) -> Result<TaskCube, StoreError> {
    Ok(TaskCube {
        today,
        cells: cells(connection, "1", today)?,
        pursued: cells(connection, "pursued = 1", today)?,
    })
}

fn cells(connection: &Connection, condition: &str, today: NaiveDate) -> Result<Vec<Cell>, StoreError> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT state, execute_on, rule, employee_id FROM task WHERE {condition} ORDER BY state, execute_on"
    ))?;
    let mut rows = statement.query([])?;
    let mut cells: Vec<Cell> = Vec::new();
    // Cells of the present state and period begin here.
    let mut group = 0;
    let mut present: Option<(TaskState, usize)> = None;
    let mut date = String::new();
    while let Some(row) = rows.next()? {
        let state = row.get_ref(0)?.as_str().unwrap_or_default();
        let execute_on = row.get_ref(1)?.as_str().unwrap_or_default();
        if present.is_none_or(|(known, _)| known.as_str() != state) || date != execute_on {
            date.clear();
            date.push_str(execute_on);
            let day: NaiveDate =
                execute_on.parse().map_err(|_| StoreError::Strange(format!("the date '{execute_on}'")))?;
            let key = (state.parse().map_err(StoreError::Strange)?, bucket(day, today));
            if present != Some(key) {
                present = Some(key);
                group = cells.len();
            }
        }
        let Some((state, bucket)) = present else { continue };
        let rule = row.get_ref(2)?.as_str().unwrap_or_default();
        let employee = row.get::<_, Option<i64>>(3)?.map(EmployeeId);
        let known = cells
            .get_mut(group..)
            .unwrap_or_default()
            .iter_mut()
            .find(|cell| cell.employee == employee && cell.rule.as_str() == rule);
        match known {
            Some(cell) => cell.count += 1,
            None => {
                let rule = rule.parse().map_err(StoreError::Strange)?;
                cells.push(Cell { state, bucket, rule, employee, count: 1 });
            }
        }
    }
    Ok(cells)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::task::Period;

    #[test]
    fn buckets_and_periods_agree_on_every_day() {
        let today: NaiveDate = "2015-05-01".parse().unwrap();
        for distance in -40..40 {
            let day = today + chrono::TimeDelta::days(distance);
            for period in Period::ALL {
                let by_bucket = period.contains(sample(bucket(day, today), today), today);
                assert_eq!(by_bucket, period.contains(day, today), "{period} {distance}");
            }
        }
    }
}
