//! What the page of files does with disks and sticks, in a thread of its own: it may take as long as a
//! slow stick takes.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chrono::{NaiveDate, NaiveDateTime};

use super::Places;
use super::context::Moment;
use super::gauge::Gauge;
use crate::exchange::profile::Profile;
use crate::exchange::stick::{Stick, sticks};
use crate::exchange::{ImportOptions, ImportReport, Progress, import_mapped};
use crate::store::Store;
use crate::store::backup::{Restored, keep_nightly, kept, restore, set_aside};
use crate::store::undo::TakenBack;

/// Under this name the screen saves what it learned of other systems' files.
const PROFILE: &str = "desk";
/// Memory for the pages of the database beside the desk's own.
const CACHE_KIB: u32 = 2048;
/// During an import.
const IMPORT_CACHE_KIB: u32 = 8192;

/// A folder on a stick with files that can be taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Offer {
    /// The stick's name, and the folder on it.
    pub(super) name: String,
    /// The folder.
    pub(super) path: PathBuf,
    /// How many CSV files are in it.
    pub(super) files: usize,
}

/// A copy that can be put back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Copy {
    /// The stick on which it is; none: this machine.
    pub(super) stick: Option<String>,
    /// The shop's day on which it was made.
    pub(super) on: NaiveDate,
    /// The file.
    pub(super) path: PathBuf,
    /// Its size.
    pub(super) bytes: u64,
}

/// What lies about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Around {
    /// Names of the sticks that are plugged in.
    pub(super) sticks: Vec<String>,
    /// What can be taken in.
    pub(super) offers: Vec<Offer>,
    /// What can be put back, newest first, this machine's before the sticks'.
    pub(super) copies: Vec<Copy>,
}

/// Looks at the sticks and the folder of copies. A stick that cannot be read has nothing.
pub(super) fn look_around(places: &Places) -> Around {
    let here = sticks(&places.sticks).unwrap_or_default();
    let offers = here.iter().flat_map(offers).collect();
    let mut copies = copies(&places.backups, None);
    for stick in &here {
        copies.extend(self::copies(&stick.backups(), Some(&stick.name)));
    }
    Around { sticks: here.into_iter().map(|stick| stick.name).collect(), offers, copies }
}

fn offers(stick: &Stick) -> Vec<Offer> {
    let mut folders: BTreeMap<PathBuf, usize> = BTreeMap::new();
    for file in stick.csv_files().unwrap_or_default() {
        if let Some(folder) = file.parent() {
            *folders.entry(folder.to_owned()).or_default() += 1;
        }
    }
    let named = |(path, files): (PathBuf, usize)| {
        let within = path.strip_prefix(&stick.path).unwrap_or(Path::new("")).display().to_string();
        let name = if within.is_empty() { stick.name.clone() } else { format!("{} / {within}", stick.name) };
        Offer { name, path, files }
    };
    folders.into_iter().map(named).collect()
}

fn copies(folder: &Path, stick: Option<&str>) -> Vec<Copy> {
    let made = kept(folder).unwrap_or_default().into_iter();
    made.map(|one| Copy {
        stick: stick.map(str::to_owned),
        on: one.on,
        bytes: std::fs::metadata(&one.path).map_or(0, |file| file.len()),
        path: one.path,
    })
    .collect()
}

fn open(places: &Places) -> Result<Store, String> {
    let mut store = Store::open(&places.database).map_err(words)?;
    store.limit_cache(CACHE_KIB).map_err(words)?;
    store.limit_import_cache(IMPORT_CACHE_KIB);
    Ok(store)
}

fn words(cause: impl std::fmt::Display) -> String {
    cause.to_string()
}

/// Reads the files of a folder, and takes them in unless it is only a look. What other systems call
/// their files and columns is guessed; what was guessed of files that went in is remembered.
pub(super) fn take_in(
    places: &Places,
    folder: &Path,
    only_look: bool,
    moment: &Moment,
    gauge: &Gauge,
) -> Result<ImportReport, String> {
    let mut store = open(places)?;
    let mut profile = Profile::learned(&store);
    let entries = std::fs::read_dir(folder).map_err(|cause| format!("{}: {cause}", folder.display()))?;
    let files: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv")))
        .collect();
    let learned = profile.learn_from(files.iter().map(PathBuf::as_path)).map_err(words)?;
    let options = ImportOptions {
        dry_run: only_look,
        strict: false,
        rejects_dir: &places.rejects,
        now: moment.actor.at,
        progress: &mut |progress: Progress<'_>| gauge.tell(progress.done, progress.total),
    };
    let report = import_mapped(&mut store, folder, options, &profile).map_err(words)?;
    if learned && !only_look {
        let text = profile.text().map_err(words)?;
        store.save_profile(PROFILE, Some(&text), moment.actor).map_err(words)?;
    }
    Ok(report)
}

/// Takes an import back.
pub(super) fn take_back(places: &Places, batch: i64, moment: &Moment) -> Result<TakenBack, String> {
    open(places)?.undo_import(Some(batch), moment.actor).map_err(words)
}

/// Makes a copy on this machine, and on every stick that is plugged in.
pub(super) fn copy_now(places: &Places, moment: &Moment, gauge: &Gauge) -> Result<(), String> {
    let mut store = open(places)?;
    let mut tell = |done, all| gauge.tell(done, all);
    let at = moment.actor.at;
    match keep_nightly(&store, &places.backups, moment.today, &mut tell) {
        Ok(_) => store.note_backup(at).map_err(words)?,
        Err(cause) => {
            let words = cause.to_string();
            // On a disk that is full this cannot be noted either.
            let _ = store.note_backup_failed(&words);
            return Err(words);
        }
    }
    for stick in sticks(&places.sticks).unwrap_or_default() {
        stick.keep_backup(&mut store, moment.today, &mut tell)?;
        store.note_stick(at, &stick.name).map_err(words)?;
    }
    Ok(())
}

/// Puts a copy back; what was there is kept beside the copies.
pub(super) fn put_back(
    places: &Places,
    copy: &Path,
    moment: &Moment,
    local: NaiveDateTime,
    gauge: &Gauge,
) -> Result<Restored, String> {
    std::fs::create_dir_all(&places.backups).map_err(words)?;
    let aside = set_aside(&places.backups, local);
    let mut tell = |done, all| gauge.tell(done, all);
    restore(&places.database, copy, &aside, moment.actor, &mut tell).map_err(words)
}
