//! Turning from page to page, and the search while somebody types, in a shop of 20,000 customers; each
//! against the bare SQL of the same run and one full repaint: `cargo bench --bench pages -- DATABASE`.
//! `pages.sh` makes the database.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod desk_bench;

use std::path::Path;
use std::rc::Rc;
use std::time::{Duration, Instant};

use balie::desk::Desk;
use balie::desk::slint::ComponentHandle;
use balie::desk::ui::headless::Canvas;
use balie::desk::ui::{
    Agenda, AgendaState, CardState, CustomerCard, Customers, Desk as DeskGlobal, DetailState, Edit,
    EditState, OverviewState, Page, Settings, SettingsState, Tasks, Texts, TextsState, Theme, VehicleCard,
    Why,
};
use balie::domain::ids::{CustomerId, TaskId, VehicleId};
use balie::domain::language::Language;
use balie::domain::rule::RuleKey;
use balie::domain::search::CustomerQuery;
use balie::domain::task::{TaskFilter, TaskOrder};
use balie::store::Store;
use chrono::NaiveDate;
use desk_bench::{figure, median, store};
use rusqlite::Connection;

const RUNS: usize = 15;
/// What is typed, letter by letter.
const TYPED: [&str; 6] = ["jansen", "de vries", "bakker", "vis", "06 12", "maria"];

/// What the pages are opened on.
#[derive(Clone, Copy)]
struct Things {
    today: NaiveDate,
    task: TaskId,
    customer: CustomerId,
    vehicle: VehicleId,
}

/// A page: its name, its number, when it is there, and what it reads.
type Turn = (&'static str, Page, fn(&Things) -> i64, fn(&Desk) -> bool, fn(&Store, &Things));

const TURNS: [Turn; 9] = [
    (
        "tasks",
        Page::Tasks,
        |_| 0,
        |desk| desk.window().global::<Tasks>().get_detail_state() == DetailState::Shown,
        |store, things| {
            let (filter, order) = (TaskFilter::default(), TaskOrder::default());
            store.task_page(&filter, order, things.today, Language::Nl, 0, 64).unwrap();
            store.drafts().unwrap();
        },
    ),
    (
        "task",
        Page::Task,
        |things| things.task.0,
        |desk| desk.window().global::<Edit>().get_state() == EditState::Shown,
        |store, things| {
            store.draft("task:0").unwrap();
            store.task_row(things.task, things.today, Language::Nl).unwrap();
            store.task_detail(things.task, Language::Nl, things.today).unwrap();
            store.employees().unwrap();
            store.consents(things.customer).unwrap();
            store.settings().unwrap();
            store.task_fields(things.task).unwrap();
        },
    ),
    (
        "why",
        Page::Why,
        |things| things.vehicle.0,
        |desk| desk.window().global::<Why>().get_state() == EditState::Shown,
        |store, things| {
            store.vehicle(things.vehicle).unwrap();
            store.judge(things.vehicle, things.today).unwrap();
        },
    ),
    (
        "customers",
        Page::Customers,
        |_| 0,
        |desk| desk.window().global::<Customers>().get_state() == OverviewState::Filled,
        |store, things| {
            store.find_customers(&CustomerQuery::default(), things.today).unwrap();
        },
    ),
    (
        "customer",
        Page::Customer,
        |things| things.customer.0,
        |desk| desk.window().global::<CustomerCard>().get_state() == CardState::Shown,
        |store, things| {
            store.customer_card(things.customer, things.today).unwrap();
        },
    ),
    (
        "vehicle",
        Page::Vehicle,
        |things| things.vehicle.0,
        |desk| desk.window().global::<VehicleCard>().get_state() == CardState::Shown,
        |store, things| {
            store.vehicle_card(things.vehicle, things.today).unwrap();
            store.customer(things.customer).unwrap();
        },
    ),
    (
        "agenda",
        Page::Agenda,
        |_| 0,
        |desk| desk.window().global::<Agenda>().get_state() == AgendaState::Shown,
        |store, things| {
            store.appointments_on(things.today).unwrap();
            store.settings().unwrap();
        },
    ),
    (
        "settings of the rules",
        Page::Settings,
        |_| 1,
        |desk| desk.window().global::<Settings>().get_state() == SettingsState::Shown,
        |store, _| {
            store.settings().unwrap();
            store.employees().unwrap();
        },
    ),
    (
        "texts",
        Page::Texts,
        |_| 0,
        |desk| desk.window().global::<Texts>().get_state() == TextsState::Filled,
        |store, things| {
            store.templates("description", "nl").unwrap();
            store.own_texts(Language::Nl).unwrap();
            store.example_facts(Some(RuleKey::Inspection), things.today).unwrap();
            store.settings().unwrap();
        },
    ),
];

/// Everything that was asked is answered and painted.
fn rest(desk: &Desk, canvas: &mut Canvas) {
    desk.rest(Duration::from_millis(60));
    canvas.draw();
    canvas.draw();
}

fn repaint(desk: &Desk, canvas: &mut Canvas) -> Duration {
    let theme = desk.window().global::<Theme>();
    theme.set_repaint(!theme.get_repaint());
    let began = Instant::now();
    canvas.draw();
    began.elapsed()
}

/// From the touch to the page with what it reads, painted.
fn turns(desk: &Desk, canvas: &mut Canvas, database: &Path, things: &Things) -> bool {
    let store = store(database);
    let mut times = vec![(Vec::new(), Vec::new(), Vec::new()); TURNS.len()];
    for _ in 0..RUNS {
        for (place, (name, page, id, there, bare)) in TURNS.iter().enumerate() {
            let id = i32::try_from(id(things)).unwrap();
            let began = Instant::now();
            desk.window().global::<DeskGlobal>().invoke_go(*page, id);
            assert!(desk.wait_for_answer(Duration::from_secs(10)), "{name}: no answer");
            while !there(desk) {
                assert!(desk.wait_for_answer(Duration::from_secs(10)), "{name} is not there");
            }
            canvas.draw();
            times[place].0.push(began.elapsed());
            rest(desk, canvas);
            let began = Instant::now();
            bare(&store, things);
            times[place].1.push(began.elapsed());
            times[place].2.push(repaint(desk, canvas));
        }
    }
    let mut held = true;
    for ((name, ..), (ours, sql, painted)) in TURNS.iter().zip(&times) {
        held &= figure(&format!("turning to the page '{name}'"), median(ours), median(sql), median(painted));
    }
    held
}

/// From a letter to the customers it finds, painted.
fn search(desk: &Rc<Desk>, canvas: &mut Canvas, database: &Path) -> bool {
    desk.window().global::<DeskGlobal>().invoke_go(Page::Customers, 0);
    rest(desk, canvas);
    let bare = Connection::open(database).unwrap();
    bare.pragma_update(None, "cache_size", -2048).unwrap();
    let mut query = bare.prepare("SELECT rowid FROM search WHERE search MATCH ?1").unwrap();
    let theme = desk.window().global::<Theme>();
    let (mut ours, mut sql, mut painted) = (Vec::new(), Vec::new(), Vec::new());
    let mut worst: (f64, String) = (0.0, String::new());
    for typed in TYPED {
        for letters in 1..=typed.chars().count() {
            let text: String = typed.chars().take(letters).collect();
            theme.set_repaint(!theme.get_repaint());
            let began = Instant::now();
            desk.window().global::<Customers>().invoke_search(text.as_str().into());
            assert!(desk.wait_for_answer(Duration::from_secs(10)), "'{text}': no answer");
            canvas.draw();
            let took = began.elapsed();
            rest(desk, canvas);
            let words: Vec<String> = text.split_whitespace().map(|word| format!("\"{word}\"*")).collect();
            let began = Instant::now();
            let ids = query.query_map([words.join(" AND ")], |row| row.get::<_, i64>(0)).unwrap();
            assert!(ids.map(Result::unwrap).all(|id| id > 0));
            let asked = began.elapsed();
            let drawn = repaint(desk, canvas);
            let ratio = took.as_secs_f64() / (asked + drawn).as_secs_f64();
            if ratio > worst.0 {
                worst = (ratio, text);
            }
            ours.push(took);
            sql.push(asked);
            painted.push(drawn);
        }
    }
    let held = figure("a letter typed into the search", median(&ours), median(&sql), median(&painted));
    println!("the slowest letter: {:.2} times, at {} signs", worst.0, worst.1.chars().count());
    held
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let Some(database) = arguments.first().map(Path::new) else {
        eprintln!("name a database: cargo bench --bench pages -- DATABASE; benches/pages.sh makes one");
        return;
    };
    let today = std::env::var("BALIE_TODAY").unwrap().parse().unwrap();
    let mut indexed = store(database);
    indexed.index_all().unwrap();
    let filter = TaskFilter::default();
    let rows = indexed.task_page(&filter, TaskOrder::default(), today, Language::Nl, 0, 64).unwrap();
    let (task, vehicle, customer) =
        rows.iter().find_map(|row| Some((row.id, row.vehicle?, row.customer?))).unwrap();
    drop(indexed);
    let things = Things { today, task, customer, vehicle };
    let mut canvas = Canvas::install(1280, 800).unwrap();
    let desk = desk_bench::desk(database, today, "BEA");
    rest(&desk, &mut canvas);
    let turned = turns(&desk, &mut canvas, database, &things);
    let found = search(&desk, &mut canvas, database);
    std::process::exit(i32::from(!(turned && found)));
}
