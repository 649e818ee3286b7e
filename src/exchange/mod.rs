//! CSV in and out (APP-05): the shop's own system writes files, Balie takes them in, says plainly
//! what is wrong with them, and can give everything back in the same form.
//!
//! Files are streamed: a first pass learns how a file is written (`survey`), a second one takes it
//! in (`file`). What stands in which column is written down with each noun in `store`.
//!
//! What a row does to what is stored:
//! - A column that the file does not have is left alone. An empty cell clears what came from a file,
//!   never what a person typed at the desk.
//! - A value typed at the desk stands against a file that was written before it: the file's time of
//!   change counts as the time of the export. A customer's objection noted at the desk stands always.
//! - The same key twice in one file: the first row counts; a second one that says the same is
//!   unchanged, one that says otherwise is rejected with the first one's line. This costs four bytes
//!   for each row, the only memory that grows with the file.

mod cells;
mod dates;
pub mod demo;
mod export;
mod file;
mod lines;
pub mod paper;
mod person;
mod person_words;
pub mod records;
mod rejects;
mod report;
pub mod stick;
mod survey;

use std::fs;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};

pub use export::{ExportError, ExportReport, export};
pub use person::{PersonError, export_person};
pub use report::{FileReport, ImportError, ImportReport, Progress, REJECTS_KEPT, Reject};

use crate::store::noun::Noun;
use crate::store::{Store, StoreError};
use file::{Failure, Source, take_in};

/// How an import is done.
pub struct ImportOptions<'a> {
    /// Tells what would happen and writes nothing.
    pub dry_run: bool,
    /// A file with a wrong row does not go in at all.
    pub strict: bool,
    /// Where the rejected rows are written.
    pub rejects_dir: &'a Path,
    /// Now.
    pub now: DateTime<Utc>,
    /// Is told how far the import is.
    pub progress: &'a mut dyn FnMut(Progress<'_>),
}

/// Takes in a folder of CSV files, or one of them. All or nothing per file; rows that are wrong
/// are told and set aside.
///
/// # Errors
/// [`ImportError`] when there is nothing to take in or the database refuses. A file that cannot be
/// read is a [`FileReport::problem`]; the others go in.
pub fn import(
    store: &mut Store,
    path: &Path,
    mut options: ImportOptions<'_>,
) -> Result<ImportReport, ImportError> {
    let (files, skipped) = find(path)?;
    let mut report = ImportReport { files: Vec::new(), skipped, dry_run: options.dry_run };
    if options.dry_run {
        // Later files refer to earlier ones: one transaction for all, and none of it stays.
        let failed = std::cell::RefCell::new(String::new());
        let outcome = store.importing::<_, StoreError>(true, |run| {
            let mut reports = Vec::new();
            for (path, name, noun) in &files {
                failed.borrow_mut().clone_from(name);
                let source = Source { path, name, noun };
                reports.push(settle(name, take_in(run, &source, &mut options).map(|(report, _)| report))?);
            }
            Ok((reports, false))
        });
        report.files = outcome.map_err(|cause| ImportError::Store { file: failed.into_inner(), cause })?;
        return Ok(report);
    }
    for (path, name, noun) in &files {
        let source = Source { path, name, noun };
        let outcome = store.importing::<_, Failure>(false, |run| take_in(run, &source, &mut options));
        let settled = settle(name, outcome);
        report.files.push(settled.map_err(|cause| ImportError::Store { file: name.clone(), cause })?);
    }
    // What came in is safe already: were this cut short, the desk would finish it.
    if let Err(error) = store.index_all() {
        tracing::warn!(%error, "the search index is not complete yet");
    }
    Ok(report)
}

/// A file's own fault becomes part of the report.
fn settle(name: &str, outcome: Result<FileReport, Failure>) -> Result<FileReport, StoreError> {
    match outcome {
        Ok(report) => Ok(report),
        Err(Failure::File(problem)) => {
            Ok(FileReport { file: name.to_owned(), problem: Some(problem), ..FileReport::default() })
        }
        Err(Failure::Unsettled) => Ok(FileReport {
            file: name.to_owned(),
            problem: Some("it was changed while it was read; import it again".to_owned()),
            unsettled: true,
            ..FileReport::default()
        }),
        Err(Failure::Store(cause)) => Err(cause),
    }
}

/// Path, name and noun of a file.
type Found = (PathBuf, String, &'static Noun);

/// The files to take in, in the order in which they refer to each other, and the names of others.
fn find(path: &Path) -> Result<(Vec<Found>, Vec<String>), ImportError> {
    let known = || Noun::ALL.map(|noun| noun.file).join(", ");
    let unreadable = |cause| ImportError::Path { path: path.to_owned(), cause };
    let noun_of = |name: &str| Noun::ALL.into_iter().find(|noun| noun.file.eq_ignore_ascii_case(name));
    if !fs::metadata(path).map_err(unreadable)?.is_dir() {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let noun =
            noun_of(&name).ok_or_else(|| ImportError::Unknown { path: path.to_owned(), known: known() })?;
        return Ok((vec![(path.to_owned(), name, noun)], Vec::new()));
    }
    let (mut files, mut skipped) = (Vec::new(), Vec::new());
    for entry in fs::read_dir(path).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with('.') || entry.path().is_dir() {
            continue;
        }
        match noun_of(&name) {
            Some(noun) => files.push((entry.path(), name, noun)),
            None => skipped.push(name),
        }
    }
    if files.is_empty() {
        return Err(ImportError::Nothing { path: path.to_owned(), known: known() });
    }
    let rank = |noun: &Noun| Noun::ALL.iter().position(|other| other.file == noun.file);
    files.sort_by(|one, other| (rank(one.2), &one.1).cmp(&(rank(other.2), &other.1)));
    skipped.sort();
    Ok((files, skipped))
}
