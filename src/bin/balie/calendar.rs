//! `balie calendar`.

use std::io::{self, Write};

use balie::domain::calendar::{Kept, Place};
use balie::station::args::Station;
use balie::station::calendar::Keeper;
use balie::store::Store;
use balie::store::history::Origin;
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::{Failure, open, print_json};

/// What to do with the shop's calendar.
#[derive(Debug, Args)]
pub struct Calendar {
    #[command(subcommand)]
    step: Option<Step>,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Step {
    /// Keep it in step now
    Sync,
}

impl Calendar {
    pub fn run(&self, station: &Station) -> Result<(), Failure> {
        let mut store = open(station)?;
        match self.step {
            None => self.show(station, &store),
            Some(Step::Sync) => sync(station, &mut store),
        }
    }

    fn show(&self, station: &Station, store: &Store) -> Result<(), Failure> {
        let file = station.config.calendar.ics_file.as_deref();
        let kept = store.calendar_kept(Place::File)?;
        if self.json {
            let file = file.map(|file| as_json(&file.display().to_string(), kept));
            return print_json(&json!({ "file": file }));
        }
        let mut out = io::stdout().lock();
        match file {
            None => writeln!(out, "file none")?,
            Some(file) => writeln!(out, "file {}: {}", file.display(), in_words(station, kept))?,
        }
        Ok(())
    }
}

fn as_json(at: &str, kept: Kept) -> Value {
    let (trouble, since) = kept.trouble.unzip();
    json!({ "at": at, "good_at": kept.good_at, "trouble": trouble.map(|word| word.as_str()), "since": since })
}

fn in_words(station: &Station, kept: Kept) -> String {
    let local = |at| station.clock.local(at).format("%Y-%m-%d %H:%M");
    match kept {
        Kept { trouble: Some((trouble, since)), .. } => format!("{trouble} since {}", local(since)),
        Kept { good_at: Some(at), .. } => format!("in step {}", local(at)),
        Kept { .. } => "not kept yet".to_owned(),
    }
}

fn sync(station: &Station, store: &mut Store) -> Result<(), Failure> {
    let keeper = Keeper::new(station, Origin::Command)
        .ok_or("no calendar is configured; write ics_file under [calendar] in the configuration")?;
    let written = keeper.write_file(store)?;
    writeln!(io::stdout(), "file {}", if written { "written" } else { "unchanged" })?;
    Ok(())
}
