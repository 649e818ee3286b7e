//! The settings of the shop (figure 2.2): a step of a stepper shows at once what the coming weeks would
//! bring (NEW-02) and is saved a moment after the last one, with its line of history.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::{Rc, Weak};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use balie_ui as ui;
use slint::{ComponentHandle, Model, ModelRc, Timer, TimerMode, VecModel};

use super::audit::AuditTab;
use super::context::{Context, Page, Turn};
use super::pad::Pad;
use super::staff::StaffTab;
use super::{convert, slint};
use crate::domain::employee::Employee;
use crate::domain::ids::EmployeeId;
use crate::domain::rule::{LegalClass, RuleKey};
use crate::domain::settings::{Numbers, Settings};
use crate::store::preview::{Outlook, Preview};

/// So long after the last step a change is saved.
const SETTLED: Duration = Duration::from_millis(700);

/// The parts, by the number under which the desk turns to them.
const PARTS: [ui::Part; 5] =
    [ui::Part::Index, ui::Part::Rules, ui::Part::General, ui::Part::Staff, ui::Part::Audit];

/// The general numbers that have words on the page, in its order.
pub(super) const GENERAL: [(&str, ui::GeneralKind); 11] = [
    ("weekly_capacity", ui::GeneralKind::WeeklyCapacity),
    ("recently_seen_months", ui::GeneralKind::RecentlySeen),
    ("look_ahead_days", ui::GeneralKind::LookAhead),
    ("look_back_days", ui::GeneralKind::LookBack),
    ("come_back_days", ui::GeneralKind::ComeBack),
    ("overdue_after_days", ui::GeneralKind::OverdueAfter),
    ("silence_minutes", ui::GeneralKind::Silence),
    ("lock_after_minutes", ui::GeneralKind::LockAfter),
    ("slot_minutes", ui::GeneralKind::Slot),
    ("collect_every_hours", ui::GeneralKind::CollectEvery),
    ("registration_check_every_days", ui::GeneralKind::RegistrationCheck),
];

#[derive(Default)]
struct State {
    /// As they stand on the screen: saved, or about to be.
    settings: Settings,
    employees: Vec<(EmployeeId, Employee)>,
    chosen: usize,
    /// Changes that are not saved yet.
    unsaved: BTreeMap<String, String>,
    preview: Option<Preview>,
}

/// The page's adapter.
pub struct SettingsPage {
    this: Weak<Self>,
    context: Rc<Context>,
    state: RefCell<State>,
    rules: Rc<VecModel<ui::RuleLine>>,
    general: Rc<VecModel<ui::GeneralLine>>,
    weeks: Rc<VecModel<ui::WeekBar>>,
    outlook: Arc<Mutex<Outlook>>,
    reading: Turn,
    previewing: Turn,
    /// A save is under way: what comes back from the database is not newer than the screen.
    saving: Cell<u32>,
    save: Timer,
    staff: Rc<StaffTab>,
    audit: Rc<AuditTab>,
}

impl SettingsPage {
    /// The page, with its callbacks connected.
    pub fn connect(window: &ui::AppWindow, context: Rc<Context>, pad: Rc<Pad>) -> Rc<Self> {
        let page = Rc::new_cyclic(|this| Self {
            this: Weak::clone(this),
            staff: StaffTab::connect(window, Rc::clone(&context), pad),
            audit: AuditTab::connect(window, Rc::clone(&context)),
            context,
            state: RefCell::default(),
            rules: Rc::default(),
            general: Rc::default(),
            weeks: Rc::default(),
            outlook: Arc::default(),
            reading: Turn::default(),
            previewing: Turn::default(),
            saving: Cell::new(0),
            save: Timer::default(),
        });
        let global = window.global::<ui::Settings>();
        global.set_rules(ModelRc::from(Rc::clone(&page.rules)));
        global.set_general(ModelRc::from(Rc::clone(&page.general)));
        global.set_weeks(ModelRc::from(Rc::clone(&page.weeks)));
        hear!(global, page, {
            on_open: |page, part| page.context.go(ui::Page::Settings, i64::from(convert::key(&PARTS, &part))),
            on_retry: |page| page.read(),
            on_choose_rule: |page, place| page.choose(place),
            on_tick: |page, place, ticked| page.tick_box(place, ticked),
            on_set_number: |page, place, value| page.set_number(place, value),
            on_set_other: |page, place, value| page.set_other(place, value),
            on_set_assignee: |page, place, id| page.set_assignee(place, id),
            on_set_service: |page, place, service| page.set_service(place, service),
            on_set_general: |page, place, value| page.set_general(place, value),
        });
        page
    }

    /// The gate was shut: what is half changed is saved, and the pad is the gate's.
    pub fn gate_shut(&self) {
        self.store_now();
        self.staff.pad_taken();
    }

    fn part(&self) -> ui::Part {
        self.context.window().map_or(ui::Part::Index, |window| window.global::<ui::Settings>().get_part())
    }

    /// Reads settings and employees; what is not saved yet stays on the screen.
    fn read(&self) {
        if !self.context.is_manager() {
            return;
        }
        let newest = self.reading.next();
        let this = Weak::clone(&self.this);
        self.context.read(
            "setting.read",
            |store, _| Ok((store.settings()?, store.employees()?)),
            move |found| {
                let Some(page) = this.upgrade().filter(|_| newest()) else { return };
                let Some(window) = page.context.window() else { return };
                let global = window.global::<ui::Settings>();
                match found {
                    Ok((settings, employees)) if page.saving.get() == 0 => {
                        page.took(settings, employees);
                        global.set_state(ui::SettingsState::Shown);
                        page.preview();
                    }
                    // The answer to a save follows, and reads again.
                    Ok(_) => {}
                    Err(_) => global.set_state(ui::SettingsState::Error),
                }
            },
        );
    }

    fn took(&self, settings: Settings, employees: Vec<(EmployeeId, Employee)>) {
        {
            let mut state = self.state.borrow_mut();
            let mut shown = settings;
            for (key, value) in &state.unsaved {
                // Each was checked when it was made.
                let _ = shown.set(key, value);
            }
            state.settings = shown;
            state.employees = employees;
        }
        self.show();
    }

    /// Puts the settings on the screen; a row that stays the same is not painted again.
    fn show(&self) {
        let Some(window) = self.context.window() else { return };
        let state = self.state.borrow();
        let lines: Vec<_> = RuleKey::ALL.iter().map(|rule| rule_line(&state, *rule)).collect();
        convert::put(&self.rules, lines);
        let listed: BTreeMap<_, _> = state.settings.list().into_iter().collect();
        let general = GENERAL.iter().filter_map(|(name, kind)| {
            let key = format!("general.{name}");
            let (least, most) = state.settings.bounds(&key)?;
            let value = listed.get(&key)?.as_i64()?;
            Some(ui::GeneralLine {
                kind: *kind,
                value: convert::number(value),
                least: convert::number(least.into()),
                most: convert::number(most.into()),
            })
        });
        convert::put(&self.general, general);
        let mut people = vec![ui::AssigneeEntry { id: 0, name: Default::default() }];
        people.extend(state.employees.iter().filter(|(_, one)| one.active).map(|(id, one)| {
            ui::AssigneeEntry {
                id: convert::number(id.0),
                name: one.name.as_deref().unwrap_or(&one.code).into(),
            }
        }));
        let global = window.global::<ui::Settings>();
        global.set_assignees(ModelRc::from(Rc::new(VecModel::from(people))));
        global.set_chosen(i32::try_from(state.chosen).unwrap_or_default());
    }

    fn choose(&self, place: i32) {
        let Ok(place) = usize::try_from(place) else { return };
        self.state.borrow_mut().chosen = place.min(RuleKey::ALL.len() - 1);
        self.show();
        self.show_weeks();
    }

    /// A change at the screen: shown and foretold at once, saved when the finger rests.
    fn change(&self, key: &str, value: String) {
        {
            let mut state = self.state.borrow_mut();
            if state.settings.set(key, &value).is_err() {
                return;
            }
            state.unsaved.insert(key.to_owned(), value);
        }
        self.show();
        self.preview();
        let this = Weak::clone(&self.this);
        self.save.start(TimerMode::SingleShot, SETTLED, move || {
            if let Some(page) = this.upgrade() {
                page.store_now();
            }
        });
    }

    fn change_rule(&self, place: i32, field: &str, value: String) {
        let rule = usize::try_from(place).ok().and_then(|place| RuleKey::ALL.get(place)).copied();
        if let Some(rule) = rule {
            self.state.borrow_mut().chosen = rule.index();
            self.change(&format!("rules.{rule}.{field}"), value);
        }
    }

    fn numbers(&self, place: i32) -> Option<Numbers> {
        let rule = usize::try_from(place).ok().and_then(|place| RuleKey::ALL.get(place))?;
        Some(self.state.borrow().settings.rule(*rule).numbers)
    }

    fn tick_box(&self, place: i32, ticked: bool) {
        self.change_rule(place, "enabled", ticked.to_string());
    }

    /// A number that leaves 0 ticks its box: whoever gives a number wants the task.
    fn set_field(&self, place: i32, field: &str, value: i32) {
        let had = self.rule_has_number(place);
        self.change_rule(place, field, value.to_string());
        if !had && self.rule_has_number(place) {
            self.tick_box(place, true);
        }
    }

    fn rule_has_number(&self, place: i32) -> bool {
        let rule = usize::try_from(place).ok().and_then(|place| RuleKey::ALL.get(place));
        rule.is_some_and(|rule| self.state.borrow().settings.rule(*rule).has_number())
    }

    fn set_number(&self, place: i32, value: i32) {
        let field = match self.numbers(place) {
            Some(Numbers::Days(_)) => "days",
            Some(Numbers::Months(_)) => "months",
            Some(Numbers::Amount(_)) => "amount",
            Some(Numbers::Halves { .. }) => "days_after",
            _ => return,
        };
        self.set_field(place, field, value);
    }

    fn set_other(&self, place: i32, value: i32) {
        self.set_field(place, "days_before", value);
    }

    fn set_assignee(&self, place: i32, id: i32) {
        let id = EmployeeId(i64::from(id));
        let code = {
            let state = self.state.borrow();
            let found = state.employees.iter().find(|(other, _)| *other == id);
            found.map_or_else(|| "none".to_owned(), |(_, one)| one.code.clone())
        };
        self.change_rule(place, "assignee", code);
    }

    fn set_service(&self, place: i32, service: bool) {
        let class = if service { LegalClass::Service } else { LegalClass::Commercial };
        self.change_rule(place, "legal_class", class.as_str().to_owned());
    }

    fn set_general(&self, place: i32, value: i32) {
        let name = usize::try_from(place).ok().and_then(|place| GENERAL.get(place));
        if let Some((name, _)) = name {
            self.change(&format!("general.{name}"), value.to_string());
        }
    }

    /// What the coming weeks would bring with what stands on the screen.
    fn preview(&self) {
        let settings = self.state.borrow().settings.clone();
        let (outlook, newest) = (Arc::clone(&self.outlook), self.previewing.next());
        let this = Weak::clone(&self.this);
        self.context.read(
            "setting.preview",
            move |store, moment| {
                let mut outlook = outlook.lock().unwrap_or_else(PoisonError::into_inner);
                store.preview(&mut outlook, &settings, moment.today)
            },
            move |preview| {
                if let Some(page) = this.upgrade().filter(|_| newest()) {
                    page.state.borrow_mut().preview = preview.ok();
                    page.show_weeks();
                }
            },
        );
    }

    fn show_weeks(&self) {
        let Some(window) = self.context.window() else { return };
        let global = window.global::<ui::Settings>();
        let state = self.state.borrow();
        let Some(preview) = &state.preview else {
            // Unknown is never shown as 0.
            global.set_weeks_known(false);
            return;
        };
        let chosen = RuleKey::ALL.get(state.chosen).map(|rule| preview.rule(*rule)).unwrap_or_default();
        let bars = preview.mondays.iter().zip(preview.total()).zip(chosen).map(|((monday, total), mine)| {
            ui::WeekBar {
                monday: convert::date(*monday),
                total: convert::number(total.into()),
                mine: convert::number(mine.into()),
            }
        });
        let bars: Vec<_> = bars.collect();
        let capacity = preview.capacity.unwrap_or_default();
        let most = bars.iter().map(|bar| bar.total).max().unwrap_or_default();
        global.set_capacity(convert::number(capacity.into()));
        global.set_most(most.max(convert::number(capacity.into())).max(1));
        global.set_waiting(convert::number(preview.waiting.into()));
        global.set_weeks_known(true);
        convert::put(&self.weeks, bars);
    }

    /// Saves what has changed, without waiting for the finger to rest.
    fn store_now(&self) {
        self.save.stop();
        let unsaved = std::mem::take(&mut self.state.borrow_mut().unsaved);
        if unsaved.is_empty() {
            return;
        }
        self.saving.set(self.saving.get() + 1);
        let this = Weak::clone(&self.this);
        self.context.save(
            "setting.save",
            move |store, moment| {
                for (key, value) in &unsaved {
                    store.set_setting(key, value, moment.actor)?;
                }
                Ok(())
            },
            move |saved| {
                let Some(page) = this.upgrade() else { return };
                page.saving.set(page.saving.get().saturating_sub(1));
                let word = if saved.is_ok() { ui::Toast::Saved } else { ui::Toast::NotSaved };
                page.context.confirm(word, None);
                // What stands in the database now, also when not all of it could be saved.
                page.read();
            },
        );
    }
}

fn rule_line(state: &State, rule: RuleKey) -> ui::RuleLine {
    let set = state.settings.rule(rule);
    let (kind, number, other) = match set.numbers {
        Numbers::None => (ui::NumberKind::None, 0, 0),
        Numbers::Days(days) => (ui::NumberKind::Days, days, 0),
        Numbers::Months(months) => (ui::NumberKind::Months, months, 0),
        Numbers::Amount(amount) => (ui::NumberKind::Amount, amount, 0),
        Numbers::Halves { after, before } => (ui::NumberKind::Halves, after, before),
    };
    let found =
        set.assignee.as_ref().and_then(|code| state.employees.iter().find(|(_, one)| one.code == *code));
    let (assignee, name) =
        found.map_or((0, ""), |(id, one)| (convert::number(id.0), one.name.as_deref().unwrap_or(&one.code)));
    ui::RuleLine {
        rule: convert::rule(rule),
        ticked: set.enabled,
        numbers: kind,
        number: convert::number(number.into()),
        other: convert::number(other.into()),
        assignee,
        assignee_name: name.into(),
        service: set.legal_class == LegalClass::Service,
    }
}

impl Page for SettingsPage {
    fn open(&self, id: i64) {
        let Some(window) = self.context.window() else { return };
        self.outlook.lock().unwrap_or_else(PoisonError::into_inner).clear();
        let part = i32::try_from(id).ok().and_then(|id| convert::with_key(&PARTS, id));
        let part = part.unwrap_or(ui::Part::Index);
        window.global::<ui::Settings>().set_part(part);
        match part {
            ui::Part::Index => {}
            ui::Part::Staff => self.staff.open(),
            ui::Part::Audit => self.audit.open(),
            ui::Part::Rules | ui::Part::General => self.read(),
        }
    }

    fn refresh(&self) {
        self.outlook.lock().unwrap_or_else(PoisonError::into_inner).clear();
        match self.part() {
            ui::Part::Index => {}
            ui::Part::Staff => self.staff.refresh(),
            ui::Part::Audit => self.audit.refresh(),
            ui::Part::Rules | ui::Part::General => self.read(),
        }
    }

    fn close(&self) {
        self.store_now();
        self.staff.close();
    }
}

/// Pictures of the page, by the desk's own doors.
pub(super) const PICTURES: &[super::picture::Picture] = &[
    ("settings", |desk| open(desk, ui::Part::Index)),
    ("settings-rules", |desk| open(desk, ui::Part::Rules)),
    ("settings-rule", |desk| {
        open(desk, ui::Part::Rules);
        super::picture::wait(desk);
        desk.window().global::<ui::Settings>().invoke_choose_rule(8);
    }),
    ("settings-general", |desk| open(desk, ui::Part::General)),
    ("settings-employees", |desk| open(desk, ui::Part::Staff)),
    ("settings-employee", |desk| {
        open(desk, ui::Part::Staff);
        super::picture::wait(desk);
        let staff = desk.window().global::<ui::Staff>();
        let first = staff.get_people().row_data(0).map_or(0, |one| one.id);
        staff.invoke_edit(first);
    }),
    ("settings-employee-pin", |desk| {
        open(desk, ui::Part::Staff);
        super::picture::wait(desk);
        let staff = desk.window().global::<ui::Staff>();
        staff.invoke_edit(0);
        staff.invoke_new_pin();
    }),
    ("settings-audit", |desk| {
        open(desk, ui::Part::Audit);
        desk.window().global::<ui::Audit>().invoke_set_days(0);
    }),
    ("settings-reception", |desk| {
        open(desk, ui::Part::Rules);
        super::picture::wait(desk);
        desk.window().global::<ui::Desk>().set_manager(false);
    }),
];

fn open(desk: &Rc<super::app::Desk>, part: ui::Part) {
    desk.context().go(ui::Page::Settings, i64::from(convert::key(&PARTS, &part)));
}
