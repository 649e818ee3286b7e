//! Reads one table of the file key by key, and writes down what does not fit, with its line.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use super::Problem;

/// Keys whose value no message repeats.
const SECRETS: [&str; 3] = ["app_token", "key", "password"];

/// A value as it stands in the file.
#[derive(Debug, Clone, Copy)]
pub(super) enum Given<'a> {
    Text(&'a str),
    Number(i64),
    Truth(bool),
    Other(&'static str),
}

impl<'a> Given<'a> {
    fn of(value: &'a DeValue<'_>) -> Self {
        match value {
            DeValue::String(text) => Given::Text(text),
            DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
                .map_or(Given::Other("number"), Given::Number),
            DeValue::Boolean(truth) => Given::Truth(*truth),
            DeValue::Float(_) => Given::Other("broken number"),
            DeValue::Datetime(_) => Given::Other("date"),
            DeValue::Array(_) => Given::Other("list"),
            DeValue::Table(_) => Given::Other("table"),
        }
    }

    fn shown(self) -> String {
        match self {
            Given::Text("") => "nothing".to_owned(),
            Given::Text(text) => format!("'{text}'"),
            Given::Number(number) => number.to_string(),
            Given::Truth(truth) => truth.to_string(),
            Given::Other(kind) => format!("a {kind}"),
        }
    }

    pub(super) fn text(self) -> Result<&'a str, String> {
        match self {
            Given::Text(text) => Ok(text.trim()),
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
}

/// One table of it.
pub(super) struct Table<'r, 'i> {
    reader: &'r mut Reader<'i>,
    name: &'static str,
    entries: Option<DeTable<'i>>,
}

impl<'i> Reader<'i> {
    pub(super) fn new(text: &'i str) -> Self {
        match DeTable::parse(text) {
            Ok(root) => Self { text, root: root.into_inner(), problems: Vec::new() },
            Err(wrong) => {
                let mut reader = Self { text, root: DeTable::new(), problems: Vec::new() };
                let words = wrong.message().lines().collect::<Vec<_>>().join(", ");
                let words =
                    format!("this is not TOML: {words}; write lines such as name = \"text\" under a [table]");
                reader.wrong(wrong.span().unwrap_or_default(), String::new(), words);
                reader
            }
        }
    }

    fn wrong(&mut self, span: Range<usize>, key: String, words: String) {
        let before = self.text.get(..span.start).unwrap_or(self.text);
        let line = 1 + before.bytes().filter(|byte| *byte == b'\n').count();
        self.problems.push(Problem { line, key, words });
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
        self.entries.as_ref()?.get(key)
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
                let shown = if SECRETS.contains(&key) { "the value".to_owned() } else { given.shown() };
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

fn no_key(
    key: &Spanned<DeString<'_>>,
    table: &str,
    keys: &[&'static str],
    tables: &[(&'static str, &[&'static str])],
) -> String {
    let name = key.get_ref().as_ref();
    if let Some(near) = nearest(name, keys) {
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
