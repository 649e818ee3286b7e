//! Calendar arithmetic that the rules need. Dates are plain dates: they have no time zone.

use chrono::{Datelike, Days, Months, NaiveDate};

/// The date so many calendar months later, clamped to the end of the month (31 October plus four
/// months is the last day of February). Dates past the calendar's end stay where they are.
pub fn plus_months(date: NaiveDate, months: u32) -> NaiveDate {
    date.checked_add_months(Months::new(months)).unwrap_or(date)
}

/// The date so many calendar months earlier, clamped to the end of the month.
pub fn minus_months(date: NaiveDate, months: u32) -> NaiveDate {
    date.checked_sub_months(Months::new(months)).unwrap_or(date)
}

/// The date so many days later.
pub fn plus_days(date: NaiveDate, days: u32) -> NaiveDate {
    date.checked_add_days(Days::new(u64::from(days))).unwrap_or(NaiveDate::MAX)
}

/// The date so many days earlier.
pub fn minus_days(date: NaiveDate, days: u32) -> NaiveDate {
    date.checked_sub_days(Days::new(u64::from(days))).unwrap_or(NaiveDate::MIN)
}

/// The Monday on or before the date: weeks run from Monday to Sunday (CSS-05).
pub fn monday_of(date: NaiveDate) -> NaiveDate {
    minus_days(date, date.weekday().num_days_from_monday())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn months_are_clamped_to_the_end_of_the_month() {
        assert_eq!(plus_months(date("2014-10-31"), 4), date("2015-02-28"));
        assert_eq!(plus_months(date("2015-10-31"), 4), date("2016-02-29"));
        assert_eq!(minus_months(date("2015-05-31"), 3), date("2015-02-28"));
        assert_eq!(plus_months(date("2016-02-29"), 12), date("2017-02-28"));
    }

    #[test]
    fn weeks_begin_on_monday() {
        assert_eq!(monday_of(date("2015-05-01")), date("2015-04-27"));
        assert_eq!(monday_of(date("2015-04-27")), date("2015-04-27"));
        assert_eq!(monday_of(date("2015-05-03")), date("2015-04-27"));
    }
}
