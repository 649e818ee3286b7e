//! The units are read by systemd itself, where this machine has it, and say what the fault table asks;
//! the package holds them all. `make test-units` tries the same on a systemd that runs.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn unit(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("systemd").join(name)).unwrap()
}

fn values<'u>(unit: &'u str, key: &str) -> Vec<&'u str> {
    unit.lines().filter_map(|line| line.strip_prefix(key)?.strip_prefix('=')).collect()
}

#[test]
fn the_collector_is_watched_and_has_no_devices() {
    let unit = unit("balie-collector.service");
    for (key, value) in [
        ("Type", "notify"),
        ("WatchdogSec", "60"),
        ("WatchdogSignal", "SIGKILL"),
        ("Restart", "always"),
        ("RestartSec", "2"),
        ("StartLimitBurst", "20"),
        ("StartLimitIntervalSec", "10min"),
        ("PrivateDevices", "yes"),
        ("ProtectSystem", "strict"),
        ("NoNewPrivileges", "yes"),
    ] {
        assert_eq!(values(&unit, key), [value], "{key}");
    }
    assert!(!values(&unit, "MemoryMax").is_empty());
}

#[test]
fn the_kiosk_never_gives_up_and_waits_for_next_to_nothing() {
    let unit = unit("balie-kiosk.service");
    for (key, value) in [
        ("Type", "notify"),
        ("WatchdogSec", "10"),
        ("WatchdogSignal", "SIGKILL"),
        ("Restart", "always"),
        ("RestartSec", "250ms"),
        ("StartLimitIntervalSec", "0"),
        ("DefaultDependencies", "no"),
        ("IPAddressDeny", "any"),
    ] {
        assert_eq!(values(&unit, key), [value], "{key}");
    }
    assert!(values(&unit, "Environment").contains(&"SLINT_BACKEND=linuxkms-software"));
    for device in ["char-drm rw", "char-input rw", "char-gpiochip rw", "/dev/gpiomem rw", "/dev/gpiomem0 rw"]
    {
        assert!(values(&unit, "DeviceAllow").contains(&device), "{device}");
    }
}

#[test]
fn no_unit_waits_for_a_network_or_a_clock() {
    for name in named(".service").iter().chain(&named(".timer")) {
        let unit = unit(name);
        for order in ["After", "Requires", "BindsTo"].iter().flat_map(|key| values(&unit, key)) {
            assert!(!order.contains("network") && !order.contains("time-sync"), "{name}: {order}");
        }
        // Whoever comes before the network wants the target that says so; nobody wants what waits.
        for wanted in values(&unit, "Wants") {
            assert!(!wanted.contains("online") && !wanted.contains("time-"), "{name}: {wanted}");
        }
    }
}

/// The files under `systemd/` whose name ends so, in order.
fn named(ending: &str) -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("systemd");
    let mut names: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().is_file())
        .map(|entry| entry.file_name().into_string().unwrap())
        .filter(|name| name.ends_with(ending))
        .collect();
    names.sort();
    names
}

#[test]
fn the_package_holds_every_file_of_systemd() {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml")).unwrap();
    let manifest: toml::Table = text.parse().unwrap();
    let assets = manifest["package"]["metadata"]["deb"]["assets"].as_array().unwrap();
    let sources: Vec<_> = assets.iter().map(|asset| asset[0].as_str().unwrap()).collect();
    let names = named("");
    assert!(names.len() > 8, "{names:?}");
    // On Debian Wi-Fi is the system's own affair.
    for name in names.into_iter().filter(|name| name != "balie-wifi.service") {
        let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
        let whole = format!("systemd/{name}");
        let all = format!("systemd/*.{ending}");
        assert!(sources.iter().any(|source| **source == whole || **source == all), "{name} is not packed");
    }
}

#[test]
fn whoever_comes_over_sftp_is_locked_into_the_drop_folder() {
    let mount = unit("run-balie-sftp-drop.mount");
    let conf = unit("balie-sftp.conf");
    let said = |key: &str| {
        let line = conf.lines().find_map(|line| line.trim().strip_prefix(key));
        line.unwrap_or_else(|| panic!("{key}")).trim().to_owned()
    };
    let root = said("ChrootDirectory ");
    assert!(said("ForceCommand ").starts_with("internal-sftp -d /drop "));
    assert_eq!(values(&mount, "Where"), [format!("{root}/drop")]);
    assert_eq!(values(&mount, "What"), ["/var/lib/balie/drop"]);
    // sshd refuses a folder that is not root's, or that others may write to.
    let folders = unit("balie.tmpfiles");
    let folder = folders.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    let folder: Vec<_> = folder.filter(|words| words.get(1) == Some(&root.as_str())).collect();
    assert_eq!(folder[0][2..5], ["0755", "root", "root"]);
}

#[test]
fn the_scripts_have_no_known_mistakes() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut scripts = vec![root.join(".ci/run")];
    for folder in ["systemd/deb", "tests/appliance", "tests/units"] {
        let entries = fs::read_dir(root.join(folder)).unwrap().map(|entry| entry.unwrap().path());
        scripts.extend(entries.filter(|path| {
            path.is_file()
                && fs::read_to_string(path).is_ok_and(|text| {
                    text.starts_with("#!/bin/sh")
                        || text.starts_with("#!/usr/bin/env bash")
                        || text.contains("# shellcheck shell=")
                })
        }));
    }
    let checked =
        Command::new("shellcheck").args(["-x", "-P", "SCRIPTDIR", "-S", "warning"]).args(&scripts).output();
    let Ok(checked) = checked else {
        eprintln!("skipped: no shellcheck here");
        return;
    };
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stdout));
}

/// The units with programs that exist here: what systemd would say on the appliance.
fn as_installed(folder: &Path) -> Vec<PathBuf> {
    let copy = |name: &str| {
        let text = unit(name).lines().filter(|line| !line.starts_with("Documentation=")).fold(
            String::new(),
            |text, line| {
                let line = line.replace("/usr/sbin/wpa_supplicant", "/bin/true");
                let line = match line.split_once("/usr/bin/balie") {
                    Some((before, _)) => format!("{before}/bin/true"),
                    None => line,
                };
                text + &line + "\n"
            },
        );
        let path = folder.join(name);
        fs::write(&path, text).unwrap();
        path
    };
    let names = [".service", ".timer", ".mount"].into_iter().flat_map(named);
    names.map(|name| copy(&name)).collect()
}

#[test]
fn systemd_understands_the_units_and_finds_them_tight() {
    if Command::new("systemd-analyze").arg("--version").output().is_err() {
        eprintln!("skipped: no systemd-analyze here");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for path in as_installed(folder.path()) {
        let verified = Command::new("systemd-analyze").arg("verify").arg(&path).output().unwrap();
        let said = String::from_utf8_lossy(&verified.stderr).into_owned();
        // An unknown key is only a warning to systemd; here it is a mistake. What it says of the
        // machine's other units is not ours.
        let ours: Vec<_> = said.lines().filter(|line| line.contains("balie")).collect();
        assert!(ours.is_empty(), "{said}");
        if path.extension().is_none_or(|ending| ending != "service") {
            continue;
        }
        // 15 is 1.5; network, packets and their settings alone cost Wi-Fi 1.4.
        let most = if path.ends_with("balie-wifi.service") { "--threshold=17" } else { "--threshold=15" };
        let security = ["security", "--offline=true", most, "--no-pager"];
        let judged = Command::new("systemd-analyze").args(security).arg(&path).output().unwrap();
        let said = String::from_utf8_lossy(&judged.stdout);
        assert!(judged.status.success() || said.is_empty(), "{said}");
    }
}
