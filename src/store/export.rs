//! Reads whole tables in the order of their keys, in the form of the CSV files.

use std::borrow::Cow;

use super::noun::{Kind, Noun};
use super::{Store, StoreError};

impl Store {
    /// Calls `each` with the cells of every row of a noun, by key. Constant memory.
    pub(crate) fn for_each_row<E: From<StoreError>>(
        &self,
        noun: &Noun,
        mut each: impl FnMut(&[Cow<'_, str>]) -> Result<(), E>,
    ) -> Result<(), E> {
        let columns: Vec<String> = noun
            .columns
            .iter()
            .map(|column| match column.kind {
                Kind::Vehicle => "v.plate".to_owned(),
                Kind::Customer => "c.code".to_owned(),
                _ => format!("t.{}", column.field),
            })
            .collect();
        let key: Vec<String> = noun.key().filter_map(|(place, _)| columns.get(place).cloned()).collect();
        let sql = format!(
            "SELECT {} FROM {} t {} {} ORDER BY {}",
            columns.join(", "),
            noun.table,
            join(noun, |kind| matches!(kind, Kind::Vehicle), "LEFT JOIN vehicle v ON v.id = t.vehicle_id"),
            join(noun, |kind| matches!(kind, Kind::Customer), "LEFT JOIN customer c ON c.id = t.customer_id"),
            key.join(", ")
        );
        let mut statement = self.connection.prepare(&sql).map_err(StoreError::from)?;
        let mut rows = statement.query([]).map_err(StoreError::from)?;
        while let Some(row) = rows.next().map_err(StoreError::from)? {
            let mut cells = Vec::with_capacity(noun.columns.len());
            for (place, column) in noun.columns.iter().enumerate() {
                cells.push(column.written(row.get_ref(place).map_err(StoreError::from)?));
            }
            each(&cells)?;
        }
        Ok(())
    }

    /// Does `work` while what it reads stays as it was at the beginning.
    pub(crate) fn reading<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&Self) -> Result<T, E>,
    ) -> Result<T, E> {
        let snapshot = self.connection.unchecked_transaction().map_err(StoreError::from)?;
        let value = work(self)?;
        snapshot.commit().map_err(StoreError::from)?;
        Ok(value)
    }
}

fn join(noun: &Noun, wanted: impl Fn(Kind) -> bool, sql: &'static str) -> &'static str {
    if noun.columns.iter().any(|column| wanted(column.kind)) { sql } else { "" }
}
