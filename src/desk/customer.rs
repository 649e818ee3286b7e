//! One customer: their page, their form, contact persons, consents, and what a manager may do with
//! their data (CSS-09, NEW-06, APP-11).

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use balie_ui as ui;
use slint::{ComponentHandle, ModelRc, VecModel};

use super::compose::Compose;
use super::context::{Context, Page, Turn};
use super::customer_lines::{Tab, of_customer};
use super::half_typed::HalfTyped;
use super::wire::Trouble;
use super::{convert, customer_form as form, slint};
use crate::domain::customer::Customer;
use crate::domain::ids::CustomerId;
use crate::domain::message::Channel;
use crate::domain::rule::LegalClass;
use crate::rules::legal::{Barred, may};
use crate::store::StoreError;
use crate::store::customer_card::CustomerCard;
use crate::store::customer_edit::{Alike, AlikeBy};
use crate::store::letter::About;

/// The page's adapter.
pub struct CustomerPage {
    pub(super) context: Rc<Context>,
    compose: Rc<Compose>,
    turn: Turn,
    pub(super) looks: Turn,
    id: Cell<i64>,
    pub(super) card: RefCell<Option<CustomerCard>>,
    /// The customer as the form began.
    before: RefCell<Customer>,
    tab: Cell<usize>,
    typed: HalfTyped,
}

fn about(id: i64) -> String {
    if id == 0 { "customer:new".to_owned() } else { format!("customer:{id}") }
}

pub(super) fn channel(by: ui::ReachBy) -> Channel {
    match by {
        ui::ReachBy::Call => Channel::Call,
        ui::ReachBy::Sms => Channel::Sms,
        ui::ReachBy::Email => Channel::Email,
    }
}

impl CustomerPage {
    /// The page, with its callbacks connected.
    pub fn connect(context: Rc<Context>, compose: Rc<Compose>) -> Rc<Self> {
        let typed = HalfTyped::new(Rc::clone(&context));
        let page = Rc::new(Self {
            context,
            compose,
            turn: Turn::default(),
            looks: Turn::default(),
            id: Cell::new(0),
            card: RefCell::new(None),
            before: RefCell::default(),
            tab: Cell::new(0),
            typed,
        });
        let Some(window) = page.context.window() else { return page };
        let global = window.global::<ui::CustomerCard>();
        hear!(global, page, {
            on_retry: |this| this.look(),
            on_edit: |this| this.edit(),
            on_edited: |this| this.edited(),
            on_discard: |this| this.discard(),
            on_save: |this| this.save(),
            on_save_person: |this| this.save_person(),
            on_remove_person: |this| this.remove_person(),
            on_new_vehicle: |this| this.new_vehicle(),
            on_save_vehicle: |this| this.save_vehicle(),
            on_remove: |this| this.remove(),
            on_revive: |this| this.revive(),
            on_erase: |this| this.erase(),
            on_export: |this| this.export(),
            on_close_sheet: |this| this.close_sheet(),
            on_show_tab: |this, tab| this.show_tab(tab),
            on_open_line: |this, kind, id| {
                let page = if kind == ui::LineKind::Task { ui::Page::Task } else { ui::Page::Vehicle };
                this.context.go(page, i64::from(id));
            },
            on_open_alike: |this, id| this.context.go(ui::Page::Customer, i64::from(id)),
            on_ask: |this, by| this.ask(by),
            on_write: |this, by| this.compose.open_and_save(About::Customer(CustomerId(this.id.get())), channel(by)),
            on_note: |this, given| this.note(given),
            on_edit_person: |this, id| this.edit_person(i64::from(id)),
            on_plate_edited: |this, text| this.plate_edited(&text),
        });
        page
    }

    pub(super) fn with(&self, act: impl FnOnce(&ui::CustomerCard<'_>)) {
        if let Some(window) = self.context.window() {
            act(&window.global::<ui::CustomerCard>());
        }
    }

    pub(super) fn customer(&self) -> CustomerId {
        CustomerId(self.id.get())
    }

    pub(super) fn look(self: &Rc<Self>) {
        let (id, newest) = (self.customer(), self.turn.next());
        if id.0 == 0 {
            return;
        }
        let this = Rc::downgrade(self);
        self.context.read(
            "customer.card",
            move |store, moment| store.customer_card(id, moment.today),
            move |card| {
                if let Some(this) = this.upgrade().filter(|_| newest()) {
                    this.show(card);
                }
            },
        );
    }

    fn show(&self, card: Result<Option<CustomerCard>, Trouble>) {
        match card {
            Ok(Some(card)) => {
                *self.card.borrow_mut() = Some(card);
                self.tell();
            }
            Ok(None) => self.with(|global| global.set_state(ui::CardState::Gone)),
            Err(_) => self.with(|global| global.set_state(ui::CardState::Error)),
        }
    }

    fn tell(&self) {
        let card = self.card.borrow();
        let Some(card) = card.as_ref() else { return };
        let local = |at| self.context.surroundings.local(at);
        self.with(|global| {
            global.set_name(card.customer.display_name().into());
            global.set_customer(form::fields(&card.customer));
            global.set_active(card.active);
            global.set_erased(card.erased_at.is_some());
            global.set_erased_on(convert::maybe_date(card.erased_at.map(|at| local(at).date())));
            global.set_reach(ModelRc::from(Rc::new(VecModel::from_iter(
                [ui::ReachBy::Call, ui::ReachBy::Sms, ui::ReachBy::Email].map(|by| self.reach(card, by)),
            ))));
            let persons = card.persons.iter().map(|(id, person)| form::person_fields(*id, person));
            global.set_persons(ModelRc::from(Rc::new(VecModel::from_iter(persons))));
            global.set_manager(self.context.is_manager());
            global.set_state(ui::CardState::Shown);
        });
        self.tell_lines(card);
    }

    fn reach(&self, card: &CustomerCard, by: ui::ReachBy) -> ui::ReachLine {
        let customer = &card.customer;
        let address = match by {
            ui::ReachBy::Call => customer.mobile.as_ref().or(customer.phone.as_ref()),
            ui::ReachBy::Sms => customer.mobile.as_ref(),
            ui::ReachBy::Email => customer.email.as_ref(),
        };
        let answer = card.consents.on(channel(by));
        let country = self.context.surroundings.country();
        let allowed = may(channel(by), LegalClass::Commercial, customer, &card.consents, &country);
        let reach = match (address, allowed) {
            (None, _) => ui::Reach::NoAddress,
            (_, Ok(())) => ui::Reach::Open,
            (_, Err(Barred::Objected)) => ui::Reach::Objected,
            (_, Err(Barred::Refused)) => ui::Reach::Refused,
            (_, Err(Barred::NeedsConsent)) => ui::Reach::NeedsConsent,
            (_, Err(Barred::NotYetCustomer)) => ui::Reach::NotCustomer,
        };
        ui::ReachLine {
            by,
            address: address.map(String::as_str).unwrap_or_default().into(),
            reach,
            asked: answer.is_some(),
            given: answer.is_some_and(|answer| answer.given),
            on: convert::maybe_date(
                answer.map(|answer| self.context.surroundings.local(answer.noted_at).date()),
            ),
            who: answer.and_then(|answer| answer.employee.as_deref()).unwrap_or_default().into(),
        }
    }

    fn show_tab(&self, tab: i32) {
        self.with(|global| global.set_tab(tab));
        self.tab.set(usize::try_from(tab).unwrap_or_default());
        if let Some(card) = self.card.borrow().as_ref() {
            self.tell_lines(card);
        }
    }

    fn tell_lines(&self, card: &CustomerCard) {
        let Some(tab) = Tab::ALL.get(self.tab.get()) else { return };
        let surroundings = &self.context.surroundings;
        let lines = of_customer(card, *tab, surroundings.today(), self.context.language(), |at| {
            surroundings.local(at)
        });
        self.with(|global| global.set_lines(ModelRc::from(Rc::new(VecModel::from(lines)))));
    }

    // The form.

    fn edit(self: &Rc<Self>) {
        let before = self.card.borrow().as_ref().map(|card| card.customer.clone()).unwrap_or_default();
        self.with(|global| {
            global.set_fields(form::fields(&before));
            forget_wrong(global);
            global.set_restored(false);
            global.set_alike(ModelRc::default());
        });
        *self.before.borrow_mut() = before;
        self.typed.forget();
        let (about, id) = (about(self.id.get()), self.id.get());
        let this = Rc::downgrade(self);
        // The sheet opens when it is known whether something was half typed.
        self.context.read(
            "customer.draft",
            move |store, _| store.draft(&about),
            move |draft| {
                let Some(this) = this.upgrade().filter(|this| this.id.get() == id) else { return };
                this.with(|global| {
                    let mut fields = global.get_fields();
                    if let Ok(Some(draft)) = draft
                        && form::restore(&mut fields, &draft.content)
                    {
                        global.set_fields(fields);
                        global.set_restored(true);
                    }
                    global.set_sheet(ui::CardSheet::Form);
                });
            },
        );
    }

    fn edited(self: &Rc<Self>) {
        self.with(|global| {
            forget_wrong(global);
            self.typed.typed(about(self.id.get()), form::draft(&global.get_fields()));
        });
        self.look_alike();
    }

    fn look_alike(self: &Rc<Self>) {
        let (newest, this) = (self.looks.next(), Rc::downgrade(self));
        let except = Some(self.customer()).filter(|id| id.0 != 0);
        self.with(|global| {
            let typed = form::customer(&global.get_fields(), &self.before.borrow());
            self.context.read(
                "customer.alike",
                move |store, _| store.alike(&typed, except),
                move |alike: Result<Vec<Alike>, Trouble>| {
                    let (Some(this), Ok(alike)) = (this.upgrade().filter(|_| newest()), alike) else {
                        return;
                    };
                    let lines = alike.iter().take(3).map(|one| ui::AlikeLine {
                        id: convert::number(one.id.0),
                        name: one.name.as_str().into(),
                        email: one.by == AlikeBy::Email,
                    });
                    let lines = ModelRc::from(Rc::new(VecModel::from_iter(lines)));
                    this.with(|global| global.set_alike(lines));
                },
            );
        });
    }

    fn discard(&self) {
        self.typed.discard(about(self.id.get()));
        self.with(|global| {
            global.set_fields(form::fields(&self.before.borrow()));
            global.set_restored(false);
            // The fields are made anew with what is stored.
            global.set_sheet(ui::CardSheet::None);
            global.set_sheet(ui::CardSheet::Form);
        });
    }

    fn save(self: &Rc<Self>) {
        let Some(window) = self.context.window() else { return };
        let global = window.global::<ui::CustomerCard>();
        let before = self.before.borrow().clone();
        let after = form::customer(&global.get_fields(), &before);
        let nameless = after.display_name().is_empty() || after.display_name() == after.code;
        global.set_name_missing(nameless);
        let reachable = check_addresses(
            &global,
            [&before.mobile, &before.phone, &before.email],
            [&after.mobile, &after.phone, &after.email],
        );
        if nameless || !reachable {
            return;
        }
        self.typed.forget();
        let id = self.id.get();
        self.saving(
            "customer.save",
            move |store, moment| {
                let customer = CustomerId(id);
                let saved = if id == 0 {
                    store.add_customer(&after, moment.actor)?
                } else {
                    store.change_customer(customer, &before, &after, moment.actor)?;
                    customer
                };
                store.drop_draft(&about(id))?;
                Ok(saved)
            },
            move |this, saved: CustomerId| {
                if id == 0 {
                    this.context.back();
                    this.context.go(ui::Page::Customer, saved.0);
                }
            },
        );
    }

    /// Saves something from a sheet; when it is safe the sheet closes and the page is read again.
    pub(super) fn saving<T: Send + 'static>(
        self: &Rc<Self>,
        what: &'static str,
        work: impl FnOnce(&mut crate::store::Store, &super::context::Moment) -> Result<T, StoreError>
        + Send
        + 'static,
        then: impl FnOnce(&Rc<Self>, T) + 'static,
    ) {
        self.with(|global| global.set_saving(true));
        let (this, id) = (Rc::downgrade(self), self.id.get());
        self.context.save(what, work, move |done| {
            let Some(this) = this.upgrade() else { return };
            this.with(|global| global.set_saving(false));
            match done {
                Ok(done) if this.id.get() == id => {
                    this.with(|global| global.set_sheet(ui::CardSheet::None));
                    this.context.confirm(ui::Toast::Saved, None);
                    this.look();
                    then(&this, done);
                }
                Ok(_) => {}
                Err(_) => this.context.confirm(ui::Toast::NotSaved, None),
            }
        });
    }

    pub(super) fn close_sheet(self: &Rc<Self>) {
        self.typed.keep();
        self.with(|global| global.set_sheet(ui::CardSheet::None));
        if self.id.get() == 0 {
            self.context.back();
        }
    }
}

/// Nothing on the form is called wrong any more.
pub(super) fn forget_wrong(global: &ui::CustomerCard<'_>) {
    global.set_name_missing(false);
    global.set_mobile_wrong(false);
    global.set_phone_wrong(false);
    global.set_email_wrong(false);
}

/// Says which of mobile, telephone and e-mail is none; what a file brought and nobody changed may stay.
pub(super) fn check_addresses(
    global: &ui::CustomerCard<'_>,
    before: [&Option<String>; 3],
    after: [&Option<String>; 3],
) -> bool {
    let wrong = |before: &Option<String>, after: &Option<String>, fits: fn(&str) -> bool| {
        before != after && !fits(after.as_deref().unwrap_or_default())
    };
    let [mobile_before, phone_before, email_before] = before;
    let [mobile, phone, email] = after;
    let mobile = wrong(mobile_before, mobile, form::phone_fits);
    let phone = wrong(phone_before, phone, form::phone_fits);
    let email = wrong(email_before, email, form::email_fits);
    global.set_mobile_wrong(mobile);
    global.set_phone_wrong(phone);
    global.set_email_wrong(email);
    !(mobile || phone || email)
}

impl Page for Rc<CustomerPage> {
    fn open(&self, id: i64) {
        self.id.set(id);
        self.card.borrow_mut().take();
        self.tab.set(0);
        self.with(|global| {
            global.set_id(convert::number(id));
            global.set_name("".into());
            global.set_tab(0);
            global.set_exported("".into());
            global.set_saving(false);
            global.set_sheet(ui::CardSheet::None);
            global.set_state(if id == 0 { ui::CardState::Shown } else { ui::CardState::Loading });
            global.set_manager(self.context.is_manager());
        });
        if id == 0 {
            self.edit();
        } else {
            self.look();
        }
    }

    fn refresh(&self) {
        self.look();
    }

    fn close(&self) {
        self.typed.keep();
        // What is still on its way is for nobody.
        let _ = self.turn.next();
        self.with(|global| global.set_sheet(ui::CardSheet::None));
    }
}
