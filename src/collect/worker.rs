//! The thread that owns the collector's database connection. It may wait for a lock or a slow card;
//! the service's loop never does, so that a signal is answered at once.
//!
//! When the process ends in the middle of a run, the run's transaction was never committed.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::service::{Healing, Moment};
use super::{CollectReport, run_reporting};
use crate::store::backup::{BackupError, Healed, heal};
use crate::store::history::{Actor, Origin};
use crate::store::{Store, StoreError};

/// Memory for the connection's pages; the collector should stay small.
const CACHE_KIB: u32 = 2048;

/// What the thread is asked for, one thing at a time.
pub(super) enum Order {
    /// Is there something new?
    Look,
    /// Collect.
    Run(Moment),
    /// Put the last good backup in the place of a damaged database.
    Heal(Healing),
}

/// What it answers.
pub(super) enum News {
    /// The database was read.
    Looked(Look),
    /// A run goes on.
    Progress,
    /// A run ended.
    Collected(Moment, CollectReport),
    /// A run failed; the database has not changed.
    NotCollected(StoreError),
    /// The database could not be opened or read.
    Unread(StoreError),
    /// A backup has taken its place; `None`: it was whole.
    Healed(Result<Option<Healed>, BackupError>),
}

/// What the schedule depends on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Look {
    /// Whether the last run has not seen the newest request.
    pub requested: bool,
    /// The newest instant in the database.
    pub newest: Option<DateTime<Utc>>,
    /// The shop's interval.
    pub every: Duration,
    /// When the last run ended, by whichever program.
    pub finished_at: Option<DateTime<Utc>>,
}

/// Starts the thread. It ends when its orders end.
pub(super) fn start(database: PathBuf) -> std::io::Result<(Sender<Order>, UnboundedReceiver<News>)> {
    let (orders, inbox) = channel();
    let (news, outbox) = unbounded_channel();
    let worker = Worker { database, open: None, opened_once: false, news };
    std::thread::Builder::new().name("collect".to_owned()).spawn(move || worker.work(&inbox))?;
    Ok((orders, outbox))
}

struct Worker {
    database: PathBuf,
    open: Option<Open>,
    opened_once: bool,
    news: UnboundedSender<News>,
}

/// An open database, and what was last read from it.
struct Open {
    store: Store,
    version: Option<i64>,
    look: Option<Look>,
}

impl Worker {
    fn work(mut self, inbox: &Receiver<Order>) {
        for order in inbox {
            let answer = match order {
                Order::Look => match self.look() {
                    Ok(look) => News::Looked(look),
                    Err(cause) => {
                        // Busy passes; anything else may need a fresh connection.
                        if !matches!(cause, StoreError::Busy) {
                            self.open = None;
                        }
                        News::Unread(cause)
                    }
                },
                Order::Run(moment) => match self.collect(moment) {
                    Ok(report) => News::Collected(moment, report),
                    Err(cause) => News::NotCollected(cause),
                },
                Order::Heal(healing) => {
                    self.open = None;
                    let Healing { backups, at, local } = healing;
                    let actor = Actor { origin: Origin::Collector, at };
                    News::Healed(heal(&self.database, &backups, actor, local))
                }
            };
            if self.news.send(answer).is_err() {
                return;
            }
        }
    }

    fn look(&mut self) -> Result<Look, StoreError> {
        let open = self.opened()?;
        let version = open.store.data_version()?;
        if let Some(look) = open.look.filter(|_| open.version == Some(version)) {
            return Ok(look);
        }
        let last = open.store.last_collection()?;
        let request = open.store.collection_request()?;
        let hours = open.store.settings()?.general.collect_every_hours;
        let look = Look {
            requested: last.is_none_or(|last| last.request_seen < request),
            newest: open.store.newest_instant()?,
            every: Duration::from_secs(u64::from(hours) * 3600),
            finished_at: last.map(|last| last.finished_at),
        };
        open.version = Some(version);
        open.look = Some(look);
        Ok(look)
    }

    fn collect(&mut self, moment: Moment) -> Result<CollectReport, StoreError> {
        let news = self.news.clone();
        let open = self.opened()?;
        // One's own changes do not show in the version.
        open.look = None;
        run_reporting(&mut open.store, moment.today, moment.at, &mut || {
            // Nobody listens any more when the service is ending.
            let _ = news.send(News::Progress);
        })
    }

    /// The open database; opened again when another file has taken its place (a restore).
    fn opened(&mut self) -> Result<&mut Open, StoreError> {
        if self.open.as_ref().is_some_and(|open| open.store.is_replaced()) {
            tracing::info!("the database file was replaced; opening the new one");
            self.open = None;
        }
        match self.open {
            Some(ref mut open) => Ok(open),
            None => {
                // Only the first time may an absent database be made: later it is absent because
                // somebody is putting another one in its place.
                if self.opened_once && !self.database.exists() {
                    return Err(StoreError::Missing {
                        noun: "database",
                        name: self.database.display().to_string(),
                    });
                }
                let store = Store::open(&self.database)?;
                store.limit_cache(CACHE_KIB)?;
                self.opened_once = true;
                Ok(self.open.insert(Open { store, version: None, look: None }))
            }
        }
    }
}
