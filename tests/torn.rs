//! The power goes, and the disk had not yet written what nobody had waited for: it is missing, there in another
//! order, or torn. A shop's day is recorded once, with the real programs; then the power goes a thousand times,
//! each time at another moment and with another disk, and each time nothing is lost that somebody saw done, and
//! nothing is half (fault table, row 1). `BALIE_FAULT_ROUNDS=5` (`make faults`) is the thousand; every run of the
//! tests makes sixty. The days of a restore and of a damaged database have a third of that each.
//!
//! The model, which is what SQLite and Balie may count on with ext4 and a card that keeps its word, and no more:
//!
//! - What was written before an `fsync` or `fdatasync` of its file began is on the disk when that is done.
//! - Of everything written since, each sector of 512 bytes holds any one of the contents that it had since then,
//!   whatever the others hold: so writes are missing, reordered among files and within one, and torn. A sector itself
//!   is old or new, which is what flash and its controllers promise (SQLite: 'powersafe overwrite').
//! - The size is any that the file had since. Where it grew and nothing arrived there is nothing, noise, or
//!   something else of the same file.
//! - Names are made, changed and removed in the order in which that was done, as a journal of metadata does; how many
//!   of them are there is open until a folder is synced. That a file was synced saves its content and not its
//!   name, which is less than ext4 gives.
//! - What is in the memory that programs share (`-shm`) is noise afterwards.
//!
//! The judgement has two halves. What a person, or the supplier of text messages, was told before the power went is
//! there, whole, once. And the database as a whole is what it was after some commit, not older than the last one
//! whose sync was done.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

#[path = "torn/day.rs"]
mod day;
#[path = "torn/dice.rs"]
mod dice;
#[path = "torn/disk.rs"]
mod disk;
mod patience;
mod post;
mod rounds;
mod shop;
#[path = "torn/step.rs"]
mod step;
#[path = "torn/tape.rs"]
mod tape;
#[path = "torn/trial.rs"]
mod trial;
#[path = "torn/truth.rs"]
mod truth;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use day::Day;
use disk::Disk;
use tape::Recorder;
use trial::Recording;
use truth::Wrong;

/// Names the folder for the child whose day is recorded.
const DAY: &str = "BALIE_TEST_DAY";

/// The days themselves, each in a process of its own; they do nothing unless another test starts them.
#[test]
fn a_day_of_work() {
    day().into_iter().for_each(Day::work);
}

#[test]
fn a_day_with_a_restore() {
    day().into_iter().for_each(Day::restore);
}

#[test]
fn a_day_that_begins_damaged() {
    day().into_iter().for_each(Day::heal);
}

fn day() -> Option<Day> {
    Some(Day::new(&PathBuf::from(std::env::var_os(DAY)?)))
}

/// A folder in memory, where there is one: what is tried here is not this machine's disk.
fn scratch() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    let folder = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    folder.unwrap()
}

/// Prepares a folder, and records what a day makes of it.
fn record(prepare: fn(&Path), test: &str) -> Recording {
    let scratch = scratch();
    let folder = scratch.path().join("balie");
    std::fs::create_dir(&folder).unwrap();
    prepare(&folder);
    let recorder = Recorder::new(scratch.path(), &folder);
    let start = Disk::with(&folder);
    let mut day = Command::new(std::env::current_exe().unwrap());
    day.args(["--exact", test, "--nocapture"]).env(DAY, &folder);
    recorder.listen_to(&mut day);
    let output = day.stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "the day failed: {}", String::from_utf8_lossy(&output.stderr));
    let recording = Recording::of(start, recorder.events());
    recording.is_complete(&folder);
    recording
}

/// Cuts the power so many times, or more often where somebody asks for it, and nothing is found.
fn cut(recording: &Recording, rounds: usize) {
    let began = Instant::now();
    // Five times, as `make faults` asks for, make of sixty a thousand.
    let rounds = match rounds::times() as usize {
        1 => rounds,
        times => rounds * times * 10 / 3,
    };
    let tally = recording.cut(rounds, false);
    println!("{recording}: {tally}, {:.1} s", began.elapsed().as_secs_f64());
    assert!(tally.complaints.is_empty(), "{:#?}", tally.complaints);
}

#[test]
fn power_goes_a_thousand_times_and_nothing_is_lost_or_half() {
    let recording = record(day::morning, "a_day_of_work");
    assert!(recording.checkpoints > 3, "{recording}");
    cut(&recording, 60);
    // Or this would find nothing, whatever there was to find: a disk that says it has written, and has not;
    let lied = recording.cut(60, true);
    println!("a disk that lies: {lied}");
    assert!(lied.lost > 0 && lied.lost + lied.damaged > 30, "{lied}");
    // and what no disk does.
    assert_eq!(recording.tampered(""), []);
    for (sql, wrong) in [
        ("DELETE FROM call_note WHERE id = 3", Wrong::Half),
        ("DELETE FROM history WHERE id = (SELECT max(id) FROM history WHERE action = 'queued')", Wrong::Half),
        (
            "UPDATE task SET state = 'open' WHERE id = (SELECT max(id) FROM task WHERE state = 'handled')",
            Wrong::Half,
        ),
        ("DELETE FROM customer WHERE code = 'T31-7'", Wrong::Half),
        ("DELETE FROM task WHERE id = 1", Wrong::Half),
        ("DELETE FROM collection WHERE id > 1", Wrong::Lost),
        ("UPDATE message SET state = 'queued' WHERE id = 2", Wrong::Lost),
    ] {
        assert_eq!(recording.tampered(sql), [wrong], "{sql}");
    }
}

#[test]
fn power_goes_during_a_restore_and_one_of_the_two_is_there_and_the_other_aside() {
    let recording = record(day::morning, "a_day_with_a_restore");
    cut(&recording, 20);
    for (sql, wrong) in [
        ("DELETE FROM history WHERE action = 'restored'", Wrong::Lost),
        ("UPDATE message SET state = 'queued' WHERE id = 2", Wrong::Lost),
    ] {
        assert_eq!(recording.tampered(sql)[0], wrong, "{sql}");
    }
}

#[test]
fn power_goes_while_a_damaged_database_is_put_back_and_the_next_start_does_it() {
    let recording = record(day::bad_morning, "a_day_that_begins_damaged");
    cut(&recording, 20);
    assert_eq!(recording.tampered("DELETE FROM call_note WHERE id = 1"), [Wrong::Half]);
}
