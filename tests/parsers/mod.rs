//! What must hold of every parser that outsiders feed, for any bytes at all: it answers with what it
//! read or with words, and never stumbles. The fuzz targets in `fuzz/` and `tests/hostile.rs` call the
//! same functions.

#![allow(dead_code, reason = "a fuzz target calls one of them")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::cell::RefCell;
use std::fs;
use std::path::{Path, PathBuf};

use balie::domain::amount::{CostPerKm, Money};
use balie::domain::dial::dial;
use balie::domain::plate::Plate;
use balie::domain::settings::Settings;
use balie::exchange::profile::Profile;
use balie::exchange::{ImportOptions, import};
use balie::outside::carrier::Answer;
use balie::outside::rdw::{DataSet, understood};
use balie::outside::sms::{SmsAccount, SmsCarrier, Supplier};
use balie::station::config::{Config, ConfigError};
use balie::store::Store;
use balie::store::backup::restore;
use balie::store::history::{Actor, Origin};
use chrono::{DateTime, Utc};

/// Any bytes at all.
type Parser = fn(&[u8]);

/// Each parser's name, as its folder of seeds and its fuzz target are called.
pub const ALL: [(&str, Parser); 11] = [
    ("import", import_file),
    ("value", value),
    ("plate", plate),
    ("config", config),
    ("profile", profile),
    ("register", register),
    ("bird", bird),
    ("cm", cm),
    ("spryng", spryng),
    ("twilio", twilio),
    ("backup", backup),
];

/// The files of the contract.
const FILES: [&str; 10] = [
    "employees",
    "customers",
    "vehicles",
    "ownerships",
    "visits",
    "invoices",
    "sales",
    "inspections",
    "quotes",
    "appointments",
];

/// A moment; which one does not matter.
fn moment() -> DateTime<Utc> {
    DateTime::from_timestamp(1_430_474_400, 0).unwrap()
}

fn actor() -> Actor {
    Actor { origin: Origin::Command, at: moment() }
}

/// A folder in memory where there is one: thousands of small files are written.
fn folder() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory).unwrap() } else { tempfile::tempdir().unwrap() }
}

/// A database, and how many files it has taken in.
struct Desk {
    folder: tempfile::TempDir,
    store: Store,
    files: u32,
}

impl Desk {
    fn new() -> Self {
        let folder = folder();
        let store = Store::open(&folder.path().join("balie.db")).unwrap();
        Self { folder, store, files: 0 }
    }
}

thread_local! {
    static DESK: RefCell<Option<Desk>> = const { RefCell::new(None) };
    static BACKUP: RefCell<Option<(tempfile::TempDir, Vec<u8>)>> = const { RefCell::new(None) };
}

/// The real import: the first byte says which file it is, the rest is the file.
pub fn import_file(data: &[u8]) {
    let Some((first, text)) = data.split_first() else { return };
    let name = FILES[usize::from(*first) % FILES.len()];
    DESK.with_borrow_mut(|desk| {
        // A database that never ends would be slower and slower.
        if desk.as_ref().is_none_or(|desk| desk.files > 400) {
            *desk = Some(Desk::new());
        }
        let desk = desk.as_mut().unwrap();
        desk.files += 1;
        let path = desk.folder.path().join(format!("{name}.csv"));
        fs::write(&path, text).unwrap();
        let rejects = desk.folder.path().join("rejects");
        let take = |desk: &mut Desk, path: &Path| {
            let options = ImportOptions {
                dry_run: false,
                strict: false,
                rejects_dir: &rejects,
                now: moment(),
                progress: &mut |_| {},
            };
            import(&mut desk.store, path, options).unwrap()
        };
        let report = take(desk, &path);
        let lines = text.split(|byte| *byte == b'\n' || *byte == b'\r').count() as u64;
        for file in &report.files {
            let rows = file.added + file.changed + file.unchanged + file.rejected;
            assert!(rows <= lines, "{rows} rows in {lines} lines");
            assert!(file.problem.as_ref().is_none_or(|words| !words.to_string().is_empty()));
        }
        // The same file again adds nothing.
        let again = take(desk, &path);
        let added: u64 = again.files.iter().map(|file| file.added).sum();
        assert_eq!(added, 0, "it was taken in twice");
    });
}

/// Dates, money, telephone numbers and settings, as they are typed.
pub fn value(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    if let Ok(money) = Money::parse(&text) {
        assert_eq!(Money::parse(&money.to_string()), Ok(money));
    }
    if let Ok(cost) = CostPerKm::parse(&text) {
        assert_eq!(CostPerKm::parse(&cost.to_string()), Ok(cost));
    }
    for country in ["NL", "DE", "BR", "GB", "x", ""] {
        if let Ok(number) = dial(&text, country) {
            assert!(
                number.e164.starts_with('+') && number.e164[1..].bytes().all(|byte| byte.is_ascii_digit())
            );
        }
    }
    for key in [
        "general.weekly_capacity",
        "rules.inspection.days",
        "rules.invoice_above.amount",
        "rules.recall.enabled",
    ] {
        let mut settings = Settings::default();
        if let Err(words) = settings.set(key, &text) {
            assert!(!words.to_string().is_empty());
        }
    }
    // Dates and kilometres have their reader inside the import.
    let quoted = text.replace('"', "\"\"");
    import_file(
        format!("\u{4}code,plate,visited_on,odometer_km\nV1,JL29JK,\"{quoted}\",\"{quoted}\"\n").as_bytes(),
    );
    import_file(format!("\u{9}number,starts_at,ends_at\nA1,\"{quoted}\",\"{quoted}\"\n").as_bytes());
}

/// A plate is refused with words or read, and what is shown is read back as the same plate.
pub fn plate(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    match Plate::parse(&text) {
        Ok(plate) => {
            assert!((1..=12).contains(&plate.as_str().len()));
            assert!(plate.as_str().bytes().all(|sign| sign.is_ascii_uppercase() || sign.is_ascii_digit()));
            assert_eq!(Plate::parse(&plate.to_string()).as_ref(), Ok(&plate));
        }
        Err(wrong) => assert!(!wrong.to_string().is_empty()),
    }
}

/// Every mistake has its line and its words.
pub fn config(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    match Config::parse(Path::new("/nowhere/balie.toml"), &text) {
        Ok(config) => assert!(!format!("{config:?}").is_empty()),
        Err(ConfigError::Wrong { problems, .. }) => {
            assert!(!problems.is_empty());
            let lines = text.split('\n').count();
            for problem in problems {
                assert!((1..=lines + 1).contains(&problem.line), "line {} of {lines}", problem.line);
                assert!(!problem.words.is_empty());
            }
        }
        Err(other) => panic!("{other}"),
    }
}

/// What a mapping says is written back as it was read.
pub fn profile(data: &[u8]) {
    if let Ok(profile) = Profile::parse(&String::from_utf8_lossy(data)) {
        let text = profile.text().unwrap();
        assert_eq!(Profile::parse(&text).unwrap().text().unwrap(), text);
    }
}

/// The first byte says which data set answers.
pub fn register(data: &[u8]) {
    let Some((first, body)) = data.split_first() else { return };
    let sets = [
        DataSet::Vehicles,
        DataSet::Inspections,
        DataSet::Findings,
        DataSet::Recalls,
        DataSet::RecallActions,
    ];
    match understood(sets[usize::from(*first) % sets.len()], body) {
        Ok((facts, troubles)) => {
            assert!(facts <= body.len());
            assert!(troubles.iter().all(|words| !words.is_empty()));
        }
        Err(cause) => assert!(!cause.to_string().is_empty()),
    }
}

/// The first byte says with which status the supplier answers.
fn supplier(supplier: Supplier, data: &[u8]) {
    let Some((first, body)) = data.split_first() else { return };
    let statuses = [200, 201, 202, 204, 301, 400, 401, 402, 404, 408, 422, 429, 500, 503];
    let account = SmsAccount {
        supplier,
        base_url: None,
        key: "the-key".to_owned(),
        account: String::new(),
        from: "Balie".to_owned(),
        country: "NL".to_owned(),
    };
    let status = statuses[usize::from(*first) % statuses.len()];
    let words = match SmsCarrier::new(account).understood(status, body, moment()) {
        Answer::Sent(words) => {
            assert!(status < 300, "{status} is no success");
            words
        }
        Answer::Rejected(_, words) | Answer::Unknown(words) => words,
        Answer::Later(setback) | Answer::Hold(setback) => setback.words,
        Answer::NotAllowed => panic!("nobody was asked"),
    };
    assert!(words.chars().count() <= 500 && !words.contains('\n'), "{words}");
}

/// Bird's answers.
pub fn bird(data: &[u8]) {
    supplier(Supplier::Bird, data);
}

/// CM.com's answers.
pub fn cm(data: &[u8]) {
    supplier(Supplier::Cm, data);
}

/// Spryng's answers.
pub fn spryng(data: &[u8]) {
    supplier(Supplier::Spryng, data);
}

/// Twilio's answers.
pub fn twilio(data: &[u8]) {
    supplier(Supplier::Twilio, data);
}

/// A good backup in which the bytes say what is wrong: each five are a place and what stands there
/// instead; the first says how much of the file is there. It is put back whole or refused with words.
pub fn backup(data: &[u8]) {
    BACKUP.with_borrow_mut(|good| {
        let (folder, good) = good.get_or_insert_with(|| {
            let folder = folder();
            let path = folder.path().join("good.db");
            drop(Store::open(&path).unwrap());
            let bytes = fs::read(&path).unwrap();
            (folder, bytes)
        });
        let mut bytes = good.clone();
        let Some((first, patches)) = data.split_first() else { return };
        // Most are whole; the others end somewhere.
        if *first >= 200 {
            bytes.truncate(bytes.len() * usize::from(*first - 200) / 56);
        }
        for patch in patches.chunks_exact(5) {
            let place = u32::from_le_bytes([patch[0], patch[1], patch[2], patch[3]]) as usize;
            // Every second one strikes the header and the first page.
            let within = if place.is_multiple_of(2) { 4096.min(bytes.len()) } else { bytes.len() };
            if within > 0 {
                bytes[place / 2 % within] = patch[4];
            }
        }
        let at = |name: &str| -> PathBuf { folder.path().join(name) };
        let (database, file, aside) = (at("balie.db"), at("copy.db"), at("aside.db"));
        for old in ["balie.db", "balie.db-wal", "balie.db-shm", "aside.db"] {
            let _ = fs::remove_file(at(old));
        }
        fs::write(&file, &bytes).unwrap();
        match restore(&database, &file, &aside, actor(), &mut |_, _| {}) {
            Ok(_) => Store::open(&database).unwrap().check().unwrap(),
            Err(cause) => {
                assert!(!cause.to_string().is_empty() && !cause.to_string().contains('\n'), "{cause}");
                assert!(!database.exists(), "a refused copy left a database");
            }
        }
    });
}
