//! What is half typed: on disk after each pause, so that a power cut costs no word (faults, row 1). The
//! pages decide what they offer back.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use slint::{Timer, TimerMode};

use super::context::Context;
use super::slint;

/// After how short a pause what was typed is on disk.
const PAUSE: Duration = Duration::from_millis(250);

/// What is about to be kept: about what, and the form's own JSON.
type Unkept = Rc<RefCell<Option<(String, String)>>>;

/// The draft of one form.
pub(super) struct HalfTyped {
    context: Rc<Context>,
    pause: Timer,
    unkept: Unkept,
}

impl HalfTyped {
    /// Nothing typed yet.
    pub(super) fn new(context: Rc<Context>) -> Self {
        Self { context, pause: Timer::default(), unkept: Rc::default() }
    }

    /// Something was typed: so it stands now.
    pub(super) fn typed(&self, about: String, content: String) {
        *self.unkept.borrow_mut() = Some((about, content));
        let (context, unkept) = (Rc::clone(&self.context), Rc::clone(&self.unkept));
        self.pause.start(TimerMode::SingleShot, PAUSE, move || keep(&context, &unkept));
    }

    /// Keeps it now: the form is left.
    pub(super) fn keep(&self) {
        self.pause.stop();
        keep(&self.context, &self.unkept);
    }

    /// It is saved in its place, or in nobody's way any more: nothing is kept from now on. What was kept
    /// before is dropped by whoever saves it.
    pub(super) fn forget(&self) {
        self.pause.stop();
        self.unkept.take();
    }

    /// Throws it away, also what was kept.
    pub(super) fn discard(&self, about: String) {
        self.forget();
        self.context.keep("draft.drop", move |store, _| store.drop_draft(&about), |_| {});
    }
}

fn keep(context: &Rc<Context>, unkept: &Unkept) {
    let Some((about, content)) = unkept.take() else { return };
    let (again, typed) = (Rc::clone(unkept), (about.clone(), content.clone()));
    context.keep(
        "draft.keep",
        move |store, moment| store.keep_draft(&about, &content, moment.actor),
        move |kept| {
            // It is tried again when more is typed, or the form is left.
            if kept.is_err() && again.borrow().is_none() {
                *again.borrow_mut() = Some(typed);
            }
        },
    );
}
