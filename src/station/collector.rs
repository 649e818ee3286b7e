//! The machine as the collector's service sees it: the shop's clock, and systemd.

use std::path::PathBuf;

use chrono::{DateTime, NaiveDateTime, Utc};

use super::clock::Clock;
use super::health;
use crate::collect::service::{Healing, Machine, Moment, Notice};

/// The real machine.
#[derive(Debug)]
pub struct ThisMachine {
    clock: Clock,
    backups: Option<PathBuf>,
}

impl ThisMachine {
    /// The machine with the shop's clock.
    pub fn new(clock: Clock) -> Self {
        Self { clock, backups: None }
    }

    /// The same, with a folder of backups from which a damaged database is put back.
    pub fn with_backups(self, backups: PathBuf) -> Self {
        Self { backups: Some(backups), ..self }
    }
}

impl Machine for ThisMachine {
    fn moment(&self, newest: Option<DateTime<Utc>>) -> Result<Moment, String> {
        let at = self.clock.trusted_now(newest).map_err(|doubt| doubt.to_string())?;
        Ok(Moment { at, today: self.clock.today_at(at) })
    }

    fn instant_of_day(&self, moment: Moment) -> DateTime<Utc> {
        self.clock.instant_of_day(moment.at)
    }

    fn local(&self, at: DateTime<Utc>) -> NaiveDateTime {
        self.clock.local(at)
    }

    fn healing(&self) -> Option<Healing> {
        let at = self.clock.now_utc();
        Some(Healing { backups: self.backups.clone()?, at, local: self.clock.local(at) })
    }

    fn tell(&self, notice: Notice) {
        match notice {
            Notice::Ready => health::ready(),
            Notice::Alive => health::alive(),
            Notice::Status(words) => health::status(&words),
            Notice::Stopping => {
                health::status("Stopt");
                health::stopping();
            }
        }
    }
}
