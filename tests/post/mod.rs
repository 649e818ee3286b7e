//! Stand-ins for the four SMS suppliers: real HTTP servers that check what the real ones check (path,
//! key, form of the number) and answer as they do; and that fail as the real ones fail. Beside them a
//! mail server, and the shop that sends.

#![allow(dead_code, reason = "each test file uses its own part")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

pub mod desk;
pub mod mail;
pub mod program;

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};

/// The key that the stand-ins know, and Twilio's account.
pub const KEY: &str = "geheim";
pub const ACCOUNT: &str = "AC0123";

/// One request as it came in.
#[derive(Debug, Clone)]
pub struct Call {
    pub path: String,
    pub authorization: String,
    pub agent: String,
    pub text: String,
    pub body: Value,
}

/// What a stand-in does with a request.
#[derive(Debug, Clone)]
pub enum Act {
    /// As the real one does.
    Normal,
    /// This status with these words.
    Say(u16, &'static str, String),
    /// Reads the request, and breaks the line.
    Drop,
    /// Takes the message, and breaks the line without a word.
    TakeAndDrop,
}

/// What a test wants to happen at each request: the number of the request, from 0, and what it says.
pub type Plan = dyn Fn(usize, &Call) -> Act + Send + Sync;

pub struct Supplier {
    pub name: &'static str,
    pub address: String,
    calls: Arc<Mutex<Vec<Call>>>,
    taken: Arc<Mutex<Vec<String>>>,
    open: Arc<AtomicBool>,
    steps: Arc<Steps>,
}

/// How far it is: connections accepted, answers written.
#[derive(Default)]
pub struct Steps {
    pub accepted: AtomicUsize,
    pub answered: AtomicUsize,
}

impl Supplier {
    pub fn start(name: &'static str) -> Self {
        Self::planned(name, |_, _| Act::Normal)
    }

    pub fn planned(name: &'static str, plan: impl Fn(usize, &Call) -> Act + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let supplier = Self {
            name,
            address,
            calls: Arc::default(),
            taken: Arc::default(),
            open: Arc::new(AtomicBool::new(true)),
            steps: Arc::default(),
        };
        let (calls, taken, open) = (supplier.calls.clone(), supplier.taken.clone(), supplier.open.clone());
        let steps = supplier.steps.clone();
        let plan: Arc<Plan> = Arc::new(plan);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if !open.load(Ordering::Relaxed) {
                    return;
                }
                steps.accepted.fetch_add(1, Ordering::SeqCst);
                let (calls, taken, plan) = (calls.clone(), taken.clone(), plan.clone());
                let steps = steps.clone();
                std::thread::spawn(move || serve(name, stream, (&calls, &taken, &steps), plan.as_ref()));
            }
        });
        supplier
    }

    /// The requests so far.
    pub fn calls(&self) -> Vec<Call> {
        self.calls.lock().unwrap().clone()
    }

    /// The references of the messages that it took, in their order.
    pub fn taken(&self) -> Vec<String> {
        self.taken.lock().unwrap().clone()
    }

    /// How many times it took each message, by reference.
    pub fn times(&self) -> BTreeMap<String, u32> {
        times(self.taken())
    }

    /// How far it is.
    pub fn steps(&self) -> &Steps {
        &self.steps
    }

    /// The lines of a configuration for it.
    pub fn config(&self) -> String {
        format!(
            "[sms]\nsupplier = \"{}\"\nbase_url = \"{}\"\nkey = \"{KEY}\"\naccount = \"{ACCOUNT}\"\nfrom = \"Garage\"\n",
            self.name, self.address
        )
    }
}

impl Drop for Supplier {
    fn drop(&mut self) {
        self.open.store(false, Ordering::Relaxed);
        let _ = TcpStream::connect(self.address.trim_start_matches("http://"));
    }
}

fn read(stream: &mut BufReader<TcpStream>) -> Option<Call> {
    let mut first = String::new();
    if stream.read_line(&mut first).ok()? == 0 {
        return None;
    }
    let path = first.split(' ').nth(1)?.to_owned();
    let (mut length, mut authorization, mut agent) = (0, String::new(), String::new());
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let line = line.trim_end();
        if line.is_empty() {
            break;
        }
        let (name, value) = line.split_once(": ")?;
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.parse().ok()?,
            "authorization" => authorization = value.to_owned(),
            "user-agent" => agent = value.to_owned(),
            _ => {}
        }
    }
    let mut bytes = vec![0; length];
    stream.read_exact(&mut bytes).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let body = serde_json::from_str(&text).unwrap_or(Value::Null);
    Some(Call { path, authorization, agent, text, body })
}

fn serve(
    name: &str,
    stream: TcpStream,
    (calls, taken, steps): (&Mutex<Vec<Call>>, &Mutex<Vec<String>>, &Steps),
    plan: &Plan,
) {
    let mut writer = stream.try_clone().unwrap();
    let mut reader = BufReader::new(stream);
    while let Some(call) = read(&mut reader) {
        let number = {
            let mut calls = calls.lock().unwrap();
            calls.push(call.clone());
            calls.len() - 1
        };
        let act = plan(number, &call);
        let (status, header, body) = match act {
            Act::Drop => return,
            Act::Say(status, header, words) => (status, header, words),
            Act::Normal | Act::TakeAndDrop => {
                let (status, answer, reference) = judge(name, &call);
                if let Some(reference) = reference {
                    taken.lock().unwrap().push(reference);
                }
                if matches!(act, Act::TakeAndDrop) {
                    return;
                }
                (status, "", answer.to_string())
            }
        };
        let answer = format!(
            "HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {}\r\n{header}\r\n{body}",
            body.len()
        );
        if writer.write_all(answer.as_bytes()).is_err() {
            return;
        }
        steps.answered.fetch_add(1, Ordering::SeqCst);
    }
}

/// What the real one would answer, and the reference of a message that it takes.
fn judge(name: &str, call: &Call) -> (u16, Value, Option<String>) {
    match name {
        "bird" => bird(call),
        "cm" => cm(call),
        "spryng" => spryng(call),
        "twilio" => twilio(call),
        other => panic!("no supplier {other}"),
    }
}

/// A Dutch mobile number without anything in front of its country's prefix.
fn is_mobile(number: &str) -> bool {
    number.len() == 11 && number.starts_with("316") && number.bytes().all(|byte| byte.is_ascii_digit())
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn bird(call: &Call) -> (u16, Value, Option<String>) {
    let error = |status, code: u64, words: &str, field: Value| {
        (status, json!({"errors": [{"code": code, "description": words, "parameter": field}]}), None)
    };
    if call.path != "/messages" {
        return error(404, 20, "not found", Value::Null);
    }
    if call.authorization != format!("AccessKey {KEY}") {
        return error(401, 2, "Request not allowed (incorrect access_key)", json!("access_key"));
    }
    let to = text(&call.body["recipients"][0]);
    if !is_mobile(&to) {
        return error(422, 9, "no (correct) recipients found", json!("recipients"));
    }
    if text(&call.body["originator"]).is_empty() || text(&call.body["originator"]).len() > 11 {
        return error(422, 10, "originator is invalid", json!("originator"));
    }
    let reference = text(&call.body["reference"]);
    let answer = json!({
        "id": "e8077d803532c0b5937c639b60216938", "href": "https://rest.messagebird.com/messages/e8077d80",
        "reference": reference, "body": call.body["body"], "originator": call.body["originator"],
        "recipients": {"totalCount": 1, "totalSentCount": 1, "totalDeliveredCount": 0, "totalDeliveryFailedCount": 0,
            "items": [{"recipient": to.parse::<u64>().unwrap(), "status": "sent", "statusDatetime": "2026-11-25T08:00:00+00:00"}]},
    });
    (201, answer, Some(reference))
}

fn cm(call: &Call) -> (u16, Value, Option<String>) {
    if call.path != "/v1.0/message" {
        return (404, json!({}), None);
    }
    let messages = &call.body["messages"];
    if messages["authentication"]["producttoken"] != KEY {
        return (401, json!({"details": "Authentication failed", "errorCode": 103, "messages": []}), None);
    }
    let message = &messages["msg"][0];
    let (to, reference) = (text(&message["to"][0]["number"]), text(&message["reference"]));
    let one = |status: &str, code: u64, details: Value| json!({"to": to, "status": status, "reference": reference, "parts": 1, "messageDetails": details, "messageErrorCode": code});
    // A rejection inside a success.
    if !to.strip_prefix("00").is_some_and(is_mobile)
        || text(&message["body"]["content"]).contains("GEWEIGERD")
    {
        let answer = json!({"details": "Created 0 message(s)", "errorCode": 201,
            "messages": [one("Rejected", 302, json!("Invalid 'to' number"))]});
        return (200, answer, None);
    }
    let answer = json!({"details": "Created 1 message(s)", "errorCode": 0, "messages": [one("Accepted", 0, Value::Null)]});
    (200, answer, Some(reference))
}

fn spryng(call: &Call) -> (u16, Value, Option<String>) {
    if call.path != "/v1/messages" {
        return (404, json!({"message": "Not found"}), None);
    }
    if call.authorization != format!("Bearer {KEY}") {
        return (401, json!({"message": "Unauthenticated."}), None);
    }
    if !is_mobile(&text(&call.body["recipients"][0])) {
        let answer = json!({"message": "The given data was invalid.",
            "errors": {"recipients": ["The recipients are invalid."]}});
        return (422, answer, None);
    }
    let reference = text(&call.body["reference"]);
    let answer = json!({"id": "9dbc5ffb-7524-4fae-9514-51decd94a44f", "encoding": "plain", "originator": "Garage",
        "body": call.body["body"], "reference": reference, "credits": 1, "scheduled_at": "2026-11-25T08:00:00+00:00"});
    (200, answer, Some(reference))
}

fn twilio(call: &Call) -> (u16, Value, Option<String>) {
    let error = |status: u16, code: u64, words: &str| {
        (
            status,
            json!({"code": code, "message": words, "more_info": "https://www.twilio.com/docs/errors", "status": status}),
            None,
        )
    };
    if call.path != format!("/2010-04-01/Accounts/{ACCOUNT}/Messages.json") {
        return error(404, 20404, "The requested resource was not found");
    }
    // `AC0123:geheim` in base 64.
    if call.authorization != "Basic QUMwMTIzOmdlaGVpbQ==" {
        return error(401, 20003, "Authenticate");
    }
    let field = |name: &str| {
        call.text
            .split('&')
            .find_map(|pair| pair.strip_prefix(&format!("{name}=")))
            .unwrap_or_default()
            .to_owned()
    };
    if !field("To").strip_prefix("%2B").is_some_and(is_mobile) {
        return error(400, 21211, "The 'To' number is not a valid phone number.");
    }
    if field("Body").is_empty() {
        return error(400, 21602, "Message body is required.");
    }
    // Twilio knows no reference of ours: the words tell messages apart here.
    (201, json!({"sid": "SM0123456789", "status": "queued", "num_segments": "1"}), Some(field("Body")))
}

/// How often each is there.
fn times(all: impl IntoIterator<Item = String>) -> BTreeMap<String, u32> {
    let mut times = BTreeMap::new();
    for one in all {
        *times.entry(one).or_insert(0) += 1;
    }
    times
}

/// Waits until something is so.
pub fn until(what: &str, done: impl Fn() -> bool) {
    let end = std::time::Instant::now() + Duration::from_secs(20);
    while !done() {
        assert!(std::time::Instant::now() < end, "not in 20 s: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}
