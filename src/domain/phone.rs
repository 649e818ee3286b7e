//! Telephone numbers as people type them: `06 12 34 56 78`, `+31 (0)6-12345678`, `0031612345678` are
//! one number. Here only what finding and comparing need; what may be dialled is checked elsewhere.

/// The countries whose prefix is taken off: the shop's own, its neighbours, and those of the four
/// languages. Longer ones first.
const PREFIXES: [&str; 7] = ["351", "352", "31", "32", "49", "55", "44"];
/// With fewer digits than this a text is no telephone number that tells people apart.
const SHORTEST: usize = 6;

/// The digits within the country, without the leading 0; the same for every spelling of one number.
/// `None` when there are none.
pub fn national(text: &str) -> Option<String> {
    let text = text.trim();
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let abroad = if text.starts_with('+') { Some(digits.as_str()) } else { digits.strip_prefix("00") };
    let within = match abroad {
        Some(full) => PREFIXES.iter().find_map(|prefix| full.strip_prefix(prefix)).unwrap_or(full),
        // `31 6 12345678`: a prefix without its sign is only believed of a whole number.
        None if digits.len() == 11 && digits.starts_with("31") => digits.get(2..).unwrap_or_default(),
        None => &digits,
    };
    let within = within.strip_prefix('0').unwrap_or(within);
    (!within.is_empty()).then(|| within.to_owned())
}

/// As [`national`], for comparing people: a text of a few digits (an extension, '06') is nobody's.
pub fn comparable(text: &str) -> Option<String> {
    national(text).filter(|digits| digits.len() >= SHORTEST)
}

/// The numbers of a field that may hold several: `0101234567 / 0612345678`.
pub fn all(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(['/', ';', ',', '|']).filter_map(national)
}

/// Whether somebody may be typing a telephone number: digits and what stands between them.
pub fn looks_like(text: &str) -> bool {
    text.chars().any(|sign| sign.is_ascii_digit())
        && text.chars().all(|sign| {
            sign.is_ascii_digit() || sign.is_whitespace() || matches!(sign, '+' | '-' | '(' | ')' | '.' | '/')
        })
}

/// What a number typed so far can begin with, once written as [`national`] does.
pub fn beginnings(text: &str) -> Vec<String> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let mut found: Vec<String> = national(text).into_iter().collect();
    if !text.trim().starts_with('+') && !digits.starts_with('0') {
        let other = PREFIXES.iter().find_map(|prefix| digits.strip_prefix(prefix));
        found.extend(other.filter(|rest| !rest.is_empty()).map(str::to_owned));
    }
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_is_one_number() {
        for text in [
            "0612345678",
            "06 12 34 56 78",
            "06-12345678",
            "+31612345678",
            "+31 (0)6 12345678",
            "0031 6 12345678",
            "31612345678",
        ] {
            assert_eq!(national(text).as_deref(), Some("612345678"), "{text}");
        }
        assert_eq!(national("+49 151 2345").as_deref(), Some("1512345"));
        assert_eq!(all("010-1234567 / 06 12345678").collect::<Vec<_>>(), ["101234567", "612345678"]);
    }

    #[test]
    fn nothing_and_next_to_nothing_is_no_number() {
        assert_eq!((national("-"), comparable("06"), comparable("010-12")), (None, None, None));
        assert!(looks_like("+31 6") && !looks_like("JL-29") && !looks_like("+"));
    }

    #[test]
    fn half_a_number_is_found_however_it_is_begun() {
        assert_eq!(beginnings("06 12"), ["612"]);
        assert_eq!(beginnings("+31 6"), ["6"]);
        assert_eq!(beginnings("316"), ["316", "6"]);
    }
}
