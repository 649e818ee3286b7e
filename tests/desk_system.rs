//! The page about the machine: what is wrong stands there in words, and 'never' is never shown as good.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod desk_scene;

use std::sync::{Arc, Mutex};

use balie::desk::MachineCard;
use balie::desk::slint::{ComponentHandle, Model};
use balie::desk::ui::{System, SystemKind, SystemMark};
use desk_scene::{Machine, Scene, Shop, signed_in};

fn opened(shop: &Shop, card: MachineCard, trusted: bool) -> Scene {
    let today = Mutex::new("2015-05-01".parse().unwrap());
    let machine = Arc::new(Machine {
        today,
        trusted: Mutex::new(trusted),
        places: None,
        card,
        texts: Mutex::new(true),
    });
    let mut scene = Scene::with(signed_in("ELS"), machine, shop.opener()).settled();
    scene.touch("Instellen");
    scene.touch("Systeem");
    scene.settle();
    scene
}

fn mark(scene: &Scene, kind: SystemKind) -> Option<SystemMark> {
    let lines = scene.window().global::<System>().get_lines();
    lines.iter().find(|line| line.kind == kind).map(|line| line.mark)
}

#[test]
fn what_is_wrong_with_the_machine_is_told() {
    let shop = Shop::with(&[("JL-29-JK", 3)]);
    let card = MachineCard {
        weak: Some((true, true)),
        celsius: Some(84.0),
        hot: true,
        room: Some((1_000_000_000, 29_000_000_000)),
        update: Some(Some("0.2.0".into())),
        mistakes: vec!["/boot/balie.toml:7: shop.language: write \"nl\"".into()],
        ..MachineCard::default()
    };
    let scene = opened(&shop, card, false);
    for kind in
        [SystemKind::Mistake, SystemKind::Clock, SystemKind::Warmth, SystemKind::Supply, SystemKind::Backup]
    {
        assert_eq!(mark(&scene, kind), Some(SystemMark::Wrong), "{kind:?}");
    }
    assert_eq!(mark(&scene, SystemKind::Update), Some(SystemMark::Noted));
    assert!(scene.has("Kopie op dit apparaat: nog nooit"));
    assert!(scene.has("Voeding: te zwak: neem een andere voeding"));
    assert!(scene.has("Ruimte op de kaart: 1.0 / 29.0 GB"));
}

#[test]
fn what_the_machine_does_not_tell_has_no_line() {
    let shop = Shop::with(&[("JL-29-JK", 3)]);
    let scene = opened(&shop, MachineCard::default(), true);
    assert_eq!(mark(&scene, SystemKind::Clock), Some(SystemMark::Good));
    assert_eq!(mark(&scene, SystemKind::Warmth), None);
    assert_eq!(mark(&scene, SystemKind::Update), None);
    assert_eq!(mark(&scene, SystemKind::Stick), Some(SystemMark::Noted));
}
