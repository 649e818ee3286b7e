//! Collection runs: one transaction each, so that half a run never exists; when the last one was,
//! and who asked for the next.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::facts::{self, Candidate};
use super::history::{Actor, instant};
use super::task::{self, Following, NewTask};
use super::{Store, StoreError, pursuit, setting};
use crate::domain::amount::Money;
use crate::domain::ids::{EmployeeId, TaskId};
use crate::domain::rule::{Half, RuleKey};
use crate::domain::settings::Settings;
use crate::domain::task::TaskState;
use crate::rules::rank::{Waiting, hurry_from, rank, value_since, week};
use crate::rules::window::Window;

/// What a run did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct CollectReport {
    /// Tasks made, waiting ones included.
    pub made: u32,
    /// Tasks taken back, because their reason is gone.
    pub withdrawn: u32,
    /// Withdrawn tasks whose reason is there again, and contacted ones whose day has come.
    pub returned: u32,
    /// Tasks that wait for a place in a week's capacity, after this run.
    pub waiting: u32,
    /// Untouched tasks that stayed as they were.
    pub unchanged: u32,
    /// Untouched tasks whose date, customer or employee followed the facts.
    pub changed: u32,
    /// Tasks that went from waiting into the list, or were made straight into it.
    pub released: u32,
}

/// A finished run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LastCollection {
    /// When it ended, in UTC.
    pub finished_at: DateTime<Utc>,
    /// The day it collected for.
    pub today: NaiveDate,
    /// The number of the request it had seen.
    pub request_seen: i64,
}

/// Asks the collector for a run, in the transaction of the change that calls for it.
pub(crate) fn request(connection: &Connection) -> Result<(), StoreError> {
    connection.execute("UPDATE collection_request SET number = number + 1 WHERE id = 1", [])?;
    Ok(())
}

/// An open collection run. Dropping it undoes everything.
pub struct Run<'store> {
    write: Transaction<'store>,
    today: NaiveDate,
    actor: Actor,
    request: i64,
}

impl Run<'_> {
    /// What the shop set, as of this run.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn settings(&self) -> Result<Settings, StoreError> {
        setting::settings(&self.write)
    }

    /// The day of each rule's last collection before this run.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn last_collected(&self) -> Result<HashMap<RuleKey, NaiveDate>, StoreError> {
        last_collected(&self.write)
    }

    /// The number of an active employee.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn employee(&self, code: &str) -> Result<Option<EmployeeId>, StoreError> {
        let id = self
            .write
            .prepare_cached("SELECT id FROM employee WHERE code = ?1 AND active = 1")?
            .query_row([code], |row| row.get(0))
            .optional()?;
        Ok(id.map(EmployeeId))
    }

    /// Calls `each` with what is due in the window and has no task, or a withdrawn one. `each` may
    /// write through this run.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read, or what `each` returned.
    pub fn for_each_due(
        &self,
        rule: RuleKey,
        half: Half,
        window: Window,
        each: impl FnMut(Candidate) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        facts::due(&self.write, rule, half, window, self.today, each)
    }

    /// Calls `each` with every untouched open or waiting task of the rule and the facts of today.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read, or what `each` returned.
    pub fn for_each_standing(
        &self,
        rule: RuleKey,
        half: Half,
        each: impl FnMut(Candidate) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        facts::standing(&self.write, rule, half, self.today, each)
    }

    /// Makes a task.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be written.
    pub fn make(&self, task: &NewTask<'_>) -> Result<(), StoreError> {
        task::make(&self.write, task, self.actor)
    }

    /// Takes a task back; `why` is a word for its history.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be written.
    pub fn withdraw(&self, task: TaskId, before: TaskState, why: &str) -> Result<(), StoreError> {
        task::set_state(&self.write, task, before, TaskState::Withdrawn, why, self.actor)
    }

    /// Lets a withdrawn task wait for a place in the list again.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be written.
    pub fn bring_back(&self, task: TaskId) -> Result<(), StoreError> {
        task::set_state(&self.write, task, TaskState::Withdrawn, TaskState::Waiting, "returned", self.actor)
    }

    /// Lets date, customer and employee of an untouched task follow the facts.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be written.
    pub fn follow(&self, task: TaskId, before: Following, after: Following) -> Result<(), StoreError> {
        task::follow(&self.write, task, before, after, self.actor)
    }

    /// Brings back what was contacted and not booked and whose day has come, and ends what has been
    /// booked, sold or declined since (NEW-10). Says how many came back.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read or written.
    pub fn pursue(&self, settings: &Settings) -> Result<u32, StoreError> {
        pursuit::pursue(&self.write, settings, self.today, self.actor)
    }

    /// Releases the highest ranking waiting tasks, at most `places` (`None`: all), and says how many.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read or written.
    pub fn release(&self, settings: &Settings, places: Option<u32>) -> Result<u32, StoreError> {
        let most = places.map_or(usize::MAX, |places| places as usize);
        let mut first = first_waiting(&self.write, settings, self.today, most)?;
        first.truncate(most);
        for waiting in &first {
            task::release(&self.write, waiting.task, self.today, self.actor)?;
        }
        Ok(u32::try_from(first.len()).unwrap_or(u32::MAX))
    }

    /// How many tasks came into the list in the week of today; a withdrawn one gave its place back.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn released_this_week(&self) -> Result<u32, StoreError> {
        let (monday, sunday) = week(self.today);
        let sql = "SELECT count(*) FROM task WHERE released_on BETWEEN ?1 AND ?2 AND state <> 'withdrawn'";
        Ok(self.write.prepare_cached(sql)?.query_row(params![monday, sunday], |row| row.get(0))?)
    }

    /// How many tasks wait.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn count_waiting(&self) -> Result<u32, StoreError> {
        let sql = "SELECT count(*) FROM task WHERE state = 'waiting'";
        Ok(self.write.prepare_cached(sql)?.query_row([], |row| row.get(0))?)
    }

    /// Ends the run: everything it did becomes visible at once.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be saved; then nothing of the run is.
    pub fn finish(self, report: &CollectReport) -> Result<(), StoreError> {
        let save_rule = "INSERT INTO rule_collection (rule, collected_on) VALUES (?1, ?2)
                         ON CONFLICT (rule) DO UPDATE SET collected_on = excluded.collected_on";
        for rule in RuleKey::ALL {
            self.write.prepare_cached(save_rule)?.execute(params![rule.as_str(), self.today])?;
        }
        self.write.execute(
            "INSERT INTO collection (finished_at, today, made, withdrawn, returned, waiting, unchanged, request_seen)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            params![
                instant(self.actor.at),
                self.today,
                report.made,
                report.withdrawn,
                report.returned,
                report.waiting,
                report.unchanged,
                self.request
            ],
        )?;
        // A year of hourly runs says enough.
        self.write
            .execute("DELETE FROM collection WHERE id <= (SELECT max(id) FROM collection) - 9000", [])?;
        Ok(self.write.commit()?)
    }
}

/// The waiting tasks in their order, at least the first `most` of them. Only those that can be
/// among the first are looked up: with years of waiting tasks the cost follows the free places.
pub(super) fn first_waiting(
    connection: &Connection,
    settings: &Settings,
    today: NaiveDate,
    most: usize,
) -> Result<Vec<Waiting>, StoreError> {
    let hurry = hurry_from(&settings.general, today);
    let mut found = Vec::new();
    if most == 0 {
        return Ok(found);
    }
    for condition in ["counts_from >= ?1", "counts_from < ?1"] {
        let sql = format!(
            "SELECT id, counts_from FROM task WHERE state = 'waiting' AND {condition} ORDER BY counts_from"
        );
        let mut statement = connection.prepare_cached(&sql)?;
        let mut rows = statement.query([hurry])?;
        let mut last: Option<NaiveDate> = None;
        while let Some(row) = rows.next()? {
            let counts_from: NaiveDate = row.get(1)?;
            if found.len() >= most && last != Some(counts_from) {
                break;
            }
            last = Some(counts_from);
            found.push(waiting(connection, TaskId(row.get(0)?), counts_from, today)?);
        }
        if found.len() >= most {
            break;
        }
    }
    rank(&mut found, hurry);
    Ok(found)
}

fn waiting(
    connection: &Connection,
    task: TaskId,
    counts_from: NaiveDate,
    today: NaiveDate,
) -> Result<Waiting, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT coalesce(t.plate, ''),
                (SELECT coalesce(sum(i.total_cents), 0) FROM invoice i
                  WHERE i.customer_id = t.customer_id AND i.invoiced_on BETWEEN ?2 AND ?3),
                (SELECT max(at) FROM (
                    SELECT max(n.noted_at) AS at FROM call_note n WHERE n.customer_id = t.customer_id AND n.taken_back_at IS NULL
                    UNION ALL SELECT max(m.sent_at) FROM message m WHERE m.customer_id = t.customer_id
                    UNION ALL SELECT max(h.closed_at) FROM task h WHERE h.customer_id = t.customer_id))
           FROM task t WHERE t.id = ?1",
    )?;
    Ok(statement.query_row(params![task.0, value_since(today), today], |row| {
        Ok(Waiting {
            task,
            counts_from,
            plate: row.get(0)?,
            value: Money(row.get(1)?),
            contacted_at: row.get(2)?,
        })
    })?)
}

impl Store {
    /// Begins a collection run; it holds the write lock until it ends.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be written.
    pub fn begin_run(&mut self, today: NaiveDate, actor: Actor) -> Result<Run<'_>, StoreError> {
        let write = self.write()?;
        let request = requested(&write)?;
        Ok(Run { write, today, actor, request })
    }

    /// Asks the collector for a run.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be written.
    pub fn request_collection(&mut self) -> Result<(), StoreError> {
        let write = self.write()?;
        request(&write)?;
        Ok(write.commit()?)
    }

    /// The number of the newest request; a run is wanted while the last one has not seen it.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn collection_request(&self) -> Result<i64, StoreError> {
        requested(&self.connection)
    }

    /// The last finished run.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn last_collection(&self) -> Result<Option<LastCollection>, StoreError> {
        let sql = "SELECT finished_at, today, request_seen FROM collection ORDER BY id DESC LIMIT 1";
        let last = self.connection.prepare_cached(sql)?.query_row([], |row| {
            Ok(LastCollection { finished_at: row.get(0)?, today: row.get(1)?, request_seen: row.get(2)? })
        });
        Ok(last.optional()?)
    }

    /// The day of each rule's last collection.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn last_collected(&self) -> Result<HashMap<RuleKey, NaiveDate>, StoreError> {
        last_collected(&self.connection)
    }

    /// The newest instant that was written by any change or run: a clock before it cannot be right.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn newest_instant(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        let sql = "SELECT max(at) FROM (SELECT (SELECT at FROM history ORDER BY id DESC LIMIT 1) AS at
                   UNION ALL SELECT (SELECT finished_at FROM collection ORDER BY id DESC LIMIT 1)
                   UNION ALL SELECT (SELECT imported_at FROM import ORDER BY id DESC LIMIT 1))";
        Ok(self.connection.prepare_cached(sql)?.query_row([], |row| row.get(0))?)
    }

    /// All waiting tasks in the order in which they get a place.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn waiting_in_order(&self, today: NaiveDate) -> Result<Vec<Waiting>, StoreError> {
        first_waiting(&self.connection, &self.settings()?, today, usize::MAX)
    }
}

fn requested(connection: &Connection) -> Result<i64, StoreError> {
    let sql = "SELECT number FROM collection_request WHERE id = 1";
    Ok(connection.prepare_cached(sql)?.query_row([], |row| row.get(0))?)
}

pub(super) fn last_collected(connection: &Connection) -> Result<HashMap<RuleKey, NaiveDate>, StoreError> {
    let mut statement = connection.prepare_cached("SELECT rule, collected_on FROM rule_collection")?;
    let mut rows = statement.query([])?;
    let mut days = HashMap::new();
    while let Some(row) = rows.next()? {
        if let Ok(rule) = row.get::<_, String>(0)?.parse() {
            days.insert(rule, row.get(1)?);
        }
    }
    Ok(days)
}
