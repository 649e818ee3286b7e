//! Reads one cell by the kind of its column: the text of the file becomes what the database keeps,
//! or words that say what is wrong with it.
//!
//! Texts stay as they are. What is repeated in a message is what a technician needs in order to
//! mend it (a plate, a date, a code), never a text that may be somebody's name.

use std::borrow::Cow;

use super::dates::{self, Form};
use super::formula::unguarded;
use super::profile;
use crate::domain::amount::{CostPerKm, Money};
use crate::domain::plate::Plate;
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
) -> Result<Cell<'r>, String> {
    let text = unguarded(text);
    let cell = match column.kind {
        Kind::Text => plain(text)?,
        _ if text.trim().is_empty() => Cell::Unknown,
        Kind::Code | Kind::Customer => code(text)?,
        Kind::Plate | Kind::Vehicle => {
            let plate = Plate::parse(&text).map_err(|wrong| wrong.to_string())?;
            Cell::Short(Short::new(plate.as_str()))
        }
        Kind::Date => dates::date(&text, form)?.map_or(Cell::Unknown, |date| Cell::Short(Short::date(date))),
        Kind::DateTime => dates::date_time(&text, form)?
            .map_or(Cell::Unknown, |(date, time)| Cell::Short(Short::date_time(date, time))),
        Kind::Money => {
            let money = Money::parse(&text).map_err(|wrong| amount(&text, &wrong.to_string()))?;
            Cell::Whole(money.0)
        }
        Kind::CostPerKm => {
            let cost = CostPerKm::parse(&text).map_err(|wrong| amount(&text, &wrong.to_string()))?;
            if cost.0 < 0 {
                return Err(format!("'{}' is below 0", text.trim()));
            }
            Cell::Whole(cost.0)
        }
        Kind::Kilometres => Cell::Whole(kilometres(text.trim())?),
        Kind::YesNo => match yes_or_no(&text) {
            Some(yes) => Cell::Whole(i64::from(yes)),
            None => return Err(format!("'{}' is neither yes nor no", shown(&text))),
        },
        Kind::Word(word) => {
            let known = word(&text.trim().to_lowercase());
            Cell::Text(Cow::Borrowed(
                known.or_else(|why| profile::word(column.name, &text).filter(|_| foreign).ok_or(why))?,
            ))
        }
        Kind::Advice => advice(&text)?,
    };
    match (column.need, cell.is_unknown()) {
        (Need::Key, true) => Err("is empty; without it the row cannot be told from others".to_owned()),
        _ => Ok(cell),
    }
}

fn plain(text: Cow<'_, str>) -> Result<Cell<'_>, String> {
    if text.contains('\0') {
        return Err("has a sign that is no text (code 0); take it out".to_owned());
    }
    Ok(if text.trim().is_empty() { Cell::Unknown } else { Cell::Text(text) })
}

fn code(text: Cow<'_, str>) -> Result<Cell<'_>, String> {
    let trimmed = text.trim();
    let signs = trimmed.chars().count();
    if signs > LONGEST_CODE {
        return Err(format!("has {signs} signs; a code or number has at most {LONGEST_CODE}"));
    }
    if trimmed.chars().any(char::is_control) {
        return Err("has a line end or another sign that does not belong in a code or number".to_owned());
    }
    if trimmed.len() == text.len() {
        return Ok(Cell::Text(text));
    }
    Ok(Cell::Text(Cow::Owned(trimmed.to_owned())))
}

/// An amount's complaint, without repeating what is no number at all.
fn amount(text: &str, why: &str) -> String {
    let digits = text.bytes().any(|sign| sign.is_ascii_digit());
    if digits && text.len() <= 40 {
        why.to_owned()
    } else {
        "this is not an amount; write 1234.56 or 1.234,56".to_owned()
    }
}

fn shown(text: &str) -> String {
    text.trim().chars().take(12).collect()
}

/// Whole kilometres; marks between groups of three are let go.
fn kilometres(text: &str) -> Result<i64, String> {
    let mut groups = text.split(['.', ',', ' ', '\u{a0}']);
    let first = groups.next().unwrap_or_default();
    let grouped =
        text.len() == first.len() || (1..=3).contains(&first.len()) && groups.all(|group| group.len() == 3);
    let digits: String = text.chars().filter(|sign| !matches!(sign, '.' | ',' | ' ' | '\u{a0}')).collect();
    if !grouped || digits.is_empty() || !digits.bytes().all(|sign| sign.is_ascii_digit()) {
        let what =
            if text.bytes().any(|sign| sign.is_ascii_digit()) { shown(text) } else { "this".to_owned() };
        return Err(format!("'{what}' is not a whole number of kilometres"));
    }
    match digits.parse::<i64>() {
        Ok(km) if km <= MOST_KM => Ok(km),
        _ => Err(format!("'{}' is more than any car has driven ({MOST_KM} km)", shown(text))),
    }
}

/// Advice codes in capitals, each once, separated by one blank.
fn advice(text: &str) -> Result<Cell<'static>, String> {
    let mut codes: Vec<String> = Vec::new();
    for code in text.split([' ', ',', ';', '+', '/', '\n', '\t']).filter(|code| !code.is_empty()) {
        let code = code.trim().to_uppercase();
        if code.len() > 12 || !code.bytes().all(|sign| sign.is_ascii_alphanumeric()) {
            return Err(format!("'{}' is not an advice code; write codes such as AC1 AC5", shown(&code)));
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
        assert!(advice("banden-advies").unwrap_err().contains("AC1"));
    }
}
