//! The shop's calendar (APP-07): appointments as iCalendar.

pub mod ics;
