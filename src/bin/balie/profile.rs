//! `balie profile`, and what `balie import --profile` learns.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use balie::exchange::profile::{Guess, Profile, guess};
use balie::station::args::Station;
use balie::store::Store;
use balie::store::history::{Actor, Origin};
use clap::Subcommand;

use crate::{Failure, open};

/// What to do with the profiles.
#[derive(Debug, Subcommand)]
pub enum Profiles {
    /// Their names
    List,
    /// Print one as JSON
    Show {
        /// Its name
        name: String,
    },
    /// Save what `show` printed, after it was mended
    Save {
        /// Its name
        name: String,
        /// The JSON file
        file: PathBuf,
    },
    /// Remove one
    Remove {
        /// Its name
        name: String,
    },
    /// Say what a file or the files of a folder seem to be, and save nothing
    Guess {
        /// A CSV file, or a folder of them
        path: PathBuf,
    },
}

impl Profiles {
    pub fn run(&self, station: &Station) -> Result<(), Failure> {
        let mut store = open(station)?;
        let mut out = io::stdout().lock();
        match self {
            Profiles::List => {
                for (name, content) in store.profiles()? {
                    let files: Vec<String> =
                        Profile::parse(&content)?.files.into_iter().map(|map| map.name).collect();
                    writeln!(out, "{name}: {}", files.join(", "))?;
                }
            }
            Profiles::Show { name } => writeln!(out, "{}", read(&store, name)?.text()?)?,
            Profiles::Save { name, file } => {
                let text = std::fs::read_to_string(file)
                    .map_err(|cause| format!("{} cannot be read: {cause}", file.display()))?;
                let profile = Profile::parse(&text)?;
                store.save_profile(name, Some(&profile.text()?), actor(station))?;
            }
            Profiles::Remove { name } => store.save_profile(name, None, actor(station))?,
            Profiles::Guess { path } => {
                for file in files(path)? {
                    show(&mut out, &file, &seen(&file)?)?;
                }
            }
        }
        Ok(())
    }
}

fn actor(station: &Station) -> Actor {
    Actor { origin: Origin::Command, at: station.clock.now_utc() }
}

fn read(store: &Store, name: &str) -> Result<Profile, Failure> {
    let content = store
        .profile(name)?
        .ok_or_else(|| format!("there is no profile '{name}'; `balie profile list` shows them"))?;
    Ok(Profile::parse(&content)?)
}

fn seen(file: &Path) -> Result<Guess, Failure> {
    guess(file).map_err(|cause| format!("{} cannot be read: {cause}", file.display()).into())
}

/// The profile of a name, with what the files of a path add to it; what is new is shown and saved.
pub fn learn(
    store: &mut Store,
    name: &str,
    path: &Path,
    dry_run: bool,
    station: &Station,
) -> Result<Profile, Failure> {
    let mut profile = match store.profile(name)? {
        Some(content) => Profile::parse(&content)?,
        None => Profile::default(),
    };
    let mut err = io::stderr().lock();
    let mut learned = false;
    for file in files(path)?.iter().filter(|file| !profile.knows(file)).collect::<Vec<_>>() {
        let guess = seen(file)?;
        show(&mut err, file, &guess)?;
        learned |= !guess.maps.is_empty();
        profile.learn(Profile { files: guess.maps });
    }
    if learned && !dry_run {
        store.save_profile(name, Some(&profile.text()?), actor(station))?;
        writeln!(
            err,
            "Saved as profile '{name}'; `balie profile show {name}` prints it, `balie profile save` mends it"
        )?;
    }
    Ok(profile)
}

/// A file, or the CSV files of a folder.
fn files(path: &Path) -> Result<Vec<PathBuf>, Failure> {
    let unreadable = |cause: io::Error| format!("{} cannot be read: {cause}", path.display());
    if !std::fs::metadata(path).map_err(unreadable)?.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    for entry in std::fs::read_dir(path).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let ending = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
        if path.is_file() && ["csv", "tsv", "txt"].contains(&ending.as_str()) {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// What is thought of a file, header by header.
fn show(out: &mut impl Write, file: &Path, guess: &Guess) -> io::Result<()> {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    if guess.maps.is_empty() {
        return writeln!(out, "{name}: not recognised; its columns are: {}", guess.headers.join(", "));
    }
    for map in &guess.maps {
        writeln!(out, "{name} is {}:", map.file)?;
        for header in &guess.headers {
            if let Some(column) = map.columns.get(&header.to_lowercase()) {
                writeln!(out, "  {header} = {column}")?;
            }
        }
        for (column, text) in &map.fixed {
            writeln!(out, "  (every row) {text} = {column}")?;
        }
    }
    if !guess.unused.is_empty() {
        writeln!(out, "  not used: {}", guess.unused.join(", "))?;
    }
    Ok(())
}
