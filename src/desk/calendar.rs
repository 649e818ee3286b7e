//! The calendar that opens over a page: which days stand where, and what 'in two weeks' is.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;

use balie_ui as ui;
use chrono::{Datelike, Days, Months, NaiveDate};
use slint::{ComponentHandle, ModelRc, VecModel, Weak};

use super::{Surroundings, convert, slint};

/// Weeks that are shown: the most that a month touches.
const WEEKS: u64 = 6;

/// The adapter of the calendar.
pub struct CalendarSheet {
    window: Weak<ui::AppWindow>,
    surroundings: Arc<dyn Surroundings>,
    /// A day of the month that is shown.
    month: Cell<NaiveDate>,
    chosen: Cell<Option<NaiveDate>>,
    days: Rc<VecModel<ui::DayCell>>,
    /// What else must give way when the calendar opens.
    opening: Box<dyn Fn()>,
}

impl CalendarSheet {
    /// The calendar of a window; `opening` is called when it opens.
    pub fn connect(
        window: &ui::AppWindow,
        surroundings: Arc<dyn Surroundings>,
        opening: impl Fn() + 'static,
    ) -> Rc<Self> {
        let calendar = Rc::new(Self {
            window: window.as_weak(),
            month: Cell::new(surroundings.today()),
            surroundings,
            chosen: Cell::new(None),
            days: Rc::new(VecModel::default()),
            opening: Box::new(opening),
        });
        let global = window.global::<ui::Calendar>();
        global.set_days(ModelRc::from(Rc::clone(&calendar.days)));
        let this = Rc::downgrade(&calendar);
        global.on_ask(move |title, date, quick| {
            this.upgrade().map_or(-1, |this| this.ask(title, &date, quick))
        });
        let this = Rc::downgrade(&calendar);
        global.on_turn(move |months| {
            if let Some(this) = this.upgrade() {
                this.turn(months);
            }
        });
        let this = Rc::downgrade(&calendar);
        global.on_choose(move |date| {
            if let Some((this, date)) = this.upgrade().zip(convert::from_date(&date)) {
                this.answer(date);
            }
        });
        let this = Rc::downgrade(&calendar);
        global.on_choose_in(move |days, months| {
            let Some(this) = this.upgrade() else { return };
            if let Some(date) = after(this.surroundings.today(), days, months) {
                this.answer(date);
            }
        });
        let this = Rc::downgrade(&calendar);
        global.on_close(move || {
            if let Some(this) = this.upgrade() {
                this.close();
            }
        });
        calendar
    }

    /// Takes the calendar away; nothing is chosen.
    pub fn close(&self) {
        if let Some(window) = self.window.upgrade() {
            window.global::<ui::Calendar>().set_open(false);
        }
    }

    fn ask(&self, title: slint::SharedString, date: &ui::Date, quick: bool) -> i32 {
        let Some(window) = self.window.upgrade() else { return -1 };
        (self.opening)();
        let global = window.global::<ui::Calendar>();
        let question = global.get_asked().wrapping_add(1);
        self.chosen.set(convert::from_date(date));
        self.month.set(self.chosen.get().unwrap_or_else(|| self.surroundings.today()));
        self.fill(&global);
        global.set_title(title);
        global.set_quick(quick);
        global.set_asked(question);
        global.set_open(true);
        question
    }

    fn turn(&self, months: i32) {
        let Some(window) = self.window.upgrade() else { return };
        if let Some(month) = after(self.month.get(), 0, months) {
            self.month.set(month);
            self.fill(&window.global::<ui::Calendar>());
        }
    }

    fn fill(&self, global: &ui::Calendar<'_>) {
        let month = self.month.get();
        let shown = convert::date(month);
        global.set_year(shown.year);
        global.set_month(shown.month);
        self.days.set_vec(days(month, self.surroundings.today(), self.chosen.get()));
    }

    fn answer(&self, date: NaiveDate) {
        let Some(window) = self.window.upgrade() else { return };
        let global = window.global::<ui::Calendar>();
        global.set_answer(convert::date(date));
        global.set_answered(global.get_asked());
        global.set_open(false);
    }
}

/// So many days and months later, or earlier; the 31st becomes the last day of a shorter month.
fn after(date: NaiveDate, days: i32, months: i32) -> Option<NaiveDate> {
    let moved = match months {
        0.. => date.checked_add_months(Months::new(months.unsigned_abs())),
        _ => date.checked_sub_months(Months::new(months.unsigned_abs())),
    }?;
    let moved = match days {
        0.. => moved.checked_add_days(Days::new(u64::from(days.unsigned_abs()))),
        _ => moved.checked_sub_days(Days::new(u64::from(days.unsigned_abs()))),
    }?;
    // What the pages can show, and no car is older.
    (1900..=2199).contains(&moved.year()).then_some(moved)
}

/// Six weeks from the Monday on or before the first of the month.
fn days(month: NaiveDate, today: NaiveDate, chosen: Option<NaiveDate>) -> Vec<ui::DayCell> {
    let first = month.with_day(1).unwrap_or(month);
    let before = u64::from(first.weekday().num_days_from_monday());
    let monday = first.checked_sub_days(Days::new(before)).unwrap_or(first);
    monday
        .iter_days()
        .take(usize::try_from(WEEKS * 7).unwrap_or_default())
        .map(|day| ui::DayCell {
            date: convert::date(day),
            outside: day.month() != month.month(),
            today: day == today,
            chosen: Some(day) == chosen,
            enabled: true,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]

    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn weeks_begin_on_monday_and_hold_the_whole_month() {
        // May 2015 begins on a Friday.
        let cells = days(date("2015-05-20"), date("2015-05-01"), Some(date("2015-05-29")));
        assert_eq!(cells.len(), 42);
        assert_eq!(cells[0].date, convert::date(date("2015-04-27")));
        assert!(cells[0].outside && !cells[4].outside);
        assert_eq!((cells[4].date.day, cells[4].today), (1, true));
        assert_eq!(cells.iter().filter(|cell| cell.chosen).count(), 1);
        assert_eq!(cells.iter().filter(|cell| !cell.outside).count(), 31);
        // A month that begins on a Monday begins in the first place.
        let cells = days(date("2015-06-30"), date("2015-05-01"), None);
        assert_eq!((cells[0].date.month, cells[0].date.day), (6, 1));
    }

    #[test]
    fn a_month_later_is_the_same_day_or_the_last() {
        assert_eq!(after(date("2015-01-31"), 0, 1), Some(date("2015-02-28")));
        assert_eq!(after(date("2015-11-30"), 0, 3), Some(date("2016-02-29")));
        assert_eq!(after(date("2015-05-01"), 14, 0), Some(date("2015-05-15")));
        assert_eq!(after(date("2015-01-15"), 0, -1), Some(date("2014-12-15")));
        assert_eq!(after(date("2199-12-31"), 1, 0), None);
    }
}
