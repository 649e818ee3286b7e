//! Following up a task: what is staged until one of the three ways out, and its draft (CSS-13).
//!
//! What the receptionist stages lives here as a [`TaskEdit`] and nowhere else; it is kept as a draft
//! shortly after each touch, so that a power cut costs no word. What is kept at once, and the sheets
//! over the page, are in `edit_sheets`.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use balie_ui as ui;
use slint::ComponentHandle;

use super::compose::Compose;
use super::context::{Context, Page, Turn};
use super::edit_convert;
use super::edit_look::{Looked, look};
use super::half_typed::HalfTyped;
use super::outbox::delivery_of;
use super::{convert, slint, wire::Trouble};
use crate::domain::edit::{CallNote, Link, Outcome, Staged, TaskEdit};
use crate::domain::ids::{CustomerId, EmployeeId, TaskId};
use crate::domain::message::Channel;
use crate::domain::rule::RuleKey;
use crate::domain::task::TaskState;
use crate::rules::validity::{FreeWindow, free_window};
use crate::store::TaskFields;
use crate::store::task_detail::TaskDetail;
use crate::store::task_edit::{Save, Saved};

/// A page that came under the finger so shortly ago is not what the finger meant.
const CAME: Duration = Duration::from_millis(350);

/// The adapter of the page.
pub struct EditPage {
    pub(super) context: Rc<Context>,
    pub(super) state: RefCell<State>,
    turn: Turn,
    pub(super) searches: Turn,
    pub(super) typed: HalfTyped,
    pub(super) compose: Rc<Compose>,
}

/// What the page works on.
#[derive(Default)]
pub(super) struct State {
    pub(super) id: Option<TaskId>,
    /// What the edit began on.
    pub(super) base: Option<TaskFields>,
    /// With the staged customer in place of the stored one.
    pub(super) detail: Option<TaskDetail>,
    /// The customer's name on whom the edit began.
    pub(super) base_customer: Option<String>,
    /// The words as they were shown before a person changed them.
    words: String,
    pub(super) employees: Vec<(EmployeeId, String)>,
    /// After so many days a customer who did not book comes back.
    come_back_days: u32,
    pub(super) edit: TaskEdit,
    /// Whether 'handled and save' was touched, while a conflict is decided.
    pub(super) finish: bool,
    pub(super) theirs: Option<TaskFields>,
    pub(super) shown: Option<Instant>,
    pub(super) saving: bool,
    /// An appointment was asked for from this page: when there is one, it is the outcome.
    pub(super) booking: bool,
}

/// What the draft of a task is about.
pub(super) fn about(id: TaskId) -> String {
    format!("task:{id}")
}

impl EditPage {
    /// The page, with its callbacks connected.
    pub fn connect(context: Rc<Context>, compose: Rc<Compose>) -> Rc<Self> {
        let typed = HalfTyped::new(Rc::clone(&context));
        let page = Rc::new(Self {
            context,
            state: RefCell::default(),
            turn: Turn::default(),
            searches: Turn::default(),
            typed,
            compose,
        });
        let Some(window) = page.context.window() else { return page };
        let edit = window.global::<ui::Edit>();
        hear!(edit, page, {
            on_set_text: |page, text| page.set_text(text.as_str()),
            on_set_date: |page, date| if let Some(day) = convert::from_date(&date) {
                page.stage(|edit| edit.execute_on = Some(day));
            },
            on_set_outcome: |page, outcome| {
                let outcome = edit_convert::from_outcome(outcome);
                page.note(|note| note.outcome = outcome);
            },
            on_set_note: |page, text| page.note(|note| note.text = text.to_string()),
            on_set_back_on: |page, date| page.note(|note| note.back_on = convert::from_date(&date)),
            on_tick_sms: |page, ticked| page.stage(|edit| edit.sms_box = Some(ticked)),
            on_tick_email: |page, ticked| page.stage(|edit| edit.email_box = Some(ticked)),
            on_write_sms: |page| page.compose(Channel::Sms),
            on_write_email: |page| page.compose(Channel::Email),
            on_ask_consent: |page, channel| page.ask(channel),
            on_tick_handled: |page, ticked| page.stage(|edit| edit.handled_box = Some(ticked)),
            on_remove_customer: |page| page.set_customer(Link::Remove),
            on_save: |page, finish| page.save(finish),
            on_cancel: |page| page.cancel(),
            on_take_mine: |page| page.take_mine(),
            on_take_theirs: |page| page.take_theirs(),
            on_retry: |page| page.look(false),
        });
        page.connect_sheets(&window);
        page
    }

    /// Reads the task again. `fresh`: what is staged does not count any more.
    pub(super) fn look(self: &Rc<Self>, fresh: bool) {
        let (id, held) = {
            let mut state = self.state.borrow_mut();
            if fresh {
                state.edit = TaskEdit::default();
            }
            let Some(id) = state.id else { return };
            (id, Some(state.edit.clone()).filter(|edit| !edit.is_empty()))
        };
        let newest = self.turn.next();
        let this = Rc::downgrade(self);
        self.context.read(
            "edit.look",
            move |store, moment| look(store, moment, id, held),
            move |looked| {
                if let Some(this) = this.upgrade().filter(|_| newest()) {
                    this.looked(looked);
                }
            },
        );
    }

    fn looked(&self, looked: Result<Option<Looked>, Trouble>) {
        let Some(window) = self.context.window() else { return };
        let page = window.global::<ui::Edit>();
        let looked = match looked {
            Ok(Some(looked)) => looked,
            Ok(None) => return page.set_state(ui::EditState::Gone),
            Err(_) => {
                // What is on the screen stays, under the banner.
                if page.get_state() != ui::EditState::Shown {
                    page.set_state(ui::EditState::Error);
                }
                return;
            }
        };
        {
            let mut state = self.state.borrow_mut();
            let state = &mut *state;
            if let Some(staged) = looked.staged.filter(|_| state.edit.is_empty()) {
                // The draft began on an older version: saving it will show both.
                let mut base = looked.fields.clone();
                base.version = staged.version;
                state.edit = staged.edit;
                state.base = Some(base);
                page.set_restored(true);
            } else if state.edit.is_empty() || state.base.is_none() {
                state.base = Some(looked.fields);
                state.base_customer = looked.stored_customer;
            }
            if state.shown.is_none() {
                state.shown = Some(Instant::now());
            }
            looked.detail.row.description.trim().clone_into(&mut state.words);
            state.employees = looked.employees;
            state.come_back_days = looked.come_back_days;
            if state.booking && looked.detail.appointment_on.is_some() {
                state.booking = false;
                let note = state.edit.note.get_or_insert_default();
                note.outcome = note.outcome.or(Some(Outcome::Booked));
            }
            let country = self.context.surroundings.country();
            let barred = |channel| {
                let customer = looked.detail.customer.as_ref();
                edit_convert::barred(channel, customer, &looked.consents, looked.class, &country)
            };
            page.set_call_barred(barred(Channel::Call));
            page.set_sms_barred(barred(Channel::Sms));
            page.set_email_barred(barred(Channel::Email));
            let [sms, email] = looked.messages.map(|last| {
                last.map(|message| delivery_of(&message, |at| self.context.surroundings.local(at)))
                    .unwrap_or_default()
            });
            page.set_sms_delivery(sms);
            page.set_email_delivery(email);
            state.detail = Some(looked.detail);
        }
        self.tell();
        page.set_state(ui::EditState::Shown);
    }

    /// Everything on the page that follows from what is stored and what is staged. Texts that are
    /// being typed stay as they are unless they say something else.
    pub(super) fn tell(&self) {
        let Some(window) = self.context.window() else { return };
        let page = window.global::<ui::Edit>();
        let state = self.state.borrow();
        let (Some(detail), Some(base)) = (&state.detail, &state.base) else { return };
        let edit = &state.edit;
        let today = self.context.surroundings.today();
        page.set_task(convert::task_id(detail.row.id));
        let mut shown = convert::detail(detail, today);
        let execute_on = edit.execute_on.unwrap_or(base.execute_on);
        shown.task.days = convert::number((execute_on - today).num_days());
        page.set_detail(shown);
        page.set_execute_on(convert::date(execute_on));
        let employee = edit.employee.applied(base.employee);
        let name = state.employees.iter().find(|(id, _)| Some(*id) == employee);
        page.set_employee(name.map(|(_, name)| name.as_str()).unwrap_or_default().into());
        let window = self.free_window(detail);
        page.set_free_from(convert::maybe_date(window.map(|window| window.first)));
        page.set_free_until(convert::maybe_date(window.map(|window| window.last)));
        page.set_appointment_on(convert::maybe_date(detail.appointment_on));
        let text = edit.description.as_deref().unwrap_or(&state.words);
        if page.get_text() != text {
            page.set_text(text.into());
        }
        let note = edit.note.clone().unwrap_or_default();
        page.set_outcome(edit_convert::outcome(note.outcome));
        if page.get_note() != note.text.as_str() {
            page.set_note(note.text.as_str().into());
        }
        // The day that counts is shown, named by the customer or not.
        page.set_back_on(convert::maybe_date(edit.back_on(today, state.come_back_days)));
        page.set_sms_staged(edit.sms.is_some());
        page.set_email_staged(edit.email.is_some());
        page.set_sms_box(edit.sms_box.unwrap_or(base.sms_sent || edit.sms.is_some()));
        page.set_email_box(edit.email_box.unwrap_or(base.email_sent || edit.email.is_some()));
        page.set_handled_box(edit.handled_box.unwrap_or(base.state == TaskState::Handled));
        page.set_changed(!edit.is_empty());
        page.set_saving(state.saving);
    }

    /// NEW-09: on inspections of Dutch cars.
    fn free_window(&self, detail: &TaskDetail) -> Option<FreeWindow> {
        let dutch = detail.row.plate.as_ref().is_some_and(|plate| plate.sidecode().is_some());
        (detail.row.rule == RuleKey::Inspection && dutch)
            .then(|| free_window(detail.row.counts_from, &self.context.surroundings.country()))
            .flatten()
    }

    /// Stages a change; the draft follows after a short pause.
    pub(super) fn stage(self: &Rc<Self>, change: impl FnOnce(&mut TaskEdit)) {
        {
            let mut state = self.state.borrow_mut();
            if state.saving || state.base.is_none() {
                return;
            }
            change(&mut state.edit);
        }
        self.tell();
        self.type_on();
    }

    fn set_text(self: &Rc<Self>, text: &str) {
        let same = text == self.state.borrow().words;
        let text = text.to_owned();
        self.stage(|edit| edit.description = (!same).then_some(text));
    }

    fn note(self: &Rc<Self>, change: impl FnOnce(&mut CallNote)) {
        self.stage(|edit| {
            let mut note = edit.note.take().unwrap_or_default();
            change(&mut note);
            edit.note = Some(note).filter(|note| note.outcome.is_some() || !note.text.trim().is_empty());
        });
    }

    /// Stages another customer, or none; the page then shows that one.
    pub(super) fn set_customer(self: &Rc<Self>, customer: Link<CustomerId>) {
        let same = {
            let state = self.state.borrow();
            state.base.as_ref().is_some_and(|base| customer.applied(base.customer) == base.customer)
        };
        self.stage(|edit| edit.customer = if same { Link::Keep } else { customer });
        self.look(false);
    }

    /// The employees, for the choice; the key of the one that is staged.
    pub fn assignees(&self) -> (Vec<ui::ChoiceEntry>, i32) {
        let state = self.state.borrow();
        let entry = |key: i32, name: &str| ui::ChoiceEntry { key, name: name.into(), count: -1 };
        let mut entries = vec![entry(0, "")];
        entries.extend(state.employees.iter().map(|(id, name)| entry(convert::number(id.0), name)));
        let present = state.base.as_ref().and_then(|base| state.edit.employee.applied(base.employee));
        (entries, present.map_or(0, |id| convert::number(id.0)))
    }

    /// An employee was chosen; 0 is nobody.
    pub fn assign(self: &Rc<Self>, key: i32) {
        let chosen = (key > 0).then_some(EmployeeId(i64::from(key)));
        let base = self.state.borrow().base.as_ref().and_then(|base| base.employee);
        self.stage(|edit| {
            edit.employee = match chosen {
                chosen if chosen == base => Link::Keep,
                Some(id) => Link::To(id),
                None => Link::Remove,
            };
        });
    }

    /// What is staged is half typed.
    fn type_on(&self) {
        let state = self.state.borrow();
        let (Some(id), Some(base)) = (state.id, &state.base) else { return };
        if state.edit.is_empty() {
            return self.typed.discard(about(id));
        }
        match serde_json::to_string(&Staged { version: base.version, edit: state.edit.clone() }) {
            Ok(content) => self.typed.typed(about(id), content),
            Err(error) => tracing::warn!(%error, "what is staged cannot be kept"),
        }
    }

    /// Puts what is staged on disk, as a draft.
    pub(super) fn keep(&self) {
        self.type_on();
        self.typed.keep();
    }

    /// One of the two ways out that keep what was staged.
    pub fn save(self: &Rc<Self>, finish: bool) {
        let (id, version, edit, words) = {
            let mut state = self.state.borrow_mut();
            let came = state.shown.is_none_or(|shown| shown.elapsed() < CAME);
            let (Some(id), Some(version)) = (state.id, state.base.as_ref().map(|base| base.version)) else {
                return;
            };
            if state.saving || came {
                return;
            }
            state.saving = true;
            state.finish = finish;
            (id, version, state.edit.clone(), state.words.clone())
        };
        self.typed.forget();
        if let Some(window) = self.context.window() {
            let page = window.global::<ui::Edit>();
            page.set_saving(true);
            page.set_save_failed(false);
        }
        let this = Rc::downgrade(self);
        self.context.save(
            "edit.save",
            move |store, moment| {
                let save = Save {
                    task: id,
                    version,
                    edit: &edit,
                    finish,
                    words: Some(words.as_str()).filter(|words| !words.is_empty()),
                    today: moment.today,
                };
                let saved = store.save_task(&save, moment.actor)?;
                let stored = store.task_row(id, moment.today, moment.language)?;
                Ok((saved, stored.and_then(|row| row.customer_name)))
            },
            move |saved| {
                if let Some(this) = this.upgrade() {
                    this.saved(saved);
                }
            },
        );
    }

    fn saved(self: &Rc<Self>, saved: Result<(Saved, Option<String>), Trouble>) {
        self.state.borrow_mut().saving = false;
        let Some(window) = self.context.window() else { return };
        let page = window.global::<ui::Edit>();
        page.set_saving(false);
        match saved {
            Ok((Saved::Done(step), _)) => {
                let handled = page.get_handled_box() || self.state.borrow().finish;
                self.forget();
                self.context.confirm(if handled { ui::Toast::Handled } else { ui::Toast::Saved }, step);
                self.context.back();
            }
            Ok((Saved::Conflict(theirs), customer)) => {
                self.show_conflict(&page, *theirs, customer);
                self.keep();
            }
            Err(_) => {
                // What was typed is kept all the same, as far as that goes.
                page.set_save_failed(true);
                self.keep();
            }
        }
    }

    /// The third way out: what is staged is dropped.
    pub fn cancel(&self) {
        if self.state.borrow().saving {
            return;
        }
        self.state.borrow_mut().edit = TaskEdit::default();
        self.keep();
        self.forget();
        self.context.back();
    }

    /// The page holds nothing any more.
    pub(super) fn forget(&self) {
        self.typed.forget();
        // An answer that is on its way is for nobody.
        let _ = self.turn.next();
        *self.state.borrow_mut() = State::default();
        self.close_sheet();
        if let Some(window) = self.context.window() {
            let page = window.global::<ui::Edit>();
            page.set_restored(false);
            page.set_save_failed(false);
            page.set_changed(false);
        }
    }

    pub(super) fn close_sheet(&self) {
        if let Some(window) = self.context.window() {
            window.global::<ui::Edit>().set_sheet(ui::EditSheet::None);
        }
    }
}

impl Page for Rc<EditPage> {
    fn open(&self, id: i64) {
        let id = TaskId(id);
        if self.state.borrow().id != Some(id) {
            self.forget();
            self.state.borrow_mut().id = Some(id);
            if let Some(window) = self.context.window() {
                window.global::<ui::Edit>().set_state(ui::EditState::Loading);
            }
        }
        self.look(false);
    }

    fn refresh(&self) {
        self.look(false);
    }

    fn close(&self) {
        self.close_sheet();
        self.compose.close();
        self.typed.keep();
    }
}
