//! `balie update`: what an update is, installing it, and what came of it.

use std::io::{self, IsTerminal, Write};
use std::path::Path;

use balie::station::args::Station;
use balie::station::update::{self, Age, Bundle, Status};
use clap::{Args, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use crate::{Failure, print_json};

/// What can be done with updates.
#[derive(Debug, Subcommand)]
pub enum Update {
    /// Look at an update, or at those on the sticks and at the configured address; writes nothing
    Check(Check),
    /// Write an update beside the version that runs; the next restart tries it
    Install(Install),
    /// Say what runs, what is in the other slot, and what the next restart starts
    Status {
        /// Print one JSON document
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Args)]
pub struct Check {
    /// A file or an https address
    #[arg(value_name = "FILE")]
    place: Option<String>,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub struct Install {
    /// A file or an https address
    #[arg(value_name = "FILE")]
    place: String,
    /// Install it even when it is older than what runs
    #[arg(long)]
    older: bool,
    /// Restart when it is written
    #[arg(long)]
    restart: bool,
}

impl Update {
    pub fn run(&self, station: &Station) -> Result<(), Failure> {
        match self {
            Update::Check(check) => check.run(station),
            Update::Install(install) => install.run(station),
            Update::Status { json } => status(*json),
        }
    }
}

impl Check {
    fn run(&self, station: &Station) -> Result<(), Failure> {
        let places = match &self.place {
            Some(place) => vec![place.clone()],
            None => places(station),
        };
        if places.is_empty() {
            let sticks = station.config.files.stick_dir.display();
            return Err(format!(
                "there is no update (*.raucb) on a stick in {sticks}; name a file or an address"
            )
            .into());
        }
        let status = update::status()?;
        let mut found = Vec::new();
        let mut failures = Vec::new();
        for place in &places {
            match update::judge(place, &status) {
                Ok(one) => found.push(one),
                Err(failure) => failures.push(failure),
            }
        }
        if self.json {
            let bundles: Vec<_> =
                found.iter().map(|(bundle, age)| json!({ "bundle": bundle, "age": age })).collect();
            let refused: Vec<_> = failures.iter().map(ToString::to_string).collect();
            print_json(&json!({ "runs": status.version, "bundles": bundles, "refused": refused }))?;
        } else {
            for (bundle, age) in &found {
                show(station, bundle, *age, &status)?;
            }
            for failure in failures.iter().take(failures.len().saturating_sub(usize::from(found.is_empty())))
            {
                writeln!(io::stderr(), "{failure}")?;
            }
        }
        match failures.pop() {
            Some(failure) if found.is_empty() => Err(failure.into()),
            _ => Ok(()),
        }
    }
}

/// On the sticks, and at the address that is configured.
fn places(station: &Station) -> Vec<String> {
    let sticks = update::on_sticks(&station.config.files.stick_dir);
    let sticks = sticks.iter().map(|path| path.display().to_string());
    sticks.chain(station.config.update.url.clone()).collect()
}

fn show(station: &Station, bundle: &Bundle, age: Age, status: &Status) -> Result<(), Failure> {
    let age = match age {
        Age::Newer => "newer than",
        Age::Same => "the same as",
        Age::Older => "OLDER than",
    };
    let mut out = io::stdout().lock();
    writeln!(out, "{}", bundle.place)?;
    writeln!(out, "  version {}, {age} {}, which runs", bundle.version, status.version)?;
    for line in station.config.shop.language.of(&bundle.notes).unwrap_or_default().lines() {
        writeln!(out, "  {line}")?;
    }
    Ok(())
}

impl Install {
    fn run(&self, station: &Station) -> Result<(), Failure> {
        let bar = bar();
        let bundle = update::install(&self.place, self.older, &mut |percent, words| {
            bar.set_position(u64::from(percent));
            bar.set_message(words.to_owned());
        });
        bar.finish_and_clear();
        let bundle = bundle?;
        writeln!(io::stdout(), "{} is written", bundle.version)?;
        if self.restart {
            restart(&station.data_dir)?;
        } else {
            writeln!(io::stderr(), "The next restart tries it (systemctl reboot); the plug does not.")?;
        }
        Ok(())
    }
}

/// Root restarts; who is somebody else asks for it.
fn restart(data_dir: &Path) -> Result<(), Failure> {
    let asked = std::process::Command::new("systemctl").arg("reboot").status();
    if !asked.is_ok_and(|status| status.success()) {
        update::restart(data_dir)?;
    }
    Ok(())
}

fn status(json: bool) -> Result<(), Failure> {
    let status = update::status()?;
    if json {
        return print_json(&status);
    }
    let mut out = io::stdout().lock();
    writeln!(out, "machine {}\nversion {}", status.compatible, status.version)?;
    for slot in &status.slots {
        let version = slot.version.as_deref().unwrap_or("as the card came");
        let installed =
            slot.installed_at.as_deref().map(|at| format!(", installed {at}")).unwrap_or_default();
        let runs = if slot.runs { ", runs" } else { "" };
        let next = if slot.next { ", starts next" } else { "" };
        let state = if slot.good { "good" } else { "bad" };
        writeln!(out, "slot {} {state}: {version}{installed}{runs}{next}", slot.name)?;
    }
    if let Some(waiting) = &status.waiting {
        writeln!(out, "{waiting} waits for a restart")?;
    }
    if status.trial {
        writeln!(out, "what runs is on trial: it stays when the desk works for a while")?;
    }
    Ok(())
}

fn bar() -> ProgressBar {
    match ProgressStyle::with_template("{wide_bar} {percent} % {msg}") {
        Ok(style) if io::stderr().is_terminal() => ProgressBar::new(100).with_style(style),
        _ => ProgressBar::hidden(),
    }
}
