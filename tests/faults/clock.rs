//! Rows 5 to 7: the clock is wrong at the start, leaps while it runs, or changes with the season. The real
//! collector runs on a clock that the test holds in its hand (libfaketime); its monotonic clock is the machine's.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use balie::domain::task::StatusFilter;
use balie::station::clock::Clock;
use chrono::{DateTime, TimeDelta, Utc};

use crate::process::Collector;
use crate::shop::Shop;

const SOON: Duration = Duration::from_secs(5);

/// The machine's clock, and how far it is off.
struct Wall {
    file: PathBuf,
    library: String,
}

impl Wall {
    /// None where there is no libfaketime, or a time server vouches for the clock.
    fn new(folder: &Path) -> Option<Self> {
        let places = std::fs::read_dir("/usr/lib").ok()?.flatten().map(|place| place.path());
        let library =
            places.map(|place| place.join("faketime/libfaketimeMT.so.1")).find(|path| path.exists());
        if library.is_none() {
            println!("skipped: libfaketime is not installed");
        }
        if Path::new("/run/systemd/timesync/synchronized").exists() {
            println!("skipped: a time server vouches for this machine's clock");
            return None;
        }
        Some(Self { file: folder.join("clock"), library: library?.to_str()?.to_owned() })
    }

    /// The clock is so many days ahead.
    fn off_by(&self, days: i64) {
        let written = self.file.with_extension("new");
        std::fs::write(&written, format!("{days:+}d\n")).unwrap();
        std::fs::rename(written, &self.file).unwrap();
    }

    fn start(&self, data: &Path) -> Collector {
        let file = self.file.to_str().unwrap();
        let variables = [
            ("LD_PRELOAD", self.library.as_str()),
            ("FAKETIME_TIMESTAMP_FILE", file),
            ("FAKETIME_NO_CACHE", "1"),
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
            ("DONT_FAKE_MONOTONIC", "1"),
            ("NO_FAKE_STAT", "1"),
        ];
        Collector::start(data, &[], &variables)
    }
}

#[allow(
    clippy::disallowed_methods,
    reason = "what the collector sees is this, and the days that the test adds"
)]
fn now() -> DateTime<Utc> {
    Utc::now()
}

/// One car whose task is due in five days, and one whose task is due then in ten years.
fn two_cars() -> Shop {
    let mut shop = Shop::new();
    let expires = |days: i64| (now() + TimeDelta::days(days + 105)).date_naive().to_string();
    shop.vehicle("11-AB-11").inspection_expires(&expires(0));
    shop.vehicle("22-AB-22").inspection_expires(&expires(3652));
    shop.import();
    shop
}

/// What the list shows: nothing of it may come or go while the clock is wrong.
fn tasks(shop: &Shop) -> (Vec<String>, Vec<String>) {
    (shop.list(StatusFilter::Open), shop.list(StatusFilter::Withdrawn))
}

/// Waits until what was asked last is collected, and says how long that took.
fn collected(shop: &Shop) -> Duration {
    let (began, asked) = (Instant::now(), shop.store.collection_request().unwrap());
    while shop.store.last_collection().unwrap().is_none_or(|last| last.request_seen < asked) {
        assert!(began.elapsed() < Duration::from_secs(20), "not collected");
        std::thread::sleep(Duration::from_millis(20));
    }
    began.elapsed()
}

#[test]
fn ten_years_ahead_and_ten_years_back_make_no_task_and_stop_nothing() {
    let mut shop = two_cars();
    let Some(wall) = Wall::new(shop.folder()) else { return };
    wall.off_by(0);
    let mut collector = wall.start(shop.folder());
    collector.wait_for("STATUS=Laatste keer", Duration::from_secs(20));
    let before = tasks(&shop);
    assert_eq!(before.0.len(), 1, "{before:?}");
    for days in [3652, -3652, 36_525] {
        let last = shop.store.last_collection().unwrap();
        wall.off_by(days);
        shop.store.request_collection().unwrap();
        collector.wait_for("STATUS=Klok niet zeker: er wordt niets verzameld", SOON);
        let heard = collector.listen(Duration::from_secs(2));
        assert!(heard.iter().any(|message| message == "WATCHDOG=1"), "{days}: no reason to be restarted");
        assert_eq!(shop.store.last_collection().unwrap(), last, "{days}");
        assert_eq!(tasks(&shop), before, "{days}");
        wall.off_by(0);
        println!("{days} days: collects again {:?} after the clock is right", collected(&shop));
        assert_eq!(tasks(&shop), before, "{days}");
        let at = shop.store.last_collection().unwrap().unwrap().finished_at;
        assert!((now() - at).abs() < TimeDelta::minutes(1), "{days}: stamped with the wall's time: {at}");
    }
    assert!(collector.runs());
}

#[test]
fn a_machine_that_starts_in_the_past_waits_with_its_list_until_the_clock_is_set() {
    let mut shop = two_cars();
    let Some(wall) = Wall::new(shop.folder()) else { return };
    // Yesterday's tasks are there, and one more would be due.
    let today = now().date_naive();
    balie::collect::run(&mut shop.store, today, now()).unwrap();
    let before = tasks(&shop);
    // Before noon, noon is still to come: a change then would make the clock look wrong.
    shop.today = today.pred_opt().unwrap();
    shop.vehicle("33-AB-33").inspection_expires(&(today + TimeDelta::days(106)).to_string());
    shop.import();
    // 1972, the day before yesterday, and a month ago: before the program was built, and after.
    for days in [-20_000, -2, -30] {
        wall.off_by(days);
        let mut collector = wall.start(shop.folder());
        collector.wait_for("READY=1", Duration::from_secs(20));
        collector.wait_for("STATUS=Klok niet zeker: er wordt niets verzameld", SOON);
        collector.listen(Duration::from_secs(1));
        assert_eq!(tasks(&shop), before, "{days}: nothing made, nothing expired");
        if days == -30 {
            wall.off_by(0);
            let took = collected(&shop);
            println!("the clock is set: collected after {took:?}");
            assert!(took < Duration::from_secs(60), "{took:?}");
            assert_eq!(tasks(&shop).0.len(), 2);
        }
    }
}

#[test]
fn what_is_due_changes_with_the_shops_midnight_in_the_nights_of_the_clock_change() {
    let clock = Clock::new(chrono_tz::Europe::Amsterdam, None);
    let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
    // Midnight before and after each: the night lasts 23 and 25 hours.
    for (day, before, after) in [
        ("2026-03-29", "2026-03-28T22:59:59Z", "2026-03-28T23:00:00Z"),
        ("2026-03-30", "2026-03-29T21:59:59Z", "2026-03-29T22:00:00Z"),
        ("2026-10-25", "2026-10-24T21:59:59Z", "2026-10-24T22:00:00Z"),
        ("2026-10-26", "2026-10-25T22:59:59Z", "2026-10-25T23:00:00Z"),
    ] {
        let mut shop = Shop::new();
        let on: chrono::NaiveDate = day.parse().unwrap();
        shop.today = on.pred_opt().unwrap();
        shop.vehicle("11-AB-11").inspection_expires(&(on + TimeDelta::days(100)).to_string());
        shop.collect();
        assert_eq!(shop.list(StatusFilter::Open), [format!("{day} 11AB11 inspection")]);
        let due = |instant: &str| shop.store.due_counts(clock.today_at(at(instant)), 0).unwrap();
        assert_eq!((due(before).due, due(after).due), (0, 1), "{day}");
        assert_eq!((due(after).overdue, due(before).overdue), (0, 0), "{day}");
        let next = clock.midnight(on.succ_opt().unwrap());
        let counts = |instant| shop.store.due_counts(clock.today_at(instant), 0).unwrap().overdue;
        assert_eq!((counts(next - TimeDelta::seconds(1)), counts(next)), (0, 1), "{day}");
    }
}
