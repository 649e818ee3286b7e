//! What cannot be read is said to be so: a list, a count or the lamp never claim that nothing is
//! due when the database did not answer.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod desk_scene;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use balie::desk::slint::ComponentHandle;
use balie::desk::source::{Detail, Employee, Pulse, Query, Source};
use balie::desk::ui::{
    Desk as DeskGlobal, DetailState, Edit, EditState, FaultKind, ListState, Outcome, Page, Toast, Why,
};
use balie::domain::ids::{StepId, TaskId};
use balie::domain::language::Language;
use balie::domain::task::StatusFilter;
use balie::rules::alert::Alert;
use balie::store::history::Actor;
use balie::store::task_list::{TaskCube, TaskRow};
use balie::store::{Store, StoreError};
use chrono::NaiveDate;
use desk_scene::{Scene, Shop, machine, signed_in};

/// Which call fails; `MENDED` none.
const CALLS: [&str; 14] = [
    "version",
    "page",
    "cube",
    "pulse",
    "employees",
    "detail",
    "open",
    "edit.look",
    "edit.save",
    "edit.story",
    "edit.find",
    "edit.unlink",
    "why.look",
    "step.undo",
];
/// The first of them are the list's.
const LIST_CALLS: usize = 7;
const MENDED: usize = usize::MAX;

/// A database of which one kind of call fails.
struct Faulty {
    store: Store,
    failing: Arc<AtomicUsize>,
    full: Arc<AtomicBool>,
}

impl Faulty {
    fn check(&self, call: &str) -> Result<(), StoreError> {
        match CALLS.get(self.failing.load(Ordering::SeqCst)) {
            Some(failing) if *failing == call => Err(StoreError::Strange("a test".to_owned())),
            _ => Ok(()),
        }
    }
}

impl Source for Faulty {
    fn version(&self) -> Result<i64, StoreError> {
        self.check("version")?;
        Source::version(&self.store)
    }
    fn page(
        &self,
        q: &Query,
        today: NaiveDate,
        offset: usize,
        limit: usize,
    ) -> Result<Vec<TaskRow>, StoreError> {
        self.check("page")?;
        self.store.page(q, today, offset, limit)
    }
    fn position(&self, q: &Query, today: NaiveDate, id: TaskId) -> Result<Option<usize>, StoreError> {
        self.store.position(q, today, id)
    }
    fn cube(&self, today: NaiveDate) -> Result<TaskCube, StoreError> {
        self.check("cube")?;
        self.store.cube(today)
    }
    fn pulse(&self, today: NaiveDate) -> Result<Pulse, StoreError> {
        self.check("pulse")?;
        self.store.pulse(today)
    }
    fn employees(&self) -> Result<Vec<Employee>, StoreError> {
        self.check("employees")?;
        Source::employees(&self.store)
    }
    fn detail(&self, id: TaskId, today: NaiveDate, language: Language) -> Result<Option<Detail>, StoreError> {
        self.check("detail")?;
        self.store.detail(id, today, language)
    }
    fn store(&mut self, what: &'static str) -> Result<&mut Store, StoreError> {
        self.check(what)?;
        if self.full.load(Ordering::SeqCst) {
            return Err(StoreError::Full);
        }
        Ok(&mut self.store)
    }
    fn collect(&mut self) -> Result<(), StoreError> {
        if self.full.load(Ordering::SeqCst) {
            return Err(StoreError::Full);
        }
        self.store.collect()
    }
    fn handle(
        &mut self,
        id: TaskId,
        today: NaiveDate,
        language: Language,
        actor: Actor,
    ) -> Result<Option<StepId>, StoreError> {
        if self.full.load(Ordering::SeqCst) {
            return Err(StoreError::Full);
        }
        self.store.handle(id, today, language, actor)
    }
}

struct Fault {
    failing: Arc<AtomicUsize>,
    full: Arc<AtomicBool>,
}

fn scene(shop: &Shop, failing: usize) -> (Scene, Fault) {
    let fault = Fault { failing: Arc::new(AtomicUsize::new(failing)), full: Arc::default() };
    let (database, failing, full) = (shop.database(), Arc::clone(&fault.failing), Arc::clone(&fault.full));
    let open = Box::new(move || {
        if CALLS.get(failing.load(Ordering::SeqCst)) == Some(&"open") {
            return Err(StoreError::Strange("a test".to_owned()));
        }
        let (failing, full) = (Arc::clone(&failing), Arc::clone(&full));
        Ok(Faulty { store: Store::open(&database)?, failing, full })
    });
    (Scene::with(signed_in("ELS"), machine(), open).settled(), fault)
}

const CARS: [(&str, i64); 2] = [("JL-29-JK", -3), ("23-NL-PD", 4)];

#[test]
fn no_failing_call_looks_like_nothing_due_and_all_recover() {
    let shop = Shop::with(&CARS);
    for index in 0..LIST_CALLS {
        // A thread for each: Slint has one screen a thread.
        std::thread::scope(|scope| scope.spawn(|| survives(&shop, index)).join().unwrap());
    }
}

fn survives(shop: &Shop, index: usize) {
    let call = CALLS[index];
    {
        let (mut scene, fault) = scene(shop, index);
        let state = scene.tasks().get_state();
        assert_ne!(state, ListState::NothingDue, "{call}");
        if call == "detail" {
            assert_eq!(scene.tasks().get_detail_state(), DetailState::Error);
            return;
        }
        assert!(!scene.tasks().get_counts_known(), "{call}: counts are unknown");
        assert_eq!(scene.desk.alert(), Some(Alert::Steady), "{call}: the lamp asks for help");
        if state == ListState::Filled {
            let shown = scene.window().global::<DeskGlobal>().get_fault();
            assert_eq!(shown, FaultKind::ListUnreadable, "{call}: the banner says so");
        } else {
            assert_eq!(state, ListState::Error, "{call}");
            assert!(scene.has("De taken konden niet worden gelezen"));
        }
        fault.failing.store(MENDED, Ordering::SeqCst);
        let mended = scene.until(Duration::from_secs(5), |scene| {
            scene.tasks().get_state() == ListState::Filled
                && scene.tasks().get_counts_known()
                && scene.window().global::<DeskGlobal>().get_fault() == FaultKind::None
        });
        assert!(mended, "{call}: it is well again, and so is the screen");
        assert_eq!(scene.plates(), ["JL-29-JK", "23-NL-PD"]);
        assert_eq!(scene.desk.alert(), Some(Alert::Slow), "{call}");
    }
}

#[test]
fn a_list_that_was_read_stays_under_a_banner() {
    let shop = Shop::with(&CARS);
    let (mut scene, fault) = scene(&shop, MENDED);
    assert_eq!(scene.plates(), ["JL-29-JK", "23-NL-PD"]);
    fault.failing.store(0, Ordering::SeqCst);
    assert!(scene.until(Duration::from_secs(3), |scene| !scene.tasks().get_counts_known()));
    assert_eq!(scene.plates(), ["JL-29-JK", "23-NL-PD"]);
    assert_eq!(scene.window().global::<DeskGlobal>().get_fault(), FaultKind::ListUnreadable);
    assert_eq!(scene.desk.alert(), Some(Alert::Steady));
}

#[test]
fn what_could_not_be_saved_stays_in_the_list_and_can_be_tried_again() {
    let shop = Shop::with(&CARS);
    let (mut scene, fault) = scene(&shop, MENDED);
    fault.full.store(true, Ordering::SeqCst);
    scene.touch("Afgehandeld");
    assert_eq!(shop.plates(StatusFilter::Closed), Vec::<String>::new());
    assert_eq!(scene.plates(), ["JL-29-JK", "23-NL-PD"]);
    assert!(scene.has("Dit kon niet worden opgeslagen. Probeer het nog eens."));
    assert_eq!(scene.window().global::<DeskGlobal>().get_fault(), FaultKind::DiskFull);
    fault.full.store(false, Ordering::SeqCst);
    scene.touch("Afgehandeld");
    assert_eq!(shop.plates(StatusFilter::Closed), ["JL-29-JK"]);
    assert_eq!(scene.window().global::<DeskGlobal>().get_fault(), FaultKind::None);
}

#[test]
fn a_doubted_clock_and_a_broken_panel_are_named() {
    let shop = Shop::with(&CARS);
    let machine = machine();
    let mut scene = Scene::with(signed_in("ELS"), Arc::clone(&machine), shop.opener()).settled();
    let fault = |scene: &Scene| scene.window().global::<DeskGlobal>().get_fault();
    assert_eq!(fault(&scene), FaultKind::None);
    *machine.trusted.lock().unwrap() = false;
    scene.desk.tick();
    scene.settle();
    assert_eq!(fault(&scene), FaultKind::ClockUntrusted);
    assert_eq!(scene.desk.alert(), Some(Alert::Steady));
    scene.desk.panel_fault(balie::panel::Part::Board);
    assert_eq!(scene.window().global::<DeskGlobal>().get_more_faults(), 2);
    *machine.trusted.lock().unwrap() = true;
    scene.desk.tick();
    assert_eq!(fault(&scene), FaultKind::LampUnavailable);
}

#[test]
fn a_new_day_turns_the_list() {
    let shop = Shop::with(&CARS);
    let machine = machine();
    let mut scene = Scene::with(signed_in("ELS"), Arc::clone(&machine), shop.opener()).settled();
    assert_eq!(scene.tasks().get_overdue(), 1);
    *machine.today.lock().unwrap() = "2015-05-09".parse().unwrap();
    assert!(scene.until(Duration::from_secs(2), |scene| scene.tasks().get_overdue() == 2));
    scene.settle();
    assert_eq!(scene.tasks().get_detail().task.days, -11);
}

impl Fault {
    /// This call fails from now on.
    fn breaks(&self, call: &str) {
        let index = CALLS.iter().position(|known| *known == call).unwrap();
        self.failing.store(index, Ordering::SeqCst);
    }

    fn mended(&self) {
        self.failing.store(MENDED, Ordering::SeqCst);
    }
}

#[test]
fn a_task_that_cannot_be_read_or_saved_says_so_and_loses_no_word() {
    let shop = Shop::with(&CARS);
    let (mut scene, fault) = scene(&shop, MENDED);
    let page = |scene: &Scene| scene.window().global::<Edit>().get_state();
    fault.breaks("edit.look");
    scene.touch("Opvolgen");
    assert_eq!(page(&scene), EditState::Error);
    assert!(scene.has("Deze taak kon niet worden gelezen"));
    fault.mended();
    assert!(scene.until(Duration::from_secs(8), |scene| page(scene) == EditState::Shown), "by itself");
    std::thread::sleep(Duration::from_millis(400));
    scene.touch("Geen gehoor");
    for call in ["edit.save", "edit.unlink"] {
        fault.breaks(call);
        if call == "edit.save" {
            scene.touch("Afgehandeld en opslaan");
        } else {
            scene.touch("Ontkoppel alle eigenaren");
            scene.touch("Ontkoppel en sluit");
        }
        assert!(scene.has("Dit kon niet worden opgeslagen. Probeer het nog eens."), "{call}");
        assert!(shop.plates(StatusFilter::Closed).is_empty(), "{call}");
        assert_eq!(scene.window().global::<Edit>().get_outcome(), Outcome::NoAnswer, "{call}");
        assert_eq!(scene.window().global::<DeskGlobal>().get_page(), Page::Task, "{call}");
        assert_eq!(shop.store().drafts().unwrap().len(), 1, "{call}: what was staged is on disk");
    }
    fault.breaks("edit.story");
    scene.touch("Historie");
    assert!(scene.has("De geschiedenis kon niet worden gelezen."));
    scene.touch("Sluiten");
    fault.breaks("edit.find");
    scene.touch("Kies");
    scene.window().global::<Edit>().invoke_find("jan".into());
    scene.settle();
    assert!(scene.has("De klanten konden niet worden gelezen.") && !scene.has("Niemand gevonden"));
    scene.touch("Sluiten");
    fault.mended();
    scene.touch("Afgehandeld en opslaan");
    assert_eq!(shop.plates(StatusFilter::Closed), ["JL-29-JK"]);
    fault.breaks("step.undo");
    scene.touch("Ongedaan maken");
    assert_eq!(scene.window().global::<DeskGlobal>().get_toast(), Toast::NotSaved);
    assert_eq!(shop.plates(StatusFilter::Closed), ["JL-29-JK"]);
}

#[test]
fn reasons_that_cannot_be_read_are_not_none() {
    let shop = Shop::with(&CARS);
    let (mut scene, fault) = scene(&shop, MENDED);
    fault.breaks("why.look");
    scene.touch("Waarom is deze taak er?");
    assert_eq!(scene.window().global::<Why>().get_state(), EditState::Error);
    assert!(scene.has("De redenen konden niet worden gelezen"));
    fault.mended();
    let read = |scene: &Scene| scene.window().global::<Why>().get_state() == EditState::Shown;
    assert!(scene.until(Duration::from_secs(8), read));
}
