//! The audit trail on the settings page: every line of history, newest first, read a page at a time
//! as one scrolls (CSS-15, APP-10).

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use balie_ui as ui;
use chrono::{TimeDelta, Timelike};
use slint::{ComponentHandle, ModelRc, VecModel};

use super::context::{Context, Turn};
use super::settings::GENERAL;
use super::{convert, slint};
use crate::domain::ids::EmployeeId;
use crate::domain::rule::RuleKey;
use crate::store::audit::{AuditFilter, AuditLine};

/// Lines of one page.
const PAGE: usize = 60;

/// The adapter of the tab.
pub struct AuditTab {
    this: Weak<Self>,
    context: Rc<Context>,
    rows: Rc<VecModel<ui::AuditRow>>,
    turn: Turn,
    filter: RefCell<Chosen>,
    /// The last line that was read; none when there are no more.
    last: Cell<Option<i64>>,
    asking: Cell<bool>,
}

#[derive(Debug, Clone, Copy)]
struct Chosen {
    days: i32,
    employee: Option<EmployeeId>,
    noun: Option<&'static str>,
}

impl AuditTab {
    /// The tab, with its callbacks connected.
    pub fn connect(window: &ui::AppWindow, context: Rc<Context>) -> Rc<Self> {
        let tab = Rc::new_cyclic(|this| Self {
            this: Weak::clone(this),
            context,
            rows: Rc::default(),
            turn: Turn::default(),
            filter: RefCell::new(Chosen { days: 7, employee: None, noun: None }),
            last: Cell::new(None),
            asking: Cell::new(false),
        });
        let global = window.global::<ui::Audit>();
        global.set_rows(ModelRc::from(Rc::clone(&tab.rows)));
        hear!(global, tab, {
            on_retry: |tab| tab.open(),
            on_more: |tab| tab.more(),
            on_set_days: |tab, days| tab.choose(|chosen| chosen.days = days),
            on_set_employee: |tab, id| tab.choose(|chosen| {
                chosen.employee = (id > 0).then(|| EmployeeId(i64::from(id)));
            }),
            on_set_noun: |tab, noun| tab.choose(|chosen| chosen.noun = name(noun)),
        });
        tab
    }

    fn choose(&self, change: impl FnOnce(&mut Chosen)) {
        change(&mut self.filter.borrow_mut());
        let chosen = *self.filter.borrow();
        if let Some(window) = self.context.window() {
            let global = window.global::<ui::Audit>();
            global.set_days(chosen.days);
            global.set_employee(chosen.employee.map_or(0, |id| convert::number(id.0)));
            global.set_noun(chosen.noun.map_or(ui::AuditNoun::All, noun));
        }
        self.open();
    }

    /// Something was done meanwhile: new lines are not pushed under the eyes of who reads. What could
    /// not be read is tried again.
    pub fn refresh(&self) {
        let window = self.context.window();
        if window.is_some_and(|window| window.global::<ui::Audit>().get_state() == ui::AuditState::Error) {
            self.open();
        }
    }

    /// Reads the newest lines, and the names of the employees.
    pub fn open(&self) {
        if !self.context.is_manager() {
            return;
        }
        self.ask(None);
        let this = Weak::clone(&self.this);
        self.context.read(
            "audit.people",
            |store, _| store.staff(),
            move |people| {
                let (Some(tab), Ok(people)) = (this.upgrade(), people) else { return };
                let Some(window) = tab.context.window() else { return };
                let mut all = vec![ui::AuditPerson { id: 0, name: Default::default() }];
                all.extend(
                    people.iter().map(|one| ui::AuditPerson {
                        id: convert::number(one.id.0),
                        name: one.name().into(),
                    }),
                );
                let global = window.global::<ui::Audit>();
                let chosen = all.iter().find(|one| one.id == global.get_employee());
                global.set_employee_name(chosen.map(|one| one.name.clone()).unwrap_or_default());
                global.set_people(ModelRc::from(Rc::new(VecModel::from(all))));
            },
        );
    }

    fn more(&self) {
        if self.last.get().is_some() && !self.asking.get() {
            self.ask(self.last.get());
        }
    }

    fn ask(&self, before: Option<i64>) {
        let chosen = *self.filter.borrow();
        let (this, newest) = (Weak::clone(&self.this), self.turn.next());
        self.asking.set(true);
        self.context.read(
            "audit.lines",
            move |store, moment| {
                let since = (chosen.days > 0).then(|| moment.actor.at - TimeDelta::days(chosen.days.into()));
                let filter = AuditFilter { employee: chosen.employee, noun: chosen.noun, since };
                store.audit(filter, before, PAGE)
            },
            move |lines| {
                let Some(tab) = this.upgrade().filter(|_| newest()) else { return };
                tab.asking.set(false);
                let Some(window) = tab.context.window() else { return };
                let global = window.global::<ui::Audit>();
                match lines {
                    Ok(lines) => {
                        if before.is_none() {
                            tab.rows.set_vec(Vec::new());
                        }
                        tab.last.set(lines.last().filter(|_| lines.len() == PAGE).map(|line| line.id));
                        tab.rows.extend(lines.iter().map(|line| tab.row(line)));
                        let empty = before.is_none() && lines.is_empty();
                        global.set_state(if empty { ui::AuditState::Empty } else { ui::AuditState::Shown });
                    }
                    Err(_) => global.set_state(ui::AuditState::Error),
                }
            },
        );
    }

    fn row(&self, line: &AuditLine) -> ui::AuditRow {
        let local = self.context.surroundings.local(line.at);
        let small = |value: u32| i32::try_from(value).unwrap_or_default();
        let (rule, general, field) = setting(line);
        ui::AuditRow {
            rule,
            general,
            on: convert::date(local.date()),
            hour: small(local.hour()),
            minute: small(local.minute()),
            who: line.employee.as_deref().unwrap_or_default().into(),
            origin: match line.origin.as_str() {
                "desk" => ui::AuditOrigin::Desk,
                "command" => ui::AuditOrigin::Command,
                "collector" => ui::AuditOrigin::Collector,
                "import" => ui::AuditOrigin::Import,
                _ => ui::AuditOrigin::Register,
            },
            noun: noun(&line.noun),
            known_as: line.known_as.as_str().into(),
            action: action(&line.action),
            field: field.into(),
            before: line.before.as_deref().unwrap_or_default().into(),
            after: line.after.as_deref().unwrap_or_default().into(),
        }
    }
}

const NOUNS: [(&str, ui::AuditNoun); 8] = [
    ("task", ui::AuditNoun::Task),
    ("customer", ui::AuditNoun::Customer),
    ("vehicle", ui::AuditNoun::Vehicle),
    ("setting", ui::AuditNoun::Setting),
    ("employee", ui::AuditNoun::Employee),
    ("template", ui::AuditNoun::Template),
    ("ownership", ui::AuditNoun::Ownership),
    ("message", ui::AuditNoun::Message),
];

fn noun(name: &str) -> ui::AuditNoun {
    NOUNS.iter().find(|(one, _)| *one == name).map_or(ui::AuditNoun::Other, |(_, noun)| *noun)
}

fn name(noun: ui::AuditNoun) -> Option<&'static str> {
    NOUNS.iter().find(|(_, one)| *one == noun).map(|(name, _)| *name)
}

fn action(word: &str) -> ui::AuditAction {
    match word {
        "made" => ui::AuditAction::Made,
        "changed" => ui::AuditAction::Changed,
        "removed" | "deleted" => ui::AuditAction::Removed,
        "withdrawn" => ui::AuditAction::Withdrawn,
        "returned" => ui::AuditAction::Returned,
        "released" => ui::AuditAction::Released,
        "undone" => ui::AuditAction::Undone,
        "erased" => ui::AuditAction::Erased,
        "noted" | "consent" => ui::AuditAction::Noted,
        "queued" => ui::AuditAction::Queued,
        "signed in" => ui::AuditAction::SignedIn,
        "signed out" => ui::AuditAction::SignedOut,
        "locked" => ui::AuditAction::Locked,
        "wrong pin" => ui::AuditAction::WrongPin,
        _ => ui::AuditAction::Other,
    }
}

/// Of a setting's key: the place of its rule, or of the general number, and what is left of it.
fn setting(line: &AuditLine) -> (i32, i32, &str) {
    let field = line.field.as_deref().unwrap_or_default();
    if line.noun == "setting" {
        if let Some((rule, rest)) = field.strip_prefix("rules.").and_then(|key| key.split_once('.')) {
            let rule = rule.parse().ok().map_or(-1, |rule| convert::key(&RuleKey::ALL, &rule));
            return (rule, -1, rest);
        }
        if let Some(name) = field.strip_prefix("general.") {
            let place =
                GENERAL.iter().position(|(one, _)| *one == name).and_then(|at| i32::try_from(at).ok());
            return (-1, place.unwrap_or(-1), if place.is_some() { "value" } else { name });
        }
    }
    (-1, -1, field)
}
