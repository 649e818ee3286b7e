//! Each call that a page makes of the database fails in turn: the page says so, what was typed stays, and
//! when the database is well again so is the page.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod desk_faulty;
mod desk_scene;

use std::time::Duration;

use balie::desk::Start;
use balie::desk::slint::ComponentHandle;
use balie::desk::ui::{
    CardSheet, Compose, ComposeView, CustomerCard, Desk as DeskGlobal, Gate, Mailing, MailingState, Page,
    Settings, Staff, StaffSheet, VehicleCard, VehicleSheet,
};
use balie::domain::customer::Customer;
use balie::domain::pin::Pin;
use balie::domain::plate::Plate;
use balie::domain::vehicle::Vehicle;
use balie::store::sign_in::FirstManager;
use desk_faulty::Fault;
use desk_scene::{Scene, Shop, signed_in};

const CARS: [(&str, i64); 2] = [("JL-29-JK", -3), ("23-NL-PD", 4)];
const NOT_SAVED: &str = "Dit kon niet worden opgeslagen. Probeer het nog eens.";
const AGAIN: &str = "Dit kon niet worden opgeslagen. Probeer het opnieuw.";
const LINE: &str = "Janssen JL-29-JK, Diemen";

fn scene(shop: &Shop) -> (Scene, Fault) {
    desk_faulty::scene(shop, signed_in("ELS"), None)
}

fn go(scene: &mut Scene, page: Page) {
    scene.window().global::<DeskGlobal>().invoke_go(page, 0);
    scene.settle();
}

/// A page whose call fails says so, and is there by itself when the database is well again.
fn unreadable(
    (scene, fault): (&mut Scene, &Fault),
    call: &'static str,
    turn: impl Fn(&mut Scene),
    words: &str,
    well: impl Fn(&Scene) -> bool,
) {
    fault.breaks(call);
    turn(scene);
    assert!(scene.has(words), "{call}: {:?}", scene.labels());
    fault.mended();
    assert!(
        scene.until(Duration::from_secs(8), |scene| !scene.has(words) && well(scene)),
        "{call}: by itself"
    );
    scene.settle();
}

/// A save that fails says so and leaves everything as it was; the next one works.
fn unsaved(
    (scene, fault): (&mut Scene, &Fault),
    call: &'static str,
    button: &str,
    words: &str,
    kept: impl Fn(&Scene) -> bool,
) {
    fault.breaks(call);
    scene.tap(button);
    assert!(scene.has(words), "{call}: {:?}", scene.labels());
    assert!(kept(scene), "{call}: what was typed is gone");
    fault.mended();
    scene.tap(button);
}

fn customer(shop: &Shop) -> Customer {
    shop.store().customer_by_code("KJL-29-JK").unwrap().unwrap().1
}

fn sheet(scene: &Scene) -> CardSheet {
    scene.window().global::<CustomerCard>().get_sheet()
}

#[test]
fn customers_that_cannot_be_read() {
    let shop = Shop::with(&CARS);
    let (mut scene, fault) = scene(&shop);
    let words = "De klanten kunnen niet worden gelezen";
    unreadable(
        (&mut scene, &fault),
        "customers.find",
        |scene| scene.tap("Klanten"),
        words,
        |scene| scene.plates().len() == 2,
    );
    let words = "Deze klant kan niet worden gelezen";
    unreadable(
        (&mut scene, &fault),
        "customer.card",
        |scene| scene.tap(LINE),
        words,
        |scene| scene.has("Nieuwe contactpersoon"),
    );
    // A button asks at once.
    scene.tap("Terug");
    fault.breaks("customer.card");
    scene.tap(LINE);
    fault.mended();
    scene.tap("Opnieuw proberen");
    assert!(scene.has("Nieuwe contactpersoon"), "{:?}", scene.labels());
}

#[test]
fn a_customer_that_cannot_be_saved() {
    let shop = Shop::with(&CARS);
    let (mut scene, fault) = scene(&shop);
    scene.tap("Klanten");
    scene.tap(LINE);
    // Whether something was half typed cannot be told: what is stored is shown.
    fault.breaks("customer.draft");
    scene.tap("Klant wijzigen");
    scene.show("Plaats");
    assert_eq!((sheet(&scene), scene.typed("Plaats").as_str()), (CardSheet::Form, "Diemen"));
    fault.mended();
    scene.fill("Plaats", "Weesp");
    unsaved((&mut scene, &fault), "customer.save", "Opslaan", NOT_SAVED, |scene| {
        sheet(scene) == CardSheet::Form && scene.typed("Plaats") == "Weesp"
    });
    assert_eq!((sheet(&scene), customer(&shop).city.as_deref()), (CardSheet::None, Some("Weesp")));

    scene.act("Nieuwe contactpersoon");
    scene.fill("Voornaam", "Trees");
    unsaved((&mut scene, &fault), "customer.person", "Opslaan", NOT_SAVED, |scene| {
        scene.typed("Voornaam") == "Trees"
    });
    assert!(scene.has("Trees"), "{:?}", scene.labels());

    fault.breaks("customer.wording");
    scene.tap("Toestemming: Bellen");
    assert!(scene.has("Dit kon niet worden gelezen. Probeer het nog eens."), "{:?}", scene.labels());
    fault.mended();
    scene.tap("Toestemming: Bellen");
    scene.fill("Lees dit voor; pas het aan aan wat u zegt", "Mogen wij bellen?");
    unsaved((&mut scene, &fault), "customer.consent", "Ja", NOT_SAVED, |scene| {
        scene.typed("Lees dit voor; pas het aan aan wat u zegt") == "Mogen wij bellen?"
    });
    let (id, _) = shop.store().customer_by_code("KJL-29-JK").unwrap().unwrap();
    assert!(shop.store().consents(id).unwrap().call.unwrap().given);

    scene.tap("Nieuw voertuig");
    // Whose it is now is only a help: without it the plate can still be saved.
    fault.breaks("customer.plate");
    scene.fill("Kenteken", "99-GH-JK");
    scene.settle();
    fault.mended();
    unsaved((&mut scene, &fault), "customer.vehicle", "Opslaan", NOT_SAVED, |scene| {
        scene.typed("Kenteken") == "99-GH-JK"
    });
    assert!(shop.store().vehicle_by_plate(&Plate::parse("99-GH-JK").unwrap()).unwrap().is_some());
}

#[test]
fn what_is_seldom_done_with_a_customer_and_fails() {
    let shop = Shop::with(&CARS);
    let (mut scene, fault) = scene(&shop);
    let (id, _) = shop.store().customer_by_code("KJL-29-JK").unwrap().unwrap();
    scene.tap("Klanten");
    scene.tap(LINE);
    scene.tap("Meer");
    let more = |scene: &Scene| sheet(scene) == CardSheet::More;
    unsaved((&mut scene, &fault), "customer.export", "Gegevens meegeven (JSON en PDF)", NOT_SAVED, |scene| {
        more(scene) && scene.window().global::<CustomerCard>().get_exported().is_empty()
    });
    assert!(!scene.window().global::<CustomerCard>().get_exported().is_empty());
    scene.tap("Klant verwijderen");
    unsaved((&mut scene, &fault), "customer.remove", "Verwijderen", NOT_SAVED, |_| true);
    let active = || {
        let card = shop.store().customer_card(id, "2015-05-01".parse().unwrap()).unwrap();
        card.unwrap().active
    };
    assert!(!active());
    unsaved((&mut scene, &fault), "customer.revive", "Weer actief maken", NOT_SAVED, |_| !active());
    assert!(active());
    scene.tap("Meer");
    scene.tap("Alle persoonsgegevens wissen");
    unsaved((&mut scene, &fault), "customer.erase", "Wissen", NOT_SAVED, |_| {
        shop.store().erased_at(id).unwrap().is_none()
    });
    assert!(shop.store().erased_at(id).unwrap().is_some());
}

fn vehicle(shop: &Shop) -> Vehicle {
    shop.store().vehicle_by_plate(&Plate::parse("JL-29-JK").unwrap()).unwrap().unwrap().1
}

#[test]
fn a_vehicle_that_cannot_be_read_or_saved() {
    let shop = Shop::with(&CARS);
    let (mut scene, fault) = scene(&shop);
    scene.tap("Klanten");
    scene.tap(LINE);
    let words = "Dit voertuig kan niet worden gelezen";
    let turn = |scene: &mut Scene| scene.tap("JL-29-JK, OPEL Rekord");
    unreadable((&mut scene, &fault), "vehicle.card", turn, words, |scene| scene.has("Oorsprong"));
    let over = |scene: &Scene| scene.window().global::<VehicleCard>().get_sheet();

    scene.tap("Voertuig wijzigen");
    scene.fill("Uitvoering", "1.9 S");
    unsaved((&mut scene, &fault), "vehicle.save", "Opslaan", NOT_SAVED, |scene| {
        over(scene) == VehicleSheet::Form && scene.typed("Uitvoering") == "1.9 S"
    });
    assert_eq!(vehicle(&shop).variant.as_deref(), Some("1.9 S"));

    scene.act("–");
    scene.fill("Kilometers vandaag", "81234");
    unsaved((&mut scene, &fault), "vehicle.reading", "Opslaan", NOT_SAVED, |scene| {
        over(scene) == VehicleSheet::Reading && scene.typed("Kilometers vandaag") == "81234"
    });
    scene.act("Kosten per km");
    scene.fill("Euro per kilometer; leeg: onbekend", "0,27");
    unsaved((&mut scene, &fault), "vehicle.cost", "Opslaan", NOT_SAVED, |scene| {
        over(scene) == VehicleSheet::Cost && scene.typed("Euro per kilometer; leeg: onbekend") == "0,27"
    });
    assert!(vehicle(&shop).cost_per_km.is_some());

    scene.tap("Kies een eigenaar");
    fault.breaks("vehicle.owner");
    scene.tap("Janssen 23-NL-PD, Diemen");
    assert!(scene.has(NOT_SAVED));
    assert_eq!(scene.window().global::<VehicleCard>().get_owner(), "Janssen JL-29-JK");
    fault.mended();
    scene.tap("Kies een eigenaar");
    scene.tap("Janssen 23-NL-PD, Diemen");
    assert_eq!(scene.window().global::<VehicleCard>().get_owner(), "Janssen 23-NL-PD");
}

#[test]
fn settings_that_cannot_be_read_or_saved() {
    let shop = Shop::with(&CARS);
    let (mut scene, fault) = scene(&shop);
    scene.tap("Instellen");
    let words = "De instellingen kunnen niet worden gelezen";
    let turn = |scene: &mut Scene| scene.tap("Soorten taken");
    unreadable((&mut scene, &fault), "setting.read", turn, words, |scene| {
        scene.has("Garantie loopt af, dagen van tevoren")
    });
    let settings = |scene: &Scene| scene.window().global::<Settings>().get_weeks_known();
    // Bars that are not known are said to be so.
    fault.breaks("setting.preview");
    scene.control("Garantie loopt af, dagen van tevoren").invoke_accessible_increment_action();
    scene.served();
    assert!(!settings(&scene) && scene.has("nog niet bekend"), "{:?}", scene.labels());
    fault.mended();
    assert!(scene.until(Duration::from_secs(8), settings), "by itself");
    scene.settle();
    let days = || shop.store().settings().unwrap().get("rules.warranty.days").unwrap();
    fault.breaks("setting.save");
    let before = days();
    scene.control("Garantie loopt af, dagen van tevoren").invoke_accessible_increment_action();
    let told = scene.until(Duration::from_secs(8), |scene| scene.has(NOT_SAVED));
    assert!(told, "{:?}", scene.labels());
    assert_eq!(days(), before);
    fault.mended();
}

#[test]
fn employees_and_what_was_done_that_cannot_be_read_or_saved() {
    let shop = Shop::with(&CARS);
    let (mut scene, fault) = scene(&shop);
    scene.tap("Instellen");
    let words = "De medewerkers kunnen niet worden gelezen";
    let turn = |scene: &mut Scene| scene.tap("Medewerkers");
    unreadable((&mut scene, &fault), "employee.staff", turn, words, |scene| scene.has("Els Hermans"));
    scene.tap("Nieuwe medewerker");
    scene.fill("Naam", "Jan Bos");
    unsaved((&mut scene, &fault), "employee.save", "Opslaan", AGAIN, |scene| {
        scene.typed("Naam") == "Jan Bos"
    });
    let over = |scene: &Scene| scene.window().global::<Staff>().get_sheet();
    assert_eq!(over(&scene), StaffSheet::Pin);
    fault.breaks("employee.pin");
    type_pin(&mut scene, "3915", "Verder");
    type_pin(&mut scene, "3915", "Verder");
    assert!(scene.has(AGAIN), "{:?}", scene.labels());
    fault.mended();
    type_pin(&mut scene, "3915", "Verder");
    type_pin(&mut scene, "3915", "Verder");
    assert_eq!(over(&scene), StaffSheet::None);
    let jan = shop.store().employee_by_code("JAN").unwrap().unwrap();
    assert!(shop.store().staff_member(jan).unwrap().has_pin);
    scene.tap("Terug");
    let words = "Dit kan niet worden gelezen";
    let turn = |scene: &mut Scene| scene.tap("Wat is gedaan");
    unreadable((&mut scene, &fault), "audit.lines", turn, words, |scene| !scene.has("Er is niets gedaan"));
}

fn type_pin(scene: &mut Scene, digits: &str, done: &str) {
    for digit in digits.chars() {
        scene.tap(&digit.to_string());
    }
    scene.tap(done);
}

#[test]
fn a_gate_that_cannot_read_or_save_lets_nobody_in() {
    let shop = Shop::with(&CARS);
    let gate = |scene: &Scene| scene.window().global::<DeskGlobal>().get_gate();
    {
        let (mut scene, fault) = desk_faulty::scene(&shop, Start::default(), Some("session.people"));
        assert!(scene.has("De medewerkers kunnen niet worden gelezen"), "{:?}", scene.labels());
        assert!(gate(&scene) != Gate::Open && !scene.has("JL-29-JK, APK vervalt"));
        fault.mended();
        assert!(scene.until(Duration::from_secs(8), |scene| scene.has("Els Hermans")), "by itself");
        scene.settle();
        scene.tap("Els Hermans");
        fault.breaks("session.first-manager");
        type_pin(&mut scene, "4711", "Verder");
        type_pin(&mut scene, "4711", "Verder");
        assert!(scene.has(AGAIN), "{:?}", scene.labels());
        assert!(gate(&scene) != Gate::Open && !shop.store().has_manager().unwrap());
    }
    let els = shop.store().employee_by_code("ELS").unwrap().unwrap();
    let at = "2015-05-01T08:00:00Z".parse().unwrap();
    let pin = Pin::parse("4711").unwrap();
    shop.store().make_first_manager(FirstManager::Known(els), &pin, at).unwrap();
    // A thread of its own: Slint has one screen a thread.
    std::thread::scope(|scope| {
        let signed_in = scope.spawn(|| {
            let (mut scene, fault) = desk_faulty::scene(&shop, Start::default(), None);
            // How long to wait is asked for the words only; the store looks itself.
            fault.breaks("session.wait");
            scene.tap("Els Hermans");
            fault.breaks("session.sign-in");
            type_pin(&mut scene, "4711", "Aanmelden");
            assert!(scene.has(AGAIN), "{:?}", scene.labels());
            assert_ne!(gate(&scene), Gate::Open);
            fault.mended();
            type_pin(&mut scene, "4711", "Aanmelden");
            assert_eq!(gate(&scene), Gate::Open);
        });
        signed_in.join().unwrap();
    });
}

#[test]
fn a_message_that_cannot_be_made_or_written_down() {
    let shop = Shop::with(&CARS);
    let (mut scene, fault) = scene(&shop);
    scene.tap("Opvolgen");
    std::thread::sleep(Duration::from_millis(400));
    fault.breaks("compose.facts");
    scene.tap("SMS sturen");
    assert!(scene.has("Het bericht kan niet worden gemaakt"), "{:?}", scene.labels());
    fault.mended();
    scene.tap("Opnieuw");
    let compose = |scene: &Scene| {
        let compose = scene.window().global::<Compose>();
        (compose.get_view(), compose.get_text().to_string())
    };
    assert_eq!(compose(&scene).0, ComposeView::Writing, "{:?}", scene.labels());
    scene.fill("Tekst", "Uw auto is klaar.");
    // Opened again while nothing can be read: the words are there when it can.
    scene.tap("Sluiten");
    fault.breaks("compose.facts");
    scene.tap("SMS sturen");
    fault.mended();
    scene.tap("Opnieuw");
    assert_eq!(compose(&scene), (ComposeView::Writing, "Uw auto is klaar.".to_owned()));
    scene.tap("Met de hand");
    unsaved((&mut scene, &fault), "compose.write", "Ik heb het verstuurd", NOT_SAVED, |scene| {
        compose(scene) == (ComposeView::ByHand, "Uw auto is klaar.".to_owned())
    });
    let (id, _) = shop.store().customer_by_code("KJL-29-JK").unwrap().unwrap();
    let written = shop.store().messages_of_customer(id).unwrap();
    assert_eq!((written.len(), written[0].body.as_str()), (1, "Uw auto is klaar."));
    scene.tap("Toestemming vragen");
    unsaved((&mut scene, &fault), "compose.consent", "Klant stemt toe", NOT_SAVED, |scene| {
        compose(scene).0 == ComposeView::Asking
    });
    assert!(shop.store().consents(id).unwrap().call.unwrap().given);
}

#[test]
fn a_mailing_that_cannot_be_counted_or_sent() {
    let shop = Shop::with(&CARS);
    let (mut scene, fault) = scene(&shop);
    scene.tap("Klanten");
    let state = |scene: &Scene| scene.window().global::<Mailing>().get_state();
    let words = "De klanten kunnen niet worden gelezen";
    unreadable(
        (&mut scene, &fault),
        "mailing.recipients",
        |scene| scene.tap("Mailing"),
        words,
        |scene| state(scene) == MailingState::Filled,
    );
    scene.fill("Onderwerp", "Winterbanden");
    scene.fill("Tekst", "{salutation}, ze liggen klaar.");
    scene.tap("2 berichten klaarzetten");
    fault.breaks("mailing.send");
    scene.tap("In de outbox");
    assert!(scene.has(NOT_SAVED), "{:?}", scene.labels());
    assert_eq!(scene.typed("Tekst"), "{salutation}, ze liggen klaar.");
    assert_eq!(scene.typed("Onderwerp"), "Winterbanden");
    fault.mended();
    scene.tap("2 berichten klaarzetten");
    scene.tap("In de outbox");
    assert_eq!(state(&scene), MailingState::Sent);
    let (id, _) = shop.store().customer_by_code("KJL-29-JK").unwrap().unwrap();
    assert_eq!(shop.store().messages_of_customer(id).unwrap().len(), 1);
}

#[test]
fn texts_that_cannot_be_read_or_saved() {
    let shop = Shop::with(&CARS);
    let (mut scene, fault) = scene(&shop);
    let words = "De teksten kunnen niet worden gelezen";
    let turn = |scene: &mut Scene| go(scene, Page::Texts);
    unreadable((&mut scene, &fault), "texts.read", turn, words, |scene| scene.has("Meegeleverde tekst"));
    scene.fill("Meegeleverde tekst", "APK {plate}: {day}");
    unsaved((&mut scene, &fault), "texts.save", "Opslaan", NOT_SAVED, |scene| {
        scene.typed("Meegeleverde tekst") == "APK {plate}: {day}"
    });
    assert!(scene.has("Uw eigen tekst"));
}
