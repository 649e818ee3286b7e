//! The only clock of the program, and whether to believe it.
//!
//! The appliance has no battery under its clock: after a night without power it starts somewhere in
//! the past. Tasks made on a wrong date would be wrong tasks, so the collector asks here first
//! (fault table, rows 5 and 6).

use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use chrono_tz::Tz;

/// How far the database may be ahead: a clock that is set right by seconds is not a wrong clock.
const TOLERANCE: Duration = Duration::from_secs(5 * 60);

/// A leap of a running clock that no night, summer or year without power explains.
const ABSURD_LEAP: Duration = Duration::from_secs(5 * 365 * 24 * 3600);

/// Touched by systemd-timesyncd at every synchronisation since the start of the machine.
const SYNCHRONISED: &str = "/run/systemd/timesync/synchronized";

/// Why the clock is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Doubt {
    /// It is older than the program itself.
    #[error(
        "the clock says {}, but this program was built on {}; connect the network or set the clock",
        minute(now),
        minute(built)
    )]
    OlderThanProgram {
        /// What the clock says.
        now: DateTime<Utc>,
        /// When the program was built.
        built: DateTime<Utc>,
    },
    /// It is older than something in the database.
    #[error(
        "the clock says {}, but the database was changed on {}; connect the network or set the clock",
        minute(now),
        minute(newest)
    )]
    OlderThanData {
        /// What the clock says.
        now: DateTime<Utc>,
        /// The newest instant in the database.
        newest: DateTime<Utc>,
    },
    /// It leapt years ahead while the program ran.
    #[error(
        "the clock leapt from {} to {}; set it right, or start Balie again if it is right",
        minute(from),
        minute(now)
    )]
    Leapt {
        /// What it should have said.
        from: DateTime<Utc>,
        /// What it says.
        now: DateTime<Utc>,
    },
}

fn minute(at: &DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M UTC").to_string()
}

/// What the decision about the clock rests on.
#[derive(Debug, Clone, Copy)]
pub struct Evidence {
    /// What the clock says.
    pub now: DateTime<Utc>,
    /// When the program was built.
    pub built: DateTime<Utc>,
    /// The newest instant in the database, if any.
    pub newest: Option<DateTime<Utc>>,
    /// What the clock should say, by the time that passed since it was last believed.
    pub expected: Option<DateTime<Utc>>,
    /// Whether a time server set it since the machine started.
    pub synchronised: bool,
}

/// Decides whether the clock is believed.
///
/// A time server's word goes before the database's: one stroke on a day with a wrong clock must not
/// stop the collector until that date has come.
///
/// # Errors
/// The [`Doubt`], in words.
pub fn judge(evidence: Evidence) -> Result<(), Doubt> {
    let Evidence { now, built, newest, expected, synchronised } = evidence;
    if now < built {
        return Err(Doubt::OlderThanProgram { now, built });
    }
    if synchronised {
        return Ok(());
    }
    if let Some(newest) = newest.filter(|newest| now + TOLERANCE < *newest) {
        return Err(Doubt::OlderThanData { now, newest });
    }
    if let Some(from) = expected.filter(|expected| now > *expected + ABSURD_LEAP) {
        return Err(Doubt::Leapt { from, now });
    }
    Ok(())
}

/// When this program was built.
pub fn built_at() -> DateTime<Utc> {
    let seconds = env!("BALIE_BUILT_AT").parse().unwrap_or_default();
    DateTime::from_timestamp(seconds, 0).unwrap_or_default()
}

/// The shop's clock.
#[derive(Debug)]
pub struct Clock {
    zone: Tz,
    today: Option<NaiveDate>,
    /// When the clock was last believed, on the monotonic clock and by itself.
    believed: Mutex<Option<(Instant, DateTime<Utc>)>>,
}

impl Clock {
    /// A clock in a time zone; `today` replaces its date, not its time.
    pub fn new(zone: Tz, today: Option<NaiveDate>) -> Self {
        Self { zone, today, believed: Mutex::new(None) }
    }

    /// Another clock that shows the same, for another thread.
    pub fn another(&self) -> Self {
        Self::new(self.zone, self.today)
    }

    /// This instant.
    #[allow(clippy::disallowed_methods)]
    pub fn now_utc(&self) -> DateTime<Utc> {
        Utc::now()
    }

    /// Date and time on the shop's wall.
    pub fn now_local(&self) -> NaiveDateTime {
        self.local(self.now_utc())
    }

    /// An instant as the shop's wall shows it.
    pub fn local(&self, at: DateTime<Utc>) -> NaiveDateTime {
        at.with_timezone(&self.zone).naive_local()
    }

    /// The shop's date: the pretended one, or the one on its wall.
    pub fn today(&self) -> NaiveDate {
        self.today_at(self.now_utc())
    }

    /// The shop's date at an instant; the pretended one never passes.
    pub fn today_at(&self, at: DateTime<Utc>) -> NaiveDate {
        self.today.unwrap_or_else(|| self.local(at).date())
    }

    /// The instant by which ages are measured: `at`, or the same time of day on the pretended date.
    pub fn instant_of_day(&self, at: DateTime<Utc>) -> DateTime<Utc> {
        self.today.map_or(at, |today| today.and_time(at.time()).and_utc())
    }

    /// The instant at which a day begins in the shop. Where the clocks skip midnight it begins with the
    /// first hour there is; where they go through it twice, with the first of the two.
    pub fn midnight(&self, date: NaiveDate) -> DateTime<Utc> {
        let hours = (0..24).filter_map(|hour| date.and_hms_opt(hour, 0, 0));
        let there = hours.filter_map(|local| local.and_local_timezone(self.zone).earliest()).next();
        there.map_or_else(|| date.and_time(NaiveTime::MIN).and_utc(), |local| local.with_timezone(&Utc))
    }

    /// Whether the date is a pretended one.
    pub fn is_pretended(&self) -> bool {
        self.today.is_some()
    }

    /// This instant, if the clock is believed; `newest` is the newest instant in the database.
    ///
    /// # Errors
    /// The [`Doubt`], in words.
    pub fn trusted_now(&self, newest: Option<DateTime<Utc>>) -> Result<DateTime<Utc>, Doubt> {
        let (now, instant) = (self.now_utc(), Instant::now());
        let mut believed = self.believed.lock().unwrap_or_else(PoisonError::into_inner);
        let expected = believed.map(|(then, at)| at + instant.duration_since(then));
        let synchronised = Path::new(SYNCHRONISED).exists();
        judge(Evidence { now, built: built_at(), newest, expected, synchronised })?;
        *believed = Some((instant, now));
        Ok(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn when_the_clock_is_believed() {
        let now = at("2026-11-23T08:00:00Z");
        let good = Evidence {
            now,
            built: at("2026-11-01T00:00:00Z"),
            newest: Some(at("2026-11-22T17:00:00Z")),
            expected: Some(now),
            synchronised: false,
        };
        assert_eq!(judge(good), Ok(()));
        assert_eq!(judge(Evidence { newest: None, expected: None, ..good }), Ok(()));
        // Nineteen seventy, and the day of the last shutdown.
        let old = Evidence { now: at("1970-01-01T00:01:00Z"), ..good };
        assert!(matches!(judge(old), Err(Doubt::OlderThanProgram { .. })));
        let late = Evidence { now: at("2026-11-22T16:00:00Z"), expected: None, ..good };
        assert_eq!(
            judge(late).map_err(|doubt| doubt.to_string()),
            Err(
                "the clock says 2026-11-22 16:00 UTC, but the database was changed on 2026-11-22 17:00 UTC; \
                 connect the network or set the clock"
                    .to_owned()
            )
        );
        assert!(matches!(judge(late), Err(Doubt::OlderThanData { .. })));
        assert_eq!(judge(Evidence { synchronised: true, ..late }), Ok(()));
        assert!(judge(Evidence { synchronised: true, ..old }).is_err());
        // Set right by seconds.
        assert_eq!(judge(Evidence { newest: Some(at("2026-11-23T08:04:00Z")), ..good }), Ok(()));
        // Ten years ahead and back; a year without power.
        let ahead = Evidence { now: at("2036-11-23T08:00:00Z"), ..good };
        assert!(matches!(judge(ahead), Err(Doubt::Leapt { .. })));
        assert_eq!(judge(Evidence { expected: Some(at("2025-10-20T08:00:00Z")), ..good }), Ok(()));
    }

    #[test]
    fn the_date_is_the_shops_and_can_be_pretended() {
        let clock = Clock::new(chrono_tz::Europe::Amsterdam, None);
        assert_eq!(clock.today_at(at("2026-06-30T22:00:00Z")).to_string(), "2026-07-01");
        assert_eq!(clock.today_at(at("2026-12-31T22:59:59Z")).to_string(), "2026-12-31");
        let pretended = Clock::new(chrono_tz::Europe::Amsterdam, "2015-05-01".parse().ok());
        assert_eq!(pretended.today().to_string(), "2015-05-01");
        assert!(pretended.now_local().and_utc() > at("2020-01-01T00:00:00Z"));
        assert!(built_at() > at("2025-01-01T00:00:00Z") && clock.trusted_now(None).is_ok());
    }

    #[test]
    fn a_day_begins_at_the_shops_midnight() {
        let date = |text: &str| text.parse::<NaiveDate>().unwrap();
        let clock = Clock::new(chrono_tz::Europe::Amsterdam, None);
        assert_eq!(clock.midnight(date("2026-07-01")), at("2026-06-30T22:00:00Z"));
        assert_eq!(clock.midnight(date("2026-01-01")), at("2025-12-31T23:00:00Z"));
        // Brazil's clocks once went from midnight to one o'clock.
        let clock = Clock::new(chrono_tz::America::Sao_Paulo, None);
        assert_eq!(clock.midnight(date("2018-11-04")), at("2018-11-04T03:00:00Z"));
    }
}
