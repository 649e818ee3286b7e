//! What an import says about itself.

use std::fmt;
use std::path::PathBuf;

use serde::Serialize;

use crate::domain::reason::Reason;
use crate::store::StoreError;

/// So many wrong cells are kept in memory; the file of rejects has them all.
pub const REJECTS_KEPT: usize = 1000;

/// What became of every file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ImportReport {
    /// In the order in which they were taken in.
    pub files: Vec<FileReport>,
    /// Files in the folder that Balie does not know.
    pub skipped: Vec<String>,
    /// Nothing was written.
    pub dry_run: bool,
}

impl ImportReport {
    /// Whether a file could not be taken in at all.
    pub fn failed(&self) -> bool {
        self.files.iter().any(|file| file.problem.is_some())
    }
}

/// What became of one file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct FileReport {
    /// Its name, as it is in the folder.
    pub file: String,
    /// Which of our files it is, where it has another name.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub fills: String,
    /// Rows that are new.
    pub added: u64,
    /// Rows in which something changed.
    pub changed: u64,
    /// Rows that were there.
    pub unchanged: u64,
    /// Rows that could not go in.
    pub rejected: u64,
    /// Values that stay because a person typed them at the desk.
    pub kept_desk_edits: u64,
    /// Columns that Balie does not know.
    pub ignored_columns: Vec<String>,
    /// What is wrong, the first [`REJECTS_KEPT`] of it.
    pub rejects: Vec<Reject>,
    /// Where the rejected rows stand, with their reasons.
    pub rejects_file: Option<PathBuf>,
    /// Why nothing of the file went in.
    pub problem: Option<Reason>,
    /// The number of this taking-in, by which it can be taken back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub import: Option<i64>,
    /// It was changed while it was read.
    #[serde(skip)]
    pub unsettled: bool,
}

/// What is wrong in one place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reject {
    /// The line of the file on which the row begins.
    pub line: u64,
    /// The column, or `row`.
    pub column: String,
    /// What is wrong, and what to do.
    pub reason: Reason,
}

impl FileReport {
    /// Its name, and which of our files it is.
    pub fn title(&self) -> String {
        if self.fills.is_empty() { self.file.clone() } else { format!("{} ({})", self.file, self.fills) }
    }

    /// One line for each thing that is wrong: `FILE:LINE: COLUMN: what is wrong`.
    pub fn lines(&self) -> impl Iterator<Item = String> + '_ {
        self.rejects.iter().map(|reject| format!("{}:{reject}", self.file))
    }
}

/// `LINE: COLUMN: what is wrong`.
impl fmt::Display for Reject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: {}", self.line, self.column, self.reason)
    }
}

/// How far an import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress<'a> {
    /// The file that is being taken in.
    pub file: &'a str,
    /// Bytes done; each file is read twice.
    pub done: u64,
    /// Bytes in all.
    pub total: u64,
}

/// Why an import did not take place or ended early.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The path cannot be read.
    #[error("{path} cannot be read: {cause}")]
    Path {
        /// The path.
        path: PathBuf,
        /// The system's words.
        cause: std::io::Error,
    },
    /// A file whose name Balie does not know.
    #[error("{path} is not one of the files that Balie knows: {known}")]
    Unknown {
        /// The file.
        path: PathBuf,
        /// The names Balie knows.
        known: String,
    },
    /// A folder without any file Balie knows.
    #[error("there is none of the files that Balie knows in {path}: {known}")]
    Nothing {
        /// The folder.
        path: PathBuf,
        /// The names Balie knows.
        known: String,
    },
    /// The database did not do what was asked; the files before went in.
    #[error("{file}: {cause}; nothing of this file went in, the files before it did")]
    Store {
        /// The file that was being taken in.
        file: String,
        /// Why.
        cause: StoreError,
    },
}
