//! Every picture of every page, reached through the desk's own doors in a busy shop: in three sizes and
//! four languages no word is cut off, nothing hangs over the side, and what can be touched is as large
//! as a finger.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod desk_scene;

use balie::desk::picture;
use balie::domain::language::Language;
use desk_scene::{Scene, Shop, wrong};

const CARS: [(&str, i64); 6] =
    [("JL-29-JK", 3), ("23-NL-PD", -6), ("74-XE-VV", 0), ("ZH-12-LX", 9), ("07-ZP-FH", -2), ("12-GB-KL", 13)];

#[test]
fn every_picture_fits_at_1280_by_800() {
    every_picture_fits((1280, 800));
}

#[test]
fn every_picture_fits_at_800_by_480() {
    every_picture_fits((800, 480));
}

#[test]
fn every_picture_fits_upright() {
    every_picture_fits((720, 1280));
}

fn every_picture_fits(size: (u32, u32)) {
    let shop = Shop::with(&CARS);
    let mut scene = Scene::of(&shop);
    scene.canvas.resize(size.0, size.1);
    scene.settle();
    let mut faults = Vec::new();
    // What nothing leads back from is looked at in desk_pictures.
    for page in
        picture::pages().into_iter().filter(|page| !page.starts_with("tasks-e") && *page != "tasks-loading")
    {
        assert!(picture::show(&scene.desk, page), "{page}");
        scene.rest();
        for language in Language::ALL {
            scene.desk.speak(language);
            scene.rest();
            if let Ok(folder) = std::env::var("BALIE_PICTURES") {
                let file = format!("{page}-{}-{language}.png", size.0);
                scene.canvas.save(&std::path::Path::new(&folder).join(file)).unwrap();
            }
            let what = wrong(scene.window(), size);
            faults.extend(
                what.into_iter().map(|what| format!("{page} {}x{} {language}: {what}", size.0, size.1)),
            );
        }
        scene.desk.speak(Language::Nl);
    }
    assert!(faults.is_empty(), "{} faults\n{}", faults.len(), faults.join("\n"));
}
