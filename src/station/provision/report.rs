//! What came of provisioning, for the screen, for `balie doctor` and for whoever looks over the technician's
//! shoulder. It is kept under `/run`: it tells of this start, and of no other.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::station::config::Problem;

/// Where the report lies.
pub const PATH: &str = "/run/balie/provision.json";

/// How far it came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// There was no settings file; what was set before holds.
    Absent,
    /// All of the file holds.
    Applied,
    /// The right lines hold; for the wrong ones what was set before, or the default.
    Partly,
    /// Nothing of the file could be read; what was set before holds.
    Kept,
}

/// One thing that somebody should put right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mistake {
    /// The file it is in.
    pub file: PathBuf,
    /// Its line, counted from 1; 0 when it is no line's.
    pub line: usize,
    /// `table.key`, or the table; empty when it is no key's.
    pub key: String,
    /// What is wrong, and what to write or do. No secret is in it.
    pub words: String,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// The version of the program that did it.
    pub version: String,
    /// The settings file on the boot partition, when there is one.
    pub file: Option<PathBuf>,
    /// How far it came.
    pub state: State,
    /// Everything that is wrong, in the order of the file.
    pub mistakes: Vec<Mistake>,
}

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// It is there, and cannot be read.
    #[error("the report {path} cannot be read: {cause}; restart the machine")]
    Unreadable {
        /// The report.
        path: PathBuf,
        /// Why.
        cause: std::io::Error,
    },
    /// It is there, and is none.
    #[error("the report {path} is damaged: {cause}; restart the machine")]
    Damaged {
        /// The report.
        path: PathBuf,
        /// Why.
        cause: serde_json::Error,
    },
}

impl Mistake {
    /// What the reader of the file found.
    pub(super) fn of(file: &Path, problem: &Problem) -> Self {
        let Problem { line, key, words } = problem.clone();
        Self { file: file.to_owned(), line, key, words }
    }

    /// Something that is no line's.
    pub(super) fn with(file: &Path, words: impl Into<String>) -> Self {
        Self { file: file.to_owned(), line: 0, key: String::new(), words: words.into() }
    }
}

/// `FILE:LINE: KEY: WORDS`
impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.file.display())?;
        if self.line > 0 {
            write!(f, "{}:", self.line)?;
        }
        if !self.key.is_empty() {
            write!(f, " {}:", self.key)?;
        }
        write!(f, " {}", self.words)
    }
}

impl Report {
    /// A report of this program.
    pub(super) fn new(file: Option<PathBuf>, state: State, mistakes: Vec<Mistake>) -> Self {
        Self { version: env!("CARGO_PKG_VERSION").to_owned(), file, state, mistakes }
    }

    /// Whether nothing is wrong.
    pub fn is_good(&self) -> bool {
        self.mistakes.is_empty()
    }
}

/// The report of this start ([`PATH`]); `None` where nothing was provisioned.
///
/// # Errors
/// [`ReportError`] when it is there and cannot be read: never a 'nothing is wrong' instead.
pub fn read(path: &Path) -> Result<Option<Report>, ReportError> {
    let text = match std::fs::read(path) {
        Ok(text) => text,
        Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(cause) => return Err(ReportError::Unreadable { path: path.to_owned(), cause }),
    };
    serde_json::from_slice(&text)
        .map(Some)
        .map_err(|cause| ReportError::Damaged { path: path.to_owned(), cause })
}
