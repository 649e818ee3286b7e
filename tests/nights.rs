//! The night's backup and the stick's, by the thread that makes them: when one is due, what is noted
//! when it fails, and a stick that is really mounted, where this user may mount one.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod copies;
mod mounts;
mod patience;

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use balie::collect::files::{Places, start};
use balie::collect::service::{Machine, Moment, Notice};
use balie::station::lock::Lock;
use balie::store::Store;
use balie::store::backup::kept;
use chrono::{DateTime, NaiveDateTime, Utc};
use copies::{NOON, names, run, shop, words};
use mounts::{disk, pull, with_mounts};
use patience::wait_for;

/// A machine on which it is always the same moment, and which may doubt its clock.
struct Noon {
    trusted: bool,
}

impl Machine for Noon {
    fn moment(&self, _: Option<DateTime<Utc>>) -> Result<Moment, String> {
        let at: DateTime<Utc> = NOON.parse().unwrap();
        if self.trusted { Ok(Moment { at, today: at.date_naive() }) } else { Err("no clock".to_owned()) }
    }

    fn local(&self, at: DateTime<Utc>) -> NaiveDateTime {
        at.naive_utc()
    }

    fn tell(&self, _: Notice) {}
}

fn places(folder: &Path) -> Places {
    Places {
        database: folder.join("balie.db"),
        drop: folder.join("drop"),
        rejects: folder.join("rejects"),
        backups: folder.join("backup"),
        sticks: None,
        quiet: Duration::from_secs(1),
        settle: Duration::ZERO,
    }
}

#[test]
fn a_backup_is_made_once_a_night_and_noted() {
    let folder = shop(20);
    start(places(folder.path()), Arc::new(Noon { trusted: true })).unwrap();
    let store = Store::open(&folder.path().join("balie.db")).unwrap();
    let good = wait_for("no backup", || store.backup_state().unwrap().good_at);
    assert_eq!(good, NOON.parse::<DateTime<Utc>>().unwrap());
    let made = kept(&folder.path().join("backup")).unwrap();
    assert_eq!(made.len(), 1);
    let copy = Store::open(&made[0].path).unwrap();
    copy.check().unwrap();
    assert!(!copy.is_empty().unwrap());
}

#[test]
fn a_night_that_fails_is_noted_with_its_words_and_the_next_good_one_clears_it() {
    let folder = shop(20);
    // A file stands where the folder should be.
    fs::write(folder.path().join("backup"), "").unwrap();
    start(places(folder.path()), Arc::new(Noon { trusted: true })).unwrap();
    let mut store = Store::open(&folder.path().join("balie.db")).unwrap();
    let state =
        wait_for("nothing noted", || Some(store.backup_state().unwrap()).filter(|state| state.failures > 0));
    assert!(state.problem.contains("backup") && state.good_at.is_none(), "{state:?}");
    store.note_backup(NOON.parse().unwrap()).unwrap();
    store.note_backup_failed("again").unwrap();
    let state = store.backup_state().unwrap();
    assert_eq!((state.failures, state.problem.as_str(), state.good_at.is_some()), (1, "again", true));
}

#[test]
fn a_night_without_a_collector_has_its_backup_by_the_timer_and_with_one_it_is_left_to_it() {
    let folder = shop(20);
    let nightly = || {
        let output = run(folder.path(), &["--today", "2015-05-01", "backup", "--nightly"]);
        assert!(output.status.success(), "{}", words(&output));
        String::from_utf8(output.stdout).unwrap()
    };
    let lock = Lock::collector(folder.path()).unwrap();
    assert_eq!(nightly(), "");
    drop(lock);
    assert!(nightly().trim_end().ends_with("/backup/balie-2015-05-01.db"));
    assert_eq!(nightly(), "");
    assert_eq!(kept(&folder.path().join("backup")).unwrap().len(), 1);
    let store = Store::open(&folder.path().join("balie.db")).unwrap();
    assert!(store.backup_state().unwrap().good_at.is_some());
}

#[test]
fn without_a_clock_there_is_no_backup_of_a_wrong_day() {
    let folder = shop(20);
    start(places(folder.path()), Arc::new(Noon { trusted: false })).unwrap();
    thread::sleep(Duration::from_millis(1500));
    assert!(!folder.path().join("backup").exists());
}

#[test]
fn a_stick_that_is_plugged_in_gets_a_backup() {
    with_mounts("a_stick_that_is_plugged_in_gets_a_backup", || {
        let folder = shop(20);
        let media = folder.path().join("media");
        fs::create_dir_all(media.join("left-behind")).unwrap();
        let mut places = places(folder.path());
        places.sticks = Some(media.clone());
        start(places, Arc::new(Noon { trusted: true })).unwrap();
        let store = Store::open(&folder.path().join("balie.db")).unwrap();
        thread::sleep(Duration::from_millis(1200));
        assert!(names(&media.join("left-behind")).is_empty(), "a backup on the card itself");
        let first = disk(&media.join("FIRST"), 50 * 1024);
        wait_for("no backup on the stick", || store.stick_state().unwrap().good_at);
        assert_eq!(store.stick_state().unwrap().name, "FIRST");
        assert_eq!(names(&first.join("balie-backup")), ["balie-2015-05-01.db"]);
        Store::open(&first.join("balie-backup/balie-2015-05-01.db")).unwrap().check().unwrap();
        pull(&first);
        thread::sleep(Duration::from_millis(1200));
        let small = disk(&media.join("SMALL"), 600);
        let state = wait_for("a small stick", || {
            Some(store.stick_state().unwrap()).filter(|state| state.failures > 0)
        });
        assert!(state.problem.contains("MB are needed") && state.name == "SMALL", "{state:?}");
        assert!(names(&small.join("balie-backup")).is_empty());
    });
}
