//! Puts a copy back, also while the desk and the collector run: they see it as they see any other
//! program's change, and a plug that is pulled halfway leaves the present database as it was.
//!
//! The copy is first taken over into the data folder, where a stick can no longer be pulled, and made
//! ready there: checked, brought up to date, and told what has happened since it was made. Then the
//! present database is kept aside, and all pages are written over it in one transaction.

use std::collections::HashMap;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags, OptionalExtension, params};

use super::{BackupError, Facts, beside, check_whole, folder, has_room, look, remove, sync_folder, tell};
use crate::domain::ids::CustomerId;
use crate::store::erasure::{Erased, Trait};
use crate::store::history::{Actor, Change, instant, record};
use crate::store::{Store, StoreError, collection};

/// How often the present database is copied aside while others go on saving.
const PATIENT: u32 = 5;
/// How often and how long another program's write is waited for.
const TRIES: u32 = 100;
const WAIT: Duration = Duration::from_millis(100);

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// Where the database of before is; none when there was none.
    pub aside: Option<PathBuf>,
    /// What the database holds now.
    pub facts: Facts,
    /// Messages of which nobody knows whether they have left since the copy was made.
    pub unknown_messages: u64,
    /// Persons who were forgotten since the copy was made, and are forgotten again.
    pub erased: u64,
    /// The old file was no database any more and was replaced: who has it open opens the new one.
    pub replaced: bool,
}

/// Puts `file` in the place of `database`. What was there is kept in `aside`, a file that must not be
/// there yet. `actor` is who does it; `progress` is told pages done and pages in all.
///
/// # Errors
/// [`BackupError`]; then the present database is as it was.
pub fn restore(
    database: &Path,
    file: &Path,
    aside: &Path,
    actor: Actor,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Restored, BackupError> {
    if fs::canonicalize(file).is_ok_and(|file| fs::canonicalize(database).is_ok_and(|own| own == file)) {
        return Err(BackupError::Itself(file.to_owned()));
    }
    look(file)?;
    let _only_one = lock(database)?;
    put_back(database, file, aside, actor, progress)
}

/// As [`restore`], by whoever holds the lock.
pub(super) fn put_back(
    database: &Path,
    file: &Path,
    aside: &Path,
    actor: Actor,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Restored, BackupError> {
    let staged = beside(database, ".restore");
    remove(&staged);
    let done = Staged { path: &staged, database, aside }.put_back(file, actor, progress);
    remove(&staged);
    done
}

/// Two at once would write over each other's copy. The lock goes with the process.
pub(super) fn lock(database: &Path) -> Result<File, BackupError> {
    let path = beside(database, ".restore.lock");
    let at = BackupError::at(&path);
    fs::create_dir_all(folder(database)).map_err(BackupError::at(folder(database)))?;
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path).map_err(at)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(BackupError::Restoring(folder(database).to_owned())),
        Err(TryLockError::Error(cause)) => Err(at(cause)),
    }
}

/// A copy on its way into the database.
struct Staged<'a> {
    path: &'a Path,
    database: &'a Path,
    aside: &'a Path,
}

impl Staged<'_> {
    fn put_back(
        &self,
        file: &Path,
        actor: Actor,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<Restored, BackupError> {
        let bytes = fs::metadata(file).map_err(BackupError::at(file))?.len();
        let present = fs::metadata(self.database).map_or(0, |present| present.len());
        // The copy, its pages on their way into the log of the database, and the old database aside.
        has_room(folder(self.database), 2 * bytes + present)?;
        self.take_over(file)?;
        let mut copy = self.opened(file)?;
        let live = self.live()?;
        let since = live.as_ref().and_then(|live| Since::read(live, &copy).ok()).unwrap_or_default();
        let (unknown_messages, erased) = since.tell(&mut copy, actor)?;
        let facts = Facts::of(&copy, bytes)?;
        copy.connection.pragma_update(None, "journal_mode", "DELETE").map_err(StoreError::from)?;
        let mut restored =
            Restored { aside: Some(self.aside.to_owned()), facts, unknown_messages, erased, replaced: false };
        let written = match live {
            Some(live) => self.write_over(live, &copy, progress)?,
            None => false,
        };
        if !written {
            copy.connection.close().map_err(|(_, cause)| BackupError::of_copy(self.path, cause))?;
            restored.replaced = self.replace()?;
            restored.aside = restored.aside.filter(|_| restored.replaced);
        }
        Ok(restored)
    }

    /// Copies the file, and its log where somebody copied both.
    fn take_over(&self, file: &Path) -> Result<(), BackupError> {
        for ending in ["-wal", ""] {
            let from = beside(file, ending);
            if ending.is_empty() || from.exists() {
                let to = beside(self.path, ending);
                let mut input = File::open(&from).map_err(BackupError::at(&from))?;
                let mut output = File::create(&to).map_err(BackupError::at(&to))?;
                io::copy(&mut input, &mut output).map_err(BackupError::at(&from))?;
                output.sync_all().map_err(BackupError::at(&to))?;
            }
        }
        Ok(())
    }

    /// Opens what was taken over, checks it as it is, then brings its tables up to date.
    fn opened(&self, file: &Path) -> Result<Store, BackupError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let plain = Connection::open_with_flags(self.path, flags)
            .map_err(|cause| BackupError::of_copy(file, cause))?;
        check_whole(&plain, file)?;
        plain.close().map_err(|(_, cause)| BackupError::of_copy(file, cause))?;
        Store::open(self.path).map_err(|cause| match cause {
            StoreError::Strange(why) => BackupError::Unsound { path: file.to_owned(), why },
            other => BackupError::of_copy(file, other),
        })
    }

    /// The present database, if it still is one.
    fn live(&self) -> Result<Option<Store>, BackupError> {
        if !self.database.exists() {
            return Ok(None);
        }
        match Store::open(self.database) {
            Ok(store) => Ok(Some(store)),
            Err(StoreError::Damaged(_)) => Ok(None),
            Err(other) => Err(other.into()),
        }
    }

    /// Keeps the present database aside and writes the copy over it, in one transaction. `false`: it is
    /// too damaged for that.
    fn write_over(
        &self,
        live: Store,
        copy: &Store,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<bool, BackupError> {
        let mut target = match Store::open(self.database) {
            Ok(target) => target.connection,
            Err(StoreError::Damaged(_)) => return Ok(false),
            Err(other) => return Err(other.into()),
        };
        same_pages(copy, &live)?;
        for attempt in 0..=PATIENT {
            let backup = Backup::new(&copy.connection, &mut target).map_err(StoreError::from)?;
            // Where somebody saves again and again they wait at last: the first step takes the write lock.
            let firm = attempt == PATIENT;
            if firm {
                step(&backup, 1)?;
            }
            let before = live.data_version()?;
            let _ = fs::remove_file(self.aside);
            match live.back_up(self.aside, &mut |_, _| {}) {
                Ok(_) => {}
                Err(BackupError::Unsound { .. } | BackupError::Store(StoreError::Damaged(_))) => {
                    return Ok(false);
                }
                Err(other) => return Err(other),
            }
            // What somebody saved since the copy aside was made would be in neither.
            if !firm {
                step(&backup, 1)?;
                if live.data_version()? != before {
                    continue;
                }
            }
            loop {
                tell(&backup, progress);
                if step(&backup, 2048)? {
                    break;
                }
            }
            drop(backup);
            drop(live);
            // Only for the room: whoever writes next would do it.
            let _ = target.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
            return Ok(true);
        }
        Err(StoreError::Busy.into())
    }

    /// Puts the copy in the place of a file that is no database any more, or that is not there. The old
    /// file and its log are kept. `true`: there was one.
    fn replace(&self) -> Result<bool, BackupError> {
        let was = self.database.exists();
        if was {
            let _ = fs::remove_file(self.aside);
            fs::hard_link(self.database, self.aside)
                .or_else(|_| fs::copy(self.database, self.aside).map(|_| ()))
                .map_err(BackupError::at(self.aside))?;
        }
        // An old log must never stand beside a new database.
        let log = beside(self.database, "-wal");
        if log.exists() {
            fs::rename(&log, beside(self.aside, "-wal")).map_err(BackupError::at(&log))?;
        }
        let _ = fs::remove_file(beside(self.database, "-shm"));
        fs::rename(self.path, self.database).map_err(BackupError::at(self.database))?;
        sync_folder(self.database)?;
        Ok(was)
    }
}

/// One step that waits for others; `true`: it was the last.
fn step(backup: &Backup<'_, '_>, pages: i32) -> Result<bool, BackupError> {
    for _ in 0..TRIES {
        match backup.step(pages).map_err(StoreError::from)? {
            StepResult::Done => return Ok(true),
            StepResult::More => return Ok(false),
            _ => std::thread::sleep(WAIT),
        }
    }
    Err(StoreError::Busy.into())
}

/// A database with a log takes only pages of its own size.
fn same_pages(copy: &Store, live: &Store) -> Result<(), BackupError> {
    let size = |store: &Store| -> Result<i64, StoreError> {
        Ok(store.connection.pragma_query_value(None, "page_size", |row| row.get(0))?)
    };
    let wanted = size(live)?;
    if size(copy)? != wanted {
        copy.connection.pragma_update(None, "page_size", wanted).map_err(StoreError::from)?;
        copy.connection.execute_batch("VACUUM").map_err(StoreError::from)?;
    }
    Ok(())
}

/// What the present database knows that an old copy cannot know.
#[derive(Default)]
struct Since {
    /// State, sending time, attempts, reference and answer of each message, by number and writing time.
    messages: HashMap<(i64, String), Sent>,
    /// Who was forgotten.
    erased: Vec<i64>,
}

type Sent = (String, Option<String>, i64, Option<String>, Option<String>);

impl Since {
    fn read(live: &Store, copy: &Store) -> Result<Self, StoreError> {
        let mut since = Self::default();
        let mut find = live
            .connection
            .prepare("SELECT id, written_at, state, sent_at, attempts, reference, answer FROM message")?;
        let mut rows = find.query([])?;
        while let Some(row) = rows.next()? {
            let sent = (row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?, row.get(6)?);
            since.messages.insert((row.get(0)?, row.get(1)?), sent);
        }
        let prints = Erased::read(&live.connection)?;
        let mut find = live.connection.prepare("SELECT id FROM customer WHERE erased_at IS NOT NULL")?;
        let mut rows = find.query([])?;
        while let Some(row) = rows.next()? {
            let id: i64 = row.get(0)?;
            let code: Option<String> = copy
                .connection
                .query_row("SELECT code FROM customer WHERE id = ?1 AND erased_at IS NULL", [id], |row| {
                    row.get(0)
                })
                .optional()?;
            // The copy may be another shop's: the same number is not yet the same person.
            if let Some(code) = code
                && prints.find(&live.connection, Trait::Code(&code))? == Some(id)
            {
                since.erased.push(id);
            }
        }
        Ok(since)
    }

    /// Tells the copy: a message that has left does not leave again, and who was forgotten stays so.
    fn tell(&self, copy: &mut Store, actor: Actor) -> Result<(u64, u64), StoreError> {
        let unknown = self.messages(copy, actor)?;
        for id in &self.erased {
            copy.erase_customer(CustomerId(*id), actor.at.date_naive(), actor)?;
        }
        Ok((unknown, self.erased.len() as u64))
    }

    fn messages(&self, copy: &mut Store, actor: Actor) -> Result<u64, StoreError> {
        let write = copy.write()?;
        let open = write
            .prepare("SELECT id, written_at FROM message WHERE state IN ('queued', 'sending')")?
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<Result<Vec<(i64, String)>, _>>()?;
        let mut unknown = 0;
        for message in open {
            match self.messages.get(&message) {
                Some((state, sent_at, attempts, reference, answer)) => write.execute(
                    "UPDATE message SET state = ?2, sent_at = ?3, attempts = ?4, reference = ?5, answer = ?6
                      WHERE id = ?1",
                    params![message.0, state, sent_at, attempts, reference, answer],
                )?,
                None => {
                    unknown += 1;
                    write.execute("UPDATE message SET state = 'unknown' WHERE id = ?1", [message.0])?
                }
            };
        }
        let at = instant(actor.at);
        let line = Change { noun: "database", action: "restored", after: Some(&at), ..Change::default() };
        record(&write, actor, &line)?;
        collection::request(&write)?;
        write.commit()?;
        Ok(unknown)
    }
}
