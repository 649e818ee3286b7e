//! The register beside the collecting (APP-06): a thread of its own, with its own connection to the
//! database and its own line, so that a slow, hanging or dead register never delays a collection.
//!
//! It looks every few seconds whether a vehicle is new, and now and then whether a question is due. A
//! new vehicle is asked about at once; a question that fails waits longer and longer.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::beside::Beside;
use super::service::Machine;
use crate::domain::ids::VehicleId;
use crate::domain::register::Question;
use crate::outside::http;
use crate::outside::rdw::{RdwError, Reach, Refresh, Register, Report};
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
        Ok(register) => Watch::new(database, register, machine).work(),
        Err(cause) => tracing::warn!("the register is not asked: {cause}"),
    };
    std::thread::Builder::new().name("register".to_owned()).spawn(work).map(|_| ())
}

struct Watch {
    database: Beside,
    register: Register,
    machine: Arc<dyn Machine + Send + Sync>,
    seen: Seen,
    /// How each question that failed waits; one data set that is out of order holds up no other.
    patience: BTreeMap<Question, Patience>,
}

/// What is left of a failure.
struct Patience {
    failures: u32,
    until: Instant,
    /// What stands in the log already.
    complaint: String,
}

/// What was seen of the database that is open.
#[derive(Default)]
struct Seen {
    version: Option<i64>,
    /// The newest vehicle at the last asking, and whether there is a newer one since.
    newest: Option<VehicleId>,
    is_new: bool,
    looked: Option<Instant>,
}

impl Watch {
    fn new(database: PathBuf, register: Register, machine: Arc<dyn Machine + Send + Sync>) -> Self {
        let database = Beside::new(database, CACHE_KIB);
        Self { database, register, machine, seen: Seen::default(), patience: BTreeMap::new() }
    }

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
            if let Err(cause) = self.look(&runtime) {
                // The collector says what is wrong with the database.
                tracing::debug!("the register waits: {cause}");
                self.database.close();
            }
        }
    }

    /// Asks what is due, if there is news or a wait is over.
    fn look(&mut self, runtime: &tokio::runtime::Runtime) -> Result<(), StoreError> {
        let Some((store, fresh)) = self.database.store()? else { return Ok(()) };
        if fresh {
            self.seen = Seen::default();
        }
        let seen = &mut self.seen;
        let now = Instant::now();
        let (mut waited, mut ready) = (false, Vec::new());
        for question in Question::ALL {
            match self.patience.get(&question) {
                Some(patience) if patience.until > now => {}
                patience => {
                    waited |= patience.is_some();
                    ready.push(question);
                }
            }
        }
        let rested = seen.looked.is_none_or(|at| now - at >= LOOK_ANYWAY);
        if !(seen.has_new_vehicle(store)? || waited || rested) || ready.is_empty() {
            return Ok(());
        }
        let Ok(moment) = self.machine.moment(store.newest_instant()?) else { return Ok(()) };
        (seen.newest, seen.is_new) = (store.newest_vehicle()?, false);
        seen.looked = Some(now);
        let actor = Actor { origin: Origin::Register, at: moment.at };
        let day = AskingDay { today: moment.today, now: self.machine.instant_of_day(moment), actor };
        let report = runtime.block_on(Refresh::new(&self.register, store, day).due(&ready));
        self.tell(&report, &ready);
        Ok(())
    }

    fn tell(&mut self, report: &Report, asked: &[Question]) {
        if report.asked > 0 {
            let Report { asked, silent, news, .. } = report;
            tracing::info!(asked, silent, news, "the register was asked");
        }
        for (set, words) in
            report.troubles.iter().flat_map(|(set, all)| all.iter().map(move |one| (set, one)))
        {
            tracing::warn!(set = set.id(), "the register: {words}");
        }
        let general = report.failures.iter().find(|(_, failure)| failure.reach() == Reach::All);
        for question in asked {
            let own = report.failures.iter().find(|(failed, _)| failed == question);
            match own.or(general) {
                Some((_, failure)) => self.wait(*question, failure),
                None => {
                    if self.patience.remove(question).is_some() {
                        tracing::info!("the register answers again");
                    }
                }
            }
        }
    }

    fn wait(&mut self, question: Question, failure: &RdwError) {
        let words = failure.to_string();
        let told = self.patience.values().any(|patience| patience.complaint == words);
        if !told {
            tracing::warn!("{words}");
        }
        let failures = self.patience.get(&question).map_or(0, |patience| patience.failures);
        let wait = http::wait(failures).max(failure.retry_after().unwrap_or_default());
        // What never reaches the register is no burden to it: when the line is back, it is noticed.
        let wait = if failure.never_left() { wait.min(LONGEST_WITHOUT_A_LINE) } else { wait };
        let patience =
            Patience { failures: failures.saturating_add(1), until: Instant::now() + wait, complaint: words };
        self.patience.insert(question, patience);
    }
}

impl Seen {
    /// Whether there is a vehicle that was not there before. Most changes are none, and what is due
    /// looks at all vehicles.
    fn has_new_vehicle(&mut self, store: &Store) -> Result<bool, StoreError> {
        let version = store.data_version()?;
        if self.version.replace(version) != Some(version) {
            self.is_new |= store.newest_vehicle()? > self.newest;
        }
        Ok(self.is_new)
    }
}
