//! Whether two readings of one odometer can both be true. The import refuses what cannot; at the
//! desk a person is asked.

use chrono::NaiveDate;

use crate::domain::reason::{self, Reason};

/// Faster than this nobody drives (the figure of the Belgian Car-Pass).
pub const KM_A_YEAR: i64 = 200_000;

/// Kilometres on the clock on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// The day.
    pub on: NaiveDate,
    /// Kilometres.
    pub km: i64,
}

/// Why a reading cannot be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Doubt {
    /// What is wrong with it.
    pub why: Why,
    /// The reading.
    pub reading: Reading,
    /// The reading it does not fit.
    pub other: Reading,
}

/// What is wrong between two readings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// Fewer kilometres than were read before.
    Below,
    /// More kilometres than were read after.
    Above,
    /// More than [`KM_A_YEAR`] apart.
    TooFast,
}

/// Says why a reading does not fit another, if it does not.
pub fn doubt_between(reading: Reading, other: Reading) -> Option<Doubt> {
    let days = (reading.on - other.on).num_days();
    let rise = match days {
        // Which of two readings of one day came first is not known.
        0 => (reading.km - other.km).abs(),
        1.. => reading.km - other.km,
        _ => other.km - reading.km,
    };
    let why = if rise < 0 {
        if days > 0 { Why::Below } else { Why::Above }
    } else if rise.saturating_mul(365) > KM_A_YEAR.saturating_mul(days.abs().max(1)) {
        Why::TooFast
    } else {
        return None;
    };
    Some(Doubt { why, reading, other })
}

impl From<Doubt> for Reason {
    fn from(doubt: Doubt) -> Self {
        let written = |reading: Reading| format!("{} km ({})", reading.km, reading.on);
        let mut about = vec![written(doubt.reading), written(doubt.other)];
        let sentence = match doubt.why {
            Why::Below => &reason::BELOW,
            Why::Above => &reason::ABOVE,
            Why::TooFast => {
                about.push(KM_A_YEAR.to_string());
                &reason::TOO_FAST
            }
        };
        Reason::about(sentence, about)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_does_not_run_back_and_nobody_drives_that_far() {
        let reading = |on: &str, km| Reading { on: on.parse().unwrap(), km };
        let why = |on: &str, km| {
            doubt_between(reading(on, km), reading("2015-05-01", 80_000)).map(|doubt| doubt.why)
        };
        assert_eq!(why("2015-05-31", 80_500), None);
        assert_eq!(why("2015-05-31", 79_999), Some(Why::Below));
        assert_eq!(why("2015-04-01", 80_001), Some(Why::Above));
        assert_eq!(why("2015-05-31", 100_000), Some(Why::TooFast));
        // The same day: a second reading of today may be higher by what is driven in a day.
        assert_eq!(why("2015-05-01", 80_000), None);
        assert_eq!(why("2015-05-01", 80_400), None);
        assert_eq!(why("2015-05-01", 79_600), None);
        assert_eq!(why("2015-05-01", 70_000), Some(Why::TooFast));
    }
}
