//! Ownerships: which customer has which vehicle, from when until when.

use chrono::NaiveDate;
use rusqlite::{Connection, OptionalExtension, params};

use super::history::{Actor, Change, record};
use super::noun::{Column, Kind, Noun};
use super::task_edit::named;
use super::task_fields::TaskFields;
use super::{Store, StoreError, collection, draft, step};
use crate::domain::ids::{StepId, TaskId, VehicleId};

/// `ownerships.csv`.
pub(super) const NOUN: Noun = Noun {
    file: "ownerships.csv",
    table: "ownership",
    columns: &[
        Column::key("plate", "vehicle_id", Kind::Vehicle),
        Column::key("customer", "customer_id", Kind::Customer),
        Column::key("from_on", "from_on", Kind::Date),
        Column::plain("until_on", Kind::Date),
    ],
    in_order: Some(("from_on", "until_on")),
};

/// The end of an ownership, if there is such an ownership: its text, as history keeps it.
pub(super) fn until(connection: &Connection, ownership: i64) -> Result<Option<String>, StoreError> {
    let sql = "SELECT until_on FROM ownership WHERE id = ?1";
    let until: Option<Option<String>> =
        connection.prepare_cached(sql)?.query_row([ownership], |row| row.get(0)).optional()?;
    Ok(until.flatten())
}

/// Sets the end of an ownership; the caller writes its line of history.
pub(super) fn set_until(
    connection: &Connection,
    ownership: i64,
    until: Option<&str>,
) -> Result<(), StoreError> {
    connection
        .prepare_cached("UPDATE ownership SET until_on = ?2 WHERE id = ?1")?
        .execute(params![ownership, until])?;
    Ok(())
}

/// Ends every ownership of a vehicle that lasts longer than `today`. Its line of history makes the
/// end a person's word: an older file does not revive the owner.
fn end_all(
    connection: &Connection,
    vehicle: VehicleId,
    today: NaiveDate,
    actor: Actor,
) -> Result<(), StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT id, until_on FROM ownership WHERE vehicle_id = ?1 AND from_on <= ?2
            AND (until_on IS NULL OR until_on > ?2) ORDER BY id",
    )?;
    let owners = statement.query_map(params![vehicle.0, today], |row| {
        Ok((row.get::<_, i64>(0)?, row.get::<_, Option<String>>(1)?))
    })?;
    let end = today.to_string();
    for owner in owners.collect::<Result<Vec<_>, _>>()? {
        set_until(connection, owner.0, Some(&end))?;
        let change = Change {
            noun: NOUN.table,
            id: owner.0,
            action: "changed",
            field: Some("until_on"),
            before: owner.1.as_deref(),
            after: Some(&end),
        };
        record(connection, actor, &change)?;
    }
    Ok(())
}

impl Store {
    /// Unlinks all owners from a task's vehicle and closes the task with the words it shows
    /// (CSS-14): at once, whatever way out of the task is taken afterwards. What was half typed in
    /// the task is thrown away with it. Answers the step that undoes it.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when there is no such task; else why it could not be saved.
    pub fn unlink_owners(
        &mut self,
        task: TaskId,
        words: Option<&str>,
        today: NaiveDate,
        actor: Actor,
    ) -> Result<Option<StepId>, StoreError> {
        let write = self.write()?;
        let before = TaskFields::of(&write, task)?;
        let first = step::next_line(&write)?;
        if let Some(vehicle) = before.vehicle {
            end_all(&write, vehicle, today, actor)?;
        }
        let after = before.handled(words);
        after.write(&write, task, &before, actor, |field| named(field, true))?;
        let step = step::close(&write, task, first)?;
        draft::drop(&write, &draft::about_task(task))?;
        collection::request(&write)?;
        write.commit()?;
        Ok(step)
    }
}
