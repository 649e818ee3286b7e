//! The collector with a real shop beside it.

#![allow(clippy::unwrap_used)]

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

mod shop;

use shop::Shop;

const VEHICLES: usize = 400;

struct Collector(Child);

impl Collector {
    fn start(data: &Path) -> Self {
        let config = data.join("balie.toml");
        std::fs::write(&config, "[rdw]\nenabled = false\n[log]\nlevel = \"error\"\n").unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_balie-collector"));
        command.arg("--data-dir").arg(data).arg("--config").arg(config).args(["--today", "2015-05-01"]);
        command.env_remove("NOTIFY_SOCKET").stdin(Stdio::null()).stdout(Stdio::null());
        Self(command.spawn().unwrap())
    }

    /// SIGKILL: no handler, no farewell.
    fn kill(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn due_inspections(shop: &mut Shop) {
    for number in 0..VEHICLES {
        let plate = format!("{:02}-BB-{:02}", number / 100, number % 100);
        shop.vehicle(&plate).inspection_expires("2015-05-10");
    }
    shop.import();
}

fn until(at_most: Duration, what: &str, done: impl Fn() -> bool) {
    let began = Instant::now();
    while !done() {
        assert!(began.elapsed() < at_most, "{what}: not within {at_most:?}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn what_is_imported_is_in_the_list_two_seconds_later() {
    let mut shop = Shop::new();
    let collector = Collector::start(shop.folder());
    until(Duration::from_secs(10), "started", || shop.store.last_collection().unwrap().is_some());
    due_inspections(&mut shop);
    until(Duration::from_secs(2), "collected", || shop.open().len() == VEHICLES);
    collector.kill();
}
