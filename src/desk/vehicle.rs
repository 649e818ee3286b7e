//! One vehicle: its dates, its owner, its odometer, and where everything known of it comes from.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use balie_ui as ui;
use chrono::NaiveDate;
use slint::{ComponentHandle, Model, ModelRc, SharedString, VecModel};

use super::app::Desk;
use super::context::{Context, Moment, Page, Turn};
use super::customer_lines::{section, task};
use super::customers::CustomersPage;
use super::wire::Trouble;
use super::{convert, slint};
use crate::domain::ids::VehicleId;
use crate::domain::vehicle::Vehicle;
use crate::rules::odometer::Reading;
use crate::store::customer_card::Section;
use crate::store::odometer::Taken;
use crate::store::vehicle_card::VehicleCard;
use crate::store::{Store, StoreError};

/// The dates of a vehicle, by their columns, in the order of the page.
const DATES: [&str; 9] = [
    "inspection_expires_on",
    "next_service_on",
    "service_interval_on",
    "timing_belt_on",
    "repair_advice_on",
    "roadside_cover_until",
    "warranty_until",
    "registered_on",
    "first_registered_on",
];

/// The page's adapter.
pub struct VehiclePage {
    context: Rc<Context>,
    customers: Rc<CustomersPage>,
    turn: Turn,
    id: Cell<i64>,
    card: RefCell<Option<VehicleCard>>,
    /// The vehicle as the form began.
    before: RefCell<Option<Vehicle>>,
    tab: Cell<i32>,
}

impl VehiclePage {
    /// The page, with its callbacks connected.
    pub fn connect(context: Rc<Context>, customers: Rc<CustomersPage>) -> Rc<Self> {
        let page = Rc::new(Self {
            context,
            customers,
            turn: Turn::default(),
            id: Cell::new(0),
            card: RefCell::new(None),
            before: RefCell::new(None),
            tab: Cell::new(0),
        });
        let Some(window) = page.context.window() else { return page };
        let global = window.global::<ui::VehicleCard>();
        hear!(global, page, {
            on_retry: |this| this.look(),
            on_edit: |this| this.edit(),
            on_save: |this| this.save(),
            on_take_reading: |this| this.take_reading(),
            on_set_cost: |this| this.set_cost(),
            on_choose_owner: |this| this.choose_owner(),
            on_why: |this| this.context.go(ui::Page::Why, this.id.get()),
            on_show_tab: |this, tab| {
                this.tab.set(tab);
                this.with(|global| global.set_tab(tab));
                this.tell_lines();
            },
            on_open_line: |this, kind, id| {
                let page = if kind == ui::LineKind::Task { ui::Page::Task } else { ui::Page::Customer };
                this.context.go(page, i64::from(id));
            },
            on_set_date: |this, field, on| this.set_date(&field, on),
        });
        page
    }

    fn with(&self, act: impl FnOnce(&ui::VehicleCard<'_>)) {
        if let Some(window) = self.context.window() {
            act(&window.global::<ui::VehicleCard>());
        }
    }

    fn vehicle(&self) -> VehicleId {
        VehicleId(self.id.get())
    }

    fn look(self: &Rc<Self>) {
        let (id, newest, this) = (self.vehicle(), self.turn.next(), Rc::downgrade(self));
        self.context.read(
            "vehicle.card",
            move |store, moment| {
                let Some(card) = store.vehicle_card(id, moment.today)? else { return Ok(None) };
                let owner = card.owner.map(|owner| store.customer(owner)).transpose()?.flatten();
                Ok(Some((card, owner.map(|owner| owner.display_name()))))
            },
            move |found| {
                if let Some(this) = this.upgrade().filter(|_| newest()) {
                    this.show(found);
                }
            },
        );
    }

    fn show(&self, found: Result<Option<(VehicleCard, Option<String>)>, Trouble>) {
        let (card, owner) = match found {
            Ok(Some(found)) => found,
            Ok(None) => return self.with(|global| global.set_state(ui::CardState::Gone)),
            Err(_) => return self.with(|global| global.set_state(ui::CardState::Error)),
        };
        let vehicle = &card.vehicle;
        let register = card.register.as_ref();
        self.with(|global| {
            global.set_plate(vehicle.plate.to_string().into());
            global.set_odd(vehicle.plate.sidecode().is_none());
            let what: Vec<&str> =
                [vehicle.make.as_deref(), vehicle.model.as_deref()].into_iter().flatten().collect();
            global.set_what(what.join(" ").into());
            global.set_vehicle(fields(vehicle));
            let dates = dates(vehicle).map(|(field, on)| {
                let other = match field {
                    "inspection_expires_on" => register.and_then(|line| line.inspection_expires_on),
                    "registered_on" => register.and_then(|line| line.registered_on),
                    _ => None,
                };
                let register = convert::maybe_date(other.filter(|other| Some(*other) != on));
                ui::VehicleDate { field: field.into(), on: convert::maybe_date(on), register }
            });
            let known = dates.into_iter().filter(|date| date.on.year != 0 || date.register.year != 0);
            global.set_dates(ModelRc::from(Rc::new(VecModel::from_iter(known))));
            global.set_last_visit_on(convert::maybe_date(card.last_visit_on));
            global.set_odometer_km(card.readings.lines.first().map_or(-1, |one| convert::number(one.km)));
            global.set_cost(vehicle.cost_per_km.map(|cost| cost.to_string()).unwrap_or_default().into());
            global.set_owner_id(card.owner.map_or(0, |owner| convert::number(owner.0)));
            global.set_owner(owner.unwrap_or_default().into());
            let local = |at| self.context.surroundings.local(at).date();
            global.set_fetched_on(convert::maybe_date(register.map(|line| local(line.fetched_at))));
            global.set_state(ui::CardState::Shown);
        });
        *self.card.borrow_mut() = Some(card);
        self.tell_lines();
    }

    fn tell_lines(&self) {
        let card = self.card.borrow();
        let Some(card) = card.as_ref() else { return };
        let mut lines = Vec::new();
        match self.tab.get() {
            1 => self.workshop(card, &mut lines),
            2 => self.origins(card, &mut lines),
            _ => section(&mut lines, ui::CardSection::Tasks, &card.tasks, task),
        }
        self.with(|global| global.set_lines(ModelRc::from(Rc::new(VecModel::from(lines)))));
    }

    fn workshop(&self, card: &VehicleCard, lines: &mut Vec<ui::CardLine>) {
        section(lines, ui::CardSection::Inspections, &card.inspections, |one| ui::CardLine {
            kind: if one.result.as_deref() == Some("fail") { ui::LineKind::Fail } else { ui::LineKind::Pass },
            on: convert::date(one.on),
            text: one.advice.as_str().into(),
            ..Default::default()
        });
        section(lines, ui::CardSection::Readings, &card.readings, |one| ui::CardLine {
            kind: ui::LineKind::Reading,
            id: convert::number(one.km),
            on: convert::date(one.on),
            ..Default::default()
        });
        section(lines, ui::CardSection::Owners, &card.owners, |one| ui::CardLine {
            kind: ui::LineKind::Owner,
            id: convert::number(one.customer.0),
            text: one.name.as_str().into(),
            on: convert::maybe_date(one.from_on),
            until: convert::maybe_date(one.until_on),
            ..Default::default()
        });
    }

    /// Where each value comes from: the file, the register, or who typed it, with its time.
    fn origins(&self, card: &VehicleCard, lines: &mut Vec<ui::CardLine>) {
        let all = Section { lines: card.origins.clone(), count: card.origins.len() };
        section(lines, ui::CardSection::Origins, &all, |one| {
            let at = one.at.map(|at| self.context.surroundings.local(at));
            let time = at.map(|at| at.format("%H:%M").to_string()).unwrap_or_default();
            let source = if one.source == "register" { "RDW" } else { one.name.as_deref().unwrap_or("–") };
            ui::CardLine {
                kind: ui::LineKind::Origin,
                field: one.field.as_str().into(),
                on: convert::maybe_date(at.map(|at| at.date())),
                text: format!("{time} · {source}").into(),
                ..Default::default()
            }
        });
        if let Some(register) = &card.register {
            let at = self.context.surroundings.local(register.fetched_at);
            for (field, value) in [
                ("inspection_expires_on", register.inspection_expires_on),
                ("registered_on", register.registered_on),
            ] {
                let Some(value) = value else { continue };
                let value = self.context.language().short_date(value);
                lines.push(ui::CardLine {
                    kind: ui::LineKind::Origin,
                    field: field.into(),
                    on: convert::date(at.date()),
                    text: format!("{} · RDW · {value}", at.format("%H:%M")).into(),
                    ..Default::default()
                });
            }
        }
    }

    fn edit(&self) {
        let card = self.card.borrow();
        let Some(card) = card.as_ref() else { return };
        *self.before.borrow_mut() = Some(card.vehicle.clone());
        let dates = dates(&card.vehicle).map(|(field, on)| ui::VehicleDate {
            field: field.into(),
            on: convert::maybe_date(on),
            ..Default::default()
        });
        self.with(|global| {
            global.set_fields(fields(&card.vehicle));
            global.set_form_dates(ModelRc::from(Rc::new(VecModel::from(dates.to_vec()))));
            global.set_doubted(false);
            global.set_sheet(ui::VehicleSheet::Form);
        });
    }

    fn set_date(&self, field: &str, on: ui::Date) {
        self.with(|global| {
            let dates = global.get_form_dates();
            for place in 0..dates.row_count() {
                if let Some(mut date) = dates.row_data(place).filter(|date| date.field == field) {
                    date.on = on.clone();
                    dates.set_row_data(place, date);
                }
            }
        });
    }

    fn save(self: &Rc<Self>) {
        let (Some(window), Some(before)) = (self.context.window(), self.before.borrow().clone()) else {
            return;
        };
        let global = window.global::<ui::VehicleCard>();
        let typed = |text: SharedString| {
            let text = text.trim();
            (!text.is_empty()).then(|| text.to_owned())
        };
        let form = global.get_fields();
        let mut after = Vehicle {
            vin: typed(form.vin),
            make: typed(form.make),
            model: typed(form.model),
            variant: typed(form.variant),
            roadside_provider: typed(form.roadside_provider),
            repair_advice: typed(form.repair_advice),
            ..before.clone()
        };
        for date in global.get_form_dates().iter() {
            if let Some(place) = date_of(&mut after, &date.field) {
                *place = convert::from_date(&date.on);
            }
        }
        let id = self.vehicle();
        self.saving(
            "vehicle.save",
            move |store, moment| store.change_vehicle(id, &before, &after, moment.actor),
            |this, _| this.done(),
        );
    }

    fn take_reading(self: &Rc<Self>) {
        let Some(window) = self.context.window() else { return };
        let global = window.global::<ui::VehicleCard>();
        let km = convert::km(&global.get_reading());
        global.set_wrong(km.is_none());
        let Some(km) = km else { return };
        // Saved once more under the doubt that was said: the person is sure.
        let sure = global.get_doubted();
        let id = self.vehicle();
        self.saving(
            "vehicle.reading",
            move |store, moment| {
                let reading = Reading { on: moment.today, km };
                store.take_reading(id, reading, sure, moment.actor)
            },
            move |this, taken| match taken {
                Taken::Kept => this.done(),
                Taken::Doubted(_) => this.with(|global| global.set_doubted(true)),
            },
        );
    }

    fn set_cost(self: &Rc<Self>) {
        let Some(window) = self.context.window() else { return };
        let global = window.global::<ui::VehicleCard>();
        let cost = convert::cost_per_km(&global.get_new_cost());
        global.set_wrong(cost.is_err());
        let (Ok(cost), id) = (cost, self.vehicle()) else { return };
        self.saving(
            "vehicle.cost",
            move |store, moment| store.set_cost_per_km(id, cost, moment.actor),
            |this, ()| this.done(),
        );
    }

    fn choose_owner(self: &Rc<Self>) {
        let (id, this) = (self.vehicle(), Rc::downgrade(self));
        self.customers.choose(move |customer| {
            let Some(this) = this.upgrade() else { return };
            this.saving(
                "vehicle.owner",
                move |store, moment| store.link_owner(id, customer, moment.today, moment.actor),
                |this, ()| this.done(),
            );
        });
    }

    fn saving<T: Send + 'static>(
        self: &Rc<Self>,
        what: &'static str,
        work: impl FnOnce(&mut Store, &Moment) -> Result<T, StoreError> + Send + 'static,
        then: impl FnOnce(&Rc<Self>, T) + 'static,
    ) {
        self.with(|global| global.set_saving(true));
        let (this, id) = (Rc::downgrade(self), self.id.get());
        self.context.save(what, work, move |done| {
            let Some(this) = this.upgrade() else { return };
            this.with(|global| global.set_saving(false));
            match done {
                Ok(done) if this.id.get() == id => then(&this, done),
                Ok(_) => {}
                Err(_) => this.context.confirm(ui::Toast::NotSaved, None),
            }
        });
    }

    /// It is safe: the sheet closes and the page is read again.
    fn done(self: &Rc<Self>) {
        self.with(|global| {
            global.set_sheet(ui::VehicleSheet::None);
            global.set_doubted(false);
        });
        self.context.confirm(ui::Toast::Saved, None);
        self.look();
    }
}

fn fields(vehicle: &Vehicle) -> ui::VehicleFields {
    let shown = |text: &Option<String>| SharedString::from(text.as_deref().unwrap_or_default());
    ui::VehicleFields {
        vin: shown(&vehicle.vin),
        make: shown(&vehicle.make),
        model: shown(&vehicle.model),
        variant: shown(&vehicle.variant),
        roadside_provider: shown(&vehicle.roadside_provider),
        repair_advice: shown(&vehicle.repair_advice),
    }
}

fn dates(vehicle: &Vehicle) -> [(&'static str, Option<NaiveDate>); 9] {
    let mut vehicle = vehicle.clone();
    DATES.map(|field| (field, date_of(&mut vehicle, field).and_then(|date| *date)))
}

fn date_of<'v>(vehicle: &'v mut Vehicle, field: &str) -> Option<&'v mut Option<NaiveDate>> {
    Some(match field {
        "inspection_expires_on" => &mut vehicle.inspection_expires_on,
        "next_service_on" => &mut vehicle.next_service_on,
        "service_interval_on" => &mut vehicle.service_interval_on,
        "timing_belt_on" => &mut vehicle.timing_belt_on,
        "repair_advice_on" => &mut vehicle.repair_advice_on,
        "roadside_cover_until" => &mut vehicle.roadside_cover_until,
        "warranty_until" => &mut vehicle.warranty_until,
        "registered_on" => &mut vehicle.registered_on,
        "first_registered_on" => &mut vehicle.first_registered_on,
        _ => return None,
    })
}

impl Page for Rc<VehiclePage> {
    fn open(&self, id: i64) {
        self.id.set(id);
        self.card.borrow_mut().take();
        self.tab.set(0);
        self.with(|global| {
            global.set_id(convert::number(id));
            global.set_plate("".into());
            global.set_what("".into());
            global.set_tab(0);
            global.set_saving(false);
            global.set_doubted(false);
            global.set_wrong(false);
            global.set_sheet(ui::VehicleSheet::None);
            global.set_state(ui::CardState::Loading);
        });
        self.look();
    }

    fn refresh(&self) {
        self.look();
    }

    fn close(&self) {
        // What is still on its way is for nobody.
        let _ = self.turn.next();
        self.with(|global| global.set_sheet(ui::VehicleSheet::None));
    }
}

/// The page's states, and how the desk comes to them.
pub(super) const PICTURES: &[super::picture::Picture] = &[
    ("vehicle", |desk| desk.context().go(ui::Page::Vehicle, 20)),
    ("vehicle-side", |desk| tab(desk, -1)),
    ("vehicle-workshop", |desk| tab(desk, 1)),
    ("vehicle-origin", |desk| tab(desk, 2)),
    ("vehicle-form", |desk| {
        tab(desk, 0);
        global(desk, |card| card.invoke_edit());
    }),
    ("vehicle-reading", |desk| {
        tab(desk, 0);
        global(desk, |card| {
            card.set_reading("12".into());
            card.set_doubted(true);
            card.set_sheet(ui::VehicleSheet::Reading);
        });
    }),
    ("vehicle-cost", |desk| {
        tab(desk, 0);
        global(desk, |card| {
            card.set_wrong(true);
            card.set_sheet(ui::VehicleSheet::Cost);
        });
    }),
    ("vehicle-gone", |desk| desk.context().go(ui::Page::Vehicle, 2_000_000)),
    ("vehicle-error", |desk| {
        tab(desk, 0);
        global(desk, |card| card.set_state(ui::CardState::Error));
    }),
];

fn global(desk: &Rc<Desk>, act: impl FnOnce(&ui::VehicleCard<'_>)) {
    act(&desk.window().global::<ui::VehicleCard>());
}

fn tab(desk: &Rc<Desk>, tab: i32) {
    desk.context().go(ui::Page::Vehicle, 20);
    super::picture::wait(desk);
    global(desk, |card| card.invoke_show_tab(tab));
}
