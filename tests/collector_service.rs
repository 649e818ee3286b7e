//! The collector as systemd sees it: a real process, with the test in the place of systemd.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod notices;

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use balie::store::Store;
use balie::store::history::{Actor, Origin};
use chrono::{DateTime, TimeDelta, Utc};
use notices::Notices;

const SECOND: Duration = Duration::from_secs(1);

/// The test's own clock: it must see what the program sees.
#[allow(clippy::disallowed_methods)]
fn now() -> DateTime<Utc> {
    Utc::now()
}

struct Collector {
    child: Child,
    notices: Notices,
    data: PathBuf,
    _folder: Option<tempfile::TempDir>,
}

impl Collector {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        std::fs::create_dir(&data).unwrap();
        let mut collector = Self::start_in(&data, &[]);
        collector._folder = Some(folder);
        collector
    }

    fn start_in(data: &Path, arguments: &[&str]) -> Self {
        let path = data.join("notify");
        let notices = Notices::at(&path);
        let mut command = command(data);
        command.args(arguments).env("NOTIFY_SOCKET", path).stderr(Stdio::piped());
        let child = command.spawn().unwrap();
        Self { child, notices, data: data.to_owned(), _folder: None }
    }

    /// Waits for a message that contains the words.
    fn wait_for(&mut self, words: &str, at_most: Duration) -> String {
        self.notices.wait_for(words, at_most)
    }

    /// Everything said in so much time.
    fn listen(&self, lasting: Duration) -> Vec<String> {
        self.notices.listen(lasting)
    }

    fn signal(&self, name: &str) {
        let line = format!("kill -{name} {}", self.child.id());
        assert!(Command::new("sh").args(["-c", &line]).status().unwrap().success());
    }

    fn store(&self) -> Store {
        Store::open(&self.data.join("balie.db")).unwrap()
    }

    /// Sends the signal and returns how the process ended, what it logged and how long it took.
    fn end_by(&mut self, signal: &str) -> (Option<i32>, String, Duration) {
        let began = Instant::now();
        self.signal(signal);
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(began.elapsed() < 10 * SECOND, "does not end");
            std::thread::sleep(Duration::from_millis(5));
        };
        let took = began.elapsed();
        let mut log = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut log).unwrap();
        (status.code(), log, took)
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn command(data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_balie-collector"));
    let config = data.join("balie.toml");
    if !config.exists() {
        std::fs::write(&config, "[rdw]\nenabled = false\n[log]\nlevel = \"debug\"\n").unwrap();
    }
    for name in ["BALIE_TODAY", "BALIE_DATA_DIR", "NOTIFY_SOCKET", "WATCHDOG_USEC", "JOURNAL_STREAM"] {
        command.env_remove(name);
    }
    command.arg("--data-dir").arg(data).arg("--config").arg(config);
    command.stdin(Stdio::null()).stdout(Stdio::null());
    command
}

fn desk(at: DateTime<Utc>) -> Actor {
    Actor { origin: Origin::Desk(None), at }
}

#[test]
fn ready_collects_at_start_and_says_so_in_dutch() {
    let mut collector = Collector::start();
    collector.wait_for("READY=1", 10 * SECOND);
    let status = collector.wait_for("STATUS=Laatste keer", 10 * SECOND);
    assert!(
        status.contains(": 0 gemaakt, 0 teruggetrokken, 0 teruggekeerd, 0 wachten; volgende om "),
        "{status}"
    );
    assert_eq!(status.lines().count(), 1, "{status}");
    let last = collector.store().last_collection().unwrap().unwrap();
    assert!((now() - last.finished_at).abs() < TimeDelta::seconds(30));
    let ready = collector.notices.heard.iter().position(|message| message == "READY=1").unwrap();
    assert!(collector.notices.heard[..ready].iter().all(|message| !message.contains("WATCHDOG")));
}

#[test]
fn the_watchdog_is_fed_while_it_works_and_not_while_it_hangs() {
    let mut collector = Collector::start();
    collector.wait_for("STATUS=Laatste keer", 10 * SECOND);
    let fed = |heard: Vec<String>| heard.iter().filter(|message| message.contains("WATCHDOG=1")).count();
    assert!(fed(collector.listen(3 * SECOND)) >= 3);
    collector.signal("STOP");
    collector.listen(SECOND / 5);
    assert_eq!(fed(collector.listen(3 * SECOND)), 0);
    collector.signal("CONT");
    assert!(fed(collector.listen(3 * SECOND)) >= 3);
}

#[test]
fn ends_within_a_second_on_both_signals() {
    for signal in ["TERM", "INT"] {
        let mut collector = Collector::start();
        collector.wait_for("STATUS=Laatste keer", 10 * SECOND);
        let (code, log, took) = collector.end_by(signal);
        assert_eq!(code, Some(0), "{signal}: {log}");
        assert!(took < SECOND, "{signal}: {took:?}");
        collector.wait_for("STOPPING=1", SECOND);
    }
}

#[test]
fn ends_within_a_second_in_the_middle_of_a_run_that_cannot_go_on() {
    let mut collector = Collector::start();
    collector.wait_for("STATUS=Laatste keer", 10 * SECOND);
    let mut store = collector.store();
    let before = store.last_collection().unwrap();
    store.request_collection().unwrap();
    // Another program holds the write lock; the run waits for it.
    let held = store.begin_run("2026-11-23".parse().unwrap(), desk(now())).unwrap();
    collector.wait_for("STATUS=Verzamelt taken", 5 * SECOND);
    let (code, log, took) = collector.end_by("TERM");
    assert_eq!(code, Some(0), "{log}");
    assert!(took < SECOND, "{took:?}");
    drop(held);
    assert_eq!(store.last_collection().unwrap(), before);
    store.check().unwrap();
}

#[test]
fn a_busy_database_is_said_and_tried_again() {
    let mut collector = Collector::start();
    collector.wait_for("STATUS=Laatste keer", 10 * SECOND);
    let mut store = collector.store();
    let before = store.last_collection().unwrap().unwrap();
    store.request_collection().unwrap();
    let held = store.begin_run("2026-11-23".parse().unwrap(), desk(now())).unwrap();
    let status = collector.wait_for("STATUS=Verzamelen mislukt", 15 * SECOND);
    assert!(status.contains("in gebruik door een ander programma; nieuwe poging over 2 s"), "{status}");
    assert!(collector.listen(SECOND).iter().any(|message| message == "WATCHDOG=1"), "it can still read");
    drop(held);
    collector.wait_for("STATUS=Laatste keer", 15 * SECOND);
    assert!(store.last_collection().unwrap().unwrap().request_seen > before.request_seen);
}

#[test]
fn a_second_collector_says_so_and_ends() {
    let mut collector = Collector::start();
    collector.wait_for("READY=1", 10 * SECOND);
    let second = command(&collector.data).output().unwrap();
    assert_eq!(second.status.code(), Some(1));
    let words = String::from_utf8_lossy(&second.stderr);
    assert!(words.contains("a collector already works on"), "{words}");
    assert_eq!(words.lines().count(), 1, "{words}");
    assert!(collector.child.try_wait().unwrap().is_none());
}

#[test]
fn a_changed_setting_is_collected_by_itself_within_two_seconds() {
    let mut collector = Collector::start();
    collector.wait_for("STATUS=Laatste keer", 10 * SECOND);
    let mut store = collector.store();
    for days in ["7", "8", "9"] {
        store.set_setting("rules.inspection.days", days, desk(now())).unwrap();
    }
    let (asked, began) = (store.collection_request().unwrap(), Instant::now());
    while store.last_collection().unwrap().unwrap().request_seen < asked {
        assert!(began.elapsed() < 2 * SECOND, "not collected");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn nothing_is_collected_while_the_clock_is_not_believed() {
    if Path::new("/run/systemd/timesync/synchronized").exists() {
        eprintln!("skipped: a time server vouches for this machine's clock");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(&folder.path().join("balie.db")).unwrap();
    store.set_setting("rules.inspection.days", "7", desk(now() + TimeDelta::days(2))).unwrap();
    let mut collector = Collector::start_in(folder.path(), &[]);
    collector.wait_for("READY=1", 10 * SECOND);
    let status = collector.wait_for("STATUS=Klok", 10 * SECOND);
    assert!(status.contains("Klok niet zeker: er wordt niets verzameld. Nog niet verzameld"), "{status}");
    let heard = collector.listen(3 * SECOND);
    assert!(heard.iter().any(|message| message == "WATCHDOG=1"));
    assert_eq!(store.last_collection().unwrap(), None);
    // The clock is right again; here: the newest change is no longer ahead of it.
    store.set_setting("rules.inspection.days", "8", desk(now())).unwrap();
    collector.wait_for("STATUS=Laatste keer", 5 * SECOND);
    let (_, log, _) = collector.end_by("TERM");
    assert_eq!(log.matches("nothing is collected: the clock says").count(), 1, "{log}");
}

#[test]
fn a_pretended_date_is_collected_for() {
    let folder = tempfile::tempdir().unwrap();
    let mut collector = Collector::start_in(folder.path(), &["--today", "2015-05-01"]);
    collector.wait_for("STATUS=Laatste keer", 10 * SECOND);
    let last = collector.store().last_collection().unwrap().unwrap();
    assert_eq!(last.today.to_string(), "2015-05-01");
    assert!(last.finished_at > now() - TimeDelta::minutes(1));
}

#[test]
fn a_database_that_cannot_be_opened_is_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("balie.db");
    let junk = "this is no database, and it is long enough to be one ".repeat(100);
    std::fs::write(&database, junk).unwrap();
    let mut collector = Collector::start_in(folder.path(), &[]);
    let status = collector.wait_for("STATUS=Database niet te lezen", 10 * SECOND);
    assert!(status.contains("de database is beschadigd; nieuwe poging over"), "{status}");
    let heard = collector.listen(2 * SECOND);
    let good = |message: &String| message.contains("READY=1") || message.contains("WATCHDOG=1");
    assert!(!heard.iter().chain(&collector.notices.heard).any(good), "{heard:#?}");
    std::fs::remove_file(&database).unwrap();
    collector.wait_for("READY=1", 15 * SECOND);
    collector.wait_for("STATUS=Laatste keer", 10 * SECOND);
}

#[test]
fn a_database_that_is_put_back_is_opened_and_collected() {
    let mut collector = Collector::start();
    collector.wait_for("STATUS=Laatste keer", 10 * SECOND);
    let live = collector.data.join("balie.db");
    let backup = collector.data.join("backup.db");
    drop(Store::open(&backup).unwrap());
    for ending in ["-wal", "-shm"] {
        let _ = std::fs::remove_file(collector.data.join(format!("balie.db{ending}")));
    }
    std::fs::rename(&live, collector.data.join("aside.db")).unwrap();
    collector.wait_for("STATUS=Database niet te lezen: het bestand is er niet", 5 * SECOND);
    assert!(!live.exists(), "an empty one was made in its place");
    std::fs::rename(&backup, &live).unwrap();
    collector.wait_for("STATUS=Laatste keer", 15 * SECOND);
    Store::open(&live).unwrap().request_collection().unwrap();
    let began = Instant::now();
    while collector.store().last_collection().unwrap().is_none_or(|last| last.request_seen < 1) {
        assert!(began.elapsed() < 15 * SECOND, "not collected");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn what_it_cannot_start_with_is_said_in_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let wrong = folder.path().join("wrong.toml");
    std::fs::write(&wrong, "[log]\nlevel = \"loud\"\n").unwrap();
    let (file, wrong) = (file.to_str().unwrap(), wrong.to_str().unwrap());
    for (words, arguments, code) in [
        ("cannot be locked", ["--data-dir", file], 1),
        ("wrong.toml:2: log.level: 'loud' does not fit; write one of", ["--config", wrong], 1),
        ("cannot be read", ["--config", "/nowhere/balie.toml"], 1),
        ("write a date as YYYY-MM-DD", ["--today", "1 mei"], 2),
    ] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_balie-collector"));
        command.env("BALIE_DATA_DIR", folder.path()).env_remove("BALIE_CONFIG");
        let output = command.args(arguments).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains(words), "{words}: {said}");
        assert_eq!(output.status.code(), Some(code), "{said}");
        assert!(code == 2 || said.lines().count() == 1, "{said}");
    }
}
