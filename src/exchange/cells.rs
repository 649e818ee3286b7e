//! Reads one cell by the kind of its column: the text of the file becomes what the database keeps,
//! or the reason why it cannot be read.
//!
//! Texts stay as they are. What is repeated in a message is what a technician needs in order to
//! mend it (a plate, a date, a code), never a text that may be somebody's name.

use std::borrow::Cow;

use super::dates::{self, Form};
use super::formula::unguarded;
use super::profile;
use crate::domain::amount::{AmountError, CostPerKm, Money};
use crate::domain::plate::{Plate, PlateError};
use crate::domain::reason::{self, Reason};
use crate::domain::settings::yes_or_no;
use crate::store::noun::{Cell, Column, Kind, Need, Short};

/// The longest code or number that is believed.
const LONGEST_CODE: usize = 100;
/// More kilometres than any car has driven.
const MOST_KM: i64 = 9_999_999;

/// Reads one cell; in a foreign file the words of other systems are known too.
pub(super) fn read<'r>(
    column: &Column,
    text: Cow<'r, str>,
    form: Form,
    foreign: bool,
) -> Result<Cell<'r>, Reason> {
    let text = unguarded(text);
    let cell = match column.kind {
        Kind::Text => plain(text)?,
        _ if text.trim().is_empty() => Cell::Unknown,
        Kind::Code | Kind::Customer => code(text)?,
        Kind::Plate | Kind::Vehicle => {
            let plate = Plate::parse(&text).map_err(no_plate)?;
            Cell::Short(Short::new(plate.as_str()))
        }
        Kind::Date => dates::date(&text, form)?.map_or(Cell::Unknown, |date| Cell::Short(Short::date(date))),
        Kind::DateTime => dates::date_time(&text, form)?
            .map_or(Cell::Unknown, |(date, time)| Cell::Short(Short::date_time(date, time))),
        Kind::Money => {
            let money = Money::parse(&text).map_err(|wrong| no_amount(&text, wrong))?;
            Cell::Whole(money.0)
        }
        Kind::CostPerKm => {
            let cost = CostPerKm::parse(&text).map_err(|wrong| no_amount(&text, wrong))?;
            if cost.0 < 0 {
                return Err(Reason::of(&reason::NEGATIVE, text.trim()));
            }
            Cell::Whole(cost.0)
        }
        Kind::Kilometres => Cell::Whole(kilometres(text.trim())?),
        Kind::YesNo => match yes_or_no(&text) {
            Some(yes) => Cell::Whole(i64::from(yes)),
            None => return Err(Reason::of(&reason::NEITHER, shown(&text))),
        },
        Kind::Word(word, known) => {
            let own = word(&text.trim().to_lowercase());
            let found = own.or_else(|| profile::word(column.name, &text).filter(|_| foreign));
            let none = || Reason::about(&reason::NO_WORD, vec![shown(&text), known.join(", ")]);
            Cell::Text(Cow::Borrowed(found.ok_or_else(none)?))
        }
        Kind::Advice => advice(&text)?,
    };
    match (column.need, cell.is_unknown()) {
        (Need::Key, true) => Err(Reason::plain(&reason::NO_KEY)),
        _ => Ok(cell),
    }
}

fn plain(text: Cow<'_, str>) -> Result<Cell<'_>, Reason> {
    if text.contains('\0') {
        return Err(Reason::plain(&reason::NO_TEXT));
    }
    Ok(if text.trim().is_empty() { Cell::Unknown } else { Cell::Text(text) })
}

fn code(text: Cow<'_, str>) -> Result<Cell<'_>, Reason> {
    let trimmed = text.trim();
    let signs = trimmed.chars().count();
    if signs > LONGEST_CODE {
        return Err(Reason::about(&reason::LONG_CODE, vec![signs.to_string(), LONGEST_CODE.to_string()]));
    }
    if trimmed.chars().any(char::is_control) {
        return Err(Reason::plain(&reason::ODD_CODE));
    }
    if trimmed.len() == text.len() {
        return Ok(Cell::Text(text));
    }
    Ok(Cell::Text(Cow::Owned(trimmed.to_owned())))
}

/// An amount's complaint, without repeating what is no number at all.
fn no_amount(text: &str, wrong: AmountError) -> Reason {
    let digits = text.bytes().any(|sign| sign.is_ascii_digit());
    if !digits || text.len() > 40 {
        return Reason::plain(&reason::NO_AMOUNT);
    }
    match wrong {
        AmountError::Shape(text) => Reason::of(&reason::NOT_AMOUNT, text),
        AmountError::Decimals(text, most) => Reason::about(&reason::DECIMALS, vec![text, most.to_string()]),
        AmountError::TooLarge(text) => Reason::of(&reason::HUGE_AMOUNT, text),
    }
}

fn no_plate(wrong: PlateError) -> Reason {
    match wrong {
        PlateError::Empty => Reason::plain(&reason::NO_PLATE),
        PlateError::Sign(sign) => Reason::of(&reason::PLATE_SIGN, sign),
        PlateError::TooLong(signs) => Reason::of(&reason::LONG_PLATE, signs),
    }
}

fn shown(text: &str) -> String {
    text.trim().chars().take(12).collect()
}

/// Whole kilometres; marks between groups of three are let go.
fn kilometres(text: &str) -> Result<i64, Reason> {
    let mut groups = text.split(['.', ',', ' ', '\u{a0}']);
    let first = groups.next().unwrap_or_default();
    let grouped =
        text.len() == first.len() || (1..=3).contains(&first.len()) && groups.all(|group| group.len() == 3);
    let digits: String = text.chars().filter(|sign| !matches!(sign, '.' | ',' | ' ' | '\u{a0}')).collect();
    if !grouped || digits.is_empty() || !digits.bytes().all(|sign| sign.is_ascii_digit()) {
        return Err(if text.bytes().any(|sign| sign.is_ascii_digit()) {
            Reason::of(&reason::NOT_KILOMETRES, shown(text))
        } else {
            Reason::plain(&reason::NO_KILOMETRES)
        });
    }
    match digits.parse::<i64>() {
        Ok(km) if km <= MOST_KM => Ok(km),
        _ => Err(Reason::about(&reason::TOO_FAR, vec![shown(text), MOST_KM.to_string()])),
    }
}

/// Advice codes in capitals, each once, separated by one blank.
fn advice(text: &str) -> Result<Cell<'static>, Reason> {
    let mut codes: Vec<String> = Vec::new();
    for code in text.split([' ', ',', ';', '+', '/', '\n', '\t']).filter(|code| !code.is_empty()) {
        let code = code.trim().to_uppercase();
        if code.len() > 12 || !code.bytes().all(|sign| sign.is_ascii_alphanumeric()) {
            return Err(Reason::of(&reason::NO_ADVICE, shown(&code)));
        }
        if !codes.contains(&code) {
            codes.push(code);
        }
    }
    Ok(Cell::Text(Cow::Owned(codes.join(" "))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kilometres_are_whole_and_may_be_grouped() {
        for (text, km) in [("0", 0), ("123456", 123_456), ("123.456", 123_456), ("1,234,567", 1_234_567)] {
            assert_eq!(kilometres(text), Ok(km), "{text}");
        }
        for text in ["", "-1", "12.5", "1.2345", "12a", "km", "99999999999999999999", "10000000"] {
            assert!(kilometres(text).is_err(), "{text}");
        }
    }

    #[test]
    fn advice_is_kept_in_its_order_each_code_once() {
        assert_eq!(advice(" ac5, AC1 ac5 ").unwrap().text(), Some("AC5 AC1"));
        assert!(advice("banden-advies").unwrap_err().to_string().contains("AC1"));
    }
}
