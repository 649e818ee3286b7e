//! Appointments as an iCalendar file: what other programs read in it, also in the nights in which the
//! clock changes, and when it is written.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod diary;
mod patience;
mod shop;

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};

use balie::domain::calendar::{Place, Trouble};
use diary::{Collector, balie, book, configure, says, seen};
use patience::wait_for;
use serde_json::Value;
use shop::Shop;

const FILE: &str = "ics_file = \"agenda.ics\"";

/// A shop with one car and its owner.
fn shop() -> Shop {
    let mut shop = Shop::new();
    shop.on("2026-03-01");
    shop.vehicle("ZZ-123-Z");
    shop.customer("C1").has("name", "Öztürk; Wit\\Zwart");
    shop.owns("C1", "ZZ-123-Z", "2020-01-01");
    configure(&shop, FILE);
    shop
}

fn file(shop: &Shop) -> String {
    fs::read_to_string(shop.folder().join("agenda.ics")).unwrap_or_default()
}

fn events(shop: &Shop) -> Vec<Value> {
    seen(&file(shop))["events"].as_array().unwrap().clone()
}

#[test]
fn others_read_what_which_and_who_and_both_changes_of_clock() {
    let mut shop = shop();
    // The beginning on the wall, and the instants of beginning and end. One ends at 02:15 in the night in which
    // there is no such time: at 03:15.
    let nights = [
        ("2026-03-27T09:00:00", "2026-03-27T08:00:00Z", "2026-03-27T08:30:00Z"),
        ("2026-03-29T01:45:00", "2026-03-29T00:45:00Z", "2026-03-29T01:15:00Z"),
        ("2026-03-29T09:00:00", "2026-03-29T07:00:00Z", "2026-03-29T07:30:00Z"),
        ("2026-10-24T09:00:00", "2026-10-24T07:00:00Z", "2026-10-24T07:30:00Z"),
        ("2026-10-25T01:15:00", "2026-10-24T23:15:00Z", "2026-10-24T23:45:00Z"),
        ("2026-10-25T03:00:00", "2026-10-25T02:00:00Z", "2026-10-25T02:30:00Z"),
        ("2026-10-26T09:00:00", "2026-10-26T08:00:00Z", "2026-10-26T08:30:00Z"),
        ("2027-03-28T09:00:00", "2027-03-28T07:00:00Z", "2027-03-28T07:30:00Z"),
        ("2033-07-01T09:00:00", "2033-07-01T07:00:00Z", "2033-07-01T07:30:00Z"),
        ("2033-12-01T09:00:00", "2033-12-01T08:00:00Z", "2033-12-01T08:30:00Z"),
    ];
    let notes = "Sleutel in de bus, eerst bellen; zie \\ 'map'\nTweede regel: ".to_owned() + &"é".repeat(90);
    for (wall, ..) in nights {
        book(&mut shop, "ZZ-123-Z", wall, Some(&notes));
    }
    says(&shop, &["calendar", "sync"]);
    let calendar = seen(&file(&shop));
    assert_eq!(calendar["method"], "PUBLISH");
    assert_eq!(calendar["zones"], serde_json::json!(["Europe/Amsterdam"]));
    assert_eq!(calendar["crlf"], true);
    assert!(calendar["longest"].as_u64().unwrap() <= 75, "{}", calendar["longest"]);
    let events = calendar["events"].as_array().unwrap();
    assert_eq!(events.len(), nights.len());
    for (event, (wall, start, end)) in events.iter().zip(nights) {
        assert_eq!(event["wall"], wall[..16]);
        assert_eq!((event["start"].as_str(), event["end"].as_str()), (Some(start), Some(end)), "{wall}");
        assert_eq!(event["summary"], "APK · ZZ-123-Z · Öztürk; Wit\\Zwart");
        assert_eq!(event["description"], notes);
        assert_eq!((&event["status"], &event["sequence"]), (&"CONFIRMED".into(), &0.into()));
        assert_eq!((&event["stamped"], &event["people"]), (&true.into(), &false.into()));
    }
    let mut names: Vec<_> = events.iter().map(|event| event["uid"].to_string()).collect();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), nights.len());
}

#[test]
fn each_change_is_a_version_and_what_is_cancelled_says_so() {
    let mut shop = shop();
    let id = book(&mut shop, "ZZ-123-Z", "2026-03-10T09:00:00", None);
    let mut sequence = 0;
    let mut name = String::new();
    let mut look = |shop: &mut Shop, status: &str, start: &str| {
        says(shop, &["calendar", "sync"]);
        let [event] = &events(shop)[..] else { panic!("one event") };
        assert_eq!((event["status"].as_str(), event["start"].as_str()), (Some(status), Some(start)));
        let now = event["sequence"].as_u64().unwrap();
        assert!(name.is_empty() || now > sequence, "{now} after {sequence}");
        sequence = now;
        let uid = event["uid"].as_str().unwrap().to_owned();
        assert!(name.is_empty() || name == uid, "{name} became {uid}");
        name = uid;
        event["summary"].as_str().unwrap().to_owned()
    };
    look(&mut shop, "CONFIRMED", "2026-03-10T08:00:00Z");
    let actor = shop.actor();
    shop.store.move_appointment(id, "2026-03-11T10:00:00".parse().unwrap(), actor).unwrap();
    look(&mut shop, "CONFIRMED", "2026-03-11T09:00:00Z");
    // The shop's own system calls the customer something else.
    shop.customer("C1").has("name", "Oud");
    shop.import();
    assert_eq!(look(&mut shop, "CONFIRMED", "2026-03-11T09:00:00Z"), "APK · ZZ-123-Z · Oud");
    shop.store.cancel_appointment(id, actor).unwrap();
    look(&mut shop, "CANCELLED", "2026-03-11T09:00:00Z");
}

#[test]
fn what_has_not_changed_is_not_written_again() {
    let mut shop = shop();
    book(&mut shop, "ZZ-123-Z", "2026-03-10T09:00:00", None);
    assert_eq!(says(&shop, &["calendar", "sync"]), "file written\n");
    let path = shop.folder().join("agenda.ics");
    let before = fs::metadata(&path).unwrap();
    // Another change, of what the calendar does not show.
    shop.set("general.weekly_capacity", "7");
    assert_eq!(says(&shop, &["calendar", "sync"]), "file unchanged\n");
    let after = fs::metadata(&path).unwrap();
    assert_eq!((before.ino(), before.mtime_nsec()), (after.ino(), after.mtime_nsec()));
    // What somebody else wrote into it does not stay.
    fs::write(&path, "scratch").unwrap();
    assert_eq!(says(&shop, &["calendar", "sync"]), "file written\n");
    assert_eq!(events(&shop).len(), 1);
    assert!(!shop.folder().join("agenda.ics.part").exists());
    // An empty calendar is one too.
    shop.on("2026-05-01");
    assert_eq!(says(&shop, &["calendar", "sync"]), "file written\n");
    assert_eq!((events(&shop).len(), seen(&file(&shop))["zones"].as_array().unwrap().len()), (0, 1));
}

#[test]
fn without_a_calendar_nothing_is_kept_and_nothing_is_wrong() {
    let shop = shop();
    fs::write(shop.folder().join("balie.toml"), "").unwrap();
    let output = balie(&shop, &["calendar", "sync"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        String::from_utf8_lossy(&output.stderr).contains("ics_file or caldav_url under [calendar]"),
        "{output:?}"
    );
    assert_eq!(says(&shop, &["calendar"]), "file none\nserver none\n");
}

#[test]
fn the_service_keeps_it_and_says_when_it_cannot() {
    let mut shop = shop();
    let folder = shop.folder().join("share");
    fs::create_dir(&folder).unwrap();
    configure(&shop, "ics_file = \"share/agenda.ics\"");
    let collector = Collector::start(&shop);
    wait_for("an empty calendar", || folder.join("agenda.ics").exists().then_some(()));
    book(&mut shop, "ZZ-123-Z", "2026-03-10T09:00:00", None);
    let count =
        || seen(&fs::read_to_string(folder.join("agenda.ics")).unwrap())["events"].as_array().unwrap().len();
    wait_for("the booking", || (count() == 1).then_some(()));
    wait_for("in step", || shop.store.calendar_kept(Place::File).unwrap().good_at);
    // The folder goes: the share is away. (A user who is root may write anywhere, so rights do not do.)
    fs::remove_dir_all(&folder).unwrap();
    fs::write(&folder, "").unwrap();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o600)).unwrap();
    book(&mut shop, "ZZ-123-Z", "2026-03-10T10:00:00", None);
    let trouble = wait_for("a word of trouble", || shop.store.calendar_kept(Place::File).unwrap().trouble);
    assert_eq!(trouble.0, Trouble::File);
    assert!(says(&shop, &["calendar"]).contains("file since "), "{}", says(&shop, &["calendar"]));
    let json: Value = serde_json::from_str(&says(&shop, &["calendar", "--json"])).unwrap();
    assert_eq!(json["file"]["trouble"], "file");
    let log = fs::read_to_string(shop.folder().join("log")).unwrap();
    assert_eq!(log.matches("check [calendar] ics_file").count(), 1, "{log}");
    assert!(!log.contains("ZZ-123-Z") && !log.contains("Wit"), "personal data in the log: {log}");
    // It is back: nobody has to do anything.
    fs::remove_file(&folder).unwrap();
    fs::create_dir(&folder).unwrap();
    wait_for("the file again", || folder.join("agenda.ics").exists().then_some(()));
    assert_eq!(count(), 2);
    wait_for("no trouble", || shop.store.calendar_kept(Place::File).unwrap().trouble.is_none().then_some(()));
    drop(collector);
}
