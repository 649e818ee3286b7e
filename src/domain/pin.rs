//! The PIN with which an employee signs in (APP-10): what may be one, and how long a wrong one makes
//! the next try wait. It is kept by the store, as a hash.

use std::fmt;
use std::time::Duration;

use chrono::{DateTime, Utc};

/// So many wrong PINs in a row cost nothing: a finger slips.
const FREE_TRIES: u32 = 3;
/// The first wait.
const FIRST_WAIT: u64 = 5;
/// The longest wait, in seconds.
const LONGEST_WAIT: u64 = 300;

/// Four to eight digits. It is shown nowhere, in no log either.
#[derive(Clone, PartialEq, Eq)]
pub struct Pin(String);

impl Pin {
    /// The fewest digits.
    pub const LEAST: usize = 4;
    /// The most digits.
    pub const MOST: usize = 8;

    /// Reads a PIN; `None` when it is not four to eight digits.
    pub fn parse(text: &str) -> Option<Self> {
        let fits = (Self::LEAST..=Self::MOST).contains(&text.len());
        (fits && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| Self(text.to_owned()))
    }

    /// The digits, for whoever makes or checks the hash.
    pub fn digits(&self) -> &str {
        &self.0
    }

    /// Whether everybody would try it first: one digit again and again, digits in their order up or
    /// down, one pair again and again, or a year.
    pub fn is_weak(&self) -> bool {
        let digits: Vec<i16> = self.0.bytes().map(|byte| i16::from(byte - b'0')).collect();
        let steps: Vec<i16> =
            digits.windows(2).map(|pair| pair.iter().rev().fold(0, |sum, one| one - sum)).collect();
        let even = |step: i16| steps.iter().all(|one| one.rem_euclid(10) == step);
        let pairs = digits.iter().zip(digits.iter().skip(2)).all(|(one, other)| one == other);
        let year = digits.len() == 4 && (self.0.starts_with("19") || self.0.starts_with("20"));
        even(0) || even(1) || even(9) || pairs || year
    }
}

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pin(..)")
    }
}

/// How long after so many wrong PINs in a row the next one is looked at: nothing at first, then 5
/// seconds, and twice as long each time up to five minutes.
pub fn wait_after(failures: u32) -> Duration {
    let Some(further) = failures.checked_sub(FREE_TRIES) else { return Duration::ZERO };
    let seconds = FIRST_WAIT.checked_shl(further).filter(|_| further < 32).unwrap_or(LONGEST_WAIT);
    Duration::from_secs(seconds.min(LONGEST_WAIT))
}

/// What is left of the wait. A last failure that lies in the future (the clock was set back) says
/// nothing about how much has passed: then it is as if it were now.
pub fn wait_left(failures: u32, failed_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Duration {
    let wait = wait_after(failures);
    let passed = failed_at.map_or(wait, |at| (now - at).to_std().unwrap_or_default());
    wait.saturating_sub(passed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_to_eight_digits_and_nothing_else() {
        for good in ["0000", "4711", "98765432"] {
            assert_eq!(Pin::parse(good).unwrap().digits(), good);
        }
        for bad in ["", "123", "123456789", "12a4", "12 4", "１２３４"] {
            assert_eq!(Pin::parse(bad), None, "{bad}");
        }
        assert_eq!(format!("{:?}", Pin::parse("4711")), "Some(Pin(..))");
    }

    #[test]
    fn what_everybody_tries_first_is_weak() {
        for weak in
            ["0000", "1234", "4321", "7890", "1212", "1999", "2024", "12345678", "99999", "0123", "3210"]
        {
            assert!(Pin::parse(weak).unwrap().is_weak(), "{weak}");
        }
        for strong in ["4711", "3915", "8205", "73914", "190583"] {
            assert!(!Pin::parse(strong).unwrap().is_weak(), "{strong}");
        }
    }

    #[test]
    fn waits_grow_to_five_minutes_and_a_clock_that_is_set_back_shortens_none() {
        let seconds: Vec<u64> = (0..14).map(|failures| wait_after(failures).as_secs()).collect();
        assert_eq!(seconds, [0, 0, 0, 5, 10, 20, 40, 80, 160, 300, 300, 300, 300, 300]);
        assert_eq!(wait_after(u32::MAX).as_secs(), 300);
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let failed = Some(at("2015-05-01T08:00:00Z"));
        for (now, left) in [
            ("2015-05-01T08:00:00Z", 20),
            ("2015-05-01T08:00:12Z", 8),
            ("2015-05-01T09:00:00Z", 0),
            ("2015-04-30T08:00:00Z", 20),
        ] {
            assert_eq!(wait_left(5, failed, at(now)).as_secs(), left, "{now}");
        }
    }
}
