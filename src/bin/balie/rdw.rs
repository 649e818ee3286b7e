//! `balie rdw`: asks the vehicle register now.

use std::io::{self, Write};

use balie::domain::plate::Plate;
use balie::domain::register::is_known_form;
use balie::outside::rdw::{DataSet, Refresh, Register, Report};
use balie::station::args::Station;
use balie::store::history::{Actor, Origin};
use balie::store::register::{AskingDay, RegisterOverview};
use clap::{Args, Subcommand};
use serde_json::json;

use super::{Failure, open, print_json};

/// What can be done with the register.
#[derive(Debug, Subcommand)]
pub enum Rdw {
    /// Ask the register now about these vehicles, or about all
    Refresh(RefreshArgs),
    /// Show how old the register's answers are, and what was wrong with them
    Status {
        /// Print one JSON document
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Args)]
pub struct RefreshArgs {
    /// Plates, with or without dashes; all vehicles when none is given
    #[arg(value_name = "PLATE")]
    plates: Vec<String>,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

impl Rdw {
    pub fn run(&self, station: &Station) -> Result<(), Failure> {
        match self {
            Rdw::Refresh(refresh) => refresh.run(station),
            Rdw::Status { json } => status(station, *json),
        }
    }
}

fn status(station: &Station, json: bool) -> Result<(), Failure> {
    let store = open(station)?;
    let now = station.clock.instant_of_day(station.clock.now_utc());
    let overview = store.register_overview(now)?;
    let RegisterOverview { vehicles, unasked, silent, stale, answered_at } = overview;
    let current = vehicles.saturating_sub(unasked + silent + stale);
    let requests = store.register_requests(station.clock.today())?;
    let (most, enabled) = (station.config.rdw.requests_per_day, station.config.rdw.enabled);
    let troubles = store.register_troubles()?;
    if json {
        let troubles = troubles.iter().map(|one| {
            json!({ "data_set": one.data_set, "words": one.words, "times": one.times, "last_at": one.last_at })
        });
        return print_json(&json!({
            "enabled": enabled, "vehicles": vehicles, "current": current, "stale": stale, "silent": silent,
            "unasked": unasked, "answered_at": answered_at, "requests_today": requests,
            "requests_per_day": most, "troubles": troubles.collect::<Vec<_>>(),
        }));
    }
    let mut out = io::stdout().lock();
    let local = |at| station.clock.local(at).format("%Y-%m-%d %H:%M");
    let answered = answered_at.map_or_else(|| "never".to_owned(), |at| local(at).to_string());
    writeln!(
        out,
        "vehicles {vehicles}\ncurrent {current}\nstale {stale}\nsilent {silent}\nunasked {unasked}"
    )?;
    writeln!(out, "last answer {answered}\nrequests today {requests} of {most}")?;
    if !enabled {
        writeln!(out, "switched off in the configuration")?;
    }
    for one in troubles {
        writeln!(out, "{}: {} ({} times, last {})", one.data_set, one.words, one.times, local(one.last_at))?;
    }
    Ok(())
}

impl RefreshArgs {
    fn run(&self, station: &Station) -> Result<(), Failure> {
        let rdw = &station.config.rdw;
        if !rdw.enabled {
            return Err(
                "the register is switched off; set enabled = true under [rdw] in the configuration".into()
            );
        }
        let register = Register::new(&rdw.base_url, rdw.app_token.read()?, rdw.requests_per_day)?;
        let mut store = open(station)?;
        let at = station.clock.trusted_now(store.newest_instant()?)?;
        let mut vehicles = Vec::new();
        for text in &self.plates {
            let plate = Plate::parse(text).map_err(|wrong| format!("'{text}': {wrong}"))?;
            if !is_known_form(&plate) {
                return Err(format!("{plate} is no Dutch plate; the register knows only those").into());
            }
            let (id, _) = store.vehicle_by_plate(&plate)?.ok_or_else(|| {
                format!("there is no vehicle with the plate {plate}; `balie tasks` and the desk show which there are")
            })?;
            vehicles.push((id, plate));
        }
        if self.plates.is_empty() {
            vehicles = store.register_vehicles()?;
        }
        let actor = Actor { origin: Origin::Register, at };
        let day = AskingDay { today: station.clock.today(), now: station.clock.instant_of_day(at), actor };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let report = runtime.block_on(Refresh::new(&register, &mut store, day).all(&vehicles));
        self.print(&report, &register)
    }

    fn print(&self, report: &Report, register: &Register) -> Result<(), Failure> {
        let mut errors = io::stderr().lock();
        for (set, troubles) in &report.troubles {
            for words in troubles {
                writeln!(errors, "{}: {words}", set.id())?;
            }
        }
        let requests = register.requests();
        let count = |set: DataSet| requests.get(&set).copied().unwrap_or_default();
        if self.json {
            let by_set: serde_json::Map<_, _> =
                DataSet::ALL.iter().map(|set| (set.id().to_owned(), json!(count(*set)))).collect();
            let troubles: serde_json::Map<_, _> =
                report.troubles.iter().map(|(set, words)| (set.id().to_owned(), json!(words))).collect();
            print_json(&json!({
                "asked": report.asked, "silent": report.silent, "news": report.news,
                "requests": by_set, "troubles": troubles,
            }))?;
        } else {
            let all: u32 = DataSet::ALL.iter().map(|set| count(*set)).sum();
            let Report { asked, silent, news, .. } = report;
            writeln!(io::stdout(), "asked {asked}\nsilent {silent}\nnews {news}\nrequests {all}")?;
        }
        match report.failures.first() {
            None => Ok(()),
            Some((_, failure)) => Err(failure.to_string().into()),
        }
    }
}
