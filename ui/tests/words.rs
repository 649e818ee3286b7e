//! Every word on the screen exists in all four languages, and keeps its numbers.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// What a translation is found by: its context and its English words.
type Key = (String, String);

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "slint") {
            found.push(path);
        }
    }
}

/// Reads a string literal; answers its text and what follows it.
fn literal(text: &str) -> Option<(String, &str)> {
    let text = text.trim_start().strip_prefix('"')?;
    let mut words = String::new();
    let mut letters = text.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return Some((words, &text[at + 1..])),
            '\\' => words.push(letters.next()?.1),
            other => words.push(other),
        }
    }
    None
}

/// All words of the pages: English, and the plural if there is one.
fn words_of_the_pages() -> BTreeMap<Key, Option<String>> {
    let mut files = Vec::new();
    sources(Path::new(env!("CARGO_MANIFEST_DIR")), &mut files);
    let mut found = BTreeMap::new();
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let mut component = String::new();
        for line in text.split_inclusive('\n').scan(0, |at, line| {
            let start = *at;
            *at += line.len();
            Some((start, line))
        }) {
            let (start, line) = line;
            let bare = line.strip_prefix("export ").unwrap_or(line);
            for kind in ["component ", "global "] {
                if let Some(name) = bare.strip_prefix(kind) {
                    component =
                        name.split(|c: char| !c.is_alphanumeric() && c != '-').next().unwrap().to_owned();
                }
            }
            for (at, _) in line.match_indices("@tr(") {
                let (first, rest) = literal(&text[start + at + 4..]).expect("a literal in @tr");
                let (context, (words, rest)) = match rest.trim_start().strip_prefix("=>") {
                    Some(rest) => (first, literal(rest).expect("a literal after =>")),
                    None => (component.clone(), (first, rest)),
                };
                let plural = rest.trim_start().strip_prefix('|').map(|rest| literal(rest).unwrap().0);
                found.insert((context, words), plural);
            }
        }
    }
    found
}

/// A catalogue: for each key its forms, as they stand in the file.
fn catalogue(language: &str) -> BTreeMap<Key, Vec<String>> {
    let file =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("lang").join(language).join("LC_MESSAGES/balie-ui.po");
    let text = std::fs::read_to_string(file).unwrap();
    let mut found = BTreeMap::new();
    for block in text.split("\n\n") {
        let field = |name: &str| {
            block
                .lines()
                .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '))
                .map(|rest| literal(rest).unwrap().0)
        };
        let Some(context) = field("msgctxt") else { continue };
        let forms = match field("msgstr") {
            Some(only) => vec![only],
            None => (0..2).map(|form| field(&format!("msgstr[{form}]")).unwrap_or_default()).collect(),
        };
        found.insert((context, field("msgid").unwrap()), forms);
    }
    found
}

fn places(words: &str) -> BTreeSet<&str> {
    words.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect()
}

#[test]
fn no_words_lack_a_translation() {
    let pages = words_of_the_pages();
    assert!(pages.len() > 90, "only {} found: the search is broken", pages.len());
    let mut wrong = Vec::new();
    for language in ["nl", "de", "pt", "en"] {
        let catalogue = catalogue(language);
        for (key, plural) in &pages {
            match catalogue.get(key) {
                None => wrong.push(format!("{language}: {key:?} is missing")),
                Some(forms) => {
                    if forms.len() != if plural.is_some() { 2 } else { 1 }
                        || forms.iter().any(String::is_empty)
                    {
                        wrong.push(format!("{language}: {key:?} is not complete"));
                    }
                    for form in forms {
                        if places(form) != places(&key.1) {
                            wrong.push(format!("{language}: {key:?} loses or gains a number: {form:?}"));
                        }
                    }
                }
            }
        }
        for key in catalogue.keys().filter(|key| !pages.contains_key(*key)) {
            wrong.push(format!("{language}: {key:?} is no longer on a page"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn pages_carry_no_words_without_a_translation() {
    // `text: "..."` with a letter in it would stay as it is in every language. A plate's country and
    // the exclamation mark are no words.
    let mut files = Vec::new();
    sources(Path::new(env!("CARGO_MANIFEST_DIR")), &mut files);
    for file in files {
        for line in std::fs::read_to_string(&file).unwrap().lines() {
            let Some(rest) = line.trim().strip_prefix("text: ") else { continue };
            if let Some((words, _)) = literal(rest) {
                assert!(
                    words == "NL" || !words.chars().any(char::is_alphabetic),
                    "{}: {line}",
                    file.display()
                );
            }
        }
    }
}
