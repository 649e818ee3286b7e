//! Row 2: the database is damaged. The last good copy takes its place by itself, and nothing else ever
//! makes that happen.

use std::fs::{self, OpenOptions};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use balie::domain::language::Language;
use balie::domain::task::{TaskFilter, TaskOrder};
use balie::store::backup::{BackupError, Healed, heal, keep_nightly};
use balie::store::{Store, StoreError};
use chrono::NaiveDate;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use crate::copies::{actor, names, run, shop};
use crate::mounts::{disk, fill, with_mounts};
use crate::process::Collector;
use crate::rounds::times;

const BLOCK: usize = 4096;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// A shop with its tasks and the copies of these nights.
fn kept_shop(vehicles: u32, nights: &[&str]) -> (tempfile::TempDir, PathBuf) {
    let folder = shop(vehicles);
    assert!(run(folder.path(), &["--today", "2015-05-01", "collect"]).status.success());
    let database = folder.path().join("balie.db");
    let store = Store::open(&database).unwrap();
    for night in nights {
        keep_nightly(&store, &folder.path().join("backup"), day(night), &mut |_, _| {}).unwrap();
    }
    (folder, database)
}

/// Writes noise over blocks of a file.
fn overwrite(path: &Path, blocks: impl IntoIterator<Item = usize>, noise: &mut ChaCha8Rng) {
    let file = OpenOptions::new().write(true).open(path).unwrap();
    let mut block = [0; BLOCK];
    for place in blocks {
        noise.fill_bytes(&mut block);
        file.write_all_at(&block, (place * BLOCK) as u64).unwrap();
    }
    file.sync_all().unwrap();
}

/// As many tasks as the list shows, in a database that is whole.
fn list(database: &Path) -> Result<usize, StoreError> {
    let store = Store::open(database)?;
    store.check_all()?;
    let all = TaskFilter::default();
    Ok(store.task_page(&all, TaskOrder::default(), day("2015-05-01"), Language::Nl, 0, 100_000)?.len())
}

fn heal_now(folder: &Path) -> Result<Option<Healed>, BackupError> {
    let local = day("2015-05-01").and_hms_opt(14, 0, 0).unwrap();
    heal(&folder.join("balie.db"), &folder.join("backup"), actor(), local)
}

fn asides(folder: &Path) -> Vec<String> {
    names(&folder.join("backup")).into_iter().filter(|name| name.starts_with("before-restore-")).collect()
}

#[test]
fn five_hundred_overwritten_blocks_and_the_list_is_back_within_ten_seconds() {
    for seed in 0..times() {
        let mut noise = ChaCha8Rng::seed_from_u64(u64::from(seed));
        let (folder, database) = kept_shop(1000, &["2015-04-29", "2015-04-30"]);
        let shown = list(&database).unwrap();
        assert!(shown > 0);
        // The plug is pulled while it works; what was rotten shows at the next start.
        let mut collector = Collector::start(folder.path(), &["--today", "2015-05-01"], &[]);
        collector.wait_for("STATUS=Laatste keer", Duration::from_secs(20));
        drop(collector);
        let blocks = fs::metadata(&database).unwrap().len() as usize / BLOCK;
        let hit: Vec<usize> = (0..500).map(|_| noise.next_u32() as usize % blocks).collect();
        overwrite(&database, hit, &mut noise);
        let bad = fs::read(&database).unwrap();
        let began = Instant::now();
        let mut collector = Collector::start(folder.path(), &["--today", "2015-05-01"], &[]);
        let status = collector.wait_for("teruggezet", Duration::from_secs(30));
        let took = began.elapsed();
        println!("{blocks} blocks, 500 overwritten: back after {took:?}");
        assert!(took < Duration::from_secs(10), "{took:?}");
        assert!(status.contains("de kopie van 30-04-2015 is teruggezet"), "{status}");
        assert_eq!(list(&database).unwrap(), shown);
        let kept = asides(folder.path());
        let kept: Vec<_> = kept.iter().filter(|name| name.ends_with(".db")).collect();
        assert_eq!(kept.len(), 1, "the damaged file is kept: {kept:?}");
        let kept = fs::read(folder.path().join("backup").join(kept[0])).unwrap();
        assert_eq!(kept.len(), bad.len());
        // In it the rest of what the log held may have been written, and nothing else.
        let same = kept.chunks(BLOCK).zip(bad.chunks(BLOCK)).filter(|(one, other)| one == other).count();
        assert!(same * 10 > blocks * 9, "{same} of {blocks} blocks");
        let healed = Store::open(&database).unwrap().healed().unwrap().unwrap();
        assert_eq!(healed.copy_of, day("2015-04-30"));
        // Saved in the new one.
        Store::open(&database).unwrap().set_setting("general.weekly_capacity", "7", actor()).unwrap();
        assert!(collector.runs());
    }
}

#[test]
fn wherever_it_is_hit_the_newest_whole_copy_takes_its_place() {
    let mut noise = ChaCha8Rng::seed_from_u64(7);
    for hit in ["first", "last", "all", "copy too"] {
        let (folder, database) = kept_shop(60, &["2015-04-28", "2015-04-29"]);
        let shown = list(&database).unwrap();
        let blocks = fs::metadata(&database).unwrap().len() as usize / BLOCK;
        match hit {
            "first" => overwrite(&database, [0], &mut noise),
            "last" => overwrite(&database, blocks / 2..blocks, &mut noise),
            _ => overwrite(&database, 0..blocks, &mut noise),
        }
        if hit == "copy too" {
            overwrite(&folder.path().join("backup/balie-2015-04-29.db"), [blocks / 2], &mut noise);
        }
        let healed = heal_now(folder.path()).unwrap().unwrap();
        let from = if hit == "copy too" { "2015-04-28" } else { "2015-04-29" };
        assert_eq!(healed.copy_of, day(from), "{hit}");
        assert_eq!(Store::open(&database).unwrap().healed().unwrap(), Some(healed), "{hit}");
        assert_eq!(list(&database).unwrap(), shown, "{hit}");
        assert_eq!(heal_now(folder.path()).unwrap(), None, "{hit}: it is whole now");
    }
}

#[test]
fn without_a_whole_copy_everything_stays_as_it_is() {
    let mut noise = ChaCha8Rng::seed_from_u64(8);
    let (folder, database) = kept_shop(20, &["2015-04-29"]);
    for path in [&database, &folder.path().join("backup/balie-2015-04-29.db")] {
        overwrite(path, 1..20, &mut noise);
    }
    let before = fs::read(&database).unwrap();
    let said = heal_now(folder.path()).unwrap_err();
    assert!(matches!(said, BackupError::NoneWhole(_)), "{said}");
    assert!(said.to_string().contains("put one from a stick back"), "{said}");
    assert_eq!(fs::read(&database).unwrap(), before);
    fs::remove_dir_all(folder.path().join("backup")).unwrap();
    assert!(matches!(heal_now(folder.path()), Err(BackupError::NoneWhole(_))));
}

#[test]
fn nothing_but_damage_puts_a_copy_back() {
    with_mounts("damage::nothing_but_damage_puts_a_copy_back", || {
        let (made, _) = kept_shop(60, &["2015-04-29"]);
        let data = disk(&made.path().join("data"), 32 * 1024);
        fs::copy(made.path().join("balie.db"), data.join("balie.db")).unwrap();
        fs::create_dir(data.join("backup")).unwrap();
        let copy = "backup/balie-2015-04-29.db";
        fs::copy(made.path().join(copy), data.join(copy)).unwrap();
        let mut store = Store::open(&data.join("balie.db")).unwrap();
        store.set_setting("general.weekly_capacity", "7", actor()).unwrap();
        let still = |what: &str| {
            let done = heal_now(&data);
            assert!(!matches!(done, Ok(Some(_))), "{what}: {done:?}");
            assert!(asides(&data).is_empty(), "{what}");
            let store = Store::open(&data.join("balie.db")).unwrap();
            assert_eq!(store.settings().unwrap().general.weekly_capacity, 7, "{what}");
        };
        still("whole");
        let mut other = Store::open(&data.join("balie.db")).unwrap();
        let held = other.begin_run(day("2015-05-01"), actor()).unwrap();
        let error = store.set_setting("general.weekly_capacity", "8", actor()).unwrap_err();
        assert!(matches!(error, StoreError::Busy) && !error.is_damage(), "{error}");
        still("locked");
        drop(held);
        fill(&data, 0);
        let mut full = None;
        for turn in 0..200 {
            let about = format!("task:{turn}");
            full = full.or(store.keep_draft(&about, &"x".repeat(50_000), actor()).err());
        }
        let error = full.unwrap();
        assert!(matches!(error, StoreError::Full) && !error.is_damage(), "{error}");
        still("full");
        fs::remove_file(data.join("films")).unwrap();
        store.set_setting("general.weekly_capacity", "7", actor()).unwrap();
        still("with room again");
    });
}

#[test]
fn who_has_the_old_file_open_writes_nothing_into_it() {
    let mut noise = ChaCha8Rng::seed_from_u64(9);
    let (folder, database) = kept_shop(60, &["2015-04-29"]);
    let mut desk = Store::open(&database).unwrap();
    desk.data_version().unwrap();
    let blocks = fs::metadata(&database).unwrap().len() as usize / BLOCK;
    overwrite(&database, 0..blocks, &mut noise);
    heal_now(folder.path()).unwrap().unwrap();
    let read = desk.data_version().unwrap_err();
    assert!(matches!(read, StoreError::Replaced(_)), "{read}");
    let written = desk.set_setting("general.weekly_capacity", "9", actor()).unwrap_err();
    assert!(matches!(written, StoreError::Replaced(_)), "{written}");
    let mut anew = Store::open(&database).unwrap();
    anew.set_setting("general.weekly_capacity", "9", actor()).unwrap();
}

#[test]
fn two_programs_that_find_it_damaged_put_one_copy_back() {
    let mut noise = ChaCha8Rng::seed_from_u64(10);
    let (folder, database) = kept_shop(60, &["2015-04-29"]);
    overwrite(&database, 0..5, &mut noise);
    let done: Vec<_> = thread::scope(|scope| {
        let both: Vec<_> = (0..2).map(|_| scope.spawn(|| heal_now(folder.path()))).collect();
        both.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let healed = done.iter().filter(|one| matches!(one, Ok(Some(_)))).count();
    assert_eq!(healed, 1, "{done:?}");
    for one in done {
        assert!(matches!(one, Ok(_) | Err(BackupError::Restoring(_))), "{one:?}");
    }
    assert_eq!(asides(folder.path()).iter().filter(|name| name.ends_with(".db")).count(), 1);
}
