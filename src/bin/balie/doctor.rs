//! `balie doctor`.

use std::io::{self, Write};

use balie::station::args::Station;
use balie::station::doctor::{Health, essentials, examine};
use clap::Args;
use serde_json::json;

use crate::{Failure, print_json};

/// How to say it.
#[derive(Debug, Args)]
pub struct Doctor {
    /// Print one JSON document
    #[arg(long)]
    json: bool,
    /// Only what an update must do to be kept: the services run, the database opens
    #[arg(long)]
    essential: bool,
}

impl Doctor {
    pub fn run(&self, station: &Station) -> Result<(), Failure> {
        let checks = if self.essential { essentials(station) } else { examine(station) };
        let wrong = checks.iter().filter(|check| check.state == Health::Wrong).count();
        if self.json {
            print_json(&json!({ "ok": wrong == 0, "checks": checks }))?;
        } else {
            let mut out = io::stdout().lock();
            for check in &checks {
                let state = match check.state {
                    Health::Ok => "ok",
                    Health::Off => "off",
                    Health::Wrong => "WRONG",
                };
                writeln!(out, "{state:<6} {:<24} {}", check.name, check.what)?;
                if !check.remedy.is_empty() {
                    writeln!(out, "{:<6} {:<24} -> {}", "", "", check.remedy)?;
                }
            }
        }
        match wrong {
            0 => Ok(()),
            1 => Err("one thing is wrong; what to do stands beside it".into()),
            many => Err(format!("{many} things are wrong; what to do stands beside each").into()),
        }
    }
}
