//! An import as a whole: one transaction with settings of its own, for one file or for several that are
//! taken in together. What becomes of each row is `import_file`'s.

use rusqlite::config::DbConfig;
use rusqlite::{Transaction, TransactionBehavior};

use super::import_file::{FileImport, FileStamp};
use super::noun::Noun;
use super::{Store, StoreError};

/// Pages kept in memory during an import, in KiB; the indexes of a million rows fit.
pub(super) const CACHE_KIB: u32 = 64 * 1024;

/// One import that is under way; everything in it is one transaction.
pub(crate) struct ImportRun<'s> {
    transaction: Transaction<'s>,
    /// Several files share the transaction: each needs a way back of its own.
    shared: bool,
}

impl Store {
    /// Does `work` in one transaction with the settings of an import; it is kept when `work`
    /// succeeds and says so. `shared`: several files are taken in by this one transaction.
    pub(crate) fn importing<T, E: From<StoreError>>(
        &mut self,
        shared: bool,
        work: impl FnOnce(&ImportRun<'_>) -> Result<(T, bool), E>,
    ) -> Result<T, E> {
        let cache: i64 = self
            .connection
            .pragma_query_value(None, "cache_size", |row| row.get(0))
            .map_err(StoreError::from)?;
        let result = self.import_transaction(shared, work);
        let back = self
            .connection
            .pragma_update(None, "cache_size", cache)
            .and_then(|()| self.connection.pragma_update(None, "foreign_keys", true))
            .and_then(|()| self.connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, false));
        let value = result?;
        back.map_err(StoreError::from)?;
        Ok(value)
    }

    fn import_transaction<T, E: From<StoreError>>(
        &mut self,
        shared: bool,
        work: impl FnOnce(&ImportRun<'_>) -> Result<(T, bool), E>,
    ) -> Result<T, E> {
        self.connection
            .pragma_update(None, "cache_size", -i64::from(self.import_cache))
            .map_err(StoreError::from)?;
        // Every reference is looked up in this very transaction and an import deletes nothing:
        // checking each again would be checking twice.
        self.connection.pragma_update(None, "foreign_keys", false).map_err(StoreError::from)?;
        // Without it a statement may be planned anew for every row, because its values changed.
        self.connection
            .set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)
            .map_err(StoreError::from)?;
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(StoreError::from)?;
        let run = ImportRun { transaction, shared };
        let (value, keep) = work(&run)?;
        if keep {
            run.transaction.commit().map_err(StoreError::from)?;
        }
        Ok(value)
    }

    /// Whether there is nothing of the shop in the database yet.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn is_empty(&self) -> Result<bool, StoreError> {
        let sql = "SELECT NOT EXISTS (SELECT 1 FROM customer) AND NOT EXISTS (SELECT 1 FROM vehicle)
                      AND NOT EXISTS (SELECT 1 FROM employee)";
        Ok(self.connection.query_row(sql, [], |row| row.get(0))?)
    }
}

impl ImportRun<'_> {
    /// Begins one file within the transaction.
    pub(crate) fn begin<'a>(
        &'a self,
        noun: &'static Noun,
        present: Vec<bool>,
        stamp: &FileStamp<'_>,
    ) -> Result<FileImport<'a>, StoreError> {
        if self.shared {
            self.transaction.execute_batch("SAVEPOINT file")?;
        }
        FileImport::new(&self.transaction, noun, present, stamp)
    }

    /// Ends the file that was begun; nothing of it stays unless `keep`. Where a file has its own
    /// transaction, that is what ends it.
    pub(crate) fn end(&self, keep: bool) -> Result<(), StoreError> {
        if !self.shared {
            return Ok(());
        }
        let sql = if keep { "RELEASE file" } else { "ROLLBACK TO file; RELEASE file" };
        Ok(self.transaction.execute_batch(sql)?)
    }
}
