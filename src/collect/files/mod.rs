//! What the service does with files, in a thread of its own: takes in what is dropped into the folder,
//! makes the night's backup, and a backup for every stick that is plugged in.
//!
//! A slow disk or a large import holds up nothing else. When the process ends in the middle of
//! something, the next one finds a whole database, and the files where they can be taken in again.

pub mod drop_folder;
pub mod night;
mod stick;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::complaint::Complaint;
use super::service::{Machine, Moment};
use crate::store::{Store, StoreError};
use drop_folder::DropFolder;
use night::Night;
use stick::Sticks;

/// How often folders are looked at.
const LOOK: Duration = Duration::from_secs(1);
/// Memory for the pages of the database; during an import four times as much.
const CACHE_KIB: u32 = 2048;
const IMPORT_CACHE_KIB: u32 = 8192;

/// Where the files are.
#[derive(Debug, Clone)]
pub struct Places {
    /// The database.
    pub database: PathBuf,
    /// Where the shop's own system drops its files.
    pub drop: PathBuf,
    /// Where rejected rows go.
    pub rejects: PathBuf,
    /// Where the backups of the nights go.
    pub backups: PathBuf,
    /// Where sticks are mounted; none: sticks get no backup.
    pub sticks: Option<PathBuf>,
    /// A file that was not touched for so long is complete.
    pub quiet: Duration,
    /// How long after the start the first backup waits: the start belongs to the desk.
    pub settle: Duration,
}

/// Starts the thread; it ends with the process.
///
/// # Errors
/// When the thread cannot be started.
pub fn start<M: Machine + Send + Sync + 'static>(places: Places, machine: Arc<M>) -> std::io::Result<()> {
    let work = move || {
        let mut office = Office::new(places, machine);
        loop {
            office.look();
            std::thread::sleep(LOOK);
        }
    };
    std::thread::Builder::new().name("files".to_owned()).spawn(work).map(|_| ())
}

struct Office<M> {
    places: Places,
    machine: Arc<M>,
    began: Instant,
    drop: DropFolder,
    night: Night,
    sticks: Sticks,
    complaints: [Complaint; 3],
}

impl<M: Machine> Office<M> {
    fn new(places: Places, machine: Arc<M>) -> Self {
        let drop = DropFolder::new(places.drop.clone(), places.rejects.clone(), places.quiet);
        Self {
            places,
            machine,
            began: Instant::now(),
            drop,
            night: Night::default(),
            sticks: Sticks::default(),
            complaints: Default::default(),
        }
    }

    fn look(&mut self) {
        let outcomes = [self.look_at_drop(), self.look_at_night(), self.look_at_sticks()];
        for (outcome, last) in outcomes.into_iter().zip(&mut self.complaints) {
            match outcome {
                Ok(()) => {
                    last.over();
                }
                Err(words) => last.say(&words),
            }
        }
    }

    fn look_at_drop(&mut self) -> Result<(), String> {
        if !self.drop.is_ready(self.began.elapsed()).map_err(|cause| cause.to_string())? {
            return Ok(());
        }
        let mut store = self.open(IMPORT_CACHE_KIB).map_err(|cause| cause.to_string())?;
        let moment = self.moment(&store)?;
        let name = self.machine.local(moment.at).format("%Y-%m-%d-%H%M%S").to_string();
        let taken = self.drop.take(&mut store, moment.at, &name, self.began.elapsed());
        let report = taken.map_err(|cause| cause.to_string())?;
        tracing::info!(
            files = report.files,
            added = report.added,
            changed = report.changed,
            rejected = report.rejected,
            failed = report.failed,
            "took in what was dropped"
        );
        Ok(())
    }

    fn look_at_night(&mut self) -> Result<(), String> {
        if self.began.elapsed() < self.places.settle || !self.night.may_try(self.began.elapsed()) {
            return Ok(());
        }
        let mut store = self.open(CACHE_KIB).map_err(|cause| cause.to_string())?;
        let moment = self.moment(&store)?;
        let local = self.machine.local(moment.at);
        let now = self.began.elapsed();
        self.night.look(&mut store, &self.places.backups, moment, local, now).map(|_| ())
    }

    fn look_at_sticks(&mut self) -> Result<(), String> {
        let Some(root) = &self.places.sticks else { return Ok(()) };
        let Some(stick) = self.sticks.fresh(root).map_err(|cause| format!("{}: {cause}", root.display()))?
        else {
            return Ok(());
        };
        let mut store = self.open(CACHE_KIB).map_err(|cause| cause.to_string())?;
        let moment = self.moment(&store)?;
        stick::back_up(&mut store, &stick, moment)
    }

    /// The database, if there is one: it is the loop that makes it.
    fn open(&self, cache: u32) -> Result<Store, StoreError> {
        if !self.places.database.exists() {
            let name = self.places.database.display().to_string();
            return Err(StoreError::Missing { noun: "database", name });
        }
        let mut store = Store::open(&self.places.database)?;
        store.limit_cache(cache.min(CACHE_KIB))?;
        store.limit_import_cache(cache);
        Ok(store)
    }

    fn moment(&self, store: &Store) -> Result<Moment, String> {
        let newest = store.newest_instant().map_err(|cause| cause.to_string())?;
        self.machine.moment(newest)
    }
}
