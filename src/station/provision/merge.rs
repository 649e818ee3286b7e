//! What holds in the end: the right lines of the technician's file; for the wrong ones what held before.
//!
//! Nothing here touches a disk. The same two files give the same result, however often it is asked.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;

use super::preseed::Preseed;
use super::report::Mistake;
use crate::domain::pin::Pin;
use crate::station::config::{Config, Entry, Examined, Plain};

/// The first lines of the file that the programs read.
const HEAD: &str = "# Made by `balie provision` of the settings file on the boot partition, when there is one: change that one.\n\
                    # Secrets stand in files of their own.\n";

/// Table and key.
type Name = (String, String);

/// What holds, and what is to be kept apart from it.
pub(super) struct Merged {
    /// The configuration as the programs will read it.
    pub(super) text: String,
    /// The same, read.
    pub(super) config: Config,
    /// File names in the folder of secrets, with their content.
    pub(super) secrets: BTreeMap<String, String>,
    /// The first manager's name and PIN.
    pub(super) manager: Option<(String, Pin)>,
    /// Whether the shop's time zone was said by anybody.
    pub(super) says_timezone: bool,
}

/// What was asked for, and what held before.
pub(super) struct Sources<'a> {
    /// The technician's file.
    pub(super) technician: Option<&'a Examined>,
    /// What Raspberry Pi Imager wrote; the technician's file goes before it.
    pub(super) preseed: Option<&'a Preseed>,
    /// The configuration that holds now.
    pub(super) before: &'a Examined,
    /// Where that one lies.
    pub(super) path: &'a Path,
    /// Where secrets go, as the programs will see it.
    pub(super) secrets: &'a Path,
}

fn name(entry: &Entry) -> Name {
    (entry.table.clone(), entry.key.clone())
}

/// Which tables and which keys in them are wrong.
fn wrong(examined: &Examined) -> BTreeSet<&str> {
    examined.problems.iter().map(|problem| problem.key.as_str()).collect()
}

/// The lines of a file about which nothing is wrong.
fn right(examined: &Examined) -> BTreeMap<Name, Plain> {
    let wrong = wrong(examined);
    let is_right =
        |entry: &&Entry| !wrong.contains(entry.table.as_str()) && !wrong.contains(entry.name().as_str());
    examined.entries.iter().filter(is_right).map(|entry| (name(entry), entry.value.clone())).collect()
}

/// Of which tables something may be missing, because a line of them could not be understood.
enum Torn<'a> {
    All,
    Some(BTreeSet<&'a str>),
}

impl<'a> Torn<'a> {
    fn of(examined: &'a Examined) -> Self {
        let tables: Option<_> =
            examined.problems.iter().map(|problem| Some(problem.key.split_once('.')?.0)).collect();
        tables.map_or(Torn::All, Torn::Some)
    }

    fn is(&self, table: &str) -> bool {
        match self {
            Torn::All => true,
            Torn::Some(tables) => tables.contains(table),
        }
    }
}

/// Works out what holds.
pub(super) fn merge(sources: &Sources<'_>) -> Merged {
    let before = right(sources.before);
    let torn = sources.technician.map_or(Torn::All, Torn::of);
    let mut lines: BTreeMap<Name, Plain> = BTreeMap::new();
    if let Some(preseed) = sources.preseed {
        lines.extend(preseed.entries.iter().map(|entry| (name(entry), entry.value.clone())));
    }
    let said = sources.technician.map(right).unwrap_or_default();
    // What stood in a torn table before, and not of a pair what the other half is said of now.
    for (name, value) in before.iter().filter(|(name, _)| torn.is(&name.0)) {
        if !said.contains_key(name) && !said.contains_key(&other_half(name)) && !lines.contains_key(name) {
            lines.insert(name.clone(), value.clone());
        }
    }
    for (name, value) in said {
        lines.remove(&other_half(&name));
        lines.insert(name, value);
    }
    let of_wifi = |mistake: &Mistake| mistake.key.is_empty() || mistake.key.starts_with("wlan.");
    let in_doubt = (sources.technician.is_some() && torn.is("network"))
        || sources.preseed.is_some_and(|preseed| preseed.mistakes.iter().any(of_wifi));
    let manager = manager(&mut lines);
    if in_doubt {
        no_open_wifi(&mut lines, &before);
    }
    let secrets = take_secrets(&mut lines, &before, sources.secrets);
    let (text, examined) = settle(lines, sources.path);
    let says_timezone = examined.entries.iter().any(|entry| entry.name() == "shop.timezone");
    Merged { text, config: examined.config, secrets, manager, says_timezone }
}

/// `password` is the other half of `password_file`, and the other way round.
fn other_half((table, key): &Name) -> Name {
    let other = key.strip_suffix("_file").map_or_else(|| format!("{key}_file"), str::to_owned);
    (table.clone(), other)
}

/// The first manager is no configuration: the database keeps employees.
fn manager(lines: &mut BTreeMap<Name, Plain>) -> Option<(String, Pin)> {
    let mut take = |key: &str| lines.remove(&("manager".to_owned(), key.to_owned()));
    let (name, pin) = (take("name"), take("pin"));
    let pin = Pin::parse(pin?.text()?.trim())?;
    let name = name?.text()?.trim().to_owned();
    (!name.is_empty()).then_some((name, pin))
}

/// Secrets go into files. An empty one is one that was taken over earlier.
fn take_secrets(
    lines: &mut BTreeMap<Name, Plain>,
    before: &BTreeMap<Name, Plain>,
    folder: &Path,
) -> BTreeMap<String, String> {
    let mut secrets = BTreeMap::new();
    let found: Vec<Name> = lines.keys().filter(|(_, key)| is_secret(key)).cloned().collect();
    for name in found {
        let Some(value) = lines.remove(&name) else { continue };
        let in_file = other_half(&name);
        match value.text() {
            None | Some("") => {
                if let Some(kept) = before.get(&in_file) {
                    lines.entry(in_file).or_insert_with(|| kept.clone());
                }
            }
            Some(text) => {
                let file = file_name(&name.0, &name.1);
                lines.insert(in_file, Plain::Text(folder.join(&file).display().to_string()));
                secrets.insert(file, text.to_owned());
            }
        }
    }
    secrets
}

/// Whether a secret of the technician's file is kept elsewhere now.
pub(super) fn is_ours(entry: &Entry, merged: &Merged) -> bool {
    match entry.table.as_str() {
        "manager" => merged.manager.is_some(),
        table => merged.secrets.get(&file_name(table, &entry.key)).map(String::as_str) == entry.value.text(),
    }
}

/// Whether the values of a key of this name are secret.
pub(super) fn is_secret(key: &str) -> bool {
    let entry =
        Entry { table: String::new(), key: key.to_owned(), value: Plain::Truth(false), line: 0, span: 0..0 };
    entry.is_secret()
}

/// What a secret's file is called.
pub(super) fn file_name(table: &str, key: &str) -> String {
    format!("{table}-{key}")
}

/// A Wi-Fi whose password was lost to a mistake is not an open one, unless it was so before.
fn no_open_wifi(lines: &mut BTreeMap<Name, Plain>, before: &BTreeMap<Name, Plain>) {
    let name = |key: &str| ("network".to_owned(), key.to_owned());
    let is_open = |all: &BTreeMap<Name, Plain>| {
        ["password", "password_file"].iter().all(|key| !all.contains_key(&name(key)))
    };
    let ssid = name("ssid");
    if is_open(lines) && !(is_open(before) && before.get(&ssid) == lines.get(&ssid)) {
        // Its address would otherwise become the cable's.
        for key in ["ssid", "address", "gateway", "dns"] {
            lines.remove(&name(key));
        }
    }
}

/// Writes the lines as a file, without those that do not go together: what the programs find has no mistake.
fn settle(mut lines: BTreeMap<Name, Plain>, path: &Path) -> (String, Examined) {
    loop {
        let text = render(&lines);
        let examined = Examined::of(path, text.as_bytes());
        let (wrong, many) = (wrong(&examined), lines.len());
        let is_wrong = |table: &str, key: &str| {
            wrong.contains(table) || wrong.contains(format!("{table}.{key}").as_str())
        };
        lines.retain(|(table, key), _| !is_wrong(table, key));
        if wrong.is_empty() || many == lines.len() {
            return (text, examined);
        }
    }
}

fn render(lines: &BTreeMap<Name, Plain>) -> String {
    let mut text = HEAD.to_owned();
    let mut table = "";
    for ((of, key), value) in lines {
        if of != table {
            table = of;
            let _ = write!(text, "\n[{table}]\n");
        }
        let _ = writeln!(text, "{key} = {value}");
    }
    text
}
