//! Touches while a backup is made, in a shop of 20,000 vehicles, each against the same touch while none
//! is: `cargo bench --bench backup -- DATABASE BALIE`. `backup.sh` makes the database.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod desk_bench;

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use balie::desk::Desk;
use balie::desk::slint::ComponentHandle;
use balie::desk::ui::headless::Canvas;
use balie::desk::ui::{
    CardState, CustomerCard, Desk as DeskGlobal, DetailState, Edit, EditState, Outcome, Page, Tasks,
};
use balie::domain::language::Language;
use balie::domain::task::{TaskFilter, TaskOrder};
use desk_bench::{CAME, median, store};

/// How often the whole series is touched, without and with a backup.
const ROUNDS: usize = 60;
/// By so much a touch may be later, in milliseconds.
const LATER: f64 = 50.0;
const TOUCHES: [&str; 5] =
    ["another task in the list", "to the task", "handled and saved", "to the customer", "back to the list"];

/// Makes one of [`TOUCHES`], and waits until it is there and painted.
fn timed(
    which: usize,
    desk: &Desk,
    canvas: &mut Canvas,
    touch: impl FnOnce(),
    there: impl Fn() -> bool,
) -> Duration {
    let began = Instant::now();
    touch();
    while !there() {
        assert!(desk.wait_for_answer(Duration::from_secs(30)), "{}: no answer", TOUCHES[which]);
    }
    canvas.draw();
    let took = began.elapsed();
    while desk.wait_for_answer(Duration::from_millis(40)) {}
    canvas.draw();
    took
}

/// A follow-up and a look at a customer: how long each touch took.
fn series(desk: &Desk, canvas: &mut Canvas, task: i32, customer: i32) -> [Duration; TOUCHES.len()] {
    let window = desk.window();
    let (shell, tasks, edit) =
        (window.global::<DeskGlobal>(), window.global::<Tasks>(), window.global::<Edit>());
    [
        {
            std::thread::sleep(CAME);
            timed(
                0,
                desk,
                canvas,
                || tasks.invoke_select(task),
                || tasks.get_selected_id() == task && tasks.get_detail_state() == DetailState::Shown,
            )
        },
        timed(
            1,
            desk,
            canvas,
            || tasks.invoke_open_task(task),
            || shell.get_page() == Page::Task && edit.get_state() == EditState::Shown,
        ),
        {
            std::thread::sleep(CAME);
            timed(
                2,
                desk,
                canvas,
                || {
                    edit.invoke_set_outcome(Outcome::Informed);
                    edit.invoke_save(true);
                },
                || shell.get_page() == Page::Tasks,
            )
        },
        timed(
            3,
            desk,
            canvas,
            || shell.invoke_go(Page::Customer, customer),
            || window.global::<CustomerCard>().get_state() == CardState::Shown,
        ),
        timed(
            4,
            desk,
            canvas,
            || shell.invoke_go(Page::Tasks, 0),
            || tasks.get_detail_state() == DetailState::Shown,
        ),
    ]
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let [database, balie] = &arguments[..] else {
        eprintln!(
            "name a database and balie: cargo bench --bench backup -- DATABASE BALIE; benches/backup.sh does"
        );
        return;
    };
    let database = Path::new(database);
    let today = std::env::var("BALIE_TODAY").unwrap().parse().unwrap();
    let rows = store(database)
        .task_page(&TaskFilter::default(), TaskOrder::default(), today, Language::Nl, 0, 2 * ROUNDS + 1)
        .unwrap();
    let number = |id: i64| i32::try_from(id).unwrap();
    let things: Vec<(i32, i32)> =
        rows.iter().filter_map(|row| Some((number(row.id.0), number(row.customer?.0)))).collect();
    let mut canvas = Canvas::install(1280, 800).unwrap();
    let desk = desk_bench::desk(database, today, "BEA");
    while desk.wait_for_answer(Duration::from_millis(500)) {}
    canvas.draw();
    let backups = AtomicU32::new(0);
    let mut times = [const { [const { Vec::new() }; 2] }; TOUCHES.len()];
    let half = things.len() / 2;
    for (beside, part) in things.chunks(half.max(1)).take(2).enumerate() {
        let over = AtomicBool::new(false);
        std::thread::scope(|scope| {
            if beside == 1 {
                scope.spawn(|| {
                    while !over.load(Ordering::SeqCst) {
                        let mut command = Command::new(balie);
                        command.arg("--data-dir").arg(database.parent().unwrap());
                        command.arg("backup").arg(database.with_file_name("copy.db"));
                        assert!(command.stdout(Stdio::null()).status().unwrap().success());
                        backups.fetch_add(1, Ordering::SeqCst);
                    }
                });
            }
            for (task, customer) in part {
                for (kind, took) in series(&desk, &mut canvas, *task, *customer).into_iter().enumerate() {
                    times[kind][beside].push(took);
                }
            }
            over.store(true, Ordering::SeqCst);
        });
    }
    let worst = |times: &[Duration]| times.iter().max().map_or(0.0, Duration::as_secs_f64) * 1000.0;
    let mut later: f64 = 0.0;
    for (name, [quiet, beside]) in TOUCHES.iter().zip(&times) {
        later = later.max(worst(beside) - worst(quiet));
        println!(
            "{name:28} alone {:6.1} ms (worst {:6.1})  beside a backup {:6.1} ms (worst {:6.1})",
            median(quiet),
            worst(quiet),
            median(beside),
            worst(beside)
        );
    }
    let held = later <= LATER && backups.load(Ordering::SeqCst) > 0;
    println!(
        "the worst touch of {} beside {} backups is {later:.1} ms later (at most {LATER}) {}",
        times.iter().map(|[_, beside]| beside.len()).sum::<usize>(),
        backups.load(Ordering::SeqCst),
        if held { "held" } else { "MISSED" }
    );
    std::process::exit(i32::from(!held));
}
