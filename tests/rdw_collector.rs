//! The real collector beside a register that answers, hangs, or is not there.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod rdw_stand_in;
mod shop;

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use balie::domain::plate::Plate;
use balie::domain::rule::RuleKey;
use rdw_stand_in::{FINDINGS, Fault, INSPECTIONS, RECALLS, StandIn, VEHICLES, without_proxy};
use shop::Shop;

const SECOND: Duration = Duration::from_secs(1);
const CARS: usize = 400;

struct Collector(Child);

impl Collector {
    fn start(data: &Path) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_balie-collector"));
        without_proxy(&mut command);
        command.arg("--data-dir").arg(data).arg("--config").arg(data.join("balie.toml"));
        command.args(["--today", "2015-05-01"]).env_remove("NOTIFY_SOCKET");
        let log = std::fs::File::create(data.join("log")).unwrap();
        Self(command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn().unwrap())
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn until(at_most: Duration, what: &str, mut done: impl FnMut() -> bool) -> Duration {
    let began = Instant::now();
    while !done() {
        assert!(began.elapsed() < at_most, "{what}: not within {at_most:?}");
        std::thread::sleep(Duration::from_millis(10));
    }
    began.elapsed()
}

fn log(shop: &Shop) -> String {
    std::fs::read_to_string(shop.folder().join("log")).unwrap_or_default()
}

/// How long it takes from an import until its tasks are in the list.
fn time_of_a_collection(shop: &mut Shop) -> Duration {
    until(10 * SECOND, "started", || shop.store.last_collection().unwrap().is_some());
    for number in 0..CARS {
        shop.vehicle(&format!("{:02}-BB-{:02}", number / 100, number % 100)).inspection_expires("2015-05-10");
    }
    shop.import();
    let due = |shop: &Shop| shop.open().iter().filter(|row| row.rule == RuleKey::Inspection).count();
    until(5 * SECOND, "collected", || due(shop) == CARS)
}

#[test]
fn a_new_vehicle_is_asked_about_at_once_and_what_is_said_becomes_a_task() {
    let (mut shop, register) = (Shop::new(), StandIn::new());
    register.configure(shop.folder(), "");
    register.vehicle("ZZ123Z", "20150510", "20140101").recall("ZZ124Z", "MGP990001", "O");
    register.vehicle("ZZ124Z", "20160510", "20140101");
    let collector = Collector::start(shop.folder());
    until(10 * SECOND, "started", || shop.store.last_collection().unwrap().is_some());
    let actor = shop.actor();
    let plate = Plate::parse("ZZ-123-Z").unwrap();
    let (id, _) = shop.store.add_vehicle(&plate, actor).unwrap();
    until(10 * SECOND, "filled", || shop.store.vehicle(id).unwrap().unwrap().make.is_some());
    until(5 * SECOND, "inspection", || shop.open().iter().any(|row| row.rule == RuleKey::Inspection));
    shop.store.add_vehicle(&Plate::parse("ZZ-124-Z").unwrap(), actor).unwrap();
    until(10 * SECOND, "recall", || shop.open().iter().any(|row| row.rule == RuleKey::Recall));
    // What was asked is not asked again.
    register.asked();
    shop.set("general.weekly_capacity", "30");
    std::thread::sleep(4 * SECOND);
    assert_eq!(register.asked().len(), 0);
    drop(collector);
    assert!(!log(&shop).contains("ZZ12"), "a plate in the log: {}", log(&shop));
}

#[test]
fn a_hanging_register_delays_no_collection() {
    let (mut shop, register) = (Shop::new(), StandIn::new());
    register.configure(shop.folder(), "");
    register.fail_always(VEHICLES, Some(Fault::Hang));
    shop.vehicle("ZZ-123-Z");
    shop.import();
    let collector = Collector::start(shop.folder());
    until(15 * SECOND, "asked", || register.most_at_once() > 0);
    let took = time_of_a_collection(&mut shop);
    println!("{CARS} tasks in the list after {took:?} while the register hangs");
    assert!(took < 2 * SECOND, "{took:?}");
    drop(collector);
}

#[test]
fn a_dead_register_is_said_once_and_delays_no_collection() {
    let mut shop = Shop::new();
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let config = format!("[rdw]\nbase_url = \"http://127.0.0.1:{nobody}/resource\"\n");
    std::fs::write(shop.folder().join("balie.toml"), config).unwrap();
    shop.vehicle("ZZ-123-Z");
    shop.import();
    let collector = Collector::start(shop.folder());
    let took = time_of_a_collection(&mut shop);
    println!("{CARS} tasks in the list after {took:?} without a register");
    assert!(took < 2 * SECOND, "{took:?}");
    until(25 * SECOND, "said", || log(&shop).contains("there is no connection"));
    assert_eq!(log(&shop).matches("there is no connection").count(), 1);
    drop(collector);
}

#[test]
fn one_data_set_that_is_out_of_order_keeps_no_other_from_being_asked() {
    let (mut shop, register) = (Shop::new(), StandIn::new());
    register.configure(shop.folder(), "");
    register.rename(INSPECTIONS, "kenteken", Some("plaat"));
    register.fail_always(FINDINGS, Some(Fault::Status(503)));
    register.vehicle("ZZ123Z", "20160510", "20140101").recall("ZZ123Z", "MGP990001", "O");
    shop.vehicle("ZZ-123-Z");
    shop.import();
    let collector = Collector::start(shop.folder());
    until(20 * SECOND, "recall", || shop.open().iter().any(|row| row.rule == RuleKey::Recall));
    let asked = register.asked();
    assert!(asked.iter().filter(|one| one.set == INSPECTIONS).count() <= 2);
    assert!(asked.iter().any(|one| one.set == RECALLS));
    until(5 * SECOND, "named", || log(&shop).contains("no column kenteken"));
    // Nor does it keep a new vehicle waiting.
    register.vehicle("ZZ124Z", "20160510", "20140101");
    let actor = shop.actor();
    let (id, _) = shop.store.add_vehicle(&Plate::parse("ZZ-124-Z").unwrap(), actor).unwrap();
    until(8 * SECOND, "filled", || shop.store.vehicle(id).unwrap().unwrap().make.is_some());
    drop(collector);
}
