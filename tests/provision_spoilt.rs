//! A settings file that somebody spoilt in any way leaves no screen dark and no secret in the open; and what
//! README promises of it is so.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod machine;

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use balie::station::provision::check;
use balie::store::{Access, Store};

use machine::{GOOD, Machine};

/// Numbers that look like chance, and are the same each time.
struct Chance(u64);

impl Chance {
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % most as u64).unwrap()
    }
}

/// What happens to files: a letter too few, too many or another one, a line gone, twice or cut, another order.
fn spoil(text: &str, chance: &mut Chance) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    for _ in 0..=chance.below(3) {
        let at = chance.below(bytes.len());
        let odd = b"\"'=[]#\n\r\\.,{}\0\xFC\xFF 9x";
        match chance.below(7) {
            0 => drop(bytes.remove(at)),
            1 => bytes.insert(at, odd[chance.below(odd.len())]),
            2 => bytes[at] = odd[chance.below(odd.len())],
            3 => bytes.truncate(at.max(1)),
            kind => {
                let mut lines: Vec<Vec<u8>> =
                    bytes.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
                let (one, other) = (chance.below(lines.len()), chance.below(lines.len()));
                match kind {
                    4 => lines.swap(one, other),
                    5 => lines.insert(other, lines[one].clone()),
                    _ => drop(lines.remove(one)),
                }
                bytes = lines.concat();
                bytes.push(b'\n');
            }
        }
    }
    bytes
}

#[test]
fn however_a_file_is_spoilt_the_desk_has_a_configuration_and_no_message_a_secret() {
    let mut chance = Chance(0x0BA1_1E00_0000_0001);
    let mut good = 0;
    let machine = Machine::new();
    machine.card(GOOD);
    machine.provision();
    for turn in 0..400 {
        let bytes = spoil(GOOD, &mut chance);
        fs::write(machine.on_card("balie.toml"), &bytes).unwrap();
        let report = machine.provision();
        let text = String::from_utf8_lossy(&bytes);
        good += usize::from(report.is_good());
        // It panics where the programs would end.
        let config = machine.config();
        assert!(config.panel.led.is_none() || config.panel.led != config.panel.button, "{turn}: {text}");
        let said = machine.read("run/balie/provision.json");
        for secret in ["geheim42", "4711"] {
            // A secret may have come behind another key by a missing line end: then it is no secret's value.
            assert!(!said.contains(secret), "{turn}: {said}\n{text}");
            assert!(!machine.read("etc/balie/balie.toml").contains(secret), "{turn}: {text}");
        }
    }
    assert!((1..200).contains(&good), "{good} of 400 had no mistake");
}

#[test]
fn the_readmes_file_has_at_most_twelve_lines_and_is_right() {
    let readme = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    let text = readme.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    assert!(text.lines().count() <= 12, "{text}");
    let machine = Machine::new();
    machine.card(text);
    let checked = check(&machine.on_card("balie.toml")).unwrap();
    assert!(checked.is_good(), "{checked:?}");
    assert!(machine.provision().is_good());
    assert!(!machine.config().shop.name.is_empty() && machine.config().network.ssid.is_some());
}

#[test]
fn the_program_lists_every_mistake_and_says_how_many() {
    let machine = Machine::new();
    let file = machine.on_card("balie.toml");
    let run = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_balie")).args(arguments).arg(&file).output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (output.status.code(), text(&output.stdout), text(&output.stderr))
    };
    let (code, out, err) = run(&["provision", "--check"]);
    assert_eq!((code, out.as_str(), err.lines().count()), (Some(1), "", 1), "{err}");
    machine.card("[shop]\nnaam = \"x\"\n[screen]\nrotation = 45\n");
    let (code, out, err) = run(&["provision", "--check"]);
    let begin = file.display();
    assert_eq!(
        out,
        format!(
            "{begin}:2: shop.naam: there is no such key; did you mean 'name'?\n\
             {begin}:4: screen.rotation: 45 does not fit; write 0, 90, 180 or 270, without quotes\n"
        )
    );
    assert_eq!((code, err.as_str()), (Some(1), "balie: 2 mistakes; each line says what to write\n"));
    machine.card(GOOD);
    let (code, out, err) = run(&["provision", "--check"]);
    assert_eq!((code, out, err), (Some(0), format!("{begin}: everything in it is right\n"), String::new()));
    assert_eq!(fs::read_to_string(&file).unwrap(), GOOD, "only looked at");
    assert_eq!(run(&["provision", "--check", "x", "--from"]).0, Some(2));
}

struct Killed(std::process::Child);

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn the_collector_makes_the_first_manager_when_it_starts() {
    let machine = Machine::new();
    machine.card(GOOD);
    machine.provision();
    let (data, quiet) = (machine.at("var/lib/balie"), machine.at("quiet.toml"));
    fs::write(&quiet, "[rdw]\nenabled = false\n").unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_balie-collector"));
    command.arg("--data-dir").arg(&data).arg("--config").arg(&quiet);
    let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let _collector = Killed(child);
    let waiting = data.join("secrets/first-manager.json");
    let end = Instant::now() + Duration::from_secs(50);
    while waiting.exists() && Instant::now() < end {
        thread::sleep(Duration::from_millis(50));
    }
    let store = Store::open_with(&data.join("balie.db"), Access::Read).unwrap();
    assert!(store.has_manager().unwrap());
}
