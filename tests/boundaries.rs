//! The walls of the house: which layer may know which, and who alone may touch the outside world.
//!
//! The checks read the source text. Each is also tried on a text that breaks it: a wall that cannot
//! fall holds nothing.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::fs;
use std::path::{Path, PathBuf};

/// A layer and the layers it may use. Whoever adds a layer decides here what it may know.
const LAYERS: [(&str, &[&str]); 9] = [
    ("domain", &[]),
    ("rules", &["domain"]),
    ("store", &["domain", "rules"]),
    ("outside", &["domain", "rules", "store"]),
    ("exchange", &["domain", "store"]),
    ("collect", &["domain", "rules", "store", "outside", "exchange"]),
    ("panel", &["domain", "rules"]),
    // The desk hands a customer their data (APP-11), which is written by the exchange.
    ("desk", &["domain", "rules", "store", "exchange", "panel"]),
    ("station", &["domain", "rules", "store", "outside", "exchange", "collect", "panel"]),
];

/// What only some places may name.
const ROOMS: [(&str, &[&str]); 26] = [
    ("rusqlite", &["src/store/"]),
    ("slint", &["src/desk/", "src/bin/balie-kiosk", "ui/"]),
    ("balie_ui", &["src/desk/", "src/bin/balie-kiosk", "ui/"]),
    ("i_slint_backend_testing", &["ui/"]),
    ("rppal", &["src/panel/"]),
    ("gpiocdev", &["src/panel/"]),
    ("gpiocdev_uapi", &["src/panel/"]),
    ("reqwest", &["src/outside/"]),
    ("rustls", &["src/outside/"]),
    ("backon", &["src/outside/"]),
    ("lettre", &["src/outside/"]),
    ("calcard", &["src/outside/"]),
    ("quick_xml", &["src/outside/"]),
    ("csv", &["src/exchange/"]),
    ("krilla", &["src/exchange/"]),
    ("ttf_parser", &["src/exchange/"]),
    ("encoding_rs", &["src/exchange/"]),
    ("sd_notify", &["src/station/"]),
    ("opening_hours", &["src/station/"]),
    ("chrono_tz", &["src/station/", "src/collect/schedule.rs"]),
    ("toml", &["src/station/"]),
    ("clap", &["src/station/", "src/bin/"]),
    ("Utc::now", &["src/station/clock.rs"]),
    ("Local::now", &["src/station/clock.rs"]),
    ("SystemTime::now", &["src/station/clock.rs"]),
    ("Local", &[]),
];

/// What the pure layers may not name: the outside world, other threads, the time.
const IMPURE: [&str; 9] = [
    "std::fs",
    "std::io",
    "std::net",
    "std::env",
    "std::process",
    "std::thread",
    "std::time::Instant",
    "tokio",
    "tracing",
];

/// No file is longer: what is longer has two subjects.
const LONGEST: usize = 500;

fn check(path: &str, text: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    let code = without_comments(text);
    if path.starts_with("src/") {
        wrong.extend(rooms(path, &code));
        wrong.extend(layers(path, &code));
    }
    if path.ends_with(".rs") && !text.starts_with("//!") {
        wrong.push(format!("{path} does not begin with why it exists (//! ...)"));
    }
    let lines = text.lines().count();
    if lines > LONGEST {
        wrong.push(format!("{path} has {lines} lines, more than {LONGEST}"));
    }
    wrong
}

fn rooms(path: &str, code: &str) -> Vec<String> {
    let outside = |allowed: &[&str]| !allowed.iter().any(|room| path.starts_with(room));
    let closed = ROOMS.iter().filter(|(name, allowed)| outside(allowed) && names(code, name));
    closed.map(|(name, allowed)| format!("{path} names {name}, which only {allowed:?} may")).collect()
}

/// Whether a crate or a path is named: `name::`, `use name;`, `use name as`. A path such as
/// `Utc::now` anywhere.
fn names(code: &str, name: &str) -> bool {
    let inside = |letter: char| letter.is_alphanumeric() || letter == '_';
    code.match_indices(name).any(|(at, _)| {
        let (before, after) = (&code[..at], &code[at + name.len()..]);
        if before.ends_with(inside) || after.starts_with(inside) {
            return false;
        }
        // `self::csv::`, `super::csv::` and `crate::x::csv::` are modules of our own.
        let own = before.ends_with("::") && !before.ends_with(" ::");
        let imported = ["use ", "extern crate "].iter().any(|word| before.ends_with(word));
        name.contains("::") || (!own && after.starts_with("::")) || imported || (name == "Local" && own)
    })
}

fn layers(path: &str, code: &str) -> Vec<String> {
    let inside: Vec<&str> = path.trim_start_matches("src/").split('/').collect();
    let layer = inside[0].trim_end_matches(".rs");
    if ["bin", "lib"].contains(&layer) {
        return Vec::new();
    }
    let Some((_, allowed)) = LAYERS.iter().find(|(name, _)| *name == layer) else {
        return vec![format!("{path}: no layer of that name; give it a place in tests/boundaries.rs")];
    };
    // How many times `super::` leads out of this file to the root of the crate.
    let depth = inside.len() - usize::from(path.ends_with("mod.rs"));
    let roots = ["crate::".to_owned(), "super::".repeat(depth), "super::".repeat(depth + 1)];
    let mut wrong = Vec::new();
    for root in roots {
        for (at, _) in code.match_indices(&root) {
            let rest = &code[at + root.len()..];
            let named = match rest.strip_prefix('{') {
                Some(group) => top_names(group),
                None => vec![first_name(rest)],
            };
            for name in named.into_iter().filter(|name| LAYERS.iter().any(|(known, _)| known == name)) {
                if name != layer && !allowed.contains(&name) {
                    wrong.push(format!("{path} uses {name}; {layer} may use {allowed:?}"));
                }
            }
        }
    }
    if ["domain", "rules"].contains(&layer) {
        let impure = IMPURE.iter().filter(|name| names(code, name));
        wrong.extend(impure.map(|name| format!("{path} names {name}; {layer} is pure")));
    }
    wrong
}

fn first_name(text: &str) -> &str {
    let end = text.find(|letter: char| !letter.is_alphanumeric() && letter != '_');
    &text[..end.unwrap_or(text.len())]
}

/// The first name of each branch of `{a::b, c::{d, e}}`, without its opening brace.
fn top_names(group: &str) -> Vec<&str> {
    let (mut names, mut depth, mut fresh) = (Vec::new(), 0_usize, true);
    for (at, letter) in group.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => fresh = true,
            letter if letter.is_whitespace() => {}
            _ if fresh && depth == 0 => {
                names.push(first_name(&group[at..]));
                fresh = false;
            }
            _ => {}
        }
    }
    names
}

/// The text without what follows `//`, unless that stands in an address (`http://`).
fn without_comments(text: &str) -> String {
    let code = |line: &str| match line.find("//") {
        Some(at) if !line[..at].ends_with(':') => line[..at].to_owned() + "\n",
        _ => line.to_owned() + "\n",
    };
    text.lines().map(code).collect()
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs" || ending == "slint") {
            found.push(path);
        }
    }
}

#[test]
fn the_walls_stand() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = vec![root.join("build.rs")];
    for folder in ["src", "ui", "tests", "benches"] {
        files(&root.join(folder), &mut found);
    }
    assert!(found.len() > 60, "only {} files found", found.len());
    let mut wrong = Vec::new();
    for file in found {
        let path = file.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
        if !path.starts_with("ui/target") {
            wrong.extend(check(&path, &fs::read_to_string(&file).unwrap()));
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

/// Or the run without Slint, which README promises, does not compile.
#[test]
fn tests_of_the_desk_are_left_out_where_slint_is() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let manifest = fs::read_to_string(root.join("Cargo.toml")).unwrap();
    let mut tests = Vec::new();
    files(&root.join("tests"), &mut tests);
    let of_the_desk = |file: &&std::path::PathBuf| {
        file.parent() == Some(&root.join("tests"))
            && fs::read_to_string(file).unwrap().lines().any(|line| line == "mod desk_scene;")
    };
    let found: Vec<_> = tests.iter().filter(of_the_desk).collect();
    assert!(found.len() > 10, "only {} found", found.len());
    for file in found {
        let name = file.file_stem().unwrap().to_str().unwrap();
        let listed = format!("name = \"{name}\"\nrequired-features = [\"desk-tests\"");
        assert!(manifest.contains(&listed), "{name} is not listed in Cargo.toml with desk-tests");
    }
}

#[test]
fn every_wall_can_fall() {
    let doc = "//! Why.\n";
    for (path, code, words) in [
        ("src/rules/decide.rs", "use rusqlite::Connection;", "names rusqlite"),
        ("src/bin/balie/main.rs", "fn f(c: &rusqlite::Connection) {}", "names rusqlite"),
        ("src/collect/mod.rs", "use slint::Timer;", "names slint"),
        ("src/bin/balie-collector.rs", "slint::quit_event_loop();", "names slint"),
        ("src/desk/app.rs", "use rppal::gpio::Gpio;", "names rppal"),
        ("src/station/doctor.rs", "let chips = gpiocdev::chips();", "names gpiocdev"),
        ("src/exchange/mod.rs", "reqwest::get(\"x\");", "names reqwest"),
        ("src/store/task.rs", "let now = chrono::Utc::now();", "names Utc::now"),
        ("src/store/task.rs", "let now = SystemTime::now();", "names SystemTime::now"),
        ("src/station/health.rs", "let now = Local::now();", "names Local::now"),
        ("src/station/clock.rs", "use chrono::Local;", "names Local"),
        ("src/store/task.rs", "use csv::Reader;", "names csv"),
        ("src/domain/plate.rs", "use crate::store::Store;", "domain/plate.rs uses store"),
        ("src/domain/plate.rs", "use super::super::rules::decide;", "uses rules"),
        ("src/domain/mod.rs", "use super::rules::decide;", "uses rules"),
        ("src/rules/describe/mod.rs", "use super::super::store::Store;", "uses store"),
        ("src/rules/mod.rs", "use crate::{domain::task, store::Store};", "uses store"),
        ("src/store/mod.rs", "use crate::{\n    domain::{a, b},\n    collect,\n};", "uses collect"),
        ("src/panel/mod.rs", "fn f(c: &crate::station::config::Config) {}", "uses station"),
        ("src/station/doctor.rs", "use crate::desk::App;", "uses desk"),
        ("src/collect/mod.rs", "use crate::station::clock;", "uses station"),
        ("src/domain/task.rs", "let text = std::fs::read(\"x\");", "domain is pure"),
        ("src/rules/rank.rs", "tracing::info!(\"x\");", "rules is pure"),
        ("src/garage/mod.rs", "", "no layer of that name"),
    ] {
        let wrong = check(path, &format!("{doc}{code}\n"));
        assert!(wrong.iter().any(|line| line.contains(words)), "{path}: {code}: {wrong:?}");
    }
    assert_eq!(check("src/domain/task.rs", "pub struct Task;\n").len(), 1, "no doc");
    assert_eq!(check("src/domain/task.rs", &(doc.to_owned() + &"\n".repeat(LONGEST))).len(), 1, "too long");
    assert_eq!(check("ui/pages/tasks.slint", &"\n".repeat(LONGEST + 1)).len(), 1, "too long");
}

#[test]
fn what_is_allowed_is_allowed() {
    let doc = "//! Why. Not rusqlite::Connection, not crate::desk.\n";
    for (path, code) in [
        ("src/store/task.rs", "use rusqlite::Connection; // crate::desk"),
        ("src/exchange/mod.rs", "use crate::store::{Store, StoreError};"),
        ("src/exchange/mod.rs", "let slintish = \"a csv file\"; let csv = 1;"),
        ("src/station/clock.rs", "Utc::now()"),
        ("src/station/doctor.rs", "use crate::{panel::open, store::Store};"),
        ("src/desk/app.rs", "use slint::Model; use crate::panel::Panel;"),
        ("src/rules/mod.rs", "use super::domain::task; use crate::domain::task;"),
        ("src/domain/task.rs", "mod tests { use super::*; }"),
        ("src/bin/balie/main.rs", "use balie::desk::App;"),
        ("tests/any.rs", "use rusqlite::Connection;"),
    ] {
        assert_eq!(check(path, &format!("{doc}{code}\n")), Vec::<String>::new(), "{path}: {code}");
    }
}
