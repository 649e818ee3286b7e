//! The register beside the collecting (APP-06): a thread of its own, with its own connection to the
//! database and its own line, so that a slow, hanging or dead register never delays a collection.
//!
//! It looks every few seconds whether a vehicle is new, and now and then whether a question is due. A
//! new vehicle is asked about at once; what fails waits longer and longer.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::service::Machine;
use super::worker::identity;
use crate::domain::ids::VehicleId;
use crate::outside::http;
use crate::outside::rdw::{Refresh, Register, Report};
use crate::store::history::{Actor, Origin};
use crate::store::register::AskingDay;
use crate::store::{Store, StoreError};

/// How often the database is asked whether something changed, and how often although nothing did.
const LOOK: Duration = Duration::from_secs(3);
const LOOK_ANYWAY: Duration = Duration::from_secs(600);
/// How long a look waits when there was no line.
const LONGEST_WITHOUT_A_LINE: Duration = Duration::from_secs(120);
/// Memory for the connection's pages, in KiB.
const CACHE_KIB: u32 = 1024;

/// Starts the thread; it ends with the process. Everything it writes is written whole.
///
/// # Errors
/// When the thread cannot be started.
pub fn start(
    database: PathBuf,
    register: impl FnOnce() -> Result<Register, String> + Send + 'static,
    machine: Arc<dyn Machine + Send + Sync>,
) -> std::io::Result<()> {
    let work = move || match register() {
        Ok(register) => {
            Watch { database, register, machine, open: None, failures: 0, complaint: String::new() }.work()
        }
        Err(cause) => tracing::warn!("the register is not asked: {cause}"),
    };
    std::thread::Builder::new().name("register".to_owned()).spawn(work).map(|_| ())
}

struct Watch {
    database: PathBuf,
    register: Register,
    machine: Arc<dyn Machine + Send + Sync>,
    open: Option<Open>,
    failures: u32,
    /// The last complaint in the log, so that it stands there once.
    complaint: String,
}

struct Open {
    store: Store,
    file: Option<(u64, u64)>,
    version: Option<i64>,
    newest: Option<VehicleId>,
    looked: Option<Instant>,
}

impl Watch {
    fn work(mut self) {
        let runtime = match tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .max_blocking_threads(2)
            .build()
        {
            Ok(runtime) => runtime,
            Err(cause) => {
                tracing::warn!("the register is not asked: {cause}");
                return;
            }
        };
        loop {
            std::thread::sleep(LOOK);
            let wait = match self.look(&runtime) {
                Ok(wait) => wait,
                Err(cause) => {
                    // The collector says what is wrong with the database.
                    tracing::debug!("the register waits: {cause}");
                    self.open = None;
                    Duration::ZERO
                }
            };
            std::thread::sleep(wait);
        }
    }

    /// Asks what is due, if there is news; says how long to wait after a failure.
    fn look(&mut self, runtime: &tokio::runtime::Runtime) -> Result<Duration, StoreError> {
        let file = identity(&self.database);
        if self.open.as_ref().is_none_or(|open| open.file != file) {
            self.open = open(&self.database, file)?;
        }
        let Some(open) = &mut self.open else { return Ok(Duration::ZERO) };
        let version = open.store.data_version()?;
        let rested = open.looked.is_none_or(|at| at.elapsed() >= LOOK_ANYWAY);
        if self.failures == 0 && !rested {
            if open.version == Some(version) {
                return Ok(Duration::ZERO);
            }
            // Most changes are no new vehicles, and what is due looks at all of them.
            open.version = Some(version);
            if open.store.newest_vehicle()? <= open.newest {
                return Ok(Duration::ZERO);
            }
        }
        let Ok(moment) = self.machine.moment(open.store.newest_instant()?) else { return Ok(Duration::ZERO) };
        open.version = Some(version);
        open.newest = open.store.newest_vehicle()?;
        open.looked = Some(Instant::now());
        let actor = Actor { origin: Origin::Register, at: moment.at };
        let day = AskingDay { today: moment.today, now: self.machine.instant_of_day(moment), actor };
        let report = runtime.block_on(Refresh::new(&self.register, &mut open.store, day).due());
        Ok(self.tell(&report))
    }

    fn tell(&mut self, report: &Report) -> Duration {
        if report.asked > 0 {
            let Report { asked, silent, news, .. } = report;
            tracing::info!(asked, silent, news, "the register was asked");
        }
        for (set, words) in
            report.troubles.iter().flat_map(|(set, all)| all.iter().map(move |one| (set, one)))
        {
            tracing::warn!(set = set.id(), "the register: {words}");
        }
        let Some(failure) = report.failures.first() else {
            if std::mem::take(&mut self.failures) > 0 {
                tracing::info!("the register answers again");
            }
            self.complaint.clear();
            return Duration::ZERO;
        };
        let words = failure.to_string();
        if words != self.complaint {
            tracing::warn!("{words}");
            self.complaint = words;
        }
        let wait = http::wait(self.failures).max(failure.retry_after().unwrap_or_default());
        // What never reaches the register is no burden to it: when the line is back, it is noticed.
        let wait = if failure.never_left() { wait.min(LONGEST_WITHOUT_A_LINE) } else { wait };
        self.failures = self.failures.saturating_add(1);
        wait
    }
}

/// The database, once it is there: the collector makes it.
fn open(path: &Path, file: Option<(u64, u64)>) -> Result<Option<Open>, StoreError> {
    if file.is_none() {
        return Ok(None);
    }
    let store = Store::open(path)?;
    store.limit_cache(CACHE_KIB)?;
    Ok(Some(Open { store, file, version: None, newest: None, looked: None }))
}
