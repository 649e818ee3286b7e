//! Appointments as iCalendar (RFC 5545), and back. The library writes lines, folds them at 75 octets, escapes texts
//! and describes the time zone's changes of clock; what stands in them is decided here.

use std::str::FromStr;

use calcard::common::PartialDateTime;
use calcard::common::timezone::Tz;
use calcard::icalendar::{
    ICalendar, ICalendarComponent, ICalendarComponentType, ICalendarMethod, ICalendarParameter,
    ICalendarProperty, ICalendarStatus, ICalendarValue,
};
use calcard::{Entry as Parsed, Parser};
use chrono::{
    DateTime, Datelike, Days, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone,
    Timelike, Utc,
};

use crate::domain::calendar::{Entry, When};
use crate::domain::calendar_merge::Found;
use crate::domain::language::Language;

/// Who wrote it.
const PRODUCT: &str = concat!("-//Balie//Balie ", env!("CARGO_PKG_VERSION"), "//EN");
/// The line that says when it was written, and nothing of what.
const STAMP: &str = "DTSTAMP:";
/// The changes of clock are described from the first appointment's year on, by rules that follow from these years.
const YEARS_OF_CLOCK: i32 = 3;
/// Longer than any hour that is skipped.
const BEFORE: TimeDelta = TimeDelta::hours(3);

/// A text is no calendar, or holds no event with a name and a beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this holds no iCalendar event")]
pub struct NoEvent;

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

/// One appointment as a calendar server keeps it (RFC 4791, 4.1: without a method).
pub fn single(entry: &Entry, style: &Style, at: DateTime<Utc>) -> String {
    calendar(std::slice::from_ref(entry), style, at, None)
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

/// Reads the event of a calendar server's entry. Times come back as the shop's wall clock.
///
/// # Errors
/// [`NoEvent`] when there is none.
pub fn read(text: &str, href: &str, etag: &str, style: &Style) -> Result<Found, NoEvent> {
    let calendar = parse(text)?;
    let zones = calendar.build_owned_tz_resolver();
    let shop = Tz::from_str(&style.zone).unwrap_or(Tz::Floating);
    let events =
        calendar.components.iter().filter(|one| one.component_type == ICalendarComponentType::VEvent);
    let main = events.clone().find(|one| !one.is_recurrence_override());
    let event = main.or_else(|| events.clone().next()).ok_or(NoEvent)?;
    let property = |name: &ICalendarProperty| event.property(name).and_then(|entry| entry.values.first());
    let mut all_day = false;
    let mut time = |name: &ICalendarProperty| {
        let entry = event.property(name)?;
        let given = entry.values.first()?.as_partial_date_time()?;
        if given.hour.is_none() {
            all_day = true;
            let (year, month, day) = (given.year?, given.month?, given.day?);
            let date = NaiveDate::from_ymd_opt(i32::from(year), u32::from(month), u32::from(day))?;
            return Some(date.and_time(NaiveTime::MIN));
        }
        let zone = entry.tz_id().and_then(|name| zones.resolve(name));
        let given = given.to_date_time()?;
        match zone {
            // On the shop's own wall, or on anybody's; also in the hour that a clock goes through twice.
            None if given.offset.is_none() => Some(given.date_time),
            Some(zone) if zone == shop && given.offset.is_none() => Some(given.date_time),
            zone => {
                let there = given.to_date_time_with_tz(zone.unwrap_or(Tz::UTC))?;
                Some(there.with_timezone(&shop).naive_local())
            }
        }
    };
    let starts_at = time(&ICalendarProperty::Dtstart).ok_or(NoEvent)?;
    let lasts = match property(&ICalendarProperty::Duration) {
        Some(ICalendarValue::Duration(lasts)) => TimeDelta::try_seconds(lasts.as_seconds()),
        _ => None,
    };
    let end = time(&ICalendarProperty::Dtend).or_else(|| starts_at.checked_add_signed(lasts?));
    // A comma that nobody escaped makes a list of a text.
    let words = |name| {
        let values = event.property(name).map(|entry| entry.values.as_slice()).unwrap_or_default();
        values.iter().filter_map(ICalendarValue::as_text).collect::<Vec<_>>().join(",")
    };
    let status = property(&ICalendarProperty::Status);
    let sequence = property(&ICalendarProperty::Sequence).and_then(ICalendarValue::as_integer);
    Ok(Found {
        uid: event.uid().filter(|uid| !uid.is_empty()).ok_or(NoEvent)?.to_owned(),
        href: href.to_owned(),
        etag: etag.to_owned(),
        sequence: sequence.and_then(|number| u32::try_from(number).ok()).unwrap_or(0),
        when: When {
            starts_at,
            // What lasts all day takes no more of the workshop's time than any other.
            ends_at: end.filter(|end| *end > starts_at && !all_day),
            cancelled: matches!(status, Some(ICalendarValue::Status(ICalendarStatus::Cancelled))),
        },
        all_day,
        repeats: events.clone().any(ICalendarComponent::is_recurrent_or_override),
        summary: words(&ICalendarProperty::Summary),
        description: words(&ICalendarProperty::Description),
    })
}

/// The calendar's version of an appointment with the time and the state that it has at the desk, and with Balie's
/// words unless it was made `elsewhere`. Whatever else a planner wrote into it stays.
///
/// # Errors
/// [`NoEvent`] when the text holds none.
pub fn change(
    text: &str,
    entry: &Entry,
    elsewhere: bool,
    style: &Style,
    at: DateTime<Utc>,
) -> Result<String, NoEvent> {
    let mut calendar = parse(text)?;
    let mut events = calendar.components.iter_mut();
    let event = events.find(|one| one.component_type == ICalendarComponentType::VEvent).ok_or(NoEvent)?;
    event.entries.retain(|property| match property.name {
        ICalendarProperty::Dtstart
        | ICalendarProperty::Dtend
        | ICalendarProperty::Duration
        | ICalendarProperty::Sequence
        | ICalendarProperty::Dtstamp
        | ICalendarProperty::Status => false,
        ICalendarProperty::Summary | ICalendarProperty::Description => elsewhere,
        _ => true,
    });
    fill(event, entry, style, at);
    if !elsewhere {
        words(event, entry, style);
    }
    calendar.add_missing_timezones();
    Ok(calendar.to_string())
}

fn parse(text: &str) -> Result<ICalendar, NoEvent> {
    match Parser::new(text).entry() {
        Parsed::ICalendar(calendar) => Ok(calendar),
        _ => Err(NoEvent),
    }
}
