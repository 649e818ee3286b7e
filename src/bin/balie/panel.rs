//! `balie led`.

use std::io::{self, Write};
use std::path::Path;
use std::time::Duration;

use balie::panel::try_led;
use balie::panel::turn::{self, Standing};
use balie::rules::alert::Alert;
use balie::station::args::{Station, StationArgs};
use balie::station::health;
use clap::{Args, ValueEnum};

use crate::Failure;

/// How long a blinking trial lasts.
const TRIAL: Duration = Duration::from_secs(10);

/// What the LED shall do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Show {
    /// Dark: nothing due
    Off,
    /// Blink slowly for ten seconds: tasks due
    Slow,
    /// Blink fast for ten seconds: tasks overdue
    Fast,
    /// Lit: Balie needs help
    On,
    /// Lit whenever no touchscreen runs, for ever: what balie-lamp.service does
    Hold,
}

/// What the LED shall do.
#[derive(Debug, Args)]
pub struct Led {
    show: Show,
}

impl Led {
    /// Whether it is for ever.
    pub fn is_held(&self) -> bool {
        self.show == Show::Hold
    }

    pub fn run(&self, station: &Station) -> Result<(), Failure> {
        let alert = match self.show {
            Show::Off => Alert::Off,
            Show::Slow => Alert::Slow,
            Show::Fast => Alert::Fast,
            Show::On | Show::Hold => Alert::Steady,
        };
        let tried = try_led(&station.config.panel, alert, TRIAL)?;
        let mut err = io::stderr().lock();
        writeln!(err, "LED driven by {}", tried.driver.name())?;
        if !tried.stays {
            writeln!(err, "note: this driver may let the LED fall back now that the command ends")?;
        }
        Ok(())
    }
}

/// Holds the LED lit while no touchscreen runs. What the configuration says is read each time anew, and whatever
/// is wrong in it counts for nothing here.
pub fn hold(arguments: &StationArgs) -> Result<(), Failure> {
    let path = Path::new(turn::PATH);
    let light = || turn::lit(&arguments.station_anyway().0.config.panel);
    let told = |standing| {
        health::ready();
        health::status(match standing {
            Standing::By => "Het scherm heeft de lamp",
            Standing::Lit => "Balie toont niets: de lamp brandt",
            Standing::Dark => "Balie toont niets, en er is geen lamp",
        });
    };
    turn::stand_by(path, light, told).map_err(|cause| {
        format!("{} cannot be locked: {cause}; run systemd-tmpfiles --create", path.display()).into()
    })
}
