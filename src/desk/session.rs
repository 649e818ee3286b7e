//! Who is signed in at the desk (APP-10): the gate that lies over every page until somebody is, the
//! first start of a shop that has no manager yet, and the lock after a while without a touch.
//!
//! The page under the gate stays as it is: whoever returns finds it again, with what was half typed.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use balie_ui as ui;
use slint::{ComponentHandle, ModelRc, VecModel};

use super::context::{Context, Session, Turn};
use super::pad::Pad;
use super::{convert, slint};
use crate::domain::employee::Role;
use crate::domain::ids::EmployeeId;
use crate::domain::language::Language;
use crate::domain::pin::Pin;
use crate::store::employee::{Staff, Staffed};
use crate::store::sign_in::{FirstManager, SignIn};

/// How the desk is entered at its start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entrance {
    /// With a PIN.
    Gate,
    /// By this employee, without PIN: in a window on a desktop, and in tests.
    Employee(String),
    /// By a manager, without PIN, or by nobody when there is none: for pictures.
    Anybody,
}

/// What the gate tells the desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Passed {
    /// Somebody signed in: the one who was here before, or another, with this language.
    In { same: bool, language: Option<Language> },
    /// Nobody is signed in any more; the screen speaks the shop's language.
    Out,
}

#[derive(Default)]
struct State {
    entrance: Option<Entrance>,
    people: Vec<Staff>,
    chosen: Option<EmployeeId>,
    /// The name of the first manager, when it is a new employee.
    name: String,
    first: Option<Pin>,
    /// Who was signed in before the gate was shut.
    before: Option<EmployeeId>,
    lock_after: Option<Duration>,
}

/// The adapter of the gate.
pub struct Gatekeeper {
    context: Rc<Context>,
    pad: Rc<Pad>,
    passed: Box<dyn Fn(Passed)>,
    turn: Turn,
    state: RefCell<State>,
}

impl Gatekeeper {
    /// The gate of a window; `passed` hears who comes and goes.
    pub fn connect(
        window: &ui::AppWindow,
        context: Rc<Context>,
        pad: Rc<Pad>,
        passed: impl Fn(Passed) + 'static,
    ) -> Rc<Self> {
        let gate = Rc::new(Self {
            context,
            pad,
            passed: Box::new(passed),
            turn: Turn::default(),
            state: RefCell::default(),
        });
        let global = window.global::<ui::Gatekeeper>();
        hear!(global, gate, {
            on_choose: |gate, id| gate.choose(EmployeeId(i64::from(id))),
            on_name: |gate, name| gate.name(name.trim()),
            on_back: |gate| gate.people(),
            on_retry: |gate| gate.look(),
        });
        gate
    }

    /// Shuts the gate, or leaves it open for who needs no PIN, and looks who there is.
    pub fn begin(self: &Rc<Self>, entrance: Entrance) {
        let shut = entrance == Entrance::Gate;
        self.state.borrow_mut().entrance = Some(entrance);
        if shut {
            self.set(ui::Gate::SignIn, ui::GateStep::Loading);
        }
        self.look();
    }

    fn set(&self, gate: ui::Gate, step: ui::GateStep) {
        let Some(window) = self.context.window() else { return };
        window.global::<ui::Gatekeeper>().set_step(step);
        window.global::<ui::Desk>().set_gate(gate);
    }

    fn step(&self) -> ui::GateStep {
        self.context
            .window()
            .map_or(ui::GateStep::Loading, |window| window.global::<ui::Gatekeeper>().get_step())
    }

    /// Whether the gate is shut.
    pub fn is_shut(&self) -> bool {
        self.context.window().is_some_and(|window| window.global::<ui::Desk>().get_gate() != ui::Gate::Open)
    }

    /// Reads who there is. Called too when something in the database has changed: who has left is
    /// signed in no longer.
    pub fn look(self: &Rc<Self>) {
        let newest = self.turn.next();
        let this = Rc::downgrade(self);
        self.context.read(
            "session.people",
            |store, _| {
                Ok((store.staff()?, store.has_manager()?, store.settings()?.general.lock_after_minutes))
            },
            move |found| {
                let Some(gate) = this.upgrade().filter(|_| newest()) else { return };
                match found {
                    Ok((people, has_manager, minutes)) => gate.found(people, has_manager, minutes),
                    Err(_) if gate.is_shut() && gate.step() == ui::GateStep::Loading => {
                        gate.set(ui::Gate::SignIn, ui::GateStep::Error);
                    }
                    // It is tried again when the database can be read.
                    Err(_) => {}
                }
            },
        );
    }

    fn found(self: &Rc<Self>, people: Vec<Staff>, has_manager: bool, minutes: u32) {
        let entrance = {
            let mut state = self.state.borrow_mut();
            state.people = people.into_iter().filter(|one| one.employee.active).collect();
            state.lock_after = (minutes > 0).then(|| Duration::from_secs(u64::from(minutes) * 60));
            state.entrance.take_if(|entrance| *entrance != Entrance::Gate)
        };
        if let Some(entrance) = entrance {
            self.admit(&entrance);
        } else if self.is_shut() {
            let waits = matches!(self.step(), ui::GateStep::Loading | ui::GateStep::Error);
            if waits || has_manager == self.is_first_start() {
                let gate = if has_manager { ui::Gate::SignIn } else { ui::Gate::FirstStart };
                self.set(gate, ui::GateStep::People);
            }
            self.tell_people();
        } else if let Some(session) = self.context.session() {
            let state = self.state.borrow();
            let still = state.people.iter().find(|one| one.id == session.employee).map(session_of);
            drop(state);
            match still {
                Some(now) if now != session => self.context.set_session(Some(now)),
                Some(_) => {}
                None => self.leave("signed out"),
            }
        }
    }

    fn is_first_start(&self) -> bool {
        let gate = self.context.window().map(|window| window.global::<ui::Desk>().get_gate());
        gate == Some(ui::Gate::FirstStart)
    }

    /// Lets somebody in without PIN.
    fn admit(self: &Rc<Self>, entrance: &Entrance) {
        let state = self.state.borrow();
        let found = match entrance {
            Entrance::Gate => None,
            Entrance::Employee(code) => state.people.iter().find(|one| one.employee.code == *code),
            Entrance::Anybody => {
                let manager = state.people.iter().find(|one| one.employee.role == Role::Manager);
                manager.or(state.people.first())
            }
        };
        let session = found.map(session_of);
        drop(state);
        match session {
            Some(session) => {
                self.context.set_session(Some(session));
                self.set(ui::Gate::Open, ui::GateStep::People);
            }
            None if *entrance == Entrance::Anybody => {
                self.context.set_unguarded();
                self.set(ui::Gate::Open, ui::GateStep::People);
            }
            None => {
                self.set(ui::Gate::SignIn, ui::GateStep::Loading);
                self.look();
            }
        }
    }

    fn tell_people(&self) {
        let Some(window) = self.context.window() else { return };
        let first_start = window.global::<ui::Desk>().get_gate() == ui::Gate::FirstStart;
        let state = self.state.borrow();
        let people = state.people.iter().map(|one| ui::Person {
            id: convert::number(one.id.0),
            name: one.name().into(),
            initials: convert::initials(one.name()).into(),
            manager: one.employee.role == Role::Manager,
            pin: one.has_pin || first_start,
        });
        let people: Vec<_> = people.collect();
        window.global::<ui::Gatekeeper>().set_people(ModelRc::from(Rc::new(VecModel::from(people))));
    }

    /// Back to the tiles with names.
    pub fn people(&self) {
        self.state.borrow_mut().first = None;
        self.pad.end();
        if let Some(window) = self.context.window() {
            window.global::<ui::Gatekeeper>().set_step(ui::GateStep::People);
        }
    }

    /// A tile was touched.
    fn choose(self: &Rc<Self>, id: EmployeeId) {
        let Some(window) = self.context.window() else { return };
        let name = {
            let mut state = self.state.borrow_mut();
            state.chosen = Some(id);
            state.people.iter().find(|one| one.id == id).map(|one| one.name().to_owned())
        };
        let Some(name) = name else { return };
        window.global::<ui::Gatekeeper>().set_chosen(name.into());
        if self.is_first_start() {
            self.choose_pin(ui::PinWord::None);
            return;
        }
        window.global::<ui::Gatekeeper>().set_step(ui::GateStep::Pin);
        let this = Rc::downgrade(self);
        self.pad.begin(false, move |pin| {
            if let Some(gate) = this.upgrade() {
                gate.check(id, pin);
            }
        });
        let pad = Rc::clone(&self.pad);
        self.context.read(
            "session.wait",
            move |store, moment| store.sign_in_wait(id, moment.actor.at),
            move |wait| {
                if let Ok(wait) = wait {
                    pad.wait(wait);
                }
            },
        );
    }

    fn check(self: &Rc<Self>, id: EmployeeId, pin: Pin) {
        let this = Rc::downgrade(self);
        self.context.keep(
            "session.sign-in",
            move |store, moment| store.sign_in(id, &pin, moment.actor.at),
            move |found| {
                let Some(gate) = this.upgrade() else { return };
                match found {
                    Ok(SignIn::Done(staff)) => gate.enter(&staff),
                    Ok(SignIn::Wrong(wait)) => {
                        gate.pad.blank(ui::PinWord::Wrong);
                        gate.pad.wait(wait);
                    }
                    Ok(SignIn::Wait(wait)) => {
                        gate.pad.blank(ui::PinWord::None);
                        gate.pad.wait(wait);
                    }
                    Ok(SignIn::Barred) => {
                        gate.people();
                        gate.look();
                    }
                    Err(_) => gate.pad.blank(ui::PinWord::Failed),
                }
            },
        );
    }

    /// Somebody is let in.
    fn enter(&self, staff: &Staff) {
        self.pad.end();
        let same = self.state.borrow_mut().before.take() == Some(staff.id);
        if !same {
            // Before the session begins: what the one before has half typed stays theirs.
            (self.passed)(Passed::In { same, language: staff.language });
        }
        self.context.set_session(Some(session_of(staff)));
        if same {
            (self.passed)(Passed::In { same, language: staff.language });
        }
        self.set(ui::Gate::Open, ui::GateStep::People);
    }

    /// The name of a new first manager.
    fn name(self: &Rc<Self>, name: &str) {
        let Some(window) = self.context.window().filter(|_| !name.is_empty()) else { return };
        {
            let mut state = self.state.borrow_mut();
            state.chosen = None;
            state.name = name.to_owned();
        }
        window.global::<ui::Gatekeeper>().set_chosen(name.into());
        self.choose_pin(ui::PinWord::None);
    }

    /// The first manager chooses a PIN, and then types it once more.
    fn choose_pin(self: &Rc<Self>, word: ui::PinWord) {
        let Some(window) = self.context.window() else { return };
        window.global::<ui::Gatekeeper>().set_step(ui::GateStep::NewPin);
        let this = Rc::downgrade(self);
        self.pad.begin(true, move |pin| {
            if let Some(gate) = this.upgrade() {
                gate.chosen_pin(pin);
            }
        });
        self.pad.blank(word);
    }

    fn chosen_pin(self: &Rc<Self>, pin: Pin) {
        let Some(window) = self.context.window() else { return };
        let first = self.state.borrow_mut().first.take();
        match first {
            None => {
                self.state.borrow_mut().first = Some(pin);
                window.global::<ui::Gatekeeper>().set_step(ui::GateStep::Again);
                self.pad.blank(ui::PinWord::None);
            }
            Some(first) if first != pin => self.choose_pin(ui::PinWord::Different),
            Some(_) => self.make_manager(pin),
        }
    }

    fn make_manager(self: &Rc<Self>, pin: Pin) {
        let who = {
            let state = self.state.borrow();
            state.chosen.map_or_else(|| FirstManager::New(state.name.clone()), FirstManager::Known)
        };
        let this = Rc::downgrade(self);
        self.context.save(
            "session.first-manager",
            move |store, moment| match store.make_first_manager(who, &pin, moment.actor.at)? {
                Staffed::Saved(id) => store.staff_member(id).map(Some),
                _ => Ok(None),
            },
            move |made| {
                let Some(gate) = this.upgrade() else { return };
                match made {
                    Ok(Some(staff)) => {
                        gate.enter(&staff);
                        gate.context.go(ui::Page::FirstStart, 0);
                    }
                    // Somebody was quicker: there is a manager now.
                    Ok(None) => {
                        gate.set(ui::Gate::SignIn, ui::GateStep::Loading);
                        gate.look();
                    }
                    Err(_) => gate.choose_pin(ui::PinWord::Failed),
                }
            },
        );
    }

    /// Shuts the gate; `action` is the word for the audit trail.
    pub fn leave(self: &Rc<Self>, action: &'static str) {
        if self.is_shut() {
            return;
        }
        let before = self.context.session().map(|session| session.employee);
        if let Some(id) = before {
            self.context.keep(
                "session.leave",
                move |store, moment| store.note_session(id, action, moment.actor),
                |_| {},
            );
        }
        self.state.borrow_mut().before = before;
        // While it is still their session: what is half changed is saved as theirs.
        (self.passed)(Passed::Out);
        self.context.set_session(None);
        self.pad.end();
        self.set(ui::Gate::SignIn, ui::GateStep::Loading);
        self.look();
    }

    /// Once a second; `idle` is how long nobody has touched anything.
    pub fn tick(self: &Rc<Self>, idle: Duration) {
        if self.is_shut() {
            self.pad.tick();
        } else if self.context.session().is_some()
            && self.state.borrow().lock_after.is_some_and(|after| idle >= after)
        {
            self.leave("locked");
        }
    }

    /// Whoever is signed in chose a language; it is theirs from now on (NEW-05).
    pub fn speaks(&self, language: Language) {
        let Some(session) = self.context.session() else { return };
        self.context.keep(
            "employee.language",
            move |store, _| store.set_employee_language(session.employee, language),
            |_| {},
        );
    }
}

fn session_of(staff: &Staff) -> Session {
    Session { employee: staff.id, name: staff.name().to_owned(), role: staff.employee.role }
}

/// Pictures of the gate and the curtain, by the desk's own doors.
pub(super) const PICTURES: &[super::picture::Picture] = &[
    ("lamp", |desk| desk.window().global::<ui::Desk>().set_legend(true)),
    ("curtain", |desk| desk.draw_curtain(true)),
    ("gate", shut),
    ("gate-pin", |desk| {
        shut(desk);
        super::picture::wait(desk);
        let first = desk.gate.state.borrow().people.first().map(|one| one.id);
        if let Some(first) = first {
            desk.gate.choose(first);
        }
        desk.gate.pad.wait(Duration::from_secs(40));
    }),
    ("gate-first", |desk| {
        shut(desk);
        super::picture::wait(desk);
        desk.gate.set(ui::Gate::FirstStart, ui::GateStep::People);
        desk.gate.tell_people();
    }),
    ("gate-first-pin", |desk| {
        shut(desk);
        super::picture::wait(desk);
        desk.gate.set(ui::Gate::FirstStart, ui::GateStep::People);
        desk.gate.name("Bea de Wit");
        for digit in ["1", "2", "3", "4"] {
            let window = desk.window();
            window.global::<ui::PinPad>().invoke_press(digit.into());
        }
    }),
    ("gate-error", |desk| {
        shut(desk);
        super::picture::wait(desk);
        desk.gate.set(ui::Gate::SignIn, ui::GateStep::Error);
    }),
];

fn shut(desk: &Rc<super::app::Desk>) {
    desk.gate.context.set_session(None);
    desk.gate.begin(Entrance::Gate);
}
