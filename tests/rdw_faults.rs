//! The register as it is on bad days: nothing is lost, nothing is erased, and what is wrong is named.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod rdw_stand_in;
mod shop;

use std::process::Output;
use std::time::{Duration, Instant};

use balie::domain::ids::VehicleId;
use balie::domain::plate::Plate;
use balie::domain::register::Freshness;
use rdw_stand_in::{FINDINGS, Fault, INSPECTIONS, RECALLS, StandIn, VEHICLES, balie};
use shop::Shop;

const TODAY: &str = "2025-11-25";

/// A shop with one vehicle that the register knew yesterday, too.
fn shop(more: &str) -> (Shop, StandIn) {
    let (mut shop, register) = (Shop::new(), StandIn::new());
    shop.on(TODAY).vehicle("ZZ-123-Z");
    shop.import();
    register.vehicle("ZZ123Z", "20260426", "20211113");
    register.configure(shop.folder(), more);
    (shop, register)
}

fn refresh(shop: &Shop, today: &str) -> Output {
    balie(shop.folder(), today, &["rdw", "refresh"])
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn id(shop: &Shop) -> VehicleId {
    shop.store.vehicle_by_plate(&Plate::parse("ZZ123Z").unwrap()).unwrap().unwrap().0
}

/// Until when the register says the inspection is valid.
fn known(shop: &Shop) -> String {
    let record = shop.store.register_record(id(shop)).unwrap();
    record.and_then(|record| record.inspection_expires_on).map(|on| on.to_string()).unwrap_or_default()
}

#[test]
fn what_passes_is_tried_again_and_retry_after_is_honoured() {
    let (shop, register) = shop("");
    register.fail(Some(VEHICLES), Fault::Throttle(Some(2)));
    register.fail(Some(INSPECTIONS), Fault::Status(500)).fail(Some(FINDINGS), Fault::CutOff);
    register.fail(Some(RECALLS), Fault::Slow(Duration::from_millis(300)));
    let began = Instant::now();
    let output = refresh(&shop, TODAY);
    assert!(output.status.success(), "{}", said(&output));
    assert!(began.elapsed() >= Duration::from_secs(2), "{:?}", began.elapsed());
    assert_eq!(known(&shop), "2026-04-26");
}

#[test]
fn a_web_page_with_200_is_an_error_and_erases_nothing() {
    let (shop, register) = shop("");
    assert!(refresh(&shop, TODAY).status.success());
    for set in [VEHICLES, INSPECTIONS, FINDINGS, RECALLS] {
        register.fail_always(set, Some(Fault::Html));
    }
    let output = refresh(&shop, "2025-11-26");
    assert_eq!(output.status.code(), Some(1));
    assert!(
        said(&output).contains("a web page") && said(&output).contains("log-in page"),
        "{}",
        said(&output)
    );
    assert_eq!(said(&output).lines().count(), 1);
    assert!(!said(&output).contains("ZZ123Z"));
    register.fail_always(VEHICLES, Some(Fault::Status(302)));
    assert!(said(&refresh(&shop, "2025-11-26")).contains("leads somewhere else"));
    assert_eq!(known(&shop), "2026-04-26");
}

#[test]
fn empty_for_days_is_silent_and_keeps_everything() {
    let (shop, register) = shop("");
    refresh(&shop, TODAY);
    register.empty(VEHICLES);
    for day in ["2025-11-26", "2025-11-30", "2025-12-20"] {
        let output = refresh(&shop, day);
        assert!(output.status.success());
        assert!(String::from_utf8_lossy(&output.stdout).contains("silent 1"));
        let now = "2025-12-20T12:00:00Z".parse().unwrap();
        let standing = shop.store.register_standing(id(&shop), now).unwrap().unwrap();
        assert_eq!(standing.freshness, Freshness::Silent);
        assert_eq!(standing.silent_since.unwrap().date_naive().to_string(), "2025-11-26");
        assert_eq!(known(&shop), "2026-04-26");
    }
    let why = balie(shop.folder(), "2025-12-20", &["why", "ZZ-123-Z", "--json"]);
    let why: serde_json::Value = serde_json::from_slice(&why.stdout).unwrap();
    let inspection =
        why["rules"].as_array().unwrap().iter().find(|rule| rule["rule"] == "inspection").unwrap();
    assert_eq!(inspection["facts"]["register"]["state"], "silent");
    register.vehicle("ZZ123Z", "20270101", "20211113");
    refresh(&shop, "2025-12-21");
    let now = "2025-12-21T23:00:00Z".parse().unwrap();
    let standing = shop.store.register_standing(id(&shop), now).unwrap().unwrap();
    assert_eq!((standing.freshness, standing.silent_since), (Freshness::Current, None));
    assert_eq!(known(&shop), "2027-01-01");
    let later = "2026-03-01T12:00:00Z".parse().unwrap();
    let standing = shop.store.register_standing(id(&shop), later).unwrap().unwrap();
    assert_eq!((standing.freshness, standing.silent_since), (Freshness::Stale, None));
}

#[test]
fn a_renamed_column_is_noticed_named_and_costs_nothing_else() {
    let (mut shop, register) = shop("");
    for number in 200..210 {
        shop.vehicle(&format!("ZZ-{number}-Z"));
        register.vehicle(&format!("ZZ{number}Z"), "20260426", "20211113");
    }
    shop.import();
    refresh(&shop, TODAY);
    register.rename(VEHICLES, "vervaldatum_apk", Some("vervaldatum_apk_keuring"));
    register.change(VEHICLES, "OPEL", "datum_eerste_toelating", "20140101");
    let output = refresh(&shop, "2025-11-26");
    assert!(output.status.success(), "{}", said(&output));
    assert!(said(&output).contains("m9d7-ebf2: the column vervaldatum_apk is gone"), "{}", said(&output));
    assert!(said(&output).contains("it may be called vervaldatum_apk_keuring now"), "{}", said(&output));
    assert_eq!(known(&shop), "2026-04-26", "kept");
    assert!(!shop.store.register_troubles().unwrap().is_empty());
    // Its copy in the other form is read when it is there.
    register.change(VEHICLES, "OPEL", "vervaldatum_apk_dt", "2028-01-02T00:00:00.000");
    let output = refresh(&shop, "2025-11-27");
    assert!(said(&output).contains("vervaldatum_apk_dt is read instead"), "{}", said(&output));
    assert_eq!(known(&shop), "2028-01-02");
    // Without its key a data set says nothing; the others do.
    register.rename(RECALLS, "kenteken", Some("plaat"));
    let output = refresh(&shop, "2025-11-28");
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("no column kenteken"), "{}", said(&output));
    // A column that is only for order is not worth the rows.
    let (shop, register) = self::shop("");
    register.inspection("ZZ123Z", "20251101", "910", "20261101").finding("ZZ123Z", "20251101", "910", "AC1");
    register.rename(FINDINGS, "meld_tijd_door_keuringsinstantie", None);
    let output = refresh(&shop, TODAY);
    assert!(output.status.success(), "{}", said(&output));
    assert_eq!(
        shop.store.vehicle_card(id(&shop), shop.today).unwrap().unwrap().inspections.lines[0].advice,
        "AC1"
    );
}

#[test]
fn one_bad_record_costs_only_itself() {
    let (mut shop, register) = shop("");
    shop.vehicle("ZZ-124-Z");
    shop.import();
    register.vehicle("ZZ124Z", "20269999", "20211113").has(VEHICLES, &[("merk", "OPEL")]);
    register
        .inspection("ZZ123Z", "gisteren", "910", "20260426")
        .inspection("ZZ124Z", "20250426", "910", "20260426");
    register.recall("ZZ123Z", "MGP990001", "X").recall("ZZ124Z", "MGP990001", "O");
    let output = refresh(&shop, TODAY);
    assert!(output.status.success(), "{}", said(&output));
    for words in [
        "m9d7-ebf2: vervaldatum_apk: '20269999' is not a date; the value is left out",
        "sgfe-77wx: the day of the inspection is missing; the record is left out",
        "t49b-isb7: code_status: 'X' is neither O nor P",
    ] {
        assert!(said(&output).contains(words), "{words}: {}", said(&output));
    }
    assert_eq!(known(&shop), "2026-04-26");
    let status = balie(shop.folder(), TODAY, &["rdw", "status"]);
    let status = String::from_utf8_lossy(&status.stdout).into_owned();
    assert!(status.starts_with("vehicles 2\ncurrent 2\nstale 0\nsilent 0\nunasked 0\n"), "{status}");
    assert!(status.contains("requests today 5 of 2000") && status.contains("is not a date"), "{status}");
    let json = balie(shop.folder(), "2026-03-01", &["rdw", "status", "--json"]);
    let json: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!((&json["stale"], &json["requests_today"]), (&2.into(), &0.into()));
    let (other, vehicle) = shop.store.vehicle_by_plate(&Plate::parse("ZZ124Z").unwrap()).unwrap().unwrap();
    assert_eq!(vehicle.make.as_deref(), Some("OPEL"));
    assert_eq!(shop.store.vehicle_card(other, shop.today).unwrap().unwrap().inspections.count, 1);
}

#[test]
fn a_refused_token_is_left_out_and_a_right_one_is_sent() {
    let (shop, register) = shop("app_token = \"wrong\"");
    register.wants_token("right");
    let output = refresh(&shop, TODAY);
    assert!(
        output.status.success() && said(&output).contains("the app_token is refused"),
        "{}",
        said(&output)
    );
    assert_eq!(known(&shop), "2026-04-26");
    register.asked();
    register.configure(shop.folder(), "app_token = \"right\"");
    assert!(refresh(&shop, TODAY).status.success());
    assert!(register.asked().iter().all(|one| one.headers["x-app-token"] == "right"));
}

#[test]
fn the_days_requests_are_counted_across_programs() {
    let (shop, register) = shop("requests_per_day = 5");
    assert!(refresh(&shop, TODAY).status.success());
    let output = refresh(&shop, TODAY);
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("the 5 requests a day"), "{}", said(&output));
    assert_eq!(register.asked().len(), 5);
    assert!(refresh(&shop, "2025-11-26").status.success(), "another day");
}

#[test]
fn without_a_register_there_is_one_line_and_nothing_changes() {
    let (shop, register) = shop("");
    refresh(&shop, TODAY);
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let config = format!("[rdw]\nbase_url = \"http://127.0.0.1:{nobody}/resource\"\n");
    std::fs::write(shop.folder().join("balie.toml"), config).unwrap();
    let output = refresh(&shop, "2025-11-26");
    assert_eq!(output.status.code(), Some(1));
    assert!(
        said(&output).contains("there is no connection") && said(&output).lines().count() == 1,
        "{}",
        said(&output)
    );
    assert_eq!(known(&shop), "2026-04-26");
    register.configure(shop.folder(), "enabled = false");
    assert!(said(&refresh(&shop, TODAY)).contains("switched off"));
}
