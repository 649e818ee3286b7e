//! Customers as a receptionist finds, enters, changes and forgets them, on the real pages with a real
//! database: every touch by the label that a screen reader would read, every effect looked up in the store.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod desk_scene;

use std::time::Duration;

use balie::desk::slint::ComponentHandle;
use balie::desk::ui::{CardSheet, CardState, CustomerCard, Desk as DeskGlobal, Edit, EditState, Page};
use balie::domain::customer::{Customer, CustomerKind};
use balie::domain::ids::CustomerId;
use balie::domain::language::Language;
use balie::domain::plate::Plate;
use balie::domain::task::StatusFilter;
use desk_scene::{Scene, Shop, machine, signed_in};

const CARS: [(&str, i64); 2] = [("JL-29-JK", -6), ("23-NL-PD", 3)];
const SEARCH: &str = "Naam, kenteken, telefoon, postcode ...";

/// Two customers with a task, and three of other kinds without one.
fn shop() -> Shop {
    let shop = Shop::with(&CARS);
    shop.import(&[
        (
            "customers.csv",
            "code,kind,salutation,first_name,name,company,postcode,city,phone,mobile,email\n\
             C1,private,mevrouw,Ayşe,Öztürk,,6411 NK,Heerlen,,06 87 65 43 21,ayse@voorbeeld.nl\n\
             C2,company,,Piet,de Vries,Autohandel Zuid,5611AB,Eindhoven,040 2223344,,info@zuid.nl\n\
             C3,trader,,Joan,Peeters,,1234 ZZ,Breda,,06 11 11 22 22,\n",
        ),
        ("vehicles.csv", "plate,make,model\n12-PTT-8,FIAT,Panda\n"),
        ("ownerships.csv", "plate,customer,from_on\n12-PTT-8,C1,2012-01-01\n"),
        ("visits.csv", "code,plate,customer,visited_on\nB1,12-PTT-8,C1,2015-03-04\n"),
        (
            "invoices.csv",
            "number,plate,customer,invoiced_on,total_incl_vat\nF2015-7,12-PTT-8,C1,2015-03-04,250\n",
        ),
        ("employees.csv", "code,name,role\nELS,Els Hermans,manager\nBEA,Bea de Wit,reception\n"),
    ]);
    shop
}

fn found(shop: &Shop, code: &str) -> (CustomerId, Customer) {
    shop.store().customer_by_code(code).unwrap().unwrap()
}

/// The overview, on a desk of this employee.
fn overview(shop: &Shop, employee: &str) -> Scene {
    let mut scene = Scene::with(signed_in(employee), machine(), shop.opener()).settled();
    scene.tap("Klanten");
    assert_eq!(scene.window().global::<DeskGlobal>().get_page(), Page::Customers);
    scene
}

/// The page of one customer, by their line in the overview.
fn opened(shop: &Shop, employee: &str, line: &str) -> Scene {
    let mut scene = overview(shop, employee);
    scene.tap(line);
    assert_eq!(card(&scene).get_state(), CardState::Shown);
    scene
}

fn card(scene: &Scene) -> CustomerCard<'_> {
    scene.window().global::<CustomerCard>()
}

fn page(scene: &Scene) -> Page {
    scene.window().global::<DeskGlobal>().get_page()
}

#[test]
fn a_customer_is_found_while_typing_however_it_is_written() {
    let shop = shop();
    let mut scene = overview(&shop, "BEA");
    assert_eq!(scene.plates().len(), 5);
    assert!(scene.has("5 gevonden"));
    scene.type_into(SEARCH, "Öztü");
    assert_eq!(scene.plates(), ["Ayşe Öztürk"]);
    scene.canvas.draw();
    for (typed, wanted) in [
        ("ozturk", "Ayşe Öztürk"),
        ("autohandel", "Autohandel Zuid"),
        ("12ptt8", "Ayşe Öztürk"),
        ("0687654321", "Ayşe Öztürk"),
        ("+31 40 222", "Autohandel Zuid"),
        ("1234 zz", "Joan Peeters"),
        ("info@zuid", "Autohandel Zuid"),
        ("petters", "Joan Peeters"),
        ("jl-29", "Janssen JL-29-JK"),
    ] {
        scene.fill(SEARCH, typed);
        let came = scene.until(Duration::from_secs(5), |scene| scene.plates() == [wanted]);
        assert!(came, "'{typed}' found {:?}", scene.plates());
    }
    scene.fill(SEARCH, "petters");
    scene.settle();
    assert!(scene.has("1 gevonden, ook met bijna dezelfde spelling"), "{:?}", scene.labels());
    scene.fill(SEARCH, "xqxqxq");
    scene.settle();
    assert!(scene.has("Niemand gevonden") && scene.plates().is_empty());
}

#[test]
fn filters_show_some_of_the_customers() {
    let shop = shop();
    let (id, _) = found(&shop, "C3");
    shop.store().remove_customer(id, desk_scene::actor()).unwrap();
    let mut scene = overview(&shop, "BEA");
    for (filter, all, wanted) in [
        ("Handelaar", "Alle", vec!["Joan Peeters"]),
        ("Inactief", "Actief en inactief", vec!["Joan Peeters"]),
        ("Alleen met open taken", "Alleen met open taken", vec!["Janssen 23-NL-PD", "Janssen JL-29-JK"]),
    ] {
        scene.tap("Zoeken en filters");
        scene.tap(filter);
        scene.tap("Sluiten");
        assert_eq!(scene.plates(), wanted, "{filter}");
        scene.tap("Zoeken en filters");
        scene.tap(all);
        scene.tap("Sluiten");
        assert_eq!(scene.plates().len(), 5, "{all}");
    }
    scene.tap("Zoeken en filters");
    scene.tap("Laatste bezoek");
    scene.tap("Telefoon");
    scene.tap("Sluiten");
    assert_eq!(scene.plates()[0], "Ayşe Öztürk", "who came last stands first");
    scene.type_into("Telefoon", "0611");
    assert_eq!(scene.plates(), ["Joan Peeters"], "a name is not looked for among numbers");
}

#[test]
fn a_new_customer_is_entered_and_nothing_wrong_is_taken() {
    let shop = shop();
    let mut scene = overview(&shop, "BEA");
    scene.tap("Nieuwe klant");
    assert_eq!(card(&scene).get_sheet(), CardSheet::Form);
    scene.tap("Prospect");
    scene.tap("Opslaan");
    assert_eq!(scene.wrong_with("Achternaam"), "Vul een naam of een bedrijf in.");
    scene.fill("Achternaam", "van den Broek");
    scene.fill("Mobiel", "06 22 33 44 55");
    scene.fill("E-mail", "broek@voorbeeld");
    scene.tap("Opslaan");
    assert_eq!(scene.wrong_with("E-mail"), "Een adres heeft een @ en daarna een punt.");
    assert_eq!(scene.typed("E-mail"), "broek@voorbeeld", "what was typed stays");
    scene.fill("E-mail", "broek@voorbeeld.nl");
    scene.fill("Straat en nummer", "Dorpsweg 1");
    scene.fill("Postcode", "1234 AB");
    scene.fill("Plaats", "Ede");
    scene.act("Deutsch");
    scene.fill("Opmerkingen", "Belt liever na vijf uur");
    scene.tap("Opslaan");
    assert_eq!((page(&scene), card(&scene).get_sheet()), (Page::Customer, CardSheet::None));
    assert_eq!(card(&scene).get_name(), "van den Broek");
    let id = CustomerId(i64::from(card(&scene).get_id()));
    let saved = shop.store().customer(id).unwrap().unwrap();
    assert_eq!(saved.kind, CustomerKind::Prospect);
    assert_eq!((saved.name.as_deref(), saved.city.as_deref()), (Some("van den Broek"), Some("Ede")));
    assert_eq!((saved.mobile.as_deref(), saved.language), (Some("06 22 33 44 55"), Some(Language::De)));
    assert_eq!(saved.email.as_deref(), Some("broek@voorbeeld.nl"));
    assert_eq!(saved.notes.as_deref(), Some("Belt liever na vijf uur"));
    assert!(saved.code.starts_with("B-"), "{}", saved.code);
    assert!(shop.store().drafts().unwrap().is_empty(), "what is saved is no draft any more");
    // Back leads to the overview, which has found them already.
    scene.tap("Terug");
    assert_eq!(page(&scene), Page::Customers);
    assert!(scene.plates().contains(&"van den Broek".to_owned()), "{:?}", scene.plates());
}

#[test]
fn a_number_that_is_none_is_said_to_be_so_and_stays_typed() {
    let shop = shop();
    let mut scene = opened(&shop, "BEA", "Ayşe Öztürk, Heerlen");
    scene.tap("Klant wijzigen");
    scene.fill("Mobiel", "weet niet");
    scene.fill("Telefoon", "12");
    scene.tap("Opslaan");
    for (field, typed) in [("Mobiel", "weet niet"), ("Telefoon", "12")] {
        assert_eq!(scene.wrong_with(field), "Dit is geen telefoonnummer.");
        assert_eq!(scene.typed(field), typed, "what was typed stays");
    }
    assert_eq!(found(&shop, "C1").1.mobile.as_deref(), Some("06 87 65 43 21"), "nothing is written");
    scene.fill("Mobiel", "06 11 22 33 44");
    scene.fill("Telefoon", "");
    scene.tap("Opslaan");
    assert_eq!(card(&scene).get_sheet(), CardSheet::None);
    assert_eq!(found(&shop, "C1").1.mobile.as_deref(), Some("06 11 22 33 44"));
    // A contact person's likewise.
    scene.act("Nieuwe contactpersoon");
    scene.fill("Voornaam", "Trees");
    scene.fill("Mobiel", "12");
    scene.tap("Opslaan");
    assert_eq!(scene.wrong_with("Mobiel"), "Dit is geen telefoonnummer.");
    assert_eq!((scene.typed("Voornaam").as_str(), scene.typed("Mobiel").as_str()), ("Trees", "12"));
}

#[test]
fn a_customer_with_the_number_of_another_is_told_so() {
    let shop = shop();
    let mut scene = overview(&shop, "BEA");
    scene.tap("Nieuwe klant");
    scene.fill("Achternaam", "Osturk");
    scene.fill("Mobiel", "+31 6 87654321");
    scene.settle();
    scene.tap("Zelfde telefoonnummer: Ayşe Öztürk");
    assert_eq!(card(&scene).get_name(), "Ayşe Öztürk");
    assert!(shop.store().draft("customer:new").unwrap().is_some(), "what was typed is kept");
}

#[test]
fn a_changed_customer_keeps_its_other_fields_and_a_half_typed_word() {
    let shop = shop();
    let mut scene = opened(&shop, "BEA", "Ayşe Öztürk, Heerlen");
    scene.tap("Klant wijzigen");
    scene.fill("Plaats", "Kerkrade");
    scene.tap("Sluiten");
    assert_eq!(found(&shop, "C1").1.city.as_deref(), Some("Heerlen"), "not saved");
    scene.tap("Klant wijzigen");
    assert!(scene.has("Dit was eerder getypt en niet opgeslagen."));
    scene.show("Plaats");
    assert_eq!(scene.typed("Plaats"), "Kerkrade");
    scene.tap("Weggooien");
    scene.show("Plaats");
    assert_eq!(scene.typed("Plaats"), "Heerlen");
    assert!(shop.store().drafts().unwrap().is_empty());
    scene.fill("Plaats", "Landgraaf");
    scene.tap("Opslaan");
    let (id, saved) = found(&shop, "C1");
    assert_eq!(saved.city.as_deref(), Some("Landgraaf"));
    assert_eq!(saved.mobile.as_deref(), Some("06 87 65 43 21"));
    assert_eq!(saved.email.as_deref(), Some("ayse@voorbeeld.nl"));
    scene.tap("Historie");
    assert!(scene.has("Plaats"), "{:?}", scene.labels());
    let card = shop.store().customer_card(id, "2015-05-01".parse().unwrap()).unwrap().unwrap();
    let line = card.history.lines.iter().find(|line| line.field.as_deref() == Some("city")).unwrap();
    assert_eq!((line.before.as_deref(), line.after.as_deref()), (Some("Heerlen"), Some("Landgraaf")));
    assert_eq!(line.employee.as_deref(), Some("Bea de Wit"));
}

#[test]
fn only_who_has_no_past_is_deleted() {
    let shop = shop();
    let mut scene = opened(&shop, "BEA", "Ayşe Öztürk, Heerlen");
    scene.tap("Meer");
    scene.tap("Klant verwijderen");
    scene.tap("Behouden");
    assert!(is_active(&shop, "C1"));
    scene.tap("Meer");
    scene.tap("Klant verwijderen");
    scene.tap("Verwijderen");
    assert!(!is_active(&shop, "C1"), "who has invoices becomes inactive");
    assert!(scene.has("Inactief"));
    scene.tap("Weer actief maken");
    assert!(is_active(&shop, "C1"));
    // Typed a moment ago, and nothing to do with the shop since.
    scene.tap("Klanten");
    scene.tap("Nieuwe klant");
    scene.fill("Achternaam", "Vergissing");
    scene.tap("Opslaan");
    let id = CustomerId(i64::from(card(&scene).get_id()));
    assert!(shop.store().customer(id).unwrap().is_some());
    scene.tap("Meer");
    scene.tap("Klant verwijderen");
    scene.tap("Verwijderen");
    assert_eq!(shop.store().customer(id).unwrap(), None);
    assert_eq!(page(&scene), Page::Customers);
    assert!(!scene.plates().contains(&"Vergissing".to_owned()), "{:?}", scene.plates());
}

fn is_active(shop: &Shop, code: &str) -> bool {
    let id = found(shop, code).0;
    shop.store().customer_card(id, "2015-05-01".parse().unwrap()).unwrap().unwrap().active
}

#[test]
fn consent_is_given_and_withdrawn_with_the_words_that_were_read_aloud() {
    let shop = shop();
    let id = found(&shop, "C1").0;
    let mut scene = opened(&shop, "BEA", "Ayşe Öztürk, Heerlen");
    assert_eq!(shop.store().consents(id).unwrap().call, None);
    scene.tap("Toestemming: Bellen");
    scene.fill("Lees dit voor; pas het aan aan wat u zegt", "Mogen wij u bellen over uw Panda?");
    scene.tap("Ja");
    let answer = shop.store().consents(id).unwrap().call.unwrap();
    assert!(answer.given);
    assert_eq!(answer.wording, "Mogen wij u bellen over uw Panda?");
    assert_eq!(answer.employee.as_deref(), Some("Bea de Wit"));
    scene.tap("Toestemming: Bellen");
    scene.tap("Nee");
    assert!(!shop.store().consents(id).unwrap().call.unwrap().given);
    scene.tap("Toestemming: Sms");
    scene.tap("Sluiten");
    assert_eq!(shop.store().consents(id).unwrap().sms, None, "closing the sheet is no answer");
    scene.tap("Toestemming: E-mail");
    scene.tap("Ja");
    assert!(shop.store().consents(id).unwrap().email.unwrap().given);
    let call = scene.control("Bellen, 06 87 65 43 21").accessible_description().unwrap();
    assert_eq!(call, "Geweigerd");
}

#[test]
fn a_contact_person_is_added_changed_and_gone_again() {
    let shop = shop();
    let id = found(&shop, "C2").0;
    let persons = || {
        let card = shop.store().customer_card(id, "2015-05-01".parse().unwrap()).unwrap().unwrap();
        card.persons.into_iter().map(|(_, person)| person).collect::<Vec<_>>()
    };
    let mut scene = opened(&shop, "BEA", "Autohandel Zuid, Eindhoven");
    scene.act("Nieuwe contactpersoon");
    scene.fill("Voornaam", "Trees");
    scene.fill("Functie", "inkoop");
    scene.fill("Mobiel", "06 99 88 77 66");
    scene.tap("Opslaan");
    assert_eq!(persons().len(), 1);
    assert_eq!(persons()[0].function.as_deref(), Some("inkoop"));
    scene.act("Trees");
    scene.fill("Functie", "verkoop");
    scene.tap("Opslaan");
    assert_eq!(persons()[0].function.as_deref(), Some("verkoop"));
    assert_eq!(persons()[0].mobile.as_deref(), Some("06 99 88 77 66"));
    // An empty form is nobody.
    scene.act("Nieuwe contactpersoon");
    scene.tap("Opslaan");
    assert_eq!(persons().len(), 1);
    scene.act("Trees");
    scene.tap("Werkt hier niet meer");
    assert!(persons().is_empty());
}

#[test]
fn a_vehicle_comes_to_a_customer_by_its_plate() {
    let shop = shop();
    let mut scene = opened(&shop, "BEA", "Joan Peeters, Breda");
    scene.tap("Nieuw voertuig");
    scene.fill("Kenteken", "12-PTT-8");
    scene.settle();
    assert!(
        scene.has("Dit voertuig is nu van Ayşe Öztürk. Na opslaan is deze klant vanaf vandaag de eigenaar.")
    );
    scene.tap("Opslaan");
    let (vehicle, _) = shop.store().vehicle_by_plate(&Plate::parse("12-PTT-8").unwrap()).unwrap().unwrap();
    let card = shop.store().vehicle_card(vehicle, "2015-05-01".parse().unwrap()).unwrap().unwrap();
    assert_eq!(card.owner, Some(found(&shop, "C3").0));
    scene.tap("Nieuw voertuig");
    scene.fill("Kenteken", "V-444-44");
    scene.settle();
    assert!(scene.has("Dit is geen gewoon Nederlands kenteken. Kijk nog eens; klopt het, sla het dan op."));
    scene.tap("Opslaan");
    assert!(shop.store().vehicle_by_plate(&Plate::parse("V-444-44").unwrap()).unwrap().is_some());
    scene.tap("V44444, ");
    assert_eq!(page(&scene), Page::Vehicle);
}

#[test]
fn a_receptionist_is_told_who_may_give_out_or_erase_data() {
    let shop = shop();
    let mut scene = opened(&shop, "BEA", "Ayşe Öztürk, Heerlen");
    scene.tap("Meer");
    assert!(scene.has("Alleen een manager kan persoonsgegevens meegeven of wissen."));
    scene.tap("Gegevens meegeven (JSON en PDF)");
    scene.tap("Alle persoonsgegevens wissen");
    assert_eq!(card(&scene).get_sheet(), CardSheet::More, "nothing happens");
    assert!(!shop.folder.path().join("exports").exists());
}

#[test]
fn a_manager_gives_out_a_persons_data() {
    let shop = shop();
    let mut scene = opened(&shop, "ELS", "Ayşe Öztürk, Heerlen");
    scene.tap("Meer");
    scene.tap("Gegevens meegeven (JSON en PDF)");
    let folder = shop.folder.path().join("exports");
    let json = std::fs::read_to_string(folder.join("customer-C1-2015-05-01.json")).unwrap();
    assert!(json.contains("Öztürk") && json.contains("F2015-7"), "{json}");
    let pdf = std::fs::read(folder.join("customer-C1-2015-05-01.pdf")).unwrap();
    assert!(pdf.starts_with(b"%PDF-") && pdf.len() > 1000);
    let written = folder.join("customer-C1-2015-05-01.pdf").display().to_string();
    assert_eq!(card(&scene).get_exported(), written);
    assert!(scene.has(&format!("Opgeslagen in {written}")));
}

#[test]
fn an_objection_shuts_every_channel_until_it_is_taken_back() {
    let shop = shop();
    let mut scene = opened(&shop, "BEA", "Ayşe Öztürk, Heerlen");
    scene.tap("Klant wijzigen");
    scene.act("Wil geen contact (bezwaar)");
    scene.tap("Opslaan");
    assert_eq!(found(&shop, "C1").1.contact_allowed, Some(false));
    for channel in ["Bellen, 06 87 65 43 21", "Sms, 06 87 65 43 21", "E-mail, ayse@voorbeeld.nl"] {
        assert_eq!(scene.control(channel).accessible_description().unwrap(), "Wil geen contact", "{channel}");
    }
    scene.tap("Klant wijzigen");
    scene.act("Wil geen contact (bezwaar)");
    scene.tap("Opslaan");
    assert_eq!(found(&shop, "C1").1.contact_allowed, None, "that is no consent");
}

#[test]
fn who_asks_to_be_forgotten_is_erased_by_a_manager() {
    let shop = shop();
    let id = found(&shop, "C1").0;
    let mut scene = opened(&shop, "ELS", "Ayşe Öztürk, Heerlen");
    scene.tap("Meer");
    scene.tap("Alle persoonsgegevens wissen");
    scene.tap("Behouden");
    assert_eq!(found(&shop, "C1").1.name.as_deref(), Some("Öztürk"));
    scene.tap("Meer");
    scene.tap("Alle persoonsgegevens wissen");
    scene.tap("Wissen");
    assert!(shop.store().erased_at(id).unwrap().is_some());
    assert_eq!(shop.store().customer(id).unwrap().unwrap().name, None);
    assert!(scene.has("Deze persoon is gewist"), "{:?}", scene.labels());
    assert!(!scene.has("Klant wijzigen"), "nothing to change");
    scene.tap("Klanten");
    scene.fill(SEARCH, "ozturk");
    scene.settle();
    assert!(scene.has("Niemand gevonden"));
}

#[test]
fn a_task_is_opened_from_its_customer_and_undone_from_its_history() {
    let shop = shop();
    let mut scene = opened(&shop, "BEA", "Janssen JL-29-JK, Diemen");
    scene.tap("JL-29-JK, APK vervalt");
    let edit = |scene: &Scene| scene.window().global::<Edit>().get_state();
    assert_eq!((page(&scene), edit(&scene)), (Page::Task, EditState::Shown));
    std::thread::sleep(Duration::from_millis(400));
    scene.tap("Geïnformeerd");
    scene.tap("Afgehandeld en opslaan");
    assert_eq!(shop.plates(StatusFilter::Closed), ["JL-29-JK"]);
    assert_eq!(page(&scene), Page::Customer, "back to where it was opened from");
    // The ten seconds are over: history knows the step.
    let task = shop.rows(StatusFilter::Closed)[0].id;
    scene.window().global::<DeskGlobal>().invoke_go(Page::Task, i32::try_from(task.0).unwrap());
    scene.settle();
    scene.tap("Historie");
    scene.tap("Ongedaan maken");
    assert!(shop.plates(StatusFilter::Closed).is_empty());
    assert_eq!(shop.plates(StatusFilter::Open).len(), 2);
}
