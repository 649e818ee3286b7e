//! A real CalDAV server (Radicale) with a folder of its own, a planner who works in its calendar, and a line
//! to it that can be cut at any request.

#![allow(dead_code, clippy::unwrap_used, clippy::indexing_slicing)]

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::patience::wait_for;

/// Where the shop's calendar lies.
pub const CALENDAR: &str = "/balie/werkplaats/";
/// `balie:geheim`, as a request carries it.
const BASIC: &str = "Basic YmFsaWU6Z2VoZWlt";

/// The server; it goes with the value.
pub struct Radicale {
    folder: tempfile::TempDir,
    port: u16,
    process: Option<Child>,
}

/// What came back of a request.
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Radicale {
    /// Starts it, with one empty calendar.
    pub fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let at = folder.path().display();
        fs::write(folder.path().join("users"), "balie:geheim\n").unwrap();
        let config = format!(
            "[server]\nhosts = 127.0.0.1:{port}\n[auth]\ntype = htpasswd\nhtpasswd_filename = {at}/users\n\
             htpasswd_encryption = plain\ndelay = 0\n[rights]\ntype = owner_only\n[storage]\nfilesystem_folder = {at}/data\n"
        );
        fs::write(folder.path().join("config"), config).unwrap();
        let mut server = Self { folder, port, process: None };
        server.run();
        assert_eq!(server.send("MKCALENDAR", CALENDAR, &[], "").status, 201);
        server
    }

    /// Starts it (again), on the same port with the same data.
    pub fn run(&mut self) {
        let log = fs::File::create(self.folder.path().join("log")).unwrap();
        let process = Command::new("/usr/bin/radicale")
            .arg("--config")
            .arg(self.folder.path().join("config"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn();
        self.process = Some(process.unwrap());
        wait_for("Radicale", || TcpStream::connect(("127.0.0.1", self.port)).ok());
    }

    /// Ends it, as a power cut does.
    pub fn end(&mut self) {
        if let Some(mut process) = self.process.take() {
            let _ = process.kill();
            let _ = process.wait();
        }
    }

    /// The address of the calendar.
    pub fn address(&self) -> String {
        format!("http://127.0.0.1:{}{CALENDAR}", self.port)
    }

    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let mut head = format!("{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n");
        head += &format!("Authorization: {BASIC}\r\nContent-Length: {}\r\n", body.len());
        for (name, value) in headers {
            head += &format!("{name}: {value}\r\n");
        }
        let answer = exchange(self.port, &format!("{head}\r\n{body}"));
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Answer { status, head: head.to_owned(), body: body.to_owned() }
    }

    /// All that lies in the calendar: where, and the text.
    pub fn all(&self) -> Vec<(String, String)> {
        let data = self.folder.path().join("data/collection-root").join(CALENDAR.trim_matches('/'));
        let mut found: Vec<_> = fs::read_dir(data)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|kind| kind == "ics"))
            .map(|path| {
                let name = path.file_name().unwrap().to_str().unwrap().to_owned();
                (format!("{CALENDAR}{name}"), fs::read_to_string(&path).unwrap())
            })
            .collect();
        found.sort();
        found
    }

    /// The one event that lies there.
    pub fn only(&self) -> (String, String) {
        let mut all = self.all();
        assert_eq!(all.len(), 1, "{all:?}");
        all.pop().unwrap()
    }

    /// A planner makes an appointment in the calendar.
    pub fn plan(&self, name: &str, lines: &[&str]) {
        let body = format!(
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Planner//EN\r\nBEGIN:VEVENT\r\nUID:{name}\r\n\
             DTSTAMP:20260301T080000Z\r\n{}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
            lines.join("\r\n")
        );
        let answer =
            self.send("PUT", &format!("{CALENDAR}{name}.ics"), &[("Content-Type", "text/calendar")], &body);
        assert!([200, 201, 204].contains(&answer.status), "{} {}", answer.head, answer.body);
    }

    /// A planner changes an appointment: each line with the name of a property takes the place of the earlier one.
    pub fn change(&self, href: &str, lines: &[&str]) {
        let text = self.send("GET", href, &[], "").body.replace("\r\n ", "");
        let (zone, event) = text.split_at(text.find("BEGIN:VEVENT").unwrap());
        let name = |line: &str| line.split([':', ';']).next().unwrap().to_owned();
        let mut kept: Vec<&str> =
            event.lines().filter(|line| !lines.iter().any(|new| name(new) == name(line))).collect();
        let end = kept.iter().position(|line| *line == "END:VEVENT").unwrap();
        kept.splice(end..end, lines.iter().copied());
        let body = format!("{zone}{}\r\n", kept.join("\r\n"));
        let answer = self.send("PUT", href, &[("Content-Type", "text/calendar")], &body);
        assert!([200, 201, 204].contains(&answer.status), "{} {}", answer.head, answer.body);
    }

    pub fn delete(&self, href: &str) {
        assert_eq!(self.send("DELETE", href, &[], "").status, 200);
    }
}

impl Drop for Radicale {
    fn drop(&mut self) {
        self.end();
    }
}

fn exchange(port: u16, request: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8(answer).unwrap()
}

/// What the line does with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Carries it, and the answer.
    Carry,
    /// Carries it; the answer never comes.
    Swallow,
    /// Carries nothing, and never answers.
    Hang,
    /// Carries nothing, and answers with this status.
    Say(u16),
}

/// A line to the server.
pub struct Line {
    pub address: String,
    asked: Arc<Mutex<Vec<String>>>,
    held: Arc<Mutex<Vec<TcpStream>>>,
}

impl Line {
    /// `act` is asked at each request with its method.
    pub fn to(server: &Radicale, act: impl Fn(&str) -> Act + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}{CALENDAR}", listener.local_addr().unwrap());
        let line = Self { address, asked: Arc::default(), held: Arc::default() };
        let (asked, held, port) = (line.asked.clone(), line.held.clone(), server.port);
        std::thread::spawn(move || {
            for mut stream in listener.incoming().map_while(Result::ok) {
                let Some((method, request)) = request(&stream) else { continue };
                let act = act(&method);
                let answer = match act {
                    Act::Carry | Act::Swallow => exchange(port, &request),
                    Act::Hang => String::new(),
                    Act::Say(status) => {
                        format!("HTTP/1.1 {status} No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                    }
                };
                if [Act::Swallow, Act::Hang].contains(&act) {
                    held.lock().unwrap().push(stream);
                } else {
                    let _ = stream.write_all(answer.as_bytes());
                }
                asked.lock().unwrap().push(method);
            }
        });
        line
    }

    /// The methods of the requests so far, which are forgotten then.
    pub fn asked(&self) -> Vec<String> {
        std::mem::take(&mut *self.asked.lock().unwrap())
    }

    /// Whether a request of this method has been dealt with.
    pub fn has_asked(&self, method: &str) -> bool {
        self.asked.lock().unwrap().iter().any(|one| one == method)
    }
}

/// One request as it is carried on, with its method.
fn request(stream: &TcpStream) -> Option<(String, String)> {
    let mut reader = BufReader::new(stream);
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let lower = line.to_ascii_lowercase();
        if let Some(value) = lower.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        if line == "\r\n" {
            break;
        }
        // The server packs nothing, and ends the connection itself.
        if !lower.starts_with("connection:") && !lower.starts_with("accept-encoding:") {
            head += &line;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let method = head.split(' ').next()?.to_owned();
    Some((method, format!("{head}Connection: close\r\n\r\n{}", String::from_utf8(body).ok()?)))
}
