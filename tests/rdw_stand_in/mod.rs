//! A register for the tests: a real HTTP server that speaks as RDW's open data does (SODA), with its
//! habits and its faults.
//!
//! Without `$limit` it cuts at 1000 and says nothing; without `$order` the rows come in another order
//! each time; a value that is not known is left out; every value is a text.

#![allow(dead_code, reason = "each test file uses its own part of the register")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

pub const VEHICLES: &str = "m9d7-ebf2";
pub const INSPECTIONS: &str = "sgfe-77wx";
pub const FINDINGS: &str = "a34c-vvps";
pub const RECALLS: &str = "t49b-isb7";
pub const ACTIONS: &str = "j9yg-7rg9";

/// Columns of each data set that Balie reads, and some that it does not.
const COLUMNS: [(&str, &[&str]); 5] = [
    (
        VEHICLES,
        &[
            "kenteken",
            "voertuigsoort",
            "merk",
            "handelsbenaming",
            "datum_eerste_toelating",
            "datum_tenaamstelling",
            "vervaldatum_apk",
            "vervaldatum_apk_dt",
            "openstaande_terugroepactie_indicator",
            "tellerstandoordeel",
        ],
    ),
    (
        INSPECTIONS,
        &[
            "kenteken",
            "meld_datum_door_keuringsinstantie",
            "meld_tijd_door_keuringsinstantie",
            "soort_erkenning_omschrijving",
            "soort_melding_ki_omschrijving",
            "vervaldatum_keuring",
        ],
    ),
    (
        FINDINGS,
        &[
            "kenteken",
            "meld_datum_door_keuringsinstantie",
            "meld_tijd_door_keuringsinstantie",
            "gebrek_identificatie",
            "aantal_gebreken_geconstateerd",
        ],
    ),
    (RECALLS, &["kenteken", "referentiecode_rdw", "code_status", "status"]),
    (
        ACTIONS,
        &[
            "referentiecode_rdw",
            "publicatiedatum_rdw",
            "omschrijving_defect",
            "materi_le_gevolgen",
            "beschrijving_van_het_herstel",
        ],
    ),
];

type Row = BTreeMap<String, String>;

/// What it does instead of answering.
#[derive(Debug, Clone)]
pub enum Fault {
    /// 429 with so many seconds in `Retry-After`; `None` says none.
    Throttle(Option<u32>),
    /// A status and nothing else.
    Status(u16),
    /// A web page with 200.
    Html,
    /// The first half of the right answer.
    CutOff,
    /// The right answer, later.
    Slow(Duration),
    /// No answer at all.
    Hang,
}

/// One request that came.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    pub set: String,
    pub query: BTreeMap<String, String>,
    pub headers: BTreeMap<String, String>,
}

#[derive(Default)]
struct State {
    columns: BTreeMap<String, BTreeSet<String>>,
    rows: BTreeMap<String, Vec<Row>>,
    faults: VecDeque<(Option<String>, Fault)>,
    always: BTreeMap<String, Fault>,
    asked: Vec<Asked>,
    token: Option<String>,
    now: usize,
    most_at_once: usize,
}

/// The register.
pub struct StandIn {
    state: Arc<Mutex<State>>,
    pub port: u16,
}

impl StandIn {
    pub fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(Mutex::new(State::default()));
        for (set, columns) in COLUMNS {
            let columns = columns.iter().map(|name| (*name).to_owned()).collect();
            state.lock().unwrap().columns.insert(set.to_owned(), columns);
        }
        let shared = Arc::clone(&state);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let state = Arc::clone(&shared);
                std::thread::spawn(move || serve(&stream, &state));
            }
        });
        Self { state, port }
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/resource", self.port)
    }

    /// Adds a record.
    pub fn has(&self, set: &str, cells: &[(&str, &str)]) -> &Self {
        let row = cells.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        self.state.lock().unwrap().rows.entry(set.to_owned()).or_default().push(row);
        self
    }

    /// A vehicle with the dates that matter.
    pub fn vehicle(&self, plate: &str, expires: &str, registered: &str) -> &Self {
        self.has(
            VEHICLES,
            &[
                ("kenteken", plate),
                ("voertuigsoort", "Personenauto"),
                ("merk", "OPEL"),
                ("handelsbenaming", "OPEL REKORD"),
                ("datum_eerste_toelating", "20150102"),
                ("datum_tenaamstelling", registered),
                ("vervaldatum_apk", expires),
                ("openstaande_terugroepactie_indicator", "Nee"),
                ("tellerstandoordeel", "Logisch"),
            ],
        )
    }

    /// A periodic inspection that was reported at a time of day.
    pub fn inspection(&self, plate: &str, on: &str, time: &str, expires: &str) -> &Self {
        let mut cells = vec![
            ("kenteken", plate),
            ("meld_datum_door_keuringsinstantie", on),
            ("meld_tijd_door_keuringsinstantie", time),
            ("soort_erkenning_omschrijving", "APK Lichte voertuigen"),
            ("soort_melding_ki_omschrijving", "periodieke controle"),
        ];
        if !expires.is_empty() {
            cells.push(("vervaldatum_keuring", expires));
        }
        self.has(INSPECTIONS, &cells)
    }

    pub fn finding(&self, plate: &str, on: &str, time: &str, code: &str) -> &Self {
        self.has(
            FINDINGS,
            &[
                ("kenteken", plate),
                ("meld_datum_door_keuringsinstantie", on),
                ("meld_tijd_door_keuringsinstantie", time),
                ("gebrek_identificatie", code),
                ("aantal_gebreken_geconstateerd", "1"),
            ],
        )
    }

    pub fn recall(&self, plate: &str, reference: &str, status: &str) -> &Self {
        self.has(RECALLS, &[("kenteken", plate), ("referentiecode_rdw", reference), ("code_status", status)])
    }

    /// Forgets all records of a data set, as it does for days.
    pub fn empty(&self, set: &str) {
        self.state.lock().unwrap().rows.remove(set);
    }

    /// Changes a cell of all records that have the key in any cell.
    pub fn change(&self, set: &str, key: &str, column: &str, value: &str) {
        let mut state = self.state.lock().unwrap();
        for row in state.rows.entry(set.to_owned()).or_default() {
            if row.values().any(|cell| cell == key) {
                row.insert(column.to_owned(), value.to_owned());
            }
        }
    }

    /// Gives a column another name (`None`: takes it away).
    pub fn rename(&self, set: &str, from: &str, to: Option<&str>) {
        let mut state = self.state.lock().unwrap();
        let columns = state.columns.get_mut(set).unwrap();
        assert!(columns.remove(from), "{from}");
        columns.extend(to.map(str::to_owned));
        for row in state.rows.entry(set.to_owned()).or_default() {
            if let (Some(value), Some(to)) = (row.remove(from), to) {
                row.insert(to.to_owned(), value);
            }
        }
    }

    /// Fails once, at the next request (for the data set).
    pub fn fail(&self, set: Option<&str>, fault: Fault) -> &Self {
        self.state.lock().unwrap().faults.push_back((set.map(str::to_owned), fault));
        self
    }

    /// Fails at every request for the data set, until `None`.
    pub fn fail_always(&self, set: &str, fault: Option<Fault>) {
        let mut state = self.state.lock().unwrap();
        match fault {
            Some(fault) => state.always.insert(set.to_owned(), fault),
            None => state.always.remove(set),
        };
    }

    /// Every other token is refused.
    pub fn wants_token(&self, token: &str) {
        self.state.lock().unwrap().token = Some(token.to_owned());
    }

    /// The requests that came since the last time.
    pub fn asked(&self) -> Vec<Asked> {
        std::mem::take(&mut self.state.lock().unwrap().asked)
    }

    /// How many requests came since [`StandIn::asked`] was called.
    pub fn requests(&self) -> usize {
        self.state.lock().unwrap().asked.len()
    }

    /// The most requests that were under way together.
    pub fn most_at_once(&self) -> usize {
        self.state.lock().unwrap().most_at_once
    }

    /// Writes a configuration that names this register, with more lines under `[rdw]`.
    pub fn configure(&self, data: &Path, more: &str) {
        let text = format!("[rdw]\nbase_url = \"{}\"\n{more}\n[log]\nlevel = \"info\"\n", self.url());
        std::fs::write(data.join("balie.toml"), text).unwrap();
    }
}

/// `balie` with the configuration that lies in the data folder, on a day.
pub fn balie(data: &Path, today: &str, arguments: &[&str]) -> Output {
    command(data, today, arguments).output().unwrap()
}

/// As [`balie`], not started yet.
pub fn command(data: &Path, today: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_balie"));
    without_proxy(&mut command);
    command.arg("--data-dir").arg(data).arg("--config").arg(data.join("balie.toml"));
    command.args(["--today", today]).args(arguments).stdin(Stdio::null());
    command
}

/// The environment of a shop that has no proxy.
pub fn without_proxy(command: &mut Command) {
    for name in ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"] {
        command.env_remove(name);
    }
}

fn serve(stream: &TcpStream, state: &Mutex<State>) {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    if reader.read_line(&mut line).is_err() {
        return;
    }
    let target = line.split(' ').nth(1).unwrap_or_default().to_owned();
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap_or(0) == 0 || line.trim().is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':') {
            headers.insert(name.to_lowercase(), value.trim().to_owned());
        }
    }
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let set = path.trim_start_matches("/resource/").trim_end_matches(".json").to_owned();
    let query: BTreeMap<String, String> =
        query.split('&').filter_map(|pair| pair.split_once('=')).map(|(a, b)| (plain(a), plain(b))).collect();
    let (fault, answer, token) = {
        let mut state = state.lock().unwrap();
        state.now += 1;
        state.most_at_once = state.most_at_once.max(state.now);
        state.asked.push(Asked { set: set.clone(), query: query.clone(), headers: headers.clone() });
        let next = state.faults.iter().position(|(only, _)| only.as_ref().is_none_or(|only| *only == set));
        let fault = next.and_then(|at| state.faults.remove(at)).map(|(_, fault)| fault);
        let fault = fault.or_else(|| state.always.get(&set).cloned());
        let turn = state.asked.len();
        (fault, answer(&state, &set, &query, turn), state.token.clone())
    };
    let refused = headers.get("x-app-token").is_some_and(|given| Some(given) != token.as_ref());
    let json = "application/json;charset=utf-8";
    match &fault {
        Some(Fault::Slow(time)) => std::thread::sleep(*time),
        Some(Fault::Hang) => std::thread::sleep(Duration::from_secs(120)),
        _ => {}
    }
    // Whoever reads the answer may ask again before this thread goes on.
    state.lock().unwrap().now -= 1;
    match fault {
        _ if refused => respond(
            stream,
            403,
            "",
            json,
            r#"{"code":"permission_denied","message":"Invalid app_token specified"}"#,
        ),
        Some(Fault::Throttle(after)) => {
            let after = after.map(|seconds| format!("Retry-After: {seconds}\r\n")).unwrap_or_default();
            respond(stream, 429, &after, json, r#"{"error":true,"message":"throttled"}"#);
        }
        Some(Fault::Status(status)) => respond(stream, status, "X-Socrata-RequestId: abc\r\n", json, "{}"),
        Some(Fault::Html) => respond(stream, 200, "", "text/html", "<!DOCTYPE html><title>Log in</title>"),
        Some(Fault::CutOff) => {
            let half: String = answer.1.chars().take(answer.1.chars().count() / 2).collect();
            respond(stream, answer.0, "", json, &half);
        }
        Some(Fault::Hang) => {}
        Some(Fault::Slow(_)) | None => respond(stream, answer.0, "", json, &answer.1),
    }
}

fn respond(mut stream: &TcpStream, status: u16, more: &str, kind: &str, body: &str) {
    let _ = write!(
        stream,
        "HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n{more}Connection: close\r\n\r\n{body}",
        body.len()
    );
}

/// Undoes the writing of an address.
fn plain(text: &str) -> String {
    let bytes = text.as_bytes();
    let (mut plain, mut at) = (Vec::new(), 0);
    while at < bytes.len() {
        let code = (bytes[at] == b'%').then(|| text.get(at + 1..at + 3)).flatten();
        match code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(byte) => {
                plain.push(byte);
                at += 3;
            }
            None => {
                plain.push(if bytes[at] == b'+' { b' ' } else { bytes[at] });
                at += 1;
            }
        }
    }
    String::from_utf8(plain).unwrap()
}

fn no_such_column(name: &str) -> (u16, String) {
    let text = format!(
        r#"{{"message":"Query coordinator error: query.soql.no-such-column; No such column: {name}; position: Map(row -> 1)","errorCode":"query.soql.no-such-column","data":{{"column":"{name}"}}}}"#
    );
    (400, text)
}

/// Status and body.
fn answer(state: &State, set: &str, query: &BTreeMap<String, String>, turn: usize) -> (u16, String) {
    let Some(columns) = state.columns.get(set) else {
        return (404, r#"{"code":"dataset.missing","error":true,"message":"Not found"}"#.to_owned());
    };
    let mut rows: Vec<&Row> = state.rows.get(set).into_iter().flatten().collect();
    if let Some(condition) = query.get("$where") {
        let Some((column, list)) = condition.split_once(" in(") else {
            return (400, r#"{"errorCode":"query.compiler.malformed","message":"malformed"}"#.to_owned());
        };
        if !columns.contains(column) {
            return no_such_column(column);
        }
        let wanted: BTreeSet<&str> =
            list.trim_end_matches(')').split(',').map(|key| key.trim().trim_matches('\'')).collect();
        rows.retain(|row| row.get(column).is_some_and(|value| wanted.contains(value.as_str())));
    }
    match query.get("$order") {
        Some(order) if order == ":id" => {}
        Some(order) => {
            let names: Vec<&str> = order.split(',').map(str::trim).collect();
            if let Some(name) = names.iter().find(|name| !columns.contains(**name)) {
                return no_such_column(name);
            }
            rows.sort_by_key(|row| names.iter().map(|name| row.get(*name)).collect::<Vec<_>>());
        }
        // Two equal questions come in different orders.
        None => {
            let middle = turn % rows.len().max(1);
            rows.rotate_left(middle);
        }
    }
    let number = |name: &str, usual: usize| query.get(name).map_or(usual, |text| text.parse().unwrap());
    let rows = rows.into_iter().skip(number("$offset", 0)).take(number("$limit", 1000));
    let select: Option<Vec<&str>> = query.get("$select").map(|names| names.split(',').collect());
    if let Some(name) = select.iter().flatten().find(|name| !columns.contains(**name)) {
        return no_such_column(name);
    }
    let shown = rows.map(|row| {
        let mut row = row.clone();
        if let Some(select) = &select {
            row.retain(|name, _| select.contains(&name.as_str()));
        }
        row
    });
    (200, serde_json::to_string(&shown.collect::<Vec<_>>()).unwrap())
}
