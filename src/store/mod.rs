//! The only SQL. One database file, one connection for each [`Store`], one file for each noun.
//!
//! The database is the only channel between the programs: a change by one is seen by the others
//! through [`Store::data_version`].

pub mod appointment;
pub mod audit;
pub mod backup;
mod bulk;
pub mod calendar;
pub mod calendar_read;
mod calendar_save;
mod call_note;
mod changes;
pub mod checks;
pub mod collection;
mod consent;
mod contact_person;
mod customer;
pub mod customer_card;
pub mod customer_edit;
mod demo;
pub mod draft;
mod edits;
pub mod employee;
mod erasure;
pub mod error;
mod export;
pub mod facts;
pub mod find;
pub mod history;
pub(crate) mod import;
pub(crate) mod import_file;
mod inspection;
mod invoice;
pub mod letter;
mod lookup;
pub mod mailing;
pub mod message;
pub(crate) mod noun;
pub mod odometer;
pub mod outbox;
pub mod outbox_view;
mod ownership;
pub mod personal;
pub mod preview;
pub mod profile;
mod pursuit;
mod quote;
mod read_only;
pub mod register;
mod register_save;
pub mod report;
pub mod runs;
mod sale;
mod search;
pub mod setting;
pub mod sign_in;
pub mod step;
pub mod story;
pub mod task;
pub mod task_detail;
pub mod task_edit;
mod task_fields;
pub mod task_list;
pub mod undo;
mod vehicle;
pub mod vehicle_card;
mod vehicle_edit;
mod visit;
pub mod why;

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};

pub use error::StoreError;
pub use task_fields::TaskFields;

/// Written into the file's header: `BALI`.
const APPLICATION_ID: i32 = 0x4241_4C49;

/// Migrations in order; the first makes version 1.
const MIGRATIONS: [&str; 2] = [include_str!("migrations/001.sql"), include_str!("migrations/002.sql")];

/// SQLite before 3.51.3 can damage a write-ahead log that two processes share (faults 2.2).
const OLDEST_SQLITE: i32 = 3_051_003;

/// How long a statement waits for another process's write.
const BUSY: Duration = Duration::from_secs(5);

/// How a store is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Reads and writes; makes the file and brings its tables up to date.
    Write,
    /// Reads only; the file must exist.
    Read,
}

/// One connection to Balie's database.
#[derive(Debug)]
pub struct Store {
    connection: Connection,
    /// Memory for the pages of an import, in KiB.
    import_cache: u32,
    /// Which file was opened, by name and by what lay under that name.
    file: Option<(PathBuf, Identity)>,
}

/// Device and number of a file; `None` while there is none.
type Identity = Option<(u64, u64)>;

/// Which file lies under a name now.
fn identity(path: &Path) -> Identity {
    std::fs::metadata(path).ok().map(|file| (file.dev(), file.ino()))
}

impl Store {
    /// Opens the database, makes it when it is not there, and brings its tables up to date.
    ///
    /// # Errors
    /// [`StoreError`] says what is in the way: no access, a newer Balie's file, a damaged file.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        Self::open_with(path, Access::Write)
    }

    /// Opens the database with the access named.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub fn open_with(path: &Path, access: Access) -> Result<Self, StoreError> {
        if rusqlite::version_number() < OLDEST_SQLITE {
            return Err(StoreError::OldSqlite(rusqlite::version().to_owned()));
        }
        let flags = match access {
            Access::Write => OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE,
            Access::Read => OpenFlags::SQLITE_OPEN_READ_WRITE,
        };
        let stuck = read_only::is_on_such_a_disk(path);
        let access = if stuck { Access::Read } else { access };
        let open = || -> Result<Connection, rusqlite::Error> {
            let connection = if stuck {
                read_only::connect(path)?
            } else {
                Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?
            };
            connection.busy_timeout(BUSY)?;
            connection.pragma_update(None, "foreign_keys", true)?;
            connection.pragma_update(None, "synchronous", "FULL")?;
            connection.pragma_update(None, "journal_size_limit", 64 * 1024 * 1024)?;
            connection.set_prepared_statement_cache_capacity(128);
            Ok(connection)
        };
        let connection = open().map_err(|cause| StoreError::open(path, cause))?;
        let mut store = Self { connection, import_cache: import::CACHE_KIB, file: None };
        store.prepare(path, access)?;
        store.file = Some((path.to_owned(), identity(path)));
        Ok(store)
    }

    fn prepare(&mut self, path: &Path, access: Access) -> Result<(), StoreError> {
        let newest = i32::try_from(MIGRATIONS.len()).unwrap_or(i32::MAX);
        let open = |cause| StoreError::open(path, cause);
        let application: i32 =
            self.connection.pragma_query_value(None, "application_id", |row| row.get(0)).map_err(open)?;
        let version = self.schema_version().map_err(open)?;
        if version > newest && !self.understands(newest) {
            return Err(StoreError::Newer { path: path.to_owned(), version, newest });
        }
        if application != APPLICATION_ID {
            let tables: i64 = self
                .connection
                .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
                .map_err(open)?;
            if tables > 0 || version > 0 {
                return Err(StoreError::Foreign(path.to_owned()));
            }
        }
        match access {
            Access::Read if version < newest => {
                return Err(StoreError::Older { path: path.to_owned(), version, newest });
            }
            Access::Read => self.connection.pragma_update(None, "query_only", true)?,
            Access::Write => {
                self.connection.pragma_update(None, "journal_mode", "WAL").map_err(open)?;
                if version < newest {
                    self.migrate().map_err(open)?;
                }
            }
        }
        Ok(())
    }

    /// Whether tables of a newer version are such that a program of `version` can work with them: those
    /// that only add something say so (fault table, row 21).
    fn understands(&self, version: i32) -> bool {
        let oldest =
            self.connection.query_row("SELECT oldest FROM compatible", [], |row| row.get::<_, i32>(0));
        oldest.is_ok_and(|oldest| oldest <= version)
    }

    fn schema_version(&self) -> rusqlite::Result<i32> {
        self.connection.pragma_query_value(None, "user_version", |row| row.get(0))
    }

    /// Brings the tables up to date in one transaction; two programs that start together agree
    /// through the write lock.
    fn migrate(&mut self) -> rusqlite::Result<()> {
        let write = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let version: i32 = write.pragma_query_value(None, "user_version", |row| row.get(0))?;
        for (index, migration) in MIGRATIONS.iter().enumerate() {
            let number = i32::try_from(index + 1).unwrap_or(i32::MAX);
            if number > version {
                write.execute_batch(migration)?;
                write.pragma_update(None, "user_version", number)?;
            }
        }
        write.pragma_update(None, "application_id", APPLICATION_ID)?;
        write.commit()
    }

    /// A number that changes whenever another connection has committed something.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read; [`StoreError::Replaced`] when another file has
    /// taken its place, which is to be opened instead.
    pub fn data_version(&self) -> Result<i64, StoreError> {
        self.is_still_that_file()?;
        Ok(self.connection.pragma_query_value(None, "data_version", |row| row.get(0))?)
    }

    /// Limits the memory this connection keeps for pages, in KiB.
    ///
    /// # Errors
    /// [`StoreError`] when the database does not answer.
    pub fn limit_cache(&self, kib: u32) -> Result<(), StoreError> {
        Ok(self.connection.pragma_update(None, "cache_size", -i64::from(kib))?)
    }

    /// Limits the memory that an import keeps for pages, in KiB.
    pub fn limit_import_cache(&mut self, kib: u32) {
        self.import_cache = kib;
    }

    /// Whether the file's structure is whole.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] with SQLite's words when it is not.
    pub fn check(&self) -> Result<(), StoreError> {
        sound(&self.connection, "quick_check")
    }

    /// Whether every page, row and index of the file is whole; reads all of it.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] with SQLite's words when it is not.
    pub fn check_all(&self) -> Result<(), StoreError> {
        sound(&self.connection, "integrity_check")
    }

    /// Whether another file lies under the name of the one that was opened, or none (a restore).
    pub(crate) fn is_replaced(&self) -> bool {
        self.file.as_ref().is_some_and(|(path, opened)| identity(path) != *opened)
    }

    /// What is written into a file that has lost its name would be lost.
    fn is_still_that_file(&self) -> Result<(), StoreError> {
        match &self.file {
            Some((path, _)) if self.is_replaced() => Err(StoreError::Replaced(path.clone())),
            _ => Ok(()),
        }
    }

    /// A transaction that holds the write lock from its beginning.
    pub(crate) fn write(&mut self) -> Result<Transaction<'_>, StoreError> {
        self.is_still_that_file()?;
        Ok(self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?)
    }
}

/// Whether SQLite finds an open file sound: `quick_check`, or `integrity_check` for every index too.
fn sound(connection: &Connection, check: &str) -> Result<(), StoreError> {
    let words: String = connection.query_row(&format!("PRAGMA {check}(1)"), [], |row| row.get(0))?;
    if words == "ok" {
        return Ok(());
    }
    // It answers in several lines; an error is one.
    Err(StoreError::Damaged(words.lines().collect::<Vec<_>>().join(" ")))
}
