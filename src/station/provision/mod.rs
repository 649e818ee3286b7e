//! Provisioning (APP-08): the technician fills in one file on the boot partition; at each start what is right
//! in it holds, and what is wrong is told with its line.
//!
//! Each step leaves the machine as it was or as it should be, and all of it can be done again: a power cut
//! at any point is made good by the next start. The order keeps every secret in at least one place: first it is on
//! the data partition, then the configuration names it there, then it goes from the card.

mod card;
mod files;
pub mod manager;
mod merge;
mod network;
mod preseed;
pub mod report;
mod system;

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use self::card::Card;
use self::files::{Group, Wanted, private_folder};
use self::merge::{Merged, Sources, merge};
use self::preseed::Preseed;
use self::report::{Mistake, Report, State};
use super::config::{Examined, Plain, Problem, Secret};

/// The folder of secrets in the data folder.
pub(crate) const SECRETS: &str = "secrets";

/// Where everything is.
#[derive(Debug, Clone)]
pub struct Places {
    /// The root of the machine that is provisioned: `/`, or an image's.
    pub root: PathBuf,
    /// The technician's file; else it is looked for on the boot partition.
    pub from: Option<PathBuf>,
    /// The configuration, as the programs on that machine name it.
    pub config: PathBuf,
    /// The data folder, as the programs on that machine name it.
    pub data_dir: PathBuf,
}

/// Why something could not be done.
#[derive(Debug, thiserror::Error)]
pub enum ProvisionError {
    /// A file.
    #[error("{path} cannot be read or written: {cause}; check the card and who may write there")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        cause: io::Error,
    },
    /// The database.
    #[error(transparent)]
    Store(#[from] crate::store::StoreError),
}

/// Looks at a settings file without doing anything: the technician's (any name), or Raspberry Pi Imager's.
///
/// # Errors
/// [`ProvisionError`] when there is no such file.
pub fn check(path: &Path) -> Result<Report, ProvisionError> {
    let bytes = fs::read(path).map_err(|cause| ProvisionError::File { path: path.to_owned(), cause })?;
    let mistakes = if path.file_name().is_some_and(|name| name == card::PRESEED) {
        preseed::read(path, &bytes).mistakes
    } else {
        let examined = examine(path, &bytes);
        examined.problems.iter().map(|problem| Mistake::of(path, problem)).collect()
    };
    let state = if mistakes.is_empty() { State::Applied } else { State::Partly };
    Ok(Report::new(Some(path.to_owned()), state, mistakes))
}

/// The technician's file: as the configuration, but it leaves the card, so a file beside it does not help.
fn examine(path: &Path, bytes: &[u8]) -> Examined {
    let mut examined = Examined::of(path, bytes);
    for entry in &examined.entries {
        let named = entry.key.ends_with("_file").then(|| entry.value.text()).flatten();
        let of_secret = entry.key.strip_suffix("_file").is_some_and(merge::is_secret);
        if of_secret && named.is_some_and(|named| !named.is_empty() && !named.starts_with('/')) {
            let key = entry.key.trim_end_matches("_file");
            let words = format!(
                "no file beside this one is read; write {key} = \"...\" with the secret itself, which is moved to a \
                 safe place and blanked here"
            );
            examined.problems.push(Problem { line: entry.line, key: entry.name(), words });
        }
    }
    examined.problems.sort_by_key(|problem| problem.line);
    examined
}

/// Provisions. Whatever goes wrong is in the report, and holds nothing else up.
pub fn run(places: &Places) -> Report {
    let mut work = Work { places, mistakes: Vec::new() };
    let report = work.all();
    let file = places.at(Path::new(report::PATH));
    let text = serde_json::to_vec_pretty(&report).unwrap_or_default();
    match Wanted::open(&file, text).write() {
        Ok(()) => report,
        Err(cause) => {
            work.failed(&file, &cause);
            Report { mistakes: [report.mistakes, work.mistakes].concat(), ..report }
        }
    }
}

impl Places {
    /// A path of that machine as this one reaches it.
    fn at(&self, path: &Path) -> PathBuf {
        self.root.join(path.strip_prefix("/").unwrap_or(path))
    }
}

struct Work<'a> {
    places: &'a Places,
    mistakes: Vec<Mistake>,
}

impl Work<'_> {
    fn failed(&mut self, path: &Path, cause: &io::Error) {
        let words =
            format!("cannot be read or written: {cause}; if restarting does not help, replace the card");
        self.mistakes.push(Mistake::with(path, words));
    }

    fn tried<T>(&mut self, path: &Path, done: io::Result<T>) -> Option<T> {
        done.map_err(|cause| self.failed(path, &cause)).ok()
    }

    /// The technician's file and the Imager's.
    fn cards(&mut self) -> (Option<Card>, Option<Card>) {
        let (folder, technician) = match &self.places.from {
            Some(file) => {
                let found =
                    card::read(file).and_then(|found| found.ok_or_else(|| ErrorKind::NotFound.into()));
                (file.parent().map(Path::to_owned), self.tried(file, found))
            }
            None => {
                let folder = card::folder(&self.places.root);
                let found = folder.as_deref().and_then(|folder| self.tried(folder, card::in_folder(folder)));
                (folder, found.flatten())
            }
        };
        // Where the Imager's own service is, it has done what the Imager was told.
        let theirs = self.places.at(Path::new("/usr/lib/rpi-preseed")).exists();
        let preseed = folder.filter(|_| !theirs).map(|folder| folder.join(card::PRESEED));
        let preseed = preseed.and_then(|path| self.tried(&path, card::read(&path))?);
        (technician, preseed)
    }

    fn all(&mut self) -> Report {
        let (card, preseed_card) = self.cards();
        let technician = card.as_ref().map(|card| examine(&card.path, &card.bytes));
        let preseed = preseed_card.as_ref().map(|card| preseed::read(&card.path, &card.bytes));
        if let (Some(card), Some(examined)) = (&card, &technician) {
            self.mistakes.extend(examined.problems.iter().map(|problem| Mistake::of(&card.path, problem)));
        }
        self.mistakes.extend(preseed.iter().flat_map(|preseed| preseed.mistakes.clone()));
        let state = state(technician.as_ref(), preseed.as_ref());
        let before = self.before();
        if card.is_none() {
            let path = self.places.at(&self.places.config);
            self.mistakes.extend(before.problems.iter().map(|problem| Mistake::of(&path, problem)));
        }
        let merged = merge(&Sources {
            technician: technician.as_ref(),
            preseed: preseed.as_ref(),
            before: &before,
            path: &self.places.config,
            secrets: &self.places.data_dir.join(SECRETS),
        });
        let group = Group::of(&self.places.at(&self.places.data_dir));
        if card.is_some() || preseed.is_some() {
            self.keep(
                &merged,
                group,
                card.as_ref().zip(technician.as_ref()),
                preseed_card.as_ref().zip(preseed.as_ref()),
            );
        }
        self.apply(&merged);
        let file = card.or(preseed_card).map(|card| card.path);
        Report::new(file, state, std::mem::take(&mut self.mistakes))
    }

    /// The configuration that holds now.
    fn before(&mut self) -> Examined {
        let path = self.places.at(&self.places.config);
        let bytes = match fs::read(&path) {
            Err(cause) if cause.kind() == ErrorKind::NotFound => Vec::new(),
            read => self.tried(&path, read).unwrap_or_default(),
        };
        Examined::of(&self.places.config, &bytes)
    }

    /// Secrets, configuration, card: in this order, and none after one that failed.
    fn keep(
        &mut self,
        merged: &Merged,
        group: Option<Group>,
        card: Option<(&Card, &Examined)>,
        preseed: Option<(&Card, &Preseed)>,
    ) {
        let data_dir = self.places.at(&self.places.data_dir);
        let mut steps = Vec::new();
        let folder = data_dir.join(SECRETS);
        for (name, secret) in &merged.secrets {
            let path = folder.join(name);
            steps.push(Wanted { path, content: secret.clone().into(), mode: 0o640, group });
        }
        if let Some((name, pin)) = &merged.manager {
            steps.push(manager::file(&data_dir, name, pin, group));
        }
        if !steps.is_empty() && self.tried(&folder, private_folder(&folder, group)).is_none() {
            return;
        }
        let config = self.places.at(&self.places.config);
        let config = Wanted { path: config, content: merged.text.clone().into(), mode: 0o640, group };
        for step in steps.iter().chain([&config]) {
            if self.tried(&step.path, step.write()).is_none() {
                return;
            }
        }
        if let Some((card, examined)) = card {
            let wrong = |name: &str| examined.problems.iter().any(|problem| problem.key == name);
            let taken = examined.entries.iter().filter(|entry| {
                // A secret that is wrong is not kept anywhere else yet.
                let filled = matches!(&entry.value, Plain::Text(text) if !text.is_empty());
                entry.is_secret() && filled && !wrong(&entry.name()) && merge::is_ours(entry, merged)
            });
            let spans: Vec<_> = taken.map(|entry| entry.span.clone()).collect();
            self.tried(&card.path, card.blank(&spans));
        }
        if let Some((card, preseed)) = preseed {
            self.tried(&card.path, card.blank(&preseed.secrets));
        }
    }

    /// What the system reads at each start.
    fn apply(&mut self, merged: &Merged) {
        let password = self.wifi_password(merged);
        for (path, done) in system::apply(&self.places.root, merged, password.as_ref()) {
            self.tried(&path, done);
        }
    }

    /// The Wi-Fi's password, if it has one. What was just read goes before the file of it: the data partition may
    /// refuse to be written. `None`: there is one, and it cannot be read.
    fn wifi_password(&mut self, merged: &Merged) -> Option<Password> {
        if let Some(secret) = merged.secrets.get(&merge::file_name("network", "password")) {
            return Some(Password(Some(secret.clone())));
        }
        match &merged.config.network.password {
            Secret::None => Some(Password(None)),
            Secret::Text(text) => Some(Password(Some(text.clone()))),
            Secret::File(path) => {
                let path = self.places.at(path);
                let text = self.tried(&path, fs::read_to_string(&path))?;
                Some(Password(Some(text.trim_end_matches(['\r', '\n']).to_owned())))
            }
        }
    }
}

/// A Wi-Fi's password; an open one has none.
struct Password(Option<String>);

/// How far the files could be read.
fn state(technician: Option<&Examined>, preseed: Option<&Preseed>) -> State {
    let mistakes = technician.is_some_and(|examined| !examined.problems.is_empty())
        || preseed.is_some_and(|preseed| !preseed.mistakes.is_empty());
    let lines = technician.map_or(0, |examined| examined.entries.len())
        + preseed.map_or(0, |preseed| preseed.entries.len());
    match (technician.is_some() || preseed.is_some(), mistakes) {
        (false, _) => State::Absent,
        (true, false) => State::Applied,
        (true, true) if lines == 0 => State::Kept,
        (true, true) => State::Partly,
    }
}
