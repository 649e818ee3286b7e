//! The machine (APP-08): how old the last good runs are, how it fares, its versions. What somebody must
//! do something about stands first.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use balie_ui as ui;
use chrono::{DateTime, TimeDelta, Utc};
use slint::{ComponentHandle, ModelRc, Timer, VecModel};

use super::context::{Context, Page, Turn, every};
use super::updates::Updates;
use super::{MachineCard, UpdateCard, convert, slint};
use crate::store::runs::Runs;

/// How often the machine is asked again: each time a program is started that knows of updates.
const LOOK: Duration = Duration::from_secs(30);
/// From then on a collection is late, in hours (faults, row 25).
const LATE_HOURS: i64 = 24;
const GIGA: f64 = 1e9;

/// The page's adapter.
pub struct SystemPage {
    context: Rc<Context>,
    asking: Turn,
    reading: Turn,
    /// As it was last told; none before the first answer.
    machine: RefCell<Option<MachineCard>>,
    updates: Rc<Updates>,
    looking: Timer,
}

impl SystemPage {
    /// The page, with its callbacks connected.
    pub fn connect(context: Rc<Context>) -> Rc<Self> {
        let updates = Updates::new(Rc::clone(&context));
        let page = Rc::new(Self {
            context,
            updates,
            asking: Turn::default(),
            reading: Turn::default(),
            machine: RefCell::default(),
            looking: Timer::default(),
        });
        let Some(window) = page.context.window() else { return page };
        let global = window.global::<ui::System>();
        hear!(global, page, {
            on_retry: |this| this.look(),
            on_choose: |this, offer| this.updates.choose(this.machine.borrow().as_ref(), offer),
            on_install: |this| this.updates.install(),
            on_restart: |this| this.updates.restart(),
            on_close: |this| this.updates.close(),
        });
        page
    }

    fn with(&self, act: impl FnOnce(&ui::System<'_>)) {
        if let Some(window) = self.context.window() {
            act(&window.global::<ui::System>());
        }
    }

    fn look(self: &Rc<Self>) {
        let surroundings = std::sync::Arc::clone(&self.context.surroundings);
        let (newest, this) = (self.asking.next(), Rc::downgrade(self));
        self.context.aside(
            move |_| surroundings.machine(),
            move |machine| {
                if let Some(this) = this.upgrade().filter(|_| newest()) {
                    *this.machine.borrow_mut() = Some(machine);
                    this.read();
                }
            },
        );
    }

    fn read(self: &Rc<Self>) {
        let surroundings = std::sync::Arc::clone(&self.context.surroundings);
        let (newest, this) = (self.reading.next(), Rc::downgrade(self));
        self.context.read(
            "system.read",
            move |store, moment| {
                let trusted = surroundings.clock_trusted(store.newest_instant()?);
                Ok((store.runs(moment.actor.at)?, trusted))
            },
            move |found| {
                let Some(this) = this.upgrade().filter(|_| newest()) else { return };
                let Ok((runs, trusted)) = found else {
                    return this.with(|global| global.set_state(ui::SystemState::Error));
                };
                let machine = this.machine.borrow();
                let Some(machine) = machine.as_ref() else { return };
                let lines = this.lines(machine, runs, trusted);
                this.with(|global| {
                    global.set_lines(ModelRc::from(Rc::new(VecModel::from(lines))));
                    global.set_state(ui::SystemState::Shown);
                });
            },
        );
    }

    fn lines(&self, machine: &MachineCard, runs: Runs, trusted: bool) -> Vec<ui::SystemLine> {
        use ui::SystemKind as Kind;
        use ui::SystemMark as Mark;
        let line =
            |kind, mark, text: String| ui::SystemLine { kind, mark, text: text.into(), ..Default::default() };
        let now = self.context.surroundings.now();
        let run = |kind, at: Option<DateTime<Utc>>, late: Option<i64>| {
            let local = at.map(|at| self.context.surroundings.local(at));
            let fresh = |hours| at.is_some_and(|at| now - at < TimeDelta::hours(hours));
            ui::SystemLine {
                mark: match late {
                    Some(hours) if !fresh(hours) => Mark::Wrong,
                    Some(_) => Mark::Good,
                    None if at.is_some() => Mark::Good,
                    None => Mark::Noted,
                },
                on: convert::maybe_date(local.map(|at| at.date())),
                time: local.map(|at| at.format("%H:%M").to_string()).unwrap_or_default().into(),
                ..line(kind, Mark::Plain, String::new())
            }
        };
        let mut lines: Vec<_> =
            machine.mistakes.iter().map(|words| line(Kind::Mistake, Mark::Wrong, words.clone())).collect();
        let clock = if trusted { Mark::Good } else { Mark::Wrong };
        lines.push(line(Kind::Clock, clock, String::new()));
        lines.push(run(Kind::Collected, runs.collected_at, Some(LATE_HOURS)));
        lines.push(run(Kind::Register, runs.register_at, None));
        // A shop without a calendar elsewhere has nothing to be told.
        if let Some((_, since)) = runs.calendar.trouble {
            lines.push(ui::SystemLine { mark: Mark::Wrong, ..run(Kind::Calendar, Some(since), None) });
        } else if runs.calendar.good_at.is_some() {
            lines.push(run(Kind::Calendar, runs.calendar.good_at, None));
        }
        lines.push(run(Kind::Backup, runs.backup_at, Some(2 * 24)));
        lines.push(run(Kind::Stick, runs.stick_at, None));
        if let Some((free, all)) = machine.room {
            #[allow(clippy::cast_precision_loss)]
            let text = format!("{:.1} / {:.1} GB", free as f64 / GIGA, all as f64 / GIGA);
            let mark = if self.context.surroundings.disk_nearly_full() { Mark::Wrong } else { Mark::Good };
            lines.push(line(Kind::Room, mark, text));
        }
        if let Some(celsius) = machine.celsius {
            let mark = if machine.hot { Mark::Wrong } else { Mark::Good };
            lines.push(line(Kind::Warmth, mark, format!("{celsius:.0} °C")));
        }
        if let Some((now, before)) = machine.weak {
            let mark = if now {
                Mark::Wrong
            } else if before {
                Mark::Noted
            } else {
                Mark::Good
            };
            lines.push(line(Kind::Supply, mark, String::new()));
        }
        for (place, offer) in (0..).zip(&machine.offers) {
            let mark = if offer.refused.is_some() { Mark::Wrong } else { Mark::Plain };
            lines.push(ui::SystemLine { offer: place, ..line(Kind::Offer, mark, offer.version.clone()) });
        }
        if let Some(waiting) = &machine.update {
            let mark = if waiting.is_some() { Mark::Noted } else { Mark::Good };
            lines.push(line(Kind::Update, mark, waiting.clone().unwrap_or_default()));
        }
        for (kind, text) in [
            (Kind::Version, Some(&machine.version).filter(|text| !text.is_empty())),
            (Kind::System, machine.system.as_ref()),
            (Kind::Board, machine.board.as_ref()),
        ] {
            lines.extend(text.map(|text| line(kind, Mark::Plain, text.clone())));
        }
        if let Some(seconds) = machine.up_seconds {
            let hours = i32::try_from(seconds / 3600).unwrap_or(i32::MAX);
            lines.push(ui::SystemLine { hours, ..line(Kind::Up, Mark::Plain, String::new()) });
        }
        lines
    }
}

impl Page for Rc<SystemPage> {
    fn open(&self, _: i64) {
        self.with(|global| global.set_state(ui::SystemState::Loading));
        self.look();
        every(&self.looking, LOOK, self, |this| this.look());
    }

    fn refresh(&self) {
        // The machine itself is asked by the clock.
        self.read();
    }

    fn close(&self) {
        self.looking.stop();
        self.updates.close();
        // What is still on its way is for nobody.
        let _ = (self.asking.next(), self.reading.next());
    }
}

/// Pictures of the page: a machine that has trouble.
pub(super) const PICTURES: &[super::picture::Picture] = &[
    ("system", |desk| {
        desk.context().go(ui::Page::System, 0);
        super::picture::wait(desk);
        let page = &desk.pages.system;
        let at = page.context.surroundings.now();
        let machine = MachineCard {
            version: "0.1.0 (2026-11-24)".into(),
            system: Some("Balie OS 0.1 (wrynose), 6.18.3-v8".into()),
            board: Some("Raspberry Pi 5 Model B Rev 1.0".into()),
            up_seconds: Some(93_600),
            room: Some((21_400_000_000, 29_100_000_000)),
            celsius: Some(52.3),
            weak: Some((true, true)),
            update: Some(Some("0.2.0".into())),
            mistakes: vec![
                "/boot/balie.toml:7: shop.language: 'du' is none of nl, de, pt, en; write \"de\"".into(),
            ],
            ..MachineCard::default()
        };
        let runs =
            Runs { collected_at: Some(at), register_at: Some(at), backup_at: Some(at), ..Runs::default() };
        let lines = page.lines(&machine, runs, true);
        page.looking.stop();
        let _ = (page.asking.next(), page.reading.next());
        page.with(|global| global.set_lines(ModelRc::from(Rc::new(VecModel::from(lines)))));
    }),
    ("system-update", |desk| offered(desk, |_| {})),
    ("system-update-writing", |desk| {
        offered(desk, |global| {
            global.set_progress(0.4);
            global.set_sheet(ui::UpdateSheet::Writing);
        });
    }),
    ("system-update-written", |desk| offered(desk, |global| global.set_sheet(ui::UpdateSheet::Written))),
    ("system-update-failed", |desk| {
        offered(desk, |global| {
            global.set_words("the update could not be written: the stick was pulled".into());
            global.set_sheet(ui::UpdateSheet::Failed);
        });
    }),
    ("system-error", |desk| {
        desk.context().go(ui::Page::System, 0);
        super::picture::wait(desk);
        desk.pages.system.with(|global| global.set_state(ui::SystemState::Error));
    }),
];

fn offered(desk: &Rc<super::app::Desk>, act: impl FnOnce(&ui::System<'_>)) {
    desk.context().go(ui::Page::System, 0);
    super::picture::wait(desk);
    let notes = "Nieuw: de agenda toont beide tijden, en resultaten per maand.";
    let offer = UpdateCard {
        place: "/run/media/STICK/balie-0.2.0.raucb".into(),
        version: "0.2.0".into(),
        notes: [("nl".into(), notes.into())].into(),
        ..UpdateCard::default()
    };
    let page = &desk.pages.system;
    page.looking.stop();
    page.updates.choose(Some(&MachineCard { offers: vec![offer], ..MachineCard::default() }), 0);
    page.with(act);
}
