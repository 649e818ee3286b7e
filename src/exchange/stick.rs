//! USB sticks: which are plugged in, and what lies on them.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;

use crate::store::Store;
use crate::store::backup::{Facts, keep_nightly};

/// Where the backups of a stick are, in a folder of their own.
pub const BACKUPS: &str = "balie-backup";

/// Where files for others go: onto the first stick that is plugged in, for nobody at the desk reaches the data
/// folder; else there. `root` is where sticks are mounted.
pub fn outlet(root: Option<&Path>, data: &Path) -> PathBuf {
    let stick = root.and_then(|root| sticks(root).unwrap_or_default().into_iter().next());
    stick.map_or_else(|| data.join("exports"), |stick| stick.path.join("balie-exports"))
}

/// A stick that can be used now.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Stick {
    /// Its name, as the system calls it.
    pub name: String,
    /// The folder in which it is mounted.
    pub path: PathBuf,
    /// Tells it from another one that gets the same folder later.
    pub device: u64,
}

impl Stick {
    /// The folder for backups on it.
    pub fn backups(&self) -> PathBuf {
        self.path.join(BACKUPS)
    }

    /// Makes the backup of a day on it; the last seven days stay there. That it failed is noted.
    ///
    /// # Errors
    /// Why there is none, in words.
    pub fn keep_backup(
        &self,
        store: &mut Store,
        on: NaiveDate,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<Facts, String> {
        keep_nightly(store, &self.backups(), on, progress).map(|(_, facts)| facts).map_err(|cause| {
            let words = cause.to_string();
            // On a disk that is full this cannot be noted either.
            let _ = store.note_stick_failed(&self.name, &words);
            words
        })
    }

    /// The CSV files that lie openly on it or in its folders, two deep, in the order of their names.
    ///
    /// # Errors
    /// When it cannot be read, for instance because it was pulled.
    pub fn csv_files(&self) -> io::Result<Vec<PathBuf>> {
        let mut found = Vec::new();
        gather(&self.path, 2, &mut found)?;
        found.sort();
        Ok(found)
    }
}

fn gather(folder: &Path, depth: u32, found: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        let hidden = entry.file_name().to_string_lossy().starts_with('.');
        // A link on a stick may lead anywhere.
        let kind = entry.file_type()?;
        if hidden || kind.is_symlink() {
            continue;
        }
        if kind.is_dir() {
            if depth > 0 {
                // A folder that cannot be read hides only itself.
                let _ = gather(&path, depth - 1, found);
            }
        } else if path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv")) {
            found.push(path);
        }
    }
    Ok(())
}

/// The sticks that are mounted under `root` (`/run/media` and the like), directly or in a user's
/// folder. An empty folder that is left of an earlier stick is none: what is written there would lie on
/// the card.
///
/// # Errors
/// When `root` is there and cannot be read.
pub fn sticks(root: &Path) -> io::Result<Vec<Stick>> {
    let own = match fs::metadata(root) {
        Ok(own) => own.dev(),
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(cause) => return Err(cause),
    };
    let mut found = Vec::new();
    for path in folders(root)? {
        match device(&path) {
            Some(device) if device != own => found.push(stick(path, device)),
            Some(_) => {
                for inner in folders(&path).unwrap_or_default() {
                    if let Some(device) = device(&inner).filter(|device| *device != own) {
                        found.push(stick(inner, device));
                    }
                }
            }
            None => {}
        }
    }
    found.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(found)
}

fn stick(path: PathBuf, device: u64) -> Stick {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Stick { name, path, device }
}

fn folders(path: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(path)?.filter_map(Result::ok);
    Ok(entries
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
        .map(|entry| entry.path())
        .collect())
}

fn device(path: &Path) -> Option<u64> {
    fs::metadata(path).ok().map(|folder| folder.dev())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_on_the_card_is_no_stick_and_files_are_found_two_deep() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        assert_eq!(sticks(&root.join("nowhere")).unwrap(), []);
        for inner in ["STICK", "els/STICK", "STICK/a/b/c", "STICK/.hidden"] {
            fs::create_dir_all(root.join(inner)).unwrap();
        }
        assert_eq!(sticks(root).unwrap(), []);
        assert_eq!(outlet(Some(root), Path::new("data")), Path::new("data/exports"));
        for file in
            ["klanten.CSV", "a/visits.csv", "a/b/x.csv", "a/b/c/deep.csv", ".hidden/y.csv", "brief.txt"]
        {
            fs::write(root.join("STICK").join(file), "").unwrap();
        }
        std::os::unix::fs::symlink(root, root.join("STICK/loop")).unwrap();
        let stick = stick(root.join("STICK"), 1);
        let found = stick.csv_files().unwrap();
        let names: Vec<_> =
            found.iter().map(|path| path.strip_prefix(&stick.path).unwrap().to_str().unwrap()).collect();
        assert_eq!(names, ["a/b/x.csv", "a/visits.csv", "klanten.CSV"]);
        // /proc is mounted in every Linux.
        assert!(sticks(Path::new("/")).unwrap().iter().any(|stick| stick.name == "proc"));
        fs::remove_dir_all(&stick.path).unwrap();
        assert!(stick.csv_files().is_err());
    }
}
