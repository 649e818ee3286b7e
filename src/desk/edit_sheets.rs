//! What opens over a task that is being followed up, and what is kept at once whatever way out is
//! taken: readings, cost, owners (CSS-13). And the draft that the tasks page offers after a power cut.

use std::rc::Rc;

use balie_ui as ui;
use chrono::Timelike;
use slint::{ComponentHandle, ModelRc, VecModel};

use super::edit::EditPage;
use super::{convert, edit_convert, slint};
use crate::domain::edit::Link;
use crate::domain::ids::{CustomerId, StepId, TaskId, VehicleId};
use crate::domain::search::CustomerQuery;
use crate::rules::odometer::{Reading, Why};
use crate::store::find::FoundRow;
use crate::store::odometer::Taken;
use crate::store::step::Undone;
use crate::store::task_list::TaskRow;

/// Readings that are shown; more than that nobody reads.
const READINGS: usize = 20;

fn model<T: Clone + 'static>(rows: Vec<T>) -> ModelRc<T> {
    ModelRc::from(Rc::new(VecModel::from(rows)))
}

impl EditPage {
    pub(super) fn connect_sheets(self: &Rc<Self>, window: &ui::AppWindow) {
        let edit = window.global::<ui::Edit>();
        hear!(edit, self, {
            on_open_sheet: |page, sheet| page.open_sheet(sheet),
            on_find: |page, text| page.find(text.to_string()),
            on_choose_customer: |page, id| {
                page.close_sheet();
                page.set_customer(Link::To(CustomerId(i64::from(id))));
            },
            on_edit_customer: |page| if let Some(id) = page.customer() {
                page.context.go(ui::Page::Customer, id.0);
            },
            on_appointment: |page| page.book(),
            on_show_vehicle: |page| if let Some(id) = page.vehicle() {
                page.context.go(ui::Page::Vehicle, id.0);
            },
            on_take_reading: |page, sure| page.take_reading(sure),
            on_set_cost: |page| page.set_cost(),
            on_unlink: |page| page.unlink(),
            on_undo_step: |page, step| page.undo_step(StepId(i64::from(step))),
            on_go_on: |page| page.go_on(),
            on_throw_away: |page| page.throw_away(),
        });
    }

    /// An appointment is made on the agenda's page, at once; the edit goes on afterwards.
    fn book(&self) {
        let task = {
            let mut state = self.state.borrow_mut();
            state.booking = state.detail.as_ref().is_some_and(|detail| detail.appointment_on.is_none());
            state.id
        };
        let Some(task) = task else { return };
        self.context.go(ui::Page::Agenda, task.0);
    }

    fn customer(&self) -> Option<CustomerId> {
        self.state.borrow().detail.as_ref().and_then(|detail| detail.row.customer)
    }

    fn vehicle(&self) -> Option<VehicleId> {
        self.state.borrow().detail.as_ref().and_then(|detail| detail.row.vehicle)
    }

    fn with(&self, act: impl FnOnce(&ui::Edit<'_>)) {
        if let Some(window) = self.context.window() {
            act(&window.global::<ui::Edit>());
        }
    }

    fn open_sheet(self: &Rc<Self>, sheet: ui::EditSheet) {
        self.with(|page| {
            page.set_sheet_failed(false);
            page.set_sheet(sheet);
        });
        match sheet {
            ui::EditSheet::Story => self.read_story(),
            ui::EditSheet::Kilometres => {
                self.with(|page| {
                    page.set_km("".into());
                    page.set_km_wrong(false);
                    page.set_cost_wrong(false);
                    page.set_doubt(ui::Doubt::None);
                    let state = self.state.borrow();
                    let cost = state.detail.as_ref().and_then(|detail| detail.vehicle.as_ref()?.cost_per_km);
                    page.set_cost(cost.map(|cost| cost.to_string()).unwrap_or_default().into());
                });
                self.read_readings();
            }
            ui::EditSheet::Customer => {
                self.with(|page| {
                    page.set_search("".into());
                    page.set_hits(model(Vec::new()));
                    page.set_searched(false);
                });
            }
            _ => {}
        }
    }

    fn read_story(self: &Rc<Self>) {
        let Some(id) = self.state.borrow().id else { return };
        let this = Rc::downgrade(self);
        self.context.read(
            "edit.story",
            move |store, _| store.task_story(id),
            move |story| {
                let Some(this) = this.upgrade() else { return };
                let local = |at| this.context.surroundings.local(at);
                this.with(|page| {
                    page.set_sheet_failed(story.is_err());
                    let lines = story.unwrap_or_default();
                    page.set_story(model(
                        lines.iter().rev().map(|line| edit_convert::story(line, local)).collect(),
                    ));
                });
            },
        );
    }

    fn read_readings(self: &Rc<Self>) {
        let Some(vehicle) = self.vehicle() else { return };
        let this = Rc::downgrade(self);
        self.context.read(
            "edit.readings",
            move |store, _| store.readings(vehicle),
            move |readings| {
                let Some(this) = this.upgrade() else { return };
                this.with(|page| {
                    page.set_sheet_failed(readings.is_err());
                    let readings = readings.unwrap_or_default();
                    page.set_readings(model(readings.into_iter().take(READINGS).map(reading).collect()));
                });
            },
        );
    }

    fn find(self: &Rc<Self>, text: String) {
        let newest = self.searches.next();
        if text.trim().is_empty() {
            self.with(|page| {
                page.set_hits(model(Vec::new()));
                page.set_searched(false);
            });
            return;
        }
        let this = Rc::downgrade(self);
        let query = CustomerQuery { text, ..CustomerQuery::default() };
        self.context.read(
            "edit.find",
            move |store, moment| store.find_customers(&query, moment.today),
            move |found| {
                let Some(this) = this.upgrade().filter(|_| newest()) else { return };
                this.with(|page| {
                    page.set_sheet_failed(found.is_err());
                    let rows = found.map(|found| found.rows).unwrap_or_default();
                    page.set_hits(model(rows.iter().filter_map(hit).collect()));
                    page.set_searched(true);
                });
            },
        );
    }

    /// Keeps a reading at once; one that cannot be true only when the receptionist is sure.
    fn take_reading(self: &Rc<Self>, sure: bool) {
        let (Some(vehicle), Some(window)) = (self.vehicle(), self.context.window()) else { return };
        let page = window.global::<ui::Edit>();
        let km = convert::km(&page.get_km());
        page.set_km_wrong(km.is_none());
        let Some(km) = km else { return };
        let this = Rc::downgrade(self);
        self.context.save(
            "edit.reading",
            move |store, moment| {
                store.take_reading(vehicle, Reading { on: moment.today, km }, sure, moment.actor)
            },
            move |taken| {
                let Some(this) = this.upgrade() else { return };
                this.with(|page| {
                    page.set_sheet_failed(taken.is_err());
                    match taken {
                        Ok(Taken::Kept) => {
                            page.set_km("".into());
                            page.set_doubt(ui::Doubt::None);
                        }
                        Ok(Taken::Doubted(doubt)) => {
                            page.set_doubted(reading(doubt.other));
                            page.set_doubt(match doubt.why {
                                Why::Below => ui::Doubt::Below,
                                Why::Above => ui::Doubt::Above,
                                Why::TooFast => ui::Doubt::TooFast,
                            });
                        }
                        Err(_) => {}
                    }
                });
                this.read_readings();
            },
        );
    }

    fn set_cost(self: &Rc<Self>) {
        let (Some(vehicle), Some(window)) = (self.vehicle(), self.context.window()) else { return };
        let page = window.global::<ui::Edit>();
        let cost = convert::cost_per_km(&page.get_cost());
        page.set_cost_wrong(cost.is_err());
        let Ok(cost) = cost else { return };
        let this = Rc::downgrade(self);
        self.context.save(
            "edit.cost",
            move |store, moment| store.set_cost_per_km(vehicle, cost, moment.actor),
            move |saved| {
                let Some(this) = this.upgrade() else { return };
                this.with(|page| page.set_sheet_failed(saved.is_err()));
                if saved.is_ok() {
                    this.context.confirm(ui::Toast::Saved, None);
                }
            },
        );
    }

    /// Unlinks all owners and closes the task, at once.
    fn unlink(self: &Rc<Self>) {
        let (id, words) = {
            let state = self.state.borrow();
            let Some((id, detail)) = state.id.zip(state.detail.as_ref()) else { return };
            (id, detail.row.description.clone())
        };
        let this = Rc::downgrade(self);
        self.context.save(
            "edit.unlink",
            move |store, moment| store.unlink_owners(id, Some(&words), moment.today, moment.actor),
            move |unlinked| {
                let Some(this) = this.upgrade() else { return };
                match unlinked {
                    Ok(step) => {
                        this.forget();
                        this.context.confirm(ui::Toast::Handled, step);
                        this.context.back();
                    }
                    Err(_) => this.with(|page| page.set_save_failed(true)),
                }
            },
        );
    }

    fn undo_step(self: &Rc<Self>, step: StepId) {
        let this = Rc::downgrade(self);
        self.context.undo(step, move |undone| {
            let Some(this) = this.upgrade() else { return };
            if matches!(undone, Some(Undone::Done { .. })) {
                // One's own undoing is no conflict: the edit goes on from here.
                let mut state = this.state.borrow_mut();
                if let Some(base) = &mut state.base {
                    base.version += 1;
                }
            }
            this.read_story();
            this.look(false);
        });
    }

    /// Looks for something that was being worked on when the desk went dark or was left.
    pub fn look_for_draft(self: &Rc<Self>) {
        let me = self.context.session().map(|session| session.employee);
        let this = Rc::downgrade(self);
        self.context.read(
            "draft.look",
            move |store, moment| {
                let mine = |draft: &crate::store::draft::Draft| {
                    draft.employee == me || draft.employee.is_none() || me.is_none()
                };
                for draft in store.drafts()?.into_iter().filter(mine) {
                    let Some(task) = draft.about.strip_prefix("task:").and_then(|id| id.parse().ok()) else {
                        continue;
                    };
                    if let Some(row) = store.task_row(TaskId(task), moment.today, moment.language)? {
                        return Ok(Some((row, draft.saved_at)));
                    }
                }
                Ok(None)
            },
            move |found| {
                let Some(this) = this.upgrade() else { return };
                let local = |at| this.context.surroundings.local(at);
                this.with(|page| match found.ok().flatten() {
                    Some((row, at)) => {
                        page.set_draft(draft_line(&row, local(at)));
                        page.set_draft_there(true);
                    }
                    None => page.set_draft_there(false),
                });
            },
        );
    }

    fn go_on(&self) {
        let mut task = -1;
        self.with(|page| {
            page.set_draft_there(false);
            task = page.get_draft().task;
        });
        self.context.go(ui::Page::Task, i64::from(task));
    }

    fn throw_away(self: &Rc<Self>) {
        let mut task = -1;
        self.with(|page| task = page.get_draft().task);
        if self.state.borrow().id == Some(TaskId(i64::from(task))) {
            self.forget();
        }
        let this = Rc::downgrade(self);
        let about = format!("task:{task}");
        self.context.keep(
            "draft.drop",
            move |store, _| store.drop_draft(&about),
            move |_| {
                if let Some(this) = this.upgrade() {
                    this.look_for_draft();
                }
            },
        );
    }
}

fn reading(reading: Reading) -> ui::Reading {
    ui::Reading { on: convert::date(reading.on), km: convert::number(reading.km) }
}

fn hit(row: &FoundRow) -> Option<ui::CustomerHit> {
    let FoundRow::Customer(row) = row else { return None };
    let plates = row.plates.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let parts = [row.city.clone(), row.phone.clone(), Some(plates)];
    let note = parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ");
    Some(ui::CustomerHit { id: convert::number(row.id.0), name: row.name.as_str().into(), note: note.into() })
}

fn draft_line(row: &TaskRow, at: chrono::NaiveDateTime) -> ui::DraftLine {
    let small = |value: u32| i32::try_from(value).unwrap_or_default();
    ui::DraftLine {
        task: convert::task_id(row.id),
        plate: row.plate.as_ref().map(ToString::to_string).unwrap_or_default().into(),
        rule: convert::rule(row.rule),
        on: convert::date(at.date()),
        hour: small(at.hour()),
        minute: small(at.minute()),
    }
}
