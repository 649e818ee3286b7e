//! Collection runs: when the last one was, and who asked for the next.

use rusqlite::Connection;

use super::{Store, StoreError};

/// Asks the collector for a run, in the transaction of the change that calls for it.
pub(crate) fn request(connection: &Connection) -> Result<(), StoreError> {
    connection.execute("UPDATE collection_request SET number = number + 1 WHERE id = 1", [])?;
    Ok(())
}

impl Store {
    /// Asks the collector for a run.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be written.
    pub fn request_collection(&mut self) -> Result<(), StoreError> {
        let write = self.write()?;
        request(&write)?;
        write.commit()?;
        Ok(())
    }
}
