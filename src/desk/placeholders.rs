//! What stands between braces in the shop's texts, as chips on the screen: their order is that of
//! `PlaceholderWords` in the pages.

use balie_ui as ui;
use slint::platform::WindowEvent;
use slint::{ComponentHandle, ModelRc, VecModel};

use super::slint;
use crate::domain::sms;
use crate::rules::describe::TemplateError;

/// The names, in the order of the screen.
const NAMES: [&str; 19] = [
    "salutation",
    "your_car",
    "your_plate",
    "plate",
    "date",
    "day",
    "call",
    "shop",
    "shop_phone",
    "stop",
    "window",
    "number",
    "total",
    "detail",
    "first_name",
    "car",
    "appointment",
    "register",
    "today",
];

/// The places of those that make sense in a message, and in a description.
pub(super) fn places(description: bool) -> ModelRc<i32> {
    let places: Vec<i32> =
        if description { vec![0, 14, 15, 3, 4, 16, 17, 11, 12, 13, 18] } else { (0..14).collect() };
    ModelRc::from(std::rc::Rc::new(VecModel::from(places)))
}

/// Puts a placeholder into the text that is being typed, at the cursor; answers the new text when nothing
/// is being typed: then it stands at the end.
pub(super) fn insert(window: &ui::AppWindow, place: i32, typing: bool, text: &str) -> Option<String> {
    let name = usize::try_from(place).ok().and_then(|place| NAMES.get(place))?;
    let name = format!("{{{name}}}");
    if typing {
        let event = WindowEvent::KeyPressed { text: name.as_str().into() };
        window.window().dispatch_event(event);
        window.window().dispatch_event(WindowEvent::KeyReleased { text: name.into() });
        return None;
    }
    let gap = if text.is_empty() || text.ends_with([' ', '\n']) { "" } else { " " };
    Some(format!("{text}{gap}{name}"))
}

/// What a text costs as an SMS.
pub(super) fn parts(text: &str) -> ui::Parts {
    let count = sms::count(text);
    let number = |value: usize| i32::try_from(value).unwrap_or(i32::MAX);
    let outside: Vec<String> = count.outside.iter().map(char::to_string).collect();
    ui::Parts {
        parts: number(count.parts),
        left: number(count.left),
        wide: count.alphabet == sms::Alphabet::Ucs2,
        can_plain: sms::plain(text) != text,
        outside: outside.join(" ").into(),
    }
}

/// What stands in the way of a text: the name that means nothing, or the brace that stays open.
pub(super) fn wrong(text: &str, check: fn(&str) -> Result<(), TemplateError>) -> Option<String> {
    match check(text) {
        Ok(()) => None,
        Err(TemplateError::Unknown(name)) => Some(format!("{{{name}}}")),
        Err(TemplateError::Open) => Some("{".to_owned()),
    }
}
