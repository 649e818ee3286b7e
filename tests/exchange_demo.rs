//! The invented shop: the same each time, lively, and complete.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use balie::domain::plate::Plate;
use balie::domain::rule::RuleKey;
use balie::domain::settings::Settings;
use balie::exchange::demo::{Demo, DemoError, write_csv, write_to_store};
use balie::exchange::{ImportOptions, export, import};
use balie::store::Store;
use chrono::{DateTime, Utc};
use rusqlite::Connection;

fn demo(vehicles: u32) -> Demo {
    Demo { vehicles, seed: 7, today: "2026-11-22".parse().unwrap() }
}

fn noon() -> DateTime<Utc> {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

fn files(dir: &Path) -> BTreeMap<String, String> {
    let entries = std::fs::read_dir(dir).unwrap();
    let read = |entry: std::fs::DirEntry| {
        (entry.file_name().into_string().unwrap(), std::fs::read_to_string(entry.path()).unwrap())
    };
    entries.map(Result::unwrap).filter(|entry| entry.path().is_file()).map(read).collect()
}

fn filled(dir: &Path, demo: Demo) -> Store {
    let mut store = Store::open(&dir.join("balie.db")).unwrap();
    write_to_store(&mut store, demo, &dir.join("scratch"), noon(), &mut |_| {}).unwrap();
    store
}

#[test]
fn the_same_numbers_give_the_same_shop_and_others_another() {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, demo: Demo| {
        let dir = dir.path().join(name);
        write_csv(demo, &dir).unwrap();
        files(&dir)
    };
    let first = write("a", demo(300));
    assert_eq!(first, write("b", demo(300)));
    assert_ne!(first["vehicles.csv"], write("c", Demo { seed: 8, ..demo(300) })["vehicles.csv"]);
    assert_ne!(
        first["vehicles.csv"],
        write("d", Demo { today: "2015-05-01".parse().unwrap(), ..demo(300) })["vehicles.csv"]
    );
    assert_eq!(first.len(), 10);
    assert_eq!(first["vehicles.csv"].lines().count(), 301);
}

#[test]
fn the_files_imported_are_the_shop_that_the_database_gets() {
    let dir = tempfile::tempdir().unwrap();
    let direct = filled(dir.path(), demo(400));
    assert!(!dir.path().join("scratch").exists());
    let csv = dir.path().join("csv");
    write_csv(demo(400), &csv).unwrap();
    let mut store = Store::open(&dir.path().join("other.db")).unwrap();
    let options = ImportOptions {
        dry_run: false,
        strict: false,
        rejects_dir: &dir.path().join("rejects"),
        now: noon(),
        progress: &mut |_| {},
    };
    let report = import(&mut store, &csv, options).unwrap();
    export(&direct, &dir.path().join("one")).unwrap();
    export(&store, &dir.path().join("two")).unwrap();
    assert_eq!(files(&dir.path().join("one")), files(&dir.path().join("two")));
    // No vehicle is lost to dirt, and of the rest only what is dirty.
    for file in &report.files {
        let most = if ["vehicles.csv", "customers.csv", "ownerships.csv"].contains(&file.file.as_str()) {
            0
        } else {
            (file.added + file.rejected) / 12 + 3
        };
        assert!(file.rejected <= most, "{}: {} of {}", file.file, file.rejected, file.added);
    }
    let rejected: u64 = report.files.iter().map(|file| file.rejected).sum();
    assert!(rejected > 10, "{rejected}");
}

#[test]
fn the_smallest_shop_has_a_task_of_every_kind_that_is_on() {
    for vehicles in [25, 500] {
        let dir = tempfile::tempdir().unwrap();
        let mut store = filled(dir.path(), demo(vehicles));
        balie::collect::run(&mut store, demo(1).today, noon()).unwrap();
        let connection = Connection::open(dir.path().join("balie.db")).unwrap();
        let mut statement = connection.prepare("SELECT DISTINCT rule FROM task").unwrap();
        let rules: BTreeSet<String> =
            statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
        let settings = Settings::default();
        for rule in RuleKey::ALL {
            // The register has never heard of an invented car: nobody recalls it.
            let wanted = settings.rule(rule).is_live() && rule != RuleKey::Recall;
            assert_eq!(rules.contains(rule.as_str()), wanted, "{rule} of {vehicles}");
        }
    }
}

#[test]
fn the_spread_is_that_of_a_dutch_workshop() {
    let dir = tempfile::tempdir().unwrap();
    let store = filled(dir.path(), demo(3000));
    let connection = Connection::open(dir.path().join("balie.db")).unwrap();
    let count = |sql: &str| -> i64 { connection.query_row(sql, [], |row| row.get(0)).unwrap() };
    assert_eq!(count("SELECT count(*) FROM vehicle"), 3000);
    let mut statement = connection.prepare("SELECT plate FROM vehicle").unwrap();
    let plates = statement.query_map([], |row| row.get::<_, String>(0)).unwrap();
    let sidecodes: BTreeSet<_> =
        plates.map(|plate| Plate::parse(&plate.unwrap()).unwrap().sidecode()).collect();
    assert_eq!(sidecodes.len(), 14);
    assert!(!sidecodes.contains(&None));
    let ownerless = count(
        "SELECT count(*) FROM vehicle v WHERE NOT EXISTS (SELECT 1 FROM ownership o WHERE o.vehicle_id = v.id)",
    );
    assert!((45..180).contains(&ownerless), "{ownerless}");
    for (kind, least) in [("private", 1000), ("company", 10), ("trader", 8), ("prospect", 30)] {
        let found = count(&format!("SELECT count(*) FROM customer WHERE kind = '{kind}'"));
        assert!(found >= least, "{kind}: {found}");
    }
    let fleet = count("SELECT max(cars) FROM (SELECT count(*) AS cars FROM ownership GROUP BY customer_id)");
    assert!(fleet >= 15, "{fleet}");
    for kind in ["workshop", "car", "agreement"] {
        assert!(count(&format!("SELECT count(*) FROM quote WHERE kind = '{kind}'")) > 10, "{kind}");
    }
    assert!(count("SELECT count(*) FROM inspection_advice WHERE code = 'AC1'") > 50);
    assert!(count("SELECT count(*) FROM customer WHERE contact_allowed = 0") > 50);
    assert!(count("SELECT count(*) FROM appointment WHERE status = 'planned'") > 50);
    store.check().unwrap();
}

#[test]
fn a_shop_with_customers_is_not_filled_up() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = filled(dir.path(), demo(30));
    let again = write_to_store(&mut store, demo(30), &dir.path().join("s"), noon(), &mut |_| {});
    assert!(matches!(again, Err(DemoError::NotEmpty)));
}

#[test]
fn files_of_somebody_else_are_not_cleared_away() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = Store::open(&dir.path().join("balie.db")).unwrap();
    std::fs::create_dir(dir.path().join("s")).unwrap();
    std::fs::write(dir.path().join("s/keep.txt"), "mine").unwrap();
    let refused = write_to_store(&mut store, demo(30), &dir.path().join("s"), noon(), &mut |_| {});
    assert!(matches!(refused, Err(DemoError::Write { .. })));
    assert!(dir.path().join("s/keep.txt").exists());
}
