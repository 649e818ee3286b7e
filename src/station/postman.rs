//! Delivers messages for as long as the service runs, in a thread and with a connection of its own: a
//! supplier who does not answer holds up no collection, and a collection holds up no message.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use super::args::Station;
use super::clock::Clock;
use super::lock::LockError;
use super::outbox::{Outbox, OutboxError, Pace, waits};
use crate::collect::{Beside, Complaint};
use crate::domain::message::Channel;
use crate::outside::delivery::Delivered;

/// How often the outbox is looked at.
const LOOK: Duration = Duration::from_secs(1);
/// How often it is looked at closely while nothing changes: for what waits for its hour or its turn.
const CLOSELY: Duration = Duration::from_secs(10);
/// How long the message that is being handed over has when the service ends.
const GRACE: Duration = Duration::from_secs(3);
/// Memory for the connection's pages.
const CACHE_KIB: u32 = 1024;

/// The thread that delivers.
#[derive(Debug)]
pub struct Postman {
    stop: Arc<AtomicBool>,
    wake: Sender<()>,
    ended: Receiver<()>,
}

impl Postman {
    /// Starts to deliver.
    ///
    /// # Errors
    /// When the thread cannot be started.
    pub fn start(station: &Station) -> std::io::Result<Self> {
        let stop = Arc::new(AtomicBool::new(false));
        let clock = Clock::new(station.config.shop.timezone, None);
        let config = station.config.clone();
        let outbox = Outbox::new(config, station.data_dir.clone(), clock, Pace::Patient, Arc::clone(&stop));
        let (wake, woken) = channel();
        let (end, ended) = channel();
        let mut round = Round {
            database: Beside::new(station.database(), CACHE_KIB),
            outbox,
            version: 0,
            looked: None,
            complaint: Complaint::default(),
        };
        std::thread::Builder::new().name("outbox".to_owned()).spawn(move || {
            while let Err(RecvTimeoutError::Timeout) = woken.recv_timeout(LOOK) {
                round.look();
            }
            let _ = end.send(());
        })?;
        Ok(Self { stop, wake, ended })
    }

    /// Ends after the message that is being handed over, or without waiting for its answer when that
    /// takes too long.
    pub fn stop(self) {
        self.stop.store(true, Ordering::Relaxed);
        drop(self.wake);
        let _ = self.ended.recv_timeout(GRACE);
    }
}

struct Round {
    database: Beside,
    outbox: Outbox,
    /// The database as it was last looked at.
    version: i64,
    /// When it was last looked closely; never: something may have been interrupted.
    looked: Option<Instant>,
    complaint: Complaint,
}

impl Round {
    fn look(&mut self) {
        match self.deliver() {
            Ok(None) => {}
            Ok(Some(done)) => self.say(&done),
            // Another program delivers just now; nothing is lost by waiting.
            Err(OutboxError::Lock(LockError::Delivering(_))) => {}
            Err(cause) => {
                self.database.close();
                self.complaint.say(&format!("no message is delivered: {cause}"));
            }
        }
    }

    /// A pass, when something changed or it is time to look closely.
    fn deliver(&mut self) -> Result<Option<Delivered>, OutboxError> {
        let Some((store, fresh)) = self.database.store()? else { return Ok(None) };
        if fresh {
            (self.version, self.looked) = (0, None);
        }
        let version = store.data_version()?;
        let rested = self.looked.is_none_or(|looked| looked.elapsed() >= CLOSELY);
        if version == self.version && !rested {
            return Ok(None);
        }
        let waiting = store.parcels_waiting(Channel::Sms)? + store.parcels_waiting(Channel::Email)?;
        if waiting == 0 && self.looked.is_some() {
            self.version = version;
            return Ok(None);
        }
        let done = self.outbox.deliver(store)?;
        self.version = version;
        self.looked = Some(Instant::now());
        Ok(Some(done))
    }

    fn say(&mut self, done: &Delivered) {
        let Delivered { sent, rejected, unknown, by_hand, later, .. } = done;
        if sent + rejected + unknown + by_hand > 0 {
            tracing::info!(sent, rejected, unknown, by_hand, later, "messages delivered");
        }
        match waits(done) {
            Some(words) => self.complaint.say(&words),
            None if *sent > 0 => {
                self.complaint.over();
            }
            None => {}
        }
    }
}
