//! `balie settings`.

use std::io::{self, Write};

use balie::domain::settings;
use balie::station::args::Station;
use balie::store::history::{Actor, Origin};
use clap::Subcommand;
use serde_json::{Map, Value};

use crate::{Failure, open, print_json};

/// What to do with the settings.
#[derive(Debug, Subcommand)]
pub enum Settings {
    /// Every setting with its value
    List {
        /// Print one JSON document
        #[arg(long)]
        json: bool,
    },
    /// The value of one setting
    Get {
        /// The key, e.g. rules.inspection.days
        key: String,
        /// Print one JSON document
        #[arg(long)]
        json: bool,
    },
    /// Change one setting; the collector notices by itself
    Set {
        /// The key, e.g. rules.inspection.days
        key: String,
        /// The value, e.g. 7, true, JAN or none
        #[arg(allow_hyphen_values = true)]
        value: String,
        /// Print one JSON document
        #[arg(long)]
        json: bool,
    },
}

impl Settings {
    pub fn run(&self, station: &Station) -> Result<(), Failure> {
        let mut store = open(station)?;
        match self {
            Settings::List { json } => {
                let list = store.settings()?.list();
                if *json {
                    return print_json(&list.into_iter().collect::<Map<_, _>>());
                }
                let mut out = io::stdout().lock();
                for (key, value) in list {
                    writeln!(out, "{key} = {}", plain(&value))?;
                }
            }
            Settings::Get { key, json } => {
                let value = store.settings()?.get(key)?;
                answer(key, value, *json)?;
            }
            Settings::Set { key, value, json } => {
                let actor = Actor { origin: Origin::Command, at: station.clock.now_utc() };
                let after = store.set_setting(key, value, actor)?;
                answer(key, after.get(key)?, *json)?;
                hint(&after, key)?;
            }
        }
        Ok(())
    }
}

fn answer(key: &str, value: Value, json: bool) -> Result<(), Failure> {
    if json {
        return print_json(&Map::from_iter([(key.to_owned(), value)]));
    }
    writeln!(io::stdout(), "{}", plain(&value))?;
    Ok(())
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null => "none".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// A rule needs both its box and a number: says so when one is missing.
fn hint(settings: &settings::Settings, key: &str) -> Result<(), Failure> {
    let Some(rule) = key.strip_prefix("rules.").and_then(|rest| rest.split('.').next()?.parse().ok()) else {
        return Ok(());
    };
    let set = settings.rule(rule);
    if set.has_number() && !set.enabled {
        writeln!(
            io::stderr(),
            "note: {rule} is switched off; `balie settings set rules.{rule}.enabled true` switches it on"
        )?;
    } else if set.enabled && !set.has_number() {
        writeln!(io::stderr(), "note: {rule} makes no tasks while its number is 0")?;
    }
    Ok(())
}
