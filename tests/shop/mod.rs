//! Tests talk as the shop talks: `shop.on("2015-05-01").vehicle("JL-29-JK").inspection_expires("2015-05-10")`.
//!
//! What a test says becomes CSV files, and Balie takes them in as it takes in a real shop's: no test
//! knows a table. A value that is said again replaces the one before, as in the shop's own system.

#![allow(dead_code, reason = "each test file uses its own part of the shop")]

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use balie::collect::{self, CollectReport};
use balie::domain::language::Language;
use balie::domain::plate::Plate;
use balie::domain::task::{Period, StatusFilter, TaskFilter, TaskOrder};
use balie::exchange::{ImportOptions, import};
use balie::store::Store;
use balie::store::history::{Actor, Origin};
use balie::store::task_list::TaskRow;
use chrono::{DateTime, NaiveDate, Utc};

/// Columns of one row, by name.
type Cells = BTreeMap<&'static str, String>;

/// A shop with its data, its Balie and its calendar.
pub struct Shop {
    pub store: Store,
    pub today: NaiveDate,
    folder: tempfile::TempDir,
    files: BTreeMap<&'static str, BTreeMap<String, Cells>>,
    changed: bool,
}

/// A row of a file that a test is describing.
pub struct Said<'shop> {
    shop: &'shop mut Shop,
    file: &'static str,
    key: String,
}

impl Shop {
    /// An empty shop, without the limits of workload and of the last visit.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("balie.db")).unwrap();
        let today = "2015-05-01".parse().unwrap();
        let mut shop = Self { store, today, folder, files: BTreeMap::new(), changed: false };
        shop.set("general.weekly_capacity", "0").set("general.recently_seen_months", "0");
        shop
    }

    /// A shop as it comes out of the box.
    pub fn with_defaults() -> Self {
        let mut shop = Self::new();
        shop.set("general.weekly_capacity", "20").set("general.recently_seen_months", "99");
        shop
    }

    /// Turns the calendar to a day.
    pub fn on(&mut self, today: &str) -> &mut Self {
        self.today = today.parse().unwrap();
        self
    }

    pub fn set(&mut self, key: &str, value: &str) -> &mut Self {
        self.import();
        self.store.set_setting(key, value, self.actor()).unwrap();
        self
    }

    pub fn vehicle(&mut self, plate: &str) -> Said<'_> {
        self.say("vehicles.csv", plate.to_owned(), &[("plate", plate)])
    }

    /// A private customer.
    pub fn customer(&mut self, code: &str) -> Said<'_> {
        self.say("customers.csv", code.to_owned(), &[("code", code), ("kind", "private")])
    }

    pub fn employee(&mut self, code: &str) -> Said<'_> {
        self.say("employees.csv", code.to_owned(), &[("code", code), ("name", code)])
    }

    /// The customer has the vehicle from a day on.
    pub fn owns(&mut self, customer: &str, plate: &str, from_on: &str) -> Said<'_> {
        let key = format!("{customer} {plate} {from_on}");
        self.say("ownerships.csv", key, &[("customer", customer), ("plate", plate), ("from_on", from_on)])
    }

    pub fn visit(&mut self, plate: &str, visited_on: &str) -> Said<'_> {
        let key = format!("{plate} {visited_on}");
        self.say("visits.csv", key.clone(), &[("code", &key), ("plate", plate), ("visited_on", visited_on)])
    }

    pub fn inspected(&mut self, plate: &str, inspected_on: &str, advice: &str) -> Said<'_> {
        let key = format!("{plate} {inspected_on}");
        self.say(
            "inspections.csv",
            key,
            &[("plate", plate), ("inspected_on", inspected_on), ("advice", advice)],
        )
    }

    pub fn invoice(&mut self, number: &str, plate: &str, invoiced_on: &str, total: &str) -> Said<'_> {
        let cells =
            [("number", number), ("plate", plate), ("invoiced_on", invoiced_on), ("total_incl_vat", total)];
        self.say("invoices.csv", number.to_owned(), &cells)
    }

    pub fn sale(&mut self, number: &str, plate: &str, sold_on: &str) -> Said<'_> {
        self.say(
            "sales.csv",
            number.to_owned(),
            &[("number", number), ("plate", plate), ("sold_on", sold_on)],
        )
    }

    /// An open quote.
    pub fn quote(
        &mut self,
        number: &str,
        kind: &str,
        plate: &str,
        issued_on: &str,
        valid_until: &str,
    ) -> Said<'_> {
        let cells = [
            ("number", number),
            ("kind", kind),
            ("plate", plate),
            ("issued_on", issued_on),
            ("valid_until", valid_until),
            ("status", "open"),
        ];
        self.say("quotes.csv", number.to_owned(), &cells)
    }

    /// A planned inspection.
    pub fn appointment(&mut self, number: &str, plate: &str, starts_at: &str) -> Said<'_> {
        let cells = [
            ("number", number),
            ("kind", "inspection"),
            ("plate", plate),
            ("starts_at", starts_at),
            ("status", "planned"),
        ];
        self.say("appointments.csv", number.to_owned(), &cells)
    }

    fn say(&mut self, file: &'static str, key: String, cells: &[(&'static str, &str)]) -> Said<'_> {
        let row = self.files.entry(file).or_default().entry(key.clone()).or_default();
        row.extend(cells.iter().map(|(name, value)| (*name, (*value).to_owned())));
        self.changed = true;
        Said { shop: self, file, key }
    }

    /// The data folder.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// The instant of what happens: noon of the day.
    pub fn at(&self) -> DateTime<Utc> {
        self.today.and_hms_opt(12, 0, 0).unwrap().and_utc()
    }

    pub fn actor(&self) -> Actor {
        Actor { origin: Origin::Desk(None), at: self.at() }
    }

    /// Hands the shop's files to Balie, if something was said since.
    pub fn import(&mut self) {
        if !std::mem::take(&mut self.changed) {
            return;
        }
        let folder = self.export_folder();
        let rejects = self.folder.path().join("rejects");
        let options = ImportOptions {
            dry_run: false,
            strict: true,
            rejects_dir: &rejects,
            now: self.at(),
            progress: &mut |_| {},
        };
        let report = import(&mut self.store, &folder, options).unwrap();
        assert!(report.files.iter().all(|file| file.rejected == 0 && file.problem.is_none()), "{report:?}");
    }

    fn export_folder(&self) -> PathBuf {
        let folder = self.folder.path().join("export");
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        for (file, rows) in &self.files {
            let mut columns: Vec<&str> = rows.values().flat_map(|row| row.keys().copied()).collect();
            columns.sort_unstable();
            columns.dedup();
            let mut text = columns.join(",") + "\n";
            for row in rows.values() {
                let cells = columns.iter().map(|column| row.get(column).map_or("", String::as_str));
                text += &(cells.collect::<Vec<_>>().join(",") + "\n");
            }
            fs::write(folder.join(file), text).unwrap();
        }
        folder
    }

    pub fn collect(&mut self) -> CollectReport {
        self.import();
        let at = self.at();
        collect::run(&mut self.store, self.today, at).unwrap()
    }

    /// The list with a filter, in Dutch.
    pub fn rows(&self, period: Period, status: StatusFilter) -> Vec<TaskRow> {
        let filter = TaskFilter { period, status, ..TaskFilter::default() };
        self.store.task_page(&filter, TaskOrder::default(), self.today, Language::Nl, 0, 100_000).unwrap()
    }

    pub fn open(&self) -> Vec<TaskRow> {
        self.rows(Period::All, StatusFilter::Open)
    }

    /// `2015-05-03 JL29JK inspection` for each task with the status.
    pub fn list(&self, status: StatusFilter) -> Vec<String> {
        let line = |row: TaskRow| {
            let plate = row.plate.as_ref().map_or("-", Plate::as_str);
            format!("{} {plate} {}", row.execute_on, row.rule)
        };
        self.rows(Period::All, status).into_iter().map(line).collect()
    }
}

impl Said<'_> {
    /// One more column of the row.
    pub fn has(self, column: &'static str, value: &str) -> Self {
        let rows = self.shop.files.entry(self.file).or_default();
        rows.entry(self.key.clone()).or_default().insert(column, value.to_owned());
        self
    }

    pub fn inspection_expires(self, on: &str) -> Self {
        self.has("inspection_expires_on", on)
    }

    pub fn of(self, customer: &str) -> Self {
        self.has("customer", customer)
    }
}
