//! What the desk does when somebody comes, goes, or has a visitor: the gate and the curtain shut
//! what stands open over the pages, and another employee begins at the tasks.

use std::time::Duration;

use balie_ui as ui;
use slint::ComponentHandle;

use super::app::Desk;
use super::session::{Entrance, Passed};
use super::slint;

impl Desk {
    /// Lets a manager in without PIN, or nobody when the shop has none: for pictures.
    pub(super) fn admit_anybody(&self) {
        self.gate.begin(Entrance::Anybody);
    }

    /// Opens the gate and the curtain again after their pictures.
    pub(super) fn open_for_pictures(self: &std::rc::Rc<Self>) {
        self.draw_curtain(false);
        self.shut_sheets();
        if self.gate.is_shut() {
            self.admit_anybody();
            super::picture::wait(self);
        }
        match self.context.session() {
            Some(session) => self.context.set_session(Some(session)),
            None => self.context.set_unguarded(),
        }
    }

    /// Somebody came in through the gate, or the gate was shut.
    pub(super) fn passed(&self, passed: Passed) {
        match passed {
            Passed::Out => {
                self.pages.settings.gate_shut();
                self.shut_sheets();
                self.speak(self.language);
            }
            Passed::In { same, language } => {
                self.speak(language.unwrap_or(self.language));
                if !same {
                    self.go(ui::Page::Tasks, 0);
                    self.pages.tasks.most_urgent();
                }
            }
        }
    }

    /// Blanks everything personal until the next touch (NEW-13), or shows it again.
    pub(super) fn draw_curtain(&self, drawn: bool) {
        if drawn {
            self.shut_sheets();
        }
        self.window.global::<ui::Desk>().set_curtain(drawn);
    }

    /// What stands open over the pages.
    fn shut_sheets(&self) {
        self.close_choice();
        self.keyboard.close();
        self.calendar.close();
        self.context.hush();
        self.window.global::<ui::Desk>().set_legend(false);
    }

    /// Once a second.
    pub fn tick(&self) {
        self.tick_idle(self.shell.idle());
    }

    /// As [`Desk::tick`], when nobody has touched anything for so long.
    pub fn tick_idle(&self, idle: Duration) {
        self.shell.tick();
        self.gate.tick(idle);
    }
}
