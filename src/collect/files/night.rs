//! The night's backup. What is due follows from the backups that are there, not from an alarm clock: a
//! Balie whose plug is pulled every evening makes it in the morning.

use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::{Days, NaiveDate, NaiveDateTime, Timelike};

use crate::collect::service::Moment;
use crate::store::Store;
use crate::store::backup::{Facts, keep_nightly, kept};

/// From this hour of the shop's clock on the night's backup is made.
const HOUR: u32 = 2;
/// How long the folder is left alone when nothing is due, and after a failure (doubled each time).
const LOOK: Duration = Duration::from_secs(60);
const RETRY: Duration = Duration::from_secs(15 * 60);

/// The memory of the nights.
#[derive(Debug, Default)]
pub(super) struct Night {
    failures: u32,
    not_before: Option<Duration>,
}

impl Night {
    /// Whether it is time to look again.
    pub(super) fn may_try(&self, now: Duration) -> bool {
        self.not_before.is_none_or(|at| now >= at)
    }

    /// Makes the backup when it is due, and says where it is and what is in it.
    pub(super) fn look(
        &mut self,
        store: &mut Store,
        folder: &Path,
        moment: Moment,
        local: NaiveDateTime,
        now: Duration,
    ) -> Result<Option<(PathBuf, Facts)>, String> {
        self.not_before = Some(now + LOOK);
        let kept = kept(folder).map_err(|cause| cause.to_string());
        // Those of days to come are of a clock that was wrong.
        let newest = kept.map(|kept| kept.iter().map(|kept| kept.on).find(|on| *on <= moment.today));
        let made = match newest {
            Ok(newest) if !due(newest, moment.today, local) => return Ok(None),
            Ok(_) => {
                keep_nightly(store, folder, moment.today, &mut |_, _| {}).map_err(|cause| cause.to_string())
            }
            Err(words) => Err(words),
        };
        match made {
            Ok((path, facts)) => {
                self.failures = 0;
                tracing::info!(bytes = facts.bytes, vehicles = facts.vehicles, "the night's backup is made");
                store.note_backup(moment.at).map_err(|cause| cause.to_string())?;
                Ok(Some((path, facts)))
            }
            Err(words) => {
                self.not_before = Some(now + RETRY.saturating_mul(1 << self.failures.min(4)));
                self.failures += 1;
                // On a disk that is full this cannot be noted either; that is then said by itself.
                let _ = store.note_backup_failed(&words);
                Err(format!("no backup was made: {words}"))
            }
        }
    }
}

/// Makes the night's backup when it is due and there is no collector that would make it.
///
/// # Errors
/// Why none was made, in words; that is noted as it is for the collector's own.
pub fn stand_in(
    store: &mut Store,
    folder: &Path,
    moment: Moment,
    local: NaiveDateTime,
) -> Result<Option<(PathBuf, Facts)>, String> {
    Night::default().look(store, folder, moment, local, Duration::ZERO)
}

/// Whether the last one is older than the night that has begun.
fn due(newest: Option<NaiveDate>, today: NaiveDate, local: NaiveDateTime) -> bool {
    let night = if local.hour() >= HOUR { today } else { today - Days::new(1) };
    newest.is_none_or(|newest| newest < night)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_backup_is_due_once_a_night_and_after_nights_without_power() {
        let day = |text: &str| -> NaiveDate { text.parse().unwrap() };
        for (newest, local, expected) in [
            (None, "2026-11-25T12:00:00", true),
            (None, "2026-11-25T00:30:00", true),
            (Some("2026-11-24"), "2026-11-25T01:59:59", false),
            (Some("2026-11-24"), "2026-11-25T02:00:00", true),
            (Some("2026-11-25"), "2026-11-25T02:00:00", false),
            (Some("2026-11-25"), "2026-11-25T23:59:59", false),
            (Some("2026-11-23"), "2026-11-25T00:10:00", true),
            (Some("2025-11-23"), "2026-11-25T08:00:00", true),
            // Both nights of the clock change have an hour 2 or 3.
            (Some("2026-03-28"), "2026-03-29T03:00:00", true),
            (Some("2026-10-25"), "2026-10-25T02:30:00", false),
        ] {
            let local: NaiveDateTime = local.parse().unwrap();
            assert_eq!(due(newest.map(day), local.date(), local), expected, "{newest:?} {local}");
        }
    }
}
