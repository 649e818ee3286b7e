//! What the register says becomes facts and tasks: the real `balie rdw refresh` against a register
//! that answers as RDW does.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod rdw_stand_in;
mod shop;

use std::time::{Duration, Instant};

use balie::domain::language::Language;
use balie::domain::plate::Plate;
use balie::domain::register::Freshness;
use balie::domain::rule::RuleKey;
use balie::domain::task::{StatusFilter, TaskFilter, TaskOrder};
use rdw_stand_in::{ACTIONS, FINDINGS, INSPECTIONS, RECALLS, StandIn, VEHICLES, balie};
use serde_json::Value;
use shop::Shop;

const TODAY: &str = "2025-11-25";

/// A shop on the day, and a register it asks.
fn shop() -> (Shop, StandIn) {
    let (mut shop, register) = (Shop::new(), StandIn::new());
    shop.on(TODAY);
    register.configure(shop.folder(), "");
    (shop, register)
}

/// `balie rdw refresh` on a day, which must succeed; then a collection.
fn refresh(shop: &mut Shop, today: &str) -> Value {
    shop.on(today).import();
    let output = balie(shop.folder(), today, &["rdw", "refresh", "--json"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    shop.collect();
    serde_json::from_slice(&output.stdout).unwrap()
}

fn description(shop: &Shop, rule: RuleKey) -> String {
    shop.open().into_iter().find(|row| row.rule == rule).map(|row| row.description).unwrap_or_default()
}

#[test]
fn a_typed_plate_is_filled_and_what_the_shop_knows_stays() {
    let (mut shop, register) = shop();
    shop.vehicle("ZZ-123-Z");
    shop.vehicle("ZZ-124-Z").inspection_expires("2026-01-10").has("make", "Opel");
    register.vehicle("ZZ123Z", "20260426", "20211113").vehicle("ZZ124Z", "20260210", "20211113");
    assert_eq!(refresh(&mut shop, TODAY)["news"], 2);
    let find = |plate: &str| shop.store.vehicle_by_plate(&Plate::parse(plate).unwrap()).unwrap().unwrap();
    let (id, typed) = find("ZZ123Z");
    assert_eq!((typed.make.as_deref(), typed.model.as_deref()), (Some("OPEL"), Some("REKORD")));
    assert_eq!(typed.inspection_expires_on, "2026-04-26".parse().ok());
    assert_eq!(typed.registered_on, "2021-11-13".parse().ok());
    let known = find("ZZ124Z").1;
    assert_eq!(known.make.as_deref(), Some("Opel"));
    assert_eq!(known.inspection_expires_on, "2026-01-10".parse().ok());
    // Each value says where it comes from.
    let card = shop.store.vehicle_card(id, shop.today).unwrap().unwrap();
    assert!(card.origins.iter().any(|origin| origin.field == "model" && origin.source == "register"));
    assert_eq!(shop.store.register_standing(id, shop.at()).unwrap().unwrap().freshness, Freshness::Current);
    // The shop's files say it again, and nothing changes.
    shop.vehicle("ZZ-123-Z").has("make", "");
    shop.import();
    assert_eq!(shop.store.vehicle(id).unwrap().unwrap().model.as_deref(), Some("REKORD"));
}

#[test]
fn inspected_elsewhere_is_told_from_a_real_comparison() {
    let (mut shop, register) = shop();
    for plate in ["ZZ-123-Z", "ZZ-124-Z", "ZZ-125-Z"] {
        shop.vehicle(plate).inspection_expires("2025-12-05").has("make", "Opel");
    }
    // Elsewhere; here, on the day of a visit; not renewed at all.
    register.vehicle("ZZ123Z", "20261205", "20211113").inspection("ZZ123Z", "20251110", "910", "20261205");
    register.vehicle("ZZ124Z", "20261205", "20211113").inspection("ZZ124Z", "20251110", "1515", "20261205");
    register.vehicle("ZZ125Z", "20251205", "20211113");
    shop.visit("ZZ-124-Z", "2025-11-10");
    refresh(&mut shop, TODAY);
    let said = |shop: &Shop, plate: &str| {
        let rows = shop.open();
        let row = rows.iter().find(|row| {
            row.rule == RuleKey::Inspection && row.plate.as_ref().is_some_and(|own| own.as_str() == plate)
        });
        row.unwrap().description.clone()
    };
    let elsewhere = "Waarschijnlijk is het voertuig ergens anders gekeurd";
    assert!(said(&shop, "ZZ123Z").contains("5 december 2026") && said(&shop, "ZZ123Z").contains(elsewhere));
    assert!(said(&shop, "ZZ124Z").contains("5 december 2026") && !said(&shop, "ZZ124Z").contains(elsewhere));
    assert!(!said(&shop, "ZZ125Z").contains(elsewhere));
    // The shop's own file names the inspection after the register did.
    shop.inspected("ZZ-123-Z", "2025-11-10", "").has("result", "pass");
    shop.collect();
    let own = said(&shop, "ZZ123Z");
    assert!(own.contains("5 december 2026") && !own.contains(elsewhere), "{own}");
}

#[test]
fn a_new_holder_counts_when_seen_twice_a_day_apart() {
    let (mut shop, register) = shop();
    shop.customer("K1").has("name", "Jansen");
    shop.owns("K1", "ZZ-123-Z", "2020-01-01");
    shop.vehicle("ZZ-123-Z").has("registered_on", "2020-01-01");
    register.vehicle("ZZ123Z", "20270426", "20251101");
    let tasks = |shop: &Shop| shop.open().iter().filter(|row| row.rule == RuleKey::Registration).count();
    refresh(&mut shop, TODAY);
    assert_eq!(tasks(&shop), 0, "seen once");
    refresh(&mut shop, TODAY);
    assert_eq!(tasks(&shop), 0, "seen twice on one day");
    // The register loses it for a day, and then gives it back.
    register.change(VEHICLES, "ZZ123Z", "datum_tenaamstelling", "20200101");
    refresh(&mut shop, "2025-11-26");
    assert_eq!(tasks(&shop), 0, "taken back");
    register.change(VEHICLES, "ZZ123Z", "datum_tenaamstelling", "20251101");
    refresh(&mut shop, "2025-11-27");
    assert_eq!(tasks(&shop), 0, "seen once again");
    refresh(&mut shop, "2025-11-28");
    assert_eq!(tasks(&shop), 1);
    refresh(&mut shop, "2025-11-29");
    assert_eq!(tasks(&shop), 1, "never twice");
}

#[test]
fn a_date_that_the_shop_hears_of_later_is_looked_at_twice_too() {
    let (mut shop, register) = shop();
    shop.customer("K1").has("name", "Jansen");
    shop.vehicle("ZZ-123-Z");
    shop.owns("K1", "ZZ-123-Z", "2020-01-01");
    register.vehicle("ZZ123Z", "20270426", "20251101");
    let tasks = |shop: &Shop| shop.open().iter().filter(|row| row.rule == RuleKey::Registration).count();
    // The register's date was all there was, and stood for ours.
    refresh(&mut shop, TODAY);
    shop.vehicle("ZZ-123-Z").has("registered_on", "2020-01-01");
    refresh(&mut shop, "2025-11-26");
    assert_eq!(tasks(&shop), 0);
    refresh(&mut shop, "2025-11-27");
    assert_eq!(tasks(&shop), 1);
}

#[test]
fn advice_given_elsewhere_makes_the_same_tasks() {
    let (mut shop, register) = shop();
    shop.vehicle("ZZ-123-Z");
    shop.inspected("ZZ-124-Z", "2025-11-17", "").has("result", "pass");
    shop.vehicle("ZZ-124-Z");
    shop.set("rules.brake_advice.days", "8");
    for plate in ["ZZ123Z", "ZZ124Z"] {
        register.vehicle(plate, "20261117", "20211113").inspection(plate, "20251117", "910", "20261117");
        register.finding(plate, "20251117", "0910", "AC1").finding(plate, "20251117", "910", "885");
    }
    register.finding("ZZ123Z", "20251117", "910", "AC5");
    // A tachograph, and a car that nobody asked about.
    register.has(
        INSPECTIONS,
        &[
            ("kenteken", "ZZ124Z"),
            ("meld_datum_door_keuringsinstantie", "20251118"),
            ("meld_tijd_door_keuringsinstantie", "800"),
            ("soort_erkenning_omschrijving", "Controleapparaten"),
            ("soort_melding_ki_omschrijving", "periodieke controle"),
        ],
    );
    register.finding("ZZ124Z", "20251118", "800", "AC5").finding("ZZ199Z", "20251117", "910", "AC1");
    refresh(&mut shop, TODAY);
    let advice = |shop: &Shop| {
        let list = shop.list(StatusFilter::Open);
        list.into_iter().filter(|line| line.contains("advice")).collect::<Vec<_>>()
    };
    let wanted =
        ["2025-11-24 ZZ123Z tyre_advice", "2025-11-24 ZZ124Z tyre_advice", "2025-11-25 ZZ123Z brake_advice"];
    assert_eq!(advice(&shop), wanted);
    // The shop's own file says nothing of advice; it comes in again, and nothing is lost or doubled.
    shop.inspected("ZZ-124-Z", "2025-11-17", "").has("result", "pass");
    shop.collect();
    assert_eq!(advice(&shop), wanted);
    refresh(&mut shop, TODAY);
    assert_eq!(advice(&shop), wanted);
}

#[test]
fn an_import_that_is_taken_back_leaves_what_the_register_told() {
    let (mut shop, register) = shop();
    shop.vehicle("ZZ-124-Z");
    shop.import();
    register.vehicle("ZZ124Z", "20261117", "20211113").inspection("ZZ124Z", "20251117", "910", "20261117");
    register.finding("ZZ124Z", "20251117", "910", "AC1");
    register.vehicle("ZZ123Z", "20261117", "20211113").inspection("ZZ123Z", "20251117", "910", "20261117");
    register.finding("ZZ123Z", "20251117", "910", "AC1").recall("ZZ123Z", "MGP990001", "O");
    // The second import brings another vehicle and names an inspection of the first.
    shop.on("2025-11-24").vehicle("ZZ-123-Z");
    shop.inspected("ZZ-124-Z", "2025-11-17", "AC5").has("result", "pass");
    refresh(&mut shop, TODAY);
    let done = shop.store.undo_import(None, shop.actor()).unwrap();
    assert_eq!(done.kept, 0, "{:?}", done.named);
    assert!(shop.store.vehicle_by_plate(&Plate::parse("ZZ123Z").unwrap()).unwrap().is_none());
    let at = shop.at();
    balie::collect::run(&mut shop.store, shop.today, at).unwrap();
    assert_eq!(shop.list(StatusFilter::Open), ["2025-11-24 ZZ124Z tyre_advice"]);
    let (id, _) = shop.store.vehicle_by_plate(&Plate::parse("ZZ124Z").unwrap()).unwrap().unwrap();
    assert_eq!(shop.store.vehicle_card(id, shop.today).unwrap().unwrap().inspections.lines[0].advice, "AC1");
}

#[test]
fn an_open_recall_is_a_task_that_closes_itself() {
    let (mut shop, register) = shop();
    shop.customer("K1").has("name", "Jansen").has("contact_allowed", "no");
    shop.owns("K1", "ZZ-123-Z", "2020-01-01");
    shop.vehicle("ZZ-123-Z");
    shop.vehicle("ZZ-124-Z");
    register.vehicle("ZZ123Z", "20270426", "20211113").vehicle("ZZ124Z", "20270426", "20211113");
    register.recall("ZZ123Z", "MGP990001", "O").recall("ZZ124Z", "MGP990001", "P");
    register.has(
        ACTIONS,
        &[
            ("referentiecode_rdw", "MGP990001"),
            ("publicatiedatum_rdw", "20250901"),
            ("omschrijving_defect", "De stuurkolom kan losraken"),
        ],
    );
    let list = |shop: &Shop, status| {
        shop.list(status).into_iter().filter(|line| line.contains("recall")).collect::<Vec<_>>()
    };
    refresh(&mut shop, TODAY);
    assert_eq!(list(&shop, StatusFilter::Open), ["2025-11-25 ZZ123Z recall"]);
    let words = description(&shop, RuleKey::Recall);
    assert!(words.contains("terugroepactie") && words.contains("De stuurkolom kan losraken"), "{words}");
    for language in Language::ALL {
        let rows =
            shop.store.task_page(&TaskFilter::default(), TaskOrder::default(), shop.today, language, 0, 9);
        assert!(rows.unwrap()[0].description.contains("De stuurkolom kan losraken"), "{language}");
    }
    let why = balie(shop.folder(), TODAY, &["why", "ZZ-123-Z", "--json"]);
    let why: Value = serde_json::from_slice(&why.stdout).unwrap();
    let told = why["rules"].as_array().unwrap().iter().find(|rule| rule["rule"] == "recall").unwrap();
    assert_eq!(told["made"], true);
    // Months later it is still open: one task, not another one.
    refresh(&mut shop, "2026-02-01");
    assert_eq!(list(&shop, StatusFilter::All).len(), 1);
    // Nothing said is nothing known.
    register.empty(RECALLS);
    register.change(VEHICLES, "ZZ123Z", "openstaande_terugroepactie_indicator", "Ja");
    refresh(&mut shop, "2026-02-02");
    assert_eq!(list(&shop, StatusFilter::Open).len(), 1);
    register.recall("ZZ123Z", "MGP990001", "P");
    refresh(&mut shop, "2026-02-03");
    assert_eq!(list(&shop, StatusFilter::Open), Vec::<String>::new());
    assert_eq!(list(&shop, StatusFilter::Withdrawn), ["2025-11-25 ZZ123Z recall"]);
}

#[test]
fn five_thousand_vehicles_are_fifty_polite_requests_for_each_data_set() {
    let (mut shop, register) = shop();
    for number in 0..5000 {
        let plate = format!("{:03}-ZZ-{}", number / 10, number % 10);
        shop.vehicle(&plate);
        let plate = plate.replace('-', "");
        register.vehicle(&plate, "20260426", "20211113").inspection(&plate, "20250426", "910", "20260426");
        register.finding(&plate, "20250426", "910", "AC1");
        if number % 50 == 0 {
            register.recall(&plate, &format!("MGP{:06}", number / 100), "O");
        }
    }
    shop.import();
    let began = Instant::now();
    let output = balie(shop.folder(), TODAY, &["rdw", "refresh", "--json"]);
    println!("5,000 vehicles in {:?}: {}", began.elapsed(), String::from_utf8_lossy(&output.stdout));
    assert!(output.status.success() && began.elapsed() < Duration::from_secs(50));
    let asked = register.asked();
    for set in [VEHICLES, INSPECTIONS, FINDINGS, RECALLS, ACTIONS] {
        let count = asked.iter().filter(|one| one.set == set).count();
        assert!((1..=50).contains(&count), "{set}: {count} requests");
    }
    for one in &asked {
        assert!(one.query.contains_key("$order") && one.query.contains_key("$limit"), "{one:?}");
        assert!(one.headers["user-agent"].starts_with("Balie/"), "{one:?}");
        assert!(!one.headers.contains_key("x-app-token"));
    }
    assert!(register.most_at_once() <= 2, "{} at once", register.most_at_once());
    let (id, vehicle) = shop.store.vehicle_by_plate(&Plate::parse("499-ZZ-9").unwrap()).unwrap().unwrap();
    assert_eq!(vehicle.inspection_expires_on, "2026-04-26".parse().ok());
    assert_eq!(shop.store.vehicle_card(id, shop.today).unwrap().unwrap().inspections.lines[0].advice, "AC1");
}

#[test]
fn an_answer_of_more_than_one_page_is_whole() {
    let (mut shop, register) = shop();
    let first: chrono::NaiveDate = "2022-01-01".parse().unwrap();
    let day = |number| (first + chrono::TimeDelta::days(number)).format("%Y%m%d").to_string();
    for number in 0..70 {
        let plate = format!("{number:03}-ZZ-1");
        shop.vehicle(&plate);
        let plate = plate.replace('-', "");
        register.vehicle(&plate, "20260426", "20211113");
        for on in 0..80 {
            register.inspection(&plate, &day(on), "910", "20260426");
        }
    }
    refresh(&mut shop, TODAY);
    let pages = register.asked().into_iter().filter(|one| one.set == INSPECTIONS);
    assert_eq!(pages.map(|one| one.query["$offset"].clone()).collect::<Vec<_>>(), ["0", "5000"]);
    for plate in ["000ZZ1", "069ZZ1"] {
        let (id, _) = shop.store.vehicle_by_plate(&Plate::parse(plate).unwrap()).unwrap().unwrap();
        assert_eq!(shop.store.vehicle_card(id, shop.today).unwrap().unwrap().inspections.count, 80);
    }
}

#[test]
fn one_plate_at_a_time_and_words_for_what_cannot_be_asked() {
    let (mut shop, register) = shop();
    shop.vehicle("ZZ-123-Z");
    shop.vehicle("ZZ-124-Z");
    shop.vehicle("M-AB-1234");
    register.vehicle("ZZ123Z", "20260426", "20211113");
    shop.import();
    let output = balie(shop.folder(), TODAY, &["rdw", "refresh", "zz-123-z"]);
    assert_eq!(String::from_utf8_lossy(&output.stdout), "asked 1\nsilent 0\nnews 1\nrequests 4\n");
    assert!(register.asked().iter().all(|one| one.query["$where"] == "kenteken in('ZZ123Z')"));
    for (plate, words) in
        [("ZZ-199-Z", "no vehicle with the plate"), ("M-AB-1234", "no Dutch plate"), ("?", "does not stand")]
    {
        let output = balie(shop.folder(), TODAY, &["rdw", "refresh", plate]);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.code() == Some(1) && said.contains(words) && said.lines().count() == 1,
            "{said}"
        );
    }
    assert_eq!(register.asked().len(), 0);
    // All of them: foreign ones are not asked about, whether by their form or by who owns them.
    shop.customer("K1").has("country", "DE");
    shop.customer("K2").has("country", "nl");
    shop.vehicle("B-A-1234");
    shop.owns("K1", "B-A-1234", "2020-01-01");
    shop.owns("K2", "ZZ-124-Z", "2020-01-01");
    shop.import();
    balie(shop.folder(), TODAY, &["rdw", "refresh"]);
    let asked = register.asked();
    assert!(!asked.is_empty());
    assert!(asked.iter().all(|one| one.query["$where"] == "kenteken in('ZZ123Z','ZZ124Z')"), "{asked:?}");
}
