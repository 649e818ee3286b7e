//! The desk at a hundred thousand open tasks, each figure against a floor of the same run:
//! `cargo bench --bench desk -- DATABASE`. `kiosk.sh` makes the database and adds what is measured
//! from outside.

#![allow(clippy::unwrap_used)]

mod desk_bench;

use std::path::Path;
use std::rc::Rc;
use std::time::{Duration, Instant};

use balie::desk::Desk;
use balie::desk::slint::{self, ComponentHandle};
use balie::desk::ui::headless::Canvas;
use balie::desk::ui::{ChoiceKind, Desk as DeskGlobal, DetailState, ListState, Tasks, Theme};
use balie::domain::rule::RuleKey;
use chrono::NaiveDate;
use desk_bench::{desk, figure, median, store};

const RUNS: usize = 31;

fn until(desk: &Desk, holds: impl Fn(&Tasks<'_>) -> bool) {
    while !holds(&desk.window().global::<Tasks>()) {
        assert!(desk.wait_for_answer(Duration::from_secs(30)), "the database does not answer");
    }
}

/// From nothing to the first frame with rows, in a real window, then out.
fn first_frame(database: &Path, today: NaiveDate) {
    let desk = desk(database, today, "ELS");
    desk.window().window().set_size(slint::PhysicalSize::new(1280, 800));
    let drawn = Rc::clone(&desk);
    slint::Timer::single_shot(Duration::ZERO, move || {
        until(&drawn, |tasks| tasks.get_state() == ListState::Filled);
        drawn.window().window().take_snapshot().unwrap();
        std::process::exit(0);
    });
    slint::run_event_loop().unwrap();
}

/// A filter is touched; the list is filled, and the whole window painted.
fn filter_change(database: &Path, today: NaiveDate) -> bool {
    let mut canvas = Canvas::install(1280, 800).unwrap();
    let desk = desk(database, today, "ELS");
    until(&desk, |tasks| tasks.get_counts_known() && tasks.get_detail_state() == DetailState::Shown);
    canvas.draw();
    let window = desk.window();
    let (shell, theme) = (window.global::<DeskGlobal>(), window.global::<Theme>());
    let store = store(database);
    let inspection = RuleKey::ALL.iter().position(|rule| *rule == RuleKey::Inspection).unwrap();
    let (mut ours, mut rows, mut repaints) = (Vec::new(), Vec::new(), Vec::new());
    for run in 0..RUNS {
        let key = if run % 2 == 0 { i32::try_from(inspection).unwrap() } else { -1 };
        theme.set_repaint(!theme.get_repaint());
        let began = Instant::now();
        shell.invoke_choose(ChoiceKind::Rule, key);
        assert!(desk.wait_for_answer(Duration::from_secs(5)));
        canvas.draw();
        ours.push(began.elapsed());
        while desk.wait_for_answer(Duration::from_millis(30)) {}
        canvas.draw();

        let filter = balie::domain::task::TaskFilter {
            rule: (run % 2 == 0).then_some(RuleKey::Inspection),
            ..Default::default()
        };
        let began = Instant::now();
        let found = store.task_page(&filter, Default::default(), today, Default::default(), 0, 64).unwrap();
        let count = store.task_count(&filter, today).unwrap();
        rows.push(began.elapsed());
        assert!(found.len() == 64 && count > 64);

        theme.set_repaint(!theme.get_repaint());
        let began = Instant::now();
        canvas.draw();
        repaints.push(began.elapsed());
    }
    figure("filter change to a filled list", median(&ours), median(&rows), median(&repaints))
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let Some(database) = arguments.first().map(Path::new) else {
        eprintln!("name a database: cargo bench --bench desk -- DATABASE; benches/kiosk.sh makes one");
        return;
    };
    let today = std::env::var("BALIE_TODAY").unwrap().parse().unwrap();
    match arguments.get(1).map(String::as_str) {
        Some("first-frame") => first_frame(database, today),
        _ if filter_change(database, today) => {}
        _ => std::process::exit(1),
    }
}
