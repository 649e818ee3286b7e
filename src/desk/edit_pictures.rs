//! The pictures of following up a task: the page in each of its states.

use std::rc::Rc;

use balie_ui as ui;
use ui::slint::ComponentHandle;

use super::app::Desk;
use super::picture::{self, Picture};
use crate::domain::task::TaskState;
use crate::store::TaskFields;

/// The page in its states, on the most urgent task.
pub(super) const PICTURES: &[Picture] = &[
    ("task", |desk| show(desk, |_| {})),
    ("task-called", |desk| {
        show(desk, |edit| {
            edit.invoke_set_outcome(ui::Outcome::CallBack);
            edit.invoke_set_note("Belt liever na vijf uur terug".into());
        });
    }),
    ("task-history", |desk| show(desk, |edit| edit.invoke_open_sheet(ui::EditSheet::Story))),
    ("task-kilometres", |desk| show(desk, |edit| edit.invoke_open_sheet(ui::EditSheet::Kilometres))),
    ("task-customer", |desk| {
        show(desk, |edit| {
            edit.invoke_open_sheet(ui::EditSheet::Customer);
            edit.set_search("jan".into());
            edit.invoke_find("jan".into());
        });
    }),
    ("task-unlink", |desk| show(desk, |edit| edit.invoke_open_sheet(ui::EditSheet::Unlink))),
    ("task-conflict", |desk| {
        show(desk, |edit| {
            edit.invoke_set_outcome(ui::Outcome::NoAnswer);
        });
        desk.with_edit(|page| {
            let theirs = page.state.borrow().base.clone();
            if let (Some(window), Some(theirs)) = (desk.window().as_weak().upgrade(), theirs) {
                let state = TaskState::Handled;
                let theirs = TaskFields { state, sms_sent: true, employee: None, ..theirs };
                page.show_conflict(&window.global::<ui::Edit>(), theirs, None);
            }
        });
    }),
    ("task-error", |desk| {
        desk.with_edit(|page| page.close_sheet());
        desk.window().global::<ui::Desk>().set_page(ui::Page::Task);
        desk.window().global::<ui::Edit>().set_state(ui::EditState::Error);
    }),
    ("task-gone", |desk| {
        desk.window().global::<ui::Desk>().set_page(ui::Page::Task);
        desk.window().global::<ui::Edit>().set_state(ui::EditState::Gone);
    }),
    ("tasks-draft", |desk| {
        desk.window().global::<ui::Desk>().invoke_go(ui::Page::Tasks, 0);
        picture::wait(desk);
        let edit = desk.window().global::<ui::Edit>();
        let detail = desk.window().global::<ui::Tasks>().get_detail();
        let (hour, minute) = (16, 42);
        let today = desk.window().global::<ui::Desk>().get_today();
        let (task, rule) = (detail.task.id, detail.task.rule);
        edit.set_draft(ui::DraftLine { task, plate: detail.task.plate, rule, on: today, hour, minute });
        edit.set_draft_there(true);
    }),
    ("tasks-pursued", |desk| {
        desk.window().global::<ui::Edit>().set_draft_there(false);
        desk.window().global::<ui::Desk>().invoke_go(ui::Page::Tasks, 0);
        desk.window().global::<ui::Tasks>().invoke_show_pursued(true);
    }),
];

/// The task that is selected in the list, opened; what was staged for the picture before is dropped
/// without a trace.
fn show(desk: &Rc<Desk>, act: impl FnOnce(&ui::Edit<'_>)) {
    let window = desk.window();
    desk.with_edit(|page| page.forget());
    window.global::<ui::Desk>().invoke_go(ui::Page::Tasks, 0);
    window.global::<ui::Tasks>().invoke_show_pursued(false);
    picture::wait(desk);
    window.global::<ui::Tasks>().invoke_open_task(window.global::<ui::Tasks>().get_selected_id());
    picture::wait(desk);
    act(&window.global::<ui::Edit>());
    desk.with_edit(|page| page.typed.forget());
}
