//! A desk without a display for the benches, and how a figure is told.

#![allow(dead_code, reason = "each bench uses its own part")]

use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use balie::desk::slint::ComponentHandle;
use balie::desk::{Desk, Start, Surroundings};
use balie::store::Store;
use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};

/// What came under the finger just now is not what it meant: list and page take no touch for so long.
pub const CAME: Duration = Duration::from_millis(450);
/// The limit that each figure has to hold.
pub const LIMIT: f64 = 1.5;

struct Machine(NaiveDate);

impl Surroundings for Machine {
    fn now(&self) -> DateTime<Utc> {
        self.0.and_hms_opt(12, 0, 0).unwrap().and_utc()
    }
    fn local(&self, at: DateTime<Utc>) -> NaiveDateTime {
        at.naive_utc()
    }
    fn today(&self) -> NaiveDate {
        self.0
    }
    fn clock_trusted(&self, _: Option<DateTime<Utc>>) -> bool {
        true
    }
    fn disk_nearly_full(&self) -> bool {
        false
    }
    fn shop_open(&self) -> bool {
        true
    }
}

/// A connection as the kiosk has one.
pub fn store(database: &Path) -> Store {
    let store = Store::open(database).unwrap();
    store.limit_cache(2048).unwrap();
    store
}

/// The desk, with an employee signed in.
pub fn desk(database: &Path, today: NaiveDate, employee: &str) -> Rc<Desk> {
    let database = database.to_owned();
    let open = Box::new(move || {
        let store = Store::open(&database)?;
        store.limit_cache(2048)?;
        Ok(store)
    });
    let start = Start { employee: Some(employee.to_owned()), ..Start::default() };
    let desk = Desk::open(start, Arc::new(Machine(today)), open, Box::new(|| ())).unwrap();
    desk.window().show().unwrap();
    desk
}

/// In milliseconds.
pub fn median(times: &[Duration]) -> f64 {
    let mut times = times.to_vec();
    times.sort();
    times.get(times.len() / 2).map_or(0.0, Duration::as_secs_f64) * 1000.0
}

/// Tells what was measured against SQL and a repaint; whether it holds.
pub fn figure(name: &str, ours: f64, sql: f64, repaint: f64) -> bool {
    let ratio = ours / (sql + repaint);
    let held = ratio <= LIMIT;
    println!(
        "{name:52} {ours:7.1} ms  floor {:7.1} ms (SQL {sql:.1}, repaint {repaint:.1})  {ratio:5.2} times  (at most {LIMIT}) {}",
        sql + repaint,
        if held { "held" } else { "MISSED" }
    );
    held
}
