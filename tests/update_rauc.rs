//! Updates from end to end with the real RAUC: its service, the card's own configuration, the tryboot script, and
//! `balie update`, on a card whose partitions are files. Only the bundle's format differs: `verity` needs a kernel with
//! device mapper, which a build machine may lack.
//!
//! Needs root and a loop device; where there is none, it says so and is left out.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod slots;

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use slots::{Card, firmware, has, noise, path, program};

/// What a slot holds after it was written.
const NEW: usize = 400_000;

struct Machine {
    card: Card,
}

impl Machine {
    fn new() -> Self {
        let machine = Self { card: Card::new() };
        let at = |name: &str| machine.card.path(name);
        for folder in ["data", "programs", "bundle"] {
            fs::create_dir_all(at(folder)).unwrap();
        }
        for partition in ["root_a", "root_b", "boot_a", "boot_b"] {
            fs::File::create(at(partition)).unwrap().set_len(2 * 1024 * 1024).unwrap();
        }
        let places: String = machine
            .card
            .places()
            .iter()
            .map(|(key, value)| format!("export {key}='{}'\n", value.display()))
            .collect();
        program(&at("programs"), "backend", &format!("{places}exec sh '{}' \"$@\"", slots::TRYBOOT));
        let conf = include_str!("../yocto/meta-balie/recipes-core/rauc/files/system.conf")
            .replace("@MACHINE@", "raspberrypi5")
            .replace("bundle-formats=-plain\n", "")
            .replace("/usr/lib/rauc/balie-tryboot", &at("programs/backend").display().to_string())
            .replace("/usr/lib/rauc/ca.cert.pem", &at("key.pem").display().to_string())
            .replace("/data/rauc", &at("data").display().to_string())
            .replace("/dev/disk/by-partlabel", &machine.card.folder.path().display().to_string());
        fs::write(at("system.conf"), conf).unwrap();
        let conf = at("system.conf").display().to_string();
        program(&at("programs"), "rauc", &format!("PATH=/usr/bin:/bin\nexec rauc --conf='{conf}' \"$@\""));
        machine.shell(
            "openssl req -x509 -newkey rsa:2048 -nodes -subj '/CN=thrown away' -keyout key -out key.pem 2>/dev/null",
        );
        machine
    }

    fn shell(&self, script: &str) -> String {
        let output =
            Command::new("sh").args(["-ec", script]).current_dir(self.card.folder.path()).output().unwrap();
        assert!(output.status.success(), "{script}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// A bundle of this version.
    fn bundle(&self, version: &str) -> String {
        let folder = self.card.path("bundle");
        let name = format!("{version}.raucb");
        let seed = version.bytes().fold(7u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
        fs::write(folder.join("root.squashfs-zst"), noise(seed, NEW)).unwrap();
        fs::write(folder.join("boot.vfat"), noise(seed, 65536)).unwrap();
        let manifest = format!(
            "[update]\ncompatible=balie-raspberrypi5\nversion={version}\n[image.rootfs]\nfilename=root.squashfs-zst\n\
             [image.boot]\nfilename=boot.vfat\n"
        );
        fs::write(folder.join("manifest.raucm"), manifest).unwrap();
        self.shell(&format!("rauc bundle --cert=key.pem --key=key bundle {name} >/dev/null 2>&1"));
        self.card.path(&name).display().to_string()
    }

    /// The machine starts from what the firmware finds, once from the other slot when a restart asked for it; then
    /// these words are said to `sh` while RAUC's service runs.
    fn start(&self, restarted: bool, script: &str) -> Output {
        let asked = fs::read_to_string(self.card.request()).is_ok_and(|text| text.contains("tryboot"));
        let slot = firmware(&self.card.text(), restarted && asked).unwrap();
        self.card.start(slot);
        let script = format!(
            "export DBUS_STARTER_BUS_TYPE=session\n\
             rauc --override-boot-slot={slot} service >service.log 2>&1 &\nservice=$!\n\
             for wait in $(seq 100); do rauc status >/dev/null 2>&1 && break; sleep 0.1; done\n\
             {script}\nended=$?\nkill $service\nexit $ended"
        );
        Command::new("dbus-run-session")
            .args(["--", "sh", "-c", &script])
            .current_dir(self.card.folder.path())
            .env(
                "PATH",
                format!("{}:{}", balie().parent().unwrap().display(), path(&self.card.path("programs"))),
            )
            .env("BALIE_DATA_DIR", self.card.path("data"))
            .output()
            .unwrap()
    }

    fn says(&self, restarted: bool, script: &str) -> String {
        let output = self.start(restarted, script);
        let words = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{script}: {words}");
        String::from_utf8(output.stdout).unwrap()
    }
}

fn balie() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_balie"))
}

/// Whether this machine can mount a file, as RAUC does with a bundle.
fn mounts() -> bool {
    let folder = tempfile::tempdir().unwrap();
    let script = "mkdir in out && mksquashfs in image -quiet -no-progress >/dev/null && mount -o loop,ro image out && umount out";
    let mut made = Command::new("sh");
    made.args(["-ec", script]).current_dir(folder.path()).env("PATH", path(folder.path()));
    made.output().is_ok_and(|output| output.status.success())
}

#[test]
fn an_update_is_installed_tried_kept_and_followed_by_another() {
    if !["rauc", "openssl", "dbus-run-session", "mksquashfs"].iter().all(|name| has(name)) || !mounts() {
        eprintln!("skipped: rauc cannot mount a bundle here (it needs root, a loop device and squashfs)");
        return;
    }
    let machine = Machine::new();
    let (second, third) = (machine.bundle("0.2.0"), machine.bundle("0.3.0"));

    // Written beside what runs, and not started by the plug.
    let said = machine.says(true, &format!("balie update install '{second}' && balie update status"));
    assert!(said.starts_with("0.2.0 is written\n") && said.contains("0.2.0 waits for a restart"), "{said}");
    assert_ne!(fs::read(machine.card.path("root_b")).unwrap()[..NEW], [0; NEW], "it is in the other slot");
    assert_eq!(firmware(&machine.card.text(), false), Some("A"));
    let said = machine.says(false, "balie update status");
    assert!(said.contains("slot A good: as the card came, runs, starts next"), "{said}");

    // Tried by the restart; nothing may be written over the one before until it is found good.
    machine.says(false, "rauc status mark-active other");
    let said = machine.says(true, "balie update status");
    assert!(said.contains("version 0.2.0") && said.contains("on trial"), "{said}");
    machine.says(false, "rauc status mark-active other");
    let output = machine.start(true, &format!("balie update install '{third}'"));
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && words.contains("could not be written"), "{words}");
    assert_eq!(firmware(&machine.card.text(), false), Some("A"));

    // Found good: it is what starts from now on, and the next update goes to the first slot.
    machine.says(false, "rauc status mark-active other");
    machine.says(true, "rauc status mark-good");
    assert_eq!(firmware(&machine.card.text(), false), Some("B"));
    let said =
        machine.says(false, &format!("sleep 1; balie update install '{third}' && balie update status"));
    assert!(said.contains("0.3.0 waits for a restart"), "{said}");
    let said = machine.says(true, "rauc status mark-good && balie update status");
    assert!(said.contains("version 0.3.0") && said.contains("slot A good: 0.3.0"), "{said}");
    assert_eq!(firmware(&machine.card.text(), false), Some("A"));
}
