//! The shop's calendar on this machine: what is kept follows from the configuration, the hours from the
//! shop's clock, and nothing is written while that clock is not believed.

use std::io::Write;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Days, NaiveDate, Utc};

use super::args::Station;
use super::clock::Clock;
use crate::domain::calendar::{Place, Trouble};
use crate::outside::calendar::ics::{self, Style};
use crate::store::history::{Actor, Origin};
use crate::store::{Store, StoreError};

/// How many days of the past the file holds, so that what is cancelled is seen where it was shown.
const PAST: Days = Days::new(31);

/// Why the calendar was not kept.
#[derive(Debug, thiserror::Error)]
pub enum KeepError {
    /// The clock is not believed.
    #[error("{0}")]
    Clock(String),
    /// The file cannot be written.
    #[error("{path} cannot be written: {cause}; check [calendar] ics_file and who may write there")]
    File {
        /// The file.
        path: PathBuf,
        /// The system's words.
        cause: std::io::Error,
    },
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl KeepError {
    /// Where it went wrong, in one word; `None`: in Balie itself.
    pub fn trouble(&self) -> Option<(Place, Trouble)> {
        match self {
            Self::File { .. } => Some((Place::File, Trouble::File)),
            Self::Clock(_) | Self::Store(_) => None,
        }
    }
}

/// The calendar as the configuration describes it.
#[derive(Debug)]
pub struct Keeper {
    clock: Clock,
    origin: Origin,
    style: Style,
    file: Option<PathBuf>,
}

/// The shop's date, who acts, and when.
#[derive(Debug, Clone, Copy)]
struct Moment {
    today: NaiveDate,
    actor: Actor,
}

impl Keeper {
    /// A keeper of what is configured; `None` when nothing is.
    pub fn new(station: &Station, origin: Origin) -> Option<Self> {
        let (calendar, shop) = (&station.config.calendar, &station.config.shop);
        let file = calendar.ics_file.as_ref().map(|file| station.data_dir.join(file));
        file.is_some().then(|| Self {
            clock: station.clock.another(),
            origin,
            style: Style { zone: shop.timezone.name().to_owned(), language: shop.language },
            file,
        })
    }

    fn moment(&self, store: &Store) -> Result<Moment, KeepError> {
        let at = self.clock.trusted_now(store.newest_instant()?);
        let at: DateTime<Utc> = at.map_err(|doubt| KeepError::Clock(doubt.to_string()))?;
        Ok(Moment { today: self.clock.today_at(at), actor: Actor { origin: self.origin, at } })
    }

    /// The day from which on the calendar is kept.
    ///
    /// # Errors
    /// [`KeepError`] when nobody knows what day it is.
    pub fn since(&self, store: &Store) -> Result<NaiveDate, KeepError> {
        let today = self.moment(store)?.today;
        Ok(today.checked_sub_days(PAST).unwrap_or(today))
    }

    /// Writes the file, if there is one and what it says has changed; answers whether it was written.
    ///
    /// # Errors
    /// [`KeepError`]; that it could not be written is noted too.
    pub fn write_file(&self, store: &mut Store) -> Result<bool, KeepError> {
        let Some(path) = &self.file else { return Ok(false) };
        let at = self.moment(store)?.actor.at;
        let entries = store.calendar_entries(self.since(store)?)?;
        let text = ics::feed(&entries, &self.style, at);
        let before = std::fs::read_to_string(path).unwrap_or_default();
        let changed = !ics::says_the_same(&before, &text);
        let went = if changed { replace(path, &text) } else { Ok(()) };
        let went = went.map_err(|cause| KeepError::File { path: path.clone(), cause });
        store.note_calendar_kept(Place::File, went.as_ref().err().map(|_| Trouble::File), at)?;
        went.map(|()| changed)
    }
}

/// Puts a text in the place of an earlier one; a reader sees the one or the other, whole.
fn replace(path: &Path, text: &str) -> std::io::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    let part = path.with_file_name(name);
    let mut file = std::fs::File::create(&part)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    std::fs::rename(&part, path)?;
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::File::open(folder)?.sync_all()?;
    }
    Ok(())
}
