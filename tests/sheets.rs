//! The list on paper, with a call sheet for each task.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod copies;

use std::process::Command;

use copies::{run, shop, words};

#[test]
fn the_list_and_the_call_sheets_are_a_pdf() {
    let folder = shop(60);
    let data = folder.path();
    let file = data.join("today.pdf");
    let path = file.to_str().unwrap();
    let today = ["--today", "2015-05-01"];
    let empty = run(data, &[today[0], today[1], "tasks", "--pdf", path]);
    assert!(
        empty.status.success() && std::fs::read(&file).unwrap().starts_with(b"%PDF"),
        "{}",
        words(&empty)
    );
    assert!(run(data, &["settings", "set", "general.weekly_capacity", "0"]).status.success());
    // The demo lies around this date; the clock is older than nothing on it.
    let collected = run(data, &[today[0], today[1], "collect"]);
    assert!(collected.status.success(), "{}", words(&collected));
    let made = run(data, &[today[0], today[1], "tasks", "--pdf", path]);
    assert!(made.status.success(), "{}", words(&made));
    let count: usize = words(&made).split(' ').next().unwrap().parse().unwrap();
    assert!(count > 5, "{}", words(&made));
    assert!(std::fs::read(&file).unwrap().len() > 10_000);
    if let Ok(text) = Command::new("pdftotext").args(["-layout", path, "-"]).output() {
        let text = String::from_utf8_lossy(&text.stdout).into_owned();
        assert_eq!(text.matches("Geen gehoor").count(), count, "a sheet for each");
        assert!(text.contains("Op te volgen") && text.contains("Kenteken"), "{text}");
    }
    let wrong = run(data, &["tasks", "--pdf", "/nowhere/today.pdf"]);
    assert!(
        wrong.status.code() == Some(1) && words(&wrong).contains("cannot be written"),
        "{}",
        words(&wrong)
    );
}
