//! The agenda: a day of the workshop with its free slots, and the appointment that is being made for a
//! task, a car or a plate that was typed (CSS-14, CLK-10). What is saved here is kept at once.

use std::cell::RefCell;
use std::rc::Rc;

use balie_ui as ui;
use chrono::{NaiveDate, NaiveTime, TimeDelta};
use slint::{ComponentHandle, ModelRc, VecModel};

use super::agenda_calendar;
use super::agenda_day::{self, from_kind, minute, to_kind, weekday};
use super::context::{Context, Page, Turn};
use super::wire::Trouble;
use super::{convert, slint};
use crate::domain::appointment::{Booked, Booking, kind_for, week_of};
use crate::domain::calendar_merge::{Conflict, Keep};
use crate::domain::ids::{AppointmentId, CustomerId, TaskId, VehicleId};
use crate::domain::plate::Plate;
use crate::domain::records::AppointmentKind;
use crate::store::appointment::BookingFor;
use crate::store::{Store, StoreError};

/// The adapter of the page.
pub struct AgendaPage {
    pub(super) context: Rc<Context>,
    state: RefCell<State>,
    turn: Turn,
    plates: Turn,
}

#[derive(Default)]
struct State {
    day: NaiveDate,
    booked: Vec<Booked>,
    minutes: u32,
    /// The appointment that is being made; `None`: the agenda is looked at.
    making: Option<Making>,
    /// The next turn to the page is for this car and customer.
    next: Option<(Option<VehicleId>, Option<CustomerId>)>,
}

/// What is being made or moved.
struct Making {
    wanted: BookingFor,
    kind: AppointmentKind,
    start: Option<NaiveTime>,
    minutes: u32,
    /// An appointment that gets another time.
    moving: Option<AppointmentId>,
    /// The plate is typed here.
    typed: Option<String>,
    saving: bool,
}

impl Making {
    fn new(wanted: BookingFor, minutes: u32) -> Self {
        let kind = wanted.task.map_or(AppointmentKind::Other, |(_, rule)| kind_for(rule));
        Self { wanted, kind, start: None, minutes, moving: None, typed: None, saving: false }
    }
}

/// One look at a day.
struct Looked {
    day: NaiveDate,
    booked: Vec<Booked>,
    load: Vec<(NaiveDate, u32)>,
    minutes: u32,
    differing: Vec<Conflict>,
    wanted: Option<BookingFor>,
}

fn look(store: &Store, day: NaiveDate, wanted: Option<BookingFor>) -> Result<Looked, StoreError> {
    let week = week_of(day);
    let load = store.appointment_load(&week)?;
    Ok(Looked {
        day,
        booked: store.appointments_on(day)?,
        load: week.into_iter().zip(load).collect(),
        minutes: store.settings()?.general.slot_minutes,
        differing: store.calendar_conflicts()?,
        wanted,
    })
}

impl AgendaPage {
    /// The page, with its callbacks connected.
    pub fn connect(context: &Rc<Context>) -> Rc<Self> {
        let page = Rc::new(Self {
            context: Rc::clone(context),
            state: RefCell::default(),
            turn: Turn::default(),
            plates: Turn::default(),
        });
        let Some(window) = context.window() else { return page };
        let agenda = window.global::<ui::Agenda>();
        hear!(agenda, page, {
            on_show: |this, date| if let Some(day) = convert::from_date(&date) {
                this.show(day)
            },
            on_turn: |this, days| {
                this.show(this.day() + TimeDelta::days(i64::from(days)))
            },
            on_pick: |this, start| this.pick(start),
            on_set_kind: |this, kind| this.change(|making| making.kind = from_kind(kind)),
            on_set_minutes: |this, minutes| {
                let minutes = u32::try_from(minutes).unwrap_or_default();
                this.change(|making| making.minutes = minutes)
            },
            on_set_plate: |this, text| this.plate_typed(text.to_string()),
            on_save: |this| this.save(),
            on_drop: |this| this.drop_booking(),
            on_move: |this, id| this.begin_move(AppointmentId(i64::from(id))),
            on_cancel: |this, id| this.cancel(AppointmentId(i64::from(id))),
            on_settle: |this, id, ours| {
                let keep = if ours { Keep::Ours } else { Keep::Theirs };
                this.settle(AppointmentId(i64::from(id)), keep)
            },
            on_retry: |this| this.show(this.day()),
            on_book_for: |this, vehicle, customer| {
                let id = |id: i32| (id >= 0).then_some(i64::from(id));
                this.state.borrow_mut().next = Some((id(vehicle).map(VehicleId), id(customer).map(CustomerId)));
                this.context.go(ui::Page::Agenda, -1)
            },
        });
        page
    }

    pub(super) fn with(&self, act: impl FnOnce(&ui::Agenda<'_>)) {
        if let Some(window) = self.context.window() {
            act(&window.global::<ui::Agenda>());
        }
    }

    /// Reads a day, and whom the next appointment is for. The first day with a free slot is proposed.
    fn read(
        self: &Rc<Self>,
        day: NaiveDate,
        wanted: impl FnOnce(&Store, NaiveDate) -> Result<Option<BookingFor>, StoreError> + Send + 'static,
    ) {
        let newest = self.turn.next();
        let this = Rc::downgrade(self);
        self.context.read(
            "agenda.day",
            move |store, moment| {
                let wanted = wanted(store, moment.today)?;
                look(store, day, wanted)
            },
            move |looked| {
                if let Some(this) = this.upgrade().filter(|_| newest()) {
                    this.looked(looked);
                }
            },
        );
    }

    pub(super) fn show(self: &Rc<Self>, day: NaiveDate) {
        {
            let mut state = self.state.borrow_mut();
            if state.day != day
                && let Some(making) = &mut state.making
            {
                making.start = None;
            }
            state.day = day;
        }
        self.read(day, |_, _| Ok(None));
    }

    fn looked(self: &Rc<Self>, looked: Result<Looked, Trouble>) {
        let Ok(looked) = looked else {
            self.with(|agenda| agenda.set_state(ui::AgendaState::Error));
            return;
        };
        {
            let mut state = self.state.borrow_mut();
            state.day = looked.day;
            state.booked = looked.booked;
            state.minutes = looked.minutes;
            if let Some(wanted) = looked.wanted {
                state.making = Some(Making::new(wanted, looked.minutes));
            }
        }
        let (day, today) = (looked.day, self.context.surroundings.today());
        let week = looked.load.iter().map(|(date, count)| ui::DayLoad {
            date: convert::date(*date),
            weekday: weekday(*date),
            count: convert::number(i64::from(*count)),
            today: *date == today,
            chosen: *date == day,
            past: *date < today,
        });
        self.with(|agenda| {
            agenda.set_day(convert::date(day));
            agenda.set_weekday(weekday(day));
            agenda.set_week(ModelRc::from(Rc::new(VecModel::from_iter(week))));
            agenda_calendar::tell(agenda, &looked.differing);
        });
        self.tell_slots();
        self.tell_making();
        self.with(|agenda| agenda.set_state(ui::AgendaState::Shown));
    }

    /// The day on the screen.
    pub(super) fn day(&self) -> NaiveDate {
        self.state.borrow().day
    }

    fn tell_slots(&self) {
        let state = self.state.borrow();
        let open = self.context.surroundings.slots(state.day, state.minutes);
        let now = self.context.surroundings.local(self.context.surroundings.now());
        let closed = open.is_empty();
        let rows = agenda_day::slots(state.day, &state.booked, open, state.minutes, now);
        drop(state);
        self.with(|agenda| {
            agenda.set_closed(closed);
            agenda.set_slots(ModelRc::from(Rc::new(VecModel::from(rows))));
        });
    }

    fn tell_making(&self) {
        let state = self.state.borrow();
        self.with(|agenda| {
            let Some(making) = &state.making else {
                agenda.set_booking(false);
                agenda.set_saving(false);
                return;
            };
            let plate =
                making.typed.clone().or(making.wanted.vehicle.as_ref().map(|(_, plate)| plate.clone()));
            agenda.set_plate(plate.unwrap_or_default().into());
            agenda.set_plate_asked(making.typed.is_some());
            let customer = making.wanted.customer.as_ref().map(|(_, name)| name.as_str());
            agenda.set_customer(customer.unwrap_or_default().into());
            agenda.set_kind(to_kind(making.kind));
            agenda.set_start(making.start.map_or(-1, minute));
            agenda.set_minutes(i32::try_from(making.minutes).unwrap_or_default());
            agenda.set_moving(making.moving.is_some());
            agenda.set_saving(making.saving);
            let clashes = making.start.map_or(0, |start| {
                let begins = state.day.and_time(start);
                let ends = begins + TimeDelta::minutes(i64::from(making.minutes));
                let others = state.booked.iter().filter(|booked| Some(booked.id) != making.moving);
                others.filter(|booked| booked.overlaps(begins, ends)).count()
            });
            agenda.set_clashes(i32::try_from(clashes).unwrap_or_default());
            agenda.set_booking(true);
        });
    }

    fn change(&self, act: impl FnOnce(&mut Making)) {
        if let Some(making) = &mut self.state.borrow_mut().making {
            act(making);
        }
        self.tell_making();
    }

    /// A time was touched: it is the appointment's, or begins a new one whose plate is typed.
    fn pick(&self, start: i32) {
        let start = u32::try_from(start).ok();
        let start =
            start.and_then(|start| NaiveTime::from_num_seconds_from_midnight_opt(start.checked_mul(60)?, 0));
        {
            let mut state = self.state.borrow_mut();
            let minutes = state.minutes;
            let making = state.making.get_or_insert_with(|| {
                self.with(|agenda| agenda.set_notes(Default::default()));
                Making { typed: Some(String::new()), ..Making::new(BookingFor::default(), minutes) }
            });
            making.start = start;
        }
        self.tell_making();
    }

    /// Looks a typed plate up; one that is not known is a warning, not a refusal (CLK-10).
    fn plate_typed(self: &Rc<Self>, text: String) {
        self.change(|making| {
            making.typed = Some(text.clone());
            (making.wanted.vehicle, making.wanted.customer) = (None, None);
        });
        self.with(|agenda| agenda.set_plate_unknown(false));
        let Ok(plate) = Plate::parse(&text) else { return };
        let newest = self.plates.next();
        let this = Rc::downgrade(self);
        self.context.read(
            "agenda.plate",
            move |store, moment| match store.vehicle_by_plate(&plate)? {
                Some((vehicle, _)) => store.booking_for(Some(vehicle), None, moment.today).map(Some),
                None => Ok(None),
            },
            move |found| {
                let Some(this) = this.upgrade().filter(|_| newest()) else { return };
                let Ok(found) = found else { return };
                this.with(|agenda| agenda.set_plate_unknown(found.is_none() && text.trim().len() >= 6));
                if let Some(wanted) = found {
                    this.change(|making| making.wanted = wanted);
                }
            },
        );
    }

    fn save(self: &Rc<Self>) {
        let job = {
            let mut state = self.state.borrow_mut();
            let day = state.day;
            let Some(making) = state.making.as_mut().filter(|making| !making.saving) else { return };
            let Some(start) = making.start else { return };
            making.saving = true;
            (day.and_time(start), making.moving, making.typed.clone(), making.kind, making.minutes)
        };
        let (starts_at, moving, typed, kind, minutes) = job;
        let wanted =
            self.state.borrow().making.as_ref().map(|making| making.wanted.clone()).unwrap_or_default();
        self.tell_making();
        let mut notes = String::new();
        self.with(|agenda| {
            agenda.set_save_failed(false);
            notes = agenda.get_notes().to_string();
        });
        let from_task = wanted.task.is_some();
        let this = Rc::downgrade(self);
        self.context.save(
            "agenda.save",
            move |store, moment| {
                if let Some(id) = moving {
                    return store.move_appointment(id, starts_at, moment.actor);
                }
                let mut vehicle = wanted.vehicle.map(|(id, _)| id);
                if let (None, Some(plate)) = (vehicle, typed.and_then(|text| Plate::parse(&text).ok())) {
                    vehicle = Some(store.add_vehicle(&plate, moment.actor)?.0);
                }
                let booking = Booking {
                    kind,
                    vehicle,
                    customer: wanted.customer.map(|(id, _)| id),
                    task: wanted.task.map(|(id, _)| id),
                    starts_at,
                    minutes,
                    notes: Some(notes),
                };
                store.make_appointment(&booking, moment.actor).map(|_| ())
            },
            move |saved| {
                let Some(this) = this.upgrade() else { return };
                this.saved(saved.is_ok(), from_task);
            },
        );
    }

    fn saved(self: &Rc<Self>, saved: bool, from_task: bool) {
        if !saved {
            self.change(|making| making.saving = false);
            self.with(|agenda| agenda.set_save_failed(true));
            return;
        }
        self.state.borrow_mut().making = None;
        self.with(|agenda| agenda.set_notes(Default::default()));
        self.tell_making();
        self.context.confirm(ui::Toast::Booked, None);
        if from_task {
            self.context.back();
        } else {
            self.show(self.day());
        }
    }

    fn drop_booking(&self) {
        let from_elsewhere = {
            let mut state = self.state.borrow_mut();
            let making = state.making.take();
            making.is_some_and(|making| making.moving.is_none() && making.typed.is_none())
        };
        self.with(|agenda| agenda.set_save_failed(false));
        self.tell_making();
        if from_elsewhere {
            self.context.back();
        }
    }

    fn begin_move(&self, id: AppointmentId) {
        {
            let mut state = self.state.borrow_mut();
            let Some(booked) = state.booked.iter().find(|booked| booked.id == id).cloned() else { return };
            let minutes = booked.ends_at.map_or(state.minutes, |end| {
                u32::try_from((end - booked.starts_at).num_minutes()).unwrap_or(state.minutes)
            });
            let mut making = Making::new(BookingFor::default(), minutes);
            making.moving = Some(id);
            making.kind = booked.kind;
            making.wanted.vehicle = booked.plate.map(|plate| (VehicleId(0), plate));
            making.wanted.customer = booked.customer.map(|name| (CustomerId(0), name));
            state.making = Some(making);
        }
        self.with(|agenda| agenda.set_touched_open(false));
        self.tell_making();
    }

    fn cancel(self: &Rc<Self>, id: AppointmentId) {
        let this = Rc::downgrade(self);
        self.context.save(
            "agenda.cancel",
            move |store, moment| store.cancel_appointment(id, moment.actor),
            move |cancelled| {
                let Some(this) = this.upgrade() else { return };
                this.with(|agenda| {
                    agenda.set_save_failed(cancelled.is_err());
                    agenda.set_touched_open(cancelled.is_err());
                });
                if cancelled.is_ok() {
                    this.context.confirm(ui::Toast::Cancelled, None);
                }
                this.show(this.day());
            },
        );
    }

    /// Opens the page for an appointment that is to be made.
    fn book(
        self: &Rc<Self>,
        wanted: impl FnOnce(&Store, NaiveDate) -> Result<Option<BookingFor>, StoreError> + Send + 'static,
    ) {
        let newest = self.turn.next();
        let this = Rc::downgrade(self);
        let surroundings = std::sync::Arc::clone(&self.context.surroundings);
        self.with(|agenda| {
            agenda.set_state(ui::AgendaState::Loading);
            agenda.set_notes(Default::default());
        });
        self.context.read(
            "agenda.book",
            move |store, moment| {
                let wanted = wanted(store, moment.today)?;
                let minutes = store.settings()?.general.slot_minutes;
                let day = agenda_day::first_free(store, surroundings.as_ref(), moment.today, minutes)?;
                look(store, day, wanted)
            },
            move |looked| {
                if let Some(this) = this.upgrade().filter(|_| newest()) {
                    this.looked(looked);
                }
            },
        );
    }
}

impl Page for Rc<AgendaPage> {
    fn open(&self, id: i64) {
        self.with(|agenda| {
            agenda.set_touched_open(false);
            agenda.set_differing_open(false);
            agenda.set_asking(false);
            agenda.set_save_failed(false);
            agenda.set_plate_unknown(false);
        });
        let next = self.state.borrow_mut().next.take();
        let mut typed = false;
        self.with(|agenda| typed = !agenda.get_notes().is_empty());
        // An appointment for which something was typed is still there when the page is turned to again.
        if id > 0 || next.is_some() || !typed {
            self.state.borrow_mut().making = None;
        }
        match (id, next) {
            (1.., _) => self.book(move |store, today| store.booking_for_task(TaskId(id), today)),
            (_, Some((vehicle, customer))) => {
                self.book(move |store, today| store.booking_for(vehicle, customer, today).map(Some));
            }
            _ => {
                self.with(|agenda| agenda.set_state(ui::AgendaState::Loading));
                self.show(self.context.surroundings.today());
            }
        }
    }

    fn refresh(&self) {
        self.read(self.day(), |_, _| Ok(None));
    }

    fn speak(&self) {}
}
