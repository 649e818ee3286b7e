//! Reports (CLK-07): every figure against a ledger that the test keeps itself, of a shop in which the
//! collector makes the tasks and people follow them up as at the desk.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod ledger;
mod season;
mod shop;

use balie::domain::edit::{CallNote, Outcome, TaskEdit};
use balie::domain::report::{Figures, Span};
use balie::station::clock::Clock;
use balie::store::history::{Actor, Origin};
use balie::store::task_edit::Save;
use chrono::NaiveDate;
use season::Season;
use shop::Shop;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn span(from: &str, until: &str) -> Span {
    let clock = Clock::new(chrono_tz::Europe::Amsterdam, None);
    Span::new(day(from), day(until), |date| clock.midnight(date)).unwrap()
}

#[test]
fn every_figure_is_what_a_ledger_of_its_own_says() {
    for seed in [1, 2] {
        let mut season = Season::new(seed);
        for date in day("2015-05-02").iter_days().take(48) {
            season.shop.today = date;
            // An import takes the whole of the shop's files; these are enough.
            if season.dice.throw(4) == 0 {
                season.news();
            }
            season.collect();
            for _ in 0..season.dice.throw(4) {
                season.act();
            }
        }
        let mut seen = Figures::default();
        for (from, until) in [
            ("2015-05-01", "2015-08-01"),
            ("2015-05-13", "2015-06-18"),
            ("2015-06-01", "2015-06-02"),
            ("2015-08-01", "2015-09-01"),
        ] {
            let report = season.shop.store.report(&span(from, until), season.shop.today).unwrap();
            season.ledger.truth(&season.shop, day(from), day(until)).compare(&report);
            assert_eq!((report.from, report.until), (day(from), day(until)));
            seen.add(&report.total);
        }
        // The chances were such that every figure was tried.
        let Figures { made, due, late, followed_up, handled, outcomes, conversions, revenue } = seen;
        for count in [
            made,
            due,
            late,
            followed_up,
            handled,
            conversions.appointments,
            conversions.quotes,
            conversions.visits,
        ] {
            assert!(count > 1, "{seen:?}");
        }
        assert!(Outcome::ALL.iter().all(|outcome| outcomes.count(*outcome) > 0) && revenue.0 > 0, "{seen:?}");
        assert!(late < due && handled < followed_up && conversions.total() < followed_up, "{seen:?}");
    }
}

#[test]
fn the_quote_a_task_was_about_is_its_result_when_it_is_accepted() {
    let mut shop = Shop::new();
    shop.on("2015-05-01").set("rules.workshop_quote.days_after", "3");
    shop.set("rules.workshop_quote.enabled", "true");
    shop.vehicle("JL-29-JK");
    shop.quote("O1", "workshop", "JL-29-JK", "2015-04-28", "2015-06-01");
    shop.collect();
    let (task, actor) = (shop.open()[0].id, shop.actor());
    shop.store.handle_task(task, None, actor).unwrap();
    let results = |shop: &Shop| {
        shop.store.report(&span("2015-05-01", "2015-06-01"), shop.today).unwrap().total.conversions
    };
    assert_eq!(results(&shop).total(), 0);
    shop.quote("O1", "workshop", "JL-29-JK", "2015-04-28", "2015-06-01").has("status", "accepted");
    shop.on("2015-05-05").import();
    assert_eq!((results(&shop).quotes, results(&shop).total()), (1, 1));
    // An appointment that was planned anyway is nobody's merit; one that is made since is.
    let mut shop = Shop::new();
    shop.on("2015-05-01").set("rules.next_service.days", "7");
    shop.vehicle("JL-29-JK").has("next_service_on", "2015-05-08");
    shop.appointment("A1", "JL-29-JK", "2015-05-20T09:00").has("kind", "other");
    shop.collect();
    shop.on("2015-05-02");
    let (task, actor) = (shop.open()[0].id, shop.actor());
    shop.store.handle_task(task, None, actor).unwrap();
    assert_eq!(results(&shop).total(), 0);
    shop.appointment("A2", "JL-29-JK", "2015-05-21T09:00").has("kind", "other");
    shop.import();
    assert_eq!((results(&shop).appointments, results(&shop).total()), (1, 1));
}

/// Runs `balie` on the shop's own database; answers exit code, standard output and standard error.
fn balie(shop: &Shop, arguments: &[&str]) -> (i32, String, String) {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_balie"))
        .env_remove("BALIE_CONFIG")
        .env("BALIE_DATA_DIR", shop.folder())
        .env("BALIE_TODAY", shop.today.to_string())
        .args(arguments)
        .current_dir(shop.folder())
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

#[test]
fn the_command_prints_the_same_as_text_csv_and_json() {
    let mut shop = Shop::new();
    shop.on("2015-05-01").set("rules.inspection.days", "7");
    shop.employee("=1+A1").has("name", "@SUM(A1)");
    shop.vehicle("JL-29-JK").inspection_expires("2015-05-10");
    shop.vehicle("23-NL-PD").inspection_expires("2015-05-05");
    shop.invoice("F1", "JL-29-JK", "2015-05-02", "120.50");
    shop.collect();
    let els = shop.store.employee_by_code("=1+A1").unwrap();
    let open = shop.open();
    assert_eq!(open[1].plate.as_ref().unwrap().as_str(), "JL29JK");
    let actor = Actor { origin: Origin::Desk(els), at: shop.at() };
    let note = CallNote { outcome: Some(Outcome::Informed), ..CallNote::default() };
    let edit = TaskEdit { note: Some(note), ..TaskEdit::default() };
    let (task, version, today) = (open[1].id, open[1].version, shop.today);
    let save = Save { task, version, edit: &edit, finish: true, words: None, today };
    shop.store.save_task(&save, actor).unwrap();
    shop.on("2015-05-04");

    let (code, json, _) = balie(&shop, &["report", "--from", "2015-04-20", "--json"]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!((code, &json["from"], &json["until"]), (0, &"2015-04-20".into(), &"2015-05-05".into()));
    let total = serde_json::json!({
        "made": 2, "due": 2, "late": 1, "followed_up": 1, "handled": 1,
        "outcomes": {"booked": 0, "call_back": 0, "no_answer": 0, "thinking": 0, "informed": 1, "declined": 0, "sold": 0, "wrong_number": 0},
        "conversions": {"appointments": 0, "quotes": 0, "visits": 0}, "revenue": "120.50",
    });
    assert_eq!(json["total"], total);
    assert_eq!(json["rules"][0]["rule"], "inspection");
    assert_eq!(
        (&json["employees"][0]["employee"], &json["employees"][0]["handled"]),
        (&"=1+A1".into(), &1.into())
    );
    assert_eq!((&json["employees"][1]["employee"], &json["employees"][1]["made"]), (&().into(), &2.into()));
    let mondays = json["weeks"].as_array().unwrap().iter().map(|week| week["monday"].as_str().unwrap());
    assert_eq!(mondays.collect::<Vec<_>>(), ["2015-04-20", "2015-04-27", "2015-05-04"]);

    let (code, text, _) =
        balie(&shop, &["report", "--csv", "-", "--from", "2015-04-20", "--until", "2015-05-05"]);
    assert_eq!(code, 0);
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    assert_eq!(&reader.headers().unwrap()[7], "handled");
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let column = |name: usize| rows.iter().map(|row| row[name].to_owned()).collect::<Vec<_>>();
    assert_eq!(column(0), ["total", "rule", "employee", "employee", "week", "week", "week"]);
    assert_eq!(column(1)[1..4], ["inspection", "'=1+A1", ""]);
    // Nothing in it begins a formula.
    assert_eq!(rows[2][2], *"'@SUM(A1)");
    assert_eq!(column(7), ["1", "1", "1", "0", "0", "1", "0"]);
    assert_eq!(&rows[0][20], "120.50");
    assert_eq!(balie(&shop, &["report", "--from", "2015-04-20", "--csv", "report.csv"]).0, 0);
    assert_eq!(std::fs::read_to_string(shop.folder().join("report.csv")).unwrap(), text);

    let (code, words, _) = balie(&shop, &["report"]);
    assert!(code == 0 && words.starts_with("2015-02-09 up to 2015-05-05"), "{words}");
    assert!(words.contains("informed 1") && words.contains("nobody"), "{words}");

    let (code, _, why) = balie(&shop, &["report", "--from", "2015-05-05", "--until", "2015-05-05"]);
    assert!(code == 1 && why.contains("before it begins"), "{why}");
    let (code, _, why) = balie(&shop, &["report", "--csv", "no/such/folder.csv"]);
    assert!(code == 1 && why.contains("no/such/folder.csv cannot be written"), "{why}");
    assert_eq!(balie(&shop, &["report", "--from", "mei"]).0, 2);
}
