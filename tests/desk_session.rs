//! The gate: the first manager, signing in, wrong PINs, the lock and the curtain, on the real pages
//! with a real database, found by the labels that a screen reader would read.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod desk_scene;

use std::time::Duration;

use balie::desk::Start;
use balie::desk::slint::ComponentHandle;
use balie::desk::slint::platform::Key;
use balie::desk::ui::{Desk as DeskGlobal, Gate, Gatekeeper, Language as Speech, Page, PinPad};
use balie::domain::employee::{Employee, Role};
use balie::domain::language::Language;
use balie::domain::pin::Pin;
use balie::panel::{PanelEvent, Press};
use balie::store::audit::AuditFilter;
use balie::store::employee::Staffed;
use balie::store::history::{Actor, Origin};
use balie::store::sign_in::{FirstManager, SignIn};
use desk_scene::{Scene, Shop, machine, signed_in};

const CARS: [(&str, i64); 2] = [("JL-29-JK", 3), ("23-NL-PD", -6)];
const MINUTE: Duration = Duration::from_secs(60);

fn actor() -> Actor {
    Actor { origin: Origin::Command, at: "2015-05-01T08:00:00Z".parse().unwrap() }
}

/// A shop with Els (manager, 4711) and Jan (reception, 3915, Portuguese).
fn shop() -> Shop {
    let shop = Shop::with(&CARS);
    let mut store = shop.store();
    let els = store.employee_by_code("ELS").unwrap().unwrap();
    let pin = |digits| Pin::parse(digits).unwrap();
    store.make_first_manager(FirstManager::Known(els), &pin("4711"), actor().at).unwrap();
    let jan =
        Employee { code: "JAN".into(), name: Some("Jan Bos".into()), role: Role::Reception, active: true };
    let Staffed::Saved(jan) = store.add_employee(&jan, actor()).unwrap() else { panic!() };
    store.set_pin(jan, Some(&pin("3915")), actor()).unwrap();
    store.set_employee_language(jan, Language::Pt).unwrap();
    shop
}

fn at_the_gate(shop: &Shop) -> Scene {
    Scene::with(Start::default(), machine(), shop.opener()).settled()
}

/// The desk is started again: in a thread of its own, because a thread has one window.
fn restarted<T: Send>(then: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| scope.spawn(then).join().unwrap())
}

fn type_pin(scene: &mut Scene, digits: &str, done: &str) {
    for digit in digits.chars() {
        scene.touch(&digit.to_string());
    }
    scene.touch(done);
}

fn gate(scene: &Scene) -> Gate {
    scene.window().global::<DeskGlobal>().get_gate()
}

fn who(scene: &Scene) -> String {
    scene.window().global::<DeskGlobal>().get_employee().to_string()
}

fn trail(shop: &Shop) -> Vec<String> {
    let filter = AuditFilter { noun: Some("employee"), ..AuditFilter::default() };
    let lines = shop.store().audit(filter, None, 50).unwrap();
    lines.into_iter().map(|line| format!("{} {}", line.known_as, line.action)).collect()
}

#[test]
fn the_first_start_leads_to_a_manager_with_a_pin() {
    let shop = Shop::with(&CARS);
    let mut scene = at_the_gate(&shop);
    assert_eq!(gate(&scene), Gate::FirstStart);
    assert!(!scene.has("23-NL-PD, APK vervalt"), "nothing personal before somebody is signed in");
    scene.touch("Els Hermans");
    type_pin(&mut scene, "471", "1");
    scene.touch("Verder");
    // The second time something else: chosen anew.
    type_pin(&mut scene, "4712", "Verder");
    assert!(scene.has("De twee waren niet gelijk: kies opnieuw"));
    type_pin(&mut scene, "1234", "Wissen");
    scene.touch("4");
    assert!(scene.has("Makkelijk te raden: dit probeert iedereen het eerst"));
    scene.touch("Wissen");
    scene.touch("5");
    scene.touch("Verder");
    type_pin(&mut scene, "1235", "Verder");
    assert_eq!((gate(&scene), who(&scene).as_str()), (Gate::Open, "Els Hermans"));
    assert!(scene.window().global::<DeskGlobal>().get_manager());
    assert!(shop.store().has_manager().unwrap());
    // The technician is led on; the list is one touch away.
    assert!(scene.has("Een beheerder met pincode: is in orde"), "{:?}", scene.labels());
    scene.touch("Taken");
    assert!(scene.has("23-NL-PD, APK vervalt"));
    // The next start asks for the PIN.
    drop(scene);
    assert_eq!(restarted(|| gate(&at_the_gate(&shop))), Gate::SignIn);
}

#[test]
fn a_shop_without_employees_types_the_name_of_its_manager() {
    let shop = Shop::with(&[]);
    let mut store = shop.store();
    let els = store.employee_by_code("ELS").unwrap().unwrap();
    let gone = Employee { active: false, ..store.staff_member(els).unwrap().employee };
    store.change_employee(els, &gone, actor()).unwrap();
    let mut scene = at_the_gate(&shop);
    assert_eq!(gate(&scene), Gate::FirstStart);
    scene.control("Naam van de beheerder").set_accessible_value("Bea de Wit");
    scene.settle();
    scene.touch("Kies een pincode");
    type_pin(&mut scene, "4711", "Verder");
    type_pin(&mut scene, "4711", "Verder");
    assert_eq!((gate(&scene), who(&scene).as_str()), (Gate::Open, "Bea de Wit"));
    assert!(!shop.store().staff_member(els).unwrap().has_pin);
}

#[test]
fn wrong_pins_wait_and_the_wait_outlives_a_restart() {
    let shop = shop();
    let mut scene = at_the_gate(&shop);
    assert_eq!(gate(&scene), Gate::SignIn);
    scene.touch("Jan Bos");
    for _ in 0..2 {
        type_pin(&mut scene, "1111", "Aanmelden");
        assert!(scene.has("Dit is niet de juiste pincode"));
    }
    type_pin(&mut scene, "1111", "Aanmelden");
    assert_eq!(scene.window().global::<PinPad>().get_seconds(), 5);
    assert!(scene.has("Te vaak een verkeerde pincode: over 5 seconden weer"));
    // No digit is taken meanwhile, and the right one is not looked at after a restart either.
    scene.touch("3");
    assert_eq!(scene.window().global::<PinPad>().get_dots(), 0);
    drop(scene);
    assert!(trail(&shop).iter().filter(|line| *line == "Jan Bos wrong pin").count() == 3);
    restarted(|| {
        let mut scene = at_the_gate(&shop);
        scene.touch("Jan Bos");
        assert!(scene.window().global::<PinPad>().get_seconds() > 0, "the wait was forgotten");
        // Els is not held up by what was tried at Jan's name; a real keyboard serves as well.
        scene.touch("Iemand anders");
        scene.touch("Els Hermans");
        for key in ["4", "7", "1", "2"] {
            scene.key(key);
        }
        scene.key(Key::Backspace);
        scene.key("1");
        scene.key(Key::Return);
        assert_eq!((gate(&scene), who(&scene).as_str()), (Gate::Open, "Els Hermans"));
    });
}

#[test]
fn the_lock_hides_all_and_keeps_the_page_for_who_returns() {
    let shop = shop();
    let mut scene = Scene::with(signed_in("ELS"), machine(), shop.opener()).settled();
    scene.touch("JL-29-JK, APK vervalt");
    scene.desk.tick_idle(4 * MINUTE);
    assert_eq!(gate(&scene), Gate::Open);
    scene.desk.tick_idle(5 * MINUTE);
    scene.settle();
    assert_eq!((gate(&scene), who(&scene).as_str()), (Gate::SignIn, ""));
    assert!(!scene.has("JL-29-JK, APK vervalt") && !scene.has("Klanten"));
    // Counts, clock and lamp are still there.
    assert_eq!((scene.tasks().get_overdue(), scene.tasks().get_counts_known()), (1, true));
    scene.key(Key::F5);
    scene.desk.panel(PanelEvent::Press(Press::Short));
    scene.settle();
    assert_eq!(gate(&scene), Gate::SignIn);
    scene.touch("Els Hermans");
    type_pin(&mut scene, "4711", "Aanmelden");
    assert_eq!(gate(&scene), Gate::Open);
    assert_eq!(scene.selected_plate(), "JL-29-JK");
    // Another starts at the most urgent task, in their own language.
    scene.touch("Afmelden, of iemand anders aanmelden");
    scene.touch("Jan Bos");
    type_pin(&mut scene, "3915", "Aanmelden");
    let desk = scene.window().global::<DeskGlobal>();
    assert_eq!((desk.get_page(), desk.get_language()), (Page::Tasks, Speech::Pt));
    assert!(!desk.get_manager());
    assert_eq!(scene.selected_plate(), "23-NL-PD");
    let lines = trail(&shop);
    assert_eq!(
        lines[..4],
        ["Jan Bos signed in", "Els Hermans signed out", "Els Hermans signed in", "Els Hermans locked"]
    );
}

#[test]
fn a_language_is_its_employees_own() {
    let shop = shop();
    let mut scene = Scene::with(signed_in("ELS"), machine(), shop.opener()).settled();
    scene.touch("Taal");
    scene.touch("Deutsch");
    let els = shop.store().employee_by_code("ELS").unwrap().unwrap();
    assert_eq!(shop.store().staff_member(els).unwrap().language, Some(Language::De));
    scene.desk.tick_idle(5 * MINUTE);
    scene.settle();
    assert_eq!(scene.window().global::<DeskGlobal>().get_language(), Speech::Nl);
    scene.touch("Els Hermans");
    type_pin(&mut scene, "4711", "Aanmelden");
    assert_eq!(scene.window().global::<DeskGlobal>().get_language(), Speech::De);
}

#[test]
fn who_leaves_the_shop_is_signed_out() {
    let shop = shop();
    let mut scene = Scene::with(signed_in("JAN"), machine(), shop.opener()).settled();
    assert_eq!(who(&scene), "Jan Bos");
    let mut store = shop.store();
    let jan = store.employee_by_code("JAN").unwrap().unwrap();
    let gone = Employee { active: false, ..store.staff_member(jan).unwrap().employee };
    store.change_employee(jan, &gone, actor()).unwrap();
    assert!(scene.until(Duration::from_secs(2), |scene| gate(scene) == Gate::SignIn));
    scene.settle();
    assert!(!scene.has("Jan Bos"));
}

#[test]
fn the_curtain_blanks_names_until_the_next_touch() {
    let shop = shop();
    let mut scene = Scene::with(signed_in("ELS"), machine(), shop.opener()).settled();
    scene.touch("ZH-12-LX, APK vervalt".replace("ZH-12-LX", "JL-29-JK").as_str());
    let drawn = |scene: &Scene| scene.window().global::<DeskGlobal>().get_curtain();
    let at = scene.middle("23-NL-PD, APK vervalt");
    scene.touch("Alle namen verbergen");
    assert!(drawn(&scene) && !scene.has("23-NL-PD, APK vervalt") && scene.has("Namen zijn verborgen"));
    // The touch that draws it aside reaches nothing else.
    scene.press(at);
    scene.release(at);
    scene.settle();
    assert!(!drawn(&scene));
    assert_eq!(scene.selected_plate(), "JL-29-JK");
    scene.key(Key::F8);
    assert!(drawn(&scene), "F8 draws it");
    scene.key("a");
    assert!(!drawn(&scene));
    scene.key(Key::F8);
    scene.desk.panel(PanelEvent::Press(Press::Short));
    scene.settle();
    assert!(!drawn(&scene));
    assert_eq!(scene.selected_plate(), "JL-29-JK");
    assert_eq!(scene.window().global::<Gatekeeper>().get_chosen(), "");
}

#[test]
fn everybody_can_choose_a_new_pin_but_only_with_the_old_one() {
    let shop = shop();
    let mut scene = Scene::with(signed_in("JAN"), machine(), shop.opener()).settled();
    scene.touch("Instellen");
    scene.touch("Een nieuwe pincode voor mij");
    type_pin(&mut scene, "9999", "Verder");
    assert!(scene.has("Uw huidige pincode"), "a wrong one leads nowhere");
    let jan = shop.store().employee_by_code("JAN").unwrap().unwrap();
    type_pin(&mut scene, "3915", "Verder");
    type_pin(&mut scene, "7193", "Verder");
    type_pin(&mut scene, "7193", "Verder");
    let new = Pin::parse("7193").unwrap();
    let later = "2015-05-01T13:00:00Z".parse().unwrap();
    assert!(scene.until(Duration::from_secs(10), |_| {
        matches!(shop.store().sign_in(jan, &new, later).unwrap(), SignIn::Done(_))
    }));
}
