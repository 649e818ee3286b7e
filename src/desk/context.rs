//! What all pages share: the window, who is signed in, the way to the database and to other pages.
//!
//! There is one way from a page to the database and back: [`Context::read`] and [`Context::save`]
//! send a piece of work to the worker's thread, and what came of it returns to the event loop. A
//! page that has asked again meanwhile tells old answers from new ones with [`Turn`].

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::time::Duration;

use balie_ui as ui;
use slint::{ComponentHandle, Timer, TimerMode, Weak};

use super::wire::{Finding, Job, Request, Trouble};
use super::{Surroundings, convert, slint};
use crate::domain::employee::Role;
use crate::domain::ids::{EmployeeId, StepId};
use crate::domain::language::Language;
use crate::exchange::stick;
use crate::store::history::{Actor, Origin};
use crate::store::step::Undone;
use crate::store::{Store, StoreError};

/// How long a finished step can be undone with one touch (NEW-04).
pub const UNDO: Duration = Duration::from_secs(10);
/// How long a line of confirmation stays.
const CONFIRM: Duration = Duration::from_secs(4);

/// When, by whom and for which eyes a piece of work is done.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    /// The shop's date.
    pub today: chrono::NaiveDate,
    /// The person at the desk, and this instant.
    pub actor: Actor,
    /// The language of the screen.
    pub language: Language,
}

/// Who is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The employee's number.
    pub employee: EmployeeId,
    /// The name on the screen.
    pub name: String,
    /// What the employee may do.
    pub role: Role,
}

/// What a piece of work does to the database.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Reads,
    Writes,
    Keeps,
}

type Then = Box<dyn FnOnce(Result<Finding, Trouble>)>;

/// Shared by all pages.
pub struct Context {
    window: Weak<ui::AppWindow>,
    /// The machine.
    pub surroundings: Arc<dyn Surroundings>,
    requests: Sender<Request>,
    pending: RefCell<HashMap<u64, Then>>,
    number: Cell<u64>,
    language: Cell<Language>,
    session: RefCell<Option<Session>>,
    /// Pictures of a shop without employees: every page is open, and nobody is signed in.
    unguarded: Cell<bool>,
    undo: Cell<Option<StepId>>,
    toast: Timer,
}

impl Context {
    /// For a window and its worker.
    pub(super) fn new(
        window: &ui::AppWindow,
        surroundings: Arc<dyn Surroundings>,
        requests: Sender<Request>,
        language: Language,
    ) -> Rc<Self> {
        Rc::new(Self {
            window: window.as_weak(),
            surroundings,
            requests,
            pending: RefCell::default(),
            number: Cell::new(0),
            language: Cell::new(language),
            session: RefCell::new(None),
            unguarded: Cell::new(false),
            undo: Cell::new(None),
            toast: Timer::default(),
        })
    }

    /// The window, while it is there.
    pub fn window(&self) -> Option<ui::AppWindow> {
        self.window.upgrade()
    }

    /// Who is signed in.
    pub fn session(&self) -> Option<Session> {
        self.session.borrow().clone()
    }

    /// Somebody has signed in or out.
    pub(super) fn set_session(&self, session: Option<Session>) {
        if let Some(window) = self.window() {
            let desk = window.global::<ui::Desk>();
            let name = session.as_ref().map_or("", |session| session.name.as_str());
            desk.set_employee(name.into());
            desk.set_initials(convert::initials(name).into());
            desk.set_manager(session.as_ref().is_some_and(|session| session.role == Role::Manager));
        }
        *self.session.borrow_mut() = session;
    }

    /// Every page is open, though nobody is signed in: for pictures of a shop without employees.
    pub(super) fn set_unguarded(&self) {
        self.unguarded.set(true);
        if let Some(window) = self.window() {
            window.global::<ui::Desk>().set_manager(true);
        }
    }

    /// Whether the manager's pages are open to who is signed in (APP-10).
    pub fn is_manager(&self) -> bool {
        self.unguarded.get()
            || self.session.borrow().as_ref().is_some_and(|session| session.role == Role::Manager)
    }

    /// The language of the screen.
    pub fn language(&self) -> Language {
        self.language.get()
    }

    pub(super) fn set_language(&self, language: Language) {
        self.language.set(language);
    }

    /// Reads from the database, and brings what it found to `then` on the event loop. `what` names the
    /// call for the log and for the tests that make it fail.
    pub fn read<T: Send + 'static>(
        &self,
        what: &'static str,
        work: impl FnOnce(&mut Store, &Moment) -> Result<T, StoreError> + Send + 'static,
        then: impl FnOnce(Result<T, Trouble>) + 'static,
    ) {
        self.send(what, Kind::Reads, work, then);
    }

    /// As [`Context::read`], for what changes something: when it could not be saved the banner says so,
    /// and after it counts and pages are read again.
    pub fn save<T: Send + 'static>(
        &self,
        what: &'static str,
        work: impl FnOnce(&mut Store, &Moment) -> Result<T, StoreError> + Send + 'static,
        then: impl FnOnce(Result<T, Trouble>) + 'static,
    ) {
        self.send(what, Kind::Writes, work, then);
    }

    /// As [`Context::save`], for what is half typed: no list and no count changes with it.
    pub fn keep<T: Send + 'static>(
        &self,
        what: &'static str,
        work: impl FnOnce(&mut Store, &Moment) -> Result<T, StoreError> + Send + 'static,
        then: impl FnOnce(Result<T, Trouble>) + 'static,
    ) {
        self.send(what, Kind::Keeps, work, then);
    }

    /// Work that takes its time, such as reading a stick: in a thread of its own, so that lists and pages
    /// go on being read meanwhile. It opens the database itself where it needs it.
    pub fn aside<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Moment) -> T + Send + 'static,
        then: impl FnOnce(T) + 'static,
    ) {
        let number = self.number_for(move |found: Result<T, Trouble>| {
            if let Ok(found) = found {
                then(found);
            }
        });
        let (requests, surroundings) = (self.requests.clone(), Arc::clone(&self.surroundings));
        let employee = self.session.borrow().as_ref().map(|session| session.employee);
        let language = self.language.get();
        let begun = std::thread::Builder::new().name("aside".to_owned()).spawn(move || {
            let actor = Actor { origin: Origin::Desk(employee), at: surroundings.now() };
            let found = work(&Moment { today: surroundings.today(), actor, language });
            // A worker that is gone has its own words on the screen.
            let _ = requests.send(Request::Done(number, Box::new(found)));
        });
        if let Err(error) = begun {
            tracing::warn!(%error, "no thread for work beside the desk");
        }
    }

    /// Takes a step back and says at the bottom what came of it; `then` hears it too (NEW-04).
    pub fn undo(self: &Rc<Self>, step: StepId, then: impl FnOnce(Option<Undone>) + 'static) {
        let this = Rc::downgrade(self);
        self.save(
            "step.undo",
            move |store, moment| store.undo(step, moment.actor),
            move |undone| {
                if let Some(this) = this.upgrade() {
                    match &undone {
                        Ok(Undone::Done { .. }) => this.confirm(ui::Toast::Undone, None),
                        Ok(Undone::Refused(_)) => this.confirm(ui::Toast::UndoRefused, None),
                        Err(_) => this.confirm(ui::Toast::NotSaved, None),
                    }
                }
                then(undone.ok());
            },
        );
    }

    fn send<T: Send + 'static>(
        &self,
        what: &'static str,
        kind: Kind,
        work: impl FnOnce(&mut Store, &Moment) -> Result<T, StoreError> + Send + 'static,
        then: impl FnOnce(Result<T, Trouble>) + 'static,
    ) {
        let number = self.number_for(then);
        let job = Job {
            number,
            what,
            writes: kind != Kind::Reads,
            recount: kind == Kind::Writes,
            employee: self.session.borrow().as_ref().map(|session| session.employee),
            language: self.language.get(),
            work: Box::new(move |store, moment| work(store, moment).map(|found| Box::new(found) as Finding)),
        };
        // A worker that is gone has its own words on the screen.
        let _ = self.requests.send(Request::Job(job));
    }

    /// A number for a question, under which its answer comes back to `then`.
    fn number_for<T: Send + 'static>(&self, then: impl FnOnce(Result<T, Trouble>) + 'static) -> u64 {
        let number = self.number.get() + 1;
        self.number.set(number);
        let opened = move |found: Result<Finding, Trouble>| match found.map(|any| any.downcast()) {
            Ok(Ok(found)) => then(Ok(*found)),
            // The work's type and the answer's are the same by construction.
            Ok(Err(_)) => then(Err(Trouble::Unreadable)),
            Err(trouble) => then(Err(trouble)),
        };
        self.pending.borrow_mut().insert(number, Box::new(opened));
        number
    }

    /// Whether a page waits for an answer.
    pub fn is_waiting(&self) -> bool {
        !self.pending.borrow().is_empty()
    }

    /// The worker has answered.
    pub(super) fn answered(&self, number: u64, found: Result<Finding, Trouble>) {
        let then = self.pending.borrow_mut().remove(&number);
        if let Some(then) = then {
            then(found);
        }
    }

    /// Where files for others go; looked up by the worker, because a stick may be slow.
    pub(super) fn outlet(&self) -> impl FnOnce(&Store) -> PathBuf + Send + 'static {
        let places = self.surroundings.places();
        move |store| {
            let root = places.as_ref().map(|places| places.sticks.as_path());
            stick::outlet(root, &store.folder().unwrap_or_default())
        }
    }

    /// Turns to a page; `id` says which one of its things.
    pub fn go(&self, page: ui::Page, id: i64) {
        if let Some(window) = self.window() {
            window.global::<ui::Desk>().invoke_go(page, convert::number(id));
        }
    }

    /// Back to the page before.
    pub fn back(&self) {
        if let Some(window) = self.window() {
            window.global::<ui::Desk>().invoke_back();
        }
    }

    /// One line at the bottom of the screen that says what was done; with a step it offers to undo it
    /// for ten seconds (NEW-04).
    pub fn confirm(self: &Rc<Self>, what: ui::Toast, step: Option<StepId>) {
        let Some(window) = self.window() else { return };
        let desk = window.global::<ui::Desk>();
        self.undo.set(step);
        desk.set_toast(what);
        desk.set_toast_undo(step.is_some());
        let this = Rc::downgrade(self);
        self.toast.start(TimerMode::SingleShot, if step.is_some() { UNDO } else { CONFIRM }, move || {
            if let Some(this) = this.upgrade() {
                this.hush();
            }
        });
    }

    /// Takes the line at the bottom away; answers the step that it offered to undo.
    pub(super) fn hush(&self) -> Option<StepId> {
        self.toast.stop();
        if let Some(window) = self.window() {
            let desk = window.global::<ui::Desk>();
            desk.set_toast(ui::Toast::None);
            desk.set_toast_undo(false);
        }
        self.undo.take()
    }
}

/// Tells the newest question's answer from older ones.
#[derive(Debug, Default, Clone)]
pub struct Turn(Rc<Cell<u64>>);

impl Turn {
    /// A new question; earlier ones no longer count. The answer is the newest while this says `true`.
    pub fn next(&self) -> impl Fn() -> bool + 'static {
        let (cell, mine) = (Rc::clone(&self.0), self.0.get() + 1);
        self.0.set(mine);
        move || cell.get() == mine
    }
}

/// Does something with a page again and again, as long as the timer runs.
pub(super) fn every<P: 'static>(timer: &Timer, wait: Duration, page: &Rc<P>, act: impl Fn(&Rc<P>) + 'static) {
    let page = Rc::downgrade(page);
    timer.start(TimerMode::Repeated, wait, move || {
        if let Some(page) = page.upgrade() {
            act(&page);
        }
    });
}

/// A page, as the desk turns to it and away from it.
pub trait Page {
    /// It is turned to; `id` says which one of its things, where that matters.
    fn open(&self, id: i64);
    /// It is on the screen, and something in the database changed.
    fn refresh(&self) {}
    /// It is turned away from: what was half typed must be safe.
    fn close(&self) {}
    /// The language of the screen changed: words that Rust hands over are made anew.
    fn speak(&self) {
        self.refresh();
    }
}
