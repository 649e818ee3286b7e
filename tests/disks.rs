//! A stick that is pulled and a disk that fills up, really mounted, while a backup or an import is
//! busy: one clear error, no row lost, and the copy of before still there (fault table, row 4).

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod copies;
mod mounts;

use std::fs;
use std::path::Path;
use std::process::Output;

use balie::exchange::{self, ImportOptions};
use balie::store::Store;
use balie::store::backup::{keep_nightly, kept};
use chrono::NaiveDate;
use copies::{NOON, actor, names, run, shop, words};
use mounts::{disk, fill, plug, pull, resize, with_mounts};
use rusqlite::Connection;

fn day(day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2015, 5, day).unwrap()
}

/// It says what is wrong in one line, and what to do.
fn one_error(output: &Output, what: &str) {
    let words = words(output);
    assert_eq!(output.status.code(), Some(1), "{words}");
    assert_eq!(words.lines().count(), 1, "{words}");
    assert!(words.contains(what), "{words}");
}

#[test]
fn a_stick_that_is_pulled_halfway_keeps_what_it_had() {
    with_mounts("a_stick_that_is_pulled_halfway_keeps_what_it_had", || {
        let folder = shop(200);
        let stick = disk(&folder.path().join("stick"), 64 * 1024);
        let plugged = plug(&stick, &folder.path().join("media/STICK"));
        let backups = plugged.join("balie-backup");
        let store = Store::open(&folder.path().join("balie.db")).unwrap();
        keep_nightly(&store, &backups, day(1), &mut |_, _| {}).unwrap();
        let before = fs::read(backups.join("balie-2015-05-01.db")).unwrap();
        for (pulled, part) in [0, 1, 50, 100].into_iter().enumerate() {
            let mut there = true;
            let error = keep_nightly(&store, &backups, day(2), &mut |done, all| {
                if there && done * 100 >= all * part {
                    pull(&plugged);
                    there = false;
                }
            });
            let error = error.unwrap_err().to_string();
            assert!(error.contains("media/STICK") && error.contains("; "), "{error}");
            assert!(names(&plugged).is_empty(), "pulled {pulled} times: something lies on the card");
            plug(&stick, &plugged);
            assert_eq!(fs::read(backups.join("balie-2015-05-01.db")).unwrap(), before);
        }
        store.check().unwrap();
        // It is plugged in on another day, and nothing half is left of the days before.
        keep_nightly(&store, &backups, day(3), &mut |_, _| {}).unwrap();
        assert_eq!(names(&backups), ["balie-2015-05-01.db", "balie-2015-05-03.db"]);
    });
}

#[test]
fn a_stick_that_fills_up_meanwhile_keeps_what_it_had() {
    with_mounts("a_stick_that_fills_up_meanwhile_keeps_what_it_had", || {
        let folder = shop(200);
        let stick = disk(&folder.path().join("stick"), 64 * 1024);
        let store = Store::open(&folder.path().join("balie.db")).unwrap();
        keep_nightly(&store, &stick, day(1), &mut |_, _| {}).unwrap();
        let before = fs::read(stick.join("balie-2015-05-01.db")).unwrap();
        for on in [day(1), day(2)] {
            let error = keep_nightly(&store, &stick, on, &mut |done, all| {
                if done > all / 2 && !stick.join("films").exists() {
                    fill(&stick, 16);
                }
            });
            let error = error.unwrap_err().to_string();
            assert!(error.contains("the disk is full"), "{error}");
            assert_eq!(names(&stick), ["balie-2015-05-01.db", "films"]);
            assert_eq!(fs::read(stick.join("balie-2015-05-01.db")).unwrap(), before);
            fs::remove_file(stick.join("films")).unwrap();
        }
        store.check().unwrap();
        keep_nightly(&store, &stick, day(2), &mut |_, _| {}).unwrap();
        assert_eq!(kept(&stick).unwrap().len(), 2);
    });
}

#[test]
fn a_stick_that_is_pulled_during_an_import_costs_the_files_that_were_not_read() {
    with_mounts("a_stick_that_is_pulled_during_an_import_costs_the_files_that_were_not_read", || {
        let folder = tempfile::tempdir().unwrap();
        let stick = disk(&folder.path().join("stick"), 16 * 1024);
        let plugged = plug(&stick, &folder.path().join("media/STICK"));
        fs::write(plugged.join("employees.csv"), "code,name\nELS,Els\n").unwrap();
        customers(&plugged.join("customers.csv"), "private");
        fs::write(plugged.join("vehicles.csv"), "plate\nZZ-12-ZZ\n").unwrap();
        let mut store = Store::open(&folder.path().join("balie.db")).unwrap();
        let mut there = true;
        let mut import_now = |pulls: bool| {
            let options = ImportOptions {
                dry_run: false,
                strict: false,
                rejects_dir: &folder.path().join("rejects"),
                now: NOON.parse().unwrap(),
                progress: &mut |progress| {
                    if pulls && there && progress.file == "customers.csv" {
                        pull(&plugged);
                        there = false;
                    }
                },
            };
            exchange::import(&mut store, &plugged, options).unwrap()
        };
        let report = import_now(true);
        assert!(report.failed(), "{report:?}");
        let [employees, customers, vehicles] = report.files.as_slice() else { panic!("{report:?}") };
        assert_eq!((employees.added, &employees.problem), (1, &None));
        // Each file is read twice: the second time it is gone.
        for file in [customers, vehicles] {
            let problem = file.problem.as_ref().unwrap().to_string();
            assert!(problem.contains("cannot be read"), "{problem}");
            assert_eq!(file.added + file.changed + file.rejected, 0);
        }
        assert_eq!(rows(folder.path()), 0);
        plug(&stick, &plugged);
        let report = import_now(false);
        let added: Vec<_> = report.files.iter().map(|file| (file.added, file.unchanged)).collect();
        assert_eq!(added, [(0, 1), (20_000, 0), (1, 0)]);
    });
}

/// Many customers, in a file; `kind` is the kind of all.
fn customers(file: &Path, kind: &str) {
    let rows: String = (0..20_000).map(|row| format!("N{row},{kind},Naam van nummer {row}\n")).collect();
    fs::write(file, format!("code,kind,name\n{rows}")).unwrap();
}

#[test]
fn a_disk_that_fills_up_during_an_import_loses_no_row() {
    with_mounts("a_disk_that_fills_up_during_an_import_loses_no_row", || {
        let made = shop(100);
        let (data, import) = (made.path().join("data"), made.path().join("customers.csv"));
        disk(&data, 64 * 1024);
        fs::copy(made.path().join("balie.db"), data.join("balie.db")).unwrap();
        let copy = data.join("copy.db");
        assert!(run(&data, &["backup", copy.to_str().unwrap()]).status.success());
        let (backup, before) = (fs::read(&copy).unwrap(), rows(&data));
        fill(&data, 1024);
        let import_now = |data: &Path| run(data, &["import", import.to_str().unwrap()]);
        // All rows go in, or all are set aside: both take room that is not there.
        for (kind, said) in [
            ("private", "the disk is full; nothing was saved"),
            ("friend", "the rejected rows cannot be written: No space left on device"),
        ] {
            customers(&import, kind);
            let output = import_now(&data);
            assert_eq!(output.status.code(), Some(1), "{kind}: {}", words(&output));
            assert!(words(&output).contains(said), "{kind}: {}", words(&output));
            assert!(words(&output).lines().count() <= 2, "{kind}: {}", words(&output));
            assert_eq!(rows(&data), before, "{kind}");
            assert_eq!(fs::read(&copy).unwrap(), backup, "{kind}");
        }
        // Nothing is left in the way: what a person does at the desk is saved still.
        let mut store = Store::open(&data.join("balie.db")).unwrap();
        store.check().unwrap();
        store.set_setting("general.weekly_capacity", "7", actor()).unwrap();
        resize(&data, 128 * 1024);
        customers(&import, "private");
        assert!(import_now(&data).status.success());
        assert_eq!(rows(&data), before + 20_000);
    });
}

#[test]
fn a_disk_that_is_full_is_told_in_one_line() {
    with_mounts("a_disk_that_is_full_is_told_in_one_line", || {
        let made = shop(100);
        let (data, import) = (made.path().join("data"), made.path().join("customers.csv"));
        disk(&data, 64 * 1024);
        fs::copy(made.path().join("balie.db"), data.join("balie.db")).unwrap();
        let copy = data.join("copy.db");
        customers(&import, "private");
        fill(&data, 512);
        one_error(&run(&data, &["backup", copy.to_str().unwrap()]), "MB are needed; make room and try again");
        one_error(&run(&data, &["import", import.to_str().unwrap()]), "the disk is full");
    });
}

/// How many customers there are, in a database that is whole.
fn rows(data: &Path) -> u32 {
    let store = Store::open(&data.join("balie.db")).unwrap();
    store.check().unwrap();
    let count = "SELECT count(*) FROM customer";
    Connection::open(data.join("balie.db")).unwrap().query_row(count, [], |row| row.get(0)).unwrap()
}
