//! A made-up machine in a folder: its boot partition, its data folder and what provisioning writes.

#![allow(dead_code, clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use balie::station::config::{Config, DEFAULT_PATH};
use balie::station::provision::report::{self, Report};
use balie::station::provision::{Places, run};

/// A file with every kind of line.
pub const GOOD: &str = r#"# Garage Jansen
[shop]
name = "Garage Jansen"
language = "de"
timezone = "Europe/Berlin"
country = "DE"

[network]
ssid = "Werkstatt ü"
password = " Sch\"öne # geheim42 "  # of the workshop
address = "192.168.178.40/24"
gateway = "192.168.178.1"
dns = "192.168.178.1, 9.9.9.9"
hostname = "balie-jansen"

[time]
ntp = ["de.pool.ntp.org", "192.168.178.1"]

[panel]
led = 22
button = "GPIO23"

[screen]
output = "DSI-1"
rotation = 270

[rdw]
app_token = "rdw-geheim42"

[sms]
supplier = "cm"
key = "sms-geheim42"
from = "Jansen"

[smtp]
host = "mail.example"
user = "jansen"
password = "mail geheim42"
from = "Garage Jansen <info@garage.example>"

[ssh]
authorized_key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJKlMnOpQrStUvWxYz0123456789abcdefghijklmnop dms"

[manager]
name = "Bea Jansen"
pin = "4711"
"#;

pub struct Machine(tempfile::TempDir);

impl Machine {
    pub fn new() -> Self {
        // In memory where there is such a place: hundreds of them are made, and each is written to its end.
        let machine = Self(tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap());
        for folder in ["boot/firmware", "var/lib/balie", "etc", "usr/share/zoneinfo/Europe"] {
            fs::create_dir_all(machine.at(folder)).unwrap();
        }
        for zone in ["Berlin", "Amsterdam", "Lisbon"] {
            fs::write(machine.at("usr/share/zoneinfo/Europe").join(zone), "").unwrap();
        }
        machine
    }

    pub fn at(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    pub fn on_card(&self, name: &str) -> PathBuf {
        self.at("boot/firmware").join(name)
    }

    /// Puts a settings file on the card.
    pub fn card(&self, text: &str) {
        fs::write(self.on_card("balie.toml"), text).unwrap();
    }

    pub fn provision(&self) -> Report {
        run(&Places {
            root: self.0.path().to_owned(),
            from: None,
            config: DEFAULT_PATH.into(),
            data_dir: "/var/lib/balie".into(),
        })
    }

    /// The program itself, with these arguments before its own.
    pub fn command(&self, before: &[&str]) -> Command {
        let program = env!("CARGO_BIN_EXE_balie");
        let mut words = before.iter().copied().chain([program, "provision", "--root"]);
        let mut command = Command::new(words.next().unwrap());
        command.args(words).arg(self.0.path());
        for name in ["BALIE_TODAY", "BALIE_DATA_DIR", "BALIE_CONFIG"] {
            command.env_remove(name);
        }
        command.stdin(Stdio::null());
        command
    }

    pub fn program(&self, before: &[&str]) -> Output {
        self.command(before).output().unwrap()
    }

    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.at(path)).unwrap_or_else(|cause| panic!("{path}: {cause}"))
    }

    pub fn mode(&self, path: &str) -> u32 {
        fs::metadata(self.at(path)).unwrap().permissions().mode() & 0o7777
    }

    /// What the programs would read: with paths as on that machine.
    pub fn config(&self) -> Config {
        Config::parse(Path::new(DEFAULT_PATH), &self.read("etc/balie/balie.toml")).unwrap()
    }

    pub fn report(&self) -> Report {
        report::read(&self.at("run/balie/provision.json")).unwrap().unwrap()
    }

    /// Every file with its content, and every link with where it leads.
    pub fn everything(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut all = BTreeMap::new();
        walk(self.0.path(), &mut all);
        all
    }
}

fn walk(folder: &Path, all: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let kind = fs::symlink_metadata(&path).unwrap();
        if kind.is_dir() {
            walk(&path, all);
        } else if kind.is_symlink() {
            let to = fs::read_link(&path).unwrap();
            all.insert(path, to.to_string_lossy().into_owned().into_bytes());
        } else {
            let content = fs::read(&path).unwrap();
            all.insert(path, content);
        }
    }
}
