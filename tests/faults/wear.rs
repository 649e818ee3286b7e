//! Rows 3 and 18: what a day writes onto the card, and what the collector keeps in memory.

use std::fs;
use std::time::Duration;

use balie::domain::language::Language;
use balie::domain::task::{TaskFilter, TaskOrder};
use balie::store::Store;
use balie::store::backup::keep_nightly;
use balie::store::history::{Actor, Origin};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use crate::copies::{actor, shop};
use crate::process::Collector;
use crate::rounds::times;

const MEGA: u64 = 1024 * 1024;
/// What a normal day may write, at most.
const A_DAY: u64 = 50 * MEGA;

/// Bytes that this thread has handed to files so far.
fn written() -> u64 {
    let io = fs::read_to_string("/proc/thread-self/io").unwrap();
    io.lines().find_map(|line| line.strip_prefix("wchar: ")).unwrap().parse().unwrap()
}

#[test]
fn a_working_day_writes_less_than_fifty_megabytes() {
    let folder = shop(1500);
    let mut store = Store::open(&folder.path().join("balie.db")).unwrap();
    // Every task is in the list: forty calls a day.
    store.set_setting("general.weekly_capacity", "0", actor()).unwrap();
    let first: NaiveDate = "2015-05-01".parse().unwrap();
    let backups = folder.path().join("backup");
    // The first day makes all tasks of a new shop: that is no normal one.
    let began: DateTime<Utc> = first.and_hms_opt(6, 0, 0).unwrap().and_utc();
    balie::collect::run(&mut store, first, began).unwrap();
    for days in 1..=i64::from(2 * times()) {
        let (today, before) = (first + TimeDelta::days(days), written());
        let at = |minute: i64| began + TimeDelta::days(days) + TimeDelta::minutes(minute);
        let desk = |minute| Actor { origin: Origin::Desk(None), at: at(minute) };
        keep_nightly(&store, &backups, today, &mut |_, _| {}).unwrap();
        let copy = written() - before;
        store.note_backup(at(0)).unwrap();
        for hour in 0..24 {
            balie::collect::run(&mut store, today, at(hour * 60)).unwrap();
        }
        // Forty calls, each with a draft that is kept while one types.
        let tasks = store
            .task_page(&TaskFilter::default(), TaskOrder::default(), today, Language::Nl, 0, 40)
            .unwrap();
        for (minute, task) in (0..).zip(&tasks) {
            for letters in 1..=10 {
                let (about, content) = (format!("task:{}", task.id), "een woord ".repeat(letters));
                store.keep_draft(&about, &content, desk(minute)).unwrap();
            }
            store.handle_task(task.id, Some("gebeld"), desk(minute)).unwrap();
        }
        let day = written() - before;
        println!(
            "day {days}: {:.1} MB, of which the backup {:.1}, {} tasks",
            day as f64 / MEGA as f64,
            copy as f64 / MEGA as f64,
            tasks.len()
        );
        assert!(day < A_DAY, "{day} bytes on a day");
    }
}

#[test]
fn the_collector_stays_small_whatever_it_has_collected() {
    let folder = shop(1500);
    let mut store = Store::open(&folder.path().join("balie.db")).unwrap();
    let mut collector = Collector::start(folder.path(), &["--today", "2015-05-01"], &[]);
    collector.wait_for("STATUS=Laatste keer", Duration::from_secs(30));
    let mut sizes = Vec::new();
    for turn in 0..12 * times() {
        // Enough to withdraw and return tasks each time.
        store
            .set_setting("rules.inspection.days", if turn % 2 == 0 { "90" } else { "100" }, actor())
            .unwrap();
        let asked = store.collection_request().unwrap();
        crate::patience::wait_for("not collected", || {
            store.last_collection().unwrap().filter(|last| last.request_seen >= asked)
        });
        sizes.push(collector.memory());
    }
    let (warm, last) = (sizes[sizes.len() / 3], *sizes.last().unwrap());
    println!(
        "the collector's memory: {warm} KiB after {}, {last} KiB after {} runs",
        sizes.len() / 3,
        sizes.len()
    );
    // The caches are full by then; what grows with each run would be a leak.
    assert!(last < warm + 1024, "{sizes:?}");
    assert!(last < 25 * 1024 || cfg!(debug_assertions), "{last} KiB");
}
