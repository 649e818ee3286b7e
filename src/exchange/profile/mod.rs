//! Mapping profiles (APP-05): how another system names its files and columns. A profile is guessed from
//! the headers once, shown, saved under a name, and then holds for every file of that system.

mod guess;
mod synonyms;
mod words;

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

pub use guess::{Guess, guess};
pub(super) use words::word;

use crate::store::Store;
use crate::store::noun::{Need, Noun};

/// How one system's files are to be read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// File by file; one file may fill two of ours.
    pub files: Vec<FileMap>,
}

/// How one file is to be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileMap {
    /// The other system's file name without its ending; digits (dates, mostly) and signs do not count.
    pub name: String,
    /// Our file, such as `vehicles.csv`.
    pub file: String,
    /// The other system's header, in small letters, and our column.
    pub columns: BTreeMap<String, String>,
    /// Columns that are the same for every row, such as the kind of a quote.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fixed: BTreeMap<String, String>,
}

/// What is wrong with a profile that a person wrote.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    /// It is not JSON of the form that `balie profile show` prints.
    #[error("this is no profile ({0}); begin with what `balie profile show NAME` prints")]
    Form(#[from] serde_json::Error),
    /// A file of ours that there is none of.
    #[error("'{0}' is not one of the files that Balie knows: {1}")]
    File(String, String),
    /// A column of ours that there is none of.
    #[error("{file} has no column '{column}'; it has: {known}")]
    Column {
        /// Our file.
        file: String,
        /// The column.
        column: String,
        /// Those it has.
        known: String,
    },
    /// A column of which the rows could not be told apart without.
    #[error("nothing is said of the column '{column}' of {file}, by which its rows are told apart")]
    Key {
        /// Our file.
        file: String,
        /// The column.
        column: String,
    },
}

impl Profile {
    /// Reads and checks what was saved or written by hand.
    ///
    /// # Errors
    /// [`ProfileError`] with what to write.
    pub fn parse(text: &str) -> Result<Self, ProfileError> {
        let mut profile: Profile = serde_json::from_str(text)?;
        for map in &mut profile.files {
            map.name = stem(&map.name);
            let columns = std::mem::take(&mut map.columns);
            map.columns =
                columns.into_iter().map(|(header, column)| (header.trim().to_lowercase(), column)).collect();
            map.check()?;
        }
        Ok(profile)
    }

    /// All that was saved, in one: what the drop folder and the screen read by.
    pub fn learned(store: &Store) -> Self {
        let mut all = Self::default();
        for (name, content) in store.profiles().unwrap_or_default() {
            match Self::parse(&content) {
                Ok(profile) => all.learn(profile),
                Err(cause) => tracing::warn!(profile = name, %cause, "a mapping profile cannot be used"),
            }
        }
        all
    }

    /// Guesses what it does not know yet of some files; answers whether it learned anything. What has one
    /// of our names needs no guess.
    ///
    /// # Errors
    /// When one cannot be read.
    pub fn learn_from<'f>(&mut self, files: impl IntoIterator<Item = &'f Path>) -> std::io::Result<bool> {
        let mut learned = false;
        for file in files {
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            if self.knows(file) || Noun::ALL.iter().any(|noun| noun.file.eq_ignore_ascii_case(&name)) {
                continue;
            }
            let guess = guess(file)?;
            learned |= !guess.maps.is_empty();
            self.learn(Profile { files: guess.maps });
        }
        Ok(learned)
    }

    /// As it is saved and shown.
    ///
    /// # Errors
    /// Never in practice.
    pub fn text(&self) -> Result<String, ProfileError> {
        Ok(serde_json::to_string_pretty(self)?)
    }

    /// How a file is to be read, once for each of our files that it fills.
    pub(super) fn maps(&self, file_name: &str) -> impl Iterator<Item = &FileMap> {
        let stem = stem(file_name);
        self.files.iter().filter(move |map| map.name == stem || map.file.eq_ignore_ascii_case(file_name))
    }

    /// Whether it says how to read a file.
    pub fn knows(&self, file: &Path) -> bool {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        self.maps(&name).next().is_some()
    }

    /// Takes over what another one says of files that this one does not know.
    pub fn learn(&mut self, other: Profile) {
        let new: Vec<_> = other
            .files
            .into_iter()
            .filter(|map| !self.files.iter().any(|known| known.name == map.name && known.file == map.file))
            .collect();
        self.files.extend(new);
    }
}

impl FileMap {
    /// Our file.
    pub(super) fn noun(&self) -> Option<&'static Noun> {
        Noun::ALL.into_iter().find(|noun| noun.file.eq_ignore_ascii_case(&self.file))
    }

    fn check(&self) -> Result<(), ProfileError> {
        let files = || Noun::ALL.map(|noun| noun.file).join(", ");
        let noun = self.noun().ok_or_else(|| ProfileError::File(self.file.clone(), files()))?;
        for column in self.columns.values().chain(self.fixed.keys()) {
            if noun.place(column).is_none() {
                let known: Vec<&str> = noun.columns.iter().map(|column| column.name).collect();
                let known = known.join(", ");
                return Err(ProfileError::Column { file: self.file.clone(), column: column.clone(), known });
            }
        }
        for (_, column) in noun.key() {
            let said = self.columns.values().chain(self.fixed.keys()).any(|name| name == column.name);
            // A file that has our own name for it need not say so.
            if !said && !self.columns.is_empty() {
                return Err(ProfileError::Key { file: self.file.clone(), column: column.name.to_owned() });
            }
        }
        Ok(())
    }
}

/// A file's name as it is compared: `Klanten_20261125.csv` is `klanten`.
fn stem(name: &str) -> String {
    let name = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let key = synonyms::key(name);
    let letters: String = key.chars().filter(|letter| !letter.is_ascii_digit()).collect();
    if letters.is_empty() { key } else { letters }
}

/// How the columns of a file are found: by our own names, and by a map's.
#[derive(Debug, Clone, Copy)]
pub(super) struct Headers<'a> {
    pub(super) noun: &'static Noun,
    pub(super) map: Option<&'a FileMap>,
}

impl Headers<'_> {
    /// The place of the column that a header in small letters names, in either way.
    pub(super) fn place(&self, header: &str) -> Option<usize> {
        self.mapped(header).or_else(|| self.noun.place(header))
    }

    /// The place of the column by the map alone: it goes before our own names.
    pub(super) fn mapped(&self, header: &str) -> Option<usize> {
        self.noun.place(self.map?.columns.get(header)?)
    }

    /// The text that stands in every row of a column.
    pub(super) fn fixed(&self) -> impl Iterator<Item = (usize, &str)> {
        let fixed = self.map.into_iter().flat_map(|map| &map.fixed);
        fixed.filter_map(|(column, text)| Some((self.noun.place(column)?, text.as_str())))
    }

    /// Columns of the key that the file cannot leave out.
    pub(super) fn missing<'p>(
        &self,
        places: &'p [Option<usize>],
    ) -> impl Iterator<Item = &'static str> + use<'p, '_> {
        let fixed: Vec<usize> = self.fixed().map(|(place, _)| place).collect();
        self.noun
            .columns
            .iter()
            .enumerate()
            .filter(move |(place, column)| {
                matches!(column.need, Need::Key) && !places.contains(&Some(*place)) && !fixed.contains(place)
            })
            .map(|(_, column)| column.name)
    }
}
