//! An update from a stick (APP-09): shown with its notes, written beside what runs while work goes on, and
//! tried by the next restart.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use balie_ui as ui;
use slint::{ComponentHandle, Timer};

use super::context::Context;
use super::gauge::Gauge;
use super::{MachineCard, UpdateCard, slint};

/// The sheet's adapter.
pub(super) struct Updates {
    context: Rc<Context>,
    chosen: RefCell<Option<UpdateCard>>,
    /// Runs while something is written, and moves the bar.
    moving: Timer,
}

impl Updates {
    /// Nothing chosen yet.
    pub(super) fn new(context: Rc<Context>) -> Rc<Self> {
        Rc::new(Self { context, chosen: RefCell::default(), moving: Timer::default() })
    }

    fn with(&self, act: impl FnOnce(&ui::System<'_>)) {
        if let Some(window) = self.context.window() {
            act(&window.global::<ui::System>());
        }
    }

    /// Shows an update of the machine's. While one is being written that one is shown.
    pub(super) fn choose(&self, machine: Option<&MachineCard>, place: i32) {
        if self.moving.running() {
            return self.with(|global| global.set_sheet(ui::UpdateSheet::Writing));
        }
        let place = usize::try_from(place).ok();
        let offer = place.and_then(|place| machine?.offers.get(place)).cloned();
        let Some(offer) = offer else { return };
        let notes = self.context.language().of(&offer.notes).unwrap_or_default();
        self.with(|global| {
            global.set_offer(ui::UpdateOffer {
                version: offer.version.as_str().into(),
                notes: notes.into(),
                older: offer.older,
                same: offer.same,
                refused: offer.refused.as_deref().unwrap_or_default().into(),
            });
            global.set_sheet(ui::UpdateSheet::Offer);
        });
        *self.chosen.borrow_mut() = Some(offer);
    }

    /// Writes what was chosen.
    pub(super) fn install(self: &Rc<Self>) {
        let Some(place) = self.chosen.borrow().as_ref().map(|offer| offer.place.clone()) else { return };
        if self.moving.running() {
            return;
        }
        self.with(|global| global.set_sheet(ui::UpdateSheet::Writing));
        let this = Rc::downgrade(self);
        let gauge = Gauge::shown(&self.moving, move |share| {
            if let Some(this) = this.upgrade() {
                this.with(|global| global.set_progress(share));
            }
        });
        let (surroundings, this) = (Arc::clone(&self.context.surroundings), Rc::downgrade(self));
        self.context.aside(
            move |_| surroundings.install(&place, &mut |percent| gauge.tell(percent.into(), 100)),
            move |written| {
                if let Some(this) = this.upgrade() {
                    this.ended(written, ui::UpdateSheet::Written);
                }
            },
        );
    }

    /// Restarts the machine, which tries what was written.
    pub(super) fn restart(self: &Rc<Self>) {
        let (surroundings, this) = (Arc::clone(&self.context.surroundings), Rc::downgrade(self));
        self.context.aside(
            move |_| surroundings.restart(),
            move |asked| {
                if let Some(this) = this.upgrade() {
                    this.ended(asked, ui::UpdateSheet::None);
                }
            },
        );
    }

    fn ended(&self, done: Result<(), String>, sheet: ui::UpdateSheet) {
        self.moving.stop();
        self.with(|global| match done {
            Ok(()) => global.set_sheet(sheet),
            Err(words) => {
                tracing::warn!(words, "an update was not written");
                global.set_words(words.into());
                global.set_sheet(ui::UpdateSheet::Failed);
            }
        });
    }

    /// Away with the sheet; what is being written goes on.
    pub(super) fn close(&self) {
        self.with(|global| global.set_sheet(ui::UpdateSheet::None));
    }
}
