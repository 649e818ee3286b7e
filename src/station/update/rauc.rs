//! RAUC by its command line: what is asked, and how its answers are read.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, ErrorKind, Read};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::{Bundle, Slot, Status, UpdateError};

/// The program, where nothing else is said.
pub(super) const PROGRAM: &str = "rauc";

/// A bundle on a server is read over the network, from its end.
const INFO: Duration = Duration::from_secs(60);

fn spawn(program: &Path, words: &[&str]) -> Result<Child, UpdateError> {
    Command::new(program)
        .args(words)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(unasked)
}

/// What it answers; it is ended when that takes too long.
fn ask(program: &Path, words: &[&str], within: Duration) -> Result<Output, UpdateError> {
    let mut child = spawn(program, words)?;
    let (stdout, stderr) = (all_of(child.stdout.take()), all_of(child.stderr.take()));
    let end = Instant::now() + within;
    loop {
        match child.try_wait() {
            Ok(Some(status)) => {
                let (stdout, stderr) = (stdout.join(), stderr.join());
                return Ok(Output {
                    status,
                    stdout: stdout.unwrap_or_default(),
                    stderr: stderr.unwrap_or_default(),
                });
            }
            Ok(None) if Instant::now() < end => thread::sleep(Duration::from_millis(20)),
            Ok(None) => {
                let _ = child.kill();
                let _ = child.wait();
                let seconds = within.as_secs();
                return Err(UpdateError::Silent(format!("it does not answer in {seconds} s")));
            }
            Err(cause) => return Err(UpdateError::Silent(cause.to_string())),
        }
    }
}

/// Reads while others do something else: who fills the one pipe while the other is awaited would stand still.
fn all_of(pipe: Option<impl Read + Send + 'static>) -> JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            let _ = pipe.read_to_end(&mut bytes);
        }
        bytes
    })
}

fn unasked(cause: std::io::Error) -> UpdateError {
    match cause.kind() {
        ErrorKind::NotFound => UpdateError::NoRauc,
        _ => UpdateError::Silent(cause.to_string()),
    }
}

/// The last thing it said that is not its log.
fn last_words(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let said = |line: &&str| !line.trim().is_empty() && !line.starts_with("rauc-Message");
    text.lines().rfind(said).unwrap_or("it says nothing").trim().to_owned()
}

/// Where the newer answer (`json-2`, which has the notes) and the older one keep the same thing.
fn text<'v>(value: &'v Value, newer: &str, older: &str) -> Option<&'v str> {
    value.pointer(newer).or_else(|| value.pointer(older)).and_then(Value::as_str)
}

pub(super) fn info(place: &str) -> Result<Bundle, UpdateError> {
    let program = Path::new(PROGRAM);
    let mut output = ask(program, &["info", "--output-format=json-2", place], INFO)?;
    if String::from_utf8_lossy(&output.stderr).contains("Unknown output format") {
        output = ask(program, &["info", "--output-format=json", place], INFO)?;
    }
    let refused = |words: String| UpdateError::Refused { place: place.to_owned(), words };
    if !output.status.success() {
        return Err(refused(last_words(&output.stderr)));
    }
    let answer: Value =
        serde_json::from_slice(&output.stdout).map_err(|cause| UpdateError::Silent(cause.to_string()))?;
    let compatible = text(&answer, "/update/compatible", "/compatible");
    let version = text(&answer, "/update/version", "/version");
    let (Some(compatible), Some(version)) = (compatible, version) else {
        return Err(refused("it names no machine or no version".to_owned()));
    };
    let notes = answer.pointer("/meta/balie").and_then(Value::as_object).into_iter().flatten();
    let notes: BTreeMap<String, String> = notes
        .filter_map(|(key, value)| Some((key.strip_prefix("notes-")?.to_owned(), value.as_str()?.to_owned())))
        .collect();
    Ok(Bundle {
        place: place.to_owned(),
        compatible: compatible.to_owned(),
        version: version.to_owned(),
        notes,
    })
}

pub(super) fn status(program: &Path, within: Duration) -> Result<Status, UpdateError> {
    let output = ask(program, &["status", "--detailed", "--output-format=json"], within)?;
    if !output.status.success() {
        return Err(UpdateError::Silent(last_words(&output.stderr)));
    }
    let answer: Value =
        serde_json::from_slice(&output.stdout).map_err(|cause| UpdateError::Silent(cause.to_string()))?;
    let named = |key: &str| answer.get(key).and_then(Value::as_str).unwrap_or_default();
    let slots = answer.get("slots").and_then(Value::as_array).into_iter().flatten();
    let mut slots: Vec<Slot> = slots
        .filter_map(Value::as_object)
        .flatten()
        .filter_map(|(name, slot)| read_slot(name, slot, named("booted"), named("boot_primary")))
        .collect();
    slots.sort_by(|one, other| one.name.cmp(&other.name));
    let running = slots.iter().find(|slot| slot.runs);
    let version = running.and_then(|slot| slot.version.clone());
    // The one that was installed later is the update; what came with the card has no date.
    let next = slots.iter().find(|slot| slot.next && !slot.runs);
    let later = |one: &Slot| running.is_some_and(|running| one.installed_at > running.installed_at);
    let waiting = next.filter(|slot| later(slot)).map(|slot| slot.version.clone().unwrap_or_default());
    let trial = next.is_some_and(|slot| !later(slot));
    Ok(Status {
        compatible: named("compatible").to_owned(),
        // A card has no bundle's version: then the program's own.
        version: version.unwrap_or_else(|| env!("CARGO_PKG_VERSION").to_owned()),
        slots,
        waiting,
        trial,
    })
}

/// A root file system; the partitions it starts from belong to it and have no name of their own.
fn read_slot(name: &str, slot: &Value, booted: &str, primary: &str) -> Option<Slot> {
    let bootname = slot.get("bootname")?.as_str().filter(|bootname| !bootname.is_empty())?;
    let of = |pointer: &str| slot.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
    Some(Slot {
        name: bootname.to_owned(),
        version: of("/slot_status/bundle/version"),
        installed_at: of("/slot_status/installed/timestamp"),
        good: slot.get("boot_status").and_then(Value::as_str) == Some("good"),
        // RAUC names the slot that runs by what it was started as.
        runs: booted == bootname || booted == name,
        next: primary == name,
    })
}

pub(super) fn install(place: &str, progress: &mut dyn FnMut(u8, &str)) -> Result<(), UpdateError> {
    let mut child = spawn(Path::new(PROGRAM), &["install", place])?;
    let (stdout, complaints) = (child.stdout.take(), all_of(child.stderr.take()));
    let mut failure = None;
    for line in
        stdout.into_iter().flat_map(|stdout| BufReader::new(stdout).split(b'\n')).map_while(Result::ok)
    {
        let line = String::from_utf8_lossy(&line);
        if let Some(words) = line.strip_prefix("LastError: ") {
            failure = Some(words.trim().to_owned());
        } else if let Some((percent, words)) = percent(&line) {
            progress(percent, words);
        }
    }
    let ended = child.wait().map_err(|cause| UpdateError::Silent(cause.to_string()))?;
    let complaints = complaints.join().unwrap_or_default();
    if ended.success() {
        return Ok(());
    }
    Err(UpdateError::Failed(failure.unwrap_or_else(|| last_words(&complaints))))
}

/// ` 40% Copying image to rootfs.1`
fn percent(line: &str) -> Option<(u8, &str)> {
    let (number, words) = line.trim_start().split_once('%')?;
    Some((number.parse().ok()?, words.trim()))
}

#[cfg(test)]
mod tests {
    use super::{last_words, percent};

    #[test]
    fn what_rauc_says_is_told_from_its_log() {
        assert_eq!(percent(" 40% Copying image to rootfs.1\n"), Some((40, "Copying image to rootfs.1")));
        assert_eq!(percent("installing"), None);
        let said = b"rauc-Message: 09:02: Reading\nsignature verification failed: Verify error\n\n";
        assert_eq!(last_words(said), "signature verification failed: Verify error");
        assert_eq!(last_words(b""), "it says nothing");
    }
}
