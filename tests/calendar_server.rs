//! Appointments and a real CalDAV server: what the desk does stands in the calendar, what a planner does
//! there comes back, and where both did something a person chooses.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod diary;
mod patience;
mod radicale;
mod shop;

use balie::domain::appointment::Booked;
use balie::domain::calendar_merge::{Conflict, Theirs};
use balie::domain::ids::AppointmentId;
use balie::domain::records::AppointmentKind;
use balie::domain::task::StatusFilter;
use diary::{balie, book, configure, says, seen};
use radicale::{Act, Line, Radicale};
use shop::Shop;

/// A shop with a car whose inspection is due, and a server.
fn shop() -> (Shop, Radicale) {
    let (mut shop, server) = (Shop::new(), Radicale::start());
    shop.on("2026-03-01").set("rules.inspection.days", "30");
    shop.vehicle("ZZ-123-Z").inspection_expires("2026-03-20");
    shop.customer("C1").has("name", "Jansen");
    shop.owns("C1", "ZZ-123-Z", "2020-01-01");
    shop.import();
    connect(&shop, &server.address());
    (shop, server)
}

fn connect(shop: &Shop, address: &str) {
    configure(shop, &format!("caldav_url = \"{address}\"\nuser = \"balie\"\npassword = \"geheim\""));
}

/// One pass; what it says it did.
fn sync(shop: &Shop) -> String {
    says(shop, &["calendar", "sync"]).replace('\n', " ").trim().to_owned()
}

fn on(shop: &Shop, day: &str) -> Vec<Booked> {
    shop.store.appointments_on(day.parse().unwrap()).unwrap()
}

fn starts(shop: &Shop, day: &str) -> Vec<String> {
    on(shop, day).iter().map(|one| one.starts_at.to_string()).collect()
}

fn move_to(shop: &mut Shop, id: AppointmentId, at: &str) {
    let actor = shop.actor();
    shop.store.move_appointment(id, at.parse().unwrap(), actor).unwrap();
}

#[test]
fn what_the_desk_does_stands_in_the_calendar() {
    let (mut shop, server) = shop();
    let id = book(&mut shop, "ZZ-123-Z", "2026-03-10T09:00:00", Some("Sleutel in de bus"));
    assert_eq!(sync(&shop), "written 1 taken 0 conflicts 0 unreadable 0 refused 0");
    let (href, text) = server.only();
    let event = &seen(&text)["events"][0];
    assert_eq!(
        (&event["summary"], &event["start"]),
        (&"APK · ZZ-123-Z · Jansen".into(), &"2026-03-10T08:00:00Z".into())
    );
    assert_eq!((&event["description"], &event["sequence"]), (&"Sleutel in de bus".into(), &0.into()));
    let name = event["uid"].clone();
    // What the planner notes beside it stays when the desk moves it; also when nothing was known of that.
    server.change(&href, &["LOCATION:Brug 2"]);
    move_to(&mut shop, id, "2026-03-30T10:00:00");
    assert_eq!(sync(&shop), "written 1 taken 0 conflicts 0 unreadable 0 refused 0");
    let text = server.only().1;
    let event = &seen(&text)["events"][0];
    assert!(text.contains("LOCATION:Brug 2"), "{text}");
    assert_eq!((&event["uid"], &event["start"]), (&name, &"2026-03-30T08:00:00Z".into()));
    assert_eq!(event["sequence"], 1);
    let actor = shop.actor();
    shop.store.cancel_appointment(id, actor).unwrap();
    sync(&shop);
    let event = &seen(&server.only().1)["events"][0];
    assert_eq!((&event["status"], &event["sequence"]), (&"CANCELLED".into(), &2.into()));
    // What was made and cancelled before it was ever there need not be there.
    let id = book(&mut shop, "ZZ-123-Z", "2026-03-11T09:00:00", None);
    shop.store.cancel_appointment(id, actor).unwrap();
    let line = Line::to(&server, |_| Act::Carry);
    connect(&shop, &line.address);
    assert_eq!(sync(&shop), "written 0 taken 0 conflicts 0 unreadable 0 refused 0");
    assert_eq!(line.asked(), ["PROPFIND", "REPORT"], "nothing is written, and nothing read that is known");
}

#[test]
fn what_a_planner_does_comes_back_and_counts_for_the_inspection() {
    let (mut shop, server) = shop();
    assert_eq!(shop.collect().made, 1);
    let open = |shop: &mut Shop| {
        shop.collect();
        shop.list(StatusFilter::Open)
    };
    assert_eq!(open(&mut shop), ["2026-02-18 ZZ123Z inspection"]);
    server.plan("apk-1", &["SUMMARY:apk zz123z jansen", "DTSTART:20260310T080000Z", "DURATION:PT45M"]);
    assert_eq!(sync(&shop), "written 0 taken 1 conflicts 0 unreadable 0 refused 0");
    let [booked] = &on(&shop, "2026-03-10")[..] else { panic!("one") };
    assert_eq!((booked.kind, booked.plate.as_deref()), (AppointmentKind::Inspection, Some("ZZ-123-Z")));
    assert_eq!(booked.customer.as_deref(), Some("Jansen"));
    assert_eq!(booked.starts_at.to_string(), "2026-03-10 09:00:00");
    assert_eq!(booked.ends_at.unwrap().to_string(), "2026-03-10 09:45:00");
    assert!(open(&mut shop).is_empty(), "there is an appointment");
    // Moved there, moved here, put off there.
    let href = server.only().0;
    server.change(&href, &["DTSTART;TZID=Europe/Amsterdam:20260330T110000", "SEQUENCE:4"]);
    assert_eq!(sync(&shop), "written 0 taken 1 conflicts 0 unreadable 0 refused 0");
    assert_eq!(starts(&shop, "2026-03-30"), ["2026-03-30 11:00:00"]);
    let id = on(&shop, "2026-03-30")[0].id;
    move_to(&mut shop, id, "2026-03-31T12:00:00");
    assert_eq!(sync(&shop), "written 1 taken 0 conflicts 0 unreadable 0 refused 0");
    let event = &seen(&server.only().1)["events"][0];
    assert_eq!((&event["summary"], &event["uid"]), (&"apk zz123z jansen".into(), &"apk-1".into()));
    assert_eq!(
        (&event["start"], &event["end"]),
        (&"2026-03-31T10:00:00Z".into(), &"2026-03-31T10:45:00Z".into())
    );
    assert!(event["sequence"].as_u64().unwrap() > 4, "{event}");
    server.delete(&href);
    assert_eq!(sync(&shop), "written 0 taken 1 conflicts 0 unreadable 0 refused 0");
    assert_eq!(open(&mut shop), ["2026-02-18 ZZ123Z inspection"], "no appointment any more");
    assert!(server.all().is_empty());
}

#[test]
fn of_a_planners_own_affairs_only_appointments_are_read() {
    let (shop, server) = shop();
    server.plan("a", &["SUMMARY:Beurt ZZ-123-Z", "DTSTART:20261025T003000Z", "DTEND:20261025T013000Z"]);
    server.plan("b", &["SUMMARY:Jansen komt langs", "DTSTART;TZID=Europe/Amsterdam:20260329T090000"]);
    server.plan("c", &["SUMMARY:Koffie", "DTSTART:20260310T090000Z", "RRULE:FREQ=DAILY"]);
    server.plan("d", &["SUMMARY:Gesloten", "DTSTART;VALUE=DATE:20260311"]);
    server.plan("e", &["SUMMARY:APK ZZ-123-Z", "DTSTART;VALUE=DATE:20260312"]);
    server.plan("f", &["SUMMARY:Afgezegd", "DTSTART:20260313T090000Z", "STATUS:CANCELLED"]);
    assert_eq!(sync(&shop), "written 0 taken 3 conflicts 0 unreadable 0 refused 0");
    let [beurt] = &on(&shop, "2026-10-25")[..] else { panic!("one") };
    assert_eq!(beurt.kind, AppointmentKind::Service);
    // 02:30 in summer until 02:30 in winter: on the wall it takes no time at all, and is half an hour.
    assert_eq!((beurt.starts_at.to_string().as_str(), beurt.ends_at), ("2026-10-25 02:30:00", None));
    let [other] = &on(&shop, "2026-03-29")[..] else { panic!("one") };
    assert_eq!((other.kind, other.plate.as_deref()), (AppointmentKind::Other, None));
    assert_eq!(other.notes.as_deref(), Some("Jansen komt langs"));
    assert_eq!(on(&shop, "2026-03-12")[0].kind, AppointmentKind::Inspection);
    assert_eq!(
        on(&shop, "2026-03-10").len() + on(&shop, "2026-03-11").len() + on(&shop, "2026-03-13").len(),
        0
    );
    // The plate was forgotten, and added.
    server.change(&format!("{}b.ics", radicale::CALENDAR), &["SUMMARY:Jansen\\, APK zz 123 z"]);
    sync(&shop);
    let [other] = &on(&shop, "2026-03-29")[..] else { panic!("one") };
    assert_eq!((other.kind, other.plate.as_deref()), (AppointmentKind::Inspection, Some("ZZ-123-Z")));
    assert_eq!(server.all().len(), 6, "nothing of it was written back");
}

#[test]
fn what_both_changed_is_kept_twice_until_a_person_chooses() {
    let (mut shop, server) = shop();
    let id = book(&mut shop, "ZZ-123-Z", "2026-03-10T09:00:00", None);
    sync(&shop);
    let href = server.only().0;
    for (keep, here) in [("ours", "10:00"), ("theirs", "14:00")] {
        move_to(&mut shop, id, &format!("2026-03-10T{here}:00"));
        server.change(&href, &["DTSTART:20260310T100000Z", "DTEND:20260310T103000Z", "SEQUENCE:9"]);
        assert_eq!(sync(&shop), "written 0 taken 0 conflicts 1 unreadable 0 refused 0");
        assert_eq!(sync(&shop), "written 0 taken 0 conflicts 0 unreadable 0 refused 0", "told once");
        assert_eq!(seen(&server.only().1)["events"][0]["start"], "2026-03-10T10:00:00Z");
        assert_eq!(starts(&shop, "2026-03-10"), [format!("2026-03-10 {here}:00")]);
        let said = says(&shop, &["calendar"]);
        let both =
            format!("conflict {id}: ZZ-123-Z here 2026-03-10 {here}, in the calendar 2026-03-10 11:00");
        assert!(said.contains(&both), "{said}");
        let doctor = String::from_utf8(balie(&shop, &["doctor"]).stdout).unwrap();
        assert!(doctor.contains("balie calendar keep"), "{doctor}");
        says(&shop, &["calendar", "keep", &id.to_string(), keep]);
        assert!(shop.store.calendar_conflicts().unwrap().is_empty());
        let written = sync(&shop);
        let event = &seen(&server.only().1)["events"][0];
        if keep == "ours" {
            assert_eq!(written, "written 1 taken 0 conflicts 0 unreadable 0 refused 0");
            assert_eq!(event["start"], "2026-03-10T09:00:00Z");
            assert!(event["sequence"].as_u64().unwrap() > 9, "{event}");
        } else {
            assert_eq!(written, "written 0 taken 0 conflicts 0 unreadable 0 refused 0");
            assert_eq!(starts(&shop, "2026-03-10"), ["2026-03-10 11:00:00"]);
        }
    }
    let again = balie(&shop, &["calendar", "keep", &id.to_string(), "ours"]);
    assert_eq!(again.status.code(), Some(1));
    // Deleted there: a customer was promised something, so a person looks.
    server.delete(&href);
    assert_eq!(sync(&shop), "written 0 taken 0 conflicts 1 unreadable 0 refused 0");
    let [Conflict { theirs, .. }] = &shop.store.calendar_conflicts().unwrap()[..] else { panic!("one") };
    assert_eq!(*theirs, Theirs::Gone);
    says(&shop, &["calendar", "keep", &id.to_string(), "ours"]);
    assert_eq!(sync(&shop), "written 1 taken 0 conflicts 0 unreadable 0 refused 0");
    server.only();
    server.delete(&href);
    sync(&shop);
    says(&shop, &["calendar", "keep", &id.to_string(), "theirs"]);
    assert_eq!(sync(&shop), "written 0 taken 0 conflicts 0 unreadable 0 refused 0");
    assert!(server.all().is_empty() && on(&shop, "2026-03-10").is_empty());
}

#[test]
fn what_the_shops_system_says_and_takes_back() {
    let (mut shop, server) = shop();
    shop.appointment("W-1", "ZZ-123-Z", "2026-03-10T09:00");
    shop.appointment("W-2", "ZZ-123-Z", "2026-03-11T09:00");
    shop.import();
    sync(&shop);
    assert_eq!(server.all().len(), 2);
    let (href, _) = server.all().into_iter().find(|(_, text)| text.contains("20260310T09")).unwrap();
    server.change(&href, &["DTSTART:20260310T120000Z", "DTEND:20260310T123000Z"]);
    sync(&shop);
    // The same file once more, with a new line, is older than what the planner did.
    shop.appointment("W-3", "ZZ-123-Z", "2026-03-12T09:00");
    shop.import();
    assert_eq!(starts(&shop, "2026-03-10"), ["2026-03-10 13:00:00"]);
    assert_eq!(sync(&shop), "written 1 taken 0 conflicts 0 unreadable 0 refused 0");
    // Taking both back leaves what a planner worked with, and takes the others out of the calendar.
    for _ in 0..2 {
        says(&shop, &["import", "--undo"]);
    }
    let left = ["2026-03-10", "2026-03-11", "2026-03-12"].map(|day| starts(&shop, day).len());
    assert_eq!(left, [1, 0, 0]);
    assert_eq!(sync(&shop), "written 2 taken 0 conflicts 0 unreadable 0 refused 0");
    assert_eq!(server.only().0, href);
}
