//! The pictures of writing a message: the sheet in each of its states.

use std::rc::Rc;

use balie_ui as ui;
use ui::slint::ComponentHandle;

use super::app::Desk;
use super::picture::{self, Picture};
use crate::domain::ids::TaskId;
use crate::domain::message::Channel;
use crate::store::letter::About;

/// The sheet in its states, over the most urgent task.
pub(super) const PICTURES: &[Picture] = &[
    ("compose-sms", |desk| show(desk, Channel::Sms, |_| {})),
    ("compose-long", |desk| {
        show(desk, Channel::Sms, |compose| {
            let text = "Beste Zoë, uw auto is klaar — en de “winterbanden” liggen klaar… ".repeat(3);
            compose.set_text(text.as_str().into());
            compose.invoke_edit_text(text.into());
        });
    }),
    ("compose-restored", |desk| {
        show(desk, Channel::Sms, |compose| compose.set_restored(true));
    }),
    ("compose-email", |desk| show(desk, Channel::Email, |_| {})),
    ("compose-kinds", |desk| show(desk, Channel::Sms, |compose| compose.invoke_show_kinds())),
    ("compose-by-hand", |desk| show(desk, Channel::Sms, |compose| compose.invoke_by_hand())),
    ("compose-email-by-hand", |desk| show(desk, Channel::Email, |compose| compose.invoke_by_hand())),
    ("compose-barred", |desk| {
        show(desk, Channel::Sms, |compose| compose.set_hurdle(ui::Hurdle::NeedsConsent));
    }),
    ("compose-objected", |desk| {
        show(desk, Channel::Email, |compose| {
            compose.set_hurdle(ui::Hurdle::Objected);
            compose.set_save_failed(true);
        });
    }),
    ("compose-asking", |desk| show(desk, Channel::Sms, |compose| compose.invoke_ask_consent())),
    ("compose-replacing", |desk| {
        show(desk, Channel::Sms, |compose| {
            compose.invoke_edit_text("Beste klant".into());
            compose.invoke_choose_kind(-1);
        });
    }),
    ("compose-gone", |desk| show(desk, Channel::Sms, |compose| compose.set_view(ui::ComposeView::Gone))),
    ("compose-error", |desk| {
        show(desk, Channel::Sms, |compose| compose.set_view(ui::ComposeView::Error));
    }),
];

fn show(desk: &Rc<Desk>, channel: Channel, act: impl FnOnce(&ui::Compose<'_>)) {
    let window = desk.window();
    window.global::<ui::Desk>().invoke_go(ui::Page::Tasks, 0);
    picture::wait(desk);
    desk.pages.compose.forget();
    let task = window.global::<ui::Tasks>().get_selected_id();
    desk.pages.compose.open(About::Task(TaskId(i64::from(task))), None, channel, |_| {});
    picture::wait(desk);
    act(&window.global::<ui::Compose>());
    picture::wait(desk);
}
