//! A vehicle's page as a receptionist uses it, with a real database: its dates, odometer, cost and owner,
//! why its tasks are there, and where each value comes from.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod desk_scene;

use balie::desk::slint::ComponentHandle;
use balie::desk::ui::{CardState, Desk as DeskGlobal, EditState, Page, VehicleCard, VehicleSheet, Why};
use balie::domain::amount::CostPerKm;
use balie::domain::ids::VehicleId;
use balie::domain::plate::Plate;
use balie::domain::vehicle::Vehicle;
use balie::store::vehicle_card::VehicleCard as Card;
use desk_scene::{Scene, Shop, machine, signed_in};

const CARS: [(&str, i64); 2] = [("JL-29-JK", -6), ("23-NL-PD", 3)];
const PLATE: &str = "JL-29-JK";

fn vehicle(shop: &Shop) -> (VehicleId, Vehicle) {
    shop.store().vehicle_by_plate(&Plate::parse(PLATE).unwrap()).unwrap().unwrap()
}

fn card(shop: &Shop) -> Card {
    shop.store().vehicle_card(vehicle(shop).0, "2015-05-01".parse().unwrap()).unwrap().unwrap()
}

fn page(scene: &Scene) -> VehicleCard<'_> {
    scene.window().global::<VehicleCard>()
}

fn turned_to(scene: &Scene) -> Page {
    scene.window().global::<DeskGlobal>().get_page()
}

/// The vehicle's page, from its owner's.
fn opened(shop: &Shop) -> Scene {
    shop.import(&[("employees.csv", "code,name,role\nBEA,Bea de Wit,reception\n")]);
    let mut scene = Scene::with(signed_in("BEA"), machine(), shop.opener()).settled();
    scene.tap("Klanten");
    scene.tap("Janssen JL-29-JK, Diemen");
    scene.tap("JL-29-JK, OPEL Rekord");
    assert_eq!((turned_to(&scene), page(&scene).get_state()), (Page::Vehicle, CardState::Shown));
    assert_eq!(page(&scene).get_plate(), PLATE);
    scene
}

#[test]
fn dates_and_words_are_changed_and_their_origin_is_told() {
    let shop = Shop::with(&CARS);
    let mut scene = opened(&shop);
    scene.tap("Voertuig wijzigen");
    scene.act("Volgend onderhoud");
    scene.tap("20-05-2015");
    scene.fill("Uitvoering", "1.9 S");
    scene.tap("Sluiten");
    assert_eq!(vehicle(&shop).1.next_service_on, None, "not saved");
    scene.tap("Voertuig wijzigen");
    scene.act("Volgend onderhoud");
    scene.tap("20-05-2015");
    scene.fill("Uitvoering", "1.9 S");
    scene.tap("Opslaan");
    assert_eq!(page(&scene).get_sheet(), VehicleSheet::None);
    let (_, saved) = vehicle(&shop);
    assert_eq!(saved.next_service_on, "2015-05-20".parse().ok());
    assert_eq!((saved.variant.as_deref(), saved.model.as_deref()), (Some("1.9 S"), Some("Rekord")));
    assert!(saved.inspection_expires_on.is_some(), "what was not touched stays");
    // Each value with the file, or the person, and the time.
    scene.tap("Oorsprong");
    assert!(scene.has("Volgend onderhoud") && scene.has("APK vervalt"), "{:?}", scene.labels());
    let origins = card(&shop).origins;
    let origin = |field: &str| origins.iter().find(|origin| origin.field == field).unwrap();
    let service = origin("next_service_on");
    assert_eq!((service.source.as_str(), service.name.as_deref()), ("desk", Some("Bea de Wit")));
    assert_eq!(service.at, "2015-05-01T08:52:00Z".parse().ok());
    assert!(origins.iter().any(|origin| origin.source == "import"), "{origins:?}");
}

#[test]
fn a_reading_is_noted_and_a_doubted_one_only_when_it_is_sure() {
    let shop = Shop::with(&CARS);
    let mut scene = opened(&shop);
    let readings = || {
        let store = shop.store();
        store.readings(vehicle(&shop).0).unwrap().iter().map(|reading| reading.km).collect::<Vec<_>>()
    };
    scene.act("–");
    scene.fill("Kilometers vandaag", "veel");
    scene.tap("Opslaan");
    assert_eq!(scene.wrong_with("Kilometers vandaag"), "Schrijf de kilometers als heel getal.");
    assert_eq!(scene.typed("Kilometers vandaag"), "veel", "what was typed stays");
    scene.fill("Kilometers vandaag", "81.234");
    scene.tap("Opslaan");
    assert_eq!(readings(), [81_234]);
    assert_eq!(page(&scene).get_sheet(), VehicleSheet::None);
    scene.act("81.234 km");
    scene.fill("Kilometers vandaag", "8123");
    scene.tap("Opslaan");
    assert_eq!(readings(), [81_234], "it runs backwards: not kept yet");
    assert!(scene.has("Dit past niet bij een eerdere of latere stand. Kijk nog eens."));
    scene.tap("Het klopt: opslaan");
    assert_eq!(readings(), [81_234, 8123]);
    scene.tap("Werkplaats");
    assert!(scene.has("Kilometerstanden (2)"), "{:?}", scene.labels());
}

#[test]
fn what_a_kilometre_costs_is_kept_and_taken_away() {
    let shop = Shop::with(&CARS);
    let mut scene = opened(&shop);
    scene.act("Kosten per km");
    scene.fill("Euro per kilometer; leeg: onbekend", "veel");
    scene.tap("Opslaan");
    assert_eq!(scene.wrong_with("Euro per kilometer; leeg: onbekend"), "Schrijf een bedrag, zoals 0,35.");
    scene.fill("Euro per kilometer; leeg: onbekend", "0,27");
    scene.tap("Opslaan");
    assert_eq!(vehicle(&shop).1.cost_per_km, Some(CostPerKm(2700)));
    let label = format!("{} per km", page(&scene).get_cost());
    scene.act(&label);
    scene.fill("Euro per kilometer; leeg: onbekend", "");
    scene.tap("Opslaan");
    assert_eq!(vehicle(&shop).1.cost_per_km, None);
}

#[test]
fn another_owner_is_chosen_and_the_former_one_remembered() {
    let shop = Shop::with(&CARS);
    let mut scene = opened(&shop);
    let before = card(&shop).owner;
    scene.tap("Kies een eigenaar");
    assert_eq!(turned_to(&scene), Page::Customers);
    assert!(scene.has("Kies een klant"));
    scene.tap("Terug");
    assert_eq!((turned_to(&scene), card(&shop).owner), (Page::Vehicle, before), "nobody was chosen");
    scene.tap("Kies een eigenaar");
    scene.tap("Janssen 23-NL-PD, Diemen");
    assert_eq!(turned_to(&scene), Page::Vehicle);
    let owner = shop.store().customer_by_code("K23-NL-PD").unwrap().unwrap().0;
    let now = card(&shop);
    assert_eq!(now.owner, Some(owner));
    assert_eq!(now.owners.lines.len(), 2);
    assert_eq!(now.owners.lines[1].until_on, "2015-05-01".parse().ok(), "{:?}", now.owners);
    assert_eq!(page(&scene).get_owner(), "Janssen 23-NL-PD");
    scene.tap("Werkplaats");
    assert!(scene.has("Eigenaren (2)"));
    scene.tap("Janssen JL-29-JK");
    assert_eq!(turned_to(&scene), Page::Customer, "a former owner is one touch away");
}

#[test]
fn why_its_tasks_are_there_and_the_tasks_themselves() {
    let shop = Shop::with(&CARS);
    let mut scene = opened(&shop);
    scene.tap("Waarom deze taken?");
    let why = scene.window().global::<Why>();
    assert_eq!((why.get_state(), why.get_plate().as_str()), (EditState::Shown, PLATE));
    assert!(scene.has("APK vervalt: In de lijst, uitvoeren op 25-04-2015"), "{:?}", scene.labels());
    scene.tap("Terug");
    assert_eq!(turned_to(&scene), Page::Vehicle);
    scene.tap("JL-29-JK, APK vervalt");
    assert_eq!(turned_to(&scene), Page::Task);
}
