//! The settings page: a step is foretold at once and saved when the finger rests; employees and the
//! audit trail; on the real pages with a real database, found by the labels of a screen reader.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod desk_scene;

use std::time::Duration;

use balie::desk::slint::{ComponentHandle, Model};
use balie::desk::ui::{Audit, Desk as DeskGlobal, Gate, Page, Settings, Staff, StaffSheet};
use balie::domain::employee::Role;
use balie::domain::pin::Pin;
use balie::store::audit::AuditFilter;
use balie::store::preview::Outlook;
use balie::store::sign_in::SignIn;
use desk_scene::{Scene, Shop, machine, signed_in};
use serde_json::Value;

const CARS: [(&str, i64); 6] = [
    ("JL-29-JK", 3),
    ("23-NL-PD", -6),
    ("74-XE-VV", 0),
    ("ZH-12-LX", 40),
    ("07-ZP-FH", 25),
    ("12-GB-KL", 63),
];

fn opened(shop: &Shop, tab: &str) -> Scene {
    let mut scene = Scene::with(signed_in("ELS"), machine(), shop.opener()).settled();
    scene.touch("Instellen");
    assert_eq!(scene.window().global::<DeskGlobal>().get_page(), Page::Settings);
    scene.touch(tab);
    scene
}

fn weeks(scene: &Scene) -> Vec<i32> {
    let settings = scene.window().global::<Settings>();
    assert!(settings.get_weeks_known());
    settings.get_weeks().iter().map(|week| week.total).collect()
}

/// What a preview says of what is stored.
fn foretold(shop: &Shop) -> Vec<i32> {
    let store = shop.store();
    let today = "2015-05-01".parse().unwrap();
    let preview = store.preview(&mut Outlook::default(), &store.settings().unwrap(), today).unwrap();
    preview.total().iter().map(|count| i32::try_from(*count).unwrap()).collect()
}

fn get(shop: &Shop, key: &str) -> Value {
    shop.store().settings().unwrap().get(key).unwrap()
}

/// Until the change that the screen shows is in the database.
fn saved(scene: &mut Scene, shop: &Shop, key: &str, value: &Value) {
    let done = scene.until(Duration::from_secs(4), |_| get(shop, key) == *value);
    assert!(done, "{key} is {} and not {value}", get(shop, key));
    scene.settle();
}

#[test]
fn a_step_is_foretold_at_once_and_saved_when_the_finger_rests() {
    let shop = Shop::with(&CARS);
    let mut scene = opened(&shop, "Soorten taken");
    let before = weeks(&scene);
    assert_eq!(before, foretold(&shop));
    let stepper = scene.control("Verkoop auto, dagen na de verkoop");
    assert_eq!(stepper.accessible_value().unwrap(), "0");
    // Far to the right the bars move; nothing is saved while the number is still being changed.
    scene.control("Garantie loopt af, dagen van tevoren").invoke_accessible_increment_action();
    assert_eq!(get(&shop, "rules.warranty.days"), Value::from(0));
    saved(&mut scene, &shop, "rules.warranty.days", &Value::from(1));
    // A number that leaves 0 ticks the box.
    assert_eq!(get(&shop, "rules.warranty.enabled"), Value::from(true));
    scene.touch("Taken maken: Garantie loopt af");
    saved(&mut scene, &shop, "rules.warranty.enabled", &Value::from(false));
    // Half the days: the inspections come later.
    for _ in 0..9 {
        scene.window().global::<Settings>().invoke_set_number(8, 130);
        scene.window().global::<Settings>().invoke_set_number(8, 60);
    }
    scene.settle();
    let after = weeks(&scene);
    assert_ne!(after, before);
    saved(&mut scene, &shop, "rules.inspection.days", &Value::from(60));
    assert_eq!(after, foretold(&shop));
    // One line of history for the number that came out, by whoever is signed in.
    let filter = AuditFilter { noun: Some("setting"), ..AuditFilter::default() };
    let lines = shop.store().audit(filter, None, 50).unwrap();
    let of: Vec<_> =
        lines.iter().filter(|line| line.field.as_deref() == Some("rules.inspection.days")).collect();
    assert_eq!(of[0].employee.as_deref(), Some("Els Hermans"));
    assert_eq!((of[0].before.as_deref(), of[0].after.as_deref()), (Some("100"), Some("60")));
    assert!(of.get(1).is_none_or(|line| line.employee.is_none()));
}

#[test]
fn assignee_and_law_are_chosen_and_leaving_the_page_loses_nothing() {
    let shop = Shop::with(&CARS);
    let mut scene = opened(&shop, "Soorten taken");
    scene.window().global::<Settings>().invoke_choose_rule(8);
    scene.settle();
    assert!(scene.has("Commercieel biedt iets aan: bellen, sms en e-mail vragen toestemming van de klant."));
    scene.touch("Service");
    assert!(
        scene.has("Service vertelt alleen wat het eigen voertuig aangaat, en heeft geen toestemming nodig.")
    );
    scene.touch("Voor: niemand");
    scene.touch("Els Hermans");
    // At once to another page: what was changed is saved all the same.
    scene.touch("Taken");
    scene.settle();
    assert_eq!(get(&shop, "rules.inspection.legal_class"), Value::from("service"));
    assert_eq!(get(&shop, "rules.inspection.assignee"), Value::from("ELS"));
}

#[test]
fn general_numbers_are_steppers_too() {
    let shop = Shop::with(&CARS);
    let mut scene = opened(&shop, "Algemeen");
    // Below the fold.
    scene.window().global::<Settings>().invoke_set_general(7, 6);
    saved(&mut scene, &shop, "general.lock_after_minutes", &Value::from(6));
    scene.control("Taken per week").set_accessible_value("30");
    saved(&mut scene, &shop, "general.weekly_capacity", &Value::from(30));
    assert_eq!(scene.window().global::<Settings>().get_capacity(), 30);
}

#[test]
fn a_manager_makes_an_employee_who_can_then_sign_in() {
    let shop = Shop::with(&CARS);
    let mut scene = opened(&shop, "Medewerkers");
    scene.touch("Nieuwe medewerker");
    scene.touch("Opslaan");
    assert!(scene.has("Vul een naam in"));
    scene.control("Naam").set_accessible_value("Jan Bos");
    scene.touch("Opslaan");
    assert_eq!(scene.window().global::<Staff>().get_sheet(), StaffSheet::Pin);
    for _ in 0..2 {
        for digit in ["3", "9", "1", "5"] {
            scene.touch(digit);
        }
        scene.touch("Verder");
    }
    assert_eq!(scene.window().global::<Staff>().get_sheet(), StaffSheet::None);
    let mut store = shop.store();
    let jan = store.employee_by_code("JAN").unwrap().unwrap();
    let at = "2015-05-01T09:00:00Z".parse().unwrap();
    let SignIn::Done(found) = store.sign_in(jan, &Pin::parse("3915").unwrap(), at).unwrap() else {
        panic!("the PIN does not serve");
    };
    assert_eq!((found.name(), found.employee.role), ("Jan Bos", Role::Reception));
    // Els gets a PIN as well; then she is the last manager, and stays one.
    scene.touch("Els Hermans");
    scene.touch("Pincode kiezen");
    for _ in 0..2 {
        for digit in ["4", "7", "1", "1"] {
            scene.touch(digit);
        }
        scene.touch("Verder");
    }
    scene.touch("Els Hermans");
    scene.touch("Receptie");
    scene.touch("Opslaan");
    assert!(scene.has("Dit is de laatste beheerder met een pincode: maak eerst iemand anders beheerder."));
    scene.touch("Sluiten");
    assert_eq!(store.staff().unwrap().iter().filter(|one| one.employee.role == Role::Manager).count(), 1);
}

#[test]
fn the_audit_trail_is_filtered_and_read_a_page_at_a_time() {
    let cars: Vec<(String, i64)> =
        (0..90).map(|n| (format!("{:02}-AB-{:02}", n / 10 + 10, n + 10), 0)).collect();
    let cars: Vec<(&str, i64)> = cars.iter().map(|(plate, days)| (plate.as_str(), *days)).collect();
    let shop = Shop::with(&cars);
    let mut scene = opened(&shop, "Wat is gedaan");
    let rows = |scene: &Scene| scene.window().global::<Audit>().get_rows().row_count();
    assert_eq!(rows(&scene), 60);
    scene.window().global::<Audit>().invoke_more();
    scene.settle();
    assert!(rows(&scene) > 90, "{}", rows(&scene));
    scene.touch("Over: Alles");
    scene.touch("Instelling");
    assert_eq!(rows(&scene), 3);
    scene.touch("Door: iedereen");
    scene.touch("Els Hermans");
    assert!(scene.has("Er is niets gedaan"));
}

#[test]
fn a_receptionist_is_told_and_can_let_a_manager_sign_in() {
    let shop = Shop::with(&CARS);
    let mut store = shop.store();
    let actor = balie::store::history::Actor {
        origin: balie::store::history::Origin::Command,
        at: "2015-05-01T08:00:00Z".parse().unwrap(),
    };
    let els = store.employee_by_code("ELS").unwrap().unwrap();
    let pin = Pin::parse("4711").unwrap();
    store.set_pin(els, Some(&pin), actor).unwrap();
    let jan = balie::domain::employee::Employee {
        code: "JAN".into(),
        name: Some("Jan Bos".into()),
        role: Role::Reception,
        active: true,
    };
    store.add_employee(&jan, actor).unwrap();
    let mut scene = Scene::with(signed_in("JAN"), machine(), shop.opener()).settled();
    scene.touch("Instellen");
    assert!(scene.has("Voor de beheerder") && !scene.has("Soorten taken"));
    scene.touch("Laat een beheerder aanmelden");
    assert_eq!(scene.window().global::<DeskGlobal>().get_gate(), Gate::SignIn);
}

#[test]
fn a_touch_on_the_lamp_explains_its_lights() {
    let shop = Shop::with(&CARS);
    let mut scene = Scene::of(&shop);
    scene.desk.blink_by_hand();
    scene.touch("Wat de lamp zegt");
    let present: Vec<_> = ["Uit", "Knippert langzaam", "Knippert snel", "Blijft aan"]
        .into_iter()
        .filter(|name| scene.control(name).accessible_item_selected() == Some(true))
        .collect();
    assert_eq!(present, ["Knippert langzaam"]);
    scene.touch("Sluiten");
    assert!(!scene.has("Knippert langzaam"));
}
