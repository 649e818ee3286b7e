//! A made-up card: the folder that the tryboot script takes for the first partition, and what the kernel and the
//! firmware would say to it.

#![allow(dead_code, clippy::unwrap_used, clippy::indexing_slicing)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The layer's script.
pub const TRYBOOT: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/yocto/meta-balie/recipes-core/rauc/files/balie-tryboot");
/// The file of a new card.
pub const NEW: &str = include_str!("../../yocto/meta-balie/recipes-balie/balie-boot/files/autoboot.txt");

pub struct Card {
    pub folder: tempfile::TempDir,
}

impl Card {
    /// As it is written at the factory, started from slot A.
    pub fn new() -> Self {
        let card = Self { folder: tempfile::tempdir().unwrap() };
        fs::write(card.autoboot(), NEW).unwrap();
        // Writing out everybody's disk takes seconds where others work; what is tried here is the order.
        program(&card.path("programs"), "sync", "exit 0");
        card.start("A");
        card
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn autoboot(&self) -> PathBuf {
        self.path("autoboot.txt")
    }

    pub fn text(&self) -> String {
        fs::read_to_string(self.autoboot()).unwrap()
    }

    /// The machine starts from this slot: what was only in memory is gone.
    pub fn start(&self, slot: &str) {
        fs::write(self.path("cmdline"), format!("quiet rauc.slot={slot} ro\n")).unwrap();
        let _ = fs::remove_file(self.request());
    }

    pub fn request(&self) -> PathBuf {
        self.path("run/reboot-param")
    }

    /// The script with these words, to be run.
    pub fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new("sh");
        command.arg(TRYBOOT).args(words).envs(self.places()).env("PATH", path(&self.path("programs")));
        command
    }

    /// Where the script finds the card, and what the kernel and the firmware say.
    pub fn places(&self) -> [(&'static str, PathBuf); 4] {
        [
            ("BALIE_BOOT", self.folder.path().to_owned()),
            ("BALIE_CMDLINE", self.path("cmdline")),
            ("BALIE_FIRMWARE", self.path("firmware")),
            ("BALIE_REBOOT_PARAM", self.request()),
        ]
    }

    pub fn run(&self, words: &[&str]) -> Output {
        self.command(words).output().unwrap()
    }

    /// What it prints; it must not fail.
    pub fn says(&self, words: &[&str]) -> String {
        let output = self.run(words);
        assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// What it complains of; it must fail.
    pub fn refuses(&self, words: &[&str]) -> String {
        let output = self.run(words);
        assert!(!output.status.success(), "{words:?} was done");
        String::from_utf8(output.stderr).unwrap()
    }

    /// An update was written to this slot, as RAUC does it, and a restart would try it.
    pub fn update(&self, slot: &str) {
        self.says(&["set-state", slot, "bad"]);
        self.says(&["set-primary", slot]);
    }
}

/// Puts a shell script of this name into the folder.
pub fn program(folder: &Path, name: &str, script: &str) {
    fs::create_dir_all(folder).unwrap();
    fs::write(folder.join(name), format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(folder.join(name), fs::Permissions::from_mode(0o755)).unwrap();
}

/// The PATH with this folder before all others.
pub fn path(folder: &Path) -> String {
    format!("{}:/usr/bin:/bin:/usr/sbin:/sbin", folder.display())
}

/// Which slot the firmware starts from a card whose first partition holds this file: with a request, once, from the
/// one under `[tryboot]`. Nothing when it would find no slot.
pub fn firmware(text: &str, requested: bool) -> Option<&'static str> {
    assert!(text.len() <= 512, "the firmware reads 512 bytes, this is {}", text.len());
    let (mut section, mut always, mut once) = ("", None, None);
    for line in text.lines() {
        let line = line.trim_end();
        match line {
            "[all]" | "[tryboot]" => section = line,
            _ => {
                if let Some(number) = line.strip_prefix("boot_partition=") {
                    let slot = match number {
                        "2" => Some("A"),
                        "3" => Some("B"),
                        _ => None,
                    };
                    if section == "[all]" { always = slot } else { once = slot }
                }
            }
        }
    }
    if requested { once } else { always }
}

/// Bytes that do not get smaller when they are packed.
pub fn noise(seed: u32, size: usize) -> Vec<u8> {
    let mut state = seed | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state.to_le_bytes()[1]
    };
    (0..size).map(|_| next()).collect()
}

/// Whether this program is on the PATH or in the system's folders.
pub fn has(program: &str) -> bool {
    let found = |folder: PathBuf| folder.join(program).exists();
    std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()).any(found)
        || Path::new("/usr/sbin").join(program).exists()
}
