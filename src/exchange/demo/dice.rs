//! Chance that is the same on every machine: ChaCha, and whole numbers only.

use chrono::{Days, NaiveDate};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// Throws of one seed.
pub(super) struct Dice(ChaCha8Rng);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// A whole number from 0 up to, not including, `limit`.
    pub(super) fn below(&mut self, limit: u32) -> u32 {
        // The high half of a product: even enough, and without a division.
        let wide = u64::from(self.0.next_u32()) * u64::from(limit.max(1));
        u32::try_from(wide >> 32).unwrap_or_default()
    }

    /// A whole number from `least` to `most`.
    pub(super) fn between(&mut self, least: u32, most: u32) -> u32 {
        least + self.below(most.saturating_sub(least) + 1)
    }

    /// True in so many of a hundred throws.
    pub(super) fn percent(&mut self, chance: u32) -> bool {
        self.below(100) < chance
    }

    /// One of a list.
    pub(super) fn pick<'l, T>(&mut self, list: &'l [T]) -> &'l T {
        let place = self.below(u32::try_from(list.len()).unwrap_or(u32::MAX));
        // Lists are written in the program and never empty.
        #[allow(clippy::indexing_slicing)]
        &list[place as usize]
    }

    /// A day from `from` on, so many days later at most.
    pub(super) fn day_after(&mut self, from: NaiveDate, least: u32, most: u32) -> NaiveDate {
        let days = self.between(least, most);
        from.checked_add_days(Days::new(u64::from(days))).unwrap_or(from)
    }

    /// A day before `from`, so many days earlier at most.
    pub(super) fn day_before(&mut self, from: NaiveDate, least: u32, most: u32) -> NaiveDate {
        let days = self.between(least, most);
        from.checked_sub_days(Days::new(u64::from(days))).unwrap_or(from)
    }
}
