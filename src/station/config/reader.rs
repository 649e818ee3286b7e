//! Reads one table of the file key by key, and writes down what does not fit, with its line.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeArray, DeString, DeTable, DeValue};

use super::entry::{Entry, Plain};
use super::{Problem, syntax};

/// Keys whose value no message repeats.
pub(super) const SECRETS: [&str; 4] = ["app_token", "key", "password", "pin"];

/// A value as it stands in the file.
#[derive(Debug, Clone, Copy)]
pub(super) enum Given<'a> {
    Text(&'a str),
    Number(i64),
    Truth(bool),
    List(&'a DeArray<'a>),
    Other(&'static str),
}

impl<'a> Given<'a> {
    fn of(value: &'a DeValue<'a>) -> Self {
        match value {
            DeValue::String(text) => Given::Text(text),
            DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
                .map_or(Given::Other("number"), Given::Number),
            DeValue::Boolean(truth) => Given::Truth(*truth),
            DeValue::Float(_) => Given::Other("broken number"),
            DeValue::Datetime(_) => Given::Other("date"),
            DeValue::Array(list) => Given::List(list),
            DeValue::Table(_) => Given::Other("table"),
        }
    }

    fn shown(self) -> String {
        match self {
            Given::Text("") => "nothing".to_owned(),
            Given::Text(text) => format!("'{text}'"),
            Given::Number(number) => number.to_string(),
            Given::Truth(truth) => truth.to_string(),
            Given::List(_) => "a list".to_owned(),
            Given::Other(kind) => format!("a {kind}"),
        }
    }

    pub(super) fn text(self) -> Result<&'a str, String> {
        match self {
            Given::Text(text) => Ok(text.trim()),
            _ => Err("write a text between double quotes".to_owned()),
        }
    }

    /// A text letter by letter: a space at an end of a passphrase belongs to it.
    pub(super) fn exact(self) -> Result<&'a str, String> {
        match self {
            Given::Text(text) => Ok(text),
            _ => Err("write a text between double quotes".to_owned()),
        }
    }

    /// Several short texts: a list of them, or one text with commas or spaces between them.
    pub(super) fn texts(self) -> Result<Vec<&'a str>, String> {
        let of_list = |one: &'a Spanned<DeValue<'a>>| match one.get_ref() {
            DeValue::String(text) => Ok(text.trim()),
            _ => Err("write texts between double quotes, with commas between them".to_owned()),
        };
        match self {
            Given::Text(text) => {
                let parts = text.split([',', ';', ' ', '\t', '\r', '\n']);
                Ok(parts.map(str::trim).filter(|part| !part.is_empty()).collect())
            }
            Given::List(list) => list.iter().map(of_list).collect(),
            _ => Err("write a text between double quotes".to_owned()),
        }
    }

    pub(super) fn number(self, least: i64, most: i64) -> Result<i64, String> {
        match self {
            Given::Number(number) if (least..=most).contains(&number) => Ok(number),
            _ => Err(format!("write a whole number from {least} to {most}, without quotes")),
        }
    }

    pub(super) fn truth(self) -> Result<bool, String> {
        match self {
            Given::Truth(truth) => Ok(truth),
            _ => Err("write true or false, without quotes".to_owned()),
        }
    }

    pub(super) fn one_of<T: Copy>(self, choices: &[(&str, T)]) -> Result<T, String> {
        let named = |text: &str| choices.iter().find(|(name, _)| *name == text).map(|(_, value)| *value);
        let found = match self {
            Given::Text(text) => named(text.trim()),
            _ => None,
        };
        let words = || choices.iter().map(|(name, _)| format!("\"{name}\"")).collect::<Vec<_>>().join(", ");
        found.ok_or_else(|| format!("write one of {}", words()))
    }
}

/// The file and what is wrong in it.
pub(super) struct Reader<'i> {
    text: &'i str,
    root: DeTable<'i>,
    pub(super) problems: Vec<Problem>,
    /// Lines that are not TOML.
    unread: Vec<usize>,
}

/// The line, counted from 1, in which a byte of a text stands.
pub(super) fn line_of(text: &str, at: usize) -> usize {
    let before = text.as_bytes().get(..at).unwrap_or(text.as_bytes());
    1 + before.iter().filter(|byte| **byte == b'\n').count()
}

/// One table of it.
pub(super) struct Table<'r, 'i> {
    reader: &'r mut Reader<'i>,
    name: &'static str,
    entries: Option<DeTable<'i>>,
}

impl<'i> Reader<'i> {
    pub(super) fn new(text: &'i str) -> Self {
        let (root, errors) = DeTable::parse_recoverable(text);
        let mut reader = Self { text, root: root.into_inner(), problems: Vec::new(), unread: Vec::new() };
        for error in errors {
            let (line, words) = syntax::explain(text, &error);
            // What else is told of a line that could not be read follows from that.
            if !reader.unread.contains(&line) {
                reader.problems.push(Problem { line, key: String::new(), words });
                reader.unread.push(line);
            }
        }
        reader
    }

    fn line(&self, span: &Range<usize>) -> usize {
        line_of(self.text, span.start)
    }

    fn wrong(&mut self, span: Range<usize>, key: String, words: String) {
        let line = self.line(&span);
        if !self.unread.contains(&line) {
            self.problems.push(Problem { line, key, words });
        }
    }

    /// Notes every table and key that nobody reads, with the nearest name that somebody does.
    pub(super) fn check_names(&mut self, tables: &[(&'static str, &[&'static str])]) {
        let mut unknown: Vec<(Range<usize>, String, String)> = Vec::new();
        for (name, value) in &self.root {
            let known = tables.iter().find(|(table, _)| *table == name.get_ref().as_ref());
            match (known, value.get_ref()) {
                (Some((table, keys)), DeValue::Table(entries)) => {
                    for key in entries.keys().filter(|key| !keys.contains(&key.get_ref().as_ref())) {
                        unknown.push((
                            key.span(),
                            format!("{table}.{}", key.get_ref()),
                            no_key(key, table, keys, tables),
                        ));
                    }
                }
                (Some((table, _)), _) => {
                    let words = format!("is a table, not a key; write [{table}] on a line of its own");
                    unknown.push((name.span(), (*table).to_owned(), words));
                }
                (None, _) => {
                    let names = tables.iter().map(|(table, _)| *table).collect::<Vec<_>>();
                    unknown.push((name.span(), name.get_ref().to_string(), no_table(name, &names, tables)));
                }
            }
        }
        for (span, key, words) in unknown {
            self.wrong(span, key, words);
        }
    }

    /// Everything that stands under a table and could be read, in the order of the file.
    pub(super) fn entries(&self) -> Vec<Entry> {
        let mut entries = Vec::new();
        for (table, value) in &self.root {
            let DeValue::Table(values) = value.get_ref() else { continue };
            for (key, value) in values {
                let line = self.line(&value.span());
                let plain = Plain::of(value.get_ref()).filter(|_| !self.unread.contains(&line));
                if let Some(value_read) = plain {
                    entries.push(Entry {
                        table: table.get_ref().to_string(),
                        key: key.get_ref().to_string(),
                        value: value_read,
                        line,
                        span: value.span(),
                    });
                }
            }
        }
        entries.sort_by_key(|entry| entry.span.start);
        entries
    }

    pub(super) fn table(&mut self, name: &'static str) -> Table<'_, 'i> {
        let entries = match self.root.get(name).map(Spanned::get_ref) {
            Some(DeValue::Table(entries)) => Some(entries.clone()),
            _ => None,
        };
        Table { reader: self, name, entries }
    }
}

impl Table<'_, '_> {
    fn get(&self, key: &str) -> Option<&Spanned<DeValue<'_>>> {
        let value = self.entries.as_ref()?.get(key)?;
        // Of a line that could not be read some part may look like a value.
        let unread = &self.reader.unread;
        (unread.is_empty() || !unread.contains(&self.reader.line(&value.span()))).then_some(value)
    }

    /// Whether the file has this key.
    pub(super) fn has(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    /// The value of a key, or what stands for a missing one; a wrong one is noted.
    pub(super) fn read<T>(
        &mut self,
        key: &str,
        missing: T,
        parse: impl Fn(Given<'_>) -> Result<T, String>,
    ) -> T {
        let Some(value) = self.get(key) else { return missing };
        let given = Given::of(value.get_ref());
        match parse(given) {
            Ok(parsed) => parsed,
            Err(wanted) => {
                let span = value.span();
                // Neither a secret nor a person's name reaches a message.
                let hidden = SECRETS.contains(&key) || self.name == "manager";
                let shown = if hidden { "the value".to_owned() } else { given.shown() };
                self.wrong(span, key, format!("{shown} does not fit; {wanted}"));
                missing
            }
        }
    }

    /// A text, empty when missing.
    pub(super) fn text(&mut self, key: &str) -> String {
        self.read(key, String::new(), |given| given.text().map(str::to_owned))
    }

    /// A text that may be missing or empty, with its own check.
    pub(super) fn optional<T>(&mut self, key: &str, parse: impl Fn(&str) -> Result<T, String>) -> Option<T> {
        self.read(key, None, |given| match given.text()? {
            "" => Ok(None),
            text => parse(text).map(Some),
        })
    }

    /// Notes that a key, right in itself, does not go with another.
    pub(super) fn refuse(&mut self, key: &str, words: &str) {
        let span = self.get(key).map(Spanned::span).unwrap_or_default();
        self.wrong(span, key, words.to_owned());
    }

    fn wrong(&mut self, span: Range<usize>, key: &str, words: String) {
        let key = format!("{}.{key}", self.name);
        self.reader.wrong(span, key, words);
    }
}

/// What a key is called elsewhere.
const OTHER_NAMES: [(&str, &str); 7] = [
    ("wifi", "ssid"),
    ("wlan", "ssid"),
    ("psk", "password"),
    ("passphrase", "password"),
    ("ip", "address"),
    ("pincode", "pin"),
    ("token", "app_token"),
];

fn no_key(
    key: &Spanned<DeString<'_>>,
    table: &str,
    keys: &[&'static str],
    tables: &[(&'static str, &[&'static str])],
) -> String {
    let name = key.get_ref().as_ref();
    let other = OTHER_NAMES.iter().find(|(other, key)| *other == name && keys.contains(key));
    if let Some(near) = other.map(|(_, key)| *key).or_else(|| nearest(name, keys)) {
        return format!("there is no such key; did you mean '{near}'?");
    }
    if let Some((other, _)) = tables.iter().find(|(_, keys)| keys.contains(&name)) {
        return format!("there is no such key here; did you mean to write it under [{other}]?");
    }
    format!("there is no such key; [{table}] knows {}", keys.join(", "))
}

fn no_table(
    name: &Spanned<DeString<'_>>,
    names: &[&'static str],
    tables: &[(&'static str, &[&'static str])],
) -> String {
    let name = name.get_ref().as_ref();
    if let Some((table, _)) = tables.iter().find(|(_, keys)| keys.contains(&name)) {
        return format!("stands outside a table; write it under [{table}]");
    }
    if ["wifi", "wlan", "wi-fi"].contains(&name) {
        return "there is no such table; ssid and password of a Wi-Fi stand under [network]".to_owned();
    }
    match nearest(name, names) {
        Some(near) => format!("there is no such table; did you mean [{near}]?"),
        None => format!("there is no such table; there are {}", names.join(", ")),
    }
}

/// The name that was probably meant.
pub(super) fn nearest<'n>(wrong: &str, names: &[&'n str]) -> Option<&'n str> {
    let wrong = wrong.to_lowercase().replace('-', "_");
    let score = |name: &str| strsim::jaro_winkler(&wrong, name);
    let best = names.iter().max_by(|a, b| score(a).total_cmp(&score(b)))?;
    (score(best) > 0.82).then_some(*best)
}
