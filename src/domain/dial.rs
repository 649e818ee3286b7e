//! Telephone numbers as they are dialled: what the shop typed, read with the shop's country, as E.164
//! (facts C.3). A landline takes no SMS, and says so.
//!
//! The numbering plans of the world are a table of half a megabyte; it is unpacked at the first number
//! that is looked at, never at the start of a program.

use std::str::FromStr;

use phonenumber::country::Id;
use phonenumber::{Mode, PhoneNumber, Type};

/// A number that exists in some country's plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dialled {
    /// `+31612345678`.
    pub e164: String,
    /// As the people of the shop's country write it; of another country with its prefix.
    pub pretty: String,
    /// Whether it can take an SMS.
    pub mobile: bool,
}

/// Why a number cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoNumber {
    /// No number of any country.
    Unreadable,
    /// A landline or a service number: no SMS.
    Landline,
}

/// Reads the first number of a field.
///
/// # Errors
/// [`NoNumber::Unreadable`] when it is no number of any country.
pub fn dial(text: &str, country: &str) -> Result<Dialled, NoNumber> {
    text.split(['/', ';', ',', '|']).find_map(|one| read(one, country)).ok_or(NoNumber::Unreadable)
}

/// The first number of some fields that can take an SMS.
///
/// # Errors
/// [`NoNumber`] says what is in the way of the best of them.
pub fn for_sms<'a>(fields: impl IntoIterator<Item = &'a str>, country: &str) -> Result<Dialled, NoNumber> {
    let mut landline = false;
    for one in fields.into_iter().flat_map(|field| field.split(['/', ';', ',', '|'])) {
        match read(one, country) {
            Some(number) if number.mobile => return Ok(number),
            Some(_) => landline = true,
            None => {}
        }
    }
    Err(if landline { NoNumber::Landline } else { NoNumber::Unreadable })
}

fn read(text: &str, country: &str) -> Option<Dialled> {
    let home = Id::from_str(country).ok();
    let typed = text.trim();
    // `+31 (0)6`: the trunk's nought is not dialled after a prefix.
    let typed = if typed.starts_with('+') || typed.starts_with("00") {
        typed.replace("(0)", "")
    } else {
        typed.to_owned()
    };
    if !typed.chars().any(|sign| sign.is_ascii_digit()) {
        return None;
    }
    let as_typed = phonenumber::parse(home, &typed).ok().filter(exists);
    // `0049 30 ..` and `31 6 ..` are meant with a plus.
    let number = as_typed.or_else(|| {
        let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
        let bare = digits.strip_prefix("00").unwrap_or(&digits);
        phonenumber::parse(home, format!("+{bare}")).ok().filter(exists)
    })?;
    let mode = if number.country().id() == home { Mode::National } else { Mode::International };
    Some(Dialled {
        e164: number.format().mode(Mode::E164).to_string(),
        pretty: number.format().mode(mode).to_string(),
        // In some countries (North America) nobody can tell a mobile number from another.
        mobile: matches!(
            number.number_type(&phonenumber::metadata::DATABASE),
            Type::Mobile | Type::FixedLineOrMobile
        ) || is_dutch_mobile(&number),
    })
}

fn exists(number: &PhoneNumber) -> bool {
    number.is_valid() || is_dutch_mobile(number)
}

/// 06 and eight digits is a mobile number, also in a block that nobody has been given yet: the supplier
/// knows today's blocks, a table does not. The invented shop's numbers lie in such a block.
fn is_dutch_mobile(number: &PhoneNumber) -> bool {
    number.country().code() == 31 && (600_000_000..700_000_000).contains(&number.national().value())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dutch_numbers_are_read_however_they_are_typed() {
        for text in [
            "0612345678",
            "06 12 34 56 78",
            "06-12345678",
            "06.12.34.56.78",
            "+31612345678",
            "+31 (0)6 12345678",
            "0031612345678",
            "0031 (0)6 12345678",
            "31 6 12345678",
            "(06) 12345678",
            "06 12345678 / 010-2345678",
        ] {
            let number = dial(text, "NL").unwrap();
            assert_eq!((number.e164.as_str(), number.mobile), ("+31612345678", true), "{text}");
            assert_eq!(number.pretty.replace(['-', ' '], ""), "0612345678", "{text}");
        }
    }

    #[test]
    fn only_a_mobile_number_takes_an_sms() {
        for (text, wanted) in [
            ("010-2345678", NoNumber::Landline),
            ("0800 1234", NoNumber::Landline),
            ("0900-1234567", NoNumber::Landline),
            ("088-1234567", NoNumber::Landline),
            ("", NoNumber::Unreadable),
            ("06", NoNumber::Unreadable),
            ("06 12 34 56", NoNumber::Unreadable),
            ("bellen na 17 uur", NoNumber::Unreadable),
            ("-", NoNumber::Unreadable),
        ] {
            assert_eq!(for_sms([text], "NL"), Err(wanted), "{text}");
        }
        assert_eq!(for_sms(["06-00232999"], "NL").unwrap().e164, "+31600232999");
        let number = for_sms(["010-2345678", "010-2345678 / 06-12345678"], "NL").unwrap();
        assert_eq!(number.e164, "+31612345678");
    }

    #[test]
    fn numbers_of_other_countries_keep_their_prefix() {
        let german = dial("+49 151 23456789", "NL").unwrap();
        assert_eq!((german.e164.as_str(), german.mobile), ("+4915123456789", true));
        assert!(german.pretty.starts_with("+49"));
        assert_eq!(dial("0151 23456789", "DE").unwrap().e164, "+4915123456789");
        assert_eq!(dial("0049 30 123456", "NL").unwrap().e164, "+4930123456");
        let brazilian = dial("(11) 96123-4567", "BR").unwrap();
        assert_eq!((brazilian.e164.as_str(), brazilian.mobile), ("+5511961234567", true));
        assert_eq!(dial("11 96123 4567", "XX").ok(), None);
    }
}
