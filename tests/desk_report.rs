//! The results on the real page (CLK-07): what was done at the desk is counted there, and written as a file.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod desk_faulty;
mod desk_scene;

use std::time::Duration;

use balie::desk::slint::{ComponentHandle, Model};
use balie::desk::ui::{Desk as DeskGlobal, Page, Report};
use desk_scene::{Scene, Shop, signed_in};

const CARS: [(&str, i64); 3] = [("JL-29-JK", 3), ("23-NL-PD", -6), ("74-XE-VV", 0)];

/// The page's numbers: made, handled, late, led to something.
fn total(scene: &Scene) -> (i32, i32, i32, i32) {
    let total = scene.window().global::<Report>().get_total();
    (total.made, total.handled, total.late, total.led)
}

fn open(scene: &mut Scene) {
    scene.touch("Instellen");
    scene.touch("Resultaten");
    assert_eq!(scene.window().global::<DeskGlobal>().get_page(), Page::Report);
}

#[test]
fn what_was_done_at_the_desk_is_counted_and_written_as_a_file() {
    let shop = Shop::with(&CARS);
    let mut scene = Scene::with(signed_in("ELS"), desk_scene::machine(), shop.opener()).settled();
    open(&mut scene);
    let before = total(&scene);
    assert_eq!((before.0, before.1), (3, 0), "three made, none handled");
    scene.touch("Taken");
    scene.touch("Opvolgen");
    std::thread::sleep(Duration::from_millis(400));
    scene.touch("Geïnformeerd");
    scene.touch("Afgehandeld en opslaan");
    open(&mut scene);
    assert_eq!(total(&scene).1, 1);
    scene.touch("Medewerkers");
    let lines = scene.window().global::<Report>().get_lines();
    let handled: Vec<(String, i32)> = lines.iter().map(|one| (one.name.to_string(), one.handled)).collect();
    assert!(handled.iter().any(|(name, handled)| name == "Els Hermans" && *handled == 1), "{handled:?}");
    scene.touch("Weken");
    assert!(scene.window().global::<Report>().get_lines().iter().any(|week| week.handled == 1));
    scene.touch("4 weken");
    assert_eq!(total(&scene).1, 1);
    scene.show("Deze cijfers als bestand bewaren");
    scene.touch("Deze cijfers als bestand bewaren");
    let written = scene.window().global::<Report>().get_written();
    let text = std::fs::read_to_string(written.as_str()).unwrap();
    assert!(text.lines().count() > 1 && text.contains("ELS"), "{text}");
}

#[test]
fn figures_that_cannot_be_read_are_no_zeros() {
    let shop = Shop::with(&CARS);
    let (mut scene, fault) = desk_faulty::scene(&shop, signed_in("ELS"), None);
    fault.breaks("report.read");
    open(&mut scene);
    assert!(scene.has("De resultaten kunnen niet worden gelezen"), "{:?}", scene.labels());
    fault.mended();
    scene.touch("Probeer opnieuw");
    assert_eq!(total(&scene).0, 3);
}

#[test]
fn the_figures_are_for_managers() {
    let shop = Shop::with(&CARS);
    shop.import(&[("employees.csv", "code,name,role\nELS,Els Hermans,manager\nJAN,Jan Bos,reception\n")]);
    let mut scene = Scene::with(signed_in("JAN"), desk_scene::machine(), shop.opener()).settled();
    scene.window().global::<DeskGlobal>().invoke_go(Page::Report, 0);
    scene.settle();
    assert_eq!(total(&scene).0, 0, "nothing was read");
}
