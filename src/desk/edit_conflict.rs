//! A task that somebody else changed while it was being followed up: both versions are shown, and the
//! receptionist chooses (CSS-15). Until then nothing is written.

use std::rc::Rc;

use balie_ui as ui;
use slint::{ComponentHandle, ModelRc, VecModel};

use super::edit::EditPage;
use super::edit_convert::{self, Names};
use super::slint;
use crate::domain::edit::TaskEdit;
use crate::domain::ids::EmployeeId;
use crate::store::TaskFields;

impl EditPage {
    pub(super) fn show_conflict(&self, page: &ui::Edit<'_>, theirs: TaskFields, customer: Option<String>) {
        let mut state = self.state.borrow_mut();
        if let Some(base) = &state.base {
            let employees = &state.employees;
            let name = |id: Option<EmployeeId>| {
                let found = employees.iter().find(|(known, _)| Some(*known) == id);
                found.map(|(_, name)| name.clone())
            };
            let names = Names {
                employee: &name,
                base: state.base_customer.clone(),
                mine: state.detail.as_ref().and_then(|detail| detail.row.customer_name.clone()),
                theirs: customer,
            };
            let clashes = edit_convert::clashes(base, &theirs, &state.edit, state.finish, &names);
            page.set_clashes(ModelRc::from(Rc::new(VecModel::from(clashes))));
        }
        state.theirs = Some(theirs);
        page.set_sheet(ui::EditSheet::Conflict);
    }

    /// The receptionist's own version counts.
    pub(super) fn take_mine(self: &Rc<Self>) {
        let finish = {
            let mut state = self.state.borrow_mut();
            state.base = state.theirs.take().or_else(|| state.base.take());
            state.finish
        };
        self.close_sheet();
        self.save(finish);
    }

    /// Somebody else's version counts; what was staged is dropped.
    pub(super) fn take_theirs(self: &Rc<Self>) {
        self.close_sheet();
        self.state.borrow_mut().edit = TaskEdit::default();
        self.keep();
        if let Some(window) = self.context.window() {
            window.global::<ui::Edit>().set_restored(false);
        }
        self.look(true);
    }
}
