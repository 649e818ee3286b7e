//! Following up a task as a receptionist does, on the real pages with a real database: how many touches
//! it takes, what is staged and what is kept, and what a cut does to what was half typed.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod desk_scene;

use balie::desk::slint::ComponentHandle;
use balie::desk::ui::{Agenda, AgendaState, Desk as DeskGlobal, Edit, EditState, Page};
use balie::domain::task::StatusFilter;
use chrono::NaiveDate;
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

#[test]
fn a_call_is_handled_in_three_touches() {
    let shop = Shop::with(&CARS);
    let mut scene = opened(&shop);
    scene.touch("Geïnformeerd");
    scene.touch("Afgehandeld en opslaan");
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
