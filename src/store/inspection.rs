//! Periodic inspections and the advice given at them.

use rusqlite::{Connection, params};

use super::StoreError;
use super::noun::{Column, Kind, Need, Noun};
use crate::domain::records::InspectionResult;

/// `inspections.csv`.
pub(super) const NOUN: Noun = Noun {
    file: "inspections.csv",
    table: "inspection",
    columns: &[
        Column::key("plate", "vehicle_id", Kind::Vehicle),
        Column::key("inspected_on", "inspected_on", Kind::Date),
        Column::plain(
            "result",
            Kind::Word(|text| text.parse().ok().map(InspectionResult::as_str), InspectionResult::WRITTEN),
        ),
        Column::or("advice", Kind::Advice, Need::Or("")),
    ],
    in_order: None,
};

/// The shop's own file names an inspection that only the register had told of: it was done here.
pub(super) fn is_ours(connection: &Connection, id: i64, import: i64) -> Result<(), StoreError> {
    let sql = "UPDATE inspection SET import_id = ?2 WHERE id = ?1 AND register_at IS NOT NULL";
    connection.prepare_cached(sql)?.execute([id, import])?;
    Ok(())
}

/// Writes the rows by which the advice rules find an inspection, anew.
pub(super) fn index_advice(connection: &Connection, id: i64) -> Result<(), StoreError> {
    // What the register tells counts beside what the shop's own file says of the same inspection.
    let (date, advice): (String, String) = connection
        .prepare_cached(
            "SELECT inspected_on, advice || ' ' || coalesce(register_advice, '') FROM inspection WHERE id = ?1",
        )?
        .query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))?;
    connection.prepare_cached("DELETE FROM inspection_advice WHERE inspection_id = ?1")?.execute([id])?;
    add_advice(connection, id, &date, &advice)
}

/// Writes those rows for a new inspection.
pub(super) fn add_advice(
    connection: &Connection,
    id: i64,
    date: &str,
    advice: &str,
) -> Result<(), StoreError> {
    for code in advice.split(' ').filter(|code| !code.is_empty()) {
        connection
            .prepare_cached(
                "INSERT OR IGNORE INTO inspection_advice (code, inspected_on, inspection_id) VALUES (?1, ?2, ?3)",
            )?
            .execute(params![code, date, id])?;
    }
    Ok(())
}
