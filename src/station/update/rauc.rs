//! RAUC by its command line: what is asked, and how its answers are read.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, ErrorKind, Read};
use std::process::{Command, Output, Stdio};
use std::thread;

use serde_json::Value;

use super::{Bundle, Slot, Status, UpdateError};

const PROGRAM: &str = "rauc";

fn rauc(words: &[&str]) -> Result<Output, UpdateError> {
    Command::new(PROGRAM).args(words).stdin(Stdio::null()).output().map_err(unasked)
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
    let mut output = rauc(&["info", "--output-format=json-2", place])?;
    if String::from_utf8_lossy(&output.stderr).contains("Unknown output format") {
        output = rauc(&["info", "--output-format=json", place])?;
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

pub(super) fn status() -> Result<Status, UpdateError> {
    let output = rauc(&["status", "--detailed", "--output-format=json"])?;
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
    let mut child = Command::new(PROGRAM)
        .args(["install", place])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(unasked)?;
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    // Both are read at once: who fills the one while the other is awaited would stand still.
    let complaints = thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut stderr) = stderr {
            let _ = stderr.read_to_end(&mut bytes);
        }
        bytes
    });
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
