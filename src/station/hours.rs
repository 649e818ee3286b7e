//! Opening hours: when the LED may ask for attention.
//!
//! Written as OpenStreetMap does (`Mo-Fr 08:00-17:30; Sa 09:00-13:00; PH off`), because that covers
//! every shop's week, lunch breaks, holidays and the summer closing, and can be copied from the map.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use opening_hours::localization::Country;
use opening_hours::{Context, OpeningHours as Hours};

use crate::domain::appointment::{slots, usual_slots};

/// When the shop is open. The default is always.
#[derive(Debug, Clone, Default)]
pub struct OpeningHours(Option<Hours>);

impl OpeningHours {
    /// Reads the text; nothing is always open. Public holidays (`PH`) are those of the country.
    ///
    /// # Errors
    /// Says what to write.
    pub fn parse(text: &str, country: &str) -> Result<Self, String> {
        if text.trim().is_empty() {
            return Ok(Self(None));
        }
        let hours: Hours = text.parse().map_err(|_| {
            "write opening hours such as \"Mo-Fr 08:00-17:30; Sa 09:00-13:00; PH off\", or \"\" for always".to_owned()
        })?;
        // The table of holidays takes a megabyte once it is unpacked; most shops do not need it.
        let holidays = text.contains("PH") || text.contains("SH");
        let context = match country.parse::<Country>() {
            Ok(country) if holidays => Context::default().with_holidays(country.holidays()),
            _ => Context::default(),
        };
        Ok(Self(Some(hours.with_context(context))))
    }

    /// Whether any hours are set.
    pub fn are_set(&self) -> bool {
        self.0.is_some()
    }

    /// Whether the shop is open at this moment on its own clock.
    pub fn is_open(&self, at: NaiveDateTime) -> bool {
        self.0.as_ref().is_none_or(|hours| hours.is_open(at))
    }

    /// The beginnings of the agenda's slots on a day; a shop that is always open has those of a usual
    /// working day.
    pub fn slots(&self, day: NaiveDate, minutes: u32) -> Vec<NaiveTime> {
        let Some(hours) = &self.0 else { return usual_slots(minutes) };
        slots(minutes, |at| day.and_hms_opt(at / 60, at % 60, 0).is_some_and(|at| hours.is_open(at)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(hours: &str, at: &str) -> bool {
        OpeningHours::parse(hours, "NL").unwrap().is_open(at.parse().unwrap())
    }

    #[test]
    fn a_shops_week() {
        let week = "Mo-Fr 08:00-12:00,12:30-17:30; Sa 09:00-13:00; PH off";
        for (at, expected) in [
            ("2026-11-23T07:59:59", false),
            ("2026-11-23T08:00:00", true),
            ("2026-11-23T12:10:00", false),
            ("2026-11-23T17:29:59", true),
            ("2026-11-23T17:30:00", false),
            ("2026-11-28T12:59:00", true),
            ("2026-11-29T12:00:00", false),
            // King's day, a Monday.
            ("2026-04-27T10:00:00", false),
        ] {
            assert_eq!(open(week, at), expected, "{at}");
        }
        assert!(open("", "2026-11-29T03:00:00"));
        assert!(open("24/7", "2026-11-29T03:00:00"));
    }

    #[test]
    fn the_agenda_follows_the_shops_week() {
        let hours = OpeningHours::parse("Mo-Fr 08:00-12:00,13:00-15:00; Sa 09:00-10:00", "NL").unwrap();
        let on = |day: &str| hours.slots(day.parse().unwrap(), 60).len();
        assert_eq!((on("2026-11-23"), on("2026-11-28"), on("2026-11-29")), (6, 1, 0));
        assert_eq!(OpeningHours::default().slots("2026-11-29".parse().unwrap(), 30).len(), 20);
    }

    #[test]
    fn what_cannot_be_read_says_what_to_write() {
        for text in ["van 8 tot 5", "Mo-Fr 8-", "Mo-Fr 08:00-25:99"] {
            let words = OpeningHours::parse(text, "NL").unwrap_err();
            assert!(words.contains("Mo-Fr 08:00-17:30"), "{text}: {words}");
        }
    }
}
