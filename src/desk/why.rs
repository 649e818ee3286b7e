//! Why is a task here, and why is that one not (NEW-01): the judgement of a vehicle, one tap from a
//! task and from a vehicle. The page puts it into words.

use std::cell::Cell;
use std::rc::Rc;

use balie_ui as ui;
use slint::{ComponentHandle, ModelRc, VecModel};
use ui::Missing;

use super::context::{Context, Page, Turn};
use super::picture::{self, Picture};
use super::wire::Trouble;
use super::{convert, slint};
use crate::domain::ids::VehicleId;
use crate::domain::rule::{RuleKey, Source};
use crate::domain::settings::{Numbers, Settings};
use crate::domain::vehicle::Vehicle;
use crate::rules::decide::Reason;
use crate::rules::why::{Answer, Case, Stand};
use crate::store::why::Judgement;

/// The page in its states, for the car of the most urgent task.
pub(super) const PICTURES: &[Picture] = &[
    ("why", |desk| {
        let window = desk.window();
        window.global::<ui::Desk>().invoke_go(ui::Page::Tasks, 0);
        picture::wait(desk);
        let vehicle = window.global::<ui::Tasks>().get_detail().vehicle_id;
        window.global::<ui::Desk>().invoke_go(ui::Page::Why, vehicle);
    }),
    ("why-error", |desk| desk.window().global::<ui::Why>().set_state(ui::EditState::Error)),
];

/// The adapter of the page.
pub struct WhyPage {
    context: Rc<Context>,
    turn: Turn,
    vehicle: Cell<Option<VehicleId>>,
}

impl WhyPage {
    /// The page, with its callbacks connected.
    pub fn connect(context: Rc<Context>) -> Rc<Self> {
        let page = Rc::new(Self { context, turn: Turn::default(), vehicle: Cell::new(None) });
        let Some(window) = page.context.window() else { return page };
        let why = window.global::<ui::Why>();
        hear!(why, page, {
            on_retry: |this| this.look(),
            on_open_task: |this, task| this.context.go(ui::Page::Task, i64::from(task)),
        });
        page
    }

    fn look(self: &Rc<Self>) {
        let Some(vehicle) = self.vehicle.get() else { return };
        let newest = self.turn.next();
        let this = Rc::downgrade(self);
        self.context.read(
            "why.look",
            move |store, moment| {
                let Some(known) = store.vehicle(vehicle)? else { return Ok(None) };
                Ok(Some((known, store.judge(vehicle, moment.today)?)))
            },
            move |judged| {
                if let Some(this) = this.upgrade().filter(|_| newest()) {
                    this.show(judged);
                }
            },
        );
    }

    fn show(&self, judged: Result<Option<(Vehicle, Judgement)>, Trouble>) {
        let Some(window) = self.context.window() else { return };
        let page = window.global::<ui::Why>();
        match judged {
            Ok(Some((vehicle, judgement))) => {
                page.set_plate(vehicle.plate.to_string().into());
                let what: Vec<&str> =
                    [vehicle.make.as_deref(), vehicle.model.as_deref()].into_iter().flatten().collect();
                page.set_vehicle(what.join(" ").into());
                let register = judgement.register;
                let local = |at| self.context.surroundings.local(at).date();
                page.set_fetched_on(convert::maybe_date(register.map(|record| local(record.fetched_at))));
                let silent = register.and_then(|record| record.silent_since);
                page.set_silent_since(convert::maybe_date(silent.map(local)));
                page.set_register_expires_on(convert::maybe_date(
                    register.and_then(|record| record.inspection_expires_on),
                ));
                page.set_register_registered_on(convert::maybe_date(
                    register.and_then(|record| record.registered_on),
                ));
                let mut lines: Vec<ui::WhyLine> = judgement
                    .answers
                    .iter()
                    .flat_map(|answer| self::lines(answer, &judgement.settings))
                    .collect();
                // What is in the list first, then what comes; the order of the settings else.
                lines.sort_by_key(|line| match line.stand {
                    ui::Stand::InList => 0,
                    ui::Stand::Due | ui::Stand::Waits => 1,
                    _ => 2,
                });
                page.set_lines(ModelRc::from(Rc::new(VecModel::from(lines))));
                page.set_state(ui::EditState::Shown);
            }
            Ok(None) => page.set_state(ui::EditState::Gone),
            Err(_) if page.get_state() == ui::EditState::Shown => {}
            Err(_) => page.set_state(ui::EditState::Error),
        }
    }
}

impl Page for Rc<WhyPage> {
    fn open(&self, id: i64) {
        self.vehicle.set(Some(VehicleId(id)));
        if let Some(window) = self.context.window() {
            let page = window.global::<ui::Why>();
            page.set_plate("".into());
            page.set_fetched_on(ui::Date::default());
            page.set_state(ui::EditState::Loading);
        }
        self.look();
    }

    fn refresh(&self) {
        self.look();
    }
}

/// The lines of one rule: one for each of its subjects, or one that says what is missing.
fn lines(answer: &Answer, settings: &Settings) -> Vec<ui::WhyLine> {
    let blank = ui::WhyLine {
        rule: convert::rule(answer.rule),
        first: true,
        missing: missing(answer.source()),
        capacity: convert::number(i64::from(settings.general.weekly_capacity)),
        months: convert::number(i64::from(settings.general.recently_seen_months)),
        amount: amount(answer.rule, settings),
        task: -1,
        stand: ui::Stand::Nothing,
        ..ui::WhyLine::default()
    };
    if answer.cases.is_empty() {
        return vec![blank];
    }
    let line = |(place, case): (usize, &Case)| {
        let mut line = ui::WhyLine { first: place == 0, ..blank.clone() };
        line.counts_from = convert::maybe_date(case.facts.counts_from);
        line.execute_on = convert::maybe_date(case.verdict.execute_on);
        line.task = case.existing.map_or(-1, |task| convert::task_id(task.task));
        let against = match case.stand {
            Stand::InList { execute_on } => {
                line.execute_on = convert::date(execute_on);
                line.stand = ui::Stand::InList;
                None
            }
            Stand::Handled => {
                line.stand = ui::Stand::Handled;
                None
            }
            Stand::Due => {
                line.stand = ui::Stand::Due;
                None
            }
            Stand::Withdrawn(reason) => {
                line.stand = ui::Stand::Withdrawn;
                reason
            }
            Stand::Waits(place) => {
                line.stand = ui::Stand::Waits;
                if let Some(place) = place {
                    line.number = i32::try_from(place.number).unwrap_or_default();
                    line.of = i32::try_from(place.of).unwrap_or_default();
                }
                None
            }
            Stand::Against(reason) => {
                line.stand = ui::Stand::Against;
                Some(reason)
            }
        };
        if let Some(against) = against {
            let (reason, day) = reason(against);
            line.reason = reason;
            line.day = convert::maybe_date(day);
        }
        line
    };
    // What stands against a further subject says nothing new.
    let telling = |(place, case): &(usize, &Case)| *place == 0 || !matches!(case.stand, Stand::Against(_));
    answer.cases.iter().enumerate().filter(telling).map(line).collect()
}

fn reason(reason: Reason) -> (ui::Reason, Option<chrono::NaiveDate>) {
    match reason {
        Reason::SwitchedOff => (ui::Reason::SwitchedOff, None),
        Reason::NumberIsZero => (ui::Reason::NumberIsZero, None),
        Reason::NoDate => (ui::Reason::NoDate, None),
        Reason::QuoteClosed => (ui::Reason::QuoteClosed, None),
        Reason::RecallDone => (ui::Reason::RecallDone, None),
        Reason::NotAbove(_) => (ui::Reason::NotAbove, None),
        Reason::NotNewer => (ui::Reason::NotNewer, None),
        Reason::Trader => (ui::Reason::Trader, None),
        Reason::Objected => (ui::Reason::Objected, None),
        Reason::Inactive => (ui::Reason::Inactive, None),
        Reason::AppointmentPlanned(day) => (ui::Reason::AppointmentPlanned, Some(day)),
        Reason::NeverSeen => (ui::Reason::NeverSeen, None),
        Reason::NotSeenSince(day) => (ui::Reason::NotSeenSince, Some(day)),
        Reason::ChangedHands => (ui::Reason::ChangedHands, None),
        Reason::NotBefore(day) => (ui::Reason::NotBefore, Some(day)),
        Reason::OldNews(day) => (ui::Reason::OldNews, Some(day)),
    }
}

fn missing(source: Source) -> Missing {
    match source {
        Source::VehicleDate(_) | Source::LastVisit => Missing::Date,
        Source::Registration => Missing::Register,
        Source::Advice(_) => Missing::Advice,
        Source::Invoice => Missing::Invoice,
        Source::Sale => Missing::Sale,
        Source::Quote(_) => Missing::Quote,
        Source::Recall => Missing::Recall,
    }
}

fn amount(rule: RuleKey, settings: &Settings) -> slint::SharedString {
    match settings.rule(rule).numbers {
        Numbers::Amount(amount) => amount.to_string().into(),
        _ => slint::SharedString::default(),
    }
}
