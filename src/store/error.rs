//! What can go wrong with the database, in the words a technician needs.

use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

/// Why the database did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file cannot be opened.
    #[error(
        "the database {path} cannot be opened: {cause}; check that the folder exists and that this user may write in it"
    )]
    Open {
        /// The file.
        path: PathBuf,
        /// SQLite's words.
        cause: rusqlite::Error,
    },
    /// Some other program's database.
    #[error("{0} is not a Balie database; name another data folder with --data-dir")]
    Foreign(PathBuf),
    /// A newer Balie wrote it.
    #[error(
        "{path} was written by a newer Balie (version {version} of the tables, this program knows {newest}); update this program"
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// The version of its tables.
        version: i32,
        /// The newest version this program knows.
        newest: i32,
    },
    /// An older Balie wrote it, and it was opened for reading only.
    #[error(
        "{path} has version {version} of the tables and needs {newest}; start the collector once, or run `balie collect`"
    )]
    Older {
        /// The file.
        path: PathBuf,
        /// The version of its tables.
        version: i32,
        /// The version that is needed.
        newest: i32,
    },
    /// Another file lies under the name of the one that was opened.
    #[error("another file has taken the place of {0}, which was open; it is opened anew")]
    Replaced(PathBuf),
    /// The SQLite library is one that can damage a shared database.
    #[error("SQLite {0} can damage a database that two programs share; Balie needs 3.51.3 or newer")]
    OldSqlite(String),
    /// The file is damaged.
    #[error("the database is damaged ({0}); restore the last backup")]
    Damaged(String),
    /// The card is full.
    #[error("the disk is full; nothing was saved. Make room and try again")]
    Full,
    /// Another program holds the database for longer than is reasonable.
    #[error("the database is in use by another program (an import, perhaps); try again in a moment")]
    Busy,
    /// The file or its folder can only be read.
    #[error(
        "the database can only be read, changes cannot be saved; check the disk and the rights on the data folder"
    )]
    ReadOnly,
    /// What stands in the database does not fit what Balie writes.
    #[error("the database holds something Balie does not understand: {0}")]
    Strange(String),
    /// There is no such thing.
    #[error("there is no {noun} '{name}'")]
    Missing {
        /// What was looked for, in one word.
        noun: &'static str,
        /// By which name.
        name: String,
    },
    /// A setting's key or value does not fit.
    #[error(transparent)]
    Setting(#[from] crate::domain::settings::SettingError),
    /// Anything else SQLite said.
    #[error("the database refused: {0}")]
    Sqlite(rusqlite::Error),
}

impl StoreError {
    pub(super) fn open(path: &Path, cause: rusqlite::Error) -> Self {
        match Self::from(cause) {
            // The tables are not those that the file's version says; the statement itself helps nobody.
            Self::Sqlite(rusqlite::Error::SqlInputError { msg, .. }) => Self::Strange(msg),
            Self::Sqlite(cause) => Self::Open { path: path.to_owned(), cause },
            named => named,
        }
    }

    /// Whether the file itself is damaged. Only this may ever lead to a restore (fault table,
    /// row 2): a full disk or a busy database is not damage.
    pub fn is_damage(&self) -> bool {
        matches!(self, Self::Damaged(_))
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(cause: rusqlite::Error) -> Self {
        match cause.sqlite_error_code() {
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Damaged(cause.to_string()),
            Some(ErrorCode::DiskFull) => Self::Full,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
            Some(ErrorCode::ReadOnly) => Self::ReadOnly,
            _ => Self::Sqlite(cause),
        }
    }
}
