//! Proof of life for the watchdog (fault table, row 15): the database answers, or is known not to.
//!
//! A database that cannot be read is opened again every few seconds, which is all that a new process would do
//! first; meanwhile the screen says so, and what was typed stays on it. Only when that has gone on for long is a
//! new process tried as well: it also mends what is wrong with the old one.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// So long may a database stay unreadable before a new process is tried.
const PATIENCE: Duration = Duration::from_secs(10 * 60);

/// When the database was last looked at, and last read with success; the watchdog asks.
#[derive(Debug)]
pub struct Alive {
    began: Instant,
    /// Milliseconds after `began`, plus one; 0 is never.
    looked: AtomicU64,
    /// Milliseconds after `began`.
    read: AtomicU64,
}

impl Default for Alive {
    fn default() -> Self {
        Self { began: Instant::now(), looked: AtomicU64::new(0), read: AtomicU64::new(0) }
    }
}

impl Alive {
    /// The database was looked at just now: it was read, or it was not and that is known.
    pub fn looked(&self, read: bool) {
        let since = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX - 1);
        self.looked.store(since + 1, Ordering::Relaxed);
        if read {
            self.read.store(since, Ordering::Relaxed);
        }
    }

    /// Whether the desk does its work at `now`: the last look is younger than `within`, and one of the last ten
    /// minutes' has read something.
    pub fn at(&self, now: Instant, within: Duration) -> bool {
        let age = |since: u64| now.saturating_duration_since(self.began + Duration::from_millis(since));
        let looked = self.looked.load(Ordering::Relaxed).checked_sub(1);
        looked.is_some_and(|since| age(since) < within) && age(self.read.load(Ordering::Relaxed)) < PATIENCE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WITHIN: Duration = Duration::from_secs(5);

    #[test]
    fn only_a_look_is_a_sign_of_life_and_only_for_a_while() {
        let alive = Alive::default();
        assert!(!alive.at(Instant::now(), WITHIN), "nothing was looked at yet");
        alive.looked(true);
        assert!(alive.at(Instant::now(), WITHIN));
        assert!(!alive.at(Instant::now() + WITHIN, WITHIN), "it hangs");
    }

    #[test]
    fn what_cannot_be_read_is_borne_for_ten_minutes() {
        let alive = Alive::default();
        alive.looked(false);
        assert!(alive.at(Instant::now(), WITHIN), "it says so on the screen and tries again");
        assert!(!alive.at(Instant::now() + PATIENCE, PATIENCE * 2), "a new process may do better");
    }
}
