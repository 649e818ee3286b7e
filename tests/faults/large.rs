//! Row 26: a shop that is larger than every limit. Nothing says 'nothing due' because there was too much.

use balie::domain::language::Language;
use balie::domain::task::{Period, StatusFilter, TaskFilter, TaskOrder};
use balie::exchange::{ImportOptions, import};
use balie::store::Store;
use balie::store::task_list::TaskCube;

use crate::copies::{actor, run, words};

/// One more than a database takes parameters in one statement.
const VEHICLES: usize = 32_769;

#[test]
fn one_vehicle_more_than_a_statement_takes_parameters_and_each_has_its_task() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("balie.db");
    let mut store = Store::open(&database).unwrap();
    for (key, value) in [("general.weekly_capacity", "0"), ("general.recently_seen_months", "0")] {
        store.set_setting(key, value, actor()).unwrap();
    }
    let letters = ["AB", "BD", "DF", "FG"];
    let rows = |number: usize| {
        let (letters, rest) = (letters[number / 10_000], number % 10_000);
        format!("{:02}-{letters}-{:02},2015-08-10\n", rest / 100, rest % 100)
    };
    let file = folder.path().join("vehicles.csv");
    std::fs::write(
        &file,
        "plate,inspection_expires_on\n".to_owned() + &(0..VEHICLES).map(rows).collect::<String>(),
    )
    .unwrap();
    let (today, at) = ("2015-05-01".parse().unwrap(), actor().at);
    let options = ImportOptions {
        dry_run: false,
        strict: true,
        rejects_dir: &folder.path().join("rejects"),
        now: at,
        progress: &mut |_| {},
    };
    let report = import(&mut store, &file, options).unwrap();
    assert_eq!(report.files[0].added as usize, VEHICLES, "{report:?}");
    let made = balie::collect::run(&mut store, today, at).unwrap();
    assert_eq!((made.made as usize, made.released as usize), (VEHICLES, VEHICLES), "{made:?}");
    let open = TaskFilter { period: Period::All, status: StatusFilter::Open, ..TaskFilter::default() };
    let cube: TaskCube = store.task_cube(today).unwrap();
    assert_eq!(cube.count(&open) as usize, VEHICLES);
    let due = "2015-05-02".parse().unwrap();
    assert_eq!(store.due_counts(due, 0).unwrap().due as usize, VEHICLES);
    let page = |offset, limit| {
        store.task_page(&open, TaskOrder::default(), today, Language::Nl, offset, limit).unwrap()
    };
    assert_eq!(page(0, 100_000).len(), VEHICLES);
    let last = page(VEHICLES - 1, 50);
    assert_eq!(last.len(), 1);
    let place = store.task_position(&open, TaskOrder::default(), today, last[0].id).unwrap();
    assert_eq!(place, Some(VEHICLES - 1));
    // Again, with all of them to compare with; and after a day on which all are late.
    let again = balie::collect::run(&mut store, today, at).unwrap();
    assert_eq!((again.made, again.withdrawn, again.unchanged as usize), (0, 0, VEHICLES), "{again:?}");
    // A changed number moves every one of them.
    store.set_setting("rules.inspection.days", "101", actor()).unwrap();
    let moved = balie::collect::run(&mut store, today, at).unwrap();
    assert_eq!((moved.made, moved.changed as usize), (0, VEHICLES), "{moved:?}");
    store.set_setting("rules.inspection.enabled", "false", actor()).unwrap();
    let gone = balie::collect::run(&mut store, today, at).unwrap();
    assert_eq!(gone.withdrawn as usize, VEHICLES, "{gone:?}");
    store.set_setting("rules.inspection.enabled", "true", actor()).unwrap();
    let back = balie::collect::run(&mut store, today, at).unwrap();
    assert_eq!(back.returned as usize, VEHICLES, "{back:?}");
    let listed = run(folder.path(), &["--today", "2015-05-01", "tasks", "--json"]);
    assert!(listed.status.success(), "{}", words(&listed));
    assert_eq!(String::from_utf8_lossy(&listed.stdout).matches("\"plate\"").count(), VEHICLES);
}
