//! What cannot be read is said to be so: a list, a count or the lamp never claim that nothing is
//! due when the database did not answer.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod desk_faulty;
mod desk_scene;

use std::sync::Arc;
use std::time::Duration;

use balie::desk::Places;
use balie::desk::slint::ComponentHandle;
use balie::desk::ui::{
    Desk as DeskGlobal, DetailState, Edit, EditState, FaultKind, ListState, Outcome, Page, Toast, Why,
};
use balie::domain::task::StatusFilter;
use balie::panel::{PanelEvent, Press};
use balie::rules::alert::Alert;
use balie::store::backup::keep_nightly;
use desk_faulty::Fault;
use desk_scene::{Scene, Shop, machine, machine_with, signed_in};

/// The calls that the list needs.
const LIST_CALLS: [&str; 7] = ["version", "page", "cube", "pulse", "employees", "detail", "open"];

fn scene(shop: &Shop, failing: Option<&'static str>) -> (Scene, Fault) {
    desk_faulty::scene(shop, signed_in("ELS"), failing)
}

const CARS: [(&str, i64); 2] = [("JL-29-JK", -3), ("23-NL-PD", 4)];

#[test]
fn no_failing_call_looks_like_nothing_due_and_all_recover() {
    let shop = Shop::with(&CARS);
    for call in LIST_CALLS {
        // A thread for each: Slint has one screen a thread.
        std::thread::scope(|scope| scope.spawn(|| survives(&shop, call)).join().unwrap());
    }
}

fn survives(shop: &Shop, call: &'static str) {
    {
        let (mut scene, fault) = scene(shop, Some(call));
        let state = scene.tasks().get_state();
        assert_ne!(state, ListState::NothingDue, "{call}");
        if call == "detail" {
            assert_eq!(scene.tasks().get_detail_state(), DetailState::Error);
            return;
        }
        assert!(!scene.tasks().get_counts_known(), "{call}: counts are unknown");
        assert_eq!(scene.desk.alert(), Some(Alert::Steady), "{call}: the lamp asks for help");
        if state == ListState::Filled {
            let shown = scene.window().global::<DeskGlobal>().get_fault();
            assert_eq!(shown, FaultKind::ListUnreadable, "{call}: the banner says so");
        } else {
            assert_eq!(state, ListState::Error, "{call}");
            assert!(scene.has("De taken konden niet worden gelezen"));
        }
        fault.mended();
        let mended = scene.until(Duration::from_secs(5), |scene| {
            scene.tasks().get_state() == ListState::Filled
                && scene.tasks().get_counts_known()
                && scene.window().global::<DeskGlobal>().get_fault() == FaultKind::None
        });
        assert!(mended, "{call}: it is well again, and so is the screen");
        assert_eq!(scene.plates(), ["JL-29-JK", "23-NL-PD"]);
        assert_eq!(scene.desk.alert(), Some(Alert::Slow), "{call}");
    }
}

#[test]
fn a_list_that_was_read_stays_under_a_banner() {
    let shop = Shop::with(&CARS);
    let (mut scene, fault) = scene(&shop, None);
    assert_eq!(scene.plates(), ["JL-29-JK", "23-NL-PD"]);
    fault.breaks("version");
    assert!(scene.until(Duration::from_secs(3), |scene| !scene.tasks().get_counts_known()));
    assert_eq!(scene.plates(), ["JL-29-JK", "23-NL-PD"]);
    assert_eq!(scene.window().global::<DeskGlobal>().get_fault(), FaultKind::ListUnreadable);
    assert_eq!(scene.desk.alert(), Some(Alert::Steady));
}

#[test]
fn what_could_not_be_saved_stays_in_the_list_and_can_be_tried_again() {
    let shop = Shop::with(&CARS);
    let (mut scene, fault) = scene(&shop, None);
    fault.set_full(true);
    scene.touch("Afgehandeld");
    assert_eq!(shop.plates(StatusFilter::Closed), Vec::<String>::new());
    assert_eq!(scene.plates(), ["JL-29-JK", "23-NL-PD"]);
    assert!(scene.has("Dit kon niet worden opgeslagen. Probeer het nog eens."));
    assert_eq!(scene.window().global::<DeskGlobal>().get_fault(), FaultKind::DiskFull);
    fault.set_full(false);
    scene.touch("Afgehandeld");
    assert_eq!(shop.plates(StatusFilter::Closed), ["JL-29-JK"]);
    assert_eq!(scene.window().global::<DeskGlobal>().get_fault(), FaultKind::None);
}

#[test]
fn a_doubted_clock_and_a_broken_panel_are_named() {
    let shop = Shop::with(&CARS);
    let machine = machine();
    let mut scene = Scene::with(signed_in("ELS"), Arc::clone(&machine), shop.opener()).settled();
    let fault = |scene: &Scene| scene.window().global::<DeskGlobal>().get_fault();
    assert_eq!(fault(&scene), FaultKind::None);
    *machine.trusted.lock().unwrap() = false;
    scene.desk.tick();
    scene.settle();
    assert_eq!(fault(&scene), FaultKind::ClockUntrusted);
    assert_eq!(scene.desk.alert(), Some(Alert::Steady));
    scene.desk.panel_fault(balie::panel::Part::Board);
    assert_eq!(scene.window().global::<DeskGlobal>().get_more_faults(), 2);
    *machine.trusted.lock().unwrap() = true;
    scene.desk.tick();
    assert_eq!(fault(&scene), FaultKind::LampUnavailable);
}

#[test]
fn a_new_day_turns_the_list() {
    let shop = Shop::with(&CARS);
    let machine = machine();
    let mut scene = Scene::with(signed_in("ELS"), Arc::clone(&machine), shop.opener()).settled();
    assert_eq!(scene.tasks().get_overdue(), 1);
    *machine.today.lock().unwrap() = "2015-05-09".parse().unwrap();
    assert!(scene.until(Duration::from_secs(2), |scene| scene.tasks().get_overdue() == 2));
    scene.settle();
    assert_eq!(scene.tasks().get_detail().task.days, -11);
}

#[test]
fn a_task_that_cannot_be_read_or_saved_says_so_and_loses_no_word() {
    let shop = Shop::with(&CARS);
    let (mut scene, fault) = scene(&shop, None);
    let page = |scene: &Scene| scene.window().global::<Edit>().get_state();
    fault.breaks("edit.look");
    scene.touch("Opvolgen");
    assert_eq!(page(&scene), EditState::Error);
    assert!(scene.has("Deze taak kon niet worden gelezen"));
    fault.mended();
    assert!(scene.until(Duration::from_secs(8), |scene| page(scene) == EditState::Shown), "by itself");
    std::thread::sleep(Duration::from_millis(400));
    scene.touch("Geen gehoor");
    for call in ["edit.save", "edit.unlink"] {
        fault.breaks(call);
        if call == "edit.save" {
            scene.touch("Afgehandeld en opslaan");
        } else {
            scene.touch("Ontkoppel alle eigenaren");
            scene.touch("Ontkoppel en sluit");
        }
        assert!(scene.has("Dit kon niet worden opgeslagen. Probeer het nog eens."), "{call}");
        assert!(shop.plates(StatusFilter::Closed).is_empty(), "{call}");
        assert_eq!(scene.window().global::<Edit>().get_outcome(), Outcome::NoAnswer, "{call}");
        assert_eq!(scene.window().global::<DeskGlobal>().get_page(), Page::Task, "{call}");
        assert_eq!(shop.store().drafts().unwrap().len(), 1, "{call}: what was staged is on disk");
    }
    fault.breaks("edit.story");
    scene.touch("Historie");
    assert!(scene.has("De geschiedenis kon niet worden gelezen."));
    scene.touch("Sluiten");
    fault.breaks("edit.find");
    scene.touch("Kies");
    scene.window().global::<Edit>().invoke_find("jan".into());
    scene.settle();
    assert!(scene.has("De klanten konden niet worden gelezen.") && !scene.has("Niemand gevonden"));
    scene.touch("Sluiten");
    fault.mended();
    scene.touch("Afgehandeld en opslaan");
    assert_eq!(shop.plates(StatusFilter::Closed), ["JL-29-JK"]);
    fault.breaks("step.undo");
    scene.touch("Ongedaan maken");
    assert_eq!(scene.window().global::<DeskGlobal>().get_toast(), Toast::NotSaved);
    assert_eq!(shop.plates(StatusFilter::Closed), ["JL-29-JK"]);
}

#[test]
fn reasons_that_cannot_be_read_are_not_none() {
    let shop = Shop::with(&CARS);
    let (mut scene, fault) = scene(&shop, None);
    fault.breaks("why.look");
    scene.touch("Waarom is deze taak er?");
    assert_eq!(scene.window().global::<Why>().get_state(), EditState::Error);
    assert!(scene.has("De redenen konden niet worden gelezen"));
    fault.mended();
    let read = |scene: &Scene| scene.window().global::<Why>().get_state() == EditState::Shown;
    assert!(scene.until(Duration::from_secs(8), read));
}

#[test]
fn a_damaged_database_is_put_back_by_itself_and_the_banner_names_its_copy() {
    let shop = Shop::with(&CARS);
    let database = shop.database();
    let folder = database.parent().unwrap().to_owned();
    let backups = folder.join("backup");
    keep_nightly(&shop.store(), &backups, "2015-04-30".parse().unwrap(), &mut |_, _| {}).unwrap();
    let whole = std::fs::read(&database).unwrap();
    std::fs::write(&database, vec![0xA5; whole.len()]).unwrap();
    let places = Places {
        database: database.clone(),
        rejects: folder.join("rejects"),
        backups: backups.clone(),
        sticks: folder.join("media"),
    };
    let mut scene = Scene::with(signed_in("ELS"), machine_with(Some(places)), shop.opener()).settled();
    let back =
        |scene: &Scene| scene.tasks().get_state() == ListState::Filled && scene.tasks().get_counts_known();
    assert!(scene.until(Duration::from_secs(10), back), "the list is back");
    assert_eq!(scene.plates(), ["JL-29-JK", "23-NL-PD"]);
    assert_eq!(scene.window().global::<DeskGlobal>().get_fault(), FaultKind::Restored);
    let on = scene.window().global::<DeskGlobal>().get_restored_on();
    assert_eq!((on.year, on.month, on.day), (2015, 4, 30));
    assert!(scene.has(
        "De database was beschadigd; de kopie van 30-04-2015 is teruggezet. Voer opnieuw in wat daarna is gedaan \
         en bel uw technicus."
    ));
    assert_eq!(scene.desk.alert(), Some(Alert::Slow), "it needs no help any more");
    let kept = std::fs::read_dir(&backups).unwrap().map(|entry| entry.unwrap().path());
    let bad = kept
        .filter(|path| path.to_string_lossy().contains("before-restore-"))
        .find_map(|path| std::fs::read(path).ok());
    assert_eq!(bad.unwrap(), vec![0xA5; whole.len()]);
    // What came under the finger just now is not what it meant.
    std::thread::sleep(Duration::from_millis(500));
    scene.settle();
    scene.touch("Afgehandeld");
    assert_eq!(shop.plates(StatusFilter::Closed), ["JL-29-JK"]);
}

#[test]
fn a_touchscreen_that_has_gone_is_told_and_the_button_works() {
    let shop = Shop::with(&CARS);
    let machine = machine();
    let mut scene = Scene::with(signed_in("ELS"), Arc::clone(&machine), shop.opener()).settled();
    let fault = |scene: &Scene| scene.window().global::<DeskGlobal>().get_fault();
    assert_eq!(fault(&scene), FaultKind::None);
    *machine.touch_gone.lock().unwrap() = true;
    assert!(scene.until(Duration::from_secs(5), |scene| fault(scene) == FaultKind::TouchGone));
    assert_eq!(scene.desk.alert(), Some(Alert::Steady));
    scene.desk.panel(PanelEvent::Press(Press::Short));
    scene.settle();
    assert_eq!(scene.selected_plate(), "JL-29-JK");
    *machine.touch_gone.lock().unwrap() = false;
    assert!(
        scene.until(Duration::from_secs(5), |scene| fault(scene) == FaultKind::None),
        "without a restart"
    );
    assert_eq!(scene.desk.alert(), Some(Alert::Slow));
}
