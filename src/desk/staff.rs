//! The employees on the settings page: who they are, what they may do, and a new PIN for who forgot
//! theirs (APP-10).

use std::cell::RefCell;
use std::rc::{Rc, Weak};
use std::time::Duration;

use balie_ui as ui;
use slint::{ComponentHandle, ModelRc, VecModel};

use super::context::{Context, Turn};
use super::pad::Pad;
use super::{convert, slint};
use crate::domain::employee::{Employee, Role};
use crate::domain::ids::EmployeeId;
use crate::domain::pin::Pin;
use crate::store::employee::{Staff, Staffed};
use crate::store::sign_in::SignIn;

#[derive(Default)]
struct State {
    people: Vec<Staff>,
    /// The employee that is open, as they will be saved; none is a new one.
    open: Option<EmployeeId>,
    person: Option<Employee>,
    first: Option<Pin>,
}

/// The adapter of the tab.
pub struct StaffTab {
    this: Weak<Self>,
    context: Rc<Context>,
    pad: Rc<Pad>,
    turn: Turn,
    state: RefCell<State>,
}

impl StaffTab {
    /// The tab, with its callbacks connected.
    pub fn connect(window: &ui::AppWindow, context: Rc<Context>, pad: Rc<Pad>) -> Rc<Self> {
        let tab = Rc::new_cyclic(|this| Self {
            this: Weak::clone(this),
            context,
            pad,
            turn: Turn::default(),
            state: RefCell::default(),
        });
        let global = window.global::<ui::Staff>();
        hear!(global, tab, {
            on_retry: |tab| tab.refresh(),
            on_edit: |tab, id| tab.edit(id),
            on_close: |tab| tab.close(),
            on_set_manager: |tab, manager| tab.set_manager(manager),
            on_set_active: |tab, active| tab.set_active(active),
            on_save: |tab, name, code| tab.save(&name, &code),
            on_new_pin: |tab| tab.new_pin(),
            on_own_pin: |tab| tab.own_pin(),
        });
        tab
    }

    /// The tab is turned to.
    pub fn open(&self) {
        self.close();
        self.refresh();
    }

    /// Reads the employees again; what is open stays as it is.
    pub fn refresh(&self) {
        if !self.context.is_manager() {
            return;
        }
        let (this, newest) = (Weak::clone(&self.this), self.turn.next());
        self.context.read(
            "employee.staff",
            |store, _| store.staff(),
            move |found| {
                let Some(tab) = this.upgrade().filter(|_| newest()) else { return };
                let Some(window) = tab.context.window() else { return };
                let global = window.global::<ui::Staff>();
                match found {
                    Ok(people) => {
                        let lines: Vec<_> = people.iter().map(line).collect();
                        global.set_people(ModelRc::from(Rc::new(VecModel::from(lines))));
                        global.set_state(ui::StaffState::Shown);
                        tab.state.borrow_mut().people = people;
                    }
                    Err(_) => global.set_state(ui::StaffState::Error),
                }
            },
        );
    }

    fn edit(&self, id: i32) {
        let Some(window) = self.context.window() else { return };
        let global = window.global::<ui::Staff>();
        let person = {
            let mut state = self.state.borrow_mut();
            let found = state.people.iter().find(|one| convert::number(one.id.0) == id).cloned();
            state.open = found.as_ref().map(|one| one.id);
            let new = Employee { code: String::new(), name: None, role: Role::Reception, active: true };
            state.person = Some(found.as_ref().map_or(new, |one| one.employee.clone()));
            found.as_ref().map(line)
        };
        let new = ui::StaffLine { active: true, ..Default::default() };
        global.set_person(person.unwrap_or(new));
        global.set_word(ui::StaffWord::None);
        global.set_opened(global.get_opened() + 1);
        global.set_sheet(ui::StaffSheet::Person);
    }

    /// Nothing lies over the list any more.
    pub fn close(&self) {
        let Some(window) = self.context.window() else { return };
        {
            let mut state = self.state.borrow_mut();
            (state.open, state.person, state.first) = (None, None, None);
        }
        self.pad.end();
        window.global::<ui::Staff>().set_sheet(ui::StaffSheet::None);
    }

    /// The gate takes the pad: a new PIN that was being typed is given up.
    pub fn pad_taken(&self) {
        let Some(window) = self.context.window() else { return };
        let sheet = window.global::<ui::Staff>().get_sheet();
        if matches!(sheet, ui::StaffSheet::Old | ui::StaffSheet::Pin | ui::StaffSheet::Again) {
            self.close();
        }
    }

    fn set_manager(&self, manager: bool) {
        let role = if manager { Role::Manager } else { Role::Reception };
        self.change(|person| person.role = role, |line| line.manager = manager);
    }

    fn set_active(&self, active: bool) {
        self.change(|person| person.active = active, |line| line.active = active);
    }

    fn change(&self, person: impl FnOnce(&mut Employee), shown: impl FnOnce(&mut ui::StaffLine)) {
        let Some(window) = self.context.window() else { return };
        if let Some(open) = &mut self.state.borrow_mut().person {
            person(open);
        }
        let global = window.global::<ui::Staff>();
        let mut line = global.get_person();
        shown(&mut line);
        global.set_person(line);
        global.set_word(ui::StaffWord::None);
    }

    fn say(&self, word: ui::StaffWord) {
        if let Some(window) = self.context.window() {
            window.global::<ui::Staff>().set_word(word);
        }
    }

    fn save(&self, name: &str, code: &str) {
        let name = name.trim().to_owned();
        if name.is_empty() {
            self.say(ui::StaffWord::NoName);
            return;
        }
        let (open, person) = {
            let state = self.state.borrow();
            let Some(person) = &state.person else { return };
            let mut person = Employee { name: Some(name), ..person.clone() };
            if state.open.is_none() {
                person.code = code.trim().to_uppercase();
            }
            (state.open, person)
        };
        let this = Weak::clone(&self.this);
        self.context.save(
            "employee.save",
            move |store, moment| match open {
                Some(id) => store.change_employee(id, &person, moment.actor),
                None => store.add_employee(&person, moment.actor),
            },
            move |saved| {
                let Some(tab) = this.upgrade() else { return };
                match saved {
                    Ok(Staffed::Saved(id)) => {
                        tab.context.confirm(ui::Toast::Saved, None);
                        tab.refresh();
                        if open.is_none() {
                            // The first thing a new one needs.
                            tab.state.borrow_mut().open = Some(id);
                            tab.new_pin();
                        } else {
                            tab.close();
                        }
                    }
                    Ok(Staffed::LastManager) => tab.say(ui::StaffWord::LastManager),
                    Ok(Staffed::CodeTaken) => tab.say(ui::StaffWord::CodeTaken),
                    Err(_) => tab.say(ui::StaffWord::NotSaved),
                }
            },
        );
    }

    /// A new PIN for who is signed in: first the present one, as at the gate, with its waiting.
    fn own_pin(&self) {
        let (Some(window), Some(session)) = (self.context.window(), self.context.session()) else { return };
        self.state.borrow_mut().open = Some(session.employee);
        window.global::<ui::Staff>().set_sheet(ui::StaffSheet::Old);
        let this = Weak::clone(&self.this);
        self.pad.begin(false, move |pin| {
            if let Some(tab) = this.upgrade() {
                tab.check_old(session.employee, pin);
            }
        });
    }

    fn check_old(&self, id: EmployeeId, pin: Pin) {
        let this = Weak::clone(&self.this);
        self.context.keep(
            "employee.old-pin",
            move |store, moment| store.sign_in(id, &pin, moment.actor.at),
            move |found| {
                let Some(tab) = this.upgrade().filter(|tab| tab.state.borrow().open == Some(id)) else {
                    return;
                };
                let (word, wait) = match found {
                    Ok(SignIn::Done(_)) => return tab.new_pin(),
                    Ok(SignIn::Wrong(wait)) => (ui::PinWord::Wrong, wait),
                    Ok(SignIn::Wait(wait)) => (ui::PinWord::None, wait),
                    Ok(SignIn::Barred) => return tab.close(),
                    Err(_) => (ui::PinWord::Failed, Duration::ZERO),
                };
                tab.pad.blank(word);
                tab.pad.wait(wait);
            },
        );
    }

    fn new_pin(&self) {
        self.ask_pin(ui::PinWord::None);
    }

    fn ask_pin(&self, word: ui::PinWord) {
        let Some(window) = self.context.window() else { return };
        self.state.borrow_mut().first = None;
        window.global::<ui::Staff>().set_sheet(ui::StaffSheet::Pin);
        let this = Weak::clone(&self.this);
        self.pad.begin(true, move |pin| {
            if let Some(tab) = this.upgrade() {
                tab.entered(pin);
            }
        });
        self.pad.blank(word);
    }

    fn entered(&self, pin: Pin) {
        let Some(window) = self.context.window() else { return };
        let first = self.state.borrow_mut().first.take();
        match first {
            None => {
                self.state.borrow_mut().first = Some(pin);
                window.global::<ui::Staff>().set_sheet(ui::StaffSheet::Again);
                self.pad.blank(ui::PinWord::None);
            }
            Some(first) if first != pin => self.ask_pin(ui::PinWord::Different),
            Some(_) => self.set_pin(pin),
        }
    }

    fn set_pin(&self, pin: Pin) {
        let Some(id) = self.state.borrow().open else { return };
        let this = Weak::clone(&self.this);
        self.context.save(
            "employee.pin",
            move |store, moment| store.set_pin(id, Some(&pin), moment.actor),
            move |saved| {
                let Some(tab) = this.upgrade() else { return };
                if saved.is_ok() {
                    tab.context.confirm(ui::Toast::Saved, None);
                    tab.close();
                    tab.refresh();
                } else {
                    tab.ask_pin(ui::PinWord::Failed);
                }
            },
        );
    }
}

fn line(staff: &Staff) -> ui::StaffLine {
    ui::StaffLine {
        id: convert::number(staff.id.0),
        name: staff.name().into(),
        code: staff.employee.code.as_str().into(),
        manager: staff.employee.role == Role::Manager,
        active: staff.employee.active,
        pin: staff.has_pin,
    }
}
