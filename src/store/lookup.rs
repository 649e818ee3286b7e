//! What an import looks up for each row: the rows that it refers to, and whether it was met before.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension, Statement};

use super::StoreError;

/// Finds rows by a text; rows of a file often name the same one as the row before.
pub(super) struct Lookup<'t> {
    statement: Statement<'t>,
    last: (String, Option<i64>),
}

impl<'t> Lookup<'t> {
    pub(super) fn new(connection: &'t Connection, sql: &str) -> Result<Self, StoreError> {
        Ok(Self { statement: connection.prepare(sql)?, last: (String::new(), None) })
    }

    pub(super) fn find(&mut self, text: &str) -> Result<Option<i64>, StoreError> {
        if self.last.1.is_none() || self.last.0 != text {
            self.last.1 = self.statement.query_row([text], |row| row.get(0)).optional()?;
            text.clone_into(&mut self.last.0);
        }
        Ok(self.last.1)
    }
}

/// The line on which each row was met first in this file: four bytes a row.
#[derive(Default)]
pub(super) struct Seen {
    blocks: HashMap<i64, Box<[u32; 1024]>>,
}

impl Seen {
    /// Notes the line, and gives back an earlier one.
    pub(super) fn mark(&mut self, id: i64, line: u64) -> Option<u32> {
        let block = self.blocks.entry(id / 1024).or_insert_with(|| Box::new([0; 1024]));
        let place = block.get_mut(usize::try_from(id % 1024).unwrap_or_default())?;
        if *place == 0 {
            *place = u32::try_from(line).unwrap_or(u32::MAX);
            return None;
        }
        Some(*place)
    }
}
