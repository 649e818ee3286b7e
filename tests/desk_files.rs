//! Files from outside and copies of the database, through the real page: looked at, taken in, taken back,
//! copied and put back.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod desk_scene;

use std::fs;
use std::path::Path;
use std::time::Duration;

use balie::desk::Places;
use balie::desk::slint::{ComponentHandle, Model};
use balie::desk::ui::{FileKind, Files, FilesSheet, FilesState};
use balie::domain::task::StatusFilter;
use desk_scene::{Scene, Shop, machine_with, signed_in};

const LONG: Duration = Duration::from_secs(20);

fn places(shop: &Shop, sticks: &Path) -> Places {
    let folder = shop.folder.path();
    Places {
        database: shop.database(),
        rejects: folder.join("rejects"),
        backups: folder.join("backup"),
        sticks: sticks.to_owned(),
    }
}

fn files(scene: &Scene) -> Files<'_> {
    scene.window().global::<Files>()
}

/// The page, opened from the settings.
fn opened(shop: &Shop, sticks: &Path) -> Scene {
    let machine = machine_with(Some(places(shop, sticks)));
    let mut scene = Scene::with(signed_in("ELS"), machine, shop.opener()).settled();
    scene.touch("Instellen");
    scene.touch("Bestanden en kopieën");
    assert!(scene.until(LONG, |scene| files(scene).get_state() == FilesState::Shown));
    scene
}

fn sheet(scene: &mut Scene, wanted: FilesSheet) {
    let came = scene.until(LONG, |scene| files(scene).get_sheet() == wanted);
    assert!(came, "{:?}: {}", files(scene).get_sheet(), files(scene).get_words());
}

/// A folder on another device than `/dev`, as a stick is on another than the folder of sticks.
fn stick() -> tempfile::TempDir {
    tempfile::Builder::new().prefix("balie-stick-").tempdir_in("/dev/shm").unwrap()
}

#[test]
fn a_folder_of_a_stick_is_looked_at_taken_in_and_taken_back() {
    let shop = Shop::with(&[("JL-29-JK", 3)]);
    let stick = stick();
    // Another system's names, and one row that is wrong.
    fs::write(
        stick.path().join("klanten.csv"),
        "Klantnummer;Achternaam;E-mail\nK100;Ödegaard;o@example.org\n;Zonder nummer;\n",
    )
    .unwrap();
    let mut scene = opened(&shop, Path::new("/dev"));
    let name = stick.path().file_name().unwrap().to_string_lossy().into_owned();
    let offer = format!("shm / {name}");
    assert!(scene.until(LONG, |scene| scene.has(&offer)));
    scene.touch(&offer);
    sheet(&mut scene, FilesSheet::Looked);
    let seen: Vec<_> = files(&scene).get_seen().iter().collect();
    assert_eq!((seen[0].file.as_str(), seen[0].fills.as_str()), ("klanten.csv", "customers.csv"));
    assert_eq!((seen[0].added, seen[0].rejected), (1, 1));
    assert_eq!(seen[1].line, 3);
    assert!(shop.store().customer_by_code("K100").unwrap().is_none(), "a look writes nothing");

    scene.touch("Inlezen");
    sheet(&mut scene, FilesSheet::Taken);
    assert!(shop.store().customer_by_code("K100").unwrap().is_some());
    assert!(fs::read_dir(shop.folder.path().join("rejects")).unwrap().count() > 0);
    assert_eq!(shop.store().profiles().unwrap().len(), 1, "what was guessed is remembered");
    scene.touch("Sluiten");

    // The newest import stands on top, and can be taken back.
    let newest = |scene: &Scene| {
        let lines = files(scene).get_taking();
        lines.iter().find(|line| line.kind == FileKind::Taken).unwrap()
    };
    assert!(scene.until(LONG, |scene| newest(scene).name == "klanten.csv"));
    scene.touch("klanten.csv");
    assert_eq!(files(&scene).get_sheet(), FilesSheet::TakeBack);
    scene.touch("Terugdraaien");
    assert!(scene.until(LONG, |scene| newest(scene).back));
    assert!(shop.store().customer_by_code("K100").unwrap().is_none());
}

#[test]
fn a_copy_is_made_and_put_back_after_a_question() {
    let shop = Shop::with(&[("JL-29-JK", 3), ("23-NL-PD", -6)]);
    let nowhere = tempfile::tempdir().unwrap();
    let mut scene = opened(&shop, nowhere.path());
    scene.touch("Kopieën");
    assert!(scene.has("Er is nog geen kopie."));
    scene.touch("Nu een kopie maken");
    assert!(scene.until(LONG, |scene| scene.has("Kopie van 01-05-2015")));
    assert!(shop.folder.path().join("backup/balie-2015-05-01.db").exists());

    // Work that the copy does not know.
    scene.touch("Taken");
    scene.settle();
    scene.touch("Afgehandeld");
    scene.settle();
    assert_eq!(shop.rows(StatusFilter::Open).len(), 1);
    scene.touch("Instellen");
    scene.touch("Bestanden en kopieën");
    assert!(scene.until(LONG, |scene| files(scene).get_state() == FilesState::Shown));
    scene.touch("Kopieën");
    scene.touch("Kopie van 01-05-2015");
    assert_eq!(files(&scene).get_sheet(), FilesSheet::Restore);
    scene.touch("Laten staan");
    assert_eq!(shop.rows(StatusFilter::Open).len(), 1);
    scene.touch("Kopie van 01-05-2015");
    scene.touch("Terugzetten");
    sheet(&mut scene, FilesSheet::Restored);
    assert_eq!(shop.rows(StatusFilter::Open).len(), 2);
    let aside = fs::read_dir(shop.folder.path().join("backup")).unwrap();
    assert_eq!(
        aside.filter(|one| one.as_ref().unwrap().path().display().to_string().contains("before-")).count(),
        1
    );
    scene.touch("Sluiten");
    scene.touch("Taken");
    assert!(scene.until(LONG, |scene| scene.plates().len() == 2), "the list shows what was put back");
}

#[test]
fn what_cannot_be_done_says_so_and_changes_nothing() {
    let shop = Shop::with(&[("JL-29-JK", 3)]);
    let nowhere = tempfile::tempdir().unwrap();
    // In the place of the folder for copies stands a file.
    fs::write(shop.folder.path().join("backup"), "").unwrap();
    let mut scene = opened(&shop, nowhere.path());
    scene.touch("Kopieën");
    scene.touch("Nu een kopie maken");
    sheet(&mut scene, FilesSheet::Failed);
    assert!(scene.has("Dit is niet gelukt"));
    assert!(!files(&scene).get_words().is_empty());
    scene.touch("Sluiten");
    assert_eq!(files(&scene).get_sheet(), FilesSheet::None);
}

#[test]
fn files_are_a_managers() {
    let shop = Shop::with(&[("JL-29-JK", 3)]);
    let scene = Scene::of(&shop);
    scene.window().global::<balie::desk::ui::Desk>().set_manager(false);
    scene.desk.context().go(balie::desk::ui::Page::Files, 0);
    assert_eq!(files(&scene).get_state(), FilesState::Nowhere, "a machine without places shows none");
}
