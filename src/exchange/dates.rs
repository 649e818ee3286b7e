//! Dates as other systems write them. The form is decided over a whole column, never for one cell:
//! a stray `03-04-2015` between year-first dates is a typing error, not a second form.
//!
//! Month before day is never read. A column that can only be month-first is refused as a whole:
//! half of its cells would pass as day-first and be wrong.

use std::fmt::Display;

use chrono::{NaiveDate, NaiveTime};

use crate::domain::reason::{self, Reason, Sentence};

/// How a column writes its dates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Form {
    /// `YYYY-MM-DD` or `YYYYMMDD`.
    #[default]
    Year,
    /// `DD-MM-YYYY`.
    Day,
    /// `MM/DD/YYYY`: recognised in order to be refused.
    Month,
}

/// What was seen in a column so far.
#[derive(Debug, Clone, Copy, Default)]
pub struct Votes {
    year_first: u64,
    year_last: u64,
    /// Cells that can only be day-first, or only month-first.
    only_day: u64,
    only_month: u64,
}

/// The three numbers of a date as they stand, and where the year is.
enum Shape {
    YearFirst(i32, u32, u32),
    YearLast(u32, u32, i32),
}

impl Votes {
    /// Counts one cell in.
    pub fn count(&mut self, cell: &[u8]) {
        let Ok(text) = std::str::from_utf8(cell) else { return };
        match shape(date_part(text)) {
            Some(shape) if is_unknown(&shape) => {}
            Some(Shape::YearFirst(..)) => self.year_first += 1,
            Some(Shape::YearLast(first, second, _)) => {
                self.year_last += 1;
                self.only_day += u64::from(first > 12 && second <= 12);
                self.only_month += u64::from(second > 12 && first <= 12);
            }
            None => {}
        }
    }

    /// The form of the column: what most cells have.
    pub fn form(&self) -> Form {
        if self.year_first >= self.year_last {
            Form::Year
        } else if self.only_month > 0 && self.only_day == 0 {
            Form::Month
        } else {
            Form::Day
        }
    }
}

/// Reads a date; `None` is one of the ways to write 'unknown'. A time behind it is let go.
pub fn date(text: &str, form: Form) -> Result<Option<NaiveDate>, Reason> {
    let (day, time) = parts(text);
    let date = day_of(day, form)?;
    if let Some(time) = time {
        time_of(time)?;
    }
    Ok(date)
}

/// Reads a date with a time, local to the shop; a date alone is the beginning of its day.
pub fn date_time(text: &str, form: Form) -> Result<Option<(NaiveDate, NaiveTime)>, Reason> {
    let (day, time) = parts(text);
    let time = time.map_or(Ok(NaiveTime::MIN), time_of)?;
    Ok(day_of(day, form)?.map(|date| (date, time)))
}

fn day_of(text: &str, form: Form) -> Result<Option<NaiveDate>, Reason> {
    let Some(shape) = shape(text) else { return Err(no_date(text)) };
    if is_unknown(&shape) {
        return Ok(None);
    }
    let (year, month, day) = match (shape, form) {
        (Shape::YearFirst(year, month, day), Form::Year) => (year, month, day),
        (Shape::YearLast(day, month, year), Form::Day) => (year, month, day),
        (Shape::YearLast(..), Form::Month) => {
            return Err(Reason::of(&reason::MONTH_FIRST, text));
        }
        (_, Form::Year) => {
            return Err(Reason::of(&reason::NOT_YEAR_FIRST, text));
        }
        (_, Form::Day | Form::Month) => {
            return Err(Reason::of(&reason::NOT_DAY_FIRST, text));
        }
    };
    let about = |sentence: &'static Sentence, wrong: &dyn Display| {
        Reason::about(sentence, vec![text.to_owned(), wrong.to_string()])
    };
    if !(1900..=2100).contains(&year) {
        return Err(about(&reason::YEAR, &year));
    }
    if !(1..=12).contains(&month) {
        return Err(about(&reason::MONTH, &month));
    }
    match NaiveDate::from_ymd_opt(year, month, day) {
        Some(date) => Ok(Some(date)),
        None => Err(about(&reason::DAY, &day)),
    }
}

fn no_date(text: &str) -> Reason {
    let digits = text.bytes().all(|sign| sign.is_ascii_digit());
    let short_year = text.split(['-', '/', '.']).map(str::len).eq([2, 2, 2]);
    if digits && text.len() == 5 {
        Reason::of(&reason::SPREADSHEET_DAY, text)
    } else if short_year {
        Reason::of(&reason::SHORT_YEAR, text)
    } else if text.len() <= 24 && text.bytes().any(|sign| sign.is_ascii_digit()) {
        Reason::of(&reason::NOT_DATE, text)
    } else {
        // Not repeated: a text here is a shifted cell, and may be somebody's name.
        Reason::plain(&reason::NO_DATE)
    }
}

/// 00-00-0000, 0000-00-00, 01-01-1900 and 31-12-9999, with the year at either end.
fn is_unknown(shape: &Shape) -> bool {
    let (year, first, second) = match *shape {
        Shape::YearFirst(year, month, day) => (year, month, day),
        Shape::YearLast(day, month, year) => (year, month, day),
    };
    matches!((year, first, second), (0, 0, 0) | (1900, 1, 1) | (9999, 12, 31))
}

fn shape(text: &str) -> Option<Shape> {
    let bytes = text.as_bytes();
    if bytes.len() == 8 && bytes.iter().all(u8::is_ascii_digit) {
        let year = number(bytes.get(..4)?)?;
        let plausible = year == 0 || (1900..=2100).contains(&year) || year == 9999;
        let year = plausible.then_some(i32::try_from(year).ok()?)?;
        return Some(Shape::YearFirst(year, number(bytes.get(4..6)?)?, number(bytes.get(6..)?)?));
    }
    let first = bytes.iter().position(|sign| !sign.is_ascii_digit())?;
    let mark = *bytes.get(first)?;
    if !matches!(mark, b'-' | b'/' | b'.') {
        return None;
    }
    let rest = bytes.get(first + 1..)?;
    let second = rest.iter().position(|sign| *sign == mark)?;
    let (one, two, three) = (bytes.get(..first)?, rest.get(..second)?, rest.get(second + 1..)?);
    let (a, b, c) = (number(one)?, number(two)?, number(three)?);
    match (one.len(), two.len(), three.len()) {
        (4, 1..=2, 1..=2) => Some(Shape::YearFirst(i32::try_from(a).ok()?, b, c)),
        (1..=2, 1..=2, 4) => Some(Shape::YearLast(a, b, i32::try_from(c).ok()?)),
        _ => None,
    }
}

fn number(digits: &[u8]) -> Option<u32> {
    if digits.is_empty() || digits.len() > 4 {
        return None;
    }
    digits.iter().try_fold(0, |sum, sign| sign.is_ascii_digit().then(|| sum * 10 + u32::from(sign - b'0')))
}

fn date_part(text: &str) -> &str {
    parts(text).0
}

/// The date, and the time behind a `T` or a blank.
fn parts(text: &str) -> (&str, Option<&str>) {
    let text = text.trim();
    match text.find(['T', 't', ' ']) {
        Some(at) if at >= 8 => {
            let (date, time) = text.split_at(at);
            (date, Some(time.get(1..).unwrap_or_default().trim()))
        }
        _ => (text, None),
    }
}

fn time_of(text: &str) -> Result<NaiveTime, Reason> {
    if text.ends_with(['Z', 'z'])
        || text.contains('+')
        || text.get(3..).is_some_and(|rest| rest.contains('-'))
    {
        return Err(Reason::plain(&reason::TIME_ZONE));
    }
    let read = ["%H:%M:%S%.f", "%H:%M"].iter().find_map(|form| NaiveTime::parse_from_str(text, form).ok());
    let time = read.ok_or_else(|| Reason::plain(&reason::NO_TIME))?;
    Ok(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form_of(cells: &[&str]) -> Form {
        let mut votes = Votes::default();
        cells.iter().for_each(|cell| votes.count(cell.as_bytes()));
        votes.form()
    }

    #[test]
    fn most_cells_decide_the_form_and_unknown_dates_do_not_vote() {
        assert_eq!(form_of(&["2015-05-01", "01-05-2015", "2015/05/02"]), Form::Year);
        assert_eq!(form_of(&["2015-05-01", "1-5-2015", "2.5.2015"]), Form::Day);
        assert_eq!(form_of(&["01-05-2015", "0000-00-00", "1900-01-01", "99991231"]), Form::Day);
        assert_eq!(form_of(&["04/25/2015", "04/05/2015"]), Form::Month);
        assert_eq!(form_of(&["04/25/2015", "25/04/2015"]), Form::Day);
        assert_eq!(form_of(&[]), Form::Year);
    }

    #[test]
    fn dates_of_both_forms_are_read() {
        let may = NaiveDate::from_ymd_opt(2015, 5, 1);
        for text in ["2015-05-01", "20150501", "2015/5/1", " 2015-05-01T23:59:00", "2015-05-01 0:00"] {
            assert_eq!(date(text, Form::Year), Ok(may), "{text}");
        }
        for text in ["01-05-2015", "1/5/2015", "1.5.2015", "01-05-2015 00:00:00"] {
            assert_eq!(date(text, Form::Day), Ok(may), "{text}");
        }
        for text in ["00-00-0000", "0000-00-00", "00000000", "01-01-1900", "31-12-9999", "9999-12-31"] {
            assert_eq!(date(text, Form::Year), Ok(None), "{text}");
        }
    }
}
