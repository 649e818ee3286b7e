//! What a receptionist does, on the real pages with a real database; found by the labels that a
//! screen reader would read.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod desk_scene;

use std::time::Duration;

use balie::desk::slint::platform::Key;
use balie::desk::slint::{ComponentHandle, Model};
use balie::desk::ui::{AlertState, ChoiceKind, Desk as DeskGlobal, DetailState, ListState};
use balie::domain::task::StatusFilter;
use balie::panel::{PanelEvent, Press};
use desk_scene::{Scene, Shop};

const CARS: [(&str, i64); 6] =
    [("JL-29-JK", 3), ("23-NL-PD", -6), ("74-XE-VV", 0), ("ZH-12-LX", 9), ("07-ZP-FH", -2), ("12-GB-KL", 13)];

#[test]
fn the_most_urgent_task_is_shown_first_with_one_big_button() {
    let shop = Shop::with(&CARS);
    let scene = Scene::of(&shop);
    assert_eq!(scene.plates(), ["23-NL-PD", "07-ZP-FH", "74-XE-VV", "JL-29-JK", "ZH-12-LX", "12-GB-KL"]);
    assert_eq!(scene.selected_plate(), "23-NL-PD");
    assert_eq!(scene.tasks().get_detail_state(), DetailState::Shown);
    assert!(
        scene.tasks().get_detail().description.contains("APK"),
        "{}",
        scene.tasks().get_detail().description
    );
    assert!(scene.has("Afgehandeld"));
    let tasks = scene.tasks();
    assert_eq!((tasks.get_overdue(), tasks.get_due_today(), tasks.get_coming()), (2, 1, 3));
}

#[test]
fn filters_carry_their_counts_and_change_the_list() {
    let shop = Shop::with(&CARS);
    let mut scene = Scene::of(&shop);
    scene.touch("Periode");
    let entry = scene.control("Komende 7 dagen");
    assert_eq!(entry.accessible_value().unwrap(), "2");
    assert_eq!(scene.control("Afgelopen 7 dagen").accessible_value().unwrap(), "3");
    scene.touch("Komende 7 dagen");
    assert_eq!(scene.plates(), ["74-XE-VV", "JL-29-JK"]);
    assert_eq!(scene.selected_plate(), "74-XE-VV");
    scene.touch("Soort taak");
    assert_eq!(scene.control("Auto-offerte").accessible_value().unwrap(), "0");
    scene.touch("Auto-offerte");
    assert_eq!(scene.tasks().get_state(), ListState::NoMatch);
    scene.touch("Toon alle open taken");
    assert_eq!(scene.plates().len(), 6);
    scene.touch("Medewerker");
    assert_eq!(scene.control("Niet toegekend").accessible_value().unwrap(), "6");
    assert_eq!(scene.control("Els Hermans").accessible_value().unwrap(), "0");
    scene.touch("Sluiten");
    assert_eq!(scene.window().global::<DeskGlobal>().get_choice(), ChoiceKind::None);
}

#[test]
fn a_touch_on_a_column_sorts_and_the_next_turns_it_round() {
    let shop = Shop::with(&CARS);
    let mut scene = Scene::of(&shop);
    scene.touch("Kenteken");
    assert_eq!(scene.plates(), ["07-ZP-FH", "12-GB-KL", "23-NL-PD", "74-XE-VV", "JL-29-JK", "ZH-12-LX"]);
    scene.touch("Kenteken");
    assert_eq!(scene.plates()[0], "ZH-12-LX");
    assert_eq!(scene.control("Kenteken").accessible_value().unwrap(), "descending");
}

#[test]
fn handled_takes_the_task_away_and_the_next_one_takes_its_place() {
    let shop = Shop::with(&CARS);
    let mut scene = Scene::of(&shop);
    scene.touch("Afgehandeld");
    assert_eq!(shop.plates(StatusFilter::Closed), ["23-NL-PD"]);
    assert_eq!(scene.plates().len(), 5);
    assert_eq!(scene.selected_plate(), "07-ZP-FH");
    assert_eq!(scene.tasks().get_overdue(), 1);
    scene.touch("Status");
    scene.touch("Gesloten taken");
    assert_eq!(scene.plates(), ["23-NL-PD"]);
    // A closed task has no button; what is left is the column.
    assert!(scene.control("Afgehandeld").size().height < 60.0);
}

#[test]
fn f5_the_icon_and_the_button_open_the_most_urgent_task() {
    let shop = Shop::with(&CARS);
    let mut scene = Scene::of(&shop);
    for way in 0..3 {
        scene.touch("ZH-12-LX, APK vervalt");
        assert_eq!(scene.selected_plate(), "ZH-12-LX");
        scene.touch("Periode");
        match way {
            0 => scene.key(Key::F5),
            1 => {
                scene.key(Key::Escape);
                scene.touch("Opvolgen: meest dringende taak");
            }
            _ => {
                scene.desk.panel(PanelEvent::Press(Press::Short));
                scene.settle();
            }
        }
        assert_eq!(scene.selected_plate(), "23-NL-PD", "way {way}");
        assert_eq!(scene.window().global::<DeskGlobal>().get_choice(), ChoiceKind::None);
    }
}

#[test]
fn a_task_that_another_program_makes_appears_within_two_seconds() {
    let mut shop = Shop::with(&CARS);
    let mut scene = Scene::of(&shop);
    shop.add(&[("99-GH-JK", -9)]);
    let came =
        scene.until(Duration::from_secs(2), |scene| scene.plates().first().is_some_and(|p| p == "99-GH-JK"));
    assert!(came, "{:?}", scene.plates());
    scene.settle();
    assert_eq!(scene.tasks().get_overdue(), 3);
    // The receptionist's task stays selected.
    assert_eq!(scene.selected_plate(), "23-NL-PD");
    // More than a week late: the lamp speaks fast.
    assert_eq!(scene.desk.alert(), Some(balie::rules::alert::Alert::Fast));
}

#[test]
fn the_finger_means_the_task_that_was_under_it() {
    let mut shop = Shop::with(&CARS);
    let mut scene = Scene::of(&shop);
    // Down on a row; the list moves; up.
    let at = scene.middle("74-XE-VV, APK vervalt");
    scene.press(at);
    std::thread::sleep(Duration::from_millis(120));
    scene.canvas.draw();
    shop.add(&[("88-GH-JK", -12), ("77-GH-JK", -11)]);
    assert!(scene.until(Duration::from_secs(2), |scene| scene.plates()[0] == "88-GH-JK"));
    scene.settle();
    scene.release(at);
    scene.settle();
    assert_eq!(scene.selected_plate(), "74-XE-VV");
    // Down on 'handled'; another program finishes this very task; up.
    let shown = scene.tasks().get_selected_id();
    let at = scene.middle("Afgehandeld");
    scene.press(at);
    let actor = balie::store::history::Actor {
        origin: balie::store::history::Origin::Command,
        at: "2015-05-01T09:00:00Z".parse().unwrap(),
    };
    let id = balie::domain::ids::TaskId(i64::from(shown));
    shop.store().handle_task(id, None, actor).unwrap();
    assert!(scene.until(Duration::from_secs(2), |scene| scene.selected_plate() != "74-XE-VV"));
    scene.release(at);
    scene.settle();
    assert_eq!(shop.plates(StatusFilter::Closed), ["74-XE-VV"], "nobody else's task was closed");
}

#[test]
fn a_quick_tap_on_a_list_that_just_moved_selects_nothing_wrong() {
    let mut shop = Shop::with(&CARS);
    let mut scene = Scene::of(&shop);
    let first = |scene: &Scene| scene.tasks().get_rows().row_data(0).map(|row| row.id);
    for turn in 0..12_u8 {
        let (plates, top) = (scene.plates(), first(&scene));
        let wanted = plates[usize::from(turn) % 5].clone();
        let before = scene.selected_plate();
        let at = scene.middle(&format!("{wanted}, APK vervalt"));
        shop.add(&[(
            format!("{}-GH-{}K", 10 + turn, char::from(b'B' + turn)).as_str(),
            -20 - i64::from(turn),
        )]);
        // The finger comes down just before or just after the list moves.
        if turn % 2 == 0 {
            assert!(scene.until(Duration::from_secs(3), |scene| first(scene) != top));
        }
        scene.press(at);
        if turn % 2 == 1 {
            assert!(scene.until(Duration::from_secs(3), |scene| first(scene) != top));
        }
        scene.release(at);
        scene.settle();
        let now = scene.selected_plate();
        assert!(now == before || now == wanted, "turn {turn}: {wanted} was meant, {now} was taken");
    }
}

#[test]
fn two_quick_taps_finish_one_task() {
    let shop = Shop::with(&CARS);
    let mut scene = Scene::of(&shop);
    std::thread::sleep(Duration::from_millis(400));
    let at = scene.middle("Afgehandeld");
    for _ in 0..2 {
        scene.press(at);
        scene.release(at);
        let began = std::time::Instant::now();
        while began.elapsed() < Duration::from_millis(150) {
            scene.desk.wait_for_answer(Duration::from_millis(10));
            scene.canvas.draw();
        }
    }
    scene.settle();
    assert_eq!(shop.plates(StatusFilter::Closed), ["23-NL-PD"]);
}

#[test]
fn languages_change_the_screen_and_the_descriptions() {
    let shop = Shop::with(&CARS);
    let mut scene = Scene::of(&shop);
    scene.touch("Taal");
    scene.touch("Deutsch");
    assert!(scene.has("Erledigt") && scene.has("Ausführen am"));
    assert!(
        scene.tasks().get_detail().description.contains("Termin"),
        "{}",
        scene.tasks().get_detail().description
    );
    scene.touch("Sprache");
    scene.touch("English");
    assert!(scene.has("Handled") && scene.has("Execute on"));
    scene.touch("Language");
    scene.touch("Português");
    assert!(scene.has("Concluir"));
}

#[test]
fn a_dark_screen_wakes_and_the_touch_does_nothing_else() {
    let shop = Shop::with(&CARS);
    let mut scene = Scene::of(&shop);
    let at = scene.middle("ZH-12-LX, APK vervalt");
    scene.window().global::<DeskGlobal>().set_dimmed(true);
    scene.canvas.draw();
    scene.press(at);
    scene.canvas.draw();
    scene.release(at);
    scene.settle();
    assert!(!scene.window().global::<DeskGlobal>().get_dimmed());
    assert_eq!(scene.selected_plate(), "23-NL-PD");
    scene.touch("ZH-12-LX, APK vervalt");
    assert_eq!(scene.selected_plate(), "ZH-12-LX");
    // The button on the desk only wakes it as well.
    scene.window().global::<DeskGlobal>().set_dimmed(true);
    scene.desk.panel(PanelEvent::Press(Press::Short));
    scene.settle();
    assert_eq!(scene.selected_plate(), "ZH-12-LX");
}

#[test]
fn icon_and_lamp_say_the_same() {
    let shop = Shop::with(&CARS);
    let scene = Scene::of(&shop);
    use balie::rules::alert::Alert;
    assert_eq!(scene.desk.alert(), Some(Alert::Slow));
    scene.desk.panel(PanelEvent::Blink { alert: Alert::Slow, lit: true });
    let desk = scene.window().global::<DeskGlobal>();
    assert_eq!((desk.get_alert(), desk.get_lit()), (AlertState::Slow, true));
    scene.desk.panel(PanelEvent::Press(Press::Long));
    assert_eq!(scene.desk.alert(), Some(Alert::Off));
}
