//! `balie led`.

use std::io::{self, Write};
use std::time::Duration;

use balie::panel::try_led;
use balie::rules::alert::Alert;
use balie::station::args::Station;
use clap::{Args, ValueEnum};

use crate::Failure;

/// How long a blinking trial lasts.
const TRIAL: Duration = Duration::from_secs(10);

/// What the LED shall do.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Show {
    /// Dark: nothing due
    Off,
    /// Blink slowly for ten seconds: tasks due
    Slow,
    /// Blink fast for ten seconds: tasks overdue
    Fast,
    /// Lit: Balie needs help
    On,
}

/// What the LED shall do.
#[derive(Debug, Args)]
pub struct Led {
    show: Show,
    /// Set it and end at once, also where it then falls back; what the kiosk's unit does
    #[arg(long)]
    leave: bool,
}

impl Led {
    pub fn run(&self, station: &Station) -> Result<(), Failure> {
        let alert = match self.show {
            Show::Off => Alert::Off,
            Show::Slow => Alert::Slow,
            Show::Fast => Alert::Fast,
            Show::On => Alert::Steady,
        };
        let tried = try_led(&station.config.panel, alert, if self.leave { Duration::ZERO } else { TRIAL })?;
        let mut err = io::stderr().lock();
        writeln!(err, "LED driven by {}", tried.driver.name())?;
        if !tried.stays {
            writeln!(err, "note: this driver may let the LED fall back now that the command ends")?;
        }
        Ok(())
    }
}
