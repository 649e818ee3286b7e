//! Every ink can be read on every ground it stands on, in both themes (WCAG 2.2, AA: 4.5 to 1).

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use balie_ui::headless::Canvas;
use balie_ui::{AppWindow, Theme};
use slint::{Color, ComponentHandle};

fn luminance(color: Color) -> f64 {
    let part = |value: u8| {
        let value = f64::from(value) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * part(color.red()) + 0.7152 * part(color.green()) + 0.0722 * part(color.blue())
}

fn contrast(one: Color, other: Color) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[test]
fn inks_are_readable_on_their_grounds() {
    let _canvas = Canvas::install(1280, 800).unwrap();
    let app = AppWindow::new().unwrap();
    let theme = app.global::<Theme>();
    for dark in [false, true] {
        theme.set_dark(dark);
        let grounds = [
            ("ground", theme.get_ground()),
            ("surface", theme.get_surface()),
            ("raised", theme.get_raised()),
            ("pressed", theme.get_pressed()),
            ("selected", theme.get_selected()),
        ];
        let inks = [("ink", theme.get_ink()), ("muted", theme.get_muted())];
        let pairs = inks.iter().flat_map(|ink| grounds.iter().map(move |ground| (*ink, *ground)));
        let urgencies = [
            (("overdue", theme.get_overdue()), ("overdue ground", theme.get_overdue_ground())),
            (("today", theme.get_today()), ("today ground", theme.get_today_ground())),
            (("coming", theme.get_coming()), ("coming ground", theme.get_coming_ground())),
        ];
        // In the list an urgency's word stands on the row itself.
        let in_rows = urgencies.iter().flat_map(|(ink, _)| grounds.iter().map(move |ground| (*ink, *ground)));
        let others = [
            (("on accent", theme.get_on_accent()), ("accent", theme.get_accent())),
            (("on accent", theme.get_on_accent()), ("accent pressed", theme.get_accent_pressed())),
            (("ink", theme.get_ink()), ("key", theme.get_key())),
            (("ink", theme.get_ink()), ("other key", theme.get_key_other())),
            (("accent", theme.get_accent()), ("other key", theme.get_key_other())),
            (("ink", theme.get_ink()), ("key pressed", theme.get_key_pressed())),
            (("on danger", theme.get_on_danger()), ("danger", theme.get_danger())),
            (("on danger", theme.get_on_danger()), ("danger pressed", theme.get_danger_pressed())),
            (("accent", theme.get_accent()), ("selected", theme.get_selected())),
            (("rail ink", theme.get_rail_ink()), ("rail", theme.get_rail())),
            (("rail ink", theme.get_rail_ink()), ("rail pressed", theme.get_rail_pressed())),
            (("rail muted", theme.get_rail_muted()), ("rail", theme.get_rail())),
            (("on alert", theme.get_on_alert()), ("alert", theme.get_alert())),
            (("on fault", theme.get_on_fault()), ("fault", theme.get_fault_ground())),
            (("plate", theme.get_plate_ink()), ("plate ground", theme.get_plate())),
        ];
        for ((ink, above), (ground, below)) in pairs.chain(urgencies).chain(in_rows).chain(others) {
            let ratio = contrast(above, below);
            assert!(ratio >= 4.5, "{ink} on {ground} (dark: {dark}) is {ratio:.2} to 1");
        }
        // What shows where a control ends needs 3 to 1 (WCAG 1.4.11).
        for (ground, below) in grounds.iter().take(2) {
            let ratio = contrast(theme.get_outline(), *below);
            assert!(ratio >= 3.0, "outline on {ground} (dark: {dark}) is {ratio:.2} to 1");
        }
    }
}
