//! The plug is pulled in the middle of an edit: a desk of its own process is killed with SIGKILL while
//! somebody types, and the next one offers what was typed (fault table, row 1).

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod desk_scene;

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use balie::desk::Desk;
use balie::desk::slint::ComponentHandle;
use balie::desk::ui::{Desk as DeskGlobal, Edit, EditState, Page};
use balie::domain::task::StatusFilter;
use desk_scene::{Scene, Shop, machine, opener, signed_in};

const CARS: [(&str, i64); 3] = [("JL-29-JK", 3), ("23-NL-PD", -6), ("74-XE-VV", 0)];
const DATABASE: &str = "BALIE_TEST_KILL_DRAFT";
const KILLS: usize = 8;

/// The life of the desk that is killed; does nothing unless the other test starts it.
#[test]
fn the_desk_that_is_killed() {
    let Some(database) = std::env::var_os(DATABASE).map(PathBuf::from) else { return };
    let mut scene = Scene::with(signed_in("ELS"), machine(), opener(&database)).settled();
    assert!(scene.until(Duration::from_secs(20), |scene| scene.has("Opvolgen")));
    scene.touch("Opvolgen");
    scene.touch("Geen gehoor");
    let mut note = String::new();
    for word in 0.. {
        note = format!("{note}woord{word} ");
        let edit = scene.window().global::<Edit>();
        edit.set_note(note.as_str().into());
        edit.invoke_set_note(note.as_str().into());
        // A pause between words: longer than it takes to be kept, or shorter.
        let pause = if word % 3 == 2 { 420 } else { 60 };
        std::thread::sleep(Duration::from_millis(pause));
        scene.canvas.draw();
        if pause > 400 {
            while scene.desk.wait_for_answer(Duration::from_millis(60)) {}
            let kept = balie::store::Store::open(&database).unwrap().drafts().unwrap();
            assert!(kept.iter().any(|draft| draft.content.contains(&format!("woord{word}"))));
            println!("kept {word}");
        }
    }
}

#[test]
fn what_was_typed_is_offered_after_a_kill() {
    if std::env::var_os(DATABASE).is_some() {
        return;
    }
    let shop = Shop::with(&CARS);
    for kill in 0..KILLS {
        let mut desk = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "the_desk_that_is_killed", "--nocapture"])
            .env(DATABASE, shop.database())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut kept = None;
        for line in BufReader::new(desk.stdout.take().unwrap()).lines() {
            let line = line.unwrap();
            if let Some(word) = line.split("kept ").nth(1) {
                kept = Some(word.trim().parse::<usize>().unwrap());
                if kept >= Some(2 + 3 * (kill % 3)) {
                    break;
                }
            }
        }
        // In the middle of the next words.
        std::thread::sleep(Duration::from_millis(37 * u64::try_from(kill).unwrap()));
        desk.kill().unwrap();
        desk.wait().unwrap();
        let kept = kept.expect("the desk kept a draft");
        shop.store().check().unwrap();
        // A thread for each: Slint has one screen a thread.
        std::thread::scope(|scope| scope.spawn(|| offered(&shop, kept, kill)).join().unwrap());
    }
}

/// What the page of a task shows.
fn page(scene: &Scene) -> Edit<'_> {
    scene.window().global::<Edit>()
}

fn offered(shop: &Shop, kept: usize, kill: usize) {
    let mut scene = Scene::of(shop);
    let offered = scene.until(Duration::from_secs(20), |scene| page(scene).get_draft_there());
    assert!(offered, "kill {kill}: it is offered");
    assert_eq!(page(&scene).get_draft().plate, "23-NL-PD");
    assert!(shop.plates(StatusFilter::Closed).is_empty(), "nothing was saved by itself");
    if kill + 1 < KILLS {
        scene.touch("Ga verder");
        assert_eq!(scene.window().global::<DeskGlobal>().get_page(), Page::Task);
        assert_eq!(page(&scene).get_state(), EditState::Shown);
        let note = page(&scene).get_note();
        assert!(note.contains(&format!("woord{kept} ")), "kill {kill}: {note}");
        assert!(scene.has("U was hiermee bezig; er is niets verloren."));
        if kill.is_multiple_of(2) {
            // Left as it is: the next desk finds it too. Else it is thrown away.
            return;
        }
        scene.touch("Afbreken");
    } else {
        scene.touch("Weggooien");
    }
    assert!(!page(&scene).get_draft_there());
    assert!(shop.store().drafts().unwrap().is_empty());
    let desk: &Desk = &scene.desk;
    assert_eq!(desk.window().global::<DeskGlobal>().get_page(), Page::Tasks);
}
