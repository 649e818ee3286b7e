//! How many parts an SMS takes (facts C.2): 160 signs of the GSM alphabet, or 70 of UCS-2 as soon as
//! one sign stands outside it; 153 and 67 for each part of a longer one.
//!
//! A table of our own, because the two crates that count parts (`sms_splitter`, `gsm7`) do not say
//! which signs are outside the alphabet, and the screen must name them.

use std::collections::BTreeSet;

use super::text::folded;

/// The GSM 03.38 alphabet; each costs 1.
const ALPHABET: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?\
                        ¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
/// Reached by an escape; each costs 2, and both halves stand in one part.
const EXTENSION: &str = "^{}\\[~]|€\u{c}";

/// In which alphabet a text is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alphabet {
    /// Seven bits: 160 or 153 signs to a part.
    Gsm,
    /// Sixteen bits: 70 or 67 units to a part.
    Ucs2,
}

/// What a text costs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    /// In which alphabet it goes.
    pub alphabet: Alphabet,
    /// Units of the alphabet in the whole text.
    pub units: usize,
    /// Parts; an empty text has none.
    pub parts: usize,
    /// Units that still fit without another part.
    pub left: usize,
    /// The signs outside the GSM alphabet, each once, in the order of the text.
    pub outside: Vec<char>,
}

/// What a sign costs in the GSM alphabet; `None` outside it.
fn gsm(sign: char) -> Option<usize> {
    if ALPHABET.contains(sign) {
        Some(1)
    } else if EXTENSION.contains(sign) {
        Some(2)
    } else {
        None
    }
}

/// Counts a text.
pub fn count(text: &str) -> Count {
    let mut seen = BTreeSet::new();
    let outside: Vec<char> =
        text.chars().filter(|sign| gsm(*sign).is_none()).filter(|sign| seen.insert(*sign)).collect();
    let (alphabet, single, part) =
        if outside.is_empty() { (Alphabet::Gsm, 160, 153) } else { (Alphabet::Ucs2, 70, 67) };
    let costs = || {
        text.chars().map(|sign| match alphabet {
            Alphabet::Gsm => gsm(sign).unwrap_or(1),
            Alphabet::Ucs2 => sign.len_utf16(),
        })
    };
    let units: usize = costs().sum();
    if units <= single {
        return Count { alphabet, units, parts: usize::from(units > 0), left: single - units, outside };
    }
    let (mut parts, mut filled) = (1, 0);
    for cost in costs() {
        if filled + cost > part {
            (parts, filled) = (parts + 1, 0);
        }
        filled += cost;
    }
    Count { alphabet, units, parts, left: part - filled, outside }
}

/// The text with signs outside the GSM alphabet written plainly, where a plain form exists: `ë` as
/// `e`, curly quotes as straight ones. Others (an emoji) stay.
pub fn plain(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    for sign in text.chars() {
        if gsm(sign).is_some() {
            written.push(sign);
            continue;
        }
        let form = match sign {
            '\u{2018}'..='\u{201b}' | '\u{2032}' | '`' | '´' => "'",
            '\u{201c}'..='\u{201f}' | '\u{2033}' | '«' | '»' => "\"",
            '\u{2010}'..='\u{2015}' | '\u{2212}' => "-",
            '…' => "...",
            '•' | '·' => "-",
            '\u{a0}' | '\u{2002}'..='\u{200a}' | '\u{202f}' | '\t' => " ",
            '\u{200b}'..='\u{200d}' | '\u{ad}' | '\u{feff}' | '\u{300}'..='\u{36f}' => "",
            'º' => "o",
            'ª' => "a",
            '×' => "x",
            '½' => "1/2",
            _ => {
                let small = folded(&sign.to_string());
                let known = !small.is_empty() && small.chars().all(|letter| gsm(letter).is_some());
                match (known, sign.is_uppercase()) {
                    (true, true) => written.extend(small.chars().flat_map(char::to_uppercase)),
                    (true, false) => written.push_str(&small),
                    (false, _) => written.push(sign),
                }
                continue;
            }
        };
        written.push_str(form);
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(text: &str) -> (Alphabet, usize, usize, usize) {
        let count = count(text);
        (count.alphabet, count.units, count.parts, count.left)
    }

    #[test]
    fn parts_are_counted_as_the_suppliers_do() {
        use Alphabet::{Gsm, Ucs2};
        let a = |times: usize| "a".repeat(times);
        for (text, wanted) in [
            (String::new(), (Gsm, 0, 0, 160)),
            (a(160), (Gsm, 160, 1, 0)),
            (a(161), (Gsm, 161, 2, 145)),
            (a(306), (Gsm, 306, 2, 0)),
            (a(307), (Gsm, 307, 3, 152)),
            // An extension sign is two, and is never cut in two: 152 + 2 leaves one place empty.
            ("€".repeat(80), (Gsm, 160, 1, 0)),
            ("€".repeat(81), (Gsm, 162, 2, 143)),
            (a(152) + "€" + &a(151), (Gsm, 305, 2, 0)),
            (a(152) + "€" + &a(152), (Gsm, 306, 3, 152)),
            ("^{}\\[~]|€\u{c}".to_owned(), (Gsm, 20, 1, 140)),
            ("ë".repeat(70), (Ucs2, 70, 1, 0)),
            ("ë".repeat(71), (Ucs2, 71, 2, 63)),
            ("ë".repeat(134), (Ucs2, 134, 2, 0)),
            ("ë".repeat(135), (Ucs2, 135, 3, 66)),
            // A sign of two units is not cut in two either.
            ("😀".repeat(35), (Ucs2, 70, 1, 0)),
            ("😀".repeat(36), (Ucs2, 72, 2, 61)),
            (a(66) + "😀" + &a(65), (Ucs2, 133, 2, 0)),
            (a(66) + "😀" + &a(66), (Ucs2, 134, 3, 66)),
            // In UCS-2 the euro is one unit.
            ("€ë".to_owned(), (Ucs2, 2, 1, 68)),
            ("@£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà".to_owned(), (Gsm, 42, 1, 118)),
        ] {
            assert_eq!(counted(&text), wanted, "{text}");
        }
    }

    #[test]
    fn the_signs_that_cost_are_named_once_each() {
        assert_eq!(count("Coördinatie, café: één reünie à € 5").outside, Vec::<char>::new());
        assert_eq!(count("België’s reünie – naïef, België").outside, ['ë', '’', '–', 'ï']);
        assert_eq!(count("ç").outside, ['ç']);
    }

    #[test]
    fn plain_writing_leaves_what_has_no_plain_form() {
        assert_eq!(
            plain("België’s “één” naïef… Çelik, Ênio, ç, Œuvre 😀"),
            "Belgie's \"één\" naief... Çelik, Enio, c, OEuvre 😀"
        );
        assert_eq!(count(&plain("São João: inspeção, manutenção")).alphabet, Alphabet::Gsm);
    }
}
