//! Appointments as iCalendar (RFC 5545). The library writes lines, folds them at 75 octets, escapes texts
//! and describes the time zone's changes of clock; what stands in them is decided here.

use std::str::FromStr;

use calcard::common::PartialDateTime;
use calcard::common::timezone::Tz;
use calcard::icalendar::{
    ICalendar, ICalendarComponent, ICalendarComponentType, ICalendarMethod, ICalendarParameter,
    ICalendarProperty, ICalendarStatus, ICalendarValue,
};
use chrono::{
    DateTime, Datelike, Days, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone,
    Timelike, Utc,
};

use crate::domain::calendar::Entry;
use crate::domain::language::Language;

/// Who wrote it.
const PRODUCT: &str = concat!("-//Balie//Balie ", env!("CARGO_PKG_VERSION"), "//EN");
/// The line that says when it was written, and nothing of what.
const STAMP: &str = "DTSTAMP:";
/// The changes of clock are described from the first appointment's year on, by rules that follow from these years.
const YEARS_OF_CLOCK: i32 = 3;
/// Longer than any hour that is skipped.
const BEFORE: TimeDelta = TimeDelta::hours(3);

/// How a shop's appointments are written.
#[derive(Debug, Clone)]
pub struct Style {
    /// The shop's time zone, as IANA calls it (`Europe/Amsterdam`).
    pub zone: String,
    /// The language of the titles.
    pub language: Language,
}

/// All appointments as one calendar: for whoever subscribes to it, nobody is invited (RFC 5546, 3.2.1: no
/// attendee). `at` is the instant of writing.
pub fn feed(entries: &[Entry], style: &Style, at: DateTime<Utc>) -> String {
    calendar(entries, style, at, Some(ICalendarMethod::Publish))
}

/// Whether two texts differ only in when they were written.
pub fn says_the_same(one: &str, other: &str) -> bool {
    let lines = |text: &'_ str| -> Vec<String> {
        text.lines().filter(|line| !line.starts_with(STAMP)).map(str::to_owned).collect()
    };
    lines(one) == lines(other)
}

fn calendar(entries: &[Entry], style: &Style, at: DateTime<Utc>, method: Option<ICalendarMethod>) -> String {
    let mut root = ICalendarComponent::new(ICalendarComponentType::VCalendar);
    root.add_property(ICalendarProperty::Version, ICalendarValue::Text("2.0".to_owned()));
    root.add_property(ICalendarProperty::Prodid, ICalendarValue::Text(PRODUCT.to_owned()));
    if let Some(method) = method {
        root.add_property(ICalendarProperty::Method, ICalendarValue::Method(method));
    }
    let mut calendar = ICalendar { components: vec![root] };
    let first = entries.iter().map(|entry| entry.when.starts_at.year()).min().unwrap_or(at.year());
    let new_year = |year| NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or_default();
    let instant = |day: NaiveDate| day.and_time(NaiveTime::MIN).and_utc().timestamp();
    // A calendar without any appointment holds at least this (RFC 5545, 3.6).
    calendar.add_timezone(
        &style.zone,
        instant(new_year(first) - Days::new(1)),
        instant(new_year(first + YEARS_OF_CLOCK)),
    );
    for entry in entries {
        let mut event = ICalendarComponent::new(ICalendarComponentType::VEvent);
        event.add_uid(&entry.uid);
        fill(&mut event, entry, style, at);
        words(&mut event, entry, style);
        let place = u32::try_from(calendar.components.len()).unwrap_or(u32::MAX);
        calendar.components.push(event);
        if let Some(root) = calendar.components.first_mut() {
            root.component_ids.push(place);
        }
    }
    calendar.to_string()
}

/// Time and state of an appointment.
fn fill(event: &mut ICalendarComponent, entry: &Entry, style: &Style, at: DateTime<Utc>) {
    let stamp = PartialDateTime { tz_hour: Some(0), tz_minute: Some(0), ..clock(at.naive_utc()) };
    event.add_dtstamp(stamp);
    event.add_sequence(i64::from(entry.sequence));
    for (name, wall) in
        [(ICalendarProperty::Dtstart, entry.when.starts_at), (ICalendarProperty::Dtend, entry.when.end())]
    {
        let zone = [ICalendarParameter::tzid(style.zone.clone())];
        event.add_property_with_params(
            name,
            zone,
            ICalendarValue::PartialDateTime(Box::new(clock(on_the_wall(wall, &style.zone)))),
        );
    }
    let status = if entry.when.cancelled { ICalendarStatus::Cancelled } else { ICalendarStatus::Confirmed };
    event.add_property(ICalendarProperty::Status, ICalendarValue::Status(status));
}

/// Title and text of an appointment.
fn words(event: &mut ICalendarComponent, entry: &Entry, style: &Style) {
    event.add_property(ICalendarProperty::Summary, ICalendarValue::Text(entry.summary(style.language)));
    if let Some(notes) = &entry.notes {
        event.add_property(ICalendarProperty::Description, ICalendarValue::Text(notes.clone()));
    }
}

/// A time in the hour that is skipped in spring is an hour later: programs do not agree on what it would be.
fn on_the_wall(wall: NaiveDateTime, zone: &str) -> NaiveDateTime {
    let Ok(zone) = Tz::from_str(zone) else { return wall };
    if zone.from_local_datetime(&wall) != LocalResult::None {
        return wall;
    }
    let before = zone.from_local_datetime(&(wall - BEFORE)).earliest();
    before.map_or(wall, |before| (before + BEFORE).naive_local())
}

/// A clock's face.
fn clock(at: NaiveDateTime) -> PartialDateTime {
    // None of these can overflow: a year has four digits here.
    let small = |number: u32| u8::try_from(number).ok();
    PartialDateTime {
        year: u16::try_from(at.year()).ok(),
        month: small(at.month()),
        day: small(at.day()),
        hour: small(at.hour()),
        minute: small(at.minute()),
        second: small(at.second()),
        ..PartialDateTime::default()
    }
}
