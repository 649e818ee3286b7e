//! The window in which a new inspection costs no validity (NEW-09): in the Netherlands a car that is
//! inspected at most two months before its inspection expires keeps its old date; earlier, the new
//! term begins at once (facts A7). So a call a hundred days ahead is about booking inside the window.

use chrono::NaiveDate;

use crate::domain::dates::minus_months;

/// Months before the expiry from which on nothing is lost.
const MONTHS: u32 = 2;

/// First and last day on which a new inspection costs no validity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FreeWindow {
    /// Two months before the inspection expires.
    pub first: NaiveDate,
    /// The day it expires.
    pub last: NaiveDate,
}

/// The window of an inspection that expires on a day, in a country (ISO 3166) that has such a rule.
pub fn free_window(expires_on: NaiveDate, country: &str) -> Option<FreeWindow> {
    (country == "NL").then(|| FreeWindow { first: minus_months(expires_on, MONTHS), last: expires_on })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_calendar_months_and_only_where_the_law_says_so() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        for (expires, first) in [
            ("2015-08-09", "2015-06-09"),
            ("2015-04-30", "2015-02-28"),
            ("2016-04-30", "2016-02-29"),
            ("2015-12-31", "2015-10-31"),
        ] {
            let window = free_window(day(expires), "NL").unwrap();
            assert_eq!((window.first, window.last), (day(first), day(expires)));
        }
        assert_eq!(free_window(day("2015-08-09"), "DE"), None);
    }
}
