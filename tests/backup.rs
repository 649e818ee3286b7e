//! Backups, with real files and real processes: others write meanwhile, the disk is full, the stick is
//! gone (fault table, rows 1, 4).

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod copies;

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use balie::store::Store;
use balie::store::backup::{KEPT, keep_nightly, kept};
use copies::{Killed, actor, names, run, shop, words};
use rusqlite::Connection;

/// Names the database for the child that plays the desk.
const DESK: &str = "BALIE_TEST_BACKUP_DESK";

/// Plays the desk in a process of its own: changes a setting without pause, and a reading with it.
#[test]
fn desk() {
    let Some(path) = std::env::var_os(DESK) else { return };
    let mut store = Store::open(Path::new(&path)).unwrap();
    for turn in 1_u32.. {
        let value = (turn % 90 + 1).to_string();
        store.set_setting("general.weekly_capacity", &value, actor()).unwrap();
        store.set_setting("general.look_ahead_days", &value, actor()).unwrap();
        if turn == 3 {
            println!("writing");
        }
    }
}

fn start_desk(database: &Path) -> Killed {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "desk", "--nocapture"]).env(DESK, database);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let out = BufReader::new(child.stdout.take().unwrap());
    assert!(out.lines().map_while(Result::ok).any(|line| line.contains("writing")));
    Killed(child)
}

#[test]
fn a_copy_is_of_one_moment_whatever_another_process_writes() {
    let folder = shop(300);
    let database = folder.path().join("balie.db");
    let desk = start_desk(&database);
    let store = Store::open(&database).unwrap();
    for round in 0..10 {
        let copy = folder.path().join(format!("copy-{round}.db"));
        let facts = store.back_up(&copy, &mut |_, _| {}).unwrap();
        assert_eq!(facts.vehicles, 300);
        // The step of the history and the setting that it made are in one transaction.
        let copy = Connection::open(&copy).unwrap();
        let sql = "SELECT (SELECT value FROM setting WHERE key = 'general.weekly_capacity'),
                          (SELECT after FROM history WHERE field = 'general.weekly_capacity' ORDER BY id DESC LIMIT 1)";
        let (value, line): (Option<String>, Option<String>) =
            copy.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        // The default is not stored.
        assert!(value == line || (value.is_none() && line.as_deref() == Some("20")), "{value:?} {line:?}");
    }
    drop(desk);
    assert!(names(folder.path()).iter().all(|name| !name.contains("part")), "{:?}", names(folder.path()));
}

#[test]
fn a_desk_hardly_waits_while_a_backup_is_made() {
    let folder = shop(1500);
    let database = folder.path().join("balie.db");
    let (going, done) = (AtomicBool::new(true), AtomicBool::new(false));
    let mut longest = Duration::ZERO;
    let mut before = Duration::ZERO;
    thread::scope(|scope| {
        scope.spawn(|| {
            let store = Store::open(&database).unwrap();
            thread::sleep(Duration::from_millis(300));
            done.store(true, Ordering::SeqCst);
            for round in 0..5 {
                store.back_up(&folder.path().join(format!("{round}.db")), &mut |_, _| {}).unwrap();
            }
            going.store(false, Ordering::SeqCst);
        });
        let mut desk = Store::open(&database).unwrap();
        for turn in 0_u32.. {
            let began = Instant::now();
            desk.set_setting("general.weekly_capacity", &(turn % 90).to_string(), actor()).unwrap();
            let took = began.elapsed();
            if done.load(Ordering::SeqCst) {
                longest = longest.max(took);
            } else {
                before = before.max(took);
            }
            if !going.load(Ordering::SeqCst) {
                break;
            }
            thread::sleep(Duration::from_millis(2));
        }
    });
    println!("the longest write took {before:?} without and {longest:?} with a backup");
    // A card that is busy with other tests may take its time; a lock would take seconds.
    assert!(longest < before + Duration::from_millis(1000), "{longest:?}");
}

#[test]
fn a_full_disk_is_said_and_leaves_the_old_backup() {
    let folder = shop(200);
    let copy = folder.path().join("copy.db");
    let copy = copy.to_str().unwrap();
    assert!(run(folder.path(), &["backup", copy]).status.success());
    let before = fs::read(copy).unwrap();
    // No file may grow beyond 200 KiB: what a full disk does, without one.
    for command in ["backup", "restore"] {
        let line = format!(
            "trap '' XFSZ; ulimit -f 200; exec '{}' --data-dir '{}' {command} '{copy}'",
            env!("CARGO_BIN_EXE_balie"),
            folder.path().display()
        );
        let output = Command::new("bash").args(["-c", &line]).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{command}: {output:?}");
        assert!(
            words(&output).contains("full") || words(&output).contains("there is room"),
            "{}",
            words(&output)
        );
    }
    assert_eq!(fs::read(copy).unwrap(), before);
    assert!(!folder.path().join(".copy.db.part").exists());
    assert!(!folder.path().join("balie.db.restore").exists());
    Store::open(&folder.path().join("balie.db")).unwrap().check().unwrap();
}

#[test]
fn a_stick_that_is_pulled_halfway_is_an_error_and_no_more() {
    let folder = shop(200);
    let stick = folder.path().join("stick");
    fs::create_dir(&stick).unwrap();
    let store = Store::open(&folder.path().join("balie.db")).unwrap();
    let error = store
        .back_up(&stick.join("balie.db"), &mut |done, all| {
            if done > all / 2 && stick.exists() {
                fs::remove_dir_all(&stick).unwrap();
            }
        })
        .unwrap_err();
    assert!(error.to_string().contains("stick"), "{error}");
    store.check().unwrap();
    fs::create_dir(&stick).unwrap();
    store.back_up(&stick.join("balie.db"), &mut |_, _| {}).unwrap();
    assert_eq!(names(&stick), ["balie.db"]);
}

#[test]
fn seven_nights_are_kept_and_a_failed_one_takes_none_away() {
    let folder = shop(10);
    let backups = folder.path().join("backup");
    let store = Store::open(&folder.path().join("balie.db")).unwrap();
    for day in 1..=9 {
        let on = format!("2015-05-{day:02}").parse().unwrap();
        keep_nightly(&store, &backups, on, &mut |_, _| {}).unwrap();
        fs::write(backups.join("balie-notes.db"), "mine").unwrap();
    }
    let days = |backups: &Path| -> Vec<String> {
        kept(backups).unwrap().iter().map(|kept| kept.on.format("%d").to_string()).collect()
    };
    assert_eq!(days(&backups), ["09", "08", "07", "06", "05", "04", "03"]);
    assert_eq!(kept(&backups).unwrap().len(), KEPT);
    // A folder stands where the file should come.
    fs::create_dir(backups.join("balie-2015-05-10.db")).unwrap();
    keep_nightly(&store, &backups, "2015-05-10".parse().unwrap(), &mut |_, _| {}).unwrap_err();
    fs::remove_dir(backups.join("balie-2015-05-10.db")).unwrap();
    assert_eq!(days(&backups).len(), KEPT);
    // Made by a clock that was years ahead: it does not push the good ones out.
    keep_nightly(&store, &backups, "2030-01-01".parse().unwrap(), &mut |_, _| {}).unwrap();
    keep_nightly(&store, &backups, "2015-05-10".parse().unwrap(), &mut |_, _| {}).unwrap();
    assert_eq!(days(&backups), ["10", "09", "08", "07", "06", "05", "04"]);
    assert!(backups.join("balie-notes.db").exists());
}
