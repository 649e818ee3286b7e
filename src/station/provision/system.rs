//! What the rest of the system reads: network, time servers, time zone, the machine's name, the key of the
//! shop's own system. Written at each start, under `/run` where that is possible, so that the root may be read-only.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use super::Password;
use super::files::{Wanted, link, remove};
use super::merge::Merged;
use super::network::{self, Driver, MANAGER, NETWORKD, WPA};

/// Time servers for systemd-timesyncd.
const TIMESYNC: &str = "run/systemd/timesyncd.conf.d/50-balie.conf";
/// Whom sshd lets drop files; `balie-sftp.conf` names it.
const KEYS: &str = "run/balie/authorized_keys";
/// The machine's name, which the unit gives it while it runs.
const HOSTNAME: &str = "run/balie/hostname";
/// The unit by which NetworkManager is known to be there.
const MANAGER_UNIT: &str = "usr/lib/systemd/system/NetworkManager.service";

/// Each step with its file.
pub(super) fn apply(
    root: &Path,
    merged: &Merged,
    password: Option<&Password>,
) -> Vec<(PathBuf, io::Result<()>)> {
    let config = &merged.config;
    let there = root.join(MANAGER_UNIT).exists();
    let driver = if there { Driver::NetworkManager } else { Driver::Networkd };
    // A Wi-Fi whose password cannot be read is none: as an open one it would be another's.
    let mut wanted = password.map_or_else(Vec::new, |password| {
        network::files(&config.network, password.0.as_deref(), &config.shop.country, driver)
    });
    if !config.time.ntp.is_empty() {
        wanted.push(Wanted::open(TIMESYNC, format!("[Time]\nNTP={}\n", config.time.ntp.join(" "))));
    }
    if let Some(key) = &config.ssh.authorized_key {
        wanted.push(Wanted::open(KEYS, format!("restrict {key}\n")));
    }
    if let Some(name) = &config.network.hostname {
        wanted.push(Wanted::open(HOSTNAME, format!("{name}\n")));
    }
    let mut done = Vec::new();
    for path in [WPA, TIMESYNC, KEYS, HOSTNAME].iter().chain(&NETWORKD).chain(&MANAGER) {
        if !wanted.iter().any(|one| one.path == Path::new(path)) {
            done.push((root.join(path), remove(&root.join(path))));
        }
    }
    for mut one in wanted {
        one.path = root.join(&one.path);
        done.push((one.path.clone(), one.write()));
    }
    if merged.says_timezone {
        let zone = config.shop.timezone.name();
        done.push(writable(root.join("etc/localtime"), |path| timezone(root, path, zone)));
    }
    if let Some(name) = &config.network.hostname {
        let file = |path: &Path| Wanted::open(path, format!("{name}\n")).write();
        done.push(writable(root.join("etc/hostname"), file));
    }
    done
}

/// On a read-only root these stay as they were built: the programs have the shop's time zone by themselves,
/// and the machine has its name while it runs.
fn writable(path: PathBuf, write: impl Fn(&Path) -> io::Result<()>) -> (PathBuf, io::Result<()>) {
    let done = match write(&path) {
        Err(cause) if cause.kind() == ErrorKind::ReadOnlyFilesystem => Ok(()),
        done => done,
    };
    (path, done)
}

/// localtime(5)
fn timezone(root: &Path, path: &Path, zone: &str) -> io::Result<()> {
    if !root.join("usr/share/zoneinfo").join(zone).exists() {
        // A system without time zones: a link would lead nowhere.
        return Ok(());
    }
    fs::create_dir_all(root.join("etc"))?;
    link(path, &Path::new("../usr/share/zoneinfo").join(zone))?;
    let debian = root.join("etc/timezone");
    if debian.exists() { Wanted::open(debian, format!("{zone}\n")).write() } else { Ok(()) }
}
