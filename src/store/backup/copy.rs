//! Makes a copy while everything runs: a reader's view of one moment, page by page, in small steps.
//! A reader holds up no writer, and a touch on the desk waits behind one small step at most.

use std::fs::{self, File};
use std::path::Path;
use std::time::Duration;

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};
use rustix::fs::Advice;

use super::{BackupError, Facts, beside, check_whole, folder, has_room, header, remove, sync_folder, tell};
use crate::store::{Store, StoreError};

/// Pages of one step: with pages of 4 KiB half a megabyte, which a slow card writes in 50 ms.
const STEP: i32 = 128;
/// Between two steps, so that others get the card.
const PAUSE: Duration = Duration::from_millis(2);

impl Store {
    /// Writes a consistent copy of the whole database to `file`, which must not be there yet or be an
    /// older copy. It is written under another name, checked as it lies on the disk, and gets its name
    /// last: whatever happens before that, what stood there stands. `progress` is told pages done and
    /// pages in all.
    ///
    /// # Errors
    /// [`BackupError`]; then there is no new file.
    pub fn back_up(&self, file: &Path, progress: &mut dyn FnMut(u64, u64)) -> Result<Facts, BackupError> {
        self.refuse_itself(file)?;
        if fs::symlink_metadata(file).is_ok() {
            match header(file) {
                Err(BackupError::Foreign(path)) => return Err(BackupError::Occupied(path)),
                other => other?,
            };
        }
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let part = file.with_file_name(unfinished_name(&name));
        remove(&part);
        let made = self.copy_to(&part, progress).and_then(|facts| {
            fs::rename(&part, file).map_err(BackupError::at(file))?;
            sync_folder(file)?;
            Ok(facts)
        });
        if made.is_err() {
            remove(&part);
        }
        made
    }

    fn refuse_itself(&self, file: &Path) -> Result<(), BackupError> {
        let own = self.connection.path().map(Path::new);
        let same = own.is_some_and(|own| {
            let real = fs::canonicalize(own);
            real.is_ok_and(|real| fs::canonicalize(file).is_ok_and(|file| file == real))
        });
        if same { Err(BackupError::Itself(file.to_owned())) } else { Ok(()) }
    }

    fn copy_to(&self, part: &Path, progress: &mut dyn FnMut(u64, u64)) -> Result<Facts, BackupError> {
        // One moment for the whole copy: without it every change by others would begin it anew.
        let moment = self.connection.unchecked_transaction().map_err(StoreError::from)?;
        let pages: u64 = moment
            .pragma_query_value(None, "page_count", |row| row.get::<_, i64>(0))
            .map_err(StoreError::from)?
            .unsigned_abs();
        let size: u64 = moment
            .pragma_query_value(None, "page_size", |row| row.get::<_, i64>(0))
            .map_err(StoreError::from)?
            .unsigned_abs();
        has_room(folder(part), pages * size)?;
        let at = BackupError::at(part);
        // On a folder that cannot be written SQLite says less.
        let handle = File::create(part).map_err(at)?;
        copy_pages(&moment, part, &handle, progress)?;
        drop(moment);
        handle.sync_all().map_err(at)?;
        // What is checked is what lies on the medium, not what is still in memory.
        let _ = rustix::fs::fadvise(&handle, 0, None, Advice::DontNeed);
        let facts = check_copy(part)?;
        handle.sync_all().map_err(at)?;
        Ok(facts)
    }
}

/// What a copy is called while it is made. Hidden and with an ending of its own: nobody takes it for a
/// backup.
fn unfinished_name(name: &str) -> String {
    format!(".{name}.part")
}

/// What a copy that is still being made will be called.
pub(super) fn finished_name(unfinished: &str) -> Option<&str> {
    unfinished.strip_prefix('.')?.strip_suffix(".part")
}

fn copy_pages(
    from: &Connection,
    part: &Path,
    handle: &File,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<(), BackupError> {
    let of_copy = |cause| BackupError::of_copy(part, cause);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut to = Connection::open_with_flags(part, flags).map_err(of_copy)?;
    // Nothing of a half copy is of use: no journal; and what is written goes to the disk step by step.
    for (name, value) in [("journal_mode", "OFF"), ("synchronous", "OFF"), ("cache_size", "-512")] {
        to.pragma_update(None, name, value).map_err(of_copy)?;
    }
    let backup = Backup::new(from, &mut to).map_err(of_copy)?;
    loop {
        let step = backup.step(STEP).map_err(of_copy)?;
        tell(&backup, progress);
        match step {
            StepResult::Done => return Ok(()),
            StepResult::More => {
                handle.sync_data().map_err(BackupError::at(part))?;
                std::thread::sleep(PAUSE);
            }
            // Nobody else knows the copy, and a reader of the database waits for nobody.
            _ => std::thread::sleep(10 * PAUSE),
        }
    }
}

/// Opens the copy by itself, makes it one file without a log beside it, and goes over all of it.
fn check_copy(part: &Path) -> Result<Facts, BackupError> {
    let of_copy = |cause| BackupError::of_copy(part, cause);
    let connection = Connection::open_with_flags(
        part,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )
    .map_err(of_copy)?;
    connection.pragma_update(None, "cache_size", -2048).map_err(of_copy)?;
    connection.pragma_update(None, "journal_mode", "DELETE").map_err(of_copy)?;
    check_whole(&connection, part)?;
    let store = Store { connection, import_cache: 0, file: None };
    let bytes = fs::metadata(part).map_err(BackupError::at(part))?.len();
    let facts = Facts::of(&store, bytes)?;
    store.connection.close().map_err(|(_, cause)| of_copy(cause))?;
    let _ = fs::remove_file(beside(part, "-journal"));
    Ok(facts)
}
