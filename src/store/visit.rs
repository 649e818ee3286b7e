//! Visits to the workshop, and whether the kilometres read there can be true.

use rusqlite::{Connection, params};

use super::StoreError;
use super::noun::{Column, Kind, Noun};
use crate::domain::reason::Reason;
use crate::rules::odometer::{Reading, doubt_between};

/// `visits.csv`.
pub(super) const NOUN: Noun = Noun {
    file: "visits.csv",
    table: "visit",
    columns: &[
        Column::key("code", "code", Kind::Code),
        Column::stored_as("plate", "vehicle_id", Kind::Vehicle),
        Column::stored_as("customer", "customer_id", Kind::Customer),
        Column::plain("visited_on", Kind::Date),
        Column::plain("odometer_km", Kind::Kilometres),
        Column::plain("description", Kind::Text),
    ],
    in_order: None,
};

/// The nearest reading before and after a day, other than this visit's own. Two seeks in an index
/// that carries the answer, however many visits the vehicle has.
const NEIGHBOURS: &str = "
    SELECT * FROM (SELECT visited_on, odometer_km FROM visit
        WHERE vehicle_id = ?1 AND visited_on < ?2 AND odometer_km IS NOT NULL AND id <> ?3
        ORDER BY visited_on DESC, odometer_km DESC LIMIT 1)
    UNION ALL
    SELECT * FROM (SELECT visited_on, odometer_km FROM visit
        WHERE vehicle_id = ?1 AND visited_on > ?2 AND odometer_km IS NOT NULL AND id <> ?3
        ORDER BY visited_on, odometer_km LIMIT 1)";

/// The same among the readings taken outside a visit.
const OTHER_NEIGHBOURS: &str = "
    SELECT * FROM (SELECT read_on, km FROM odometer WHERE vehicle_id = ?1 AND read_on < ?2
        ORDER BY read_on DESC, km DESC LIMIT 1)
    UNION ALL
    SELECT * FROM (SELECT read_on, km FROM odometer WHERE vehicle_id = ?1 AND read_on > ?2
        ORDER BY read_on, km LIMIT 1)";

/// Says why the reading of a visit cannot be true, if it cannot.
pub(super) fn doubt(connection: &Connection, visit: i64) -> Result<Option<Reason>, StoreError> {
    let (vehicle, on, km): (Option<i64>, Option<String>, Option<i64>) = connection
        .prepare_cached("SELECT vehicle_id, visited_on, odometer_km FROM visit WHERE id = ?1")?
        .query_row([visit], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    match (vehicle, on, km) {
        (Some(vehicle), Some(on), Some(km)) => doubt_of(connection, visit, vehicle, &on, km, true),
        _ => Ok(None),
    }
}

/// As [`doubt`], for a visit whose fields are at hand. `others`: whether there are readings taken
/// outside a visit at all.
pub(super) fn doubt_of(
    connection: &Connection,
    visit: i64,
    vehicle: i64,
    on: &str,
    km: i64,
    others: bool,
) -> Result<Option<Reason>, StoreError> {
    let mut neighbours = connection.prepare_cached(NEIGHBOURS)?;
    let mut rows = neighbours.query(params![vehicle, on, visit])?;
    while let Some(row) = rows.next()? {
        if let Some(why) = compare(on, km, row.get_ref(0)?.as_str().unwrap_or_default(), row.get(1)?) {
            return Ok(Some(why));
        }
    }
    if others {
        let mut neighbours = connection.prepare_cached(OTHER_NEIGHBOURS)?;
        let mut rows = neighbours.query(params![vehicle, on])?;
        while let Some(row) = rows.next()? {
            if let Some(why) = compare(on, km, row.get_ref(0)?.as_str().unwrap_or_default(), row.get(1)?) {
                return Ok(Some(why));
            }
        }
    }
    Ok(None)
}

/// What the rule says. A date that is none is no reason for doubt.
fn compare(on: &str, km: i64, other_on: &str, other_km: i64) -> Option<Reason> {
    let (on, other_on) = (on.parse().ok()?, other_on.parse().ok()?);
    doubt_between(Reading { on, km }, Reading { on: other_on, km: other_km }).map(Reason::from)
}
