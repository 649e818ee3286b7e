//! The LED's language, shared with the icon on the screen (CSS-08, NEW-03).
//!
//! Off: nothing due, or outside opening hours. Slow: tasks due. Fast: tasks overdue. Steady: Balie
//! itself needs help. What could not be read is never 'nothing due' (fault table, row 26).

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

/// What LED and icon show. The order is the priority: a later one wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Alert {
    /// Dark.
    #[default]
    Off,
    /// One second lit, one second dark.
    Slow,
    /// Two and a half flashes a second: under the three that can harm.
    Fast,
    /// Lit.
    Steady,
}

/// Open tasks that ask for attention today.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Waiting {
    /// Execution date today or earlier.
    pub due: u32,
    /// Of these: execution date more than `overdue_after_days` ago.
    pub overdue: u32,
}

/// What the alert is decided on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signals {
    /// The counts; none when they could not be read.
    pub waiting: Option<Waiting>,
    /// No collection for two intervals.
    pub collector_silent: bool,
    /// The clock is not believed.
    pub clock_doubted: bool,
    /// The disk is nearly full.
    pub disk_nearly_full: bool,
    /// There has been no good backup for days, and making one fails.
    pub backups_fail: bool,
    /// The database is damaged.
    pub database_damaged: bool,
    /// The touchscreen has gone.
    pub touch_gone: bool,
    /// Within opening hours.
    pub open: bool,
    /// Silenced by a long press.
    pub silenced: bool,
}

/// Why the alert is what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// The database is damaged.
    DatabaseDamaged,
    /// The tasks could not be read.
    CouldNotRead,
    /// The touchscreen has gone: nobody can touch what is on the screen.
    TouchGone,
    /// The clock is not believed.
    ClockDoubted,
    /// No collection for two intervals.
    CollectorSilent,
    /// The disk is nearly full.
    DiskNearlyFull,
    /// Backups fail for days.
    BackupsFail,
    /// So many tasks are overdue.
    Overdue(u32),
    /// So many tasks are due.
    Due(u32),
    /// Outside opening hours.
    Closed,
    /// Silenced by a long press.
    Silenced,
}

/// The alert and everything that speaks for it, gravest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// What to show.
    pub alert: Alert,
    /// Why; empty when nothing is due.
    pub reasons: Vec<Reason>,
}

/// Decides what LED and icon show.
///
/// Closing time and a long press keep the blinking away, not the call for help: a Balie that needs
/// help is also seen to do so before opening time.
pub fn decide(signals: &Signals) -> Verdict {
    let mut reasons = Vec::new();
    let help = [
        (signals.database_damaged, Reason::DatabaseDamaged),
        (signals.waiting.is_none(), Reason::CouldNotRead),
        (signals.touch_gone, Reason::TouchGone),
        (signals.clock_doubted, Reason::ClockDoubted),
        (signals.collector_silent, Reason::CollectorSilent),
        (signals.disk_nearly_full, Reason::DiskNearlyFull),
        (signals.backups_fail, Reason::BackupsFail),
    ];
    reasons.extend(help.into_iter().filter(|(holds, _)| *holds).map(|(_, reason)| reason));
    let mut alert = if reasons.is_empty() { Alert::Off } else { Alert::Steady };

    let Waiting { due, overdue } = signals.waiting.unwrap_or_default();
    let blink = match (due, overdue) {
        (0, 0) => Alert::Off,
        (_, 0) => Alert::Slow,
        _ => Alert::Fast,
    };
    reasons.extend((overdue > 0).then_some(Reason::Overdue(overdue)));
    reasons.extend((due > 0).then_some(Reason::Due(due)));
    if blink > Alert::Off {
        let hushed = [(!signals.open, Reason::Closed), (signals.silenced, Reason::Silenced)];
        let hushed: Vec<_> =
            hushed.into_iter().filter(|(holds, _)| *holds).map(|(_, reason)| reason).collect();
        if hushed.is_empty() {
            alert = alert.max(blink);
        }
        reasons.extend(hushed);
    }
    Verdict { alert, reasons }
}

/// Whether the collector has been silent for two intervals. `since` is when the one who asks
/// began to listen: a collector that starts with the machine is given the same time.
pub fn collector_silent(
    last_run: Option<DateTime<Utc>>,
    since: DateTime<Utc>,
    now: DateTime<Utc>,
    every_hours: u32,
) -> bool {
    let heard = last_run.map_or(since, |last| last.max(since));
    now - heard > TimeDelta::hours(2 * i64::from(every_hours))
}

/// Whether backups have failed for so long that somebody must look: the tries of some hours, and no good
/// one for three days.
pub fn backups_fail(good_at: Option<DateTime<Utc>>, failures: u32, now: DateTime<Utc>) -> bool {
    failures >= 3 && good_at.is_none_or(|good| now - good > TimeDelta::days(3))
}

/// How long the blinking is silenced; time is counted from some beginning, so that a clock that is
/// set right neither ends nor stretches it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Silence {
    until: Option<Duration>,
}

impl Silence {
    /// A long press: silent for so long from now on. A second one, while silent, ends it.
    pub fn long_press(&mut self, now: Duration, lasting: Duration) {
        self.until = if self.holds(now) { None } else { Some(now + lasting) };
    }

    /// Whether it is silent.
    pub fn holds(&self, now: Duration) -> bool {
        self.until.is_some_and(|until| now < until)
    }

    /// How much longer; none when it is not silent.
    pub fn left(&self, now: Duration) -> Option<Duration> {
        self.until?.checked_sub(now).filter(|left| !left.is_zero())
    }
}

impl Alert {
    /// All four, weakest first.
    pub const ALL: [Alert; 4] = [Alert::Off, Alert::Slow, Alert::Fast, Alert::Steady];

    /// The word of `balie led`.
    pub fn as_str(self) -> &'static str {
        match self {
            Alert::Off => "off",
            Alert::Slow => "slow",
            Alert::Fast => "fast",
            Alert::Steady => "on",
        }
    }

    /// Length of one flash and its pause together; none when it does not blink.
    pub fn period(self) -> Option<Duration> {
        match self {
            Alert::Off | Alert::Steady => None,
            Alert::Slow => Some(Duration::from_millis(2000)),
            Alert::Fast => Some(Duration::from_millis(400)),
        }
    }

    /// Whether it is lit, so long after the beginning of the first flash.
    pub fn lit(self, elapsed: Duration) -> bool {
        match self.period() {
            None => self == Alert::Steady,
            Some(period) => elapsed.as_nanos() % period.as_nanos() < period.as_nanos() / 2,
        }
    }

    /// How long it stays as it is; none when it does not blink.
    pub fn next_change(self, elapsed: Duration) -> Option<Duration> {
        let half = self.period()?.as_nanos() / 2;
        let left = half - elapsed.as_nanos() % half;
        Some(Duration::from_nanos(u64::try_from(left).unwrap_or(u64::MAX)))
    }
}

impl std::str::FromStr for Alert {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Alert::ALL.into_iter().find(|alert| alert.as_str() == text);
        found.ok_or_else(|| format!("'{text}' is not something the LED does: write off, slow, fast or on"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUIET: Signals = Signals {
        waiting: Some(Waiting { due: 0, overdue: 0 }),
        collector_silent: false,
        clock_doubted: false,
        disk_nearly_full: false,
        backups_fail: false,
        database_damaged: false,
        touch_gone: false,
        open: true,
        silenced: false,
    };

    fn waiting(due: u32, overdue: u32) -> Signals {
        Signals { waiting: Some(Waiting { due, overdue }), ..QUIET }
    }

    #[test]
    fn what_the_led_says() {
        use Reason::*;
        let table: [(&str, Signals, Alert, &[Reason]); 16] = [
            ("nothing", QUIET, Alert::Off, &[]),
            ("due", waiting(3, 0), Alert::Slow, &[Due(3)]),
            ("overdue", waiting(3, 1), Alert::Fast, &[Overdue(1), Due(3)]),
            ("closed", Signals { open: false, ..waiting(3, 1) }, Alert::Off, &[Overdue(1), Due(3), Closed]),
            ("silenced", Signals { silenced: true, ..waiting(3, 0) }, Alert::Off, &[Due(3), Silenced]),
            ("nothing, closed", Signals { open: false, ..QUIET }, Alert::Off, &[]),
            ("unread", Signals { waiting: None, ..QUIET }, Alert::Steady, &[CouldNotRead]),
            (
                "unread, silenced, closed",
                Signals { waiting: None, silenced: true, open: false, ..QUIET },
                Alert::Steady,
                &[CouldNotRead],
            ),
            ("silent", Signals { collector_silent: true, ..QUIET }, Alert::Steady, &[CollectorSilent]),
            ("clock", Signals { clock_doubted: true, ..QUIET }, Alert::Steady, &[ClockDoubted]),
            ("disk", Signals { disk_nearly_full: true, ..QUIET }, Alert::Steady, &[DiskNearlyFull]),
            ("no backups", Signals { backups_fail: true, ..QUIET }, Alert::Steady, &[BackupsFail]),
            ("damaged", Signals { database_damaged: true, ..QUIET }, Alert::Steady, &[DatabaseDamaged]),
            ("touch", Signals { touch_gone: true, ..QUIET }, Alert::Steady, &[TouchGone]),
            (
                "overdue and disk",
                Signals { disk_nearly_full: true, ..waiting(2, 2) },
                Alert::Steady,
                &[DiskNearlyFull, Overdue(2), Due(2)],
            ),
            (
                "disk, at night",
                Signals { disk_nearly_full: true, open: false, ..waiting(1, 0) },
                Alert::Steady,
                &[DiskNearlyFull, Due(1), Closed],
            ),
        ];
        for (name, signals, alert, reasons) in table {
            assert_eq!(decide(&signals), Verdict { alert, reasons: reasons.to_vec() }, "{name}");
        }
    }

    #[test]
    fn trouble_is_never_off_whatever_else_holds() {
        for bits in 0..128_u8 {
            let on = |bit: u8| bits & (1 << bit) != 0;
            let signals = Signals {
                waiting: (!on(0)).then_some(Waiting { due: u32::from(on(1)), overdue: 0 }),
                collector_silent: on(2),
                clock_doubted: on(3),
                database_damaged: on(4),
                touch_gone: false,
                open: on(5),
                silenced: on(6),
                disk_nearly_full: false,
                backups_fail: false,
            };
            let trouble = on(0) || on(2) || on(3) || on(4);
            assert_eq!(decide(&signals).alert == Alert::Steady, trouble, "{signals:?}");
        }
    }

    #[test]
    fn two_intervals_without_a_run_are_silence() {
        let at = |text: &str| -> DateTime<Utc> { text.parse().unwrap() };
        let (began, now) = (at("2026-11-23T08:00:00Z"), at("2026-11-23T12:00:00Z"));
        for (last, every, silent) in [
            (Some("2026-11-23T11:00:00Z"), 1, false),
            (Some("2026-11-23T10:00:00Z"), 1, false),
            (Some("2026-11-23T09:59:59Z"), 1, true),
            (Some("2026-11-23T09:59:59Z"), 10, false),
            // Off for a month: the collector has just started as well.
            (Some("2026-10-23T10:00:00Z"), 2, false),
            (None, 2, false),
            (None, 1, true),
        ] {
            assert_eq!(collector_silent(last.map(at), began, now, every), silent, "{last:?} {every}");
        }
    }

    #[test]
    fn backups_that_fail_for_days_call_for_help() {
        let at = |text: &str| -> DateTime<Utc> { text.parse().unwrap() };
        let now = at("2026-11-25T12:00:00Z");
        for (good, failures, expected) in [
            (None, 0, false),
            (None, 2, false),
            (None, 3, true),
            (Some("2026-11-24T02:00:00Z"), 9, false),
            (Some("2026-11-20T02:00:00Z"), 9, true),
            // Switched off for weeks is no failure.
            (Some("2026-10-20T02:00:00Z"), 0, false),
        ] {
            assert_eq!(backups_fail(good.map(at), failures, now), expected, "{good:?} {failures}");
        }
    }

    #[test]
    fn a_long_press_silences_for_a_while_and_a_second_one_ends_it() {
        let minute = Duration::from_secs(60);
        let mut silence = Silence::default();
        assert!(!silence.holds(minute));
        silence.long_press(minute, 60 * minute);
        assert!(silence.holds(minute) && silence.holds(60 * minute) && !silence.holds(61 * minute));
        assert_eq!((silence.left(31 * minute), silence.left(61 * minute)), (Some(30 * minute), None));
        silence.long_press(2 * minute, 60 * minute);
        assert!(!silence.holds(2 * minute));
    }

    #[test]
    fn phases_and_the_time_to_the_next() {
        let at = Duration::from_millis;
        for (alert, elapsed, lit, next) in [
            (Alert::Slow, 0, true, Some(1000)),
            (Alert::Slow, 999, true, Some(1)),
            (Alert::Slow, 1000, false, Some(1000)),
            (Alert::Slow, 2500, true, Some(500)),
            (Alert::Fast, 0, true, Some(200)),
            (Alert::Fast, 199, true, Some(1)),
            (Alert::Fast, 200, false, Some(200)),
            (Alert::Fast, 450, true, Some(150)),
            (Alert::Off, 450, false, None),
            (Alert::Steady, 450, true, None),
        ] {
            assert_eq!(alert.lit(at(elapsed)), lit, "{alert:?} {elapsed}");
            assert_eq!(alert.next_change(at(elapsed)), next.map(at), "{alert:?} {elapsed}");
        }
        let fastest = Alert::ALL.iter().filter_map(|alert| alert.period()).min().unwrap();
        assert!(fastest > at(333), "three flashes a second or more can harm");
    }
}
