//! Passwords, keys and PINs stay where they belong: the real programs run with a configuration full of
//! marked ones against servers that refuse, repeat and echo, with the log at its most talkative; then
//! everything that they wrote is searched.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use balie::domain::pin::wait_after;

/// What may stand nowhere: the secrets, each by its mark, and the form in which mail carries its own.
const SECRETS: [&str; 6] = [
    "MARKED-rdw-token",
    "MARKED-sms-key",
    "MARKED-smtp-password",
    "MARKED-caldav-password",
    "MARKED-",
    // "\0balie\0MARKED-smtp-password"
    "AGJhbGllAE1BUktFRC1zbXRwLXBhc3N3b3Jk",
];

/// A web server that refuses everything and repeats in its words what it was sent.
fn echo(status: &'static str) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for line in listener.incoming() {
            let _ = repeat(line.unwrap(), status);
        }
    });
    port
}

fn repeat(mut line: TcpStream, status: &str) -> std::io::Result<()> {
    line.set_read_timeout(Some(Duration::from_secs(2)))?;
    let mut reader = BufReader::new(line.try_clone()?);
    let (mut said, mut length) = (String::new(), 0);
    loop {
        let mut header = String::new();
        if reader.read_line(&mut header)? <= 2 {
            break;
        }
        if let Some(value) = header.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
        said += &header;
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    said += &String::from_utf8_lossy(&body);
    // The secret first: what is shortened later still holds it.
    let words = said.lines().filter(|line| line.contains("MARKED")).collect::<Vec<_>>().join(" ") + &said;
    let answer = serde_json::json!({
        "message": words, "code": "permission_denied", "errors": [{ "code": 2, "description": words }],
    })
    .to_string();
    write!(line, "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{answer}", answer.len())
}

/// A mail server that lets nobody in.
fn mail() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for line in listener.incoming() {
            let mut line = line.unwrap();
            let mut reader = BufReader::new(line.try_clone().unwrap());
            let _ = line.write_all(b"220 mail.example\r\n");
            let mut command = String::new();
            while reader.read_line(&mut command).is_ok_and(|read| read > 0) {
                let answer: &[u8] = match command.get(..4).unwrap_or_default() {
                    "EHLO" => b"250-mail.example\r\n250 AUTH PLAIN LOGIN\r\n",
                    "QUIT" => b"221 bye\r\n",
                    _ => b"535 5.7.8 authentication failed\r\n",
                };
                let _ = line.write_all(answer);
                command.clear();
            }
        }
    });
    port
}

struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn balie(folder: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_balie"));
    command.env_remove("BALIE_TODAY").arg("--data-dir").arg(folder.join("data"));
    command.arg("--config").arg(folder.join("balie.toml")).args(arguments).current_dir(folder);
    let output = command.stdin(Stdio::null()).output().unwrap();
    String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
}

/// Looks through every file below a folder.
fn search(folder: &Path, found: &mut Vec<String>) -> usize {
    let mut files = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files += search(&path, found);
        } else {
            let Ok(bytes) = fs::read(&path) else { continue };
            files += 1;
            let text = String::from_utf8_lossy(&bytes);
            let here = SECRETS.iter().filter(|secret| text.contains(**secret));
            found.extend(here.map(|secret| format!("{secret} in {}", path.display())));
        }
    }
    files
}

#[test]
fn no_secret_reaches_a_log_a_database_or_a_backup() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    fs::create_dir_all(at.join("data")).unwrap();
    fs::create_dir_all(at.join("secrets")).unwrap();
    fs::write(at.join("secrets/mail"), "MARKED-smtp-password\n").unwrap();
    let (register, sms, mail) = (echo("403 Forbidden"), echo("401 Unauthorized"), mail());
    let mut said = String::new();
    for supplier in ["bird", "cm", "spryng", "twilio"] {
        let config = format!(
            "[shop]\nname = \"Garage\"\n[rdw]\nbase_url = \"http://127.0.0.1:{register}\"\napp_token = \"MARKED-rdw-token\"\n\
             [sms]\nsupplier = \"{supplier}\"\nbase_url = \"http://127.0.0.1:{sms}\"\nkey = \"MARKED-sms-key\"\naccount = \"AC1\"\n\
             from = \"Garage\"\n[smtp]\nhost = \"127.0.0.1\"\nport = {mail}\nsecurity = \"none\"\nuser = \"balie\"\n\
             password_file = \"secrets/mail\"\nfrom = \"balie@example.org\"\n[outbox]\nhours = \"\"\n\
             [calendar]\nuser = \"balie\"\npassword = \"MARKED-caldav-password\"\n[log]\nlevel = \"trace\"\n"
        );
        fs::write(at.join("balie.toml"), config).unwrap();
        fs::write(
            at.join("customers.csv"),
            "code,name,mobile,email\nK1,Jansen,0612345678,jansen@example.org\n",
        )
        .unwrap();
        fs::write(at.join("vehicles.csv"), "plate,make\nJL-29-JK,OPEL\n").unwrap();
        for arguments in [
            &["import", "customers.csv"][..],
            &["import", "vehicles.csv"],
            &["message", "K1", "--sms", "Uw auto", "--class", "service"],
            &["message", "K1", "--email", "Auto", "Uw auto", "--class", "service"],
            &["outbox", "deliver"],
            &["outbox", "list", "--json"],
            &["rdw", "refresh"],
            &["rdw", "status"],
            &["doctor"],
            &["doctor", "--json"],
            &["collect"],
            &["settings", "list"],
        ] {
            said += &balie(at, arguments);
        }
    }
    // A mistake beside a secret is told without it.
    let wrong = "[sms]\nkey = \"MARKED-sms-key\"\nsupplier = 7\n[smtp]\npassword = [\"MARKED-smtp-password\"]\nfrom = 1\n";
    let good = fs::read_to_string(at.join("balie.toml")).unwrap();
    fs::write(at.join("balie.toml"), wrong).unwrap();
    said += &balie(at, &["tasks"]);
    fs::write(at.join("balie.toml"), good).unwrap();
    assert!(said.contains("supplier") && said.contains("refuses the account"), "{said}");

    let log = fs::File::create(at.join("collector.log")).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_balie-collector"));
    command.env_remove("BALIE_TODAY").env_remove("NOTIFY_SOCKET").arg("--data-dir").arg(at.join("data"));
    command.arg("--config").arg(at.join("balie.toml")).stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
    let collector = Ended(command.spawn().unwrap());
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(4) {
        thread::sleep(Duration::from_millis(100));
    }
    drop(collector);
    assert!(fs::metadata(at.join("collector.log")).unwrap().len() > 0);
    said += &balie(at, &["backup", "copy.db"]);
    said += &balie(at, &["export", "out"]);
    fs::write(at.join("said.txt"), &said).unwrap();
    // Everything but where the secrets were put.
    fs::remove_file(at.join("balie.toml")).unwrap();
    fs::remove_dir_all(at.join("secrets")).unwrap();
    let mut found = Vec::new();
    let files = search(at, &mut found);
    assert!(files > 15 && at.join("copy.db").exists(), "{files} files");
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn guessing_all_pins_of_four_digits_takes_weeks() {
    let all: Duration = (1..10_000).map(wait_after).sum();
    assert!(all > Duration::from_secs(30 * 24 * 3600), "{all:?}");
}
