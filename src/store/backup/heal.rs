//! A damaged database is put back by itself, from the newest backup of the nights that is whole (fault
//! table, row 2). The damaged file is kept. A disk that is full and a database that is busy are no damage.

use std::path::{Path, PathBuf};

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use rusqlite::OptionalExtension;

use super::restore::{lock, put_back};
use super::{BackupError, Restored, kept, look, set_aside};
use crate::store::history::{Actor, Change, record};
use crate::store::{Store, StoreError};

/// A database that was put back by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Healed {
    /// When, an instant in UTC.
    pub at: DateTime<Utc>,
    /// The shop's date on which the copy was made.
    pub copy_of: NaiveDate,
    /// Where the damaged file is kept.
    pub aside: PathBuf,
}

/// Puts the newest whole backup of `backups` in the place of `database`, if that is damaged: `None` when
/// it is whole, perhaps because another program was quicker. `local` is the shop's date and time.
///
/// # Errors
/// [`BackupError`]; then the database is as it was.
pub fn heal(
    database: &Path,
    backups: &Path,
    actor: Actor,
    local: NaiveDateTime,
) -> Result<Option<Healed>, BackupError> {
    // From here on nobody else puts a copy back.
    let _only_one = lock(database)?;
    if !database.exists() || !is_damaged(database)? {
        return Ok(None);
    }
    let aside = set_aside(backups, local);
    for copy in kept(backups)? {
        let put =
            look(&copy.path).and_then(|_| put_back(database, &copy.path, &aside, actor, &mut |_, _| {}));
        match put {
            Ok(Restored { aside: kept, .. }) => {
                let healed = Healed { at: actor.at, copy_of: copy.on, aside: kept.unwrap_or(aside) };
                Store::open(database)?.note_healed(actor, &healed)?;
                tracing::error!(
                    copy_of = %healed.copy_of,
                    damaged = %healed.aside.display(),
                    "the database was damaged; the last good backup has taken its place"
                );
                return Ok(Some(healed));
            }
            // The next older one may do.
            Err(
                cause @ (BackupError::Unsound { .. }
                | BackupError::Foreign(_)
                | BackupError::Newer { .. }
                | BackupError::Absent(_)),
            ) => tracing::warn!(%cause, "this backup cannot take the place of the damaged database"),
            Err(other) => return Err(other),
        }
    }
    Err(BackupError::NoneWhole(backups.to_owned()))
}

/// Whether it is the file itself; what else is in the way is an error and no reason to replace it.
fn is_damaged(database: &Path) -> Result<bool, StoreError> {
    match Store::open(database).and_then(|store| store.check_all()) {
        Ok(()) => Ok(false),
        Err(cause) if cause.is_damage() => Ok(true),
        Err(other) => Err(other),
    }
}

impl Store {
    fn note_healed(&mut self, actor: Actor, healed: &Healed) -> Result<(), StoreError> {
        let (copy, aside) = (healed.copy_of.to_string(), healed.aside.display().to_string());
        let line = Change {
            noun: "database",
            action: "healed",
            before: Some(&aside),
            after: Some(&copy),
            ..Change::default()
        };
        let write = self.write()?;
        record(&write, actor, &line)?;
        Ok(write.commit()?)
    }

    /// When the database was last put back by itself, and from which copy; `None`: never.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn healed(&self) -> Result<Option<Healed>, StoreError> {
        let mut find = self.connection.prepare_cached(
            "SELECT at, after, before FROM history
              WHERE noun = 'database' AND noun_id = 0 AND action = 'healed' ORDER BY id DESC LIMIT 1",
        )?;
        let healed = |row: &rusqlite::Row<'_>| {
            let aside: String = row.get(2)?;
            Ok(Healed { at: row.get(0)?, copy_of: row.get(1)?, aside: aside.into() })
        };
        Ok(find.query_row([], healed).optional()?)
    }
}
