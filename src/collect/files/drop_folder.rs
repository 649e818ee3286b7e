//! The folder into which the shop's own system drops its files (APP-05). A file is taken when it is
//! complete, is imported as `balie import` does it, and goes to `done/` or `failed/` with a report.
//!
//! On its way it lies in `.work/`: whoever writes a new one meanwhile writes beside it. A plug that is
//! pulled leaves it there, and it is taken in again, which changes nothing twice.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use chrono::{DateTime, Utc};

use crate::exchange::profile::Profile;
use crate::exchange::{FileReport, ImportError, ImportOptions, ImportReport, import_mapped};
use crate::store::Store;

/// A file that never comes to rest does not hold up the others for longer than this.
const PATIENCE: Duration = Duration::from_secs(10 * 60);
/// After the database refused.
const RETRY: Duration = Duration::from_secs(30);
/// So many batches stay in `done/`.
const BATCHES: usize = 30;
/// Endings of files that a program is still writing.
const PARTIAL: [&str; 8] = [".part", ".partial", ".filepart", ".tmp", ".temp", ".crdownload", ".swp", "~"];
/// `customers.csv.ok` says that `customers.csv` is complete.
const MARK: &str = ".ok";
const WORK: &str = ".work";
const REPORT: &str = "report.txt";

/// The folder as it was seen.
#[derive(Debug)]
pub struct DropFolder {
    folder: PathBuf,
    rejects: PathBuf,
    quiet: Duration,
    /// Size and time of change of each file, and since when they are so.
    seen: HashMap<String, (Stamp, Duration)>,
    not_before: Duration,
    /// Complete now.
    ready: Vec<String>,
}

type Stamp = (u64, Option<SystemTime>);

/// What came of a batch.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Taken {
    /// Files that were looked at.
    pub files: usize,
    /// Rows that are new.
    pub added: u64,
    /// Rows that changed.
    pub changed: u64,
    /// Rows that could not go in.
    pub rejected: u64,
    /// Files that could not go in.
    pub failed: usize,
}

/// Why a batch was not taken. Its files are where they can be taken again.
#[derive(Debug, thiserror::Error)]
pub enum DropError {
    /// The folder does not do what was asked.
    #[error("{path}: {cause}; check the drop folder and the rights on it")]
    Folder {
        /// The folder or file.
        path: PathBuf,
        /// The system's words.
        cause: io::Error,
    },
    /// The import ended early.
    #[error("what was dropped waits: {0}")]
    Import(#[from] ImportError),
}

fn at(path: &Path) -> impl Fn(io::Error) -> DropError + Copy + use<'_> {
    |cause| DropError::Folder { path: path.to_owned(), cause }
}

impl DropFolder {
    /// A folder that is watched; a file is complete when it has not changed for `quiet`, or when a file
    /// of its name with `.ok` behind it says so.
    pub fn new(folder: PathBuf, rejects: PathBuf, quiet: Duration) -> Self {
        Self { folder, rejects, quiet, seen: HashMap::new(), not_before: Duration::ZERO, ready: Vec::new() }
    }

    /// Looks at the folder; `true`: there is a batch to take. Files of one export refer to each other,
    /// so all are waited for. `now` is the time since some beginning.
    ///
    /// # Errors
    /// When the folder is there and cannot be read.
    pub fn is_ready(&mut self, now: Duration) -> Result<bool, DropError> {
        let here = self.list(&self.folder)?;
        let marks: Vec<&str> = here.iter().filter_map(|(name, _)| name.strip_suffix(MARK)).collect();
        let mut seen = HashMap::new();
        self.ready.clear();
        let (mut restless, mut longest) = (false, Duration::ZERO);
        for (name, stamp) in here.iter().filter(|(name, _)| !name.ends_with(MARK)) {
            let since =
                self.seen.get(name).filter(|(last, _)| last == stamp).map_or(now, |(_, since)| *since);
            seen.insert(name.clone(), (*stamp, since));
            if marks.contains(&name.as_str()) || now.saturating_sub(since) >= self.quiet {
                self.ready.push(name.clone());
                longest = longest.max(now.saturating_sub(since));
            } else {
                restless = true;
            }
        }
        self.seen = seen;
        let left = !self.list(&self.folder.join(WORK))?.is_empty();
        let whole = !self.ready.is_empty() && (!restless || longest >= PATIENCE);
        if !whole {
            self.ready.clear();
        }
        Ok((whole || left) && now >= self.not_before)
    }

    /// Files that may be taken, with size and time of change; a folder that is not there has none.
    fn list(&self, folder: &Path) -> Result<Vec<(String, Stamp)>, DropError> {
        let entries = match fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(cause) => return Err(at(folder)(cause)),
        };
        let mut found = Vec::new();
        for entry in entries {
            let entry = entry.map_err(at(folder))?;
            let Ok(name) = entry.file_name().into_string() else { continue };
            let lower = name.to_lowercase();
            let partial = PARTIAL.iter().any(|ending| lower.ends_with(ending));
            // A file may go between the look at the folder and the one at the file.
            let Ok(about) = entry.metadata() else { continue };
            if about.is_file() && !partial && !name.starts_with(['.', '~']) {
                found.push((name, (about.len(), about.modified().ok())));
            }
        }
        Ok(found)
    }

    /// Takes what [`DropFolder::is_ready`] found. `name` is that of the batch, from date and time.
    ///
    /// # Errors
    /// [`DropError`]; what was not taken in is tried again.
    pub fn take(
        &mut self,
        store: &mut Store,
        at_instant: DateTime<Utc>,
        name: &str,
        now: Duration,
    ) -> Result<Taken, DropError> {
        self.not_before = now + RETRY;
        let work = self.folder.join(WORK);
        fs::create_dir_all(&work).map_err(at(&work))?;
        for file in std::mem::take(&mut self.ready) {
            let (from, to) = (self.folder.join(&file), work.join(&file));
            // One of that name is still on its way: this one comes after it.
            if !to.exists() {
                fs::rename(&from, &to).map_err(at(&from))?;
                let _ = fs::remove_file(self.folder.join(file + MARK));
            }
        }
        let options = ImportOptions {
            dry_run: false,
            strict: false,
            rejects_dir: &self.rejects,
            now: at_instant,
            progress: &mut |_| {},
        };
        let profile = Profile::learned(store);
        let report = match import_mapped(store, &work, options, &profile) {
            Ok(report) => report,
            Err(ImportError::Nothing { .. }) => {
                let skipped = self.list(&work)?.into_iter().map(|(name, _)| name).collect();
                ImportReport { skipped, ..ImportReport::default() }
            }
            Err(other) => return Err(other.into()),
        };
        let taken = self.put_away(&report, name)?;
        self.not_before = now;
        Ok(taken)
    }

    /// Moves each file to where it belongs, with a report beside it.
    fn put_away(&self, report: &ImportReport, name: &str) -> Result<Taken, DropError> {
        let mut taken = Taken::default();
        let (mut done, mut failed, mut unsettled) = (Vec::new(), Vec::new(), Vec::new());
        let (mut done_words, mut failed_words) = (String::new(), String::new());
        for file in &report.files {
            taken.files += 1;
            (taken.added, taken.changed) = (taken.added + file.added, taken.changed + file.changed);
            taken.rejected += file.rejected;
            match &file.problem {
                // Whoever writes it has not ended: it stays and is read again.
                Some(_) if file.unsettled => unsettled.push(file.file.as_str()),
                Some(problem) => {
                    taken.failed += 1;
                    failed.push(file.file.as_str());
                    failed_words.push_str(&format!("{}: {problem}\n", file.title()));
                }
                None => {
                    done.push(file.file.as_str());
                    done_words.push_str(&line(file));
                }
            }
        }
        for file in &report.skipped {
            taken.files += 1;
            taken.failed += 1;
            failed.push(file);
            failed_words.push_str(&format!(
                "{file}: Balie does not know this file; name it as README.md says, or import it once with `balie import FILE --profile NAME`\n"
            ));
        }
        // One file may be two of ours: it went in when both did.
        done.retain(|file| !failed.contains(file) && !unsettled.contains(file));
        for files in [&mut done, &mut failed] {
            files.sort_unstable();
            files.dedup();
        }
        self.put("done", name, &done, &done_words)?;
        self.put("failed", name, &failed, &failed_words)?;
        self.prune();
        Ok(taken)
    }

    fn put(&self, place: &str, name: &str, files: &[&str], words: &str) -> Result<(), DropError> {
        if files.is_empty() {
            return Ok(());
        }
        let place = self.folder.join(place);
        let mut batch = place.join(name);
        for number in 2.. {
            if !batch.exists() {
                break;
            }
            batch = place.join(format!("{name}-{number}"));
        }
        fs::create_dir_all(&batch).map_err(at(&batch))?;
        let report = batch.join(REPORT);
        let write = || {
            let mut file = File::create(&report)?;
            file.write_all(words.as_bytes())?;
            file.sync_all()
        };
        write().map_err(at(&report))?;
        for file in files {
            let from = self.folder.join(WORK).join(file);
            fs::rename(&from, batch.join(file)).map_err(at(&from))?;
        }
        File::open(&batch).and_then(|batch| batch.sync_all()).map_err(at(&batch))
    }

    /// The oldest batches of `done/` go: they are in the database.
    fn prune(&self) {
        let Ok(entries) = fs::read_dir(self.folder.join("done")) else { return };
        let mut batches: Vec<_> = entries.filter_map(Result::ok).map(|entry| entry.path()).collect();
        batches.sort();
        let old = batches.len().saturating_sub(BATCHES);
        for batch in batches.iter().take(old).filter(|batch| batch.join(REPORT).exists()) {
            if let Err(cause) = fs::remove_dir_all(batch) {
                tracing::warn!(%cause, "an old batch of the drop folder cannot be removed");
            }
        }
    }
}

/// What a report says of a file that went in.
fn line(file: &FileReport) -> String {
    let FileReport { file: name, added, changed, unchanged, rejected, .. } = file;
    let title = file.title();
    let mut words =
        format!("{title}: {added} added, {changed} changed, {unchanged} unchanged, {rejected} rejected\n");
    for wrong in file.lines() {
        words.push_str(&format!("{wrong}\n"));
    }
    for column in &file.ignored_columns {
        words.push_str(&format!("{name}: column '{column}' is not known; ignored\n"));
    }
    if let Some(rejects) = &file.rejects_file {
        words.push_str(&format!("{name}: the rejected rows are in {}\n", rejects.display()));
    }
    words
}
