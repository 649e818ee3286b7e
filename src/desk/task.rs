//! The CRM manager: filters, order, selection, and the touch on 'handled'.
//!
//! Every request has a number and only the newest answer counts. Touches carry the task's id, never
//! its place.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::mpsc::Sender;
use std::time::{Duration, Instant};

use balie_ui as ui;
use chrono::NaiveDate;
use slint::{ComponentHandle, ModelRc, VecModel, Weak};

use super::context::Context;
use super::list::TaskModel;
use super::source::{Detail, Employee, Query};
use super::wire::{Counts, Failed, List, PAGE, Request, Want};
use super::{convert, slint};
use crate::domain::ids::TaskId;
use crate::domain::language::Language;
use crate::domain::rule::RuleKey;
use crate::domain::task::{EmployeeFilter, Period, StatusFilter, TaskColumn, TaskFilter, TaskOrder};
use crate::store::history::HistoryLine;
use crate::store::task_list::TaskCube;

/// What came under a finger so shortly ago is not what the finger meant: it was on its way already.
/// (A list, moreover, hands a touch on only after a tenth of a second, when it is sure that the
/// finger does not pan.) So the second of two quick taps finishes nothing.
const CAME: Duration = Duration::from_millis(350);

/// The page's adapter.
pub struct TasksPage {
    window: Weak<ui::AppWindow>,
    requests: Sender<Request>,
    pub(super) context: Rc<Context>,
    model: Rc<TaskModel>,
    /// The number of the list that was asked for last; only its answers count.
    number: Rc<Cell<u64>>,
    pub(super) state: RefCell<State>,
}

#[derive(Default)]
pub(super) struct State {
    pub(super) query: Query,
    /// The list that was asked for last could not be read.
    failed: bool,
    selected: Option<(TaskId, usize)>,
    /// When rows got other places by themselves.
    moved_at: Option<Instant>,
    detail_number: u64,
    /// The task whose facts are shown, and since when.
    shown: Option<(TaskId, Instant)>,
    today: NaiveDate,
    pub(super) cube: Option<TaskCube>,
    pub(super) employees: Vec<Employee>,
    saving: Option<TaskId>,
    /// Scroll to the selected task when the list is there.
    pub(super) reveal: bool,
}

impl TasksPage {
    /// The number of the first list.
    pub const FIRST: u64 = 1;

    /// The page, with its callbacks connected. Its first list has been asked for already, under
    /// [`TasksPage::FIRST`].
    pub fn connect(
        window: &ui::AppWindow,
        requests: Sender<Request>,
        context: Rc<Context>,
        language: Language,
    ) -> Rc<Self> {
        let number = Rc::new(Cell::new(Self::FIRST));
        let (pages, shown) = (requests.clone(), Rc::clone(&number));
        let model = Rc::new(TaskModel::new(move |page| {
            // A worker that is gone has its own words on the screen.
            let _ = pages.send(Request::Page { number: shown.get(), page });
        }));
        let state = State {
            query: Query { language, ..Query::default() },
            today: context.surroundings.today(),
            ..State::default()
        };
        let page = Rc::new(Self {
            window: window.as_weak(),
            requests,
            context,
            model: Rc::clone(&model),
            number,
            state: RefCell::new(state),
        });
        let tasks = window.global::<ui::Tasks>();
        tasks.set_rows(ModelRc::from(model));
        let this = Rc::clone(&page);
        tasks.on_order_by(move |column| this.order_by(convert::task_column(column)));
        let this = Rc::clone(&page);
        tasks.on_select(move |id| this.select(TaskId(i64::from(id))));
        let this = Rc::clone(&page);
        tasks.on_handle(move |id| this.handle(TaskId(i64::from(id))));
        let this = Rc::clone(&page);
        tasks.on_book(move |id| this.context.go(ui::Page::Agenda, i64::from(id)));
        let this = Rc::clone(&page);
        tasks.on_show_pursued(move |on| this.show_pursued(on));
        let this = Rc::clone(&page);
        tasks.on_open_task(move |id| this.context.go(ui::Page::Task, i64::from(id)));
        let this = Rc::clone(&page);
        tasks.on_retry(move || this.retry());
        let this = Rc::clone(&page);
        tasks.on_show_all(move || this.most_urgent());
        page.tell_filters();
        page
    }

    fn ask(&self, request: Request) {
        // A worker that is gone has its own words on the screen.
        let _ = self.requests.send(request);
    }

    /// Asks for the list with the present filters.
    pub fn show(&self, want: Want) {
        let request = {
            let state = self.state.borrow();
            self.number.set(self.number.get() + 1);
            let pages = if want == Want::First { vec![0] } else { self.model.in_sight() };
            Request::Show { number: self.number.get(), query: state.query, pages, want }
        };
        self.ask(request);
    }

    /// All open tasks, the most urgent one first and selected.
    pub fn most_urgent(&self) {
        {
            let mut state = self.state.borrow_mut();
            state.query = Query { language: state.query.language, ..Query::default() };
            state.reveal = true;
        }
        self.tell_filters();
        self.show(Want::First);
    }

    /// Those who were contacted and did not book; or all open tasks (NEW-10).
    fn show_pursued(&self, on: bool) {
        let status = if on { StatusFilter::Pursued } else { StatusFilter::Open };
        {
            let mut state = self.state.borrow_mut();
            let filter = TaskFilter { status, ..TaskFilter::default() };
            state.query = Query { language: state.query.language, filter, ..Query::default() };
            state.reveal = true;
        }
        self.tell_filters();
        self.show(Want::First);
    }

    /// Reads the list again, and stays with the selected task.
    pub fn refresh(&self) {
        let want = match self.state.borrow().selected {
            Some((id, place)) => Want::Keep { id, place },
            None => Want::First,
        };
        self.show(want);
    }

    /// Another language: the descriptions are made anew.
    pub fn speak(&self, language: Language) {
        self.state.borrow_mut().query.language = language;
        self.refresh();
    }

    fn retry(&self) {
        self.ask(Request::Retry);
        self.refresh();
    }

    /// Sorts by a column; touched again, the other way round.
    pub fn order_by(&self, column: TaskColumn) {
        {
            let mut state = self.state.borrow_mut();
            let descending = state.query.order.column == column && !state.query.order.descending;
            state.query.order = TaskOrder { column, descending };
            state.reveal = true;
        }
        self.tell_filters();
        self.show(Want::First);
    }

    fn select(&self, id: TaskId) {
        if self.state.borrow().moved_at.is_some_and(|at| at.elapsed() < CAME) {
            return;
        }
        let Some(place) = self.model.place_of(convert::task_id(id)) else { return };
        self.set_selected(Some((id, place)));
    }

    fn set_selected(&self, selected: Option<(TaskId, usize)>) {
        let number = {
            let mut state = self.state.borrow_mut();
            state.selected = selected;
            state.detail_number += 1;
            state.detail_number
        };
        let Some(window) = self.window.upgrade() else { return };
        let tasks = window.global::<ui::Tasks>();
        match selected {
            Some((id, _)) => {
                tasks.set_selected_id(convert::task_id(id));
                let language = self.state.borrow().query.language;
                self.ask(Request::Detail { number, id, language });
            }
            None => {
                tasks.set_selected_id(-1);
                tasks.set_detail_state(ui::DetailState::None);
            }
        }
    }

    fn handle(&self, id: TaskId) {
        let Some(window) = self.window.upgrade() else { return };
        let language = {
            let mut state = self.state.borrow_mut();
            let just_came = |(shown, since): (TaskId, Instant)| shown == id && since.elapsed() < CAME;
            if state.saving.is_some() || state.shown.is_some_and(just_came) {
                return;
            }
            state.saving = Some(id);
            state.query.language
        };
        let tasks = window.global::<ui::Tasks>();
        tasks.set_saving(true);
        tasks.set_save_failed(false);
        let employee = self.context.session().map(|session| session.employee);
        self.ask(Request::Handle { id, language, employee });
    }

    pub(super) fn tell_filters(&self) {
        let Some(window) = self.window.upgrade() else { return };
        let tasks = window.global::<ui::Tasks>();
        let state = self.state.borrow();
        let Query { filter, order, .. } = state.query;
        tasks.set_period(convert::key(&Period::ALL, &filter.period));
        tasks.set_employee(convert::employee_key(filter.employee));
        let name =
            state.employees.iter().find(|employee| filter.employee == EmployeeFilter::One(employee.id));
        tasks.set_employee_name(name.map(|employee| employee.name.as_str()).unwrap_or_default().into());
        tasks.set_rule(filter.rule.map_or(-1, |rule| convert::key(&RuleKey::ALL, &rule)));
        tasks.set_status(convert::key(&convert::STATUSES, &filter.status));
        tasks.set_order(convert::column(order.column));
        tasks.set_descending(order.descending);
        let shown = state.cube.as_ref().map(|cube| convert::number(i64::from(cube.count(&filter))));
        tasks.set_shown(shown.unwrap_or(-1));
        let pursued = TaskFilter { status: StatusFilter::Pursued, ..TaskFilter::default() };
        let pursued = state.cube.as_ref().map(|cube| convert::number(i64::from(cube.count(&pursued))));
        tasks.set_pursued(pursued.unwrap_or(-1));
    }

    /// The list has come.
    pub fn listed(&self, list: List) {
        let Some(window) = self.window.upgrade() else { return };
        let tasks = window.global::<ui::Tasks>();
        let (filter, reveal, before) = {
            let mut state = self.state.borrow_mut();
            if list.number != self.number.get() {
                return;
            }
            state.failed = false;
            state.today = list.today;
            (state.query.filter, std::mem::take(&mut state.reveal), state.selected)
        };
        let read = list.pages.iter().map(|(page, rows)| page * PAGE + rows.len()).max();
        let count = list.count.unwrap_or_else(|| read.unwrap_or_default());
        let pages = list
            .pages
            .iter()
            .map(|(page, rows)| (*page, rows.iter().map(|row| convert::row(row, list.today)).collect()));
        if self.model.replace(count, pages.collect()) {
            self.state.borrow_mut().moved_at = Some(Instant::now());
        }
        let everything = TaskFilter { status: StatusFilter::Open, ..TaskFilter::default() };
        tasks.set_state(match (count, filter == everything) {
            (0, true) => ui::ListState::NothingDue,
            (0, false) => ui::ListState::NoMatch,
            _ => ui::ListState::Filled,
        });
        if before.map(|(id, _)| id) != list.selected.map(|(id, _)| id) {
            tasks.set_save_failed(false);
        }
        self.set_selected(list.selected);
        if let Some((_, place)) = list.selected.filter(|_| reveal) {
            tasks.set_reveal_row(i32::try_from(place).unwrap_or_default());
            tasks.set_reveal_turn(tasks.get_reveal_turn().wrapping_add(1));
        }
    }

    /// One more page has come.
    pub fn paged(&self, number: u64, page: usize, rows: &[crate::store::task_list::TaskRow]) {
        let today = self.state.borrow().today;
        if number == self.number.get() {
            self.model.fill(page, rows.iter().map(|row| convert::row(row, today)).collect());
        }
    }

    /// The counts have come; the list is read again when it has changed or could not be read.
    pub fn counted(&self, counts: &Counts) {
        let again = {
            let mut state = self.state.borrow_mut();
            state.cube = Some(counts.cube.clone());
            state.employees.clone_from(&counts.employees);
            counts.changed || state.failed
        };
        self.tell_filters();
        if again {
            self.refresh();
            return;
        }
        let Some(window) = self.window.upgrade() else { return };
        if window.global::<ui::Tasks>().get_state() == ui::ListState::Filled {
            let state = self.state.borrow();
            let count = counts.cube.count(&state.query.filter) as usize;
            drop(state);
            self.model.set_count(count);
        }
    }

    /// The selected task's facts have come.
    pub fn detailed(&self, number: u64, detail: Option<&Detail>) {
        let Some(window) = self.window.upgrade() else { return };
        let today = {
            let mut state = self.state.borrow_mut();
            if number != state.detail_number {
                return;
            }
            let id = detail.map(|detail| detail.task.row.id);
            if state.shown.map(|(shown, _)| shown) != id {
                state.shown = id.map(|id| (id, Instant::now()));
            }
            state.today
        };
        let tasks = window.global::<ui::Tasks>();
        let Some(detail) = detail else {
            tasks.set_detail_state(ui::DetailState::Error);
            return;
        };
        tasks.set_detail(convert::detail(&detail.task, today));
        let local = |at| self.context.surroundings.local(at);
        // The fields of one change are one line here; the task's own page has them all.
        let own = |line: &&HistoryLine| line.action != "frozen" && line.field.as_deref() != Some("touched");
        let mut lines: Vec<ui::HistoryLine> =
            detail.history.iter().filter(own).map(|line| convert::history(line, local)).collect();
        lines.dedup();
        tasks.set_history(ModelRc::from(Rc::new(VecModel::from(lines))));
        tasks.set_detail_state(ui::DetailState::Shown);
    }

    /// A task is finished, safely on disk; the list follows with the next counts.
    pub fn handled(&self, id: TaskId) {
        let mut state = self.state.borrow_mut();
        if state.saving == Some(id) {
            state.saving = None;
        }
        drop(state);
        if let Some(window) = self.window.upgrade() {
            window.global::<ui::Tasks>().set_saving(false);
        }
    }

    /// Something could not be done. `true`: what is on the screen can no longer be believed.
    pub fn failed(&self, what: Failed) -> bool {
        let Some(window) = self.window.upgrade() else { return false };
        let tasks = window.global::<ui::Tasks>();
        match what {
            Failed::List(number) if number != self.number.get() => false,
            Failed::List(_) => {
                let mut state = self.state.borrow_mut();
                state.failed = true;
                // What was read before stays, under a banner; what was never read is no empty list.
                if tasks.get_state() != ui::ListState::Filled {
                    tasks.set_state(ui::ListState::Error);
                }
                true
            }
            Failed::Counts => {
                let mut state = self.state.borrow_mut();
                state.cube = None;
                state.failed = true;
                drop(state);
                self.tell_filters();
                if tasks.get_state() != ui::ListState::Filled {
                    tasks.set_state(ui::ListState::Error);
                }
                true
            }
            // Nothing on this page hangs on it.
            Failed::Collect | Failed::Job { .. } => false,
            Failed::Detail(number) => {
                if number == self.state.borrow().detail_number {
                    tasks.set_detail_state(ui::DetailState::Error);
                }
                false
            }
            Failed::Handle(id) => {
                self.handled(id);
                tasks.set_save_failed(true);
                false
            }
        }
    }
}
