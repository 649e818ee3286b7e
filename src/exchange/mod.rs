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
mod figures;
mod file;
mod formula;
mod lines;
pub mod paper;
mod person;
mod person_words;
pub mod profile;
pub mod records;
mod rejects;
mod report;
mod sheet_words;
mod sheets;
pub mod stick;
mod survey;
pub mod whole;

use std::fs;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};

pub use export::{ExportError, ExportReport, export};
pub use figures::write_figures;
pub use person::{PersonError, export_person};
pub use report::{FileReport, ImportError, ImportReport, Progress, REJECTS_KEPT, Reject};
pub use sheets::{SheetError, task_sheets};

use crate::domain::reason::{self, Reason};
use crate::store::noun::Noun;
use crate::store::{Store, StoreError};
use file::{Failure, Source, take_in};
use profile::{Headers, Profile};

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
    options: ImportOptions<'_>,
) -> Result<ImportReport, ImportError> {
    import_mapped(store, path, options, &Profile::default())
}

/// As [`import`], for files and columns that have other names; what the profile does not know has ours.
///
/// # Errors
/// As [`import`].
pub fn import_mapped(
    store: &mut Store,
    path: &Path,
    mut options: ImportOptions<'_>,
    profile: &Profile,
) -> Result<ImportReport, ImportError> {
    let (files, skipped) = find(path, profile)?;
    let mut report = ImportReport { files: Vec::new(), skipped, dry_run: options.dry_run };
    if options.dry_run {
        // Later files refer to earlier ones: one transaction for all, and none of it stays.
        let failed = std::cell::RefCell::new(String::new());
        let outcome = store.importing::<_, StoreError>(true, |run| {
            let mut reports = Vec::new();
            for (path, name, names) in &files {
                failed.borrow_mut().clone_from(name);
                let source = Source { path, name, names: *names, batch: None };
                reports.push(settle(&source, take_in(run, &source, &mut options).map(|(report, _)| report))?);
            }
            Ok((reports, false))
        });
        report.files = outcome.map_err(|cause| ImportError::Store { file: failed.into_inner(), cause })?;
        return Ok(report);
    }
    for (path, name, names) in &files {
        let batch = report.files.iter().find_map(|file| file.import);
        let source = Source { path, name, names: *names, batch };
        let outcome = store.importing::<_, Failure>(false, |run| take_in(run, &source, &mut options));
        let settled = settle(&source, outcome);
        report.files.push(settled.map_err(|cause| ImportError::Store { file: name.clone(), cause })?);
    }
    // What came in is safe already: were this cut short, the desk would finish it.
    if let Err(error) = store.index_all() {
        tracing::warn!(%error, "the search index is not complete yet");
    }
    Ok(report)
}

/// A file's own fault becomes part of the report.
fn settle(source: &Source<'_>, outcome: Result<FileReport, Failure>) -> Result<FileReport, StoreError> {
    let (file, fills) = (source.name.to_owned(), source.fills());
    match outcome {
        Ok(report) => Ok(report),
        Err(Failure::File(problem)) => {
            Ok(FileReport { file, fills, problem: Some(problem), ..FileReport::default() })
        }
        Err(Failure::Unsettled) => Ok(FileReport {
            file,
            fills,
            problem: Some(Reason::plain(&reason::UNSETTLED)),
            unsettled: true,
            ..FileReport::default()
        }),
        Err(Failure::Store(cause)) => Err(cause),
    }
}

/// Path and name of a file, and what it is.
type Found<'p> = (PathBuf, String, Headers<'p>);

/// What a file is: by the profile, else by its name. One file may be two of ours.
fn known_as<'p>(name: &str, profile: &'p Profile) -> Vec<Headers<'p>> {
    let mapped = profile.maps(name).filter_map(|map| Some(Headers { noun: map.noun()?, map: Some(map) }));
    let mapped: Vec<_> = mapped.collect();
    if !mapped.is_empty() {
        return mapped;
    }
    let noun = Noun::ALL.into_iter().find(|noun| noun.file.eq_ignore_ascii_case(name));
    noun.map(|noun| Headers { noun, map: None }).into_iter().collect()
}

/// The files to take in, in the order in which they refer to each other, and the names of others.
fn find<'p>(path: &Path, profile: &'p Profile) -> Result<(Vec<Found<'p>>, Vec<String>), ImportError> {
    let known = || Noun::ALL.map(|noun| noun.file).join(", ");
    let unreadable = |cause| ImportError::Path { path: path.to_owned(), cause };
    if !fs::metadata(path).map_err(unreadable)?.is_dir() {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let known_as = known_as(&name, profile);
        if known_as.is_empty() {
            return Err(ImportError::Unknown { path: path.to_owned(), known: known() });
        }
        let files = known_as.into_iter().map(|names| (path.to_owned(), name.clone(), names));
        return Ok((in_order(files.collect()), Vec::new()));
    }
    let (mut files, mut skipped) = (Vec::new(), Vec::new());
    for entry in fs::read_dir(path).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let kind = entry.file_type().map_err(unreadable)?;
        if name.starts_with('.') || kind.is_dir() {
            continue;
        }
        // Whoever may write into the folder could let a link lead anywhere, or a pipe never end.
        if !kind.is_file() {
            skipped.push(name);
            continue;
        }
        let known_as = known_as(&name, profile);
        if known_as.is_empty() {
            skipped.push(name);
            continue;
        }
        files.extend(known_as.into_iter().map(|names| (entry.path(), name.clone(), names)));
    }
    if files.is_empty() {
        return Err(ImportError::Nothing { path: path.to_owned(), known: known() });
    }
    skipped.sort();
    Ok((in_order(files), skipped))
}

/// In the order in which files refer to each other.
fn in_order(mut files: Vec<Found<'_>>) -> Vec<Found<'_>> {
    let rank = |names: &Headers<'_>| Noun::ALL.iter().position(|other| other.file == names.noun.file);
    files.sort_by(|one, other| (rank(&one.2), &one.1).cmp(&(rank(&other.2), &other.1)));
    files
}
