//! One step of a stepper on the settings page (NEW-02), in a large shop against a small one with the
//! same number of tasks: `cargo bench --bench preview -- SMALL LARGE`. `preview.sh` makes both.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::path::Path;
use std::time::{Duration, Instant};

use balie::store::Store;
use balie::store::preview::Outlook;
use chrono::NaiveDate;

/// Steps up and down, so many times.
const ROUNDS: usize = 20;
const STEPS: std::ops::Range<u32> = 90..120;
/// The limit that the figure has to hold.
const LIMIT: f64 = 1.5;
/// One frame at 60 a second.
const FRAME: Duration = Duration::from_millis(16);

struct Shop {
    store: Store,
    outlook: Outlook,
    /// One step of a number.
    steps: Vec<Duration>,
    /// The first look, when the page is opened.
    first: Vec<Duration>,
    tasks: u32,
}

impl Shop {
    fn open(path: &str) -> Self {
        let store = Store::open(Path::new(path)).unwrap();
        store.limit_cache(2048).unwrap();
        Self { store, outlook: Outlook::default(), steps: Vec::new(), first: Vec::new(), tasks: 0 }
    }

    fn round(&mut self, today: NaiveDate) {
        self.outlook.clear();
        let mut settings = self.store.settings().unwrap();
        let mut look = |outlook: &mut Outlook, days: u32| {
            settings.set("rules.inspection.days", &days.to_string()).unwrap();
            let began = Instant::now();
            let preview = self.store.preview(outlook, &settings, today).unwrap();
            (began.elapsed(), preview.total().iter().sum::<u32>())
        };
        let (first, tasks) = look(&mut self.outlook, 100);
        self.first.push(first);
        self.tasks = tasks;
        for days in STEPS.chain(STEPS.rev()) {
            self.steps.push(look(&mut self.outlook, days).0);
        }
    }
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn figure(name: &str, measured: Duration, floor: Duration) -> bool {
    let ratio = measured.as_secs_f64() / floor.as_secs_f64();
    let held = ratio <= LIMIT;
    println!(
        "{name:64} {:9.3} ms  floor {:9.3} ms  {ratio:5.2} times  (at most {LIMIT}) {}",
        measured.as_secs_f64() * 1e3,
        floor.as_secs_f64() * 1e3,
        if held { "held" } else { "MISSED" }
    );
    held
}

fn main() {
    let mut paths = std::env::args().skip(1).filter(|argument| !argument.starts_with('-'));
    let (Some(small), Some(large), Ok(today)) = (paths.next(), paths.next(), std::env::var("BALIE_TODAY"))
    else {
        println!("preview: name a small and a large database, and the day in BALIE_TODAY; see preview.sh");
        return;
    };
    let today: NaiveDate = today.parse().unwrap();
    let (mut small, mut large) = (Shop::open(&small), Shop::open(&large));
    for _ in 0..ROUNDS {
        small.round(today);
        large.round(today);
    }
    println!("{} tasks in eight weeks in the large shop, {} in the small one", large.tasks, small.tasks);
    let step = median(&mut large.steps);
    let mut held = figure("preview, one step, 20,000 vehicles against 1,000", step, median(&mut small.steps));
    held &= step <= FRAME;
    println!(
        "one step: {:.3} ms of a frame's 16 ms; the first look, which reads: {:.3} ms, in the small shop {:.3} ms",
        step.as_secs_f64() * 1e3,
        median(&mut large.first).as_secs_f64() * 1e3,
        median(&mut small.first).as_secs_f64() * 1e3
    );
    std::process::exit(i32::from(!held));
}
