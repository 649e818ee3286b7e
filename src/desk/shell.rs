//! What stands around every page: clock, counts, alert, faults, language, the open choice.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use balie_ui as ui;
use chrono::{DateTime, Datelike, TimeDelta, Timelike, Utc};
use slint::{ComponentHandle, Weak};

use super::source::Pulse;
use super::wire::Trouble;
use super::{Surroundings, convert, slint};
use crate::domain::language::Language;
use crate::rules::alert::{Alert, Signals, Silence, Waiting, backups_fail, collector_silent, decide};

/// How long the screen says 'collecting' when the collector does not answer.
const PATIENCE: Duration = Duration::from_secs(15);

/// How long the lamp shows that it can blink.
const TRIAL: Duration = Duration::from_secs(6);

/// How long the banner says that a copy has taken the place of a damaged database.
const RESTORED: TimeDelta = TimeDelta::days(1);

/// What is wrong, gravest first; the banner shows the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// What is on the screen could not be read again.
    Unreadable,
    /// A copy has taken the place of a damaged database, and what was done since is gone.
    Restored,
    /// The touchscreen has gone.
    TouchGone,
    /// No collection for two intervals.
    CollectorSilent,
    /// The clock is not believed.
    ClockDoubted,
    /// The disk is full.
    DiskFull,
    /// Changes cannot be saved.
    ReadOnly,
    /// Backups fail for days.
    NoBackup,
    /// The lamp does not work.
    Lamp,
    /// The button does not work.
    Button,
}

/// The adapter of what stands around the pages.
pub struct Shell {
    window: Weak<ui::AppWindow>,
    surroundings: Arc<dyn Surroundings>,
    /// Shows the alert on the lamp.
    lamp: RefCell<Box<dyn Fn(Alert)>>,
    state: RefCell<State>,
}

struct State {
    pulse: Option<Pulse>,
    damaged: bool,
    faults: BTreeSet<Fault>,
    shown: Option<Alert>,
    /// The lamp shows that it can blink since then.
    trial: Option<Instant>,
    /// From here the silence and the wait for a collection are counted.
    began: Instant,
    silence: Silence,
    /// When a collection was asked for that has not come yet.
    collecting: Option<Instant>,
    /// Blame falls on the collector only for what it missed since the desk runs.
    started: DateTime<Utc>,
    touched: Instant,
    dim_after: Option<Duration>,
}

impl Shell {
    /// The shell of a window; `dim_after` without a touch the screen darkens.
    pub fn new(
        window: &ui::AppWindow,
        surroundings: Arc<dyn Surroundings>,
        dim_after: Option<Duration>,
    ) -> Self {
        let state = State {
            pulse: None,
            damaged: false,
            faults: BTreeSet::new(),
            shown: None,
            trial: None,
            began: Instant::now(),
            silence: Silence::default(),
            collecting: None,
            started: surroundings.now(),
            touched: Instant::now(),
            dim_after,
        };
        Self {
            window: window.as_weak(),
            surroundings,
            lamp: RefCell::new(Box::new(|_| {})),
            state: RefCell::new(state),
        }
    }

    /// What the alert is now, once that is known.
    pub fn alert(&self) -> Option<Alert> {
        self.state.borrow().shown
    }

    /// Names the lamp that shows the alert.
    pub fn set_lamp(&self, lamp: impl Fn(Alert) + 'static) {
        if let Some(alert) = self.state.borrow().shown {
            lamp(alert);
        }
        *self.lamp.borrow_mut() = Box::new(lamp);
    }

    /// Lets the lamp blink fast for some seconds, whatever the alert is.
    pub fn try_lamp(&self) {
        self.state.borrow_mut().trial = Some(Instant::now());
        (self.lamp.borrow())(Alert::Fast);
    }

    /// Chooses the words of the screen.
    pub fn speak(&self, language: Language) {
        let Some(window) = self.window.upgrade() else { return };
        if let Err(error) = slint::select_bundled_translation(language.code()) {
            tracing::error!(%error, "the words of this language are not in the program");
        }
        window.global::<ui::Desk>().set_language(convert::language(language));
        // The ground changes by one invisible step, and with it the whole window is painted anew: a
        // partial repaint was seen to leave old words standing.
        let theme = window.global::<ui::Theme>();
        theme.set_repaint(!theme.get_repaint());
    }

    /// New counts have come.
    pub fn counted(&self, pulse: Pulse, open: u32) {
        {
            let mut state = self.state.borrow_mut();
            if state.pulse.is_some_and(|before| before.collected_at != pulse.collected_at) {
                state.collecting = None;
            }
            state.pulse = Some(pulse);
            state.damaged = false;
            state.faults.remove(&Fault::Unreadable);
        }
        if let Some(window) = self.window.upgrade() {
            let tasks = window.global::<ui::Tasks>();
            let late = pulse.late;
            tasks.set_overdue(convert::number(i64::from(late.overdue)));
            tasks.set_due_today(convert::number(i64::from(late.due.saturating_sub(late.overdue))));
            tasks.set_coming(convert::number(i64::from(open.saturating_sub(late.due))));
            tasks.set_counts_known(true);
        }
        self.tick();
    }

    /// What is on the screen could not be read: counts are unknown, never 0.
    pub fn unreadable(&self, trouble: Trouble) {
        {
            let mut state = self.state.borrow_mut();
            state.pulse = None;
            state.damaged = trouble == Trouble::Damaged;
            state.faults.insert(Fault::Unreadable);
        }
        if let Some(window) = self.window.upgrade() {
            window.global::<ui::Tasks>().set_counts_known(false);
        }
        self.tick();
    }

    /// The last change could not be saved, or could.
    pub fn saved(&self, trouble: Option<Trouble>) {
        self.set_fault(Fault::DiskFull, trouble == Some(Trouble::Full));
        self.set_fault(Fault::ReadOnly, trouble == Some(Trouble::ReadOnly));
        self.tick();
    }

    /// Raises a fault or takes it back.
    pub fn set_fault(&self, fault: Fault, holds: bool) {
        let mut state = self.state.borrow_mut();
        if holds {
            state.faults.insert(fault);
        } else {
            state.faults.remove(&fault);
        }
    }

    /// The lamp changed, and the icon with it.
    pub fn blink(&self, alert: Alert, lit: bool) {
        if let Some(window) = self.window.upgrade() {
            let desk = window.global::<ui::Desk>();
            desk.set_alert(convert::alert(alert));
            desk.set_lit(lit);
        }
    }

    /// Somebody is there. `true`: the screen was dark, and this touch only woke it.
    pub fn touched(&self) -> bool {
        self.state.borrow_mut().touched = Instant::now();
        let Some(window) = self.window.upgrade() else { return false };
        let desk = window.global::<ui::Desk>();
        let dimmed = desk.get_dimmed();
        if dimmed {
            desk.set_dimmed(false);
        }
        dimmed
    }

    /// How long nobody has touched anything.
    pub fn idle(&self) -> Duration {
        self.state.borrow().touched.elapsed()
    }

    /// Keeps the blinking away for the time the shop has set.
    pub fn silence(&self) {
        let mut state = self.state.borrow_mut();
        let minutes = state.pulse.map_or(60, |pulse| pulse.silence_minutes);
        let now = state.began.elapsed();
        state.silence.long_press(now, Duration::from_secs(u64::from(minutes) * 60));
        drop(state);
        self.tick();
    }

    /// A collection was asked for.
    pub fn collecting(&self) {
        self.state.borrow_mut().collecting = Some(Instant::now());
        self.tick();
    }

    /// Once a second: clock, ages, alert. Properties that stay as they are paint nothing.
    pub fn tick(&self) {
        let Some(window) = self.window.upgrade() else { return };
        let desk = window.global::<ui::Desk>();
        let (now, local) = {
            let now = self.surroundings.now();
            (now, self.surroundings.local(now))
        };
        let today = self.surroundings.today();
        let small = |value: u32| i32::try_from(value).unwrap_or_default();
        desk.set_hour(small(local.hour()));
        desk.set_minute(small(local.minute()));
        desk.set_weekday(small(today.weekday().num_days_from_monday()));
        desk.set_today(convert::date(today));

        let mut state = self.state.borrow_mut();
        let trusted = self.surroundings.clock_trusted(state.pulse.and_then(|pulse| pulse.newest));
        desk.set_clock_trusted(trusted);
        let silent = state.pulse.is_some_and(|pulse| {
            collector_silent(pulse.collected_at, state.started, now, pulse.collect_every_hours)
        });
        desk.set_collecting(state.collecting.is_some_and(|asked| asked.elapsed() < PATIENCE));
        if let Some(pulse) = state.pulse {
            let age = pulse.collected_at.map_or(-1, |at| convert::number((now - at).num_minutes().max(0)));
            desk.set_collected_minutes(age);
        }
        let unsaved =
            state.pulse.is_some_and(|pulse| backups_fail(pulse.backup_at, pulse.backup_failures, now));
        let healed = state.pulse.and_then(|pulse| pulse.healed).filter(|(at, _)| now - *at < RESTORED);
        if let Some((_, copy_of)) = healed {
            desk.set_restored_on(convert::date(copy_of));
        }
        let seen = [
            (Fault::Restored, healed.is_some()),
            (Fault::CollectorSilent, silent),
            (Fault::ClockDoubted, !trusted),
            (Fault::NoBackup, unsaved),
        ];
        for (fault, holds) in seen {
            if holds {
                state.faults.insert(fault);
            } else {
                state.faults.remove(&fault);
            }
        }
        // The page itself says that it could not be read; the banner is for a list that is still shown.
        let known = |fault: &&Fault| {
            **fault != Fault::Unreadable || window.global::<ui::Tasks>().get_state() == ui::ListState::Filled
        };
        let mut faults = state.faults.iter().filter(known);
        desk.set_fault(faults.next().map_or(ui::FaultKind::None, |fault| fault_kind(*fault)));
        desk.set_more_faults(i32::try_from(faults.count()).unwrap_or_default());

        if state.dim_after.is_some_and(|after| state.touched.elapsed() >= after) {
            desk.set_dimmed(true);
        }
        let unread = state.faults.contains(&Fault::Unreadable);
        if state.pulse.is_none() && !unread {
            // Still being read for the first time: the lamp keeps what it shows.
            return;
        }
        let alert = decide(&Signals {
            waiting: state.pulse.map(|pulse| Waiting { due: pulse.alert.due, overdue: pulse.alert.overdue }),
            collector_silent: silent,
            clock_doubted: !trusted,
            disk_nearly_full: state.faults.contains(&Fault::DiskFull),
            backups_fail: unsaved,
            database_damaged: state.damaged,
            touch_gone: state.faults.contains(&Fault::TouchGone),
            open: self.surroundings.shop_open(),
            silenced: state.silence.holds(state.began.elapsed()),
        })
        .alert;
        let changed = state.shown.replace(alert) != Some(alert);
        let trying = state.trial.is_some_and(|began| began.elapsed() < TRIAL);
        let tried = !trying && state.trial.take().is_some();
        drop(state);
        if (changed && !trying) || tried {
            (self.lamp.borrow())(alert);
        }
    }
}

fn fault_kind(fault: Fault) -> ui::FaultKind {
    match fault {
        Fault::Unreadable => ui::FaultKind::ListUnreadable,
        Fault::Restored => ui::FaultKind::Restored,
        Fault::TouchGone => ui::FaultKind::TouchGone,
        Fault::CollectorSilent => ui::FaultKind::CollectorSilent,
        Fault::ClockDoubted => ui::FaultKind::ClockUntrusted,
        Fault::DiskFull => ui::FaultKind::DiskFull,
        Fault::ReadOnly => ui::FaultKind::ReadOnly,
        Fault::NoBackup => ui::FaultKind::NoBackup,
        Fault::Lamp => ui::FaultKind::LampUnavailable,
        Fault::Button => ui::FaultKind::ButtonUnavailable,
    }
}
