//! What came of the tasks in a period (CLK-07). Four queries, each grouped by the database into week,
//! kind and employee: the cost follows what happened in the period, not how long Balie has been there.
//!
//! The days of the period go into each query as one JSON text: their borders are those of the shop's
//! own nights, and each day reads its part of an index.

use std::collections::BTreeMap;

use rusqlite::{Row, named_params};

use super::history::instant;
use super::{Store, StoreError};
use crate::domain::amount::Money;
use crate::domain::dates::{monday_of, plus_days};
use crate::domain::edit::Outcome;
use crate::domain::ids::EmployeeId;
use crate::domain::report::{EmployeeFigures, Figures, RESULT_DAYS, Report, RuleFigures, Span, WeekFigures};
use crate::domain::rule::RuleKey;

/// The days: their place, the week's (none behind the period), the date, its two midnights, and the
/// first date on which nothing counts as a result any more.
const DAY: &str = "day (place, week, date, starts_at, ends_at, too_late_on) AS MATERIALIZED (
    SELECT key, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4 FROM json_each(:days))";

/// What was done about each task in the period, and in the days behind it: the borders of the first
/// time's day, the week and the person of the last time.
const CONTACT: &str = "contact AS MATERIALIZED (
    SELECT x.task, x.first_line, f.date AS first_on, f.starts_at, f.too_late_on, l.week, x.handled,
           coalesce(h.employee_id, t.employee_id) AS employee, t.rule, t.vehicle_id AS vehicle,
           t.customer_id AS customer, t.subject_kind, t.subject_id
      FROM (SELECT h.noun_id AS task, min(h.id) AS first_line, min(d.place) AS first, max(h.id) AS last_line,
                   max(d.place) AS last, sum(h.action = 'handled') > 0 AS handled
              FROM day d
              CROSS JOIN history h INDEXED BY history_done ON h.noun = 'task'
                            AND (h.action = 'made' OR h.action = 'handled' OR h.action = 'noted' OR h.action = 'queued'
                                 OR h.action = 'appointment')
                            AND h.at >= d.starts_at AND h.at < d.ends_at
             WHERE h.action <> 'made'
               AND NOT EXISTS (SELECT 1 FROM step s WHERE s.task_id = h.noun_id AND s.undone_at IS NOT NULL
                                  AND h.id BETWEEN s.first_line AND s.last_line)
             GROUP BY h.noun_id, d.week IS NULL) x
      JOIN task t ON t.id = x.task
      JOIN history h ON h.id = x.last_line
      JOIN day f ON f.place = x.first
      JOIN day l ON l.place = x.last)";

const MADE: &str = "SELECT d.week, t.rule, t.employee_id, count(*)
   FROM day d
   CROSS JOIN history h INDEXED BY history_done ON h.noun = 'task' AND h.action = 'made' AND h.at >= d.starts_at AND h.at < d.ends_at
   JOIN task t ON t.id = h.noun_id
  WHERE d.week IS NOT NULL GROUP BY 1, 2, 3";

const DUE: &str = "SELECT d.week, t.rule, t.employee_id, count(*),
        sum(CASE t.state WHEN 'open' THEN t.execute_on < :today ELSE coalesce(t.closed_at >= d.ends_at, 0) END)
   FROM day d CROSS JOIN task t ON t.state IN ('open', 'handled') AND t.execute_on = d.date
  WHERE d.week IS NOT NULL GROUP BY 1, 2, 3";

const CALLS: &str = "SELECT d.week, t.rule, coalesce(n.employee_id, t.employee_id), n.outcome, count(*)
   FROM day d CROSS JOIN call_note n ON n.noted_at >= d.starts_at AND n.noted_at < d.ends_at
   JOIN task t ON t.id = n.task_id
  WHERE d.week IS NOT NULL AND n.outcome IS NOT NULL AND n.taken_back_at IS NULL GROUP BY 1, 2, 3, 4";

/// To what each task led. An appointment counts when it became known on the day of the contact or
/// later: the one that was planned anyway is nobody's merit.
const RESULT: &str = "result AS MATERIALIZED (
    SELECT c.week, c.rule, c.employee, c.handled, CASE
           WHEN EXISTS (SELECT 1 FROM appointment a WHERE a.task_id = c.task AND a.status <> 'cancelled')
             OR EXISTS (SELECT 1 FROM appointment a WHERE a.vehicle_id = c.vehicle AND a.status <> 'cancelled'
                           AND a.starts_at >= c.first_on AND a.starts_at < c.too_late_on
                           AND coalesce((SELECT i.imported_at FROM import i WHERE i.id = a.import_id),
                                        (SELECT h.at FROM history h WHERE h.noun = 'appointment' AND h.noun_id = a.id
                                            AND h.action = 'made'), c.starts_at) >= c.starts_at)
           THEN 1
           WHEN EXISTS (SELECT 1 FROM quote q WHERE c.subject_kind = 'quote' AND q.id = c.subject_id
                           AND q.status = 'accepted')
             OR EXISTS (SELECT 1 FROM quote q WHERE q.vehicle_id = c.vehicle AND q.status = 'accepted'
                           AND q.issued_on >= c.first_on AND q.issued_on < c.too_late_on)
           THEN 2
           WHEN EXISTS (SELECT 1 FROM visit v WHERE v.vehicle_id = c.vehicle
                           AND v.visited_on >= c.first_on AND v.visited_on < c.too_late_on)
           THEN 3 ELSE 0 END AS kind
      FROM contact c WHERE c.week IS NOT NULL)";

/// What was invoiced, each invoice for the task that was taken up last before it. That a column beside
/// a single max() comes from the row with the maximum is SQLite's own promise.
const INVOICED: &str = "invoiced AS MATERIALIZED (
    SELECT week, rule, employee, total, max(first_line)
      FROM (SELECT c.week, c.rule, c.employee, c.first_line, i.id, i.total_cents AS total
              FROM contact c JOIN invoice i ON i.vehicle_id = c.vehicle
             WHERE i.invoiced_on >= c.first_on AND i.invoiced_on < c.too_late_on
            UNION ALL
            SELECT c.week, c.rule, c.employee, c.first_line, i.id, i.total_cents
              FROM contact c JOIN invoice i ON i.customer_id = c.customer AND i.vehicle_id IS NULL
             WHERE c.vehicle IS NULL AND i.invoiced_on >= c.first_on AND i.invoiced_on < c.too_late_on)
     GROUP BY id)";

const CONTACTED: &str =
    "SELECT week, rule, employee, count(*), sum(handled), sum(kind = 1), sum(kind = 2), sum(kind = 3), 0
   FROM result GROUP BY 1, 2, 3
  UNION ALL
 SELECT week, rule, employee, 0, 0, 0, 0, 0, sum(total) FROM invoiced
  WHERE week IS NOT NULL AND total IS NOT NULL GROUP BY 1, 2, 3";

/// To what some figures belong: week, kind, employee.
type Key = (usize, RuleKey, Option<EmployeeId>);

/// The figures, cell by cell.
struct Cells<'s> {
    store: &'s Store,
    days: String,
    today: String,
    cells: BTreeMap<Key, Figures>,
}

impl Cells<'_> {
    /// Adds what a query says; its first three columns are the cell.
    fn add(
        &mut self,
        query: &str,
        mut take: impl FnMut(&mut Figures, &Row<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut statement = self.store.connection.prepare_cached(query)?;
        let mut rows = if query.contains(":today") {
            statement.query(named_params! { ":days": self.days, ":today": self.today })?
        } else {
            statement.query(named_params! { ":days": self.days })?
        };
        while let Some(row) = rows.next()? {
            let rule = row.get_ref(1)?.as_str().unwrap_or_default().parse().map_err(StoreError::Strange)?;
            let employee = row.get::<_, Option<i64>>(2)?.map(EmployeeId);
            let week = usize::try_from(row.get::<_, i64>(0)?).unwrap_or_default();
            take(self.cells.entry((week, rule, employee)).or_default(), row)?;
        }
        Ok(())
    }

    fn fill(&mut self) -> Result<(), StoreError> {
        self.add(&format!("WITH {DAY} {MADE}"), |figures, row| {
            figures.made += row.get::<_, u32>(3)?;
            Ok(())
        })?;
        self.add(&format!("WITH {DAY} {DUE}"), |figures, row| {
            figures.due += row.get::<_, u32>(3)?;
            figures.late += row.get::<_, u32>(4)?;
            Ok(())
        })?;
        self.add(&format!("WITH {DAY} {CALLS}"), |figures, row| {
            let outcome: Outcome =
                row.get_ref(3)?.as_str().unwrap_or_default().parse().map_err(StoreError::Strange)?;
            figures.outcomes.add(outcome, row.get(4)?);
            Ok(())
        })?;
        self.add(&format!("WITH {DAY}, {CONTACT}, {RESULT}, {INVOICED} {CONTACTED}"), |figures, row| {
            figures.followed_up += row.get::<_, u32>(3)?;
            figures.handled += row.get::<_, u32>(4)?;
            figures.conversions.appointments += row.get::<_, u32>(5)?;
            figures.conversions.quotes += row.get::<_, u32>(6)?;
            figures.conversions.visits += row.get::<_, u32>(7)?;
            figures.revenue = Money(figures.revenue.0.saturating_add(row.get(8)?));
            Ok(())
        })
    }

    /// The figures of the cells that `belongs` names.
    fn sum(&self, belongs: impl Fn(&Key) -> bool) -> Figures {
        let mut sum = Figures::default();
        self.cells.iter().filter(|(key, _)| belongs(key)).for_each(|(_, figures)| sum.add(figures));
        sum
    }
}

/// The days as the queries take them.
fn days(span: &Span) -> String {
    let first = monday_of(span.from);
    let days = span.days.iter().map(|day| {
        let week = (day.date < span.until).then(|| (day.date - first).num_days() / 7);
        serde_json::json!([
            week,
            day.date,
            instant(day.starts_at),
            instant(day.ends_at),
            plus_days(day.date, RESULT_DAYS)
        ])
    });
    serde_json::Value::Array(days.collect()).to_string()
}

impl Store {
    /// What came of the tasks in a period; `today` is the shop's date, by which what is still open
    /// is late or not.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read; that is never a report without figures.
    pub fn report(&self, span: &Span, today: chrono::NaiveDate) -> Result<Report, StoreError> {
        self.reading(|store| {
            let mut cells =
                Cells { store, days: days(span), today: today.to_string(), cells: BTreeMap::new() };
            cells.fill()?;
            let rules =
                RuleKey::ALL.map(|rule| RuleFigures { rule, figures: cells.sum(|key| key.1 == rule) });
            let known = store.employees()?.into_iter().map(|(id, employee)| EmployeeFigures {
                id: Some(id),
                employee: Some(employee.code),
                name: employee.name,
                figures: cells.sum(|key| key.2 == Some(id)),
            });
            let nobody = EmployeeFigures {
                id: None,
                employee: None,
                name: None,
                figures: cells.sum(|key| key.2.is_none()),
            };
            let weeks = span.mondays().into_iter().enumerate();
            Ok(Report {
                from: span.from,
                until: span.until,
                total: cells.sum(|_| true),
                rules: rules.into_iter().filter(|one| !one.figures.is_empty()).collect(),
                employees: known.chain([nobody]).filter(|one| !one.figures.is_empty()).collect(),
                weeks: weeks
                    .map(|(place, monday)| WeekFigures { monday, figures: cells.sum(|key| key.0 == place) })
                    .collect(),
            })
        })
    }
}
