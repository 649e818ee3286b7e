//! Rows 3 and 4: the disk is full, and the disk can only be read; really mounted.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use balie::domain::language::Language;
use balie::domain::task::{StatusFilter, TaskFilter, TaskOrder};
use balie::store::{Access, Store, StoreError};
use chrono::NaiveDate;

use crate::copies::{actor, run, shop, words};
use crate::mounts::{disk, fill, resize, with_mounts};
use crate::process::Collector;

fn today() -> NaiveDate {
    "2015-05-01".parse().unwrap()
}

fn open_tasks(store: &Store) -> Vec<balie::store::task_list::TaskRow> {
    let filter = TaskFilter { status: StatusFilter::Open, ..TaskFilter::default() };
    store.task_page(&filter, TaskOrder::default(), today(), Language::Nl, 0, 100_000).unwrap()
}

/// A shop with its tasks, on a disk of its own; with what a plug leaves lying beside the database, if it was
/// pulled.
fn on_a_disk(data: &Path, pulled: bool) {
    let made = shop(200);
    assert!(run(made.path(), &["--today", "2015-05-01", "collect"]).status.success());
    disk(data, 64 * 1024);
    let desk = pulled.then(|| {
        let mut desk = Store::open(&made.path().join("balie.db")).unwrap();
        desk.set_setting("general.weekly_capacity", "7", actor()).unwrap();
        desk
    });
    for ending in ["", "-wal", "-shm"] {
        let name = format!("balie.db{ending}");
        let from = made.path().join(&name);
        if from.exists() {
            fs::copy(from, data.join(name)).unwrap();
        }
    }
    drop(desk);
    assert_eq!(data.join("balie.db-wal").exists(), pulled);
}

#[test]
fn a_full_disk_stops_nobody_loses_nothing_and_is_over_with_ten_megabytes() {
    with_mounts("full::a_full_disk_stops_nobody_loses_nothing_and_is_over_with_ten_megabytes", || {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        on_a_disk(&data, false);
        let mut desk = Store::open(&data.join("balie.db")).unwrap();
        let before = open_tasks(&desk);
        assert!(before.len() > 5);
        let mut collector = Collector::start(&data, &["--today", "2015-05-01"], &[]);
        collector.wait_for("STATUS=Laatste keer", Duration::from_secs(20));
        fill(&data, 0);
        // Until the log has used up what it still had.
        let mut finished = Vec::new();
        let mut refused = 0;
        for task in &before {
            match desk.handle_task(task.id, None, actor()) {
                Ok(_) => finished.push(task.id),
                Err(StoreError::Full) => refused += 1,
                Err(other) => panic!("{other}"),
            }
            let about = format!("task:{}", task.id);
            let _ = desk.keep_draft(&about, &"x".repeat(100_000), actor());
        }
        assert!(refused > 0, "the disk was never full");
        let closed = |store: &Store| {
            before.len()
                - open_tasks(store).iter().filter(|now| before.iter().any(|was| was.id == now.id)).count()
        };
        assert_eq!(closed(&desk), finished.len(), "what was refused is still in the list");
        collector.listen(Duration::from_secs(3));
        assert!(collector.runs(), "no crash");
        let heard = collector.listen(Duration::from_secs(2));
        assert!(heard.iter().any(|message| message == "WATCHDOG=1"), "it can still read: {heard:?}");
        // Ten megabytes come free, and nobody is started again.
        resize(&data, 64 * 1024 + 10 * 1024);
        let still = open_tasks(&desk)
            .iter()
            .find(|now| before.iter().any(|was| was.id == now.id))
            .map(|task| task.id);
        desk.handle_task(still.unwrap(), None, actor()).unwrap();
        assert_eq!(closed(&desk), finished.len() + 1);
        desk.request_collection().unwrap();
        let asked = desk.collection_request().unwrap();
        crate::patience::wait_for("not collected", || {
            desk.last_collection().unwrap().filter(|last| last.request_seen >= asked)
        });
        desk.check().unwrap();
    });
}

#[test]
fn a_collector_that_cannot_write_says_so_and_goes_on_when_it_can() {
    with_mounts("full::a_collector_that_cannot_write_says_so_and_goes_on_when_it_can", || {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        on_a_disk(&data, false);
        fill(&data, 64);
        let mut collector = Collector::start(&data, &["--today", "2015-05-08"], &[]);
        let status = collector.wait_for("de schijf is vol", Duration::from_secs(20));
        assert!(status.contains("nieuwe poging over"), "{status}");
        fs::remove_file(data.join("films")).unwrap();
        collector.wait_for("volgende om", Duration::from_secs(40));
        Store::open(&data.join("balie.db")).unwrap().check_all().unwrap();
    });
}

#[test]
fn a_disk_that_can_only_be_read_shows_the_list_and_takes_no_change() {
    with_mounts("full::a_disk_that_can_only_be_read_shows_the_list_and_takes_no_change", || {
        let folder = tempfile::tempdir().unwrap();
        for pulled in [false, true] {
            let data = folder.path().join(if pulled { "pulled" } else { "closed" });
            on_a_disk(&data, pulled);
            let remounted = Command::new("mount").args(["-o", "remount,ro"]).arg(&data).status().unwrap();
            assert!(remounted.success());
            for access in [Access::Write, Access::Read] {
                let store = Store::open_with(&data.join("balie.db"), access);
                let mut store = store.unwrap_or_else(|cause| panic!("pulled {pulled}, {access:?}: {cause}"));
                store.data_version().unwrap();
                let tasks = open_tasks(&store);
                assert!(tasks.len() > 5, "pulled {pulled}, {access:?}: {} tasks", tasks.len());
                let capacity = store.settings().unwrap().general.weekly_capacity;
                assert_eq!(capacity == 7, pulled, "what was saved last is seen");
                let error = store.handle_task(tasks[0].id, None, actor()).unwrap_err();
                assert!(matches!(error, StoreError::ReadOnly), "pulled {pulled}, {access:?}: {error}");
                assert!(!error.is_damage());
            }
            let listed = run(&data, &["--today", "2015-05-01", "tasks"]);
            assert!(listed.status.success(), "{}", words(&listed));
            assert!(String::from_utf8_lossy(&listed.stdout).lines().count() > 5);
            let told = run(&data, &["--today", "2015-05-01", "collect"]);
            assert_eq!(told.status.code(), Some(1));
            assert!(words(&told).contains("changes cannot be saved"), "{}", words(&told));
        }
    });
}
