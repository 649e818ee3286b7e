//! Copies of the database that can be trusted (APP-04): made while everything runs, checked before
//! they get their name, and put back in one piece.
//!
//! `copy` makes one, `restore` puts one back, `keep` holds the last seven of the nights, and
//! `heal` does so by itself where the database is damaged, and `state` remembers how the last one went. Here is what
//! they share: how a file is recognised.

mod copy;
mod heal;
mod keep;
mod restore;
mod state;

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use chrono::{DateTime, NaiveDateTime, Utc};
use rusqlite::Connection;
use rusqlite::backup::Backup;

pub use heal::{Healed, heal};
pub use keep::{KEPT, Kept, keep_nightly, kept};
pub use restore::{Restored, restore};
pub use state::BackupState;

use super::{APPLICATION_ID, MIGRATIONS, Store, StoreError, sound};

/// Why there is no copy, or why it was not put back. The present database has not changed.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// A file or folder does not do what was asked.
    #[error(
        "{path}: {cause}; check that it is there, that there is room, and that this user may write in it"
    )]
    Files {
        /// The file or folder.
        path: PathBuf,
        /// The system's words.
        cause: io::Error,
    },
    /// There is less room than it takes.
    #[error("{path} has {free} MB free, and {needed} MB are needed; make room and try again")]
    NoRoom {
        /// The folder.
        path: PathBuf,
        /// Megabytes that are free.
        free: u64,
        /// Megabytes that are needed.
        needed: u64,
    },
    /// What stands under the name is something else, which would be lost.
    #[error("{0} is there already and is no backup of Balie; choose another name")]
    Occupied(PathBuf),
    /// The file is the database itself.
    #[error("{0} is Balie's own database; name another file")]
    Itself(PathBuf),
    /// There is no such file.
    #[error("there is no file {0}; look for the backups with `ls`, they end in .db")]
    Absent(PathBuf),
    /// Some other program's file.
    #[error("{0} is not a backup of Balie; nothing was changed")]
    Foreign(PathBuf),
    /// A newer Balie made it.
    #[error(
        "{path} was made by a newer Balie (version {version} of the tables, this program knows {newest}); update this program first"
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// The version of its tables.
        version: i32,
        /// The newest version this program knows.
        newest: i32,
    },
    /// The file is cut off or damaged.
    #[error("{path} is damaged ({why}); take another backup. Nothing was changed")]
    Unsound {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// Another restore is going on.
    #[error("another restore is going on in {0}; wait until it has ended")]
    Restoring(PathBuf),
    /// The database is damaged, and there is nothing to put in its place.
    #[error(
        "the database is damaged, and no backup in {0} is whole; put one from a stick back: balie restore FILE"
    )]
    NoneWhole(PathBuf),
    /// The database does not do what was asked.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl BackupError {
    /// For `map_err` on what is done with a file.
    fn at(path: &Path) -> impl Fn(io::Error) -> Self + Copy + use<'_> {
        move |cause| match cause.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::FileTooLarge => {
                Self::Files { path: path.to_owned(), cause: io::Error::other("the disk is full") }
            }
            _ => Self::Files { path: path.to_owned(), cause },
        }
    }

    /// What SQLite says of a copy: damage is the copy's, not the database's.
    fn of_copy(path: &Path, cause: impl Into<StoreError>) -> Self {
        match cause.into() {
            StoreError::Damaged(why) => Self::Unsound { path: path.to_owned(), why },
            StoreError::Full => Self::at(path)(io::Error::other("the disk is full")),
            StoreError::Sqlite(cause) => Self::at(path)(io::Error::other(cause)),
            other => Self::Store(other),
        }
    }
}

/// What is known of a copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// Its size in bytes.
    pub bytes: u64,
    /// The last change in it, an instant in UTC.
    pub newest: Option<DateTime<Utc>>,
    /// How many customers it has.
    pub customers: u64,
    /// How many vehicles.
    pub vehicles: u64,
    /// How many tasks, in whatever state.
    pub tasks: u64,
}

impl Facts {
    fn of(store: &Store, bytes: u64) -> Result<Self, StoreError> {
        let count = |table: &str| -> Result<u64, StoreError> {
            let rows: i64 =
                store.connection.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0))?;
            Ok(rows.unsigned_abs())
        };
        Ok(Self {
            bytes,
            newest: store.newest_instant()?,
            customers: count("customer")?,
            vehicles: count("vehicle")?,
            tasks: count("task")?,
        })
    }
}

/// The first bytes of a SQLite file (https://www.sqlite.org/fileformat.html, 1.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Header {
    version: i32,
    /// Bytes that the file should have.
    whole: u64,
}

/// Reads the header without opening the file as a database, which would make files beside it.
fn header(path: &Path) -> Result<Header, BackupError> {
    let at = BackupError::at(path);
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => {
            return Err(BackupError::Absent(path.to_owned()));
        }
        Err(cause) => return Err(at(cause)),
    };
    if file.metadata().map_err(at)?.is_dir() {
        return Err(at(io::Error::other("is a folder, not a file")));
    }
    let mut bytes = Vec::with_capacity(100);
    file.by_ref().take(100).read_to_end(&mut bytes).map_err(at)?;
    let number = |from: usize, length: usize| {
        bytes.get(from..from + length)?.iter().try_fold(0_u32, |sum, byte| Some(sum << 8 | u32::from(*byte)))
    };
    let foreign = || BackupError::Foreign(path.to_owned());
    if !bytes.starts_with(b"SQLite format 3\0") {
        return Err(foreign());
    }
    let fields = (number(16, 2), number(28, 4), number(60, 4), number(68, 4));
    let (Some(page), Some(pages), Some(version), Some(application)) = fields else { return Err(foreign()) };
    if application != APPLICATION_ID.unsigned_abs() {
        return Err(foreign());
    }
    // 1 stands for 65,536.
    let page = if page == 1 { 65_536 } else { u64::from(page) };
    Ok(Header { version: version.cast_signed(), whole: page * u64::from(pages) })
}

/// Whether a file is a copy that this program can put back, as far as its header tells.
fn look(path: &Path) -> Result<Header, BackupError> {
    let found = header(path)?;
    let newest = i32::try_from(MIGRATIONS.len()).unwrap_or(i32::MAX);
    if found.version > newest {
        return Err(BackupError::Newer { path: path.to_owned(), version: found.version, newest });
    }
    let bytes = std::fs::metadata(path).map_err(BackupError::at(path))?.len();
    if bytes < found.whole {
        let why = format!("it is cut off: {bytes} of {} bytes", found.whole);
        return Err(BackupError::Unsound { path: path.to_owned(), why });
    }
    Ok(found)
}

/// Where the present database goes when a copy takes its place: a name with date and time of the shop.
pub fn set_aside(folder: &Path, local: NaiveDateTime) -> PathBuf {
    folder.join(format!("before-restore-{}.db", local.format("%Y-%m-%d-%H%M%S")))
}

/// Goes over every page and index of an open file.
fn check_whole(connection: &Connection, path: &Path) -> Result<(), BackupError> {
    sound(connection, "integrity_check").map_err(|cause| BackupError::of_copy(path, cause))
}

/// Tells how far a copy is: pages done, and pages in all.
fn tell(backup: &Backup<'_, '_>, progress: &mut dyn FnMut(u64, u64)) {
    let now = backup.progress();
    let all = u64::from(now.pagecount.unsigned_abs());
    progress(all - u64::from(now.remaining.unsigned_abs()).min(all), all);
}

/// The folder of a file; the present one for a bare name.
fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    }
}

/// Says no when a folder has less room than `bytes` and a little over.
fn has_room(folder: &Path, bytes: u64) -> Result<(), BackupError> {
    const MEGA: u64 = 1024 * 1024;
    let disk = rustix::fs::statvfs(folder).map_err(|cause| BackupError::at(folder)(cause.into()))?;
    let free = disk.f_bavail.saturating_mul(disk.f_frsize);
    let needed = bytes + 4 * MEGA;
    if free < needed {
        let path = folder.to_owned();
        return Err(BackupError::NoRoom { path, free: free / MEGA, needed: needed.div_ceil(MEGA) });
    }
    Ok(())
}

/// Makes a rename or a new name last.
fn sync_folder(path: &Path) -> Result<(), BackupError> {
    let folder = folder(path);
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(BackupError::at(folder))
}

/// A file's name with something behind it.
fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.to_owned().into_os_string();
    name.push(ending);
    PathBuf::from(name)
}

/// Removes a database file and what SQLite puts beside it; what is not there is fine.
fn remove(path: &Path) {
    for ending in ["", "-wal", "-shm", "-journal"] {
        let _ = std::fs::remove_file(beside(path, ending));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_tells_what_a_file_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("balie.db");
        let words = |path: &Path| look(path).unwrap_err().to_string();
        assert!(words(&path).contains("there is no file"));
        assert!(words(folder.path()).contains("is a folder"));
        std::fs::write(&path, "").unwrap();
        assert!(words(&path).contains("not a backup of Balie"));
        std::fs::write(&path, "SQLite format 3\0 and then nothing").unwrap();
        assert!(words(&path).contains("not a backup of Balie"));
        drop(Store::open(&beside(&path, "2")).unwrap());
        let whole = std::fs::read(beside(&path, "2")).unwrap();
        assert_eq!(look(&beside(&path, "2")).unwrap().whole, whole.len() as u64);
        std::fs::write(&path, &whole[..whole.len() - 1]).unwrap();
        assert!(words(&path).contains("cut off"));
        let mut newer = whole.clone();
        newer[63] = 99;
        std::fs::write(&path, &newer).unwrap();
        assert!(words(&path).contains("newer Balie (version 99"));
        let mut foreign = whole;
        foreign[68] = 1;
        std::fs::write(&path, &foreign).unwrap();
        assert!(words(&path).contains("not a backup of Balie"));
    }
}
