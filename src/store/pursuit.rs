//! Contacted, not booked (NEW-10): handled tasks that come back by themselves on their day, and what
//! ends the waiting before that: an appointment, another owner, a customer who wants no contact.
//!
//! The contact is the day of the task's last call note. An appointment counts when it lies on that
//! day or later: whoever comes to the workshop anyway need not be called again.

use chrono::NaiveDate;
use rusqlite::{Connection, params};

use super::StoreError;
use super::history::Actor;
use super::task_fields::TaskFields;
use crate::domain::edit::Outcome;
use crate::domain::ids::TaskId;
use crate::domain::rule::{LegalClass, RuleKey};
use crate::domain::settings::Settings;
use crate::domain::task::TaskState;

/// A task that is pursued, and what has happened since the contact.
struct Pursued {
    task: TaskId,
    rule: RuleKey,
    booked: bool,
    sold: bool,
    objected: bool,
}

impl Pursued {
    /// What has ended it.
    fn end(&self, settings: &Settings) -> Option<Outcome> {
        let commercial = settings.rule(self.rule).legal_class == LegalClass::Commercial;
        if self.booked {
            Some(Outcome::Booked)
        } else if self.sold {
            Some(Outcome::Sold)
        } else {
            (self.objected && commercial).then_some(Outcome::Declined)
        }
    }
}

fn all(connection: &Connection, today: NaiveDate) -> Result<Vec<Pursued>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT p.id, p.rule,
                EXISTS (SELECT 1 FROM appointment a WHERE a.vehicle_id = p.vehicle_id
                           AND a.status <> 'cancelled' AND a.starts_at >= p.contact)
                  OR EXISTS (SELECT 1 FROM appointment a WHERE a.task_id = p.id AND a.status <> 'cancelled'),
                EXISTS (SELECT 1 FROM ownership o WHERE o.vehicle_id = p.vehicle_id
                           AND o.customer_id <> p.customer_id AND o.from_on BETWEEN p.contact AND ?1
                           AND (o.until_on IS NULL OR o.until_on > ?1))
                  OR (EXISTS (SELECT 1 FROM ownership o WHERE o.vehicle_id = p.vehicle_id
                                 AND o.customer_id = p.customer_id AND o.until_on BETWEEN p.contact AND ?1)
                      AND NOT EXISTS (SELECT 1 FROM ownership o WHERE o.vehicle_id = p.vehicle_id
                                 AND o.customer_id = p.customer_id AND o.from_on <= ?1
                                 AND (o.until_on IS NULL OR o.until_on > ?1))),
                coalesce((SELECT c.contact_allowed = 0 FROM customer c WHERE c.id = p.customer_id), 0)
           FROM (SELECT t.id, t.rule, t.vehicle_id, t.customer_id,
                        substr(coalesce((SELECT max(n.noted_at) FROM call_note n
                                          WHERE n.task_id = t.id AND n.taken_back_at IS NULL),
                                        t.closed_at, ?1), 1, 10) AS contact
                   FROM task t WHERE t.pursued = 1) p ORDER BY p.id",
    )?;
    let mut rows = statement.query([today])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(Pursued {
            task: TaskId(row.get(0)?),
            rule: row.get_ref(1)?.as_str().unwrap_or_default().parse().map_err(StoreError::Strange)?,
            booked: row.get(2)?,
            sold: row.get(3)?,
            objected: row.get(4)?,
        });
    }
    Ok(found)
}

/// Whether the task's words were kept when it was handled, and not written by a person.
pub(super) fn is_frozen(connection: &Connection, task: TaskId) -> Result<bool, StoreError> {
    let sql = "SELECT coalesce((SELECT action = 'frozen' FROM history WHERE noun = 'task' AND noun_id = ?1
                  AND field = 'description' ORDER BY id DESC LIMIT 1), 0)";
    Ok(connection.prepare_cached(sql)?.query_row(params![task.0], |row| row.get(0))?)
}

/// Ends what has ended, and puts back into the list what is due again. Answers how many came back.
pub(super) fn pursue(
    connection: &Connection,
    settings: &Settings,
    today: NaiveDate,
    actor: Actor,
) -> Result<u32, StoreError> {
    let mut returned = 0;
    for pursued in all(connection, today)? {
        let before = TaskFields::of(connection, pursued.task)?;
        let mut after = before.clone();
        let mut back = false;
        if let Some(outcome) = pursued.end(settings) {
            after.outcome = Some(outcome);
            after.back_on = None;
        } else if let Some(day) = before.back_on.filter(|day| *day <= today) {
            back = true;
            after.state = TaskState::Open;
            after.execute_on = day;
            after.back_on = None;
            if is_frozen(connection, pursued.task)? {
                // The words of that day are stale: the facts of today speak again.
                after.description = None;
            }
        }
        let named = |field: &str| match field {
            "state" if back => Some("returned"),
            "description" => Some("frozen"),
            _ => None,
        };
        after.write(connection, pursued.task, &before, actor, named)?;
        returned += u32::from(back);
    }
    Ok(returned)
}
