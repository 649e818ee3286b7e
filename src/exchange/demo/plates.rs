//! Invented plates of all fourteen patterns, each only once, without keeping a list of them.

use chrono::{Datelike, NaiveDate};

use super::dice::Dice;

/// Letters that stand on plates: no vowels, no C, no Q, and none that mean something in front.
const LETTERS: &[u8] = b"GHJKLNPRSTXZ";
/// Letters for the places where the first one's meaning does not matter.
const MORE_LETTERS: &[u8] = b"BDFGHJKLMNPRSTVWXZ";

/// Groups of letters that are never given out.
const BANNED: [&str; 13] =
    ["GVD", "KKK", "KVT", "LPF", "NSB", "PKK", "PSV", "TBS", "SS", "SD", "PVV", "SGP", "VVD"];

/// The patterns: `X` is a letter, `9` a digit.
const PATTERNS: [&[u8]; 14] = [
    b"XX9999", b"9999XX", b"99XX99", b"XX99XX", b"XXXX99", b"99XXXX", b"99XXX9", b"9XXX99", b"XX999X",
    b"X999XX", b"XXX99X", b"X99XXX", b"9XX999", b"999XX9",
];

/// Gives out plates.
#[derive(Default)]
pub(super) struct Plates {
    given: [u64; 14],
}

impl Plates {
    /// A plate as a car of that first registration has it.
    pub(super) fn of(&mut self, first_registered: NaiveDate, dice: &mut Dice) -> String {
        let sidecode = match first_registered.year() {
            // The three youngest patterns go to vehicles of other kinds, and to few.
            year if year >= 2008 && dice.percent(3) => dice.between(12, 14),
            ..1965 => 1,
            1965..1973 => 2,
            1973..1978 => 3,
            1978..1991 => 4,
            1991..1999 => 5,
            1999..2008 => 6,
            2008..2013 => 7,
            2013..2015 => 8,
            2015..2019 => 9,
            2019..2024 => 10,
            _ => 11,
        };
        self.next(sidecode)
    }

    /// The next plate of a sidecode (1 to 14).
    pub(super) fn next(&mut self, sidecode: u32) -> String {
        let index = (sidecode.clamp(1, 14) - 1) as usize;
        let (Some(pattern), Some(given)) = (PATTERNS.get(index), self.given.get_mut(index)) else {
            return String::new();
        };
        loop {
            // A step that shares no factor with the number of plates meets each of them once, and
            // neighbours look nothing alike.
            let number = given.wrapping_mul(7_368_787);
            *given += 1;
            let plate = write(pattern, number);
            if !is_banned(&plate) {
                return plate;
            }
        }
    }
}

/// The plate with a number: the digits of a number system with mixed bases.
fn write(pattern: &[u8], number: u64) -> String {
    let places = || {
        pattern.iter().enumerate().map(|(place, sign)| match (sign, place) {
            (b'9', _) => b"0123456789".as_slice(),
            (_, 0) => LETTERS,
            _ => MORE_LETTERS,
        })
    };
    let all: u64 = places().map(|signs| signs.len() as u64).product();
    let mut rest = number % all;
    let mut plate = String::with_capacity(6);
    for signs in places() {
        let count = signs.len() as u64;
        let sign = signs.get(usize::try_from(rest % count).unwrap_or_default()).copied().unwrap_or(b'X');
        plate.push(char::from(sign));
        rest /= count;
    }
    plate
}

fn is_banned(plate: &str) -> bool {
    let letters = plate.split(|sign: char| sign.is_ascii_digit());
    letters.into_iter().any(|group| BANNED.iter().any(|banned| group.contains(banned)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::plate::Plate;
    use std::collections::HashSet;

    #[test]
    fn no_plate_is_given_twice_and_each_has_its_pattern() {
        let mut plates = Plates::default();
        let mut seen = HashSet::new();
        for sidecode in 1..=14_u8 {
            for _ in 0..20_000 {
                let plate = plates.next(u32::from(sidecode));
                assert_eq!(Plate::parse(&plate).unwrap().sidecode(), Some(sidecode), "{plate}");
                assert!(!is_banned(&plate));
                assert!(seen.insert(plate));
            }
        }
    }
}
