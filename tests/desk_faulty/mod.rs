//! A shop's database of which one kind of call fails, or that has no room left, while a test says so.

#![allow(dead_code, reason = "each test file uses its own part")]

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use balie::desk::Start;
use balie::desk::source::{Detail, Employee, Pulse, Query, Source};
use balie::domain::ids::{StepId, TaskId};
use balie::domain::language::Language;
use balie::store::history::Actor;
use balie::store::task_list::{TaskCube, TaskRow};
use balie::store::{Store, StoreError};
use chrono::NaiveDate;

use super::desk_scene::{Scene, Shop, machine};

/// What fails now.
#[derive(Clone, Default)]
pub struct Fault {
    failing: Arc<Mutex<Option<&'static str>>>,
    full: Arc<AtomicBool>,
}

impl Fault {
    /// This call fails from now on.
    pub fn breaks(&self, call: &'static str) {
        *self.failing.lock().unwrap() = Some(call);
    }

    pub fn mended(&self) {
        *self.failing.lock().unwrap() = None;
    }

    /// Whether the disk has no room.
    pub fn set_full(&self, full: bool) {
        self.full.store(full, Ordering::SeqCst);
    }

    fn check(&self, call: &str) -> Result<(), StoreError> {
        match *self.failing.lock().unwrap() {
            Some(failing) if failing == call => Err(StoreError::Strange("a test".to_owned())),
            _ => Ok(()),
        }
    }

    fn room(&self) -> Result<(), StoreError> {
        if self.full.load(Ordering::SeqCst) { Err(StoreError::Full) } else { Ok(()) }
    }
}

struct Faulty {
    store: Store,
    fault: Fault,
}

impl Source for Faulty {
    fn version(&self) -> Result<i64, StoreError> {
        self.fault.check("version")?;
        Source::version(&self.store)
    }
    fn page(
        &self,
        q: &Query,
        today: NaiveDate,
        offset: usize,
        limit: usize,
    ) -> Result<Vec<TaskRow>, StoreError> {
        self.fault.check("page")?;
        self.store.page(q, today, offset, limit)
    }
    fn position(&self, q: &Query, today: NaiveDate, id: TaskId) -> Result<Option<usize>, StoreError> {
        self.store.position(q, today, id)
    }
    fn cube(&self, today: NaiveDate) -> Result<TaskCube, StoreError> {
        self.fault.check("cube")?;
        self.store.cube(today)
    }
    fn pulse(&self, today: NaiveDate) -> Result<Pulse, StoreError> {
        self.fault.check("pulse")?;
        self.store.pulse(today)
    }
    fn employees(&self) -> Result<Vec<Employee>, StoreError> {
        self.fault.check("employees")?;
        Source::employees(&self.store)
    }
    fn detail(&self, id: TaskId, today: NaiveDate, language: Language) -> Result<Option<Detail>, StoreError> {
        self.fault.check("detail")?;
        self.store.detail(id, today, language)
    }
    fn store(&mut self, what: &'static str) -> Result<&mut Store, StoreError> {
        self.fault.check(what)?;
        self.fault.room()?;
        Ok(&mut self.store)
    }
    fn collect(&mut self) -> Result<(), StoreError> {
        self.fault.room()?;
        self.store.collect()
    }
    fn handle(
        &mut self,
        id: TaskId,
        today: NaiveDate,
        language: Language,
        actor: Actor,
    ) -> Result<Option<StepId>, StoreError> {
        self.fault.room()?;
        self.store.handle(id, today, language, actor)
    }
}

/// A desk on a database of which this call fails; "open": it cannot be opened.
pub fn scene(shop: &Shop, start: Start, failing: Option<&'static str>) -> (Scene, Fault) {
    let fault = Fault::default();
    *fault.failing.lock().unwrap() = failing;
    let (database, told) = (shop.database(), fault.clone());
    let open = Box::new(move || {
        told.check("open")?;
        Ok(Faulty { store: Store::open(&database)?, fault: told.clone() })
    });
    (Scene::with(start, machine(), open).settled(), fault)
}
