//! Plates (kentekens): stored normalised, shown formatted (domain.md, Words; facts on RDW's
//! fourteen sidecodes). Odd and foreign plates exist and are allowed: a plate is only refused
//! when nothing usable is left of it.

use std::fmt;

/// The longest plate that is believed; German ones have eight letters and digits, test plates more.
const LONGEST: usize = 12;

/// RDW's fourteen patterns, sidecode 1 first: `X` is a letter, `9` a digit.
const SIDECODES: [&str; 14] = [
    "XX-99-99", "99-99-XX", "99-XX-99", "XX-99-XX", "XX-XX-99", "99-XX-XX", "99-XXX-9", "9-XXX-99",
    "XX-999-X", "X-999-XX", "XXX-99-X", "X-99-XXX", "9-XX-999", "999-XX-9",
];

/// A normalised plate: ASCII capitals and digits only, at least one, at most twelve.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Plate(String);

/// Why a text is no plate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlateError {
    /// Nothing but blanks and dashes.
    #[error("the plate is empty")]
    Empty,
    /// A sign that stands on no plate.
    #[error("'{0}' does not stand on a plate; write letters, digits and dashes")]
    Sign(char),
    /// More letters and digits than any plate has.
    #[error("a plate has at most 12 letters and digits, this one has {0}")]
    TooLong(usize),
}

impl Plate {
    /// Reads a plate as people write it: with or without dashes, dots and blanks, in any case.
    ///
    /// # Errors
    /// [`PlateError`] names the sign or the length that does not fit.
    pub fn parse(text: &str) -> Result<Self, PlateError> {
        let mut plate = String::with_capacity(text.len().min(LONGEST));
        let mut signs = 0;
        for sign in text.chars() {
            match sign {
                '-' | '.' | '\u{2010}'..='\u{2015}' => {}
                blank if blank.is_whitespace() => {}
                sign if sign.is_ascii_alphanumeric() => {
                    signs += 1;
                    if signs <= LONGEST {
                        plate.push(sign.to_ascii_uppercase());
                    }
                }
                // German plates carry umlauts; they are written out as registers do.
                'ä' | 'Ä' | 'ö' | 'Ö' | 'ü' | 'Ü' => {
                    signs += 1;
                    if signs <= LONGEST {
                        plate.push(match sign {
                            'ä' | 'Ä' => 'A',
                            'ö' | 'Ö' => 'O',
                            _ => 'U',
                        });
                    }
                }
                other => return Err(PlateError::Sign(other)),
            }
        }
        match signs {
            0 => Err(PlateError::Empty),
            1..=LONGEST => Ok(Self(plate)),
            more => Err(PlateError::TooLong(more)),
        }
    }

    /// Letters and digits only, as stored and as RDW writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// RDW's sidecode (1 to 14), or none for an old, special or foreign plate.
    pub fn sidecode(&self) -> Option<u8> {
        let found = SIDECODES.iter().position(|pattern| self.fits(pattern))?;
        u8::try_from(found + 1).ok()
    }

    fn fits(&self, pattern: &str) -> bool {
        let shape = pattern.bytes().filter(|sign| *sign != b'-');
        self.0.len() == shape.clone().count()
            && self.0.bytes().zip(shape).all(|(sign, wanted)| match wanted {
                b'9' => sign.is_ascii_digit(),
                _ => sign.is_ascii_uppercase(),
            })
    }
}

/// With dashes by its sidecode; as it is when it has none.
impl fmt::Display for Plate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(pattern) = SIDECODES.iter().find(|pattern| self.fits(pattern)) else {
            return f.write_str(&self.0);
        };
        let mut signs = self.0.chars();
        let shown: String = pattern
            .chars()
            .filter_map(|wanted| if wanted == '-' { Some('-') } else { signs.next() })
            .collect();
        f.write_str(&shown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_fourteen_sidecodes_are_known_and_shown_with_their_dashes() {
        let plates = [
            ("AB5643", "AB-56-43"),
            ("8765AG", "87-65-AG"),
            ("56YA54", "56-YA-54"),
            ("GF88YT", "GF-88-YT"),
            ("HSDF43", "HS-DF-43"),
            ("12HHGG", "12-HH-GG"),
            ("12PTT8", "12-PTT-8"),
            ("1KHH39", "1-KHH-39"),
            ("VV123D", "VV-123-D"),
            ("G123TT", "G-123-TT"),
            ("SGJ12P", "SGJ-12-P"),
            ("S88KKM", "S-88-KKM"),
            ("8DP786", "8-DP-786"),
            ("765PK9", "765-PK-9"),
        ];
        for (index, (plain, shown)) in plates.iter().enumerate() {
            let plate = Plate::parse(&plain.to_lowercase()).unwrap();
            assert_eq!(plate.sidecode(), Some(index as u8 + 1), "{plain}");
            assert_eq!(&plate.to_string(), shown);
            assert_eq!(Plate::parse(shown).unwrap(), plate);
        }
    }

    #[test]
    fn an_odd_plate_is_allowed_and_shown_as_it_is() {
        let odd = Plate::parse("V-444-44").unwrap();
        assert_eq!((odd.sidecode(), odd.to_string().as_str()), (None, "V44444"));
        assert_eq!(Plate::parse(" düs. ab–12 ").unwrap().as_str(), "DUSAB12");
    }

    #[test]
    fn what_is_no_plate_says_why() {
        assert_eq!(Plate::parse(" - "), Err(PlateError::Empty));
        assert_eq!(Plate::parse("12;34"), Err(PlateError::Sign(';')));
        assert_eq!(Plate::parse("ABCDEFGHIJKLM"), Err(PlateError::TooLong(13)));
    }
}
