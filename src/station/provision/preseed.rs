//! `rpi-preseed.toml`, which Raspberry Pi Imager 2 writes on the card when its questions were answered: Wi-Fi,
//! address, name of the machine, time zone, language, time servers.
//!
//! It is another program's file, so what Balie has no use for is passed over without a word. What it has use
//! for is checked like the technician's own lines.
//! Format: <https://github.com/raspberrypi/rpi-preseed>, `schema/rpi-preseed.schema`.

use std::ops::Range;
use std::path::Path;

use super::report::Mistake;
use crate::domain::language::Language;
use crate::station::config::{Entry, Examined, Plain};

/// What it has to say, in Balie's own words.
pub(super) struct Preseed {
    pub(super) entries: Vec<Entry>,
    pub(super) mistakes: Vec<Mistake>,
    /// Where secrets stand in it.
    pub(super) secrets: Vec<Range<usize>>,
}

/// Its keys, and Balie's for the same thing.
const SAME: [(&str, &str, &str); 7] = [
    ("system.hostname", "network", "hostname"),
    ("wlan.ssid", "network", "ssid"),
    ("wlan.password", "network", "password"),
    ("wlan.hidden", "network", "hidden"),
    ("locale.timezone", "shop", "timezone"),
    ("locale.lang", "shop", "language"),
    ("time.ntp", "time", "ntp"),
];
/// Only with `ethernet.method = "static"`.
const STATIC: [(&str, &str); 3] =
    [("ethernet.address", "address"), ("ethernet.gateway", "gateway"), ("ethernet.dns", "dns")];
/// A password of somebody who logs in stands there too, although Balie has no use for it.
const SECRETS: [&str; 3] = ["wlan.password", "user.password", "connect.token"];

/// Reads it.
pub(super) fn read(path: &Path, bytes: &[u8]) -> Preseed {
    let examined = Examined::of(path, bytes);
    // A table or key that Balie does not know is no mistake here; what is no TOML is one.
    let torn = examined.problems.iter().filter(|problem| problem.key.is_empty());
    let mut mistakes: Vec<Mistake> = torn.map(|problem| Mistake::of(path, problem)).collect();
    let theirs = &examined.entries;
    let find = |name: &str| theirs.iter().find(|entry| entry.name() == name);
    let is_static = find("ethernet.method").is_some_and(|entry| entry.value.text() == Some("static"));
    let mut entries: Vec<(Entry, Entry)> = Vec::new();
    let mut take = |theirs: &str, table: &str, key: &str| {
        let Some(entry) = find(theirs) else { return };
        let Some(value) = as_ours(key, &entry.value) else { return };
        entries.push((
            entry.clone(),
            Entry { table: table.to_owned(), key: key.to_owned(), value, ..entry.clone() },
        ));
    };
    for (theirs, table, key) in SAME {
        take(theirs, table, key);
    }
    // The technician who asks for a Wi-Fi has no cable whose address would matter.
    if is_static && find("wlan.ssid").is_none() {
        STATIC.iter().for_each(|(theirs, key)| take(theirs, "network", key));
    }
    drop_wrong(path, &mut entries, &mut mistakes);
    // One that is wrong is kept nowhere else yet.
    let is_wrong = |entry: &Entry| mistakes.iter().any(|mistake| mistake.key == entry.name());
    let secrets = theirs.iter().filter(|entry| SECRETS.contains(&entry.name().as_str()) && !is_wrong(entry));
    let secrets = secrets.filter(|entry| entry.value.text().is_some_and(|text| !text.is_empty()));
    let secrets = secrets.map(|entry| entry.span.clone()).collect();
    mistakes.sort_by_key(|mistake| mistake.line);
    Preseed { entries: entries.into_iter().map(|(_, ours)| ours).collect(), mistakes, secrets }
}

/// A value as Balie writes it; `None` for one that says nothing to it.
fn as_ours(key: &str, value: &Plain) -> Option<Plain> {
    match (key, value) {
        // "nl_NL.UTF-8"
        ("language", Plain::Text(text)) => {
            let code = text.split(['_', '.']).next().unwrap_or_default();
            code.parse::<Language>().is_ok().then(|| Plain::Text(code.to_owned()))
        }
        _ => Some(value.clone()),
    }
}

/// Leaves out what Balie's own checks refuse, and says so where it stands in their file.
fn drop_wrong(path: &Path, entries: &mut Vec<(Entry, Entry)>, mistakes: &mut Vec<Mistake>) {
    let text = entries.iter().fold(String::new(), |text, (_, ours)| {
        // Tables written one key at a time: `network.ssid = "..."`.
        format!("{text}{} = {}\n", ours.name(), ours.value)
    });
    let checked = Examined::of(path, text.as_bytes());
    for problem in checked.problems {
        entries.retain(|(theirs, ours)| {
            let is_it = ours.name() == problem.key;
            if is_it {
                mistakes.push(Mistake {
                    file: path.to_owned(),
                    line: theirs.line,
                    key: theirs.name(),
                    words: problem.words.clone(),
                });
            }
            !is_it
        });
    }
}
