//! `balie`, the technician's command line: reads the words, calls the library, prints the answer.
//!
//! Results go to standard output, everything else to standard error. Exit codes: 0 done, 1 it
//! could not be done (with one clear line), 2 wrong usage.

mod backup;
mod calendar;
mod doctor;
mod employee;
mod exchange;
mod manual;
mod outbox;
mod panel;
mod profile;
mod provision;
mod rdw;
mod report;
mod settings;
mod tasks;
mod update;

use std::io::{self, Write};
use std::process::ExitCode;

use balie::collect::{self, CollectReport};
use balie::station::args::{Station, StationArgs};
use balie::store::Store;
use clap::{Parser, Subcommand};

/// Balie works out which customers of a workshop should be contacted this week.
#[derive(Debug, Parser)]
#[command(name = "balie", version, propagate_version = true, max_term_width = 100)]
struct Cli {
    #[command(flatten)]
    station: StationArgs,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Take in the shop's CSV files: a folder of them, or one
    Import(exchange::Import),
    /// Show or change how other systems' files and columns are understood
    #[command(subcommand)]
    Profile(profile::Profiles),
    /// Write everything as CSV files, which an empty Balie can take in again
    Export(exchange::Export),
    /// Write a checked copy of the database while everything runs
    Backup(backup::Backup),
    /// Put a backup back; the present database is kept aside
    Restore(backup::Restore),
    /// Work out now which tasks there are
    Collect {
        /// Print one JSON document
        #[arg(long)]
        json: bool,
    },
    /// Show the list of the CRM manager
    Tasks(tasks::Tasks),
    /// Say for one vehicle, rule by rule, why there is a task or why not
    Why(tasks::Why),
    /// Show or change what the shop has set
    #[command(subcommand)]
    Settings(settings::Settings),
    /// List the employees, or choose a PIN for one who forgot it
    #[command(subcommand)]
    Employee(employee::Employee),
    /// Ask the vehicle register (RDW)
    #[command(subcommand)]
    Rdw(rdw::Rdw),
    /// Write a message to a customer into the outbox; prints its number
    Message(outbox::Message),
    /// Show or deliver the messages that wait, or take one back
    #[command(subcommand)]
    Outbox(outbox::Outbox),
    /// Show how the shop's calendar is kept, or keep it in step now
    Calendar(calendar::Calendar),
    /// Show what came of the tasks of a period: made, late, handled, calls, results
    Report(report::Report),
    /// Fill an empty database (or a folder with CSV files) with an invented shop
    Demo(exchange::Demo),
    /// Look at everything that Balie needs, and say what is wrong and what to do
    Doctor(doctor::Doctor),
    /// Show or install an update of the whole machine, from a stick or a server
    #[command(subcommand)]
    Update(update::Update),
    /// Set this machine up as the settings file on its boot partition says, or check such a file
    Provision(provision::Provision),
    /// Try the LED
    Led(panel::Led),
    /// Print completions for a shell
    Completions(manual::Completions),
    /// Write the manual pages into a folder
    Man(manual::Man),
}

/// What ends a command: words for the technician.
type Failure = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(&cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) if is_closed_pipe(failure.as_ref()) => ExitCode::SUCCESS,
        Err(failure) => {
            let _ = writeln!(io::stderr(), "balie: {failure}");
            ExitCode::FAILURE
        }
    }
}

/// Whoever read our output (`balie tasks | head`) has seen enough.
fn is_closed_pipe(failure: &(dyn std::error::Error + 'static)) -> bool {
    failure.downcast_ref::<io::Error>().is_some_and(|cause| cause.kind() == io::ErrorKind::BrokenPipe)
}

fn run(cli: &Cli) -> Result<(), Failure> {
    match &cli.command {
        Command::Completions(completions) => return completions.run(),
        Command::Man(man) => return man.run(),
        Command::Provision(provision) => return provision.run(&cli.station),
        Command::Led(led) if led.is_held() => return panel::hold(&cli.station),
        _ => {}
    }
    let station = cli.station.station()?;
    match &cli.command {
        Command::Import(import) => import.run(&station),
        Command::Profile(profiles) => profiles.run(&station),
        Command::Export(export) => export.run(&station),
        Command::Backup(backup) => backup.run(&station),
        Command::Restore(restore) => restore.run(&station),
        Command::Collect { json } => collect_now(&station, *json),
        Command::Tasks(tasks) => tasks.run(&station),
        Command::Why(why) => why.run(&station),
        Command::Settings(settings) => settings.run(&station),
        Command::Employee(employee) => employee.run(&station),
        Command::Rdw(rdw) => rdw.run(&station),
        Command::Message(message) => message.run(&station),
        Command::Outbox(outbox) => outbox.run(station),
        Command::Calendar(calendar) => calendar.run(&station),
        Command::Report(report) => report.run(&station),
        Command::Demo(demo) => demo.run(&station),
        Command::Doctor(doctor) => doctor.run(&station),
        Command::Update(update) => update.run(&station),
        Command::Led(led) => led.run(&station),
        Command::Completions(_) | Command::Man(_) | Command::Provision(_) => Ok(()),
    }
}

/// The shop's database; its folder is made when it is not there.
fn open(station: &Station) -> Result<Store, Failure> {
    std::fs::create_dir_all(&station.data_dir)
        .map_err(|cause| format!("the data folder {} cannot be made: {cause}", station.data_dir.display()))?;
    Ok(Store::open(&station.database())?)
}

fn collect_now(station: &Station, json: bool) -> Result<(), Failure> {
    let mut store = open(station)?;
    let now = station.clock.trusted_now(store.newest_instant()?)?;
    let report = collect::run(&mut store, station.clock.today(), now)?;
    if json {
        return print_json(&report);
    }
    let CollectReport { made, withdrawn, returned, waiting, unchanged, .. } = report;
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "made {made}\nwithdrawn {withdrawn}\nreturned {returned}\nwaiting {waiting}\nunchanged {unchanged}"
    )?;
    Ok(())
}

/// One JSON document on standard output.
fn print_json(document: &impl serde::Serialize) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(document)?;
    writeln!(io::stdout(), "{text}")?;
    Ok(())
}
