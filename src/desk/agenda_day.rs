//! A day of the agenda as the page shows it: its slots, what begins in each, and the page's pictures.

use std::rc::Rc;

use balie_ui as ui;
use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike};
use slint::{ComponentHandle, ModelRc, VecModel};

use super::app::Desk;
use super::picture::{self, Picture};
use super::{Surroundings, agenda_calendar, convert, slint};
use crate::domain::appointment::{Booked, usual_slots};
use crate::domain::records::{AppointmentKind, AppointmentStatus};
use crate::store::{Store, StoreError};

/// The kinds, in the order of the screen.
const KINDS: [(AppointmentKind, ui::Booking); 4] = [
    (AppointmentKind::Inspection, ui::Booking::Inspection),
    (AppointmentKind::Service, ui::Booking::Service),
    (AppointmentKind::Repair, ui::Booking::Repair),
    (AppointmentKind::Other, ui::Booking::Other),
];
/// How many days ahead the first free slot is looked for.
const AHEAD: usize = 60;
/// The page in its states.
pub(super) const PICTURES: &[Picture] = &[
    ("agenda", |desk| turn_to(desk, 0)),
    ("agenda-booking", |desk| {
        turn_to(desk, 0);
        desk.window().global::<ui::Tasks>().invoke_show_pursued(false);
        picture::wait(desk);
        let task = desk.window().global::<ui::Tasks>().get_selected_id();
        turn_to(desk, task);
        let agenda = desk.window().global::<ui::Agenda>();
        agenda.invoke_pick(9 * 60 + 30);
    }),
    ("agenda-new", |desk| {
        turn_to(desk, 0);
        let agenda = desk.window().global::<ui::Agenda>();
        agenda.invoke_pick(11 * 60);
        agenda.invoke_set_plate("G-001-BB".into());
    }),
    ("agenda-differing", |desk| differing(desk, false)),
    ("agenda-differing-both", |desk| differing(desk, true)),
    ("agenda-error", |desk| {
        turn_to(desk, 0);
        desk.window().global::<ui::Agenda>().set_state(ui::AgendaState::Error);
    }),
];

fn turn_to(desk: &Rc<Desk>, id: i32) {
    let window = desk.window();
    window.global::<ui::Desk>().invoke_go(ui::Page::Tasks, 0);
    picture::wait(desk);
    window.global::<ui::Desk>().invoke_go(ui::Page::Agenda, id);
    picture::wait(desk);
}

fn differing(desk: &Rc<Desk>, open: bool) {
    turn_to(desk, 0);
    let agenda = desk.window().global::<ui::Agenda>();
    agenda_calendar::example(&agenda, desk.context().surroundings.today());
    agenda.set_differing_open(open);
}

/// The first day from today on which some slot is free of what is planned; today when there is none.
pub(super) fn first_free(
    store: &Store,
    surroundings: &dyn Surroundings,
    today: NaiveDate,
    minutes: u32,
) -> Result<NaiveDate, StoreError> {
    let now = surroundings.local(surroundings.now());
    let length = TimeDelta::minutes(i64::from(minutes));
    for day in today.iter_days().take(AHEAD) {
        let booked = store.appointments_on(day)?;
        let free = surroundings.slots(day, minutes).into_iter().any(|start| {
            let begins = day.and_time(start);
            begins > now && !booked.iter().any(|one| one.overlaps(begins, begins + length))
        });
        if free {
            return Ok(day);
        }
    }
    Ok(today)
}

/// The lines of a day. A closed day has the hours of a usual one, because an appointment can still be
/// made; what begins outside every slot has a line of its own.
pub(super) fn slots(
    day: NaiveDate,
    booked: &[Booked],
    open: Vec<NaiveTime>,
    minutes: u32,
    now: NaiveDateTime,
) -> Vec<ui::SlotRow> {
    let mut starts = if open.is_empty() { usual_slots(minutes) } else { open };
    let length = TimeDelta::minutes(i64::from(minutes));
    let outside = |booked: &&Booked| {
        !starts.iter().any(|start| {
            let begins = day.and_time(*start);
            (begins..begins + length).contains(&booked.starts_at)
        })
    };
    let others: Vec<NaiveTime> =
        booked.iter().filter(outside).map(|booked| booked.starts_at.time()).collect();
    starts.extend(others);
    starts.sort_unstable();
    starts.dedup();
    let line = |(place, start): (usize, &NaiveTime)| {
        let begins = day.and_time(*start);
        let until = starts.get(place + 1).map_or(begins + length, |next| day.and_time(*next));
        let within = begins..until.max(begins + TimeDelta::minutes(1));
        let own = booked.iter().filter(|booked| within.contains(&booked.starts_at)).map(booked_row);
        let busy = booked.iter().filter(|booked| booked.overlaps(begins, begins + length)).count();
        ui::SlotRow {
            start: minute(*start),
            busy: i32::try_from(busy).unwrap_or_default(),
            past: begins + length < now,
            booked: ModelRc::from(Rc::new(VecModel::from_iter(own))),
        }
    };
    starts.iter().enumerate().map(line).collect()
}

/// Monday is 0.
pub(super) fn weekday(day: NaiveDate) -> i32 {
    i32::try_from(day.weekday().num_days_from_monday()).unwrap_or_default()
}

/// Minutes after midnight.
pub(super) fn minute(time: NaiveTime) -> i32 {
    i32::try_from(time.num_seconds_from_midnight() / 60).unwrap_or_default()
}

/// A kind as the page has it.
pub(super) fn to_kind(kind: AppointmentKind) -> ui::Booking {
    KINDS.iter().find(|(own, _)| *own == kind).map_or(ui::Booking::Other, |(_, shown)| *shown)
}

/// The kind that was touched.
pub(super) fn from_kind(kind: ui::Booking) -> AppointmentKind {
    KINDS.iter().find(|(_, shown)| *shown == kind).map_or(AppointmentKind::Other, |(own, _)| *own)
}

fn booked_row(booked: &Booked) -> ui::BookedRow {
    let start = minute(booked.starts_at.time());
    ui::BookedRow {
        id: convert::number(booked.id.0),
        start,
        end: booked.ends_at.map_or(start + 30, |end| minute(end.time())),
        kind: to_kind(booked.kind),
        plate: booked.plate.clone().unwrap_or_default().into(),
        customer: booked.customer.clone().unwrap_or_default().into(),
        notes: booked.notes.clone().unwrap_or_default().into(),
        planned: booked.status == AppointmentStatus::Planned,
    }
}
