//! A connection of one's own to the database, for a thread that works beside the collecting.

use std::path::PathBuf;

use crate::store::{Store, StoreError};

/// The database, opened once it is there: the collector makes it. Opened again when another file has
/// taken its place (a restore).
#[derive(Debug)]
pub(crate) struct Beside {
    database: PathBuf,
    cache_kib: u32,
    open: Option<Store>,
}

impl Beside {
    /// Nothing is opened yet; `cache_kib` is the memory for the connection's pages.
    pub(crate) fn new(database: PathBuf, cache_kib: u32) -> Self {
        Self { database, cache_kib, open: None }
    }

    /// The open database, and whether it was opened just now; `None` while there is none.
    pub(crate) fn store(&mut self) -> Result<Option<(&mut Store, bool)>, StoreError> {
        if !self.database.exists() {
            self.open = None;
            return Ok(None);
        }
        let fresh = self.open.as_ref().is_none_or(Store::is_replaced);
        if fresh {
            self.open = None;
            let store = Store::open(&self.database)?;
            store.limit_cache(self.cache_kib)?;
            self.open = Some(store);
        }
        Ok(self.open.as_mut().map(|store| (store, fresh)))
    }

    /// Closes it: after an error a fresh connection is tried.
    pub(crate) fn close(&mut self) {
        self.open = None;
    }
}
