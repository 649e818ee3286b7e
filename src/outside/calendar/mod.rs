//! The shop's calendar (APP-07): appointments as iCalendar, and a CalDAV server's calendar kept in step
//! with Balie's, in both directions.

pub mod caldav;
pub mod ics;
pub mod sync;
mod xml;
