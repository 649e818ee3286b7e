//! The Yocto layer as far as it can be tried without building it: its crates are Cargo.lock's, its files are read by
//! the tools that know their language, its bundle is one that RAUC takes, and its services do what they say.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod slots;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use slots::{Card, has, noise, path, program};

fn place(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn read(name: &str) -> String {
    fs::read_to_string(place(name)).unwrap()
}

fn words(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn done(output: &Output) {
    assert!(output.status.success(), "{}", words(output));
}

#[test]
fn the_recipe_fetches_what_cargo_lock_names() {
    done(&Command::new(place("yocto/update-crates")).arg("--check").output().unwrap());
}

#[test]
fn recipe_distribution_and_program_have_one_version() {
    let version = env!("CARGO_PKG_VERSION");
    assert!(place(&format!("yocto/meta-balie/recipes-balie/balie/balie_{version}.bb")).exists(), "{version}");
    let distro = read("yocto/meta-balie/conf/distro/balie-os.conf");
    assert!(distro.contains(&format!("DISTRO_VERSION = \"{version}\"\n")), "{version}");
}

/// A folder with oelint-adv and kas, which Debian does not have; made once.
fn tools() -> Option<PathBuf> {
    let folder = place("target/yocto-tools");
    let programs = folder.join("bin");
    if programs.join("made").exists() {
        return Some(programs);
    }
    let made = Command::new("/usr/bin/python3").args(["-m", "venv"]).arg(&folder).status();
    let installed = made.is_ok_and(|status| status.success())
        && Command::new(programs.join("pip"))
            .args(["install", "--quiet", "--retries", "1", "kas==5.5", "oelint-adv==9.11.2"])
            .status()
            .is_ok_and(|status| status.success());
    installed.then(|| {
        fs::write(programs.join("made"), "").unwrap();
        programs
    })
}

#[test]
fn layer_kas_files_and_scripts_are_read_by_the_tools_that_know_them() {
    let Some(tools) = tools() else {
        eprintln!("skipped: oelint-adv and kas cannot be installed here (pip)");
        return;
    };
    done(&Command::new(place("yocto/lint")).env("PATH", path(&tools)).output().unwrap());
}

/// What `make test-units` says of the package's size holds for the card too.
#[test]
fn card_and_package_are_optimised_alike() {
    let recipe =
        read(&format!("yocto/meta-balie/recipes-balie/balie/balie_{}.bb", env!("CARGO_PKG_VERSION")));
    let package = read("systemd/deb/build.sh");
    for (name, value) in [("LTO", "fat"), ("CODEGEN_UNITS", "1")] {
        assert!(recipe.contains(&format!("export CARGO_PROFILE_RELEASE_{name} = \"{value}\"\n")), "{name}");
        assert!(package.contains(&format!(" CARGO_PROFILE_RELEASE_{name}={value}")), "{name}");
    }
}

/// Every commit that kas fetches is pinned, with the branch it lies on, and the layer needs no other layers.
#[test]
fn kas_pins_every_repository() {
    let base = read("yocto/kas/base.yml");
    let keys = |key: &str| base.lines().filter(|line| line.trim_start().starts_with(key)).count();
    assert_eq!((keys("url: "), keys("branch: "), keys("commit: ")), (4, 4, 4));
    for line in base.lines().filter_map(|line| line.trim_start().strip_prefix("commit: ")) {
        assert!(line.len() == 40 && line.bytes().all(|byte| byte.is_ascii_hexdigit()), "{line}");
    }
    for machine in ["raspberrypi4-64", "raspberrypi5"] {
        assert!(read(&format!("yocto/kas/{machine}.yml")).contains(&format!("machine: {machine}\n")));
    }
    assert!(
        read("yocto/meta-balie/conf/layer.conf").contains("LAYERDEPENDS_balie = \"core raspberrypi rauc\"")
    );
}

/// What several files say of the card is the same in all of them.
#[test]
fn partitions_have_one_name_everywhere() {
    let wks = read("yocto/meta-balie/files/wic/balie.wks");
    let fstab = read("yocto/meta-balie/recipes-core/base-files/files/fstab");
    let rauc = read("yocto/meta-balie/recipes-core/rauc/files/system.conf");
    let cmdline = read("yocto/meta-balie/recipes-bsp/bootfiles/rpi-cmdline.bbappend");
    for (name, text) in [("balie", &fstab), ("data", &fstab), ("root_a", &cmdline), ("root_b", &cmdline)] {
        assert!(wks.contains(&format!("--part-name {name} ")), "{name}");
        assert!(text.contains(&format!("PARTLABEL={name}")), "{name}");
    }
    for name in ["root_a", "root_b", "boot_a", "boot_b"] {
        assert!(wks.contains(&format!("--part-name {name} ")), "{name}");
        assert!(rauc.contains(&format!("device=/dev/disk/by-partlabel/{name}\n")), "{name}");
    }
    let kind = read("yocto/meta-balie/recipes-balie/balie-system/files/60-data.conf");
    let kind = kind.lines().find_map(|line| line.strip_prefix("Type=")).unwrap();
    assert!(wks.contains(&format!("--part-name data --part-type {kind} ")), "{kind}");
}

/// The root file system is packed in one way for the card and for an update, and the kernel can read it.
#[test]
fn the_root_file_system_is_a_squashfs_everywhere() {
    let wks = read("yocto/meta-balie/files/wic/balie.wks");
    let distro = read("yocto/meta-balie/conf/distro/balie-os.conf");
    let packed = distro.lines().find_map(|line| line.strip_prefix("EXTRA_IMAGECMD:squashfs-zst = ")).unwrap();
    let packed = packed.trim_matches('"');
    assert!(wks.contains(&format!("--fstype=squashfs --mkfs-extraopts=\"-noappend -comp zstd {packed}\" ")));
    assert!(distro.contains("IMAGE_FSTYPES = \"squashfs-zst "), "{distro}");
    let recipe = read("yocto/meta-balie/recipes-balie/bundles/balie-bundle_1.0.bb");
    assert!(recipe.contains("RAUC_SLOT_rootfs[fstype] = \"squashfs-zst\"\n"), "{recipe}");
    // RAUC writes such an image into a slot of the type `raw`, and into no other on a card.
    let rauc = read("yocto/meta-balie/recipes-core/rauc/files/system.conf");
    for name in ["root_a", "root_b"] {
        assert!(rauc.contains(&format!("by-partlabel/{name}\ntype=raw\n")), "{name}");
    }
    let cmdline = read("yocto/meta-balie/recipes-bsp/bootfiles/rpi-cmdline.bbappend");
    assert!(cmdline.contains("\"rootfstype=squashfs ro\""), "{cmdline}");
    // Nothing loads a module before the root file system is there.
    let kernel = read("yocto/meta-balie/recipes-kernel/linux/files/balie.cfg");
    assert!(["SQUASHFS", "SQUASHFS_ZSTD"].iter().all(|name| kernel.contains(&format!("CONFIG_{name}=y\n"))));
}

/// The Raspberry Pi's watchdog counts to 15 s: with 20 s a Pi 4 restarted for ever, with systemd's ten minutes for a
/// restart it stayed off (systemd/systemd#21949, balena-os/balena-raspberrypi#939).
#[test]
fn the_watchdog_takes_its_numbers() {
    let conf = read("yocto/meta-balie/recipes-balie/balie-system/files/50-balie-watchdog.conf");
    for key in ["RuntimeWatchdogSec", "RebootWatchdogSec"] {
        let value = conf.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix('=')).unwrap();
        assert!(value.parse::<u32>().unwrap() <= 15, "{key}={value}");
    }
}

/// What darkens the screen is Balie, which also wakes it (fault table, row 12).
#[test]
fn the_screen_is_not_blanked_by_the_kernel() {
    let cmdline = read("yocto/meta-balie/recipes-bsp/bootfiles/rpi-cmdline.bbappend");
    assert!(cmdline.contains(" consoleblank=0 "), "{cmdline}");
}

/// A machine with these services, and RAUC and the back end noting what they are told.
struct Desk {
    card: Card,
}

impl Desk {
    /// `services` answers `systemctl`, `doctor` is how `balie doctor` ends.
    fn new(services: &str, doctor: &str) -> Self {
        let desk = Self { card: Card::new() };
        let programs = desk.card.path("programs");
        let log = desk.card.path("log");
        let note = |name: &str, then: &str| {
            program(&programs, name, &format!("echo \"{name} $*\" >>'{}'\n{then}", log.display()));
        };
        note("rauc", "exit 0");
        program(
            &programs,
            "systemctl",
            &format!(
                "case $1 in\nreboot) echo \"systemctl $*\" >>'{}' ;;\n*) {services} ;;\nesac",
                log.display()
            ),
        );
        program(&programs, "balie", doctor);
        program(&programs, "sleep", "exit 0");
        desk
    }

    /// What was told to RAUC and systemd by the time it ended.
    fn decides(&self) -> String {
        let script = place("yocto/meta-balie/recipes-balie/balie-system/files/balie-mark-good");
        let output = Command::new("sh")
            .arg(script)
            .env("PATH", path(&self.card.path("programs")))
            .env("BALIE_TRYBOOT", slots::TRYBOOT)
            .envs(self.card.places())
            .env("BALIE_PATIENCE", "12")
            .env("BALIE_STEADY", "4")
            .output()
            .unwrap();
        drop(output);
        fs::read_to_string(self.card.path("log")).unwrap_or_default()
    }
}

const RUNNING: &str = "echo 17";

#[test]
fn a_version_is_good_when_the_desk_works() {
    let desk = Desk::new(RUNNING, "exit 0");
    desk.card.update("B");
    desk.card.start("B");
    assert_eq!(desk.decides(), "rauc status mark-good\n");
}

#[test]
fn a_version_on_trial_whose_desk_does_not_work_is_left() {
    for (services, doctor) in [
        // The kiosk does not run.
        ("case $* in *kiosk*) exit 3 ;; *) echo 17 ;; esac", "exit 0"),
        // It is started again and again.
        ("date +%s%N", "exit 0"),
        // The database does not open.
        (RUNNING, "exit 1"),
    ] {
        let desk = Desk::new(services, doctor);
        desk.card.update("B");
        desk.card.start("B");
        assert_eq!(desk.decides(), "rauc status mark-bad\nsystemctl reboot\n", "{services}");
    }
}

/// Fault 20: what was good before stays, and nothing restarts by itself.
#[test]
fn a_version_that_was_good_stays_whatever_happens() {
    let desk = Desk::new("exit 3", "exit 1");
    assert_eq!(desk.decides(), "");
}

/// A bundle as balie-bundle makes it, with a key that is thrown away, and Debian's RAUC to read it.
#[test]
fn rauc_makes_and_reads_the_bundle_and_its_configuration() {
    if !has("rauc") || !has("openssl") {
        eprintln!("skipped: rauc and openssl are not installed");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let run = |program: &str, words: &[&str]| {
        let output = Command::new(program)
            .args(words)
            .current_dir(folder.path())
            .env("PATH", path(folder.path()))
            .output();
        output.unwrap()
    };
    let subject = "/CN=thrown away";
    let key =
        ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "key", "-out", "certificate", "-subj"];
    done(&run("openssl", &[&key[..], &[subject]].concat()));

    let recipe = read("yocto/meta-balie/recipes-balie/bundles/balie-bundle_1.0.bb");
    assert!(recipe.contains("RAUC_BUNDLE_COMPATIBLE = \"balie-${MACHINE}\""));
    assert!(recipe.contains("RAUC_BUNDLE_SLOTS = \"rootfs boot\""));
    assert!(recipe.contains("RAUC_BUNDLE_FORMAT = \"verity\""));
    fs::create_dir(at("bundle")).unwrap();
    for (name, byte) in [("root.squashfs-zst", 1), ("boot.vfat", 2)] {
        fs::write(at("bundle").join(name), noise(byte, 65536)).unwrap();
    }
    fs::write(
        at("bundle/manifest.raucm"),
        "[update]\ncompatible=balie-raspberrypi5\nversion=0.2.0\n\n[bundle]\nformat=verity\n\n\
         [meta.balie]\nnotes-nl=Sneller zoeken\n\n[image.rootfs]\nfilename=root.squashfs-zst\n\n\
         [image.boot]\nfilename=boot.vfat\n",
    )
    .unwrap();
    done(&run("rauc", &["bundle", "--cert=certificate", "--key=key", "bundle", "update.raucb"]));
    let info = run("rauc", &["info", "--keyring=certificate", "--output-format=json", "update.raucb"]);
    done(&info);
    let info: serde_json::Value = serde_json::from_slice(&info.stdout).unwrap();
    assert_eq!(info["compatible"], "balie-raspberrypi5");
    assert_eq!(info["images"].as_array().unwrap().len(), 2);

    // One byte in the middle: the signature is over all of it.
    let mut bytes = fs::read(at("update.raucb")).unwrap();
    let length = bytes.len();
    bytes[length - 900] ^= 1;
    fs::write(at("torn.raucb"), bytes).unwrap();
    assert!(!run("rauc", &["info", "--keyring=certificate", "torn.raucb"]).status.success());

    // The configuration, in Debian's older RAUC: it complains of a key or a section that it does not know.
    let conf = read("yocto/meta-balie/recipes-core/rauc/files/system.conf")
        .replace("@MACHINE@", "raspberrypi5")
        .replace("/usr/lib/rauc/balie-tryboot", slots::TRYBOOT)
        .replace("/usr/lib/rauc/ca.cert.pem", &at("certificate").display().to_string())
        .replace("/data/rauc", &folder.path().display().to_string());
    fs::write(at("system.conf"), conf).unwrap();
    let info = run("rauc", &["--conf=system.conf", "info", "update.raucb"]);
    done(&info);
    assert!(words(&info).contains("balie-raspberrypi5"), "{}", words(&info));
}
