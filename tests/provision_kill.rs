//! The power goes while the machine is provisioned: the real program is killed at each of its steps on the
//! disk, and the next start makes it good. No secret is lost on the way, and no program finds half a file.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod machine;

use std::fs;
use std::process::Command;

use balie::station::config::Config;

use machine::{GOOD, Machine};

/// What changes a disk. Each is a step at which the power may go.
const STEPS: [&str; 11] = [
    "mkdir",
    "write",
    "fsync",
    "rename",
    "symlink",
    "fchmod",
    "unlink",
    "ftruncate",
    "lseek",
    "link",
    "fchown",
];
/// The secrets of the file, with the file each goes to.
const SECRETS: [(&str, &str); 5] = [
    ("\" Sch\\\"öne # geheim42 \"", "network-password"),
    ("\"mail geheim42\"", "smtp-password"),
    ("\"sms-geheim42\"", "sms-key"),
    ("\"rdw-geheim42\"", "rdw-app_token"),
    ("\"4711\"", "first-manager.json"),
];

/// The content of everything but the report, by path within the machine.
fn settled(machine: &Machine) -> Vec<(String, Vec<u8>)> {
    let root = machine.at("");
    let all = machine.everything().into_iter();
    all.map(|(path, content)| (path.strip_prefix(&root).unwrap().to_string_lossy().into_owned(), content))
        .filter(|(path, _)| path != "run/balie/provision.json")
        .collect()
}

fn nothing_is_lost(machine: &Machine, step: &str) {
    // The next start would find the card's new version, when that was complete.
    let name =
        ["balie.toml", "balie.toml.new"].into_iter().find(|name| machine.on_card(name).exists()).unwrap();
    let card = fs::read_to_string(machine.on_card(name)).unwrap();
    for (secret, file) in SECRETS {
        let kept = machine.at("var/lib/balie/secrets").join(file);
        let is_kept = fs::metadata(kept).is_ok_and(|found| found.len() > 0);
        assert!(card.contains(secret) || is_kept, "{step}: {file} is lost");
    }
    let config = machine.at("etc/balie/balie.toml");
    if config.exists() {
        Config::load(Some(&config)).unwrap_or_else(|cause| panic!("{step}: {cause}"));
        assert_eq!(machine.config().shop.name, "Garage Jansen", "{step}");
    }
}

#[test]
fn killed_at_each_step_the_next_start_makes_it_good() {
    let can_trace = Command::new("strace").args(["-qq", "-o", "/dev/null", "true"]).status();
    if !can_trace.is_ok_and(|status| status.success()) {
        eprintln!("skipped: no strace here, or nobody may trace");
        return;
    }
    let whole = Machine::new();
    whole.card(GOOD);
    whole.provision();
    let expected = settled(&whole);
    let mut killed = 0;
    for step in STEPS {
        for time in 1.. {
            let inject = format!("inject={step}:signal=KILL:when={time}");
            // Some of these have another name on another processor.
            let trace = format!("trace=?{step}");
            let machine = Machine::new();
            machine.card(GOOD);
            let output =
                machine.program(&["strace", "-f", "-qq", "-o", "/dev/null", "-e", &trace, "-e", &inject]);
            if output.status.code().is_some() {
                break;
            }
            killed += 1;
            nothing_is_lost(&machine, &inject);
            let report = machine.provision();
            assert!(report.is_good(), "{inject}: {report:?}");
            let left: Vec<_> = settled(&machine);
            let unfinished = |path: &str| path.ends_with(".new");
            let files: Vec<_> = left.iter().filter(|(path, _)| !unfinished(path)).cloned().collect();
            assert_eq!(files, expected, "{inject}");
        }
    }
    println!("killed at {killed} steps");
    assert!(killed > 40, "only {killed} steps");
}
