//! A desk without a display: a shop's database, the real pages, and fingers.

#![allow(dead_code, reason = "each test file uses its own part")]

use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use balie::desk::slint::platform::{PointerEventButton, WindowEvent};
use balie::desk::slint::{ComponentHandle, LogicalPosition, SharedString};
use balie::desk::ui::headless::Canvas;
use balie::desk::ui::{AppWindow, Tasks};
use balie::desk::worker::Opener;
use balie::desk::{Desk, MachineCard, Places, ShopCard, Start, Surroundings};
use balie::domain::language::Language;
use balie::domain::task::{StatusFilter, TaskFilter, TaskOrder};
use balie::exchange::{ImportOptions, import};
use balie::rules::describe::letters::Sender;
use balie::store::history::{Actor, Origin};
use balie::store::task_list::TaskRow;
use balie::store::{Store, StoreError};
use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use i_slint_backend_testing::{AccessibleRole, ElementHandle};

/// The machine of a test: a fixed day, an open shop.
pub struct Machine {
    pub today: Mutex<NaiveDate>,
    pub trusted: Mutex<bool>,
    /// The touchscreen has gone.
    pub touch_gone: Mutex<bool>,
    /// A supplier carries SMS.
    pub texts: Mutex<bool>,
    pub places: Option<Places>,
    pub card: MachineCard,
}

impl Surroundings for Machine {
    fn now(&self) -> DateTime<Utc> {
        self.today().and_hms_opt(8, 52, 0).unwrap().and_utc()
    }
    fn local(&self, at: DateTime<Utc>) -> NaiveDateTime {
        at.naive_utc()
    }
    fn today(&self) -> NaiveDate {
        *self.today.lock().unwrap()
    }
    fn clock_trusted(&self, _: Option<DateTime<Utc>>) -> bool {
        *self.trusted.lock().unwrap()
    }
    fn disk_nearly_full(&self) -> bool {
        false
    }
    fn touch_gone(&self) -> bool {
        *self.touch_gone.lock().unwrap()
    }
    fn shop_open(&self) -> bool {
        true
    }
    fn machine(&self) -> MachineCard {
        self.card.clone()
    }
    /// An update is written when its file can be read.
    fn install(&self, place: &str, progress: &mut dyn FnMut(u8)) -> Result<(), String> {
        progress(50);
        std::fs::read(place).map(|_| ()).map_err(|cause| cause.to_string())
    }
    fn places(&self) -> Option<Places> {
        self.places.clone()
    }
    fn shop(&self) -> ShopCard {
        let sender =
            Sender { name: "Garage De Hoek".into(), phone: "010-2345678".into(), country: "NL".into() };
        ShopCard { sender, language: Language::Nl, texts: *self.texts.lock().unwrap(), mails: false }
    }
}

pub fn machine() -> Arc<Machine> {
    machine_with(None)
}

/// As [`machine`], with places for files.
pub fn machine_with(places: Option<Places>) -> Arc<Machine> {
    let today = Mutex::new("2015-05-01".parse().unwrap());
    let (trusted, texts, touch_gone) = (Mutex::new(true), Mutex::new(true), Mutex::new(false));
    Arc::new(Machine { today, trusted, touch_gone, texts, places, card: MachineCard::default() })
}

/// A shop's database in a folder of its own.
pub struct Shop {
    pub folder: tempfile::TempDir,
    cars: Vec<(String, NaiveDate)>,
}

impl Shop {
    /// Inspection tasks with these plates, executed so many days from today.
    pub fn with(cars: &[(&str, i64)]) -> Self {
        let mut shop = Self { folder: tempfile::tempdir().unwrap(), cars: Vec::new() };
        let mut store = shop.store();
        for (key, value) in [
            ("general.weekly_capacity", "0"),
            ("general.recently_seen_months", "0"),
            ("rules.inspection.days", "100"),
            ("rules.not_seen.enabled", "false"),
        ] {
            store.set_setting(key, value, actor()).unwrap();
        }
        drop(store);
        shop.add(cars);
        shop
    }

    pub fn database(&self) -> PathBuf {
        self.folder.path().join("balie.db")
    }

    pub fn store(&self) -> Store {
        Store::open(&self.database()).unwrap()
    }

    /// More cars, imported and collected by 'another program'.
    pub fn add(&mut self, cars: &[(&str, i64)]) {
        let today: NaiveDate = "2015-05-01".parse().unwrap();
        let expires = |days: i64| today + chrono::TimeDelta::days(100 + days);
        self.cars.extend(cars.iter().map(|(plate, days)| ((*plate).to_owned(), expires(*days))));
        let export = self.folder.path().join("export");
        let _ = std::fs::remove_dir_all(&export);
        std::fs::create_dir_all(&export).unwrap();
        let mut vehicles = String::from("plate,make,model,inspection_expires_on\n");
        let mut customers = String::from("code,kind,salutation,name,mobile,email,city\n");
        let mut ownerships = String::from("plate,customer,from_on\n");
        for (plate, on) in &self.cars {
            vehicles += &format!("{plate},OPEL,Rekord,{on}\n");
            customers += &format!(
                "K{plate},private,heer,Janssen {plate},06 12 34 56 78,{plate}@voorbeeld.nl,Diemen\n"
            );
            ownerships += &format!("{plate},K{plate},2010-01-01\n");
        }
        for (file, text) in
            [("vehicles.csv", vehicles), ("customers.csv", customers), ("ownerships.csv", ownerships)]
        {
            std::fs::write(export.join(file), text).unwrap();
        }
        std::fs::write(export.join("employees.csv"), "code,name,role\nELS,Els Hermans,manager\n").unwrap();
        self.take_in(&export);
        balie::collect::run(&mut self.store(), today, "2015-05-01T08:00:00Z".parse().unwrap()).unwrap();
    }

    /// More of the shop's files: names and what is in them.
    pub fn import(&self, files: &[(&str, &str)]) {
        let export = self.folder.path().join("more");
        let _ = std::fs::remove_dir_all(&export);
        std::fs::create_dir_all(&export).unwrap();
        for (file, text) in files {
            std::fs::write(export.join(file), text).unwrap();
        }
        self.take_in(&export);
    }

    fn take_in(&self, export: &Path) {
        let now = "2015-05-01T08:00:00Z".parse().unwrap();
        let rejects = self.folder.path().join("rejects");
        let options =
            ImportOptions { dry_run: false, strict: true, rejects_dir: &rejects, now, progress: &mut |_| {} };
        let report = import(&mut self.store(), export, options).unwrap();
        assert!(report.files.iter().all(|file| file.rejected == 0 && file.problem.is_none()), "{report:?}");
    }

    pub fn rows(&self, status: StatusFilter) -> Vec<TaskRow> {
        let filter = TaskFilter { status, ..TaskFilter::default() };
        let today = "2015-05-01".parse().unwrap();
        self.store().task_page(&filter, TaskOrder::default(), today, Language::Nl, 0, 100_000).unwrap()
    }

    pub fn plates(&self, status: StatusFilter) -> Vec<String> {
        self.rows(status).iter().map(|row| row.plate.as_ref().unwrap().to_string()).collect()
    }

    pub fn opener(&self) -> Opener<Store> {
        opener(&self.database())
    }
}

pub fn opener(database: &Path) -> Opener<Store> {
    let database = database.to_owned();
    Box::new(move || -> Result<Store, StoreError> { Store::open(&database) })
}

/// What a test does beside the desk.
pub fn actor() -> Actor {
    Actor { origin: Origin::Command, at: "2015-05-01T08:30:00Z".parse().unwrap() }
}

/// A desk at which an employee is signed in from the start.
pub fn signed_in(code: &str) -> Start {
    Start { employee: Some(code.to_owned()), ..Start::default() }
}

/// The desk in front of a finger.
pub struct Scene {
    pub canvas: Canvas,
    pub desk: Rc<Desk>,
    /// How often a finger came down.
    touches: Cell<u32>,
}

impl Scene {
    pub fn of(shop: &Shop) -> Self {
        Self::with(signed_in("ELS"), machine(), shop.opener()).settled()
    }

    pub fn with<S: balie::desk::source::Source + Send + 'static>(
        start: Start,
        machine: Arc<Machine>,
        open: Opener<S>,
    ) -> Self {
        let canvas = Canvas::install(1280, 800).unwrap();
        let desk = Desk::open(start, machine, open, Box::new(|| ())).unwrap();
        desk.window().show().unwrap();
        Self { canvas, desk, touches: Cell::new(0) }
    }

    /// Waits until nothing more comes for a while, and draws.
    pub fn settled(mut self) -> Self {
        self.settle();
        self
    }

    pub fn settle(&mut self) {
        while self.desk.wait_for_answer(Duration::from_millis(450)) {
            self.canvas.draw();
        }
        self.canvas.draw();
        self.canvas.draw();
    }

    /// As [`Scene::settle`], where nothing else than this desk changes anything: until no page waits for
    /// an answer, and the list has had the time for one.
    pub fn rest(&mut self) {
        self.desk.rest(Duration::from_millis(90));
        self.canvas.draw();
        self.canvas.draw();
    }

    /// Waits until the worker has done what was asked so far and what followed from that. Quicker than
    /// [`Scene::settle`], but counts and lists that change by themselves may still come.
    pub fn served(&mut self) {
        for _ in 0..3 {
            let done = Rc::new(Cell::new(false));
            let tell = Rc::clone(&done);
            self.desk.context().read("a test", |_, _| Ok(()), move |_| tell.set(true));
            while !done.get() {
                assert!(self.desk.wait_for_answer(Duration::from_secs(20)), "the worker does not answer");
                self.canvas.draw();
            }
        }
        self.canvas.draw();
    }

    /// One touch, with what it asks of the worker; what lies below the fold is brought into sight.
    pub fn tap(&mut self, label: &str) {
        self.pan_to(|scene| scene.find_control(label).is_some());
        let at = self.middle(label);
        self.press(at);
        self.release(at);
        self.served();
    }

    /// Waits until something holds. `false`: it did not in time.
    pub fn until(&mut self, longest: Duration, holds: impl Fn(&Self) -> bool) -> bool {
        let began = Instant::now();
        while began.elapsed() < longest {
            if holds(self) {
                return true;
            }
            self.desk.wait_for_answer(Duration::from_millis(20));
            self.canvas.draw();
        }
        holds(self)
    }

    /// How often a finger came down, since this was asked last.
    pub fn touches(&self) -> u32 {
        self.touches.take()
    }

    pub fn window(&self) -> &AppWindow {
        self.desk.window()
    }

    pub fn tasks(&self) -> Tasks<'_> {
        self.window().global::<Tasks>()
    }

    /// What can be touched under a label; the largest, where a column has the same name.
    pub fn control(&self, label: &str) -> ElementHandle {
        let found = self.find_control(label);
        found
            .unwrap_or_else(|| panic!("there is nothing to touch called '{label}' among {:?}", self.labels()))
    }

    fn find_control(&self, label: &str) -> Option<ElementHandle> {
        let area = |element: &ElementHandle| element.size().width * element.size().height;
        ElementHandle::find_by_accessible_label(self.window(), label)
            .filter(|element| element.accessible_role() != Some(AccessibleRole::Text))
            .max_by(|one, other| area(one).total_cmp(&area(other)))
    }

    /// Everything a screen reader would read out now.
    pub fn labels(&self) -> Vec<String> {
        let mut labels: Vec<String> = all(self.window())
            .iter()
            .filter_map(|element| element.accessible_label())
            .filter(|label| !label.is_empty())
            .map(String::from)
            .collect();
        labels.dedup();
        labels
    }

    pub fn has(&self, label: &str) -> bool {
        ElementHandle::find_by_accessible_label(self.window(), label).next().is_some()
    }

    /// The rows on the screen, by plate.
    pub fn plates(&self) -> Vec<String> {
        let mut rows: Vec<_> = all(self.window())
            .into_iter()
            .filter(|element| {
                element.accessible_role() == Some(AccessibleRole::ListItem)
                    && element.size().height > 0.0
                    && element.accessible_label().is_some_and(|label| label.contains(", "))
            })
            .map(|element| (element.absolute_position().y, element.accessible_label().unwrap()))
            .collect();
        rows.sort_by(|one, other| one.0.total_cmp(&other.0));
        rows.dedup_by(|one, other| one.0 == other.0);
        rows.into_iter().map(|(_, label)| label.split(", ").next().unwrap().to_owned()).collect()
    }

    pub fn selected_plate(&self) -> String {
        self.tasks().get_detail().task.plate.to_string()
    }

    /// A finger on the middle of something.
    pub fn middle(&self, label: &str) -> LogicalPosition {
        let element = self.control(label);
        let (at, size) = (element.absolute_position(), element.size());
        LogicalPosition::new(at.x + size.width / 2.0, at.y + size.height / 2.0)
    }

    pub fn press(&self, position: LogicalPosition) {
        self.touches.set(self.touches.get() + 1);
        let button = PointerEventButton::Left;
        self.window().window().dispatch_event(WindowEvent::PointerMoved { position });
        self.window().window().dispatch_event(WindowEvent::PointerPressed { position, button });
    }

    pub fn release(&self, position: LogicalPosition) {
        let button = PointerEventButton::Left;
        self.window().window().dispatch_event(WindowEvent::PointerReleased { position, button });
    }

    /// One touch, with what follows from it.
    pub fn touch(&mut self, label: &str) {
        let at = self.middle(label);
        self.press(at);
        self.release(at);
        self.settle();
    }

    pub fn key(&mut self, text: impl Into<SharedString>) {
        self.strike(text.into());
        self.settle();
    }

    fn strike(&self, text: SharedString) {
        self.window().window().dispatch_event(WindowEvent::KeyPressed { text: text.clone() });
        self.window().window().dispatch_event(WindowEvent::KeyReleased { text });
    }

    /// A touch on a field, and words on a keyboard.
    pub fn type_into(&mut self, label: &str, words: &str) {
        let at = self.middle(label);
        self.press(at);
        self.release(at);
        self.canvas.draw();
        for sign in words.chars() {
            self.strike(sign.to_string().into());
        }
        self.settle();
    }

    /// Fills a field in as a screen reader does, also one below the fold.
    pub fn fill(&mut self, label: &str, words: &str) {
        self.show(label);
        self.field(label).set_accessible_value(words);
        self.canvas.draw();
    }

    /// Brings a field into sight.
    pub fn show(&mut self, label: &str) {
        self.pan_to(|scene| scene.find_field(label).is_some());
    }

    /// Moves what lies under the middle of the window up, and then down, until something is in sight
    /// and not just at the edge.
    fn pan_to(&mut self, in_sight: impl Fn(&Self) -> bool) {
        let size = self.window().window().size();
        let position = LogicalPosition::new(size.width as f32 / 2.0, size.height as f32 / 3.0);
        let mut moved = false;
        for delta_y in [[-120.0_f32; 16], [120.0; 16]].concat() {
            let there = in_sight(self);
            if there && !moved {
                return;
            }
            let scrolled = WindowEvent::PointerScrolled { position, delta_x: 0.0, delta_y };
            self.window().window().dispatch_event(scrolled);
            self.canvas.draw();
            moved = !there;
        }
    }

    /// The words under a field that say what is not right about it; empty: nothing.
    pub fn wrong_with(&self, label: &str) -> String {
        self.field(label).accessible_description().unwrap_or_default().into()
    }

    /// What stands in a field.
    pub fn typed(&self, label: &str) -> String {
        self.field(label).accessible_value().unwrap_or_default().into()
    }

    fn find_field(&self, label: &str) -> Option<ElementHandle> {
        ElementHandle::find_by_accessible_label(self.window(), label)
            .find(|element| element.accessible_role() == Some(AccessibleRole::TextInput))
    }

    fn field(&self, label: &str) -> ElementHandle {
        let found = self.find_field(label);
        found.unwrap_or_else(|| panic!("there is no field called '{label}' among {:?}", self.labels()))
    }

    /// One touch on what may be below the fold, as a screen reader does it.
    pub fn act(&mut self, label: &str) {
        self.pan_to(|scene| scene.find_control(label).is_some());
        self.control(label).invoke_accessible_default_action();
        self.settle();
    }
}

/// Every element of the window.
pub fn all(window: &AppWindow) -> Vec<ElementHandle> {
    i_slint_backend_testing::ElementQuery::from_root(window).match_descendants().find_all()
}

/// What is wrong with what is on the screen now.
pub fn wrong(app: &AppWindow, (width, height): (u32, u32)) -> Vec<String> {
    let (width, height) = (width as f32, height as f32);
    let touched =
        [AccessibleRole::Button, AccessibleRole::Combobox, AccessibleRole::Tab, AccessibleRole::ListItem];
    let mut wrong = Vec::new();
    for element in all(app) {
        let label = element.accessible_label().unwrap_or_default();
        let (at, size) = (element.absolute_position(), element.size());
        if size.width <= 0.0 || size.height <= 0.0 {
            continue;
        }
        if element.accessible_description().is_some_and(|words| words == "cut off") {
            wrong.push(format!("'{label}' is cut off at {} x {}", size.width, size.height));
        }
        let role = element.accessible_role();
        // What can be scrolled may be below the edge, never beside it.
        let touchable = touched.contains(&role.unwrap_or(AccessibleRole::None));
        if (role == Some(AccessibleRole::Text) || touchable)
            && (at.x < -0.5 || at.x + size.width > width + 0.5)
        {
            wrong.push(format!("'{label}' hangs over the side: {} + {}", at.x, size.width));
        }
        if touchable && (size.width < 48.0 || size.height < 48.0) {
            wrong.push(format!("'{label}' is too small for a finger: {} x {}", size.width, size.height));
        }
        if role == Some(AccessibleRole::Button) && at.y + size.height > height + 0.5 {
            wrong.push(format!("'{label}' is below the edge: {} + {}", at.y, size.height));
        }
    }
    wrong.sort();
    wrong.dedup();
    wrong
}
