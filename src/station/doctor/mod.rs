//! `balie doctor`: looks at everything Balie needs, one thing after the other, and says in plain words
//! what is wrong and what to do. It changes nothing, and nothing it looks at can stop it.

mod calendar;
mod data;
mod machine;
mod network;
mod parts;

use std::path::Path;

use serde::Serialize;

use super::args::Station;
use super::clock::Clock;
use super::provision::report;
use super::system::Facts;

/// How one thing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Health {
    /// It works.
    Ok,
    /// It is not set up, which is not wrong.
    Off,
    /// Somebody must do something.
    Wrong,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Check {
    /// Its name, in one word.
    pub name: &'static str,
    /// How it is.
    pub state: Health,
    /// What was found.
    pub what: String,
    /// What to do; empty when nothing is.
    #[serde(rename = "do")]
    pub remedy: String,
}

impl Check {
    fn ok(name: &'static str, what: impl Into<String>) -> Self {
        Self { name, state: Health::Ok, what: what.into(), remedy: String::new() }
    }

    fn off(name: &'static str, what: impl Into<String>) -> Self {
        Self { name, state: Health::Off, what: what.into(), remedy: String::new() }
    }

    fn wrong(name: &'static str, what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { name, state: Health::Wrong, what: what.into(), remedy: remedy.into() }
    }
}

/// Looks at everything. Takes some seconds: the whole database is read, and others are asked whether
/// they can be reached.
pub fn examine(station: &Station) -> Vec<Check> {
    let mut checks = vec![data::disk(station)];
    let (store, database) = data::database(station);
    checks.push(data::clock(&station.clock, store.as_ref()));
    checks.push(database);
    checks.push(data::backups(station, store.as_ref()));
    checks.push(data::drop_folder(station));
    checks.push(data::collector(station, store.as_ref()));
    checks.push(data::register(station, store.as_ref()));
    checks.extend(parts::services());
    checks.extend(parts::panel(&station.config.panel));
    checks.push(parts::screen(&station.config.screen));
    checks.extend(machine::all(&Facts::gather(Path::new("/"), &station.data_dir)));
    checks.push(machine::settings_file(Path::new(report::PATH)));
    checks.extend(network::all(&station.config));
    checks.push(calendar::calendar(station, store.as_ref()));
    checks
}

/// What a version must do to stay: its services run and the database opens. Asks nobody outside, and does not
/// mind what is no version's fault, such as a full disk.
pub fn essentials(station: &Station) -> Vec<Check> {
    let (_, database) = data::database(station);
    let mut checks = vec![database];
    checks.extend(parts::services());
    checks
}

/// The age of something, in the unit that fits.
fn age(clock: &Clock, at: chrono::DateTime<chrono::Utc>) -> String {
    let minutes = (clock.now_utc() - at).num_minutes();
    match minutes {
        ..0 => "in the future".to_owned(),
        0..=1 => "just now".to_owned(),
        2..=119 => format!("{minutes} minutes ago"),
        120..=2879 => format!("{} hours ago", minutes / 60),
        _ => format!("{} days ago", minutes / 1440),
    }
}
