//! `balie import`, `balie export` and `balie demo`.

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;

use balie::exchange::profile::Profile;
use balie::exchange::{self, ImportOptions, ImportReport, Progress, REJECTS_KEPT, demo};
use balie::station::args::Station;
use balie::store::Store;
use balie::store::history::{Actor, Origin};
use balie::store::undo::{Batch, Kept, TakenBack};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use crate::{Failure, open, print_json, profile};

/// What to take in.
#[derive(Debug, Args)]
pub struct Import {
    /// A folder of the shop's CSV files, or one of them
    #[arg(required_unless_present_any = ["undo", "log"])]
    path: Option<PathBuf>,
    /// Take a whole import back, the last one or the one with this number (see --log): what it added goes,
    /// what it changed is as it was. What somebody has worked with since stays, and is told
    #[arg(long, value_name = "NUMBER", num_args = 0..=1, conflicts_with_all = ["path", "profile", "dry_run", "strict"])]
    undo: Option<Option<i64>>,
    /// Show the last imports with their numbers
    #[arg(long, conflicts_with_all = ["path", "undo", "profile", "dry_run", "strict"])]
    log: bool,
    /// For files and columns with other names: the profile that says what they are. What it does not
    /// know yet is guessed from the headers, shown, and saved in it (not with --dry-run)
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
    /// Only say what would happen
    #[arg(long)]
    dry_run: bool,
    /// Take in a file only when every row of it is right
    #[arg(long)]
    strict: bool,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

impl Import {
    pub fn run(&self, station: &Station) -> Result<(), Failure> {
        let mut store = open(station)?;
        if let Some(number) = self.undo {
            return self.take_back(&mut store, number, station);
        }
        let Some(path) = &self.path else { return self.show_log(&store) };
        let profile = match &self.profile {
            Some(name) => profile::learn(&mut store, name, path, self.dry_run, station)?,
            None => Profile::default(),
        };
        let bar = Bar::new();
        let options = ImportOptions {
            dry_run: self.dry_run,
            strict: self.strict,
            rejects_dir: &station.data_dir.join("rejects"),
            now: station.clock.now_utc(),
            progress: &mut |progress| bar.show(&progress),
        };
        let report = exchange::import_mapped(&mut store, path, options, &profile)?;
        bar.clear();
        complain(&report)?;
        if self.json {
            print_json(&report)?;
        } else {
            let mut out = io::stdout().lock();
            for file in &report.files {
                writeln!(
                    out,
                    "{}: {} added, {} changed, {} unchanged, {} rejected",
                    file.title(),
                    file.added,
                    file.changed,
                    file.unchanged,
                    file.rejected
                )?;
            }
        }
        if report.failed() {
            return Err("not every file went in; mend what is said above and import again".into());
        }
        Ok(())
    }
}

impl Import {
    fn take_back(&self, store: &mut Store, number: Option<i64>, station: &Station) -> Result<(), Failure> {
        let actor = Actor { origin: Origin::Command, at: station.clock.now_utc() };
        let done = store.undo_import(number, actor)?;
        if self.json {
            let kept: Vec<_> = done
                .named
                .iter()
                .map(|kept| json!({ "noun": kept.noun, "key": kept.key, "field": kept.field, "why": kept.why.to_string() }))
                .collect();
            let TakenBack { batch, removed, restored, kept: count, .. } = done;
            return print_json(
                &json!({ "import": batch, "removed": removed, "restored": restored, "kept": count, "named": kept }),
            );
        }
        let mut err = io::BufWriter::new(io::stderr().lock());
        for Kept { noun, key, field, why } in &done.named {
            let field = field.map(|field| format!(" {field}")).unwrap_or_default();
            writeln!(err, "{noun} {key}:{field} {why}; it stays")?;
        }
        err.flush()?;
        let TakenBack { batch, removed, restored, kept, .. } = done;
        writeln!(
            io::stdout(),
            "import {batch}: {removed} rows removed, {restored} values restored, {kept} kept"
        )?;
        Ok(())
    }

    fn show_log(&self, store: &Store) -> Result<(), Failure> {
        let imports = store.imports(50)?;
        if self.json {
            let document = imports.iter().map(|batch| {
                json!({ "import": batch.id, "at": batch.at, "files": batch.files, "added": batch.added,
                        "changed": batch.changed, "undone_at": batch.undone_at })
            });
            return print_json(&document.collect::<Vec<_>>());
        }
        let mut out = io::stdout().lock();
        for batch in imports {
            let back = if batch.undone_at.is_some() { ", taken back" } else { "" };
            let (id, at) = (batch.id, batch.at.format("%Y-%m-%d %H:%M UTC"));
            let Batch { added, changed, files, .. } = &batch;
            writeln!(out, "{id:>5}  {at}  {added} added, {changed} changed{back}: {}", files.join(", "))?;
        }
        Ok(())
    }
}

/// Says on standard error what was wrong, file by file.
fn complain(report: &ImportReport) -> Result<(), Failure> {
    let mut err = io::BufWriter::new(io::stderr().lock());
    for name in &report.skipped {
        writeln!(
            err,
            "{name}: not one of the files that Balie knows; skipped (--profile NAME guesses what it is)"
        )?;
    }
    for file in &report.files {
        for line in file.lines() {
            writeln!(err, "{line}")?;
        }
        for column in &file.ignored_columns {
            writeln!(err, "{}: column '{column}' is not known; ignored", file.file)?;
        }
        if let Some(problem) = &file.problem {
            writeln!(err, "{}: {problem}", file.file)?;
        }
        if let Some(rejects) = &file.rejects_file {
            writeln!(err, "{}: the {} rejected rows are in {}", file.file, file.rejected, rejects.display())?;
        } else if file.rejects.len() >= REJECTS_KEPT {
            writeln!(
                err,
                "{}: only the first {REJECTS_KEPT} things that are wrong are named; there are {} rejected rows",
                file.file, file.rejected
            )?;
        }
    }
    err.flush()?;
    Ok(())
}

/// A progress bar, where somebody is looking.
struct Bar(Option<ProgressBar>);

impl Bar {
    fn new() -> Self {
        let style = ProgressStyle::with_template("{msg:18} {wide_bar} {bytes}/{total_bytes} {eta}");
        let bar = style
            .ok()
            .filter(|_| io::stderr().is_terminal())
            .map(|style| ProgressBar::new(0).with_style(style));
        Self(bar)
    }

    fn show(&self, progress: &Progress<'_>) {
        if let Some(bar) = &self.0 {
            bar.set_message(progress.file.to_owned());
            bar.set_length(progress.total);
            bar.set_position(progress.done);
        }
    }

    fn clear(&self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}

/// Where to.
#[derive(Debug, Args)]
pub struct Export {
    /// The folder for the CSV files; it is made when it is not there
    folder: PathBuf,
}

impl Export {
    pub fn run(&self, station: &Station) -> Result<(), Failure> {
        let store = open(station)?;
        exchange::export(&store, &self.folder)?;
        Ok(())
    }
}

/// Which shop to invent.
#[derive(Debug, Args)]
pub struct Demo {
    /// How many vehicles
    #[arg(long, default_value_t = 500, value_name = "N")]
    vehicles: u32,
    /// The same seed, size and day give the same shop
    #[arg(long, default_value_t = 1, value_name = "S")]
    seed: u64,
    /// Write CSV files into this folder instead of filling the database
    #[arg(long, value_name = "DIR")]
    csv: Option<PathBuf>,
}

impl Demo {
    pub fn run(&self, station: &Station) -> Result<(), Failure> {
        let demo = demo::Demo { vehicles: self.vehicles, seed: self.seed, today: station.clock.today() };
        match &self.csv {
            Some(folder) => demo::write_csv(demo, folder)?,
            None => {
                let mut store = open(station)?;
                let scratch = station.data_dir.join("demo");
                let bar = Bar::new();
                let mut show = |progress: Progress<'_>| bar.show(&progress);
                demo::write_to_store(&mut store, demo, &scratch, station.clock.now_utc(), &mut show)?;
                bar.clear();
            }
        }
        writeln!(
            io::stderr(),
            "An invented shop of {} vehicles, dates around {}",
            demo.vehicles,
            demo.today
        )?;
        Ok(())
    }
}
