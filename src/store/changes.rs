//! Writes what a person changed in a row, field by field, each with its line of history: the lines by
//! which an older file is told that a person knows better (`edits`).

use rusqlite::{Connection, params_from_iter};

use super::StoreError;
use super::history::{Actor, Change, record};
use super::noun::{Cell, Need, Noun};

/// Cells of one row, in the order of its noun's columns.
pub(super) type Cells<'c> = Vec<Cell<'c>>;

/// A text as a cell; one of blanks is unknown.
pub(super) fn text(text: &Option<String>) -> Cell<'_> {
    match text.as_deref().map(str::trim) {
        Some(text) if !text.is_empty() => Cell::Text(text.into()),
        _ => Cell::Unknown,
    }
}

/// Writes the fields in which `after` differs from `before`; what a person did not change stays as it
/// is stored now, whoever changed it meanwhile. Answers how many were written.
pub(super) fn write(
    connection: &Connection,
    noun: &Noun,
    id: i64,
    before: &Cells<'_>,
    after: &Cells<'_>,
    actor: Actor,
) -> Result<usize, StoreError> {
    let mut changed = 0;
    for ((column, before), after) in noun.columns.iter().zip(before).zip(after) {
        if matches!(column.need, Need::Key) || after.is(before.value()) {
            continue;
        }
        let find = format!("SELECT {} FROM {} WHERE id = ?1", column.field, noun.table);
        let mut find = connection.prepare_cached(&find)?;
        let mut rows = find.query([id])?;
        let Some(row) = rows.next()? else {
            return Err(StoreError::Missing { noun: noun.table, name: id.to_string() });
        };
        let stored = row.get_ref(0)?;
        if after.is(stored) {
            continue;
        }
        let was = column.written(stored).into_owned();
        drop(rows);
        let update = format!("UPDATE {} SET {} = ?2 WHERE id = ?1", noun.table, column.field);
        connection.prepare_cached(&update)?.execute((id, after))?;
        let is = column.written(after.value());
        let line = Change {
            noun: noun.table,
            id,
            action: "changed",
            field: Some(column.name),
            before: Some(was.as_str()).filter(|text| !text.is_empty()),
            after: Some(&*is).filter(|text| !text.is_empty()),
        };
        record(connection, actor, &line)?;
        changed += 1;
    }
    Ok(changed)
}

/// Adds a row, with the one line of history that makes all of it a person's word.
pub(super) fn add(
    connection: &Connection,
    noun: &Noun,
    owner: Option<(&str, i64)>,
    cells: &Cells<'_>,
    actor: Actor,
) -> Result<i64, StoreError> {
    let (mut fields, mut values): (Vec<&str>, Vec<&Cell<'_>>) = noun
        .columns
        .iter()
        .zip(cells)
        .filter(|(_, cell)| !cell.is_unknown())
        .map(|(c, v)| (c.field, v))
        .unzip();
    let owner_cell = owner.map(|(field, id)| (field, Cell::Whole(id)));
    if let Some((field, cell)) = &owner_cell {
        fields.push(field);
        values.push(cell);
    }
    let places: Vec<String> = (1..=fields.len()).map(|place| format!("?{place}")).collect();
    let sql = format!("INSERT INTO {} ({}) VALUES ({})", noun.table, fields.join(", "), places.join(", "));
    connection.prepare_cached(&sql)?.execute(params_from_iter(values))?;
    let id = connection.last_insert_rowid();
    record(connection, actor, &Change { noun: noun.table, id, action: "made", ..Change::default() })?;
    Ok(id)
}
