//! A shop's database, the program that copies it, and a look at what is in a copy.

#![allow(dead_code, clippy::unwrap_used, clippy::indexing_slicing)]

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use balie::exchange::demo::{self, Demo};
use balie::store::Store;
use balie::store::history::{Actor, Origin};
use rusqlite::Connection;

/// A moment at which nothing else happens.
pub const NOON: &str = "2015-05-01T12:00:00Z";

pub fn actor() -> Actor {
    Actor { origin: Origin::Command, at: NOON.parse().unwrap() }
}

/// A folder with a shop of so many vehicles.
pub fn shop(vehicles: u32) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(&folder.path().join("balie.db")).unwrap();
    let demo = Demo { vehicles, seed: 1, today: "2015-05-01".parse().unwrap() };
    let scratch = folder.path().join("scratch");
    demo::write_to_store(&mut store, demo, &scratch, NOON.parse().unwrap(), &mut |_| {}).unwrap();
    folder
}

pub fn balie(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_balie"));
    command.args(["--data-dir"]).arg(folder).args(arguments);
    for name in ["BALIE_TODAY", "BALIE_DATA_DIR", "BALIE_CONFIG"] {
        command.env_remove(name);
    }
    command.stdin(Stdio::null());
    command
}

pub fn run(folder: &Path, arguments: &[&str]) -> Output {
    balie(folder, arguments).output().unwrap()
}

pub fn words(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

pub fn note(path: &Path) -> Option<String> {
    let sql = "SELECT value FROM setting WHERE key = 'general.weekly_capacity'";
    let connection = Connection::open(path).unwrap();
    let whole: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(whole, "ok", "{}", path.display());
    connection.query_row(sql, [], |row| row.get(0)).ok()
}

pub fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

pub struct Killed(pub Child);

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Makes the backup of the last night, as the collector would.
#[allow(clippy::disallowed_methods, reason = "the program that looks at it has the real clock")]
pub fn backup_of_today(folder: &Path) -> std::path::PathBuf {
    let store = Store::open(&folder.join("balie.db")).unwrap();
    let today = chrono::Utc::now().date_naive();
    balie::store::backup::keep_nightly(&store, &folder.join("backup"), today, &mut |_, _| {}).unwrap().0
}
