//! A shop's calendar as others see it: read by Python's icalendar and dateutil, not by Balie.

#![allow(dead_code, clippy::unwrap_used, clippy::indexing_slicing)]

use std::io::Write;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use balie::domain::appointment::Booking;
use balie::domain::ids::AppointmentId;
use balie::domain::plate::Plate;
use balie::domain::records::AppointmentKind;
use serde_json::Value;

use crate::shop::Shop;

/// What others read in a calendar.
pub fn seen(text: &str) -> Value {
    let mut python = Command::new("/usr/bin/python3")
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/diary/events.py"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    python.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let output = python.wait_with_output().unwrap();
    assert!(output.status.success(), "others cannot read this:\n{text}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Books at the desk: half an hour for an inspection.
pub fn book(shop: &mut Shop, plate: &str, starts_at: &str, notes: Option<&str>) -> AppointmentId {
    shop.import();
    let plate = Plate::parse(plate).unwrap();
    let (vehicle, _) = shop.store.vehicle_by_plate(&plate).unwrap().unwrap();
    let wanted = shop.store.booking_for(Some(vehicle), None, shop.today).unwrap();
    let booking = Booking {
        kind: AppointmentKind::Inspection,
        vehicle: Some(vehicle),
        customer: wanted.customer.map(|(id, _)| id),
        task: None,
        starts_at: starts_at.parse().unwrap(),
        minutes: 30,
        notes: notes.map(str::to_owned),
    };
    let actor = shop.actor();
    shop.store.make_appointment(&booking, actor).unwrap()
}

fn command(program: &str, folder: &Path, today: &str) -> Command {
    let mut command = Command::new(program);
    command.arg("--data-dir").arg(folder).arg("--config").arg(folder.join("balie.toml"));
    command.args(["--today", today]).env_remove("NOTIFY_SOCKET").stdin(Stdio::null());
    for name in ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"] {
        command.env_remove(name);
    }
    command
}

/// `balie` on the shop's data, on the shop's day; it says nothing.
pub fn balie_command(shop: &Shop, arguments: &[&str]) -> Command {
    let mut command = command(env!("CARGO_BIN_EXE_balie"), shop.folder(), &shop.today.to_string());
    command.args(arguments).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// What came of it.
pub fn balie(shop: &Shop, arguments: &[&str]) -> Output {
    balie_command(shop, arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).output().unwrap()
}

/// What `balie` prints; it must succeed.
pub fn says(shop: &Shop, arguments: &[&str]) -> String {
    let output = balie(shop, arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The real collector on a shop's data; its log is `log` in the folder.
pub struct Collector(Child);

impl Collector {
    pub fn start(shop: &Shop) -> Self {
        let mut command =
            command(env!("CARGO_BIN_EXE_balie-collector"), shop.folder(), &shop.today.to_string());
        let log = std::fs::File::create(shop.folder().join("log")).unwrap();
        Self(command.stdout(Stdio::null()).stderr(log).spawn().unwrap())
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Writes the configuration; the register is not asked.
pub fn configure(shop: &Shop, calendar: &str) {
    let text = format!("[rdw]\nenabled = false\n[calendar]\n{calendar}\n");
    std::fs::write(shop.folder().join("balie.toml"), text).unwrap();
}
