//! `balie backup` and `balie restore`.

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;

use balie::collect::files::night::stand_in;
use balie::collect::service::Moment;
use balie::station::args::Station;
use balie::station::lock::{Lock, LockError};
use balie::store::backup::{self, Facts};
use balie::store::history::{Actor, Origin};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use crate::{Failure, open};

/// Where to.
#[derive(Debug, Args)]
pub struct Backup {
    /// The file to write, or a folder in which it gets a name with date and time
    #[arg(required_unless_present = "nightly")]
    file: Option<PathBuf>,
    /// The night's backup, if it is due and no collector runs, which else makes it; for a timer
    #[arg(long, conflicts_with = "file")]
    nightly: bool,
}

impl Backup {
    pub fn run(&self, station: &Station) -> Result<(), Failure> {
        let database = station.database();
        if !database.exists() {
            let path = database.display();
            return Err(format!("there is no database {path} yet; name its folder with --data-dir").into());
        }
        let Some(file) = &self.file else { return nightly(station) };
        let store = open(station)?;
        let file = if file.is_dir() {
            let now = station.clock.now_local().format("%Y-%m-%d-%H%M%S");
            file.join(format!("balie-{now}.db"))
        } else {
            file.clone()
        };
        let bar = pages();
        let facts = store.back_up(&file, &mut |done, all| show(&bar, done, all))?;
        bar.finish_and_clear();
        writeln!(io::stdout(), "{}", file.display())?;
        writeln!(io::stderr(), "{}", line(&facts))?;
        Ok(())
    }
}

/// Holds the collector's lock meanwhile, so that a night never has two.
fn nightly(station: &Station) -> Result<(), Failure> {
    let _lock = match Lock::collector(&station.data_dir) {
        Err(LockError::Taken(_)) => return Ok(()),
        lock => lock?,
    };
    let mut store = open(station)?;
    let at = station.clock.trusted_now(store.newest_instant()?)?;
    let moment = Moment { at, today: station.clock.today() };
    if let Some((path, facts)) = stand_in(&mut store, &station.backup_dir(), moment, station.clock.local(at))?
    {
        writeln!(io::stdout(), "{}", path.display())?;
        writeln!(io::stderr(), "{}", line(&facts))?;
    }
    Ok(())
}

/// Which one.
#[derive(Debug, Args)]
pub struct Restore {
    /// The backup
    file: PathBuf,
}

impl Restore {
    pub fn run(&self, station: &Station) -> Result<(), Failure> {
        let aside = station.set_aside();
        let folder = aside.parent().unwrap_or(&station.data_dir);
        std::fs::create_dir_all(folder)
            .map_err(|cause| format!("the folder {} cannot be made: {cause}", folder.display()))?;
        let bar = pages();
        let actor = Actor { origin: Origin::Command, at: station.clock.now_utc() };
        let mut progress = |done, all| show(&bar, done, all);
        let restored = backup::restore(&station.database(), &self.file, &aside, actor, &mut progress)?;
        bar.finish_and_clear();
        let mut err = io::stderr().lock();
        writeln!(err, "Restored: {}", line(&restored.facts))?;
        if restored.unknown_messages > 0 {
            let many = restored.unknown_messages;
            writeln!(
                err,
                "{many} messages may have left already; they are marked 'unknown' and wait for you"
            )?;
        }
        if restored.erased > 0 {
            writeln!(err, "{} persons who were forgotten since then are forgotten again", restored.erased)?;
        }
        if restored.replaced {
            writeln!(
                err,
                "The old file was no database any more; who had it open takes the new one by itself"
            )?;
        }
        drop(err);
        if let Some(aside) = &restored.aside {
            writeln!(io::stdout(), "{}", aside.display())?;
            writeln!(io::stderr(), "The database of before is kept there; `balie restore` takes it too")?;
        }
        Ok(())
    }
}

fn line(facts: &Facts) -> String {
    let newest = facts
        .newest
        .map_or_else(String::new, |at| format!(", last change {}", at.format("%Y-%m-%d %H:%M UTC")));
    let mega = facts.bytes.div_ceil(1024 * 1024);
    let Facts { customers, vehicles, tasks, .. } = facts;
    format!("{customers} customers, {vehicles} vehicles, {tasks} tasks, {mega} MB, checked{newest}")
}

fn pages() -> ProgressBar {
    let style = ProgressStyle::with_template("{wide_bar} {percent} % {eta}");
    match style {
        Ok(style) if io::stderr().is_terminal() => ProgressBar::new(0).with_style(style),
        _ => ProgressBar::hidden(),
    }
}

fn show(bar: &ProgressBar, done: u64, all: u64) {
    bar.set_length(all);
    bar.set_position(done);
}
