//! A thousand changes of the list while fingers are on the screen: no touch ever reaches another task
//! than the one that was under it (fault table, row 23).

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod desk_scene;

use std::time::{Duration, Instant};

use balie::desk::slint::ComponentHandle;
use balie::desk::ui::{Desk as DeskGlobal, Edit, Page};
use balie::domain::edit::TaskEdit;
use balie::domain::ids::TaskId;
use balie::domain::task::StatusFilter;
use balie::store::Store;
use balie::store::history::{Actor, Origin};
use balie::store::task_edit::{Save, Saved};
use desk_scene::{Scene, Shop, all};
use i_slint_backend_testing::{AccessibleRole, ElementHandle};

const TOUCHES: usize = 50;
const CHANGES: usize = 20;

/// Another program: gives some task another date, so that rows change places.
struct Other {
    store: Store,
    tasks: Vec<TaskId>,
    dice: u64,
    changes: usize,
}

impl Other {
    fn roll(&mut self, below: usize) -> usize {
        self.dice = self.dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.dice >> 33).unwrap() % below
    }

    fn change(&mut self) {
        let place = self.roll(self.tasks.len());
        let day = self.roll(40);
        let task = self.tasks[place];
        let today: chrono::NaiveDate = "2015-05-01".parse().unwrap();
        let execute_on = today + chrono::TimeDelta::days(i64::try_from(day).unwrap() - 20);
        let version = self.store.task_fields(task).unwrap().version;
        let edit = TaskEdit { execute_on: Some(execute_on), ..TaskEdit::default() };
        let at = "2015-05-01T09:00:00Z".parse().unwrap();
        let save = Save { task, version, edit: &edit, finish: false, words: None, today };
        let saved = self.store.save_task(&save, Actor { origin: Origin::Command, at }).unwrap();
        assert!(matches!(saved, Saved::Done(_)));
        self.changes += 1;
    }
}

/// The desk works on, for a while.
fn turn(scene: &mut Scene, milliseconds: u64) {
    let began = Instant::now();
    while began.elapsed() < Duration::from_millis(milliseconds) {
        scene.desk.wait_for_answer(Duration::from_millis(5));
        scene.canvas.draw();
    }
}

/// The plate of the row under a finger.
fn under(scene: &Scene, y: f32) -> Option<String> {
    let hit = |element: &ElementHandle| {
        let (top, size) = (element.absolute_position().y, element.size());
        element.accessible_role() == Some(AccessibleRole::ListItem) && (top..top + size.height).contains(&y)
    };
    let row = all(scene.window()).into_iter().find(hit)?;
    Some(row.accessible_label()?.split(", ").next()?.to_owned())
}

#[test]
fn a_thousand_changes_and_no_wrong_task_is_touched() {
    let cars: Vec<(String, i64)> = (0..30_u8)
        .map(|car| {
            let letter = |step: u8| char::from(b'B' + (car + step) % 5);
            (
                format!("{}-{}{}-{}{}", 10 + car, letter(0), letter(1), letter(2), letter(3)),
                i64::from(car) - 15,
            )
        })
        .collect();
    let cars: Vec<(&str, i64)> = cars.iter().map(|(plate, days)| (plate.as_str(), *days)).collect();
    let shop = Shop::with(&cars);
    let tasks: Vec<TaskId> = shop.rows(StatusFilter::Open).iter().map(|row| row.id).collect();
    assert_eq!(tasks.len(), 30);
    let mut other = Other { store: shop.store(), tasks, dice: 7, changes: 0 };
    let mut scene = Scene::of(&shop);
    let (mut meant, mut missed) = (0, 0);
    for touch in 0..TOUCHES {
        let plates = scene.plates();
        let wanted = plates[other.roll(plates.len().min(6))].clone();
        let before = scene.selected_plate();
        // In turn: a row, the big button, the button that opens the task.
        let label = match touch % 3 {
            0 => format!("{wanted}, APK vervalt"),
            1 => "Afgehandeld".to_owned(),
            _ => "Opvolgen".to_owned(),
        };
        let at = scene.middle(&label);
        for _ in 0..CHANGES / 2 {
            other.change();
        }
        // The finger comes down where the list stood, or after it has just moved.
        if touch % 2 == 0 {
            turn(&mut scene, 320);
        }
        let target = match touch % 3 {
            0 => under(&scene, at.y),
            _ => Some(scene.selected_plate()),
        };
        scene.press(at);
        for _ in 0..CHANGES / 2 {
            other.change();
        }
        turn(&mut scene, if touch % 4 < 2 { 330 } else { 30 });
        scene.release(at);
        turn(&mut scene, 380);
        let page = scene.window().global::<DeskGlobal>().get_page();
        let done = match touch % 3 {
            0 => Some(scene.selected_plate()).filter(|now| *now != before),
            1 => shop.plates(StatusFilter::Closed).first().cloned(),
            _ => (page == Page::Task)
                .then(|| scene.window().global::<Edit>().get_detail().task.plate.to_string())
                .filter(|plate| !plate.is_empty()),
        };
        match done {
            // A touch that came while all was moving may do nothing; it never does something else.
            None => missed += 1,
            Some(done) => {
                assert_eq!(Some(&done), target.as_ref(), "touch {touch} ({label}): another was taken");
                meant += 1;
            }
        }
        for row in shop.rows(StatusFilter::Closed) {
            let at = "2015-05-01T09:00:00Z".parse().unwrap();
            for step in other.store.task_steps(row.id).unwrap().into_iter().rev().take(1) {
                other.store.undo(step.id, Actor { origin: Origin::Command, at }).unwrap();
            }
        }
        if page == Page::Task {
            scene.window().global::<Edit>().invoke_cancel();
        }
        turn(&mut scene, 340);
    }
    assert_eq!(other.changes, TOUCHES * CHANGES);
    assert!(meant > TOUCHES / 3, "{meant} touches reached their task, {missed} did nothing");
    println!(
        "{} changes, {meant} touches reached their task, {missed} did nothing, 0 another",
        other.changes
    );
}
