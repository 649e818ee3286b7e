//! The machine (APP-08): how old the last good runs are, how it fares, its versions. What somebody must
//! do something about stands first.

use std::rc::Rc;
use std::time::Duration;

use balie_ui as ui;
use chrono::{DateTime, TimeDelta, Utc};
use slint::{ComponentHandle, ModelRc, Timer, TimerMode, VecModel};

use super::context::{Context, Page, Turn};
use super::{MachineCard, convert, slint};

/// How often the page looks again.
const LOOK: Duration = Duration::from_secs(5);
/// From then on a collection is late, in hours (faults, row 25).
const LATE_HOURS: i64 = 24;
/// From so many degrees on a Raspberry Pi slows itself down.
const HOT: f64 = 80.0;
const GIGA: f64 = 1e9;

/// When what runs by itself last ran well.
#[derive(Debug, Clone, Copy, Default)]
struct Runs {
    collected: Option<DateTime<Utc>>,
    register: Option<DateTime<Utc>>,
    backup: Option<DateTime<Utc>>,
    stick: Option<DateTime<Utc>>,
    clock: bool,
}

/// The page's adapter.
pub struct SystemPage {
    context: Rc<Context>,
    turn: Turn,
    looking: Timer,
}

impl SystemPage {
    /// The page, with its callbacks connected.
    pub fn connect(context: Rc<Context>) -> Rc<Self> {
        let page = Rc::new(Self { context, turn: Turn::default(), looking: Timer::default() });
        let Some(window) = page.context.window() else { return page };
        let global = window.global::<ui::System>();
        hear!(global, page, {
            on_retry: |this| this.look(),
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
        let (newest, this) = (self.turn.next(), Rc::downgrade(self));
        self.context.aside(
            move |_| surroundings.machine(),
            move |machine| {
                if let Some(this) = this.upgrade().filter(|_| newest()) {
                    this.read(machine);
                }
            },
        );
    }

    fn read(self: &Rc<Self>, machine: MachineCard) {
        let surroundings = std::sync::Arc::clone(&self.context.surroundings);
        let (newest, this) = (self.turn.next(), Rc::downgrade(self));
        self.context.read(
            "system.read",
            move |store, moment| {
                let newest = store.newest_instant()?;
                Ok(Runs {
                    collected: store.last_collection()?.map(|last| last.finished_at),
                    register: store.register_overview(moment.actor.at)?.answered_at,
                    backup: store.backup_state()?.good_at,
                    stick: store.stick_state()?.good_at,
                    clock: surroundings.clock_trusted(newest),
                })
            },
            move |runs| {
                let Some(this) = this.upgrade().filter(|_| newest()) else { return };
                let Ok(runs) = runs else {
                    return this.with(|global| global.set_state(ui::SystemState::Error));
                };
                let lines = this.lines(&machine, runs);
                this.with(|global| {
                    global.set_lines(ModelRc::from(Rc::new(VecModel::from(lines))));
                    global.set_state(ui::SystemState::Shown);
                });
            },
        );
    }

    fn lines(&self, machine: &MachineCard, runs: Runs) -> Vec<ui::SystemLine> {
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
        let clock = if runs.clock { Mark::Good } else { Mark::Wrong };
        lines.push(line(Kind::Clock, clock, String::new()));
        lines.push(run(Kind::Collected, runs.collected, Some(LATE_HOURS)));
        lines.push(run(Kind::Register, runs.register, None));
        lines.push(run(Kind::Backup, runs.backup, Some(2 * 24)));
        lines.push(run(Kind::Stick, runs.stick, None));
        if let Some((free, all)) = machine.room {
            #[allow(clippy::cast_precision_loss)]
            let text = format!("{:.1} / {:.1} GB", free as f64 / GIGA, all as f64 / GIGA);
            let mark = if self.context.surroundings.disk_nearly_full() { Mark::Wrong } else { Mark::Good };
            lines.push(line(Kind::Room, mark, text));
        }
        if let Some(celsius) = machine.celsius {
            let mark = if machine.hot || celsius >= HOT { Mark::Wrong } else { Mark::Good };
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
        let this = Rc::downgrade(self);
        self.looking.start(TimerMode::Repeated, LOOK, move || {
            if let Some(this) = this.upgrade() {
                this.look();
            }
        });
    }

    fn refresh(&self) {
        self.look();
    }

    fn close(&self) {
        self.looking.stop();
        // What is still on its way is for nobody.
        let _ = self.turn.next();
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
            Runs { collected: Some(at), register: Some(at), backup: Some(at), stick: None, clock: true };
        let lines = page.lines(&machine, runs);
        page.looking.stop();
        let _ = page.turn.next();
        page.with(|global| global.set_lines(ModelRc::from(Rc::new(VecModel::from(lines)))));
    }),
    ("system-error", |desk| {
        desk.context().go(ui::Page::System, 0);
        super::picture::wait(desk);
        desk.pages.system.with(|global| global.set_state(ui::SystemState::Error));
    }),
];
