//! The backups of the nights: one for each day, the last seven of them. An old one goes only when a
//! new one has been checked, so that a night that failed takes nothing away.

use std::fs;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;

use super::copy::finished_name;
use super::{BackupError, Facts, remove};
use crate::store::Store;

/// How many are kept.
pub const KEPT: usize = 7;

/// One backup in the folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The shop's date on which it was made.
    pub on: NaiveDate,
    /// The file.
    pub path: PathBuf,
}

/// The name of a day's backup.
fn name(on: NaiveDate) -> String {
    format!("balie-{on}.db")
}

/// The day of a name, when it is a backup's.
fn day(file: &str) -> Option<NaiveDate> {
    let date = file.strip_prefix("balie-")?.strip_suffix(".db")?;
    date.parse().ok().filter(|on| file == name(*on))
}

/// The nightly backups in a folder, newest first; other files are none of ours.
///
/// # Errors
/// When the folder cannot be read; one that is not there has none.
pub fn kept(folder: &Path) -> Result<Vec<Kept>, BackupError> {
    let mut kept: Vec<Kept> = files(folder)?
        .into_iter()
        .filter_map(|path| Some(Kept { on: day(path.file_name()?.to_str()?)?, path }))
        .collect();
    kept.sort_by_key(|kept| std::cmp::Reverse(kept.on));
    Ok(kept)
}

/// All that is in a folder.
fn files(folder: &Path) -> Result<Vec<PathBuf>, BackupError> {
    let at = BackupError::at(folder);
    match fs::read_dir(folder) {
        Ok(entries) => entries.map(|entry| entry.map(|entry| entry.path()).map_err(at)).collect(),
        Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(cause) => Err(at(cause)),
    }
}

/// What a stick that was pulled and a machine that was switched off left half done, on whichever day:
/// nobody else would ever remove it.
fn remove_unfinished(folder: &Path) -> Result<(), BackupError> {
    for path in files(folder)? {
        let file = path.file_name().and_then(|name| name.to_str());
        if file.and_then(finished_name).and_then(day).is_some() {
            remove(&path);
        }
    }
    Ok(())
}

/// Makes the backup of a day in `folder`, which is made when it is not there, and removes the oldest
/// beyond [`KEPT`]. A second one on the same day takes the first one's place.
///
/// # Errors
/// [`BackupError`]; then every older backup is still there.
pub fn keep_nightly(
    store: &Store,
    folder: &Path,
    on: NaiveDate,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<(PathBuf, Facts), BackupError> {
    fs::create_dir_all(folder).map_err(BackupError::at(folder))?;
    remove_unfinished(folder)?;
    let path = folder.join(name(on));
    let facts = store.back_up(&path, progress)?;
    // Those of days to come were made by a clock that was wrong; they count as old.
    let (past, ahead): (Vec<_>, Vec<_>) = kept(folder)?.into_iter().partition(|kept| kept.on <= on);
    for old in past.into_iter().chain(ahead).skip(KEPT) {
        if let Err(cause) = fs::remove_file(&old.path) {
            tracing::warn!(%cause, "an old backup cannot be removed");
        }
    }
    Ok((path, facts))
}
