//! The service's loop on a machine whose clock the test holds in its hand.

#![allow(clippy::unwrap_used)]

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::time::Duration;

use balie::collect::service::{Machine, Moment, Notice, serve};
use balie::store::Store;
use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeDelta, Utc};

struct Rig {
    /// The moment, or why the clock is not believed.
    clock: RefCell<Result<Moment, String>>,
    told: RefCell<Vec<Notice>>,
    _folder: tempfile::TempDir,
    database: PathBuf,
}

impl Machine for Rig {
    fn moment(&self, _newest: Option<DateTime<Utc>>) -> Result<Moment, String> {
        self.clock.borrow().clone()
    }

    fn local(&self, at: DateTime<Utc>) -> NaiveDateTime {
        at.naive_utc()
    }

    fn tell(&self, notice: Notice) {
        self.told.borrow_mut().push(notice);
    }
}

fn moment(at: &str) -> Moment {
    let at: DateTime<Utc> = at.parse().unwrap();
    Moment { at, today: at.date_naive() }
}

impl Rig {
    fn new(clock: Result<Moment, String>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("balie.db");
        Self { clock: RefCell::new(clock), told: RefCell::default(), _folder: folder, database }
    }

    fn set(&self, clock: Result<Moment, String>) {
        *self.clock.borrow_mut() = clock;
    }

    fn collected_for(&self) -> Option<NaiveDate> {
        Store::open(&self.database).unwrap().last_collection().unwrap().map(|last| last.today)
    }

    fn status(&self) -> String {
        let told = self.told.borrow();
        let status = told.iter().rev().find_map(|notice| match notice {
            Notice::Status(words) => Some(words.clone()),
            _ => None,
        });
        status.unwrap_or_default()
    }

    /// Runs the service while the test does its part.
    fn run(&self, test: impl AsyncFnOnce(&Self)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(serve(self.database.clone(), self, test(self))).unwrap();
        assert_eq!(self.told.borrow().last(), Some(&Notice::Stopping));
    }
}

async fn until(at_most: Duration, done: impl Fn() -> bool) {
    let end = tokio::time::Instant::now() + at_most;
    while !done() {
        assert!(tokio::time::Instant::now() < end, "not in {at_most:?}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

const SOON: Duration = Duration::from_secs(3);

#[test]
fn collecting_begins_as_soon_as_the_clock_is_believed() {
    let rig = Rig::new(Err("1970".to_owned()));
    rig.run(async |rig| {
        until(SOON, || rig.status().starts_with("Klok niet zeker")).await;
        tokio::time::sleep(Duration::from_millis(1500)).await;
        assert_eq!(rig.collected_for(), None);
        rig.set(Ok(moment("2026-11-23T08:00:00Z")));
        until(SOON, || rig.status().starts_with("Laatste keer 23-11-2026 08:00: 0 gemaakt")).await;
        assert!(rig.status().ends_with("; volgende om 09:00"), "{}", rig.status());
    });
    let alive = rig.told.borrow().iter().filter(|notice| **notice == Notice::Alive).count();
    assert!(alive >= 4, "a wrong clock is no reason to be restarted: {alive}");
}

#[test]
fn a_new_day_is_collected_and_a_leap_of_ten_years_is_not() {
    let rig = Rig::new(Ok(moment("2026-11-22T22:59:59Z")));
    rig.run(async |rig| {
        let day = |text: &str| text.parse::<NaiveDate>().ok();
        until(SOON, || rig.status().starts_with("Laatste keer")).await;
        assert_eq!(rig.collected_for(), day("2026-11-22"));
        rig.set(Err("leapt".to_owned()));
        until(SOON, || {
            rig.status().starts_with("Klok niet zeker: er wordt niets verzameld. Laatste keer 22-11")
        })
        .await;
        tokio::time::sleep(Duration::from_millis(1200)).await;
        assert_eq!(rig.collected_for(), day("2026-11-22"));
        rig.set(Ok(moment("2026-11-23T00:00:01Z")));
        until(SOON, || rig.collected_for() == day("2026-11-23")).await;
    });
}

#[test]
fn a_clock_that_comes_back_takes_its_complaint_away() {
    let rig = Rig::new(Ok(moment("2026-11-23T08:00:00Z")));
    rig.run(async |rig| {
        until(SOON, || rig.status().contains("volgende om")).await;
        rig.set(Err("leapt".to_owned()));
        until(SOON, || rig.status().starts_with("Klok")).await;
        rig.set(Ok(moment("2026-11-23T08:10:00Z")));
        until(SOON, || rig.status().starts_with("Laatste keer 23-11-2026 08:00")).await;
    });
}

#[test]
fn another_programs_run_is_the_last_one() {
    let rig = Rig::new(Ok(moment("2026-11-23T08:00:00Z")));
    rig.run(async |rig| {
        until(SOON, || rig.status().contains("volgende om")).await;
        let mut store = Store::open(&rig.database).unwrap();
        let later = moment("2026-11-23T08:20:00Z");
        balie::collect::run(&mut store, later.today, later.at + TimeDelta::zero()).unwrap();
        rig.set(Err("leapt".to_owned()));
        until(SOON, || rig.status().ends_with("Laatste keer 23-11-2026 08:20")).await;
    });
}

#[test]
fn a_folder_that_is_not_there_yet_is_waited_for() {
    let rig = Rig::new(Ok(moment("2026-11-23T08:00:00Z")));
    let missing = Rig { database: rig.database.with_file_name("later").join("balie.db"), ..rig };
    missing.run(async |rig| {
        until(SOON, || rig.status().starts_with("Database niet te lezen")).await;
        assert!(!rig.told.borrow().contains(&Notice::Ready));
        std::fs::create_dir(rig.database.parent().unwrap_or(Path::new("/"))).unwrap();
        until(SOON * 2, || rig.status().contains("volgende om")).await;
        assert!(rig.told.borrow().contains(&Notice::Ready));
    });
}
