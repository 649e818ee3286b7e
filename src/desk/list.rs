//! The list's rows, lazily: a hundred thousand tasks, of which a few pages are in memory.
//!
//! A row that is not there yet is a placeholder, and its page is asked for. The model never holds on
//! to positions: a row carries its task's id.

use std::cell::RefCell;

use balie_ui::TaskRow;
use slint::{Model, ModelNotify, ModelTracker};

use super::slint;
use super::wire::PAGE;

/// Pages kept; a screen shows at most two at a time.
const KEPT: usize = 6;

/// The rows of the list.
pub struct TaskModel {
    state: RefCell<State>,
    notify: ModelNotify,
    ask: Box<dyn Fn(usize)>,
}

#[derive(Default)]
struct State {
    count: usize,
    /// Pages with their rows, the one used last at the end.
    pages: Vec<(usize, Vec<TaskRow>)>,
    /// Pages that are on their way.
    asked: Vec<usize>,
}

impl TaskModel {
    /// An empty list; `ask` is called with the number of a page that is wanted.
    pub fn new(ask: impl Fn(usize) + 'static) -> Self {
        Self { state: RefCell::default(), notify: ModelNotify::default(), ask: Box::new(ask) }
    }

    /// Replaces everything. Rows stay in place on the screen where they can, so that a finger that
    /// is down stays on its row (which knows which task it was put on). `true`: some task in memory
    /// has another place now.
    pub fn replace(&self, count: usize, pages: Vec<(usize, Vec<TaskRow>)>) -> bool {
        let (before, moved) = {
            let mut state = self.state.borrow_mut();
            let old = std::mem::replace(&mut state.pages, pages);
            let ids = |rows: &[TaskRow]| rows.iter().map(|row| row.id).collect::<Vec<_>>();
            let moved = old.iter().any(|(page, rows)| {
                state.pages.iter().any(|(other, now)| other == page && ids(now) != ids(rows))
            });
            state.asked.clear();
            (std::mem::replace(&mut state.count, count), moved)
        };
        self.told_count(before, count);
        let changed: Vec<usize> = self.state.borrow().pages.iter().map(|(page, _)| *page).collect();
        for page in changed {
            self.told_page(page);
        }
        moved
    }

    /// The rows have been counted.
    pub fn set_count(&self, count: usize) {
        let before = std::mem::replace(&mut self.state.borrow_mut().count, count);
        self.told_count(before, count);
    }

    /// A page that was asked for.
    pub fn fill(&self, page: usize, rows: Vec<TaskRow>) {
        {
            let mut state = self.state.borrow_mut();
            state.asked.retain(|asked| *asked != page);
            state.pages.retain(|(known, _)| *known != page);
            state.pages.push((page, rows));
            let over = state.pages.len().saturating_sub(KEPT);
            state.pages.drain(..over);
        }
        self.told_page(page);
    }

    /// The pages that were looked at last: those on the screen.
    pub fn in_sight(&self) -> Vec<usize> {
        let state = self.state.borrow();
        state.pages.iter().rev().take(2).map(|(page, _)| *page).collect()
    }

    /// The place of a task, if it is in memory.
    pub fn place_of(&self, id: i32) -> Option<usize> {
        self.state.borrow().pages.iter().find_map(|(page, rows)| {
            let within = rows.iter().position(|row| row.id == id)?;
            Some(page * PAGE + within)
        })
    }

    fn told_count(&self, before: usize, after: usize) {
        if after > before {
            self.notify.row_added(before, after - before);
        } else if after < before {
            self.notify.row_removed(after, before - after);
        }
    }

    fn told_page(&self, page: usize) {
        let last = self.state.borrow().count.min((page + 1) * PAGE);
        for row in page * PAGE..last {
            self.notify.row_changed(row);
        }
    }
}

impl Model for TaskModel {
    type Data = TaskRow;

    fn row_count(&self) -> usize {
        self.state.borrow().count
    }

    fn row_data(&self, row: usize) -> Option<TaskRow> {
        let page = row / PAGE;
        let mut state = self.state.borrow_mut();
        if row >= state.count {
            return None;
        }
        let found = state.pages.iter().position(|(known, _)| *known == page);
        if let Some(at) = found {
            // Used last, so kept longest.
            if at + 1 < state.pages.len() {
                let used = state.pages.remove(at);
                state.pages.push(used);
            }
            return Some(
                state.pages.last().and_then(|(_, rows)| rows.get(row % PAGE)).cloned().unwrap_or_default(),
            );
        }
        let unknown = !state.asked.contains(&page);
        if unknown {
            state.asked.push(page);
        }
        drop(state);
        if unknown {
            (self.ask)(page);
        }
        Some(TaskRow::default())
    }

    fn model_tracker(&self) -> &dyn ModelTracker {
        &self.notify
    }
}
