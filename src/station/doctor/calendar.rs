//! The shop's calendar: whether it can be kept, and whether it waits for a person.

use std::path::Path;
use std::time::Duration;

use super::Check;
use super::network::{LINE, secret};
use crate::domain::calendar::{Place, Trouble};
use crate::outside::calendar::caldav::CalendarError;
use crate::station::args::Station;
use crate::station::calendar::{KeepError, reach};
use crate::store::Store;

const NAME: &str = "calendar";
/// How long the server is waited for.
const WAIT: Duration = Duration::from_secs(8);

pub(super) fn calendar(station: &Station, store: Option<&Store>) -> Check {
    let calendar = &station.config.calendar;
    if calendar.ics_file.is_none() && calendar.caldav_url.is_none() {
        return Check::off(NAME, "none ([calendar] ics_file, caldav_url)");
    }
    let conflicts = store.and_then(|store| store.calendar_conflicts().ok()).unwrap_or_default().len();
    if conflicts > 0 {
        let what = format!("{conflicts} appointments were changed here and in the calendar");
        let remedy = "balie calendar shows both; then, for each: balie calendar keep NUMBER ours, or theirs";
        return Check::wrong(NAME, what, remedy);
    }
    let mut well = Vec::new();
    if let Some(file) = &calendar.ics_file {
        match kept(store, &station.data_dir.join(file)) {
            Ok(words) => well.push(words),
            Err(wrong) => return wrong,
        }
    }
    if calendar.caldav_url.is_some() {
        if !calendar.user.is_empty()
            && let Some(wrong) = secret(NAME, &calendar.password, "[calendar] password")
        {
            return wrong;
        }
        match reach(calendar, WAIT) {
            Ok(()) if trouble(store, Place::Server) == Some(Trouble::Rejected) => {
                let what = "the server can be read, but does not take some appointments";
                return Check::wrong(NAME, what, "check that [calendar] user may write there");
            }
            Ok(()) => well.push("the server's calendar can be read".to_owned()),
            Err(cause @ KeepError::Calendar(CalendarError::Http(_))) => {
                return Check::wrong(NAME, cause.to_string(), format!("{LINE}[calendar] caldav_url"));
            }
            Err(cause) => {
                let words = cause.to_string();
                let (what, remedy) = words.split_once("; ").unwrap_or((&words, "check [calendar]"));
                return Check::wrong(NAME, what, remedy);
            }
        }
    }
    Check::ok(NAME, well.join("; "))
}

/// How the file is kept.
fn kept(store: Option<&Store>, file: &Path) -> Result<String, Check> {
    let shown = file.display();
    if file.parent().is_some_and(|folder| !folder.is_dir()) {
        let what = format!("the folder of [calendar] ics_file {shown} is not there");
        return Err(Check::wrong(NAME, what, "make it, or change [calendar] ics_file"));
    }
    if trouble(store, Place::File).is_some() {
        let what = format!("{shown} could not be written");
        return Err(Check::wrong(NAME, what, "check [calendar] ics_file and who may write there"));
    }
    Ok(format!("kept in {shown}"))
}

/// What was in the way at a place the last time.
fn trouble(store: Option<&Store>, place: Place) -> Option<Trouble> {
    let kept = store.and_then(|store| store.calendar_kept(place).ok()).unwrap_or_default();
    kept.trouble.map(|(trouble, _)| trouble)
}
