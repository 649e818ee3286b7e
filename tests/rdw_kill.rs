//! `balie rdw refresh` is killed in its middle: what the shop knows is all there, an answer is written
//! whole or not at all, and the next run makes of it what an undisturbed one would have made.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod rdw_stand_in;
mod shop;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use balie::store::Store;
use rdw_stand_in::{ACTIONS, StandIn, balie, command};
use rusqlite::Connection;
use shop::Shop;

const TODAY: &str = "2025-11-25";
const ROUNDS: u32 = 30;
/// Plates in one request.
const BATCH: u32 = 100;
const VEHICLES: u32 = 250;

/// A shop that has asked about none of its vehicles, and a register that has something new of all.
fn shop() -> (Shop, StandIn) {
    let (mut shop, register) = (Shop::new(), StandIn::new());
    shop.on(TODAY);
    for number in 0..VEHICLES {
        let plate = format!("ZZ{number:03}Z");
        shop.vehicle(&plate).has("make", "Opel");
        register.vehicle(&plate, "20261110", "20211113").inspection(&plate, "20251110", "910", "20261110");
        register.finding(&plate, "20251110", "0910", "AC1");
        register.recall(&plate, &format!("R{}", number % 3), "O");
    }
    for recall in ["R0", "R1", "R2"] {
        register.has(ACTIONS, &[("referentiecode_rdw", recall), ("omschrijving_defect", "Airbag")]);
    }
    shop.import();
    register.configure(shop.folder(), "requests_per_day = 100000");
    (shop, register)
}

/// The shop as it was, in a folder of its own.
fn fresh(shop: &Shop) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    shop.store.back_up(&database(folder.path()), &mut |_, _| {}).unwrap();
    fs::copy(shop.folder().join("balie.toml"), folder.path().join("balie.toml")).unwrap();
    folder
}

fn database(folder: &Path) -> PathBuf {
    folder.join("balie.db")
}

/// All that came of the answers, but for the moments.
fn known(folder: &Path) -> Vec<String> {
    let connection = Connection::open(database(folder)).unwrap();
    let mut known = Vec::new();
    for sql in [
        "SELECT plate, make, model, first_registered_on, registered_on, inspection_expires_on FROM vehicle",
        "SELECT vehicle_id, make, model, inspection_expires_on, registered_on, recall_open FROM register_record",
        "SELECT vehicle_id, inspected_on, result, advice, register_advice, register_expires_on FROM inspection",
        "SELECT vehicle_id, reference, open, detected_on FROM recall",
        "SELECT reference, defect FROM recall_action",
        "SELECT noun, noun_id, action, field, before, after, origin FROM history",
        "SELECT rule, plate, counts_from, state FROM task",
    ] {
        let mut statement = connection.prepare(sql).unwrap();
        let columns = statement.column_count();
        let mut rows = statement.query([]).unwrap();
        let mut lines = Vec::new();
        while let Some(row) = rows.next().unwrap() {
            let cells = (0..columns).map(|at| format!("{:?}", row.get_ref(at).unwrap()));
            lines.push(cells.collect::<Vec<_>>().join(" "));
        }
        lines.sort();
        known.push(format!("{} of: {sql}", lines.len()));
        known.extend(lines);
    }
    known
}

/// Each batch is asked about or not, and what was told of it is there or not. Answers how many of the
/// batches and questions are answered.
fn none_is_half(folder: &Path) -> usize {
    Store::open(&database(folder)).unwrap().check().unwrap();
    let connection = Connection::open(database(folder)).unwrap();
    let sql = format!(
        "SELECT count(*), count(CASE WHEN v.make = 'Opel' THEN 1 END),
                count(s.vehicle_at), count(r.vehicle_id), count(v.model), count(v.inspection_expires_on),
                count(s.inspection_at), count(i.id), count(s.recall_at), count(c.id)
           FROM vehicle v LEFT JOIN register_state s ON s.vehicle_id = v.id
           LEFT JOIN register_record r ON r.vehicle_id = v.id
           LEFT JOIN inspection i ON i.vehicle_id = v.id AND i.register_advice = 'AC1'
           LEFT JOIN recall c ON c.vehicle_id = v.id
          GROUP BY (v.id - (SELECT min(id) FROM vehicle)) / {BATCH}"
    );
    let mut statement = connection.prepare(&sql).unwrap();
    let mut rows = statement.query([]).unwrap();
    let (mut all, mut answered) = (0, 0);
    while let Some(row) = rows.next().unwrap() {
        let counts: Vec<u32> = (0..10).map(|at| row.get(at).unwrap()).collect();
        let vehicles = counts[0];
        all += vehicles;
        assert_eq!(counts[1], vehicles, "what the shop knows is lost");
        for question in [&counts[2..6], &counts[6..8], &counts[8..10]] {
            let whole = question.iter().all(|count| *count == vehicles);
            assert!(whole || question.iter().all(|count| *count == 0), "half: {counts:?}");
            answered += usize::from(whole);
        }
    }
    assert_eq!(all, VEHICLES);
    answered
}

#[test]
fn a_refresh_that_is_killed_loses_nothing_and_the_next_one_completes_it() {
    let (shop, register) = shop();
    let run = |folder: &Path, arguments: &[&str]| {
        let output = balie(folder, TODAY, arguments);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    let undisturbed = fresh(&shop);
    register.asked();
    run(undisturbed.path(), &["rdw", "refresh"]);
    run(undisturbed.path(), &["collect"]);
    let (wanted, requests) = (known(undisturbed.path()), register.asked().len());
    let (mut killed, mut answers) = (0, std::collections::BTreeSet::new());
    for round in 0..ROUNDS {
        let folder = fresh(&shop);
        register.asked();
        let mut refresh = command(folder.path(), TODAY, &["rdw", "refresh"]);
        let mut refresh = refresh.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        // While a request is under way, or while its answer is written.
        let wait = round as usize % (requests + 1);
        let end = Instant::now() + Duration::from_secs(10);
        while register.requests() < wait && Instant::now() < end {
            std::thread::sleep(Duration::from_micros(50));
        }
        std::thread::sleep(Duration::from_micros(u64::from(round * 1709 % 8_000)));
        killed += u32::from(refresh.try_wait().unwrap().is_none());
        let _ = refresh.kill();
        refresh.wait().unwrap();
        answers.insert(none_is_half(folder.path()));
        run(folder.path(), &["rdw", "refresh"]);
        run(folder.path(), &["collect"]);
        let known = known(folder.path());
        let other = known.iter().zip(&wanted).find(|(one, other)| one != other);
        assert!(known == wanted, "round {round}: {other:?}");
    }
    println!("{killed} kills of a refresh of {requests} requests; answers written by then: {answers:?}");
    assert!(killed > ROUNDS / 2 && answers.len() > 3, "{killed} {answers:?}");
}
