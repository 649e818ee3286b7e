//! The data: room for it, whether it is whole, copies of it, and whoever works on it.

use std::fs;
use std::path::Path;

use super::{Check, age};
use crate::rules::alert::collector_silent;
use crate::station::args::Station;
use crate::station::clock::Clock;
use crate::station::disk::Room;
use crate::station::lock::{Lock, LockError};
use crate::store::backup::kept;
use crate::store::register::RegisterTrouble;
use crate::store::{Access, Store};

const MEGA: u64 = 1024 * 1024;
/// A backup that is older than this has missed two nights.
const OLD_DAYS: i64 = 2;
/// What the register did longer ago is over.
const LATELY_DAYS: i64 = 7;
/// So many of its troubles are told.
const TOLD: usize = 5;

pub(super) fn disk(station: &Station) -> Check {
    let folder = &station.data_dir;
    let shown = folder.display();
    let room = match Room::under(folder) {
        Ok(room) => room,
        Err(cause) => {
            let what = format!("the data folder {shown} cannot be reached: {cause}");
            return Check::wrong("disk", what, "make it, or name another with --data-dir");
        }
    };
    if let Err(cause) = writable(folder) {
        let what = format!("nothing can be written in {shown}: {cause}");
        return Check::wrong(
            "disk",
            what,
            "run this as the user balie (sudo -u balie balie doctor); if it is, the card may be worn: replace it",
        );
    }
    let what = format!("{} MB of {} MB free in {shown}", room.free / MEGA, room.total / MEGA);
    if room.is_nearly_gone() {
        return Check::wrong("disk", what, "remove old files, from drop/done and drop/failed for instance");
    }
    Check::ok("disk", what)
}

/// Tries it: a card that only pretends, or a folder of another user.
fn writable(folder: &Path) -> std::io::Result<()> {
    let trial = folder.join(".doctor");
    let tried = fs::write(&trial, "trial").and_then(|()| fs::File::open(&trial)?.sync_all());
    let removed = fs::remove_file(&trial);
    tried.and(removed)
}

pub(super) fn database(station: &Station) -> (Option<Store>, Check) {
    let path = station.database();
    if !path.exists() {
        let what = format!("there is no database {} yet", path.display());
        return (
            None,
            Check::wrong("database", what, "start the collector: systemctl start balie-collector"),
        );
    }
    let store = match Store::open_with(&path, Access::Read) {
        Ok(store) => store,
        Err(cause) => {
            let remedy =
                if cause.is_damage() { "balie restore with the newest file in backup/" } else { "see there" };
            return (None, Check::wrong("database", cause.to_string(), remedy));
        }
    };
    let check = match store.check_all() {
        Ok(()) => {
            let bytes = fs::metadata(&path).map_or(0, |file| file.len());
            Check::ok("database", format!("whole, {} MB{}", bytes.div_ceil(MEGA), healed(&store)))
        }
        Err(cause) => Check::wrong(
            "database",
            cause.to_string(),
            "stop nothing; put the newest good backup back: balie restore FILE (backup/, or a stick)",
        ),
    };
    (Some(store), check)
}

/// That it was put back by itself: somebody should look at the card.
fn healed(store: &Store) -> String {
    let Ok(Some(healed)) = store.healed() else { return String::new() };
    let (at, copy_of, aside) = (healed.at.format("%Y-%m-%d"), healed.copy_of, healed.aside.display());
    format!(
        "; on {at} it was damaged and put back by itself from the copy of {copy_of}; the damaged file is {aside}"
    )
}

pub(super) fn clock(clock: &Clock, store: Option<&Store>) -> Check {
    let newest = store.and_then(|store| store.newest_instant().ok().flatten());
    match clock.trusted_now(newest) {
        Ok(_) => {
            let time = clock.now_local().format("%Y-%m-%d %H:%M");
            Check::ok("clock", format!("{time} in the shop"))
        }
        Err(doubt) => Check::wrong(
            "clock",
            doubt.to_string(),
            "connect the network cable and wait a minute, or: sudo timedatectl set-time 'YYYY-MM-DD HH:MM'",
        ),
    }
}

pub(super) fn backups(station: &Station, store: Option<&Store>) -> Check {
    let folder = station.backup_dir();
    let today = station.clock.today();
    let state = store.and_then(|store| store.backup_state().ok()).unwrap_or_default();
    let why = if state.failures > 0 { format!(" (the last try: {})", state.problem) } else { String::new() };
    let remedy = "leave Balie and its collector on for a night, or make one now: balie backup FILE";
    match kept(&folder) {
        Err(cause) => Check::wrong("backup", cause.to_string(), "check [files] backup_dir"),
        Ok(kept) => match kept.iter().find(|kept| kept.on <= today) {
            None => Check::wrong("backup", format!("there is none in {}{why}", folder.display()), remedy),
            Some(newest) if (today - newest.on).num_days() > OLD_DAYS => {
                Check::wrong("backup", format!("the newest is of {}{why}", newest.on), remedy)
            }
            Some(newest) if state.failures > 2 => {
                let what = format!("the newest is of {}, and making one fails{why}", newest.on);
                Check::wrong("backup", what, "make room, and check [files] backup_dir")
            }
            Some(newest) => {
                let stick = store.and_then(|store| store.stick_state().ok()).and_then(|stick| stick.good_at);
                let stick = stick.map_or("none on a stick".to_owned(), |at| {
                    format!("one on a stick {}", age(&station.clock, at))
                });
                Check::ok("backup", format!("{} kept, the newest of {}; {stick}", kept.len(), newest.on))
            }
        },
    }
}

/// What the register did lately that it should not.
pub(super) fn register(station: &Station, store: Option<&Store>) -> Check {
    let name = "register";
    if !station.config.rdw.enabled {
        return Check::off(name, "[rdw] enabled is false");
    }
    let Some(store) = store else { return Check::off(name, "nothing is known of its answers") };
    let troubles = match store.register_troubles() {
        Ok(troubles) => troubles,
        Err(cause) => return Check::wrong(name, cause.to_string(), "see 'database'"),
    };
    let lately = station.clock.instant_of_day(station.clock.now_utc()) - chrono::TimeDelta::days(LATELY_DAYS);
    let (small, large): (Vec<_>, Vec<_>) =
        troubles.iter().filter(|one| one.last_at >= lately).partition(|one| one.is_small());
    let told = |some: &[&RegisterTrouble]| {
        let mut words: Vec<String> = some
            .iter()
            .take(TOLD)
            .map(|one| {
                let at = age(&station.clock, one.last_at);
                format!("{}: {} ({} times, last {at})", one.data_set, one.words, one.times)
            })
            .collect();
        if some.len() > TOLD {
            words.push(format!("and {} more (balie rdw status)", some.len() - TOLD));
        }
        words.join("; ")
    };
    if !large.is_empty() {
        return Check::wrong(
            name,
            told(&large),
            "what was known is kept; look for a newer Balie, and check [rdw] app_token where it is named",
        );
    }
    if small.is_empty() {
        return Check::ok(name, "nothing odd in its answers of the last week");
    }
    Check::ok(name, format!("it answers; left out of the last week's answers: {}", told(&small)))
}

pub(super) fn drop_folder(station: &Station) -> Check {
    let folder = station.drop_dir();
    let failed = fs::read_dir(folder.join("failed")).map_or(0, Iterator::count);
    match fs::read_dir(&folder) {
        Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => {
            Check::off("drop folder", format!("{} is not there", folder.display()))
        }
        Err(cause) => Check::wrong(
            "drop folder",
            format!("{} cannot be read: {cause}", folder.display()),
            "check [files] drop_dir and the rights on it",
        ),
        Ok(_) if failed > 0 => Check::wrong(
            "drop folder",
            format!("{failed} batches could not be taken in"),
            format!(
                "read report.txt in {}, mend the files, drop them again, and remove that folder",
                folder.join("failed").display()
            ),
        ),
        Ok(_) => Check::ok("drop folder", folder.display().to_string()),
    }
}

pub(super) fn collector(station: &Station, store: Option<&Store>) -> Check {
    let start = "systemctl start balie-collector; if it does not stay: journalctl -u balie-collector";
    let last = store.and_then(|store| store.last_collection().ok().flatten()).map(|last| last.finished_at);
    let every = store
        .and_then(|store| store.settings().ok())
        .map_or(1, |settings| settings.general.collect_every_hours);
    let said = last.map_or("it has never collected".to_owned(), |at| {
        format!("the last collection was {}", age(&station.clock, at))
    });
    if !station.data_dir.is_dir() {
        return Check::wrong("collector", said, start);
    }
    match Lock::collector(&station.data_dir) {
        Ok(_) => Check::wrong("collector", format!("it is not running; {said}"), start),
        Err(LockError::Failed { cause, .. }) => Check::wrong(
            "collector",
            format!("whether it runs cannot be told: {cause}"),
            "run this as the user balie",
        ),
        Err(LockError::Taken(_) | LockError::Delivering(_)) => {
            let now = station.clock.now_utc();
            let long_ago = now - chrono::TimeDelta::days(3650);
            if last.is_some() && collector_silent(last, long_ago, now, every) {
                return Check::wrong(
                    "collector",
                    format!("it runs, but {said}"),
                    "journalctl -u balie-collector says why",
                );
            }
            Check::ok("collector", format!("it runs; {said}"))
        }
    }
}
