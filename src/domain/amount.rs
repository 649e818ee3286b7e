//! Money and the cost of a kilometre. Whole numbers inside: no rounding, no floating point.

use std::fmt;

use super::language::Language;

/// An amount of money in cents of the shop's currency, VAT included unless a field says otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Money(pub i64);

/// What a kilometre costs, in ten-thousandths of the shop's currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct CostPerKm(pub i64);

/// Why a text is no amount.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AmountError {
    /// Not digits with at most one decimal mark.
    #[error("'{0}' is not an amount; write 1234.56 or 1.234,56")]
    Shape(String),
    /// More decimals than the amount can have.
    #[error("'{0}' has more than {1} decimals")]
    Decimals(String, usize),
    /// Does not fit.
    #[error("'{0}' is larger than any amount Balie can hold")]
    TooLarge(String),
}

impl Money {
    /// Reads `1234.56`, `1234,56`, `1.234,56`, `1,234.56` and `1234`; three digits behind a single
    /// mark are thousands (`1.234` is one thousand two hundred and thirty-four).
    ///
    /// # Errors
    /// [`AmountError`] says what is wrong with the text.
    pub fn parse(text: &str) -> Result<Self, AmountError> {
        decimal(text, 2, true).map(Self)
    }

    /// As a person reads it: `1.234,56` or, in English, `1,234.56`.
    pub fn in_words_of(self, language: Language) -> String {
        let whole = (self.0.unsigned_abs() / 100).to_string();
        let mut grouped = String::with_capacity(whole.len() + 8);
        for (place, digit) in whole.chars().enumerate() {
            if place > 0 && (whole.len() - place).is_multiple_of(3) {
                grouped.push(language.thousands_mark());
            }
            grouped.push(digit);
        }
        let sign = if self.0 < 0 { "-" } else { "" };
        format!("{sign}{grouped}{}{:02}", language.decimal_mark(), self.0.unsigned_abs() % 100)
    }
}

/// With a decimal point and two decimals, as the CSV files have it.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        write!(f, "{sign}{}.{:02}", self.0.unsigned_abs() / 100, self.0.unsigned_abs() % 100)
    }
}

impl CostPerKm {
    /// Reads `0.1234` and `0,1234`: here the mark always stands before decimals.
    ///
    /// # Errors
    /// [`AmountError`] says what is wrong with the text.
    pub fn parse(text: &str) -> Result<Self, AmountError> {
        decimal(text, 4, false).map(Self)
    }
}

/// With a decimal point and as many decimals as are needed, at least two.
impl fmt::Display for CostPerKm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let (whole, part) = (self.0.unsigned_abs() / 10_000, self.0.unsigned_abs() % 10_000);
        if part % 100 == 0 {
            write!(f, "{sign}{whole}.{:02}", part / 100)
        } else {
            write!(f, "{sign}{whole}.{part:04}")
        }
    }
}

/// A decimal number as a whole number of its last decimal. `thousands`: whether marks between
/// groups of three are read at all.
fn decimal(text: &str, decimals: usize, thousands: bool) -> Result<i64, AmountError> {
    let shape = || AmountError::Shape(text.to_owned());
    let trimmed = text.trim().trim_start_matches('€').trim_start();
    let (negative, digits) = match trimmed.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, trimmed),
    };
    let last = digits.rfind(['.', ',']);
    let (whole, part) = match last {
        None => (digits, ""),
        Some(at) => {
            let (whole, rest) = digits.split_at(at);
            let part = rest.get(1..).unwrap_or_default();
            let mark = rest.chars().next().unwrap_or('.');
            let grouped = thousands && part.len() == 3 && whole.len() <= 3 || whole.contains(mark);
            if grouped && whole != "0" { (digits, "") } else { (whole, part) }
        }
    };
    if !part.bytes().all(|sign| sign.is_ascii_digit()) {
        return Err(shape());
    }
    let plain: String = if whole.contains(['.', ',']) {
        if !thousands || !well_grouped(whole) {
            return Err(shape());
        }
        whole.chars().filter(char::is_ascii_digit).collect()
    } else {
        whole.to_owned()
    };
    if (plain.is_empty() && part.is_empty()) || !plain.bytes().all(|sign| sign.is_ascii_digit()) {
        return Err(shape());
    }
    let part = if part.len() > decimals { part.trim_end_matches('0') } else { part };
    if part.len() > decimals {
        return Err(AmountError::Decimals(text.to_owned(), decimals));
    }
    let number = format!("{plain}{part:0<decimals$}");
    let number: i64 = number.parse().map_err(|_| AmountError::TooLarge(text.to_owned()))?;
    Ok(if negative { -number } else { number })
}

/// Whether one and the same mark stands between groups of three: `1.234.567`.
fn well_grouped(whole: &str) -> bool {
    let mut groups = whole.split(['.', ',']);
    let first = groups.next().unwrap_or_default();
    let marks = whole.contains('.') && whole.contains(',');
    !marks && (1..=3).contains(&first.len()) && groups.all(|group| group.len() == 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_with_point_and_with_comma() {
        for (text, cents) in [
            ("1234.56", 123_456),
            ("1234,56", 123_456),
            ("1.234,56", 123_456),
            ("1,234.56", 123_456),
            ("1234", 123_400),
            ("1.234", 123_400),
            ("1,234", 123_400),
            ("0,5", 50),
            ("-12,50", -1250),
            ("1.234.567,8", 123_456_780),
            ("1.234.567", 123_456_700),
            ("€ 10,00", 1000),
            (",5", 50),
            ("12,500", 1_250_000),
            ("1234,500", 123_450),
            ("0,500", 50),
        ] {
            assert_eq!(Money::parse(text), Ok(Money(cents)), "{text}");
        }
    }

    #[test]
    fn what_is_no_amount_says_so() {
        for text in
            ["", "-", "abc", "1.2.3", "1,23,45", "1.23,4,5", "12 euro", "1..2", "1.234,5.6", "--1", "1e3"]
        {
            assert!(matches!(Money::parse(text), Err(AmountError::Shape(_))), "{text}");
        }
        assert!(matches!(Money::parse("1,2345"), Err(AmountError::Decimals(..))));
        assert!(matches!(Money::parse("99999999999999999999"), Err(AmountError::TooLarge(_))));
    }

    #[test]
    fn written_amounts_are_read_back() {
        assert_eq!(Money(123_456).to_string(), "1234.56");
        assert_eq!(Money(-5).to_string(), "-0.05");
        assert_eq!(Money(123_456_789).in_words_of(Language::Nl), "1.234.567,89");
        assert_eq!(Money(-123_456).in_words_of(Language::En), "-1,234.56");
        assert_eq!(CostPerKm::parse("0,1234").unwrap().to_string(), "0.1234");
        assert_eq!(CostPerKm::parse("0.234").unwrap().to_string(), "0.2340");
        assert_eq!(CostPerKm::parse("0.2").unwrap().to_string(), "0.20");
    }
}
