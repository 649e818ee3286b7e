//! The tryboot back end of RAUC on a made-up card: which slot starts, whatever happens and whenever the power goes.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod slots;

use std::fs;
use std::process::Command;

use slots::{Card, NEW, firmware, path, program};

#[test]
fn a_new_card_starts_from_a_and_b_is_empty() {
    let card = Card::new();
    assert_eq!(firmware(NEW, false), Some("A"));
    assert_eq!(card.says(&["get-primary"]), "A");
    assert_eq!(card.says(&["get-current"]), "A");
    assert_eq!(card.says(&["get-state", "A"]), "good");
    assert_eq!(card.says(&["get-state", "B"]), "bad");
}

#[test]
fn an_update_is_tried_once_and_stays_when_it_is_good() {
    let card = Card::new();
    card.update("B");
    assert_eq!(fs::read_to_string(card.request()).unwrap(), "0 tryboot\n");
    assert_eq!(card.says(&["get-primary"]), "B", "the next restart");
    assert_eq!(card.says(&["get-state", "B"]), "good", "it may be started");
    assert_eq!(firmware(&card.text(), true), Some("B"));
    assert_eq!(firmware(&card.text(), false), Some("A"), "without the restart it is the old one");

    card.start("B");
    assert_eq!(card.says(&["get-primary"]), "A", "until it is found good");
    card.says(&["set-state", "B", "good"]);
    assert_eq!(card.says(&["get-primary"]), "B");
    assert_eq!(firmware(&card.text(), false), Some("B"));

    card.update("A");
    card.start("A");
    card.says(&["set-state", "A", "good"]);
    assert_eq!(firmware(&card.text(), false), Some("A"), "and back");
    assert_eq!(card.says(&["get-state", "B"]), "good");
}

#[test]
fn power_that_goes_away_every_evening_never_changes_the_slot() {
    let card = Card::new();
    let before = fs::metadata(card.autoboot()).unwrap().modified().unwrap();
    for _ in 0..10 {
        card.start("A");
        card.says(&["set-state", "A", "good"]);
        assert_eq!(card.text(), NEW);
    }
    assert_eq!(fs::metadata(card.autoboot()).unwrap().modified().unwrap(), before, "the card is not written");

    // Nor does an update that was written, or is on trial, when the plug is pulled.
    card.update("B");
    for slot in ["A", "B", "A"] {
        card.start(slot);
        assert_eq!(firmware(&card.text(), false), Some("A"));
    }
}

#[test]
fn a_bad_update_is_left_and_the_last_good_one_stays_even_when_both_are_bad() {
    let card = Card::new();
    card.update("B");
    card.start("B");
    card.says(&["set-state", "B", "bad"]);
    assert_eq!(firmware(&card.text(), false), Some("A"));

    card.start("A");
    assert_eq!(card.says(&["get-state", "B"]), "bad");
    card.says(&["set-state", "A", "bad"]);
    assert_eq!(firmware(&card.text(), false), Some("A"), "both are bad: the last good one");
    assert_eq!(card.says(&["get-primary"]), "A");
    card.says(&["set-state", "A", "good"]);
    assert_eq!(card.says(&["get-state", "A"]), "good");
}

#[test]
fn a_good_one_that_turns_bad_gives_way_to_the_other_good_one() {
    let card = Card::new();
    card.update("B");
    card.start("B");
    card.says(&["set-state", "B", "good"]);
    card.says(&["set-state", "B", "bad"]);
    assert_eq!(firmware(&card.text(), false), Some("A"));
}

#[test]
fn nothing_is_written_over_what_the_machine_would_go_back_to() {
    let card = Card::new();
    card.update("B");
    card.start("B");
    let said = card.refuses(&["set-state", "A", "bad"]);
    assert!(said.contains("slot B is still on trial"), "{said}");
    assert_eq!(firmware(&card.text(), false), Some("A"));
    assert_eq!(card.says(&["get-state", "A"]), "good");
}

#[test]
fn choosing_the_present_one_takes_the_trial_back() {
    let card = Card::new();
    card.update("B");
    card.says(&["set-primary", "A"]);
    assert!(!card.request().exists());
    assert_eq!(card.says(&["get-primary"]), "A");
}

#[test]
fn another_good_slot_is_tried_before_it_stays() {
    let card = Card::new();
    card.update("B");
    card.start("B");
    card.says(&["set-state", "B", "good"]);
    card.says(&["set-primary", "A"]);
    assert_eq!(firmware(&card.text(), true), Some("A"));
    assert_eq!(firmware(&card.text(), false), Some("B"));
    assert_eq!(card.says(&["get-state", "A"]), "good", "it was good, and is");
}

#[test]
fn the_firmware_is_asked_when_the_command_line_does_not_say_the_slot() {
    let card = Card::new();
    fs::write(card.path("cmdline"), "quiet ro\n").unwrap();
    assert!(card.refuses(&["get-current"]).contains("which slot runs"));
    fs::create_dir(card.path("firmware")).unwrap();
    fs::write(card.path("firmware/partition"), [0, 0, 0, 3]).unwrap();
    assert_eq!(card.says(&["get-current"]), "B");
}

#[test]
fn a_file_that_was_spoilt_by_hand_is_read_as_far_as_it_goes_and_made_whole_again() {
    for (spoilt, primary) in [
        (NEW.replace('\n', "\r\n"), "A"),
        ("[all]\nboot_partition=3\n".to_owned(), "B"),
        ("[all]\nboot_partition=7\n".to_owned(), "A"),
        (String::new(), "A"),
        ("\u{0}".repeat(512), "A"),
    ] {
        let card = Card::new();
        fs::write(card.autoboot(), &spoilt).unwrap();
        assert_eq!(card.says(&["get-primary"]), primary, "{spoilt:?}");
        card.says(&["set-state", "A", "good"]);
        assert_eq!(card.text().len(), NEW.len());
        assert_eq!(firmware(&card.text(), false), Some("A"));
        assert!(!card.path("autoboot.txt.new").exists());
    }
    let card = Card::new();
    fs::remove_file(card.autoboot()).unwrap();
    card.start("B");
    assert_eq!(card.says(&["get-primary"]), "B", "what runs is what starts");
    card.says(&["set-state", "B", "good"]);
    assert_eq!(firmware(&card.text(), false), Some("B"));
}

#[test]
fn wrong_words_are_refused_and_change_nothing() {
    let card = Card::new();
    for words in [
        &["set-primary", "C"][..],
        &["set-primary"],
        &["get-state", "rootfs.0"],
        &["set-state", "A", "perfect"],
        &["set-state", "A"],
        &["reboot"],
        &[],
    ] {
        assert!(card.refuses(words).starts_with("balie-tryboot: "), "{words:?}");
    }
    assert_eq!(card.text(), NEW);
}

/// Everything RAUC asks for, stopped before and after each program that writes: the slot that starts then is one that was good
/// before, or the one that was just found good.
#[test]
fn power_may_go_at_every_step() {
    let steps: [(&str, &[&str], &[&str]); 5] = [
        ("A", &["set-state", "B", "bad"], &["A"]),
        ("A", &["set-primary", "B"], &["A"]),
        ("B", &["set-state", "B", "bad"], &["A"]),
        ("B", &["set-state", "B", "good"], &["A", "B"]),
        ("B", &["set-primary", "A"], &["A", "B"]),
    ];
    let updated = Card::new();
    updated.update("B");
    let updated = updated.text();
    let mut cuts = 0;
    for spoilt in [false, true] {
        for (slot, words, wanted) in steps {
            for cut in 0.. {
                let card = Card::new();
                // One of another length is written as a new file and renamed.
                let before = if spoilt { updated.trim_end() } else { &updated };
                fs::write(card.autoboot(), before).unwrap();
                card.start(slot);
                if !cut_at(&card, words, cut) {
                    assert!(cut > 0, "{words:?}: it was never cut");
                    break;
                }
                cuts += 1;
                let starts = firmware(&card.text(), false).unwrap();
                assert!(wanted.contains(&starts), "{words:?} cut at {cut}: {starts}\n{}", card.text());
            }
        }
    }
    assert!(cuts >= 50, "only {cuts}");
}

/// Runs it with every program it calls replaced by one that counts, and kills it before (even) or after (odd) the
/// one of this number. False when it ended before.
fn cut_at(card: &Card, words: &[&str], cut: u32) -> bool {
    let programs = card.path("programs");
    for name in ["sync", "mv", "mkdir", "rm", "wc", "dirname"] {
        let real = if name == "sync" { "true" } else { name };
        let counted = format!(
            "echo x >>'{count}'\nnumber=$(($(/usr/bin/wc -l <'{count}') - 1))\n\
             cut() {{ kill -KILL \"$BALIE_SCRIPT\"; exit 1; }}\n\
             [ $((number * 2)) -ne {cut} ] || cut\n/usr/bin/{real} \"$@\"\nended=$?\n\
             [ $((number * 2 + 1)) -ne {cut} ] || cut\nexit $ended",
            count = card.path("count").display(),
        );
        program(&programs, name, &counted);
    }
    // The shell becomes the script, so that its own number is the one to be killed.
    let script = format!("BALIE_SCRIPT=$$; export BALIE_SCRIPT; . '{}'", slots::TRYBOOT);
    let status = Command::new("sh")
        .args(["-c", &script, "balie-tryboot"])
        .args(words)
        .envs(card.places())
        .env("PATH", path(&programs))
        .status()
        .unwrap();
    status.code().is_none()
}

/// The sector is written in one go; but even one that is half the new and half the old still starts a good slot.
#[test]
fn a_sector_that_is_half_written_still_starts_a_good_slot() {
    let card = Card::new();
    let mut states = vec![card.text()];
    card.update("B");
    states.push(card.text());
    card.start("B");
    card.says(&["set-state", "B", "good"]);
    states.push(card.text());
    let good: [&[&str]; 2] = [&["A"], &["A", "B"]];
    for (pair, good) in states.windows(2).zip(good) {
        let (old, new) = (pair[0].as_bytes(), pair[1].as_bytes());
        assert_eq!(old.len(), new.len());
        for cut in 0..=new.len() {
            let mut torn = new[..cut].to_vec();
            torn.extend_from_slice(&old[cut..]);
            let torn = String::from_utf8(torn).unwrap();
            let starts = firmware(&torn, false);
            assert!(starts.is_some_and(|slot| good.contains(&slot)), "cut at {cut}: {torn}");
        }
    }
}
