//! `balie provision`.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use balie::station::args::StationArgs;
use balie::station::config::DEFAULT_PATH;
use balie::station::provision::report::{Report, State};
use balie::station::provision::{Places, check, run};
use clap::Args;

use crate::{Failure, print_json};

/// Which file, and for which machine.
#[derive(Debug, Args)]
pub struct Provision {
    /// Only look at this file, and list every mistake in it
    #[arg(long, value_name = "FILE", conflicts_with_all = ["from", "root"])]
    check: Option<PathBuf>,
    /// The settings file [default: balie.toml on the boot partition: in /boot/balie, /boot/firmware or /boot]
    #[arg(long, value_name = "FILE")]
    from: Option<PathBuf>,
    /// The root of the machine, when it is not this one
    #[arg(long, value_name = "DIR", default_value = "/")]
    root: PathBuf,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

impl Provision {
    /// Does it without the configuration, which it is to write.
    pub fn run(&self, station: &StationArgs) -> Result<(), Failure> {
        let report = match &self.check {
            Some(file) => check(file)?,
            None => run(&Places {
                root: self.root.clone(),
                from: self.from.clone(),
                config: station.config.clone().unwrap_or_else(|| DEFAULT_PATH.into()),
                data_dir: station.data_dir.clone(),
            }),
        };
        if self.json {
            print_json(&report)?;
        } else {
            self.tell(&report)?;
        }
        match report.mistakes.len() {
            0 => Ok(()),
            1 => Err("one mistake; the line says what to write".into()),
            many => Err(format!("{many} mistakes; each line says what to write").into()),
        }
    }

    fn tell(&self, report: &Report) -> io::Result<()> {
        let mut out = io::stdout().lock();
        for mistake in &report.mistakes {
            writeln!(out, "{mistake}")?;
        }
        let file = report.file.as_deref().unwrap_or(Path::new("")).display();
        match report.state {
            _ if self.check.is_some() && report.is_good() => {
                writeln!(out, "{file}: everything in it is right")
            }
            _ if self.check.is_some() => Ok(()),
            State::Absent => {
                writeln!(out, "no settings file on the boot partition; what was set before holds")
            }
            State::Applied => writeln!(out, "{file}: everything in it holds"),
            State::Partly => writeln!(out, "{file}: what is right in it holds; else what was set before"),
            State::Kept => writeln!(out, "{file}: nothing in it can be read; what was set before holds"),
        }
    }
}
