//! `balie calendar`.

use std::io::{self, Write};

use balie::domain::calendar::{Kept, Place, When};
use balie::domain::calendar_merge::{Conflict, Keep, Synced, Theirs};
use balie::domain::ids::AppointmentId;
use balie::station::args::Station;
use balie::station::calendar::Keeper;
use balie::store::Store;
use balie::store::history::{Actor, Origin};
use clap::{Args, Subcommand, ValueEnum};
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
    /// Choose which version stands of an appointment that was changed here and in the calendar
    Keep {
        /// Its number, as `balie calendar` shows it
        id: i64,
        /// Balie's version, or the calendar's
        which: Version,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Version {
    /// Balie's
    Ours,
    /// The calendar's
    Theirs,
}

impl Calendar {
    pub fn run(&self, station: &Station) -> Result<(), Failure> {
        let mut store = open(station)?;
        match self.step {
            None => self.show(station, &store),
            Some(Step::Sync) => sync(station, &mut store),
            Some(Step::Keep { id, which }) => {
                let at = station.clock.trusted_now(store.newest_instant()?)?;
                let keep = match which {
                    Version::Ours => Keep::Ours,
                    Version::Theirs => Keep::Theirs,
                };
                let actor = Actor { origin: Origin::Command, at };
                Ok(store.settle_calendar_conflict(AppointmentId(id), keep, actor)?)
            }
        }
    }

    fn show(&self, station: &Station, store: &Store) -> Result<(), Failure> {
        let calendar = &station.config.calendar;
        let file = calendar.ics_file.as_ref().map(|file| file.display().to_string());
        let places = [
            ("file", file, store.calendar_kept(Place::File)?),
            ("server", calendar.caldav_url.clone(), store.calendar_kept(Place::Server)?),
        ];
        let conflicts = store.calendar_conflicts()?;
        if self.json {
            let mut document: serde_json::Map<String, Value> = places
                .into_iter()
                .map(|(name, at, kept)| (name.to_owned(), json!(at.map(|at| place(&at, kept)))))
                .collect();
            document.insert("conflicts".to_owned(), conflicts.iter().map(conflict).collect());
            return print_json(&document);
        }
        let mut out = io::stdout().lock();
        for (name, at, kept) in places {
            match at {
                None => writeln!(out, "{name} none")?,
                Some(at) => writeln!(out, "{name} {at}: {}", in_words(station, kept))?,
            }
        }
        for Conflict { ours, theirs } in conflicts {
            let there = match theirs {
                Theirs::Changed(when) => time(&when),
                Theirs::Gone => "deleted".to_owned(),
            };
            let (id, here) = (ours.id, time(&ours.when));
            let plate = ours.plate.as_deref().unwrap_or("no plate");
            writeln!(out, "conflict {id}: {plate} here {here}, in the calendar {there}")?;
        }
        Ok(())
    }
}

fn place(at: &str, kept: Kept) -> Value {
    let (trouble, since) = kept.trouble.unzip();
    json!({ "at": at, "good_at": kept.good_at, "trouble": trouble.map(|word| word.as_str()), "since": since })
}

fn conflict(conflict: &Conflict) -> Value {
    let version = |when: &When| json!({ "starts_at": when.starts_at, "ends_at": when.end(), "cancelled": when.cancelled });
    let there = match &conflict.theirs {
        Theirs::Changed(when) => version(when),
        Theirs::Gone => Value::Null,
    };
    let ours = &conflict.ours;
    json!({ "id": ours.id.0, "plate": ours.plate, "here": version(&ours.when), "calendar": there })
}

fn time(when: &When) -> String {
    if when.cancelled { "cancelled".to_owned() } else { when.starts_at.format("%Y-%m-%d %H:%M").to_string() }
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
    let mut keeper = Keeper::new(station).ok_or(
        "no calendar is configured; write ics_file or caldav_url under [calendar] in the configuration",
    )?;
    let server = keeper.sync(store);
    let mut out = io::stdout().lock();
    if station.config.calendar.ics_file.is_some() {
        writeln!(out, "file {}", if keeper.write_file(store)? { "written" } else { "unchanged" })?;
    }
    if let Some(Synced { written, taken, conflicts, unreadable, refused }) = server? {
        writeln!(out, "written {written}\ntaken {taken}\nconflicts {conflicts}")?;
        writeln!(out, "unreadable {unreadable}\nrefused {refused}")?;
    }
    Ok(())
}
