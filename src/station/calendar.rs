//! The shop's calendar on this machine: what is kept follows from the configuration, the hours from the
//! shop's clock, and nothing is written while that clock is not believed.

use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

use chrono::{DateTime, Days, NaiveDate, Utc};

use super::args::Station;
use super::clock::Clock;
use super::config::Calendar;
use crate::domain::calendar::{Place, Trouble};
use crate::domain::calendar_merge::Synced;
use crate::exchange::whole;
use crate::outside::calendar::caldav::{CalDav, CalendarError};
use crate::outside::calendar::ics::{self, Style};
use crate::outside::calendar::sync::{Day, Memory, sync};
use crate::outside::http::HttpError;
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
    /// The password cannot be read, or the machine refuses.
    #[error("the calendar's server is not asked: {0}")]
    Settings(String),
    /// The server, or the database.
    #[error(transparent)]
    Calendar(#[from] CalendarError),
    /// The server does not take some appointments.
    #[error("the calendar takes all but {0} of the appointments; check that [calendar] user may write there")]
    Rejected(u32),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl KeepError {
    /// What is in the way, in one word; `None`: Balie's own clock or database.
    fn trouble(&self) -> Option<Trouble> {
        match self {
            Self::File { .. } => Some(Trouble::File),
            Self::Settings(_) => Some(Trouble::Settings),
            Self::Calendar(cause) => cause.trouble(),
            Self::Rejected(_) => Some(Trouble::Rejected),
            Self::Clock(_) | Self::Store(_) => None,
        }
    }
}

/// The calendar as the configuration describes it.
#[derive(Debug)]
pub struct Keeper {
    clock: Clock,
    style: Style,
    file: Option<PathBuf>,
    calendar: Calendar,
    /// The server, once its password was read, and what is remembered of it.
    server: Option<CalDav>,
    memory: Memory,
}

/// The shop's date, who acts, and when.
#[derive(Debug, Clone, Copy)]
struct Moment {
    today: NaiveDate,
    actor: Actor,
}

impl Keeper {
    /// A keeper of what is configured; `None` when nothing is.
    pub fn new(station: &Station) -> Option<Self> {
        let (calendar, shop) = (&station.config.calendar, &station.config.shop);
        let file = calendar.ics_file.as_ref().map(|file| station.data_dir.join(file));
        (file.is_some() || calendar.caldav_url.is_some()).then(|| Self {
            clock: station.clock.another(),
            style: Style { zone: shop.timezone.name().to_owned(), language: shop.language },
            file,
            calendar: calendar.clone(),
            server: None,
            memory: Memory::default(),
        })
    }

    fn moment(&self, store: &Store) -> Result<Moment, KeepError> {
        let at = self.clock.trusted_now(store.newest_instant()?);
        let at: DateTime<Utc> = at.map_err(|doubt| KeepError::Clock(doubt.to_string()))?;
        Ok(Moment { today: self.clock.today_at(at), actor: Actor { origin: Origin::Collector, at } })
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
        let went =
            if changed { whole::replace(path, |file| file.write_all(text.as_bytes())) } else { Ok(()) };
        let went = went.map_err(|cause| KeepError::File { path: path.clone(), cause });
        store.note_calendar_kept(Place::File, went.as_ref().err().map(|_| Trouble::File), at)?;
        went.map(|()| changed)
    }

    /// One pass over the server's calendar; `None`: there is no server.
    ///
    /// # Errors
    /// [`KeepError`]; what is in the way is noted too.
    pub fn sync(&mut self, store: &mut Store) -> Result<Option<Synced>, KeepError> {
        if self.calendar.caldav_url.is_none() {
            return Ok(None);
        }
        let moment = self.moment(store)?;
        let went = self.pass(store, moment);
        if went.is_err() {
            // The password's file may hold another one by then.
            self.server = None;
        }
        let trouble = match &went {
            Ok(_) => None,
            Err(cause) => match cause.trouble() {
                None => return went.map(Some),
                trouble => trouble,
            },
        };
        store.note_calendar_kept(Place::Server, trouble, moment.actor.at)?;
        went.map(Some)
    }

    fn pass(&mut self, store: &mut Store, Moment { today, actor }: Moment) -> Result<Synced, KeepError> {
        let server = match self.server.take() {
            Some(server) => server,
            None => server(&self.calendar)?,
        };
        let day = Day { today, actor, style: self.style.clone() };
        let done = runtime()?.block_on(sync(store, &server, &day, &mut self.memory))?;
        self.server = Some(server);
        if done.refused > 0 { Err(KeepError::Rejected(done.refused)) } else { Ok(done) }
    }
}

/// Whether the server's calendar can be read with user and password, within some time.
///
/// # Errors
/// [`KeepError`] says why not.
pub fn reach(calendar: &Calendar, within: Duration) -> Result<(), KeepError> {
    let server = server(calendar)?;
    let asked = runtime()?.block_on(async { tokio::time::timeout(within, server.ctag()).await });
    asked.unwrap_or(Err(CalendarError::Http(HttpError::TimedOut)))?;
    Ok(())
}

fn server(calendar: &Calendar) -> Result<CalDav, KeepError> {
    let password = calendar.password.read().map_err(|cause| KeepError::Settings(cause.to_string()))?;
    let address = calendar.caldav_url.as_deref().unwrap_or_default();
    Ok(CalDav::new(address, calendar.user.clone(), password)?)
}

fn runtime() -> Result<tokio::runtime::Runtime, KeepError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(|cause| KeepError::Settings(cause.to_string()))
}
