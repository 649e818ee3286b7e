//! The way back from a backup, with real files and real processes: others have the database open, the
//! plug is pulled, the file is not what it seems (fault table, rows 1, 2).

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod copies;
mod inbox;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use balie::store::Store;
use balie::store::backup;
use copies::{Killed, actor, balie, names, note, run, shop, words};
use inbox::Inbox;
use rusqlite::Connection;

#[test]
fn what_is_no_backup_is_refused_with_words_and_changes_nothing() {
    let folder = shop(20);
    let at = |name: &str| folder.path().join(name);
    let text = |name: &str| at(name).to_str().unwrap().to_owned();
    let good = text("good.db");
    assert!(run(folder.path(), &["backup", &good]).status.success());
    let whole = fs::read(&good).unwrap();
    fs::write(at("torn.db"), &whole[..whole.len() / 2]).unwrap();
    fs::write(at("foreign.db"), "a letter").unwrap();
    drop(Connection::open(at("other.db")).unwrap().execute_batch("CREATE TABLE a (b)"));
    let mut newer = whole.clone();
    newer[63] = 77;
    fs::write(at("newer.db"), newer).unwrap();
    let mut rotten = whole.clone();
    let middle = rotten.len() / 2;
    rotten[middle..middle + 20_000].fill(0x5A);
    fs::write(at("rotten.db"), rotten).unwrap();
    fs::write(at("empty.db"), "").unwrap();
    let before = fs::read(at("balie.db")).unwrap();
    for (name, expected) in [
        ("torn.db", "cut off"),
        ("foreign.db", "not a backup of Balie"),
        ("other.db", "not a backup of Balie"),
        ("newer.db", "newer Balie (version 77"),
        ("rotten.db", "is damaged"),
        ("empty.db", "not a backup of Balie"),
        ("absent.db", "there is no file"),
        ("", "is a folder"),
        ("balie.db", "own database"),
    ] {
        let output = run(folder.path(), &["restore", &text(name)]);
        assert_eq!(output.status.code(), Some(1), "{name}");
        assert!(words(&output).contains(expected), "{name}: {}", words(&output));
        assert_eq!(words(&output).lines().count(), 1, "{name}: {}", words(&output));
    }
    assert_eq!(fs::read(at("balie.db")).unwrap(), before);
    assert!(!at("balie.db.restore").exists());
    for (name, expected) in [
        ("foreign.db", "is no backup of Balie"),
        ("balie.db", "own database"),
        ("nowhere/there.db", "No such file"),
    ] {
        let output = run(folder.path(), &["backup", &text(name)]);
        assert_eq!(output.status.code(), Some(1), "{name}");
        assert!(words(&output).contains(expected), "{name}: {}", words(&output));
    }
    assert_eq!(fs::read(at("foreign.db")).unwrap(), b"a letter");
    // Over an older one, and into a folder.
    assert!(run(folder.path(), &["backup", &good]).status.success());
    fs::create_dir(at("stick")).unwrap();
    let output = run(folder.path(), &["backup", &text("stick")]);
    let made = String::from_utf8(output.stdout).unwrap();
    assert!(Path::new(made.trim()).exists() && names(&at("stick"))[0].starts_with("balie-20"), "{made}");
    let none = run(&at("elsewhere"), &["backup", &good]);
    assert!(words(&none).contains("there is no database"), "{}", words(&none));
}

#[test]
fn a_restore_is_seen_by_those_who_have_the_database_open_and_keeps_what_was_there() {
    let folder = shop(200);
    let database = folder.path().join("balie.db");
    let mut desk = Store::open(&database).unwrap();
    desk.set_setting("general.weekly_capacity", "11", actor()).unwrap();
    let copy = folder.path().join("copy.db");
    desk.back_up(&copy, &mut |_, _| {}).unwrap();
    desk.set_setting("general.weekly_capacity", "12", actor()).unwrap();
    let version = desk.data_version().unwrap();
    let output = run(folder.path(), &["restore", copy.to_str().unwrap()]);
    assert!(output.status.success(), "{}", words(&output));
    assert!(words(&output).contains("200 vehicles"), "{}", words(&output));
    assert_ne!(desk.data_version().unwrap(), version);
    assert_eq!(desk.settings().unwrap().general.weekly_capacity, 11);
    desk.set_setting("general.weekly_capacity", "13", actor()).unwrap();
    desk.check().unwrap();
    let aside = PathBuf::from(String::from_utf8(output.stdout).unwrap().trim());
    assert!(aside.starts_with(folder.path().join("backup")));
    assert_eq!(note(&aside).as_deref(), Some("12"));
    assert_eq!(note(&database).as_deref(), Some("13"));
    let restored: i64 = Connection::open(&database)
        .unwrap()
        .query_row("SELECT count(*) FROM history WHERE action = 'restored'", [], |row| row.get(0))
        .unwrap();
    assert_eq!(restored, 1);
    // The one aside is a backup too.
    assert!(run(folder.path(), &["restore", aside.to_str().unwrap()]).status.success());
    assert_eq!(desk.settings().unwrap().general.weekly_capacity, 12);
}

#[test]
fn nothing_that_is_saved_during_a_restore_is_in_neither_place() {
    let folder = shop(100);
    let database = folder.path().join("balie.db");
    let copy = folder.path().join("copy.db");
    Store::open(&database).unwrap().back_up(&copy, &mut |_, _| {}).unwrap();
    let saved = std::sync::Mutex::new(Vec::new());
    let going = AtomicBool::new(true);
    let mut asides = Vec::new();
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut desk = Store::open(&database).unwrap();
            let mut turn = 0_u32;
            while going.load(Ordering::SeqCst) {
                turn += 1;
                if desk.keep_draft(&format!("task:{turn}"), "{}", actor()).is_ok() {
                    saved.lock().unwrap().push(turn);
                }
                thread::sleep(Duration::from_millis(30));
            }
        });
        for round in 0..5 {
            thread::sleep(Duration::from_millis(50));
            let aside = folder.path().join(format!("aside-{round}.db"));
            let done = backup::restore(&database, &copy, &aside, actor(), &mut |_, _| {});
            if done.is_err() {
                // Or the scope would wait for the desk for ever.
                going.store(false, Ordering::SeqCst);
            }
            done.unwrap();
            asides.push(aside);
        }
        going.store(false, Ordering::SeqCst);
    });
    asides.push(database);
    let mut found: Vec<u32> = Vec::new();
    for path in &asides {
        let connection = Connection::open(path).unwrap();
        let mut find = connection.prepare("SELECT about FROM draft").unwrap();
        let drafts = find.query_map([], |row| row.get::<_, String>(0)).unwrap();
        found.extend(drafts.map(|about| about.unwrap()["task:".len()..].parse::<u32>().unwrap()));
    }
    let saved = saved.into_inner().unwrap();
    assert!(saved.len() > 10, "{saved:?}");
    for turn in saved {
        assert!(found.contains(&turn), "draft {turn} was saved and is nowhere");
    }
}

#[test]
fn a_plug_that_is_pulled_leaves_the_old_or_the_new_and_nothing_half() {
    let folder = shop(400);
    let database = folder.path().join("balie.db");
    let copy = folder.path().join("copy.db");
    let set = |value: &str| {
        Store::open(&database).unwrap().set_setting("general.weekly_capacity", value, actor()).unwrap();
    };
    set("11");
    assert!(run(folder.path(), &["backup", copy.to_str().unwrap()]).status.success());
    set("12");
    let began = Instant::now();
    assert!(run(folder.path(), &["restore", copy.to_str().unwrap()]).status.success());
    let whole = began.elapsed();
    let mut restored = 0;
    for round in 0..24_u32 {
        set("12");
        let mut command = balie(folder.path(), &["restore", copy.to_str().unwrap()]);
        let child = Killed(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
        thread::sleep(whole * (round * 7 % 24) / 16);
        drop(child);
        let now = note(&database);
        restored += u32::from(now.as_deref() == Some("11"));
        assert!(matches!(now.as_deref(), Some("11" | "12")), "round {round}: {now:?}");
        // Whatever was kept aside is whole.
        for name in names(&folder.path().join("backup")).iter().filter(|name| name.ends_with(".db")) {
            if !name.starts_with('.') {
                assert!(note(&folder.path().join("backup").join(name)).is_some());
            }
        }
        let mut command = balie(folder.path(), &["backup", copy.to_str().unwrap()]);
        if round % 2 == 0 {
            continue;
        }
        set("11");
        let child = Killed(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
        thread::sleep(whole * (round * 5 % 24) / 44);
        drop(child);
        assert_eq!(note(&copy).as_deref(), Some("11"), "round {round}");
    }
    println!("{restored} of 24 killed restores had ended; one takes {whole:?}");
    assert!(run(folder.path(), &["restore", copy.to_str().unwrap()]).status.success());
    assert_eq!(note(&database).as_deref(), Some("11"));
    assert!(!folder.path().join("balie.db.restore").exists());
}

#[test]
fn a_database_that_is_none_any_more_is_replaced_and_kept() {
    for damage in ["beginning", "middle", "gone"] {
        let folder = shop(50);
        let database = folder.path().join("balie.db");
        let copy = folder.path().join("copy.db");
        assert!(run(folder.path(), &["backup", copy.to_str().unwrap()]).status.success(), "{damage}");
        let mut bytes = fs::read(&database).unwrap();
        let length = bytes.len();
        match damage {
            "beginning" => bytes[..8192].fill(0xA5),
            "middle" => bytes[8192..length - 8192].fill(0xA5),
            _ => fs::remove_file(&database).unwrap(),
        }
        if damage != "gone" {
            fs::write(&database, &bytes).unwrap();
        }
        let output = run(folder.path(), &["restore", copy.to_str().unwrap()]);
        assert!(output.status.success(), "{damage}: {}", words(&output));
        assert_eq!(Store::open(&database).unwrap().check().map_err(|e| e.to_string()), Ok(()), "{damage}");
        assert!(!Store::open(&database).unwrap().is_empty().unwrap(), "{damage}");
        let aside = String::from_utf8(output.stdout).unwrap();
        assert_eq!(aside.is_empty(), damage == "gone", "{damage}: {aside}");
        if damage != "gone" {
            assert_eq!(fs::read(aside.trim()).unwrap().len(), bytes.len(), "{damage}");
        }
    }
}

#[test]
fn what_has_left_and_who_was_forgotten_since_does_not_come_back() {
    let mut shop = Inbox::new();
    shop.write("customers.csv", "code,name,mobile\nK1,Zevenhuizen,0612345678\nK2,Janssen,0687654321\n");
    shop.import();
    let database = shop.database();
    let other = Connection::open(&database).unwrap();
    other
        .execute_batch(
            "INSERT INTO message (id, customer_id, channel, address, body, state, reference, written_at)
             VALUES (1, 2, 'sms', '+31687654321', 'Klaar', 'queued', 'r1', '2015-05-01T10:00:00Z'),
                    (2, 2, 'sms', '+31687654321', 'Klaar', 'queued', 'r2', '2015-05-01T10:00:01Z')",
        )
        .unwrap();
    let folder = database.parent().unwrap().to_owned();
    let copy = folder.join("copy.db");
    shop.store.back_up(&copy, &mut |_, _| {}).unwrap();
    other
        .execute_batch(
            "UPDATE message SET state = 'sent', sent_at = '2015-05-01T11:00:00Z' WHERE id = 1;
             DELETE FROM message WHERE id = 2;",
        )
        .unwrap();
    let person = shop.store.customer_by_code("K1").unwrap().unwrap().0;
    shop.store.erase_customer(person, "2015-05-01".parse().unwrap(), actor()).unwrap();
    let aside = folder.join("aside.db");
    let restored = backup::restore(&database, &copy, &aside, actor(), &mut |_, _| {}).unwrap();
    assert_eq!((restored.unknown_messages, restored.erased), (1, 1));
    let state = |id: i64| -> String {
        other.query_row("SELECT state FROM message WHERE id = ?1", [id], |row| row.get(0)).unwrap()
    };
    assert_eq!((state(1).as_str(), state(2).as_str()), ("sent", "unknown"));
    assert!(shop.store.customer_by_code("K1").unwrap().is_none());
    assert!(shop.store.customer_by_code("K2").unwrap().is_some());
    // Into another shop's database nobody is forgotten by number.
    let mut another = Inbox::new();
    another.write("customers.csv", "code,name\nX1,De Boer\n");
    another.import();
    let theirs = folder.join("theirs.db");
    another.store.back_up(&theirs, &mut |_, _| {}).unwrap();
    let restored =
        backup::restore(&database, &theirs, &folder.join("two.db"), actor(), &mut |_, _| {}).unwrap();
    assert_eq!(restored.erased, 0);
    assert!(shop.store.customer_by_code("X1").unwrap().is_some());
}
