//! The service that systemd supervises: collects tasks for as long as it is let. Wiring only.

use std::process::ExitCode;
use std::sync::Arc;

use balie::collect::files;
use balie::collect::register;
use balie::collect::service::serve;
use balie::outside::rdw::Register;
use balie::station::args::StationArgs;
use balie::station::collector::ThisMachine;
use balie::station::diary;
use balie::station::lock::Lock;
use balie::station::log;
use balie::station::postman::Postman;
use balie::station::provision::manager;
use clap::Parser;
use tokio::signal::unix::{SignalKind, signal};

/// Collects which customers should be contacted, at start, every so many hours and whenever a
/// setting changes. One for each database; stops on SIGTERM.
#[derive(Debug, Parser)]
#[command(name = "balie-collector", version)]
struct Arguments {
    #[command(flatten)]
    station: StationArgs,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(cause) => {
            eprintln!("balie-collector: {cause}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), Box<dyn std::error::Error>> {
    let station = arguments.station.station()?;
    log::start(station.config.log);
    let _lock = Lock::collector(&station.data_dir)?;
    let database = station.database();
    // Whom the technician named, if that is still to be done.
    if let Err(cause) = manager::take(&database, &station.data_dir, station.clock.now_utc()) {
        tracing::warn!(%cause, "the first manager could not be made");
    }
    let places = station.places();
    let postman = Postman::start(&station)?;
    diary::start(&station)?;
    let machine = Arc::new(ThisMachine::new(station.clock).with_backups(places.backups.clone()));
    files::start(places, Arc::clone(&machine))?;
    let rdw = station.config.rdw;
    if rdw.enabled {
        let ask = move || {
            let token = rdw.app_token.read().map_err(|cause| cause.to_string())?;
            Register::new(&rdw.base_url, token, rdw.requests_per_day).map_err(|cause| cause.to_string())
        };
        let beside = Arc::<ThisMachine>::clone(&machine);
        register::start(database.clone(), ask, beside)?;
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let (mut terminated, mut interrupted) =
            (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
        let stop = async {
            tokio::select! {
                _ = terminated.recv() => {}
                _ = interrupted.recv() => {}
            }
        };
        serve(database, machine.as_ref(), stop).await
    })?;
    postman.stop();
    Ok(())
}
