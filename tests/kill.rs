//! The plug is pulled a hundred times: collector, kiosk and a second desk are killed while all of
//! them write, and each time the database is whole, no run is half, no task is there twice, and
//! every task that the desk was told is finished stays finished (fault table, rows 1 and 9).
//! `BALIE_FAULT_ROUNDS=5` pulls it five times as often.
//!
//! The kiosk is the real one, in a window on a display of its own, with real touches on its button;
//! without the feature that builds it, the others are killed alone.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod rounds;
mod shop;
mod window;

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use balie::domain::ids::TaskId;
use balie::domain::language::Language;
use balie::domain::task::{StatusFilter, TaskFilter, TaskOrder, TaskState};
use balie::store::Store;
use balie::store::history::{Actor, Origin};
use chrono::{NaiveDate, Utc};
use shop::Shop;
#[cfg(feature = "desk")]
use window::Display;
use window::Killed;

const ROUNDS: u32 = 100;
const VEHICLES: usize = 1500;
/// What the second desk writes into the tasks it finishes.
const WORDS: &str = "finished by the second desk";
/// Names the data folder for the child that plays the desk.
const DESK: &str = "BALIE_TEST_DESK";

fn today() -> NaiveDate {
    "2030-05-01".parse().unwrap()
}

/// Plays the desk, in a process of its own: finishes tasks, switches the rule off and on (so that
/// the collector has work), and says each finished task once it is saved.
#[test]
fn desk() {
    let Some(folder) = std::env::var_os(DESK) else { return };
    let mut store = Store::open(&Path::new(&folder).join("balie.db")).unwrap();
    let actor = || Actor { origin: Origin::Desk(None), at: now() };
    for turn in 0_u32.. {
        let enabled = if turn.is_multiple_of(2) { "false" } else { "true" };
        let _ = store.set_setting("rules.inspection.enabled", enabled, actor());
        // From the end of the list; the kiosk works from its beginning.
        let order = TaskOrder { descending: true, ..TaskOrder::default() };
        let rows = store.task_page(&TaskFilter::default(), order, today(), Language::Nl, 0, 1).unwrap();
        if let Some(row) = rows.first()
            && store.handle_task(row.id, Some(WORDS), actor()).is_ok()
        {
            println!("finished {}", row.id);
        }
        thread::sleep(Duration::from_millis(50));
    }
}

#[allow(clippy::disallowed_methods, reason = "the collector compares its clock with what was written")]
fn now() -> chrono::DateTime<Utc> {
    Utc::now()
}

fn start_collector(folder: &Path) -> Killed {
    let mut command = Command::new(env!("CARGO_BIN_EXE_balie-collector"));
    // Nobody outside is asked about cars that do not exist.
    let config = folder.join("balie.toml");
    std::fs::write(&config, "[rdw]\nenabled = false\n").unwrap();
    command.arg("--config").arg(config).args(["--today", "2030-05-01", "--data-dir"]).arg(folder);
    Killed(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap())
}

fn start_desk(folder: &Path) -> (Killed, Receiver<i64>) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "desk", "--nocapture"]).env(DESK, folder);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let (send, finished) = channel();
    thread::spawn(move || {
        for line in lines.map_while(Result::ok) {
            if let Some(id) = line.split("finished ").nth(1).and_then(|id| id.trim().parse().ok()) {
                let _ = send.send(id);
            }
        }
    });
    (Killed(child), finished)
}

#[test]
fn a_hundred_pulled_plugs() {
    for _ in 0..rounds::times() {
        pull_plugs();
    }
}

fn pull_plugs() {
    let mut shop = Shop::new();
    shop.today = today();
    for number in 0..VEHICLES {
        shop.vehicle(&format!("{:02}-AB-{:02}", number / 100, number % 100)).inspection_expires("2030-05-20");
    }
    shop.set("rules.not_seen.enabled", "false");
    shop.employee("ELS").has("role", "manager");
    shop.collect();
    let folder = shop.folder().to_owned();
    shop.store.request_collection().unwrap();
    #[cfg(feature = "desk")]
    let display = Display::start();
    let mut finished: Vec<i64> = Vec::new();
    let mut by_kiosk = 0;
    let mut collections = 0;
    for round in 0..ROUNDS {
        let collector = start_collector(&folder);
        let (desk, told) = start_desk(&folder);
        #[cfg(feature = "desk")]
        let kiosk = display.kiosk(&folder, &["--employee", "ELS", "--today", "2030-05-01"]);
        // The big button at the bottom right, again and again.
        #[cfg(feature = "desk")]
        let finger =
            display.goes_on(&["mousemove", "1090", "752", "click", "--repeat", "100", "--delay", "40", "1"]);
        // A different moment each time, without a clock or dice: 100 to 600 ms.
        thread::sleep(Duration::from_millis(100 + u64::from(round * 137 % 500)));
        #[cfg(feature = "desk")]
        if round % 3 == 0 {
            drop(kiosk);
            drop(finger);
        }
        if round % 2 == 0 {
            drop(collector);
            drop(desk);
        } else {
            drop(desk);
            drop(collector);
        }
        finished.extend(told.iter());
        let store = Store::open(&folder.join("balie.db")).unwrap();
        store.check().unwrap();
        let rows = |status| {
            let filter = TaskFilter { status, ..TaskFilter::default() };
            store.task_page(&filter, TaskOrder::default(), today(), Language::Nl, 0, 10_000).unwrap()
        };
        let all = rows(StatusFilter::All);
        assert_eq!(all.len(), VEHICLES, "round {round}: a task for each vehicle, none twice");
        let open = rows(StatusFilter::Open).len();
        let withdrawn = rows(StatusFilter::Withdrawn).len();
        assert!(open == 0 || withdrawn == 0, "round {round}: half a run: {open} open, {withdrawn} withdrawn");
        for id in &finished {
            let task = store.task_row(TaskId(*id), today(), Language::Nl).unwrap().unwrap();
            assert_eq!(task.state, TaskState::Handled, "round {round}: a finished task was lost");
        }
        let handled = rows(StatusFilter::Closed);
        by_kiosk = handled.iter().filter(|task| task.description != WORDS).count();
        collections = store.collection_request().unwrap();
    }
    println!(
        "{} finished by the desk, {by_kiosk} by the kiosk, {collections} collections asked",
        finished.len()
    );
    assert!(finished.len() > 20 && collections > 100, "desk and collector had no time to work");
    assert!(by_kiosk > 10 || cfg!(not(feature = "desk")), "the kiosk had no time to work: {by_kiosk}");
}
