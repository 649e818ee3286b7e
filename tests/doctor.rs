//! The doctor, with real stand-ins for those out there: what is wrong is said, with what to do.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod copies;

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use balie::store::Store;
use balie::store::register::AskingDay;
use copies::{balie, run, shop, words};
use serde_json::Value;

/// Somebody who says the same to everybody; `greets` does so before being asked.
fn stand_in(answer: &'static str, greets: bool) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            if !greets {
                let _ = stream.read(&mut [0; 4096]);
            }
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    port
}

const JSON: &str =
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n[]";
const HTML: &str =
    "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi";
const DAV: &str = "HTTP/1.1 207 Multi-Status\r\nContent-Length: 40\r\nConnection: close\r\n\r\n\
                   <multistatus xmlns=\"DAV:\"></multistatus>";
const LOGIN: &str = "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

/// State, what was found and what to do, by name.
type Checks = BTreeMap<String, (String, String, String)>;

fn examine(folder: &Path, config: &str) -> (Option<i32>, Checks) {
    let file = folder.join("balie.toml");
    fs::write(&file, config).unwrap();
    let mut command = balie(folder, &["doctor", "--json", "--config"]);
    command.arg(&file).env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY");
    for name in ["http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"] {
        command.env_remove(name);
    }
    let output = command.output().unwrap();
    assert!(words(&output).lines().count() <= 1, "{}", words(&output));
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    let text = |check: &Value, key: &str| check[key].as_str().unwrap().to_owned();
    let checks: Checks = document["checks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|check| (text(check, "name"), (text(check, "state"), text(check, "what"), text(check, "do"))))
        .collect();
    let wrong = checks.values().filter(|(state, _, _)| state == "wrong").count();
    assert_eq!(document["ok"].as_bool(), Some(wrong == 0));
    assert_eq!(output.status.code(), Some(i32::from(wrong > 0)));
    for (name, (state, what, remedy)) in &checks {
        assert!(
            !what.is_empty() && (state == "wrong") != remedy.is_empty(),
            "{name}: {state} {what} {remedy}"
        );
    }
    (output.status.code(), checks)
}

#[test]
fn what_is_well_is_said_so() {
    let folder = shop(20);
    let data = folder.path();
    let rdw = stand_in(JSON, false);
    let sms = stand_in(LOGIN, false);
    let smtp = stand_in("220 mail.example ESMTP\r\n", true);
    let dav = stand_in(DAV, false);
    let today = copies::backup_of_today(data);
    assert!(today.exists());
    let config = format!(
        "[rdw]\nenabled = true\nbase_url = \"http://127.0.0.1:{rdw}\"\n[panel]\ndriver = \"screen\"\n\
         [sms]\nsupplier = \"bird\"\nbase_url = \"http://127.0.0.1:{sms}\"\nkey = \"verborgen\"\nfrom = \"Garage\"\n\
         [smtp]\nhost = \"127.0.0.1\"\nport = {smtp}\nsecurity = \"none\"\nfrom = \"Garage <info@garage.example>\"\n\
         [calendar]\ncaldav_url = \"http://127.0.0.1:{dav}/cal\"\n"
    );
    let quiet = data.join("quiet.toml");
    fs::write(&quiet, "[rdw]\nenabled = false\n").unwrap();
    let collector = Command::new(env!("CARGO_BIN_EXE_balie-collector"))
        .args(["--data-dir", data.to_str().unwrap()])
        .args(["--config", quiet.to_str().unwrap()])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let _collector = copies::Killed(collector.unwrap());
    let end = Instant::now() + Duration::from_secs(10);
    let checks = loop {
        let (_, checks) = examine(data, &config);
        if checks["collector"].0 == "ok" || Instant::now() > end {
            break checks;
        }
        thread::sleep(Duration::from_millis(100));
    };
    for name in ["clock", "database", "backup", "rdw", "sms", "smtp", "calendar", "collector"] {
        assert_eq!(checks[name].0, "ok", "{name}: {:?}", checks[name]);
    }
    assert!(
        ["ok", "off"].contains(&checks["led"].0.as_str())
            && ["ok", "off"].contains(&checks["button"].0.as_str())
    );
    assert!(checks.contains_key("screen") && checks.contains_key("disk") && checks.contains_key("power"));
    assert!(!format!("{checks:?}").contains("verborgen"));
}

#[test]
fn what_is_wrong_is_said_with_what_to_do_and_holds_nothing_up() {
    let folder = shop(20);
    let data = folder.path();
    let closed = {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap().port()
    };
    let portal = stand_in(HTML, false);
    let web = stand_in(HTML, true);
    let database = data.join("balie.db");
    let mut bytes = fs::read(&database).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 40_000].fill(0x5A);
    fs::write(&database, bytes).unwrap();
    fs::create_dir_all(data.join("drop/failed/one")).unwrap();
    let config = format!(
        "[rdw]\nenabled = true\nbase_url = \"http://127.0.0.1:{portal}\"\n\
         [sms]\nsupplier = \"twilio\"\nkey_file = \"nowhere\"\nfrom = \"Garage\"\n\
         [smtp]\nhost = \"127.0.0.1\"\nport = {web}\nsecurity = \"none\"\nfrom = \"info@garage.example\"\n\
         [calendar]\ncaldav_url = \"http://127.0.0.1:{closed}/cal\"\n"
    );
    let began = Instant::now();
    let (code, checks) = examine(data, &config);
    assert!(began.elapsed() < Duration::from_secs(20));
    assert_eq!(code, Some(1));
    for (name, what, remedy) in [
        ("database", "damaged", "balie restore"),
        ("backup", "there is none", "balie backup"),
        ("drop folder", "1 batches", "report.txt"),
        ("collector", "not running", "systemctl start balie-collector"),
        ("rdw", "not the register", "log in"),
        ("sms", "cannot be read", "key_file"),
        ("smtp", "no mail server", "[smtp] host"),
        ("calendar", "no connection", "caldav_url"),
    ] {
        let (state, said, to_do) = &checks[name];
        assert_eq!(state, "wrong", "{name}: {said}");
        assert!(said.contains(what) && to_do.contains(remedy), "{name}: {said} -> {to_do}");
    }
    // Nothing is there at all, and nobody is asked.
    let (code, checks) = examine(&data.join("drop"), "[rdw]\nenabled = false\n");
    assert_eq!(code, Some(1));
    assert!(
        checks["database"].1.contains("no database") && checks["rdw"].0 == "off" && checks["smtp"].0 == "off"
    );
    let plain = run(data, &["doctor"]);
    let said = String::from_utf8_lossy(&plain.stdout).into_owned();
    assert!(said.contains("WRONG  database") && said.contains("-> "), "{said}");
    assert!(words(&plain).contains("are wrong"), "{}", words(&plain));
}

/// What `balie-mark-good` asks of a version: a shop whose register, mail and LED are out of order keeps its update.
#[test]
fn only_the_database_and_the_services_decide_on_an_update() {
    let shop = shop(5);
    let output = run(shop.path(), &["doctor", "--essential", "--json"]);
    assert_eq!(output.status.code(), Some(0), "{}", words(&output));
    let said: Value = serde_json::from_slice(&output.stdout).unwrap();
    let names: Vec<_> =
        said["checks"].as_array().unwrap().iter().map(|check| check["name"].as_str().unwrap()).collect();
    assert_eq!(names[0], "database");
    assert!(names[1..].iter().all(|name| name.starts_with("service")), "{names:?}");

    fs::write(shop.path().join("balie.db"), "no database at all").unwrap();
    assert_eq!(run(shop.path(), &["doctor", "--essential"]).status.code(), Some(1));
}

#[test]
#[allow(clippy::disallowed_methods, reason = "the program that looks at it has the real clock")]
fn what_the_register_did_is_told_and_only_what_somebody_can_mend_is_wrong() {
    let folder = shop(20);
    let data = folder.path();
    let config = format!("[rdw]\nbase_url = \"http://127.0.0.1:{}\"\n", stand_in(JSON, false));
    let check = || examine(data, &config).1["register"].clone();
    assert_eq!(check().0, "ok");
    let mut store = Store::open(&data.join("balie.db")).unwrap();
    let mut note = |words: &str, days_ago: i64| {
        let now = chrono::Utc::now() - chrono::TimeDelta::days(days_ago);
        let day = AskingDay { today: now.date_naive(), now, actor: copies::actor() };
        store.note_register_trouble("m9d7-ebf2", &[words.to_owned()], &day).unwrap();
    };
    note("the column merk is gone; whole rows are asked for instead", 8);
    note("vervaldatum_apk: 'morgen' is not a date; the value is left out", 0);
    let (state, what, _) = check();
    assert_eq!(state, "ok", "one value of many");
    assert!(what.contains("m9d7-ebf2: vervaldatum_apk: 'morgen'") && !what.contains("merk"), "{what}");
    note("the column merk is gone; whole rows are asked for instead", 0);
    let (state, what, remedy) = check();
    assert_eq!(state, "wrong");
    assert!(what.contains("merk is gone") && what.contains("2 times, last just now"), "{what}");
    assert!(remedy.contains("newer Balie") && !what.contains("morgen"), "{remedy}");
    let (_, checks) = examine(data, "[rdw]\nenabled = false\n");
    assert_eq!(checks["register"].0, "off");
}
