//! Following up a task as a receptionist does, on the real pages with a real database: how many touches
//! it takes, what is staged and what is kept, and what a cut does to what was half typed.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod desk_scene;

use balie::desk::slint::{ComponentHandle, Model};
use balie::desk::ui::{
    Agenda, AgendaState, Barred, Desk as DeskGlobal, Doubt, Edit, EditSheet, EditState, Outcome, Page, Why,
};
use balie::domain::amount::CostPerKm;
use balie::domain::calendar::{Entry, When};
use balie::domain::calendar_merge::Found;
use balie::domain::edit::TaskEdit;
use balie::domain::task::{StatusFilter, TaskState};
use balie::store::history::{Actor, Origin};
use balie::store::task_edit::{Save, Saved};
use chrono::{NaiveDate, TimeDelta};
use desk_scene::{Scene, Shop};

const CARS: [(&str, i64); 4] = [("JL-29-JK", 3), ("23-NL-PD", -6), ("74-XE-VV", 0), ("07-ZP-FH", -2)];

/// The desk with the most urgent task opened.
fn opened(shop: &Shop) -> Scene {
    let mut scene = Scene::of(shop);
    scene.touch("Opvolgen");
    assert_eq!(scene.window().global::<DeskGlobal>().get_page(), Page::Task);
    assert_eq!(scene.window().global::<Edit>().get_state(), EditState::Shown);
    // What came under the finger just now is not what it meant.
    std::thread::sleep(std::time::Duration::from_millis(400));
    scene
}

/// What the page of a task shows.
fn page(scene: &Scene) -> Edit<'_> {
    scene.window().global::<Edit>()
}

#[test]
fn a_call_is_handled_in_three_touches() {
    let shop = Shop::with(&CARS);
    let mut scene = opened(&shop);
    scene.touch("Geïnformeerd");
    scene.touch("Afgehandeld en opslaan");
    assert_eq!(scene.touches(), 3, "at most four from the list");
    assert_eq!(shop.plates(StatusFilter::Closed), ["23-NL-PD"]);
    assert_eq!(scene.window().global::<DeskGlobal>().get_page(), Page::Tasks);
    // And one touch takes all of it back.
    scene.touch("Ongedaan maken");
    assert!(shop.plates(StatusFilter::Closed).is_empty());
    assert_eq!(shop.plates(StatusFilter::Open).len(), 4);
}

#[test]
fn cancel_drops_what_was_staged() {
    let shop = Shop::with(&CARS);
    let mut scene = opened(&shop);
    scene.touch("Geen gehoor");
    scene.touch("Afbreken");
    assert_eq!(scene.window().global::<DeskGlobal>().get_page(), Page::Tasks);
    assert!(shop.plates(StatusFilter::Closed).is_empty());
    let id = shop.rows(StatusFilter::Open)[0].id;
    let lines = shop.store().task_history(id).unwrap();
    assert!(lines.iter().all(|line| line.origin == "collector"), "{lines:?}");
}

#[test]
fn an_appointment_takes_three_touches_from_the_list() {
    let shop = Shop::with(&CARS);
    let mut scene = Scene::of(&shop);
    scene.touch("Afspraak maken");
    let agenda = scene.window().global::<Agenda>();
    assert_eq!(agenda.get_state(), AgendaState::Shown);
    assert_eq!((agenda.get_plate().as_str(), agenda.get_start()), ("23-NL-PD", -1));
    scene.touch("09:30");
    scene.touch("Opslaan");
    assert_eq!(scene.touches(), 3, "at most five from the list");
    assert_eq!(scene.window().global::<DeskGlobal>().get_page(), Page::Tasks);
    let day: NaiveDate = "2015-05-01".parse().unwrap();
    let booked = shop.store().appointments_on(day).unwrap();
    assert_eq!(booked.len(), 1, "{booked:?}");
    assert_eq!(booked[0].starts_at.to_string(), "2015-05-01 09:30:00");
    assert_eq!(booked[0].plate.as_deref(), Some("23-NL-PD"));
    // The reason to call is gone: the next collection takes the task back by itself.
    balie::collect::run(&mut shop.store(), day, "2015-05-01T09:00:00Z".parse().unwrap()).unwrap();
    assert_eq!(shop.plates(StatusFilter::Withdrawn), ["23-NL-PD"]);
}

#[test]
fn an_appointment_can_be_moved_and_cancelled() {
    let shop = Shop::with(&CARS);
    let mut scene = Scene::of(&shop);
    scene.touch("Afspraak maken");
    scene.touch("09:30");
    scene.touch("Opslaan");
    scene.touch("Agenda");
    scene.touch("09:30 – 10:00 APK-keuring 23-NL-PD");
    scene.touch("Andere tijd");
    scene.touch("11:30");
    scene.touch("Opslaan");
    let day: NaiveDate = "2015-05-01".parse().unwrap();
    assert_eq!(shop.store().appointments_on(day).unwrap()[0].starts_at.to_string(), "2015-05-01 11:30:00");
    scene.touch("11:30 – 12:00 APK-keuring 23-NL-PD");
    scene.touch("Afspraak afzeggen");
    let question = scene.window().global::<Agenda>();
    assert!(question.get_asking());
    scene.touch("Laten staan");
    assert_eq!(shop.store().appointments_on(day).unwrap().len(), 1);
    question_again(&mut scene);
    assert!(shop.store().appointments_on(day).unwrap().is_empty());
}

/// An appointment made here, whose time was changed in the shop's calendar as well.
fn changed_in_the_calendar(shop: &Shop, scene: &mut Scene) -> Entry {
    scene.touch("Afspraak maken");
    scene.touch("09:30");
    scene.touch("Opslaan");
    let mut store = shop.store();
    let ours = store.calendar_entries("2015-05-01".parse().unwrap()).unwrap().remove(0);
    let starts_at = ours.when.starts_at + TimeDelta::hours(5);
    let theirs = Found {
        uid: ours.uid.clone(),
        href: "/desk/one.ics".into(),
        etag: "1".into(),
        sequence: 0,
        when: When { starts_at, ends_at: Some(starts_at + TimeDelta::minutes(45)), cancelled: false },
        all_day: false,
        repeats: false,
        summary: String::new(),
        description: String::new(),
    };
    assert!(store.note_calendar_conflict(&ours, "/desk/one.ics", Some(&theirs)).unwrap());
    scene.touch("Agenda");
    scene.touch("1 afspraak is ook in de agenda gewijzigd");
    assert!(scene.has("vr 01-05-2015\n09:30 – 10:00"), "{:?}", scene.labels());
    assert!(scene.has("vr 01-05-2015\n14:30 – 15:15"), "{:?}", scene.labels());
    ours
}

#[test]
fn of_an_appointment_that_was_changed_twice_the_calendars_time_can_be_taken() {
    let shop = Shop::with(&CARS);
    let mut scene = Scene::of(&shop);
    let ours = changed_in_the_calendar(&shop, &mut scene);
    scene.touch("Die overnemen");
    let now = shop.store().calendar_held(&ours.uid).unwrap().unwrap();
    assert_eq!(now.entry.when.starts_at.to_string(), "2015-05-01 14:30:00");
    assert_eq!(now.conflict, None);
    assert!(!scene.window().global::<Agenda>().get_differing_open(), "nothing is left to choose");
    scene.show("14:30 – 15:15 APK-keuring 23-NL-PD");
}

#[test]
fn of_an_appointment_that_was_changed_twice_ours_can_be_kept() {
    let shop = Shop::with(&CARS);
    let mut scene = Scene::of(&shop);
    let ours = changed_in_the_calendar(&shop, &mut scene);
    scene.touch("Deze houden");
    let now = shop.store().calendar_held(&ours.uid).unwrap().unwrap();
    assert_eq!((now.entry.when, now.conflict), (ours.when, None));
    let due = shop.store().calendar_due("2015-05-01".parse().unwrap()).unwrap();
    assert_eq!(due.len(), 1, "it is written there at the next pass");
}

/// Both the sheet and the question have a button of the same name; the question's is asked here.
fn question_again(scene: &mut Scene) {
    let agenda = scene.window().global::<Agenda>();
    agenda.invoke_cancel(agenda.get_touched().id);
    scene.settle();
}

#[test]
fn what_was_half_typed_is_offered_again_after_the_plug_was_pulled() {
    let shop = Shop::with(&CARS);
    let mut scene = opened(&shop);
    let edit = scene.window().global::<Edit>();
    edit.set_note("Belt liever na vijf uur".into());
    edit.invoke_set_note("Belt liever na vijf uur".into());
    // The pause after which it is on disk.
    std::thread::sleep(std::time::Duration::from_millis(400));
    scene.settle();
    scene.settle();
    assert_eq!(shop.store().drafts().unwrap().len(), 1);
    drop(scene.desk.clone());
    let task = scene.tasks().get_selected_id();
    let draft = shop.store().draft(&format!("task:{task}")).unwrap().expect("the draft is on disk");
    assert!(draft.content.contains("Belt liever na vijf uur"), "{}", draft.content);
}

/// Another program changes the task while it is open here.
fn changed_elsewhere(shop: &Shop, edit: &TaskEdit) {
    let mut store = shop.store();
    let task = shop.rows(StatusFilter::Open)[0].id;
    let version = store.task_fields(task).unwrap().version;
    let at = "2015-05-01T09:00:00Z".parse().unwrap();
    let actor = Actor { origin: Origin::Command, at };
    let today = "2015-05-01".parse().unwrap();
    let save = Save { task, version, edit, finish: false, words: None, today };
    assert!(matches!(store.save_task(&save, actor).unwrap(), Saved::Done(Some(_))));
}

#[test]
fn what_somebody_else_changed_meanwhile_is_shown_and_the_receptionist_chooses() {
    for mine in [true, false] {
        // A thread for each: Slint has one screen a thread.
        std::thread::scope(|scope| scope.spawn(|| conflict(mine)).join().unwrap());
    }
}

fn conflict(mine: bool) {
    let shop = Shop::with(&CARS);
    let mut scene = opened(&shop);
    scene.touch("Geen gehoor");
    changed_elsewhere(&shop, &TaskEdit { execute_on: "2015-05-20".parse().ok(), ..TaskEdit::default() });
    scene.touch("Afgehandeld en opslaan");
    assert_eq!(page(&scene).get_sheet(), EditSheet::Conflict);
    assert!(shop.plates(StatusFilter::Closed).is_empty(), "nothing is written yet");
    assert!(scene.has("Uitvoeren op") && scene.has("Uitkomst"));
    if mine {
        scene.touch("Sla de mijne op");
        assert_eq!(shop.plates(StatusFilter::Closed), ["23-NL-PD"]);
    } else {
        scene.touch("Neem die van de ander");
        assert_eq!(page(&scene).get_outcome(), Outcome::None);
        assert_eq!(page(&scene).get_execute_on().day, 20);
        assert!(shop.plates(StatusFilter::Closed).is_empty());
        assert!(shop.store().drafts().unwrap().is_empty());
    }
}

#[test]
fn who_did_not_answer_waits_under_a_tab_of_its_own_and_history_takes_the_step_back() {
    let shop = Shop::with(&CARS);
    let mut scene = opened(&shop);
    scene.touch("Geen gehoor");
    scene.touch("Afgehandeld en opslaan");
    scene.touch("Benaderd, geen afspraak (1)");
    assert_eq!(scene.plates(), ["23-NL-PD"]);
    assert!(scene.has("Geen gehoor"), "the row says what the call came to");
    scene.touch("Opvolgen");
    scene.touch("Historie");
    scene.touch("Ongedaan maken");
    assert_eq!(shop.plates(StatusFilter::Open).len(), 4, "it is open again");
    scene.touch("Sluiten");
    scene.touch("Afbreken");
    assert_eq!(scene.tasks().get_pursued(), 0);
}

#[test]
fn a_double_tap_opens_the_task() {
    let shop = Shop::with(&CARS);
    let mut scene = Scene::of(&shop);
    let at = scene.middle("74-XE-VV, APK vervalt");
    for _ in 0..2 {
        scene.press(at);
        scene.release(at);
    }
    scene.settle();
    assert_eq!(scene.window().global::<DeskGlobal>().get_page(), Page::Task);
    assert_eq!(scene.window().global::<Edit>().get_detail().task.plate, "74-XE-VV");
}

#[test]
fn why_a_task_is_there_is_one_touch_away() {
    let shop = Shop::with(&CARS);
    let mut scene = Scene::of(&shop);
    scene.touch("Waarom is deze taak er?");
    let why = scene.window().global::<Why>();
    assert_eq!(why.get_state(), EditState::Shown);
    assert_eq!(why.get_plate(), "23-NL-PD");
    assert_eq!(why.get_lines().row_count(), 17);
    assert!(scene.has("APK vervalt: In de lijst, uitvoeren op 25-04-2015"), "the words of the list");
    assert!(scene.has("Niet meer geweest: Deze soort taak staat uit"));
    scene.touch("Opvolgen");
    assert_eq!(scene.window().global::<DeskGlobal>().get_page(), Page::Task);
}

#[test]
fn the_window_that_costs_no_validity_is_shown() {
    let shop = Shop::with(&CARS);
    let scene = opened(&shop);
    // It expires on 3 August: a hundred days after 25 April.
    assert!(scene.has("Een keuring van 03-06-2015 tot 03-08-2015 kost geen geldigheid"));
}

#[test]
fn kilometres_are_kept_although_the_task_is_cancelled() {
    let shop = Shop::with(&CARS);
    let mut scene = opened(&shop);
    let vehicle = shop.rows(StatusFilter::Open)[0].vehicle.unwrap();
    scene.touch("Kilometers");
    for (typed, sure) in [("80000", false), ("70.000", false), ("70000", true)] {
        page(&scene).set_km(typed.into());
        page(&scene).invoke_take_reading(sure);
        scene.settle();
        let doubted = page(&scene).get_doubt() != Doubt::None;
        assert_eq!(doubted, typed == "70.000", "{typed}");
    }
    page(&scene).set_km("veel".into());
    page(&scene).invoke_take_reading(false);
    assert!(page(&scene).get_km_wrong());
    page(&scene).set_cost("0,27".into());
    page(&scene).invoke_set_cost();
    scene.settle();
    scene.touch("Sluiten");
    scene.touch("Geen gehoor");
    scene.touch("Afbreken");
    let store = shop.store();
    assert_eq!(
        store.readings(vehicle).unwrap().iter().map(|read| read.km).collect::<Vec<_>>(),
        [80_000, 70_000]
    );
    assert_eq!(store.vehicle(vehicle).unwrap().unwrap().cost_per_km, Some(CostPerKm(2700)));
    assert_eq!(store.task_fields(shop.rows(StatusFilter::Open)[0].id).unwrap().outcome, None);
}

#[test]
fn a_customer_is_removed_and_another_one_chosen() {
    let shop = Shop::with(&CARS);
    let mut scene = opened(&shop);
    scene.touch("Klant van deze taak verwijderen");
    assert_eq!(scene.window().global::<Edit>().get_sms_barred(), Barred::NoCustomer);
    scene.touch("Kies");
    page(&scene).set_search("jl29jk".into());
    page(&scene).invoke_find("jl29jk".into());
    scene.settle();
    scene.touch("Janssen JL-29-JK");
    assert_eq!(page(&scene).get_detail().customer, "Janssen JL-29-JK");
    scene.touch("Opslaan");
    let row = &shop.rows(StatusFilter::Open)[0];
    assert_eq!(row.customer_name.as_deref(), Some("Janssen JL-29-JK"));
}

#[test]
fn all_owners_are_unlinked_after_a_question() {
    let shop = Shop::with(&CARS);
    let mut scene = opened(&shop);
    scene.touch("Ontkoppel alle eigenaren");
    scene.touch("Eigenaren houden");
    assert!(shop.plates(StatusFilter::Closed).is_empty());
    scene.touch("Ontkoppel alle eigenaren");
    scene.touch("Ontkoppel en sluit");
    assert_eq!(shop.plates(StatusFilter::Closed), ["23-NL-PD"]);
    scene.touch("Ongedaan maken");
    assert!(shop.plates(StatusFilter::Closed).is_empty());
}

#[test]
fn the_employee_the_date_and_the_boxes_are_staged() {
    let shop = Shop::with(&CARS);
    let mut scene = opened(&shop);
    scene.touch("Medewerker");
    scene.touch("Els Hermans");
    scene.touch("SMS gestuurd");
    scene.touch("Afgehandeld");
    let task = shop.rows(StatusFilter::Open)[0].id;
    assert_eq!(shop.store().task_fields(task).unwrap().employee, None, "not yet");
    scene.touch("Opslaan");
    let fields = shop.store().task_fields(task).unwrap();
    assert!(fields.employee.is_some(), "{fields:?}");
    assert!(fields.sms_sent, "{fields:?}");
    assert_eq!(fields.state, TaskState::Handled);
}
