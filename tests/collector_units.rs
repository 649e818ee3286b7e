//! The units are read by systemd itself, where this machine has it, and say what the fault table asks.

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
fn the_kiosk_never_gives_up_waits_for_no_network_and_leaves_the_led_lit() {
    let unit = unit("balie-kiosk.service");
    for (key, value) in [
        ("Type", "notify"),
        ("WatchdogSec", "10"),
        ("Restart", "always"),
        ("RestartSec", "1"),
        ("StartLimitIntervalSec", "0"),
        ("ExecStopPost", "-/usr/bin/balie led on --leave"),
        ("IPAddressDeny", "any"),
    ] {
        assert_eq!(values(&unit, key), [value], "{key}");
    }
    assert!(values(&unit, "Environment").contains(&"SLINT_BACKEND=linuxkms-software"));
    for device in ["char-drm rw", "char-input rw", "char-gpiochip rw", "/dev/gpiomem rw", "/dev/gpiomem0 rw"]
    {
        assert!(values(&unit, "DeviceAllow").contains(&device), "{device}");
    }
    for order in ["After", "Wants", "Requires"].iter().flat_map(|key| values(&unit, key)) {
        assert!(!order.contains("network") && !order.contains("time-sync"), "{order}");
    }
}

/// The units with programs that exist here: what systemd would say on the appliance.
fn as_installed(folder: &Path) -> Vec<PathBuf> {
    let copy = |name: &str| {
        let text = unit(name).lines().filter(|line| !line.starts_with("Documentation=")).fold(
            String::new(),
            |text, line| {
                let line = match line.split_once("/usr/bin/balie") {
                    Some((before, _)) => format!("{before}/bin/true"),
                    None => line.to_owned(),
                };
                text + &line + "\n"
            },
        );
        let path = folder.join(name);
        fs::write(&path, text).unwrap();
        path
    };
    ["balie-collector.service", "balie-kiosk.service"].map(copy).to_vec()
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
        let security = ["security", "--offline=true", "--threshold=20", "--no-pager"];
        let judged = Command::new("systemd-analyze").args(security).arg(&path).output().unwrap();
        let said = String::from_utf8_lossy(&judged.stdout);
        assert!(judged.status.success() || said.is_empty(), "{said}");
    }
}
