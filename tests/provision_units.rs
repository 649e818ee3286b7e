//! The unit that provisions: before network and desk, in nobody's way, and with next to no rights.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;
use std::process::Command;

fn unit(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("systemd").join(name)).unwrap()
}

fn values<'u>(unit: &'u str, key: &str) -> Vec<&'u str> {
    unit.lines()
        .filter_map(|line| line.strip_prefix(key)?.strip_prefix('='))
        .flat_map(str::split_whitespace)
        .collect()
}

#[test]
fn it_comes_before_network_and_desk_and_nobody_waits_for_it_for_ever() {
    let provision = unit("balie-provision.service");
    for later in ["network-pre.target", "systemd-timesyncd.service", "balie-collector.service"] {
        assert!(values(&provision, "Before").contains(&later), "{later}");
    }
    // The list is there without it, and takes its settings when they have come.
    assert!(!values(&provision, "Before").contains(&"balie-kiosk.service"));
    assert!(values(&unit("balie-kiosk.service"), "After").iter().all(|unit| !unit.starts_with("balie")));
    // It may not wait for what comes after it, nor for what may not be there.
    for order in ["After", "Wants", "Requires"].iter().flat_map(|key| values(&provision, key)) {
        assert!(
            !order.contains("online") && !order.contains("time-sync") && order != "sysinit.target",
            "{order}"
        );
    }
    assert_eq!(values(&provision, "TimeoutStartSec"), ["15"]);
    for name in ["balie-kiosk.service", "balie-collector.service"] {
        let unit = unit(name);
        let needs = ["Requires", "Requisite", "BindsTo"].iter().flat_map(|key| values(&unit, key));
        assert_eq!(needs.filter(|need| *need == "balie-provision.service").count(), 0, "{name}");
    }
}

#[test]
fn systemd_understands_it_and_finds_it_tight() {
    if Command::new("systemd-analyze").arg("--version").output().is_err() {
        eprintln!("skipped: no systemd-analyze here");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    // A radio needs the machine's own network and its packets, which alone costs one point and a half.
    for (name, most) in [("balie-provision.service", "15"), ("balie-wifi.service", "17")] {
        let text: String = unit(name)
            .lines()
            .filter(|line| !line.starts_with("Documentation="))
            .map(|line| {
                line.replace("/usr/bin/balie", "/bin/true").replace("/usr/sbin/wpa_supplicant", "/bin/true")
                    + "\n"
            })
            .collect();
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        let verified = Command::new("systemd-analyze").arg("verify").arg(&path).output().unwrap();
        let said = String::from_utf8_lossy(&verified.stderr).into_owned();
        // What it says of the machine's other units is not ours.
        assert!(!said.lines().any(|line| line.contains(name)), "{said}");
        let security = ["security", "--offline=true", "--no-pager", "--threshold", most];
        let judged = Command::new("systemd-analyze").args(security).arg(&path).output().unwrap();
        let said = String::from_utf8_lossy(&judged.stdout);
        assert!(judged.status.success() || said.is_empty(), "{said}");
    }
}
