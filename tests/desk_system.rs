//! The page about the machine: what is wrong stands there in words, and 'never' is never shown as good.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod desk_scene;

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::{Arc, Mutex};

use balie::desk::slint::{ComponentHandle, Model};
use balie::desk::ui::{Desk as DeskGlobal, Page, System, SystemKind, SystemMark};
use balie::desk::{MachineCard, UpdateCard};
use balie::panel::{PanelEvent, Press};
use balie::rules::alert::Alert;
use balie::store::checks::Seen;
use desk_scene::{Machine, Scene, Shop, signed_in};

fn opened(shop: &Shop, card: MachineCard, trusted: bool) -> Scene {
    let today = Mutex::new("2015-05-01".parse().unwrap());
    let machine = Arc::new(Machine {
        today,
        trusted: Mutex::new(trusted),
        touch_gone: Mutex::new(false),
        places: None,
        card,
        texts: Mutex::new(true),
    });
    let mut scene = Scene::with(signed_in("ELS"), machine, shop.opener()).settled();
    scene.touch("Instellen");
    scene.touch("Systeem");
    scene.settle();
    scene
}

fn mark(scene: &Scene, kind: SystemKind) -> Option<SystemMark> {
    let lines = scene.window().global::<System>().get_lines();
    lines.iter().find(|line| line.kind == kind).map(|line| line.mark)
}

#[test]
fn what_is_wrong_with_the_machine_is_told() {
    let shop = Shop::with(&[("JL-29-JK", 3)]);
    let card = MachineCard {
        weak: Some((true, true)),
        celsius: Some(84.0),
        hot: true,
        room: Some((1_000_000_000, 29_000_000_000)),
        update: Some(Some("0.2.0".into())),
        mistakes: vec!["/boot/balie.toml:7: shop.language: write \"nl\"".into()],
        ..MachineCard::default()
    };
    let scene = opened(&shop, card, false);
    for kind in
        [SystemKind::Mistake, SystemKind::Clock, SystemKind::Warmth, SystemKind::Supply, SystemKind::Backup]
    {
        assert_eq!(mark(&scene, kind), Some(SystemMark::Wrong), "{kind:?}");
    }
    assert_eq!(mark(&scene, SystemKind::Update), Some(SystemMark::Noted));
    assert!(scene.has("Kopie op dit apparaat: nog nooit"));
    assert!(scene.has("Voeding: te zwak: neem een andere voeding"));
    assert!(scene.has("Ruimte op de kaart: 1.0 / 29.0 GB"));
}

#[test]
fn what_the_machine_does_not_tell_has_no_line() {
    let shop = Shop::with(&[("JL-29-JK", 3)]);
    let scene = opened(&shop, MachineCard::default(), true);
    assert_eq!(mark(&scene, SystemKind::Clock), Some(SystemMark::Good));
    assert_eq!(mark(&scene, SystemKind::Warmth), None);
    assert_eq!(mark(&scene, SystemKind::Update), None);
    assert_eq!(mark(&scene, SystemKind::Stick), Some(SystemMark::Noted));
}

#[test]
fn the_first_start_asks_who_stands_in_front_of_the_machine() {
    let shop = Shop::with(&[("JL-29-JK", 3)]);
    let mut scene = opened(&shop, MachineCard::default(), true);
    let shown = Rc::new(RefCell::new(Vec::new()));
    let lamp = Rc::clone(&shown);
    scene.desk.set_lamp(move |alert| lamp.borrow_mut().push(alert));
    scene.touch("Instellen");
    scene.show("Eerste start");
    scene.touch("Eerste start");
    assert!(scene.has("Klok: is in orde"), "{:?}", scene.labels());
    assert!(scene.has("De gegevens van de werkplaats: is in orde"));
    assert!(scene.has("Knop: druk nu op de knop op de balie"));
    // The lamp blinks, and whoever saw it says so.
    scene.touch("Laat knipperen");
    assert_eq!(shown.borrow().last(), Some(&Alert::Fast));
    scene.touch("Nee");
    assert_eq!(shop.store().seen(Seen::Lamp).unwrap(), Some(false));
    scene.touch("Laat knipperen");
    scene.touch("Hij knipperde");
    assert!(scene.has("Lamp: is in orde"));
    // The button answers here, and opens nothing.
    scene.desk.panel(PanelEvent::Press(Press::Short));
    scene.settle();
    assert!(scene.has("Knop: is in orde"));
    assert_eq!(scene.window().global::<DeskGlobal>().get_page(), Page::FirstStart);
    scene.show("Hoeken aanraken");
    scene.touch("Hoeken aanraken");
    for corner in ["Hoek 1", "Hoek 2", "Hoek 3"] {
        scene.touch(corner);
    }
    assert_eq!(shop.store().seen(Seen::Touch).unwrap(), None, "one is left");
    scene.touch("Hoek 4");
    assert_eq!(shop.store().seen(Seen::Touch).unwrap(), Some(true));
    // Elsewhere the button opens the list again.
    scene.touch("Klanten");
    scene.desk.panel(PanelEvent::Press(Press::Short));
    scene.settle();
    assert_eq!(scene.window().global::<DeskGlobal>().get_page(), Page::Tasks);
}

#[test]
fn an_update_on_a_stick_is_shown_with_its_notes_and_written() {
    let shop = Shop::with(&[("JL-29-JK", 3)]);
    let bundle = shop.folder.path().join("new.raucb");
    std::fs::write(&bundle, "new").unwrap();
    let offer = |version: &str| UpdateCard {
        place: bundle.display().to_string(),
        version: version.into(),
        notes: [("en".into(), "New: results".into()), ("nl".into(), "Nieuw: resultaten".into())].into(),
        ..UpdateCard::default()
    };
    let refused = UpdateCard { refused: Some("not signed".into()), ..offer("strange.raucb") };
    let older = UpdateCard { older: true, ..offer("0.0.9") };
    let offers = vec![offer("0.2.0"), refused, older];
    let mut scene = opened(&shop, MachineCard { offers, ..MachineCard::default() }, true);
    assert_eq!(mark(&scene, SystemKind::Offer), Some(SystemMark::Plain));
    // What is no update for this machine says why; what is older needs a technician.
    for (name, words) in [
        ("Update op een stick: strange.raucb", "not signed"),
        (
            "Update op een stick: 0.0.9",
            "Deze is ouder dan wat nu draait en begrijpt de gegevens misschien niet. Een technicus kan hem installeren.",
        ),
    ] {
        scene.show(name);
        scene.touch(name);
        assert!(scene.has(words), "{:?}", scene.labels());
        assert!(!scene.has("Installeren"));
        scene.touch("Sluiten");
    }
    scene.show("Update op een stick: 0.2.0");
    scene.touch("Update op een stick: 0.2.0");
    assert!(scene.has("Nieuw: resultaten"));
    scene.touch("Installeren");
    assert!(scene.has("De update is geschreven. Opnieuw starten duurt ongeveer een minuut."));
    // This machine is not restarted from the screen, and says so.
    scene.touch("Nu opnieuw starten");
    assert!(scene.has("this machine is not restarted from the screen"));
    scene.touch("Sluiten");
    // The stick is pulled before it is written.
    scene.touch("Update op een stick: 0.2.0");
    std::fs::remove_file(&bundle).unwrap();
    scene.touch("Installeren");
    assert!(scene.has("De update is niet geschreven; wat draait is zoals het was. Voor de technicus:"));
}
