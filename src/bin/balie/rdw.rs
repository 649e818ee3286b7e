//! `balie rdw`: asks the vehicle register now.

use std::io::{self, Write};

use balie::domain::plate::Plate;
use balie::domain::register::is_known_form;
use balie::outside::rdw::{DataSet, Refresh, Register, Report};
use balie::station::args::Station;
use balie::store::history::{Actor, Origin};
use balie::store::register::AskingDay;
use clap::{Args, Subcommand};
use serde_json::json;

use super::{Failure, open, print_json};

/// What can be done with the register.
#[derive(Debug, Subcommand)]
pub enum Rdw {
    /// Ask the register now about these vehicles, or about all
    Refresh(RefreshArgs),
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
        let Rdw::Refresh(refresh) = self;
        refresh.run(station)
    }
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
