//! Weeks of a shop in half an hour: a real collector and the desk's pages on one database, a working day every
//! second: `cargo bench --bench soak -- DATABASE COLLECTOR [MINUTES]`. `soak.sh` makes the shop.
//!
//! Each day the shop's own system drops a file with cars that are due, the collector takes it in and makes tasks,
//! and the desk finishes some, writes messages, turns pages, searches and changes its language. What must not
//! grow is read from /proc each ten seconds: the memory of both processes, their open files, and what they
//! write to the disk in a day.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod desk_bench;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::rc::Rc;
use std::time::{Duration, Instant};

use balie::desk::Desk;
use balie::desk::slint::{ComponentHandle, Model};
use balie::desk::ui::headless::Canvas;
use balie::desk::ui::{
    Compose, Customers, Desk as DeskGlobal, Edit, EditState, Outcome, Page, Settings, Tasks,
};
use balie::domain::language::Language;
use chrono::{NaiveDate, TimeDelta};
use rusqlite::Connection;

/// A day lasts so long.
const DAY: Duration = Duration::from_secs(1);
/// So many days between two looks at /proc.
const LOOK: u32 = 10;
/// The share of the run that warms up, and counts for nothing.
const WARM: usize = 4;
/// Cars that become due each day, and tasks that are finished.
const CARS: usize = 6;
/// By so many bytes memory may grow in a thousand operations.
const SLOPE: f64 = 1024.0;
/// So many bytes may reach the disk in a day.
const WRITTEN: f64 = 50e6;
const PAGES: [Page; 7] =
    [Page::Customers, Page::Agenda, Page::Settings, Page::Outbox, Page::Report, Page::System, Page::Texts];

/// What /proc says of a process.
#[derive(Clone, Copy, Default)]
struct Seen {
    operations: u64,
    memory: u64,
    files: usize,
    written: u64,
}

fn seen(process: u32, operations: u64) -> Seen {
    let folder = PathBuf::from(format!("/proc/{process}"));
    let number = |file: &str, key: &str| -> u64 {
        let text = fs::read_to_string(folder.join(file)).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix(key)).unwrap_or_default();
        line.trim().trim_end_matches(" kB").parse().unwrap_or_default()
    };
    Seen {
        operations,
        // What is its own: pages shared with others are nobody's leak.
        memory: 1024 * (number("smaps_rollup", "Private_Dirty:") + number("smaps_rollup", "Private_Clean:")),
        files: fs::read_dir(folder.join("fd")).map_or(0, Iterator::count),
        written: number("io", "write_bytes:"),
    }
}

/// Growth of memory in bytes for each operation: the line with the least squares.
fn slope(all: &[Seen]) -> f64 {
    let count = all.len() as f64;
    let (x, y) =
        all.iter().fold((0.0, 0.0), |(x, y), one| (x + one.operations as f64, y + one.memory as f64));
    let (x, y) = (x / count, y / count);
    let (over, under) = all.iter().fold((0.0, 0.0), |(over, under), one| {
        let (dx, dy) = (one.operations as f64 - x, one.memory as f64 - y);
        (over + dx * dy, under + dx * dx)
    });
    if under > 0.0 { over / under } else { 0.0 }
}

struct Collector(Child);

impl Drop for Collector {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The desk and who works at it.
struct Shop {
    desk: Rc<Desk>,
    canvas: Canvas,
    folder: PathBuf,
    today: NaiveDate,
    operations: u64,
}

impl Shop {
    fn rest(&mut self) {
        self.operations += 1;
        while self.desk.wait_for_answer(Duration::from_millis(8)) {}
        self.canvas.draw();
    }

    fn go(&mut self, page: Page, id: i32) {
        self.desk.window().global::<DeskGlobal>().invoke_go(page, id);
        self.rest();
    }

    /// The shop's own system leaves a file: complete as soon as it has its name.
    fn drop_files(&self, day: u32) {
        let due = self.today + TimeDelta::days(20);
        let (mut vehicles, mut customers, mut owners) = (
            String::from("plate,make,model,inspection_expires_on\n"),
            String::from("code,kind,name,mobile,city\n"),
            String::from("plate,customer,from_on\n"),
        );
        for car in 0..CARS {
            // The same cars come back after a while: a shop does not grow without end.
            let number = (day as usize * CARS + car) % 3000;
            let plate = format!("{:02}-XX-{:02}", number / 100, number % 100);
            let due = due + TimeDelta::days(i64::from(day / 500));
            writeln!(vehicles, "{plate},OPEL,Rekord,{due}").unwrap();
            writeln!(customers, "S{number},private,Klant {number},06 1234 {number:04},Diemen").unwrap();
            writeln!(owners, "{plate},S{number},2020-01-01").unwrap();
        }
        let folder = self.folder.join("drop");
        for (name, text) in [("customers", customers), ("vehicles", vehicles), ("ownerships", owners)] {
            fs::write(folder.join(format!(".{name}")), text).unwrap();
            fs::rename(folder.join(format!(".{name}")), folder.join(format!("{name}.csv"))).unwrap();
        }
    }

    fn follow_up(&mut self, day: u32) {
        self.go(Page::Tasks, 0);
        let first = self.desk.window().global::<Tasks>().get_rows().iter().next();
        let Some(task) = first.map(|row| row.id).filter(|id| *id > 0) else { return };
        self.go(Page::Task, task);
        let window = self.desk.window();
        if window.global::<Edit>().get_state() != EditState::Shown {
            return;
        }
        if day.is_multiple_of(3) {
            window.global::<Edit>().invoke_write_sms();
            self.rest();
            let window = self.desk.window();
            window.global::<Compose>().invoke_edit_text("Uw auto is aan de beurt. Garage De Hoek".into());
            self.rest();
            self.desk.window().global::<Compose>().invoke_queue();
            self.rest();
        }
        std::thread::sleep(desk_bench::CAME);
        self.desk.window().global::<Edit>().invoke_set_outcome(Outcome::Informed);
        self.rest();
        self.desk.window().global::<Edit>().invoke_save(true);
        self.rest();
    }

    fn day(&mut self, day: u32) {
        if day.is_multiple_of(2) {
            self.drop_files(day);
        }
        self.follow_up(day);
        let at = day as usize;
        self.go(PAGES[at % PAGES.len()], 0);
        self.desk
            .window()
            .global::<Customers>()
            .invoke_search(["jan", "de vr", "bakk", "06 1"][at % 4].into());
        self.rest();
        self.desk.speak(Language::ALL[at % Language::ALL.len()]);
        self.rest();
        if day.is_multiple_of(20) {
            // A number is changed, and changed back on the next turn.
            self.go(Page::Settings, 1);
            self.desk.window().global::<Settings>().invoke_set_general(0, (20 + day % 40) as i32);
            self.rest();
        }
    }
}

fn told(name: &str, all: &[Seen], days: u32) -> bool {
    let warm = &all[all.len() / WARM..];
    let growth = slope(warm) * 1000.0;
    let (first, last) = (warm[0], warm[warm.len() - 1]);
    let share = f64::from(days) * (warm.len() - 1) as f64 / all.len() as f64;
    let written = (last.written - first.written) as f64 / share.max(1.0);
    let files = warm.iter().map(|one| one.files).max().unwrap() as i64
        - all[..all.len() / WARM].iter().map(|one| one.files).max().unwrap_or_default() as i64;
    let held = growth < SLOPE && written < WRITTEN && files <= 2;
    println!(
        "{name:10} memory {:5.1} MB, {growth:7.0} bytes more in 1,000 operations (under {SLOPE})   {} files, {files:+} (at most +2)   {:4.1} MB written a day (under {:.0})   {}",
        last.memory as f64 / 1e6,
        last.files,
        written / 1e6,
        WRITTEN / 1e6,
        if held { "held" } else { "MISSED" }
    );
    held
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let [database, collector, minutes @ ..] = &arguments[..] else {
        eprintln!(
            "name a database and a collector: cargo bench --bench soak -- DATABASE COLLECTOR [MINUTES]; benches/soak.sh does"
        );
        return;
    };
    let minutes: u64 = minutes.first().map_or(30, |text| text.parse().unwrap());
    let database = Path::new(database);
    let folder = database.parent().unwrap().to_owned();
    let today: NaiveDate = std::env::var("BALIE_TODAY").unwrap().parse().unwrap();
    fs::create_dir_all(folder.join("drop")).unwrap();
    let config = folder.join("balie.toml");
    fs::write(&config, "[rdw]\nenabled = false\n[files]\nquiet_seconds = 1\n[log]\nlevel = \"error\"\n")
        .unwrap();
    let mut command = Command::new(collector);
    command.arg("--data-dir").arg(&folder).arg("--config").arg(config).arg("--today").arg(today.to_string());
    let child =
        command.env_remove("NOTIFY_SOCKET").stdin(Stdio::null()).stdout(Stdio::null()).spawn().unwrap();
    let collector = Collector(child);
    let (ours, theirs) = (std::process::id(), collector.0.id());
    let canvas = Canvas::install(1280, 800).unwrap();
    let desk = desk_bench::desk(database, today, "BEA");
    let mut shop = Shop { desk, canvas, folder, today, operations: 0 };
    let (mut desks, mut collectors) = (Vec::new(), Vec::new());
    let began = Instant::now();
    let mut day = 0;
    while began.elapsed() < Duration::from_secs(minutes * 60) {
        let morning = Instant::now();
        shop.day(day);
        day += 1;
        if day.is_multiple_of(LOOK) {
            desks.push(seen(ours, shop.operations));
            collectors.push(seen(theirs, shop.operations));
        }
        std::thread::sleep(DAY.saturating_sub(morning.elapsed()));
    }
    let store = desk_bench::store(database);
    store.check_all().unwrap();
    let (lines, handled): (i64, i64) = Connection::open(database)
        .and_then(|bare| {
            let sql =
                "SELECT (SELECT count(*) FROM history), (SELECT count(*) FROM task WHERE state = 'handled')";
            bare.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?)))
        })
        .unwrap();
    println!(
        "{day} days, {} operations, {handled} follow-ups, {lines} history lines, the database {:.1} MB and whole",
        shop.operations,
        fs::metadata(database).unwrap().len() as f64 / 1e6
    );
    // Days on which nobody finished anything would prove nothing.
    assert!(handled * 2 > i64::from(day), "{handled} follow-ups in {day} days");
    let held = told("desk", &desks, day) & told("collector", &collectors, day);
    drop(collector);
    std::process::exit(i32::from(!held));
}
