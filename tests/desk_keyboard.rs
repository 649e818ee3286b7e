//! The keyboard on the screen, the calendar and the line of confirmation: in every size and language.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod desk_scene;

use std::rc::Rc;

use balie::desk::slint::ComponentHandle;
use balie::desk::ui::{
    Calendar, Date, Desk as DeskGlobal, DetailState, FieldKind, KeyAction, KeyCap, Keys, ListState, Toast,
};
use balie::domain::language::Language;
use desk_scene::{Scene, Shop};
use i_slint_backend_testing::AccessibleRole;

const KINDS: [FieldKind; 7] = [
    FieldKind::Text,
    FieldKind::Number,
    FieldKind::Decimal,
    FieldKind::Plate,
    FieldKind::Phone,
    FieldKind::Email,
    FieldKind::Date,
];
const SIZES: [(u32, u32); 3] = [(1280, 800), (800, 480), (720, 1280)];

fn top_of_the_keyboard(scene: &Scene) -> f32 {
    desk_scene::all(scene.window())
        .iter()
        .filter(|key| key.accessible_role() == Some(AccessibleRole::Button))
        .filter(|key| key.accessible_label().is_some_and(|label| label.chars().count() == 1))
        .map(|key| key.absolute_position().y)
        .fold(f32::INFINITY, f32::min)
}

/// What on the screen is cut off, too small for a finger, or over the edge; from `top` downwards.
fn faults(scene: &Scene, size: (u32, u32), top: f32) -> Vec<String> {
    let mut faults = Vec::new();
    for element in desk_scene::all(scene.window()) {
        let (at, extent) = (element.absolute_position(), element.size());
        let name = element.accessible_label().unwrap_or_default();
        if at.y < top || extent.width <= 0.0 || extent.height <= 0.0 {
            continue;
        }
        if element.accessible_description().is_some_and(|words| words == "cut off") {
            faults.push(format!("'{name}' is cut off at {} x {}", extent.width, extent.height));
        }
        if element.accessible_role() == Some(AccessibleRole::Button) {
            let over =
                at.x + extent.width > size.0 as f32 + 0.5 || at.y + extent.height > size.1 as f32 + 0.5;
            if at.x < 0.0 || over || extent.width < 48.0 || extent.height < 48.0 {
                faults.push(format!("'{name}': {} x {} at {}, {}", extent.width, extent.height, at.x, at.y));
            }
        }
    }
    faults
}

#[test]
fn keys_calendar_and_confirmation_fit_in_every_size_and_language() {
    let shop = Shop::with(&[("JL-29-JK", 3)]);
    let mut scene = Scene::of(&shop);
    let mut wrong = Vec::new();
    for size in SIZES {
        scene.canvas.resize(size.0, size.1);
        for language in Language::ALL {
            scene.desk.speak(language);
            let desk = Rc::clone(&scene.desk);
            let (keys, calendar) = (desk.window().global::<Keys>(), desk.window().global::<Calendar>());
            let shell = desk.window().global::<DeskGlobal>();
            // An empty list is enough of a page.
            scene.tasks().set_state(ListState::NothingDue);
            scene.tasks().set_detail_state(DetailState::None);
            let mut look = |name: String, top: &dyn Fn(&Scene) -> f32| {
                scene.canvas.draw();
                scene.canvas.draw();
                let top = top(&scene);
                let place = format!("{name} {size:?} {}", language.code());
                wrong.extend(faults(&scene, size, top).into_iter().map(|what| format!("{place}: {what}")));
                // For looking at them: BALIE_PICTURES=DIR.
                if let Ok(folder) = std::env::var("BALIE_PICTURES") {
                    let file = format!("{name}-{}-{}.png", size.0, language.code());
                    scene.canvas.save(&std::path::Path::new(&folder).join(file)).unwrap();
                }
            };
            for kind in KINDS {
                keys.set_open(true);
                keys.invoke_lay(kind, false, size.0 != 800, false);
                look(format!("keys-{kind:?}"), &top_of_the_keyboard);
                let faces = if kind == FieldKind::Text { 4 } else { 0 };
                for face in [KeyAction::Symbols, KeyAction::Shift, KeyAction::Accents, KeyAction::Letters]
                    .into_iter()
                    .take(faces)
                {
                    keys.invoke_press(KeyCap { action: face, ..KeyCap::default() });
                    look(format!("keys-{kind:?}-{face:?}"), &top_of_the_keyboard);
                }
            }
            keys.set_open(false);
            for quick in [true, false] {
                // The longest name of a month in each language.
                for month in [9, 2] {
                    calendar.invoke_ask("Terugbellen op".into(), Date { year: 2015, month, day: 28 }, quick);
                    look(format!("calendar-{quick}-{month}"), &|_| 0.0);
                }
            }
            calendar.invoke_close();
            for toast in [Toast::Handled, Toast::Saved, Toast::Undone, Toast::UndoRefused] {
                shell.set_toast(toast);
                shell.set_toast_undo(matches!(toast, Toast::Handled | Toast::Saved));
                look(format!("toast-{toast:?}"), &|_| 0.0);
            }
            shell.set_toast(Toast::None);
        }
    }
    assert!(wrong.is_empty(), "{} faults\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn what_was_handled_is_undone_with_one_touch() {
    let shop = Shop::with(&[("JL-29-JK", 3), ("23-NL-PD", -6)]);
    let mut scene = Scene::of(&shop);
    scene.touch("Afgehandeld");
    assert_eq!(scene.plates(), ["JL-29-JK"]);
    scene.touch("Ongedaan maken");
    assert_eq!(scene.plates(), ["23-NL-PD", "JL-29-JK"]);
    assert_eq!(scene.window().global::<DeskGlobal>().get_toast(), Toast::Undone);
}
