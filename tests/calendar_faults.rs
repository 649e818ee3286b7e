//! A CalDAV server that is away, slow, hanging or of another opinion about the password, and a Balie that
//! is killed at the worst moment: nothing waits for it, nothing is lost, and nothing stands there twice.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod diary;
mod patience;
mod radicale;
mod shop;

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use balie::domain::calendar::{Place, Trouble};
use balie::domain::rule::RuleKey;
use diary::{Collector, balie, balie_command, book, configure, says, seen};
use patience::wait_for;
use radicale::{Act, Line, Radicale};
use shop::Shop;

fn shop() -> (Shop, Radicale) {
    let (mut shop, server) = (Shop::new(), Radicale::start());
    shop.on("2026-03-01");
    shop.vehicle("ZZ-123-Z");
    shop.customer("C1").has("name", "Jansen");
    shop.owns("C1", "ZZ-123-Z", "2020-01-01");
    shop.import();
    (shop, server)
}

fn connect(shop: &Shop, address: &str, password: &str) {
    configure(shop, &format!("caldav_url = \"{address}\"\nuser = \"balie\"\npassword = \"{password}\""));
}

fn trouble(shop: &Shop) -> Option<Trouble> {
    shop.store.calendar_kept(Place::Server).unwrap().trouble.map(|(word, _)| word)
}

fn log(shop: &Shop) -> String {
    fs::read_to_string(shop.folder().join("log")).unwrap()
}

#[test]
fn a_wrong_password_is_said_and_tried_again() {
    let (mut shop, server) = shop();
    connect(&shop, &server.address(), "verkeerd");
    book(&mut shop, "ZZ-123-Z", "2026-03-10T09:00:00", None);
    let output = balie(&shop, &["calendar", "sync"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(said.contains("check [calendar] user and password"), "{said}");
    assert!(says(&shop, &["calendar"]).contains("refused since"), "{}", says(&shop, &["calendar"]));
    let doctor = String::from_utf8(balie(&shop, &["doctor"]).stdout).unwrap();
    assert!(doctor.contains("the calendar refuses user or password"), "{doctor}");
    let collector = Collector::start(&shop);
    wait_for("a line in the log", || log(&shop).contains("check [calendar]").then_some(()));
    // It tries again, and says it once.
    std::thread::sleep(Duration::from_secs(5));
    assert_eq!(log(&shop).matches("check [calendar]").count(), 1, "{}", log(&shop));
    assert!(!log(&shop).contains("verkeerd") && !said.contains("verkeerd"));
    drop(collector);
    assert!(server.all().is_empty());
    connect(&shop, &server.address(), "geheim");
    says(&shop, &["calendar", "sync"]);
    assert_eq!((trouble(&shop), server.all().len()), (None, 1));
}

#[test]
fn a_server_that_is_away_holds_nothing_up_and_gets_everything_later() {
    let (mut shop, mut server) = shop();
    connect(&shop, &server.address(), "geheim");
    let collector = Collector::start(&shop);
    book(&mut shop, "ZZ-123-Z", "2026-03-10T09:00:00", None);
    wait_for("the first", || (server.all().len() == 1).then_some(()));
    server.end();
    book(&mut shop, "ZZ-123-Z", "2026-03-10T10:00:00", None);
    wait_for("a word of trouble", || trouble(&shop));
    assert_eq!(trouble(&shop), Some(Trouble::Unreachable));
    assert!(says(&shop, &["calendar"]).contains("unreachable since"));
    server.run();
    wait_for("the second", || (server.all().len() == 2).then_some(()));
    wait_for("no trouble", || trouble(&shop).is_none().then_some(()));
    // What a planner does is noticed without anything happening here.
    assert!(log(&shop).contains("the calendar is kept again"), "{}", log(&shop));
    assert!(!log(&shop).contains("ZZ") && !log(&shop).contains("Jansen") && !log(&shop).contains("geheim"));
    drop(collector);
}

#[test]
fn a_hanging_server_delays_no_collection() {
    let (mut shop, server) = shop();
    let line = Line::to(&server, |_| Act::Hang);
    connect(&shop, &line.address, "geheim");
    book(&mut shop, "ZZ-123-Z", "2026-03-10T09:00:00", None);
    let collector = Collector::start(&shop);
    wait_for("asked", || line.has_asked("PROPFIND").then_some(()));
    let began = Instant::now();
    for number in 0..400 {
        shop.vehicle(&format!("{:02}-BB-{:02}", number / 100, number % 100)).inspection_expires("2026-03-10");
    }
    shop.import();
    let due = |shop: &Shop| shop.open().iter().filter(|row| row.rule == RuleKey::Inspection).count();
    wait_for("collected", || (due(&shop) == 400).then_some(()));
    println!("400 tasks in the list after {:?} while the calendar hangs", began.elapsed());
    assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
    drop(collector);
}

#[test]
fn what_the_server_answers_otherwise_is_a_word() {
    let (mut shop, server) = shop();
    book(&mut shop, "ZZ-123-Z", "2026-03-10T09:00:00", None);
    for (method, status, word) in [
        ("PROPFIND", 503, Trouble::Server),
        ("PROPFIND", 302, Trouble::Server),
        ("PROPFIND", 404, Trouble::NoCalendar),
        ("REPORT", 500, Trouble::Server),
        ("PUT", 507, Trouble::Server),
        ("PUT", 403, Trouble::Rejected),
    ] {
        let line =
            Line::to(&server, move |asked| if asked == method { Act::Say(status) } else { Act::Carry });
        connect(&shop, &line.address, "geheim");
        assert_eq!(balie(&shop, &["calendar", "sync"]).status.code(), Some(1), "{method} {status}");
        assert_eq!(trouble(&shop), Some(word), "{method} {status}");
    }
    connect(&shop, &server.address(), "geheim");
    says(&shop, &["calendar", "sync"]);
    assert_eq!(trouble(&shop), None);
}

#[test]
fn killed_between_writing_and_noting_nothing_stands_there_twice() {
    let (mut shop, server) = shop();
    let cut = std::sync::Arc::new(AtomicBool::new(true));
    let act = cut.clone();
    let line = Line::to(&server, move |method| match method {
        "PUT" if act.load(Ordering::Relaxed) => Act::Swallow,
        _ => Act::Carry,
    });
    connect(&shop, &line.address, "geheim");
    let mut ids = Vec::new();
    for round in 0..6 {
        // New, and then moved, and moved once more while nobody knows what arrived.
        ids.push(book(&mut shop, "ZZ-123-Z", &format!("2026-03-{:02}T09:00:00", 10 + round), None));
        for hour in ["10", "11"] {
            cut.store(true, Ordering::Relaxed);
            line.asked();
            let mut pass = balie_command(&shop, &["calendar", "sync"]).spawn().unwrap();
            wait_for("the writing", || line.has_asked("PUT").then_some(()));
            pass.kill().unwrap();
            pass.wait().unwrap();
            let actor = shop.actor();
            let to = format!("2026-03-{:02}T{hour}:00:00", 10 + round);
            shop.store.move_appointment(ids[round], to.parse().unwrap(), actor).unwrap();
        }
        cut.store(false, Ordering::Relaxed);
        says(&shop, &["calendar", "sync"]);
        let all = server.all();
        assert_eq!(all.len(), ids.len(), "round {round}");
        for (_, text) in &all {
            let event = &seen(text)["events"][0];
            assert!(event["wall"].as_str().unwrap().ends_with("T11:00"), "{text}");
        }
    }
    assert!(shop.store.calendar_conflicts().unwrap().is_empty());
    for day in 10..16 {
        let on = shop.store.appointments_on(format!("2026-03-{day}").parse().unwrap()).unwrap();
        assert_eq!(on.len(), 1, "{on:?}");
    }
}
