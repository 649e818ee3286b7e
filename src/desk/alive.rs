//! Proof of life for the watchdog (fault table, row 15): when the database was last read.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// When the database was last read with success; the watchdog asks.
#[derive(Debug)]
pub struct Alive {
    began: Instant,
    /// Milliseconds after `began`, plus one; 0 is never.
    read: AtomicU64,
}

impl Default for Alive {
    fn default() -> Self {
        Self { began: Instant::now(), read: AtomicU64::new(0) }
    }
}

impl Alive {
    /// The database was read just now.
    pub fn database(&self) {
        let since = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX - 1);
        self.read.store(since + 1, Ordering::Relaxed);
    }

    /// How long ago the database was last read; none when it never was.
    pub fn database_age(&self) -> Option<Duration> {
        let read = self.read.load(Ordering::Relaxed).checked_sub(1)?;
        Some(self.began.elapsed().saturating_sub(Duration::from_millis(read)))
    }
}
