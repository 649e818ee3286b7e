//! Keeps the shop's calendar for as long as the service runs, in a thread and with a connection of its
//! own: a calendar that does not answer holds up no collection.
//!
//! The thread ends with the process, anywhere; the next pass finds out what arrived.

use std::time::{Duration, Instant};

use super::args::Station;
use super::calendar::{KeepError, Keeper};
use crate::collect::{Beside, Complaint};
use crate::domain::calendar_merge::Synced;
use crate::outside::calendar::caldav::CalendarError;
use crate::outside::http;
use crate::store::calendar::CalendarMark;

/// How often the database is asked whether something changed.
const LOOK: Duration = Duration::from_secs(1);
/// How often the calendar is looked at although nothing changed here.
const CLOSELY: Duration = Duration::from_secs(60);
/// After failures the waits grow to a minute or two.
const MOST_DOUBLINGS: u32 = 5;
/// Memory for the connection's pages, in KiB.
const CACHE_KIB: u32 = 1024;

/// Starts the thread, if a calendar is configured.
///
/// # Errors
/// When the thread cannot be started.
pub fn start(station: &Station) -> std::io::Result<()> {
    let Some(keeper) = Keeper::new(station) else { return Ok(()) };
    let mut round = Round {
        database: Beside::new(station.database(), CACHE_KIB),
        keeper,
        version: 0,
        mark: None,
        looked: None,
        failures: 0,
        until: None,
        complaint: Complaint::default(),
    };
    let work = move || loop {
        std::thread::sleep(LOOK);
        round.look();
    };
    std::thread::Builder::new().name("calendar".to_owned()).spawn(work).map(|_| ())
}

struct Round {
    database: Beside,
    keeper: Keeper,
    /// The database as it was last looked at, and the appointments in it.
    version: i64,
    mark: Option<CalendarMark>,
    /// When the calendar was last looked at.
    looked: Option<Instant>,
    failures: u32,
    /// After a failure: not before this.
    until: Option<Instant>,
    complaint: Complaint,
}

impl Round {
    fn look(&mut self) {
        if self.until.is_some_and(|until| Instant::now() < until) {
            return;
        }
        match self.keep() {
            Ok(false) => {}
            Ok(true) => {
                (self.failures, self.until) = (0, None);
                if self.complaint.over() {
                    tracing::info!("the calendar is kept again");
                }
            }
            Err(cause) => {
                if let KeepError::Store(_) | KeepError::Calendar(CalendarError::Store(_)) = cause {
                    self.database.close();
                }
                self.looked = None;
                self.until = Some(Instant::now() + http::wait(self.failures.min(MOST_DOUBLINGS)));
                self.failures += 1;
                self.complaint.say(&format!("the calendar is not kept: {cause}"));
            }
        }
    }

    /// A pass, when an appointment changed or it is time to look closely; answers whether one was made.
    fn keep(&mut self) -> Result<bool, KeepError> {
        let Some((store, fresh)) = self.database.store()? else { return Ok(false) };
        if fresh {
            (self.version, self.mark, self.looked) = (0, None, None);
        }
        let rested = self.looked.is_none_or(|looked| looked.elapsed() >= CLOSELY);
        let version = store.data_version()?;
        if version == self.version && !rested {
            return Ok(false);
        }
        self.version = version;
        let mark = Some(store.calendar_mark(self.keeper.since(store)?)?);
        if mark == self.mark && !rested {
            return Ok(false);
        }
        // One does not wait for the other: a share that is away, a server that is.
        let file = self.keeper.write_file(store);
        let server = self.keeper.sync(store);
        file?;
        if let Some(Synced { written, taken, conflicts, unreadable, .. }) =
            server?.filter(|done| *done != Synced::default())
        {
            tracing::info!(written, taken, conflicts, unreadable, "the calendar was brought in step");
        }
        self.mark = mark;
        self.looked = Some(Instant::now());
        Ok(true)
    }
}
