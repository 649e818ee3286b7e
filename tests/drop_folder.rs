//! The drop folder, the nights and the sticks, with the real collector: nothing is taken too early,
//! nothing is lost, whatever is killed and whenever.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod inbox;
mod patience;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use balie::collect::files::drop_folder::DropFolder;
use balie::store::Store;
use inbox::{Inbox, NOON};
use patience::wait_for;

struct Collector(Child);

impl Drop for Collector {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start(data: &Path) -> Collector {
    let config = data.join("balie.toml");
    fs::write(&config, "[rdw]\nenabled = false\n[files]\nquiet_seconds = 1\nstick_backup = false\n").unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_balie-collector"));
    for name in ["BALIE_TODAY", "BALIE_DATA_DIR", "NOTIFY_SOCKET", "WATCHDOG_USEC", "JOURNAL_STREAM"] {
        command.env_remove(name);
    }
    command.arg("--data-dir").arg(data).arg("--config").arg(config);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    Collector(command.spawn().unwrap())
}

/// Every file below a folder, with the batch's name left out.
fn below(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for batch in fs::read_dir(folder).into_iter().flatten() {
        for file in fs::read_dir(batch.unwrap().path()).unwrap() {
            found.push(file.unwrap().file_name().into_string().unwrap());
        }
    }
    found.sort();
    found
}

fn batches(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder).into_iter().flatten().map(|batch| batch.unwrap().path()).collect()
}

fn vehicles(data: &Path) -> u64 {
    let connection = rusqlite::Connection::open(data.join("balie.db")).unwrap();
    connection
        .query_row("SELECT count(*) FROM vehicle", [], |row| row.get::<_, i64>(0))
        .map_or(0, i64::unsigned_abs)
}

#[test]
fn the_collector_takes_what_is_dropped_and_puts_it_away_with_a_report() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let drop = data.join("drop");
    fs::create_dir(&drop).unwrap();
    let _collector = start(data);
    wait_for("no database", || data.join("balie.db").exists().then_some(()));
    fs::write(drop.join("vehicles.csv"), "plate,make\nJL-29-JK,OPEL\nnonsense!!,X\n").unwrap();
    fs::write(drop.join("customers.csv"), "code,name\n1,Jansen\n").unwrap();
    fs::write(drop.join("broken.csv.part"), "code").unwrap();
    fs::write(drop.join("orders.csv"), "what,is,this\n1,2,3\n").unwrap();
    fs::write(drop.join("visits.csv"), "no,columns\n1,2\n").unwrap();
    wait_for("nothing was taken", || (below(&drop.join("done")).len() == 3).then_some(()));
    assert_eq!(below(&drop.join("done")), ["customers.csv", "report.txt", "vehicles.csv"]);
    wait_for("nothing failed", || (below(&drop.join("failed")).len() == 3).then_some(()));
    assert_eq!(below(&drop.join("failed")), ["orders.csv", "report.txt", "visits.csv"]);
    assert!(drop.join("broken.csv.part").exists());
    let report = fs::read_to_string(batches(&drop.join("done"))[0].join("report.txt")).unwrap();
    assert!(report.contains("vehicles.csv: 1 added, 0 changed, 0 unchanged, 1 rejected"), "{report}");
    assert!(report.contains("vehicles.csv:3: plate:") && report.contains("rejects/vehicles.csv"), "{report}");
    let report = fs::read_to_string(batches(&drop.join("failed"))[0].join("report.txt")).unwrap();
    assert!(
        report.contains("orders.csv: Balie does not know") && report.contains("visits.csv: its first line"),
        "{report}"
    );
    assert_eq!(vehicles(data), 1);
}

#[test]
fn a_file_is_taken_when_it_is_complete_and_not_before() {
    let mut shop = Inbox::new();
    let folder = shop.folder();
    let mut watched = DropFolder::new(folder.clone(), shop.rejects(), Duration::from_secs(10));
    let at = Duration::from_secs;
    let mut file = fs::File::create(folder.join("vehicles.csv")).unwrap();
    file.write_all(b"plate\nAB-12-CD\n").unwrap();
    assert!(!watched.is_ready(at(0)).unwrap());
    assert!(!watched.is_ready(at(9)).unwrap());
    // A slow line: more comes after nine seconds.
    file.write_all(b"EF-34-GH\n").unwrap();
    assert!(!watched.is_ready(at(10)).unwrap());
    assert!(!watched.is_ready(at(19)).unwrap());
    // Another file of the same export begins: all are waited for.
    fs::write(folder.join("customers.csv"), "code\n1\n").unwrap();
    assert!(!watched.is_ready(at(21)).unwrap());
    // The other system says itself that it has ended.
    fs::write(folder.join("customers.csv.ok"), "").unwrap();
    assert!(watched.is_ready(at(22)).unwrap());
    let taken = watched.take(&mut shop.store, NOON.parse().unwrap(), "one", at(22)).unwrap();
    assert_eq!((taken.files, taken.added, taken.failed), (2, 3, 0));
    assert_eq!(below(&folder.join("done")), ["customers.csv", "report.txt", "vehicles.csv"]);
    assert!(!folder.join("customers.csv.ok").exists());
    // One that never rests holds up the others for ten minutes, no longer.
    fs::write(folder.join("sales.csv"), "number\nV1\n").unwrap();
    let mut restless = fs::File::create(folder.join("invoices.csv")).unwrap();
    let mut ready = Vec::new();
    for minute in 1..=12 {
        restless.write_all(b"x").unwrap();
        if watched.is_ready(at(22 + minute * 60)).unwrap() {
            ready.push(minute);
        }
    }
    assert_eq!(ready, [11, 12]);
    watched.take(&mut shop.store, NOON.parse().unwrap(), "one", at(1000)).unwrap();
    assert!(folder.join("invoices.csv").exists() && !folder.join("sales.csv").exists());
    // The name of a batch is there already: nothing is written over.
    assert!(folder.join("done/one-2/sales.csv").exists());
    // What others must not see or lead elsewhere.
    std::os::unix::fs::symlink("/etc/passwd", folder.join("quotes.csv")).unwrap();
    fs::write(folder.join(".hidden.csv"), "").unwrap();
    fs::remove_file(folder.join("invoices.csv")).unwrap();
    assert!(!watched.is_ready(at(2000)).unwrap() && !watched.is_ready(at(3000)).unwrap());
    fs::remove_dir_all(&folder).unwrap();
    assert!(!watched.is_ready(at(4000)).unwrap());
}

#[test]
fn while_the_database_refuses_the_files_wait() {
    let mut shop = Inbox::new();
    let folder = shop.folder();
    shop.write("vehicles.csv", "plate\nAB-12-CD\n");
    let mut watched = DropFolder::new(folder.clone(), shop.rejects(), Duration::ZERO);
    assert!(watched.is_ready(Duration::ZERO).unwrap());
    let other = rusqlite::Connection::open(shop.database()).unwrap();
    other
        .execute_batch("CREATE TRIGGER no BEFORE INSERT ON vehicle BEGIN SELECT RAISE(FAIL, 'no'); END")
        .unwrap();
    let words =
        watched.take(&mut shop.store, NOON.parse().unwrap(), "one", Duration::ZERO).unwrap_err().to_string();
    assert!(words.contains("waits"), "{words}");
    assert!(!watched.is_ready(Duration::from_secs(5)).unwrap(), "not at once");
    other.execute_batch("DROP TRIGGER no").unwrap();
    assert!(watched.is_ready(Duration::from_secs(31)).unwrap());
    let taken = watched.take(&mut shop.store, NOON.parse().unwrap(), "two", Duration::from_secs(31)).unwrap();
    assert_eq!(taken.added, 1);
    assert_eq!(below(&folder.join("done")), ["report.txt", "vehicles.csv"]);
}

#[test]
fn a_collector_that_is_killed_loses_no_file_and_takes_none_twice() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let drop = data.join("drop");
    fs::create_dir(&drop).unwrap();
    Store::open(&data.join("balie.db")).unwrap();
    let mut expected = 0_u64;
    for round in 0..6_u64 {
        let collector = start(data);
        let mut text = "plate,make\n".to_owned();
        for number in 0..400 {
            text.push_str(&format!(
                "{:02}-AB{}-{}\n",
                number / 10 + 10,
                char::from(b'C' + round as u8),
                number % 10
            ));
        }
        let text = text.replace('\n', ",OPEL\n").replace("plate,make,OPEL", "plate,make");
        fs::write(drop.join("vehicles.csv"), text).unwrap();
        expected += 400;
        thread::sleep(Duration::from_millis(1900 + round * 97));
        std::mem::drop(collector);
    }
    let collector = start(data);
    wait_for("files are left", || {
        let waiting = fs::read_dir(&drop)
            .unwrap()
            .filter(|entry| entry.as_ref().unwrap().file_type().unwrap().is_file());
        let work = fs::read_dir(drop.join(".work")).map_or(0, Iterator::count);
        (waiting.count() + work == 0).then_some(())
    });
    std::mem::drop(collector);
    Store::open(&data.join("balie.db")).unwrap().check().unwrap();
    // A file that was written over before it was taken is the writer's doing.
    let done = below(&drop.join("done")).iter().filter(|name| *name == "vehicles.csv").count() as u64;
    assert!(done >= 1 && vehicles(data) <= expected);
    let mut rows = 0;
    for batch in batches(&drop.join("done")) {
        rows += fs::read_to_string(batch.join("vehicles.csv")).unwrap().lines().count() as u64 - 1;
    }
    assert_eq!(vehicles(data), rows, "{done} files");
    assert_eq!(below(&drop.join("failed")), Vec::<String>::new());
}
