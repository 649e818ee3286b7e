//! The service's loop: looks twice a second whether a collection is due, runs it, and says so.
//!
//! It never gives up: what fails is logged, stands in the service's status line and is tried again.
//! The watchdog is fed only when the database was read or a run went on.

use std::future::Future;
use std::path::PathBuf;
use std::sync::mpsc::Sender;
use std::time::Duration;

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::Instant;

use super::CollectReport;
use super::complaint::Complaint;
use super::schedule::{Schedule, Seen};
use super::worker::{self, Look, News, Order};
use crate::store::StoreError;

/// How often the database is asked whether something changed.
const LOOK: Duration = Duration::from_millis(500);
/// The longest wait between two tries to open the database.
const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// An instant that is believed, and the shop's date at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// The instant.
    pub at: DateTime<Utc>,
    /// The shop's date.
    pub today: NaiveDate,
}

/// What it takes to put a damaged database back from a backup, whatever the clock is worth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Healing {
    /// Where the backups of the nights are.
    pub backups: PathBuf,
    /// This instant.
    pub at: DateTime<Utc>,
    /// The same on the shop's wall.
    pub local: NaiveDateTime,
}

/// What the service manager is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// The database is open.
    Ready,
    /// Progress was proved.
    Alive,
    /// What is going on, in one line of Dutch.
    Status(String),
    /// The service ends because it was asked to.
    Stopping,
}

/// The machine as the service needs it.
pub trait Machine {
    /// This instant, if the clock is believed; `newest` is the newest instant in the database.
    ///
    /// # Errors
    /// Why the clock is not believed, in words.
    fn moment(&self, newest: Option<DateTime<Utc>>) -> Result<Moment, String>;

    /// The instant by which the age of what the register said is measured; on a pretended day one of
    /// that day.
    fn instant_of_day(&self, moment: Moment) -> DateTime<Utc> {
        moment.at
    }

    /// An instant as the shop's wall shows it.
    fn local(&self, at: DateTime<Utc>) -> NaiveDateTime;

    /// What a damaged database is put back with; none: it waits for a technician.
    fn healing(&self) -> Option<Healing> {
        None
    }

    /// Tells the service manager.
    fn tell(&self, notice: Notice);
}

/// Collects until `stop` is ready. A run that is going on then is dropped, and has changed nothing
/// once the process has ended.
///
/// # Errors
/// When the thread for the database cannot be started, or has died.
pub async fn serve(
    database: PathBuf,
    machine: &dyn Machine,
    stop: impl Future<Output = ()>,
) -> std::io::Result<()> {
    let (orders, news) = worker::start(database)?;
    let mut service = Service {
        machine,
        orders,
        began: Instant::now(),
        schedule: Schedule::default(),
        ready: false,
        failures: 0,
        doubted: false,
        last: None,
        healed: None,
        complaint: Complaint::default(),
        status: String::new(),
    };
    let end = tokio::select! {
        () = stop => Ok(()),
        () = service.work(news) => Err(std::io::Error::other("the thread that reads the database has died")),
    };
    machine.tell(Notice::Stopping);
    end
}

struct Service<'m> {
    machine: &'m dyn Machine,
    orders: Sender<Order>,
    began: Instant,
    schedule: Schedule,
    ready: bool,
    failures: u32,
    doubted: bool,
    last: Option<(DateTime<Utc>, Option<CollectReport>)>,
    /// The day of the copy that took the place of a damaged database since the service started.
    healed: Option<NaiveDate>,
    complaint: Complaint,
    status: String,
}

impl Service<'_> {
    async fn work(&mut self, mut news: UnboundedReceiver<News>) {
        self.say("Opent de database".to_owned());
        let mut order = Order::Look;
        loop {
            if self.orders.send(order).is_err() {
                return;
            }
            // One order at a time: the answer decides what comes next, and when.
            let wait = loop {
                match news.recv().await {
                    None => return,
                    Some(News::Progress) => self.machine.tell(Notice::Alive),
                    Some(answer) => break self.take(answer),
                }
            };
            order = match wait {
                Next::Run(moment) => Order::Run(moment),
                Next::Heal(healing) => Order::Heal(healing),
                Next::Look(wait) => {
                    tokio::time::sleep(wait).await;
                    Order::Look
                }
            };
        }
    }

    fn take(&mut self, answer: News) -> Next {
        match answer {
            News::Looked(look) => self.looked(look),
            News::Collected(moment, report) => {
                self.collected(moment, report);
                Next::Look(Duration::ZERO)
            }
            News::NotCollected(cause) => {
                let wait = self.schedule.failed(self.began.elapsed());
                self.complaint.say(&cause.to_string());
                let (why, last) = (in_dutch(&cause), self.last_run());
                self.say(format!(
                    "Verzamelen mislukt: {why}; nieuwe poging over {} s. {last}",
                    wait.as_secs()
                ));
                self.heal_or(&cause, LOOK)
            }
            News::Unread(cause) => {
                self.failures += 1;
                let wait = self.wait();
                self.complaint.say(&cause.to_string());
                let why = in_dutch(&cause);
                self.say(format!("Database niet te lezen: {why}; nieuwe poging over {} s", wait.as_secs()));
                self.heal_or(&cause, wait)
            }
            News::Healed(Ok(Some(healed))) => {
                self.healed = Some(healed.copy_of);
                Next::Look(Duration::ZERO)
            }
            News::Healed(Ok(None)) => Next::Look(self.wait()),
            News::Healed(Err(cause)) => {
                self.complaint.say(&cause.to_string());
                Next::Look(self.wait())
            }
            News::Progress => Next::Look(LOOK),
        }
    }

    /// The wait for the next try to open the database.
    fn wait(&self) -> Duration {
        Duration::from_secs(1 << self.failures.min(4)).min(LONGEST_WAIT)
    }

    /// What comes after an error: only damage is healed.
    fn heal_or(&self, cause: &StoreError, wait: Duration) -> Next {
        match self.machine.healing().filter(|_| cause.is_damage()) {
            Some(healing) => Next::Heal(healing),
            None => Next::Look(wait),
        }
    }

    fn looked(&mut self, look: Look) -> Next {
        if !self.ready {
            self.ready = true;
            self.machine.tell(Notice::Ready);
        }
        self.machine.tell(Notice::Alive);
        if self.failures > 0 {
            tracing::info!("the database can be read again");
            self.failures = 0;
            self.complaint.over();
            let last = self.last_run();
            self.say(last);
        }
        // The last run may be another program's.
        let newer = look.finished_at.filter(|at| self.last.as_ref().is_none_or(|(last, _)| at > last));
        if let Some(at) = newer {
            self.last = Some((at, None));
        }
        let moment = match self.machine.moment(look.newest) {
            Ok(moment) => moment,
            Err(doubt) => {
                if !std::mem::replace(&mut self.doubted, true) {
                    tracing::warn!("nothing is collected: {doubt}");
                }
                let last = self.last_run();
                self.say(format!("Klok niet zeker: er wordt niets verzameld. {last}"));
                return Next::Look(LOOK);
            }
        };
        if std::mem::take(&mut self.doubted) {
            tracing::info!(today = %moment.today, "the clock is believed again");
            let last = self.last_run();
            self.say(last);
        }
        let now = self.began.elapsed();
        let seen = Seen { now, today: moment.today, every: look.every, requested: look.requested };
        match self.schedule.due(seen) {
            Some(cause) => {
                tracing::debug!(?cause, today = %moment.today, "collecting");
                self.say("Verzamelt taken".to_owned());
                Next::Run(moment)
            }
            None => Next::Look(self.schedule.wait(now).unwrap_or(LOOK).min(LOOK)),
        }
    }

    fn collected(&mut self, moment: Moment, report: CollectReport) {
        self.machine.tell(Notice::Alive);
        self.complaint.over();
        let now = self.began.elapsed();
        self.schedule.succeeded(now, moment.today);
        self.last = Some((moment.at, Some(report)));
        let CollectReport { made, withdrawn, returned, waiting, unchanged, .. } = report;
        tracing::info!(today = %moment.today, made, withdrawn, returned, waiting, unchanged, "collected");
        let next = moment.at + self.schedule.until_interval(now);
        let next = self.machine.local(next).format("%H:%M");
        let last = self.last_run();
        let healed = self.healed.map_or_else(String::new, |copy_of| {
            format!("; de database was beschadigd, de kopie van {} is teruggezet", copy_of.format("%d-%m-%Y"))
        });
        self.say(format!("{last}; volgende om {next}{healed}"));
    }

    /// The last run in words.
    fn last_run(&self) -> String {
        let at = |at| self.machine.local(at).format("%d-%m-%Y %H:%M");
        match &self.last {
            None => "Nog niet verzameld".to_owned(),
            Some((when, None)) => format!("Laatste keer {}", at(*when)),
            Some((when, Some(report))) => format!(
                "Laatste keer {}: {} gemaakt, {} teruggetrokken, {} teruggekeerd, {} wachten",
                at(*when),
                report.made,
                report.withdrawn,
                report.returned,
                report.waiting
            ),
        }
    }

    fn say(&mut self, words: String) {
        if words != self.status {
            self.machine.tell(Notice::Status(words.clone()));
            self.status = words;
        }
    }
}

enum Next {
    Look(Duration),
    Run(Moment),
    Heal(Healing),
}

/// What is wrong with the database, for the status line.
fn in_dutch(cause: &StoreError) -> &'static str {
    match cause {
        StoreError::Busy => "de database is in gebruik door een ander programma",
        StoreError::Full => "de schijf is vol",
        StoreError::ReadOnly => "er kan niet naar de schijf worden geschreven",
        StoreError::Damaged(_) => "de database is beschadigd",
        StoreError::Newer { .. } => "de database is van een nieuwere Balie",
        StoreError::Foreign(_) => "dit is geen database van Balie",
        StoreError::Missing { .. } => "het bestand is er niet",
        StoreError::Open { .. } => "het bestand kan niet worden geopend",
        _ => "zie het logboek",
    }
}
