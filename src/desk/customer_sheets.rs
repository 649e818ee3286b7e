//! What opens over a customer's page beside the form: contact persons, consents, a vehicle, and what is
//! seldom done; and the page's pictures.

use std::rc::Rc;

use balie_ui as ui;
use slint::ComponentHandle;

use super::app::Desk;
use super::customer::{CustomerPage, channel, check_addresses, forget_wrong};
use super::{customer_form as form, slint};
use crate::domain::customer::ContactPerson;
use crate::domain::ids::ContactPersonId;
use crate::domain::plate::Plate;
use crate::exchange::export_person;
use crate::store::StoreError;
use crate::store::customer_edit::Removed;

impl CustomerPage {
    // Contact persons.

    pub(super) fn edit_person(&self, id: i64) {
        let card = self.card.borrow();
        let person = card
            .as_ref()
            .and_then(|card| card.persons.iter().find(|(known, _)| known.0 == id))
            .map(|(id, person)| form::person_fields(*id, person))
            .unwrap_or_default();
        self.with(|global| {
            forget_wrong(global);
            global.set_person(person);
            global.set_sheet(ui::CardSheet::Person);
        });
    }

    pub(super) fn save_person(self: &Rc<Self>) {
        let Some(window) = self.context.window() else { return };
        let fields = window.global::<ui::CustomerCard>().get_person();
        let (customer, id, after) = (self.customer(), i64::from(fields.id), form::person(&fields));
        if after == ContactPerson::default() {
            self.close_sheet();
            return;
        }
        let card = self.card.borrow();
        let before = card.as_ref().and_then(|card| card.persons.iter().find(|(known, _)| known.0 == id));
        let before = before.map(|(_, person)| person.clone()).unwrap_or_default();
        drop(card);
        let reachable = check_addresses(
            &window.global::<ui::CustomerCard>(),
            [&before.mobile, &before.phone, &before.email],
            [&after.mobile, &after.phone, &after.email],
        );
        if !reachable {
            return;
        }
        self.saving(
            "customer.person",
            move |store, moment| {
                if id == 0 {
                    store.add_contact_person(customer, &after, moment.actor)?;
                } else {
                    store.change_contact_person(ContactPersonId(id), &before, &after, moment.actor)?;
                }
                Ok(())
            },
            |_, ()| {},
        );
    }

    pub(super) fn remove_person(self: &Rc<Self>) {
        let Some(window) = self.context.window() else { return };
        let id = ContactPersonId(i64::from(window.global::<ui::CustomerCard>().get_person().id));
        self.saving(
            "customer.person",
            move |store, moment| store.remove_contact_person(id, moment.actor),
            |_, ()| {},
        );
    }

    // Consent.

    pub(super) fn ask(self: &Rc<Self>, by: ui::ReachBy) {
        let language = self.card.borrow().as_ref().and_then(|card| card.customer.language);
        let language = language.unwrap_or(self.context.language());
        let this = Rc::downgrade(self);
        self.context.read(
            "customer.wording",
            move |store, _| store.consent_wording(channel(by), language),
            move |wording| {
                let Some(this) = this.upgrade() else { return };
                let Ok(wording) = wording else { return this.context.confirm(ui::Toast::NotRead, None) };
                this.with(|global| {
                    global.set_asked(by);
                    global.set_wording(wording.into());
                    global.set_sheet(ui::CardSheet::Consent);
                });
            },
        );
    }

    pub(super) fn note(self: &Rc<Self>, given: bool) {
        let Some(window) = self.context.window() else { return };
        let global = window.global::<ui::CustomerCard>();
        let (id, by, wording) = (self.customer(), global.get_asked(), global.get_wording().to_string());
        self.saving(
            "customer.consent",
            move |store, moment| store.note_consent(id, channel(by), given, wording.trim(), moment.actor),
            |_, ()| {},
        );
    }

    // A vehicle of theirs.

    pub(super) fn new_vehicle(&self) {
        self.with(|global| {
            global.set_plate("".into());
            global.set_plate_odd(false);
            global.set_plate_wrong(false);
            global.set_plate_owner("".into());
            global.set_sheet(ui::CardSheet::Vehicle);
        });
    }

    pub(super) fn plate_edited(self: &Rc<Self>, text: &str) {
        let newest = self.looks.next();
        let plate = Plate::parse(text);
        self.with(|global| {
            global.set_plate_wrong(!text.is_empty() && plate.is_err());
            global.set_plate_odd(
                plate.as_ref().is_ok_and(|plate| plate.as_str().len() >= 6 && plate.sidecode().is_none()),
            );
            global.set_plate_owner("".into());
        });
        let (Ok(plate), this, me) = (plate, Rc::downgrade(self), self.customer()) else { return };
        self.context.read(
            "customer.plate",
            move |store, moment| {
                let Some((vehicle, _)) = store.vehicle_by_plate(&plate)? else { return Ok(None) };
                let card = store.vehicle_card(vehicle, moment.today)?;
                let owner = card.and_then(|card| card.owner).filter(|owner| *owner != me);
                let owner = owner.map(|owner| store.customer(owner)).transpose()?.flatten();
                Ok(owner.map(|owner| owner.display_name()))
            },
            move |owner| {
                if let (Some(this), Ok(Some(owner))) = (this.upgrade().filter(|_| newest()), owner) {
                    this.with(|global| global.set_plate_owner(owner.into()));
                }
            },
        );
    }

    pub(super) fn save_vehicle(self: &Rc<Self>) {
        let Some(window) = self.context.window() else { return };
        let Ok(plate) = Plate::parse(&window.global::<ui::CustomerCard>().get_plate()) else { return };
        let customer = self.customer();
        self.saving(
            "customer.vehicle",
            move |store, moment| {
                let (vehicle, _) = store.add_vehicle(&plate, moment.actor)?;
                store.link_owner(vehicle, customer, moment.today, moment.actor)
            },
            |_, ()| {},
        );
    }

    // What is seldom done.

    pub(super) fn remove(self: &Rc<Self>) {
        let id = self.customer();
        self.saving(
            "customer.remove",
            move |store, moment| store.remove_customer(id, moment.actor),
            |this, removed| {
                if removed == Removed::Deleted {
                    this.context.back();
                }
            },
        );
    }

    pub(super) fn revive(self: &Rc<Self>) {
        let id = self.customer();
        self.saving(
            "customer.revive",
            move |store, moment| store.revive_customer(id, moment.actor),
            |_, ()| {},
        );
    }

    /// Writes everything about them onto a stick, or where there is none into the data folder.
    pub(super) fn export(self: &Rc<Self>) {
        if !self.context.is_manager() {
            return;
        }
        let (id, language) = (self.customer(), self.context.language());
        let outlet = self.context.outlet();
        self.with(|global| global.set_saving(true));
        let this = Rc::downgrade(self);
        self.context.save(
            "customer.export",
            move |store, moment| {
                let folder = outlet(store);
                let written = export_person(store, id, &folder, moment.today, language)
                    .map_err(|error| StoreError::Strange(error.to_string()))?;
                store.note_export(id, moment.actor)?;
                Ok(written)
            },
            move |written| {
                let Some(this) = this.upgrade() else { return };
                this.with(|global| global.set_saving(false));
                match written {
                    Ok([_, pdf]) if this.customer() == id => {
                        this.with(|global| global.set_exported(pdf.display().to_string().into()));
                    }
                    Ok(_) => {}
                    Err(_) => this.context.confirm(ui::Toast::NotSaved, None),
                }
            },
        );
    }

    pub(super) fn erase(self: &Rc<Self>) {
        if !self.context.is_manager() {
            return;
        }
        let id = self.customer();
        self.saving(
            "customer.erase",
            move |store, moment| store.erase_customer(id, moment.today, moment.actor),
            |_, ()| {},
        );
    }
}

/// The page's states, and how the desk comes to them.
pub(super) const PICTURES: &[super::picture::Picture] = &[
    ("customer", |desk| desk.context().go(ui::Page::Customer, 3)),
    ("customer-workshop", |desk| tab(desk, 1)),
    ("customer-invoices", |desk| tab(desk, 2)),
    ("customer-side", |desk| tab(desk, -1)),
    ("customer-form", |desk| {
        desk.context().go(ui::Page::Customer, 3);
        super::picture::wait(desk);
        global(desk, |card| card.invoke_edit());
    }),
    ("customer-new", |desk| desk.context().go(ui::Page::Customer, 0)),
    ("customer-person", |desk| {
        desk.context().go(ui::Page::Customer, 3);
        global(desk, |card| card.invoke_edit_person(0));
    }),
    ("customer-consent", |desk| {
        desk.context().go(ui::Page::Customer, 3);
        global(desk, |card| card.invoke_ask(ui::ReachBy::Call));
    }),
    ("customer-vehicle", |desk| {
        desk.context().go(ui::Page::Customer, 3);
        global(desk, |card| {
            card.invoke_new_vehicle();
            card.set_plate("V-444-44".into());
            card.invoke_plate_edited("V-444-44".into());
        });
    }),
    ("customer-more", |desk| sheet(desk, ui::CardSheet::More)),
    ("customer-remove", |desk| sheet(desk, ui::CardSheet::Remove)),
    ("customer-erase", |desk| sheet(desk, ui::CardSheet::Erase)),
    ("customer-gone", |desk| desk.context().go(ui::Page::Customer, 2_000_000)),
    ("customer-error", |desk| {
        desk.context().go(ui::Page::Customer, 3);
        super::picture::wait(desk);
        global(desk, |card| card.set_state(ui::CardState::Error));
    }),
];

fn global(desk: &Rc<Desk>, act: impl FnOnce(&ui::CustomerCard<'_>)) {
    act(&desk.window().global::<ui::CustomerCard>());
}

fn tab(desk: &Rc<Desk>, tab: i32) {
    desk.context().go(ui::Page::Customer, 3);
    super::picture::wait(desk);
    global(desk, |card| card.invoke_show_tab(tab));
}

fn sheet(desk: &Rc<Desk>, sheet: ui::CardSheet) {
    desk.context().go(ui::Page::Customer, 3);
    super::picture::wait(desk);
    global(desk, |card| card.set_sheet(sheet));
}
