//! When what runs by itself last ran well.

use chrono::{DateTime, Utc};

use super::{Store, StoreError};
use crate::domain::calendar::{Kept, Place};

/// When each last ran well; instants in UTC, `None`: never yet.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Runs {
    /// The last collection of tasks.
    pub collected_at: Option<DateTime<Utc>>,
    /// The newest answer of the vehicle register.
    pub register_at: Option<DateTime<Utc>>,
    /// The last backup of a night.
    pub backup_at: Option<DateTime<Utc>>,
    /// The last backup on a stick.
    pub stick_at: Option<DateTime<Utc>>,
    /// How the keeping of the calendar on the server goes.
    pub calendar: Kept,
}

impl Store {
    /// Reads them; `now` is this instant in UTC.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read; never a 'never' instead.
    pub fn runs(&self, now: DateTime<Utc>) -> Result<Runs, StoreError> {
        Ok(Runs {
            collected_at: self.last_collection()?.map(|last| last.finished_at),
            register_at: self.register_overview(now)?.answered_at,
            backup_at: self.backup_state()?.good_at,
            stick_at: self.stick_state()?.good_at,
            calendar: self.calendar_kept(Place::Server)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_database_has_no_runs() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("balie.db")).unwrap();
        let runs = store.runs("2026-11-25T08:00:00Z".parse().unwrap()).unwrap();
        assert_eq!(runs, Runs::default());
    }
}
