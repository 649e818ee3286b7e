//! `balie update` with a made-up `rauc` that answers as the real one does (1.15, and Debian's 1.8, which is asked
//! itself where it is installed).

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod slots;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;

use serde_json::{Value, json};
use slots::{has, noise, path, program};

/// A machine with a stick, and what its RAUC says.
struct Machine {
    folder: tempfile::TempDir,
}

/// Slot B with 0.2.0 was installed and waits; A is as the card came.
fn slots(booted: &str, primary: &str, b: Option<&str>) -> Value {
    let slot = |name: &str, bootname: &str, version: Option<&str>| {
        let mut status = json!({ "bundle": { "compatible": "balie-raspberrypi5" } });
        if let Some(version) = version {
            status["bundle"]["version"] = json!(version);
            status["installed"] = json!({ "timestamp": "2026-11-25T09:02:48Z", "count": 1 });
        }
        let state = if booted == bootname { "booted" } else { "inactive" };
        json!({ name: { "class": "rootfs", "device": "/dev/mmcblk0p4", "type": "raw", "bootname": bootname,
            "state": state, "parent": null, "mountpoint": null, "boot_status": "good", "slot_status": status } })
    };
    let boot =
        json!({ "boot.0": { "class": "boot", "bootname": null, "parent": "rootfs.0", "boot_status": null } });
    json!({ "compatible": "balie-raspberrypi5", "variant": "", "booted": booted, "boot_primary": primary,
        "slots": [slot("rootfs.1", "B", b), boot, slot("rootfs.0", "A", None)] })
}

fn manifest(compatible: &str, version: &str) -> Value {
    json!({ "update": { "compatible": compatible, "version": version, "description": "Balie" },
        "bundle": { "format": "verity" }, "images": [],
        "meta": { "balie": { "notes-nl": "Sneller zoeken\nen een agenda", "notes-en": "Faster search" } } })
}

const PROGRESS: &str = "echo installing\necho '  0% Installing'\necho ' 40% Copying image to rootfs.1'\n\
     echo '100% Installing done.'\necho \"Installing \\`$2\\` succeeded\"";

impl Machine {
    fn new(status: &Value, manifest: &Value, install: &str) -> Self {
        let machine = Self { folder: tempfile::tempdir().unwrap() };
        let at = |name: &str| machine.folder.path().join(name);
        fs::create_dir_all(at("sticks/balie-sda1")).unwrap();
        fs::create_dir_all(at("data")).unwrap();
        fs::write(at("balie.toml"), format!("[files]\nstick_dir = \"{}\"\n", at("sticks").display()))
            .unwrap();
        fs::write(at("status.json"), status.to_string()).unwrap();
        fs::write(at("info.json"), manifest.to_string()).unwrap();
        let script = format!(
            "echo \"$*\" >>'{log}'\ncase $1 in\nstatus) cat '{status}' ;;\ninfo) echo 'rauc-Message: Reading' >&2; cat '{info}' ;;\n\
             install) {install} ;;\nesac",
            log = at("log").display(),
            status = at("status.json").display(),
            info = at("info.json").display(),
        );
        program(&at("programs"), "rauc", &script);
        program(&at("programs"), "systemctl", "exit 1");
        machine
    }

    /// An update on the stick.
    fn stick(&self, name: &str) -> PathBuf {
        let path = self.folder.path().join("sticks/balie-sda1").join(name);
        fs::write(&path, "a bundle").unwrap();
        path
    }

    fn balie(&self, words: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_balie"))
            .arg("--config")
            .arg(self.folder.path().join("balie.toml"))
            .arg("--data-dir")
            .arg(self.folder.path().join("data"))
            .arg("update")
            .args(words)
            .env("PATH", path(&self.folder.path().join("programs")))
            .output()
            .unwrap()
    }

    fn says(&self, words: &[&str]) -> String {
        let output = self.balie(words);
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    fn refuses(&self, words: &[&str]) -> String {
        let output = self.balie(words);
        assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stdout));
        String::from_utf8(output.stderr).unwrap()
    }

    fn asked(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }
}

fn ordinary() -> Machine {
    Machine::new(&slots("A", "rootfs.0", None), &manifest("balie-raspberrypi5", "0.2.0"), PROGRESS)
}

#[test]
fn an_update_on_a_stick_is_found_and_shown_with_its_notes() {
    let machine = ordinary();
    assert!(machine.refuses(&["check"]).contains("no update (*.raucb) on a stick"));
    let stick = machine.stick("balie.raucb");
    machine.stick("holiday.jpg");
    let said = machine.says(&["check"]);
    assert_eq!(
        said,
        format!(
            "{}\n  version 0.2.0, newer than 0.1.0, which runs\n  Sneller zoeken\n  en een agenda\n",
            stick.display()
        )
    );
    let said: Value = serde_json::from_str(&machine.says(&["check", "--json"])).unwrap();
    assert_eq!(said["bundles"][0]["age"], "newer");
    assert_eq!(said["bundles"][0]["bundle"]["notes"]["en"], "Faster search");
    assert!(!machine.asked().contains("install"), "nothing is written");
}

#[test]
fn the_address_in_the_configuration_is_asked_too() {
    let machine = ordinary();
    let config = machine.folder.path().join("balie.toml");
    let text = fs::read_to_string(&config).unwrap();
    fs::write(config, text + "[update]\nurl = \"https://updates.example/balie.raucb\"\n").unwrap();
    machine.stick("balie.raucb");
    let said = machine.says(&["check"]);
    assert_eq!(said.matches("version 0.2.0").count(), 2, "{said}");
    assert!(said.contains("https://updates.example/balie.raucb\n"), "{said}");
    assert!(machine.asked().contains("info --output-format=json-2 https://updates.example/balie.raucb"));
}

#[test]
fn an_update_is_written_and_waits_for_the_restart() {
    let machine = ordinary();
    let stick = machine.stick("balie.raucb").display().to_string();
    assert_eq!(machine.says(&["install", &stick]), "0.2.0 is written\n");
    assert!(machine.asked().ends_with(&format!("install {stick}\n")));
    assert!(!machine.folder.path().join("data/restart").exists());

    // Who is not root asks root for the restart.
    machine.says(&["install", &stick, "--restart"]);
    assert!(machine.folder.path().join("data/restart").exists());
}

#[test]
fn what_cannot_be_installed_is_said_and_nothing_is_written() {
    let cases = [
        (
            manifest("balie-raspberrypi4-64", "0.2.0"),
            "is for balie-raspberrypi4-64, and this machine is balie-raspberrypi5",
        ),
        (manifest("balie-raspberrypi5", "0.0.9"), "0.0.9 is older than 0.1.0"),
        (json!({ "update": {} }), "it names no machine"),
    ];
    for (manifest, wanted) in cases {
        let machine = Machine::new(&slots("A", "rootfs.0", None), &manifest, PROGRESS);
        let stick = machine.stick("balie.raucb").display().to_string();
        let said = machine.refuses(&["install", &stick]);
        assert!(said.contains(wanted), "{said}");
        assert_eq!(said.lines().count(), 1, "{said}");
        assert!(!machine.asked().contains("install"));
    }
    let machine = ordinary();
    assert!(machine.refuses(&["install", "/nowhere.raucb"]).contains("there is no file /nowhere.raucb"));
    assert_eq!(machine.asked(), "");

    let old = Machine::new(&slots("A", "rootfs.0", None), &manifest("balie-raspberrypi5", "0.0.9"), PROGRESS);
    let stick = old.stick("balie.raucb").display().to_string();
    assert_eq!(old.says(&["install", &stick, "--older"]), "0.0.9 is written\n");
}

#[test]
fn a_failure_while_writing_is_told_in_raucs_words() {
    for (script, words) in [
        (
            "echo ' 40% Copying'\necho 'LastError: Failed to write: No space left on device'\nexit 1",
            "No space left",
        ),
        ("echo 'Failed to contact rauc service' >&2\nexit 1", "Failed to contact rauc service"),
        ("kill -KILL $$", "it says nothing"),
        // More than a pipe holds, on both.
        ("for n in $(seq 9000); do echo \"  1% step $n\"; echo \"word $n\" >&2; done\nexit 1", "word 9000"),
    ] {
        let machine =
            Machine::new(&slots("A", "rootfs.0", None), &manifest("balie-raspberrypi5", "0.2.0"), script);
        let stick = machine.stick("balie.raucb").display().to_string();
        let said = machine.refuses(&["install", &stick]);
        assert!(said.contains(words) && said.contains("is as it was"), "{said}");
    }
}

#[test]
fn what_waits_and_what_is_on_trial_are_told_apart() {
    let machine = |booted, primary| {
        Machine::new(
            &slots(booted, primary, Some("0.2.0")),
            &manifest("balie-raspberrypi5", "0.2.0"),
            PROGRESS,
        )
    };
    let said = machine("A", "rootfs.1").says(&["status"]);
    assert_eq!(
        said,
        "machine balie-raspberrypi5\nversion 0.1.0\nslot A good: as the card came, runs\n\
         slot B good: 0.2.0, installed 2026-11-25T09:02:48Z, starts next\n0.2.0 waits for a restart\n"
    );
    let said = machine("B", "rootfs.0").says(&["status"]);
    assert!(said.contains("version 0.2.0\n") && said.contains("on trial"), "{said}");
    let said: Value = serde_json::from_str(&machine("B", "rootfs.1").says(&["status", "--json"])).unwrap();
    assert_eq!(
        (&said["trial"], &said["waiting"], &said["version"]),
        (&json!(false), &Value::Null, &json!("0.2.0"))
    );
}

#[test]
fn a_rauc_that_hangs_is_not_waited_for() {
    let machine = ordinary();
    let rauc = machine.folder.path().join("programs/rauc");
    program(&machine.folder.path().join("programs"), "rauc", "exec sleep 60");
    let failure = balie::station::update::status_of(&rauc, Duration::from_millis(300)).unwrap_err();
    assert!(failure.to_string().contains("does not answer"), "{failure}");
}

#[test]
fn a_machine_without_rauc_says_what_to_do_instead() {
    let machine = ordinary();
    fs::remove_file(machine.folder.path().join("programs/rauc")).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_balie"))
        .args(["update", "status"])
        .env("PATH", machine.folder.path().join("programs"))
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("install the new Debian package"));
}

/// Debian's RAUC is older than the one on the card: it checks the signature all the same, and tells no notes.
#[test]
fn a_bundle_is_read_by_the_real_rauc() {
    if !has("rauc") || !has("openssl") {
        eprintln!("skipped: rauc and openssl are not installed");
        return;
    }
    let machine = ordinary();
    let folder = machine.folder.path();
    let run = |folder: &Path, program: &str, words: &[&str]| {
        let output = Command::new(program).args(words).current_dir(folder).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    fs::create_dir(folder.join("bundle")).unwrap();
    fs::write(folder.join("bundle/root.squashfs-zst"), noise(1, 65536)).unwrap();
    let manifest = "[update]\ncompatible=balie-raspberrypi5\nversion=0.3.0\n[bundle]\nformat=verity\n\
         [meta.balie]\nnotes-nl=Niets\n[image.rootfs]\nfilename=root.squashfs-zst\n";
    fs::write(folder.join("bundle/manifest.raucm"), manifest).unwrap();
    for key in ["ours", "theirs"] {
        let certificate = format!("{key}.pem");
        let words = [
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-subj",
            "/CN=thrown away",
            "-keyout",
            key,
            "-out",
        ];
        run(folder, "openssl", &[&words[..], &[&certificate]].concat());
    }
    // What the card's configuration gives the real one: the keyring.
    let real = ["/usr/bin/rauc", "/bin/rauc"].iter().find(|path| Path::new(path).exists()).unwrap();
    let script = format!(
        "case $1 in\ninfo) exec {real} --keyring='{}' \"$@\" ;;\nstatus) cat '{}' ;;\nesac",
        folder.join("ours.pem").display(),
        folder.join("status.json").display()
    );
    program(&folder.join("programs"), "rauc", &script);
    for (key, name) in [("ours", "good.raucb"), ("theirs", "foreign.raucb")] {
        let place = folder.join("sticks/balie-sda1").join(name).display().to_string();
        let certificate = format!("--cert={key}.pem");
        let key = format!("--key={key}");
        run(folder, real, &["bundle", &certificate, &key, "bundle", &place]);
    }
    let good = folder.join("sticks/balie-sda1/good.raucb").display().to_string();
    assert!(machine.says(&["check", &good]).contains("version 0.3.0, newer than 0.1.0"));
    let foreign = folder.join("sticks/balie-sda1/foreign.raucb").display().to_string();
    let said = machine.refuses(&["check", &foreign]);
    assert!(said.contains("is no update for this machine"), "{said}");
    assert!(machine.says(&["check"]).contains("0.3.0"), "one of the two on the stick is good");
}
