//! When the next collection is. Pure: time comes in as 'so long since the service started', on a
//! clock that neither summer time nor a wrong date can move (fault table, rows 6 to 8).

use std::time::Duration;

use chrono::NaiveDate;

/// How long a request waits for the next one: a setting seldom changes alone.
const DEBOUNCE: Duration = Duration::from_millis(300);
/// The first wait after a failed run, and the longest.
const FIRST_RETRY: Duration = Duration::from_secs(2);
const LAST_RETRY: Duration = Duration::from_secs(300);

/// Why a collection is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// The service has just started; whatever was missed is caught up by this one run.
    Start,
    /// The shop's interval has passed.
    Interval,
    /// It is another day in the shop.
    NewDay,
    /// Somebody changed something that a collection depends on.
    Request,
}

/// What the service sees when it looks.
#[derive(Debug, Clone, Copy)]
pub struct Seen {
    /// Since the service started.
    pub now: Duration,
    /// The shop's date, from a clock that is believed.
    pub today: NaiveDate,
    /// The shop's interval.
    pub every: Duration,
    /// Whether the last run has not seen the newest request.
    pub requested: bool,
}

/// The service's memory of what it has run.
#[derive(Debug, Clone, Default)]
pub struct Schedule {
    collected_for: Option<NaiveDate>,
    /// The beginning of the interval that is running.
    slot: Duration,
    every: Duration,
    requested_at: Option<Duration>,
    failures: u32,
    retry_at: Option<Duration>,
}

impl Schedule {
    /// Whether a collection is due, and why.
    pub fn due(&mut self, seen: Seen) -> Option<Cause> {
        let Seen { now, today, every, requested } = seen;
        self.every = every;
        if !requested {
            self.requested_at = None;
        } else if self.requested_at.is_none() {
            self.requested_at = Some(now);
        }
        if self.retry_at.is_some_and(|at| now < at) {
            return None;
        }
        let Some(day) = self.collected_for else { return Some(Cause::Start) };
        if now >= self.slot + every {
            Some(Cause::Interval)
        } else if day != today {
            Some(Cause::NewDay)
        } else {
            self.requested_at.filter(|at| now >= *at + DEBOUNCE).map(|_| Cause::Request)
        }
    }

    /// A run ended well. Other causes do not shift the intervals: each comes exactly once.
    pub fn succeeded(&mut self, now: Duration, today: NaiveDate) {
        if self.collected_for.is_none() {
            self.slot = now;
        }
        while self.every > Duration::ZERO && self.slot + self.every <= now {
            self.slot += self.every;
        }
        self.collected_for = Some(today);
        self.requested_at = None;
        self.failures = 0;
        self.retry_at = None;
    }

    /// A run failed; says how long the next one waits.
    pub fn failed(&mut self, now: Duration) -> Duration {
        let wait = FIRST_RETRY.saturating_mul(1 << self.failures.min(10)).min(LAST_RETRY);
        self.failures += 1;
        self.retry_at = Some(now + wait);
        wait
    }

    /// How long until the running interval ends.
    pub fn until_interval(&self, now: Duration) -> Duration {
        (self.slot + self.every).saturating_sub(now)
    }

    /// How long until the schedule should be asked again, if nothing else happens.
    pub fn wait(&self, now: Duration) -> Option<Duration> {
        let request = self.requested_at.map(|at| at + DEBOUNCE);
        let next = self.retry_at.filter(|at| *at > now).or(request)?;
        Some(next.saturating_sub(now))
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeZone, Utc};
    use chrono_tz::Europe::Amsterdam;

    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);
    const SECOND: Duration = Duration::from_secs(1);

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn seen(now: Duration, requested: bool) -> Seen {
        Seen { now, today: day("2026-11-23"), every: HOUR, requested }
    }

    #[test]
    fn start_interval_request_and_new_day() {
        let mut schedule = Schedule::default();
        assert_eq!(schedule.due(seen(SECOND, false)), Some(Cause::Start));
        schedule.succeeded(SECOND, day("2026-11-23"));
        assert_eq!(schedule.due(seen(HOUR, false)), None);
        assert_eq!(schedule.until_interval(HOUR), SECOND);
        assert_eq!(schedule.due(seen(HOUR + SECOND, false)), Some(Cause::Interval));
        schedule.succeeded(HOUR + SECOND, day("2026-11-23"));
        // A request waits a moment for the next one, and does not shift the interval.
        let asked = HOUR + 600 * SECOND;
        assert_eq!(schedule.due(seen(asked, true)), None);
        assert_eq!(schedule.wait(asked), Some(DEBOUNCE));
        assert_eq!(schedule.due(seen(asked + DEBOUNCE, true)), Some(Cause::Request));
        schedule.succeeded(asked + DEBOUNCE, day("2026-11-23"));
        assert_eq!(schedule.due(seen(2 * HOUR, false)), None);
        assert_eq!(schedule.due(seen(2 * HOUR + SECOND, false)), Some(Cause::Interval));
        schedule.succeeded(2 * HOUR + SECOND, day("2026-11-23"));
        let tomorrow = Seen { today: day("2026-11-24"), ..seen(2 * HOUR + 2 * SECOND, false) };
        assert_eq!(schedule.due(tomorrow), Some(Cause::NewDay));
        // A shorter interval counts from the last one, and what was missed is caught up once.
        schedule.succeeded(2 * HOUR + 2 * SECOND, day("2026-11-24"));
        let short = Seen { today: day("2026-11-24"), every: HOUR / 10, ..seen(2 * HOUR + HOUR / 2, false) };
        assert_eq!(schedule.due(short), Some(Cause::Interval));
        schedule.succeeded(short.now, day("2026-11-24"));
        assert_eq!(schedule.due(Seen { now: short.now + SECOND / 2, ..short }), None);
    }

    #[test]
    fn failures_wait_longer_and_longer_and_never_for_ever() {
        let mut schedule = Schedule::default();
        let (mut now, mut waits) = (Duration::ZERO, Vec::new());
        for _ in 0..40 {
            assert_eq!(schedule.due(seen(now, true)), Some(Cause::Start));
            let wait = schedule.failed(now);
            assert_eq!(schedule.due(seen(now + wait - SECOND, true)), None);
            assert_eq!(schedule.wait(now), Some(wait));
            waits.push(wait.as_secs());
            now += wait;
        }
        assert_eq!(waits[..9], [2, 4, 8, 16, 32, 64, 128, 256, 300]);
        assert_eq!(waits.last(), Some(&300));
        schedule.succeeded(now, day("2026-11-23"));
        assert_eq!(schedule.failed(now), FIRST_RETRY);
    }

    /// Runs the schedule minute by minute over three days and returns the instants of its runs.
    fn runs(
        start: &str,
        hours: u32,
        wall: impl Fn(DateTime<Utc>) -> DateTime<Utc>,
    ) -> Vec<(Duration, Cause)> {
        let begin: DateTime<Utc> = start.parse().unwrap();
        let mut schedule = Schedule::default();
        let mut runs = Vec::new();
        for minute in 0..3 * 24 * 60 {
            let now = Duration::from_secs(minute * 60);
            let today = Amsterdam.from_utc_datetime(&wall(begin + now).naive_utc()).date_naive();
            if let Some(cause) = schedule.due(Seen { now, today, every: HOUR * hours, requested: false }) {
                runs.push((now, cause));
                schedule.succeeded(now, today);
            }
        }
        runs
    }

    #[test]
    fn both_nights_of_the_clock_change_have_each_slot_once() {
        for start in ["2026-03-28T11:30:00Z", "2026-10-24T10:30:00Z"] {
            for hours in [1, 6, 24] {
                let runs = runs(start, hours, |at| at);
                let slots: Vec<_> = runs.iter().filter(|(_, cause)| *cause == Cause::Interval).collect();
                let expected = 3 * 24 / hours - 1;
                assert_eq!(slots.len() as u32, expected, "{start} {hours}");
                for (number, (at, _)) in slots.iter().enumerate() {
                    assert_eq!(*at, HOUR * hours * (number as u32 + 1), "{start} {hours}");
                }
                // Local midnight, whatever the night's length.
                let days: Vec<_> = runs.iter().filter(|(_, cause)| *cause == Cause::NewDay).collect();
                assert_eq!(days.len(), 3, "{start} {hours}");
            }
        }
        let spring = runs("2026-03-28T11:30:00Z", 24, |at| at);
        let midnight =
            spring.iter().filter(|(_, cause)| *cause == Cause::NewDay).map(|(at, _)| at.as_secs() / 60);
        // 11.5 hours to the first midnight, then a day of 23 hours.
        assert_eq!(midnight.collect::<Vec<_>>(), [690, 690 + 23 * 60, 690 + 47 * 60]);
    }

    #[test]
    fn a_clock_that_goes_ten_years_ahead_and_back_stops_nothing() {
        let ahead = chrono::TimeDelta::days(3653);
        let begin: DateTime<Utc> = "2026-06-01T08:00:00Z".parse().unwrap();
        let wrong = |at: DateTime<Utc>| if (at - begin).num_hours() == 5 { at + ahead } else { at };
        let runs = runs("2026-06-01T08:00:00Z", 1, wrong);
        let slots = runs.iter().filter(|(_, cause)| *cause == Cause::Interval).count();
        assert_eq!(slots, 3 * 24 - 1);
    }
}
