//! What a test knows by itself of the tasks it followed up, and the figures of a report worked out from
//! that one by one.

use std::collections::{BTreeMap, HashMap};

use balie::domain::edit::Outcome;
use balie::domain::ids::{EmployeeId, TaskId, VehicleId};
use balie::domain::report::{Figures, Report};
use balie::domain::rule::RuleKey;
use balie::domain::task::{Period, StatusFilter, TaskState};
use balie::store::task_list::TaskRow;
use chrono::{NaiveDate, TimeDelta};

use crate::shop::Shop;

#[derive(Clone, Copy, PartialEq)]
pub enum Did {
    Handled,
    Called(Outcome),
    Sent,
    Booked,
}

/// Something that was done about a task, in the order of the ledger.
pub struct Entry {
    pub task: TaskId,
    pub on: NaiveDate,
    pub who: Option<EmployeeId>,
    pub did: Did,
    pub undone: bool,
}

pub struct Appointment {
    pub task: Option<TaskId>,
    pub vehicle: VehicleId,
    pub starts_on: NaiveDate,
    pub known_on: NaiveDate,
    pub cancelled: bool,
}

/// What the test itself knows of the shop.
#[derive(Default)]
pub struct Ledger {
    pub made: BTreeMap<TaskId, NaiveDate>,
    pub entries: Vec<Entry>,
    pub appointments: Vec<Appointment>,
    pub visits: Vec<(VehicleId, NaiveDate)>,
    pub invoices: Vec<(VehicleId, NaiveDate, i64)>,
    pub accepted: Vec<(VehicleId, NaiveDate)>,
}

/// A task's entries in the period, or behind it.
struct Contact<'a> {
    row: &'a TaskRow,
    first: usize,
    first_on: NaiveDate,
    last: usize,
    handled: bool,
}

impl Ledger {
    fn contacts<'a>(
        &self,
        rows: &'a HashMap<TaskId, TaskRow>,
        from: NaiveDate,
        until: NaiveDate,
    ) -> Vec<Contact<'a>> {
        let mut found: BTreeMap<TaskId, Contact<'a>> = BTreeMap::new();
        for (place, entry) in self.entries.iter().enumerate() {
            if entry.undone || entry.on < from || entry.on >= until {
                continue;
            }
            let row = &rows[&entry.task];
            let contact = found.entry(entry.task).or_insert(Contact {
                row,
                first: place,
                first_on: entry.on,
                last: place,
                handled: false,
            });
            contact.last = place;
            contact.handled |= entry.did == Did::Handled;
        }
        found.into_values().collect()
    }

    /// 1 appointment, 2 quote, 3 visit, 0 nothing.
    fn result(&self, contact: &Contact<'_>) -> usize {
        let (vehicle, first) = (contact.row.vehicle.unwrap(), contact.first_on);
        let soon = |on: NaiveDate| on >= first && on < first + TimeDelta::days(90);
        let booked = self.appointments.iter().any(|one| {
            !one.cancelled
                && (one.task == Some(contact.row.id)
                    || one.vehicle == vehicle && soon(one.starts_on) && one.known_on >= first)
        });
        let accepted = self.accepted.iter().any(|(car, on)| *car == vehicle && soon(*on));
        let visited = self.visits.iter().any(|(car, on)| *car == vehicle && soon(*on));
        [booked, accepted, visited].iter().position(|yes| *yes).map_or(0, |place| place + 1)
    }

    /// The figures of every (week, kind, employee), worked out one by one.
    pub fn truth(&self, shop: &Shop, from: NaiveDate, until: NaiveDate) -> Truth {
        let list = shop.rows(Period::All, StatusFilter::All);
        let rows: HashMap<TaskId, TaskRow> = list.into_iter().map(|row| (row.id, row)).collect();
        let code = |row: &TaskRow| {
            row.employee.as_deref().map(|code| shop.store.employee_by_code(code).unwrap().unwrap())
        };
        let mut truth = Truth { from, cells: BTreeMap::new() };
        let inside = |on: NaiveDate| on >= from && on < until;
        for (task, on) in self.made.iter().filter(|(_, on)| inside(**on)) {
            let row = &rows[task];
            truth.cell(*on, row.rule, code(row)).made += 1;
        }
        for row in rows.values().filter(|row| inside(row.execute_on)) {
            let mut closings = self
                .entries
                .iter()
                .filter(|one| one.task == row.id && !one.undone && one.did == Did::Handled);
            let late = match row.state {
                TaskState::Open => row.execute_on < shop.today,
                TaskState::Handled => closings.next_back().unwrap().on > row.execute_on,
                _ => continue,
            };
            let cell = truth.cell(row.execute_on, row.rule, code(row));
            cell.due += 1;
            cell.late += u32::from(late);
        }
        for entry in self.entries.iter().filter(|entry| inside(entry.on) && !entry.undone) {
            if let Did::Called(outcome) = entry.did {
                let row = &rows[&entry.task];
                truth.cell(entry.on, row.rule, entry.who.or(code(row))).outcomes.add(outcome, 1);
            }
        }
        let contacts = self.contacts(&rows, from, until);
        let after = self.contacts(&rows, until, until + TimeDelta::days(90));
        for contact in &contacts {
            let last = &self.entries[contact.last];
            let cell = truth.cell(last.on, contact.row.rule, last.who.or(code(contact.row)));
            cell.followed_up += 1;
            cell.handled += u32::from(contact.handled);
            match self.result(contact) {
                1 => cell.conversions.appointments += 1,
                2 => cell.conversions.quotes += 1,
                3 => cell.conversions.visits += 1,
                _ => {}
            }
        }
        for (vehicle, on, cents) in &self.invoices {
            let fits = |one: &&Contact<'_>| {
                one.row.vehicle == Some(*vehicle)
                    && *on >= one.first_on
                    && *on < one.first_on + TimeDelta::days(90)
            };
            let newest = contacts.iter().chain(&after).filter(fits).max_by_key(|one| one.first);
            if let Some(contact) = newest.filter(|one| self.entries[one.last].on < until) {
                let last = &self.entries[contact.last];
                truth.cell(last.on, contact.row.rule, last.who.or(code(contact.row))).revenue.0 += cents;
            }
        }
        truth
    }
}

pub struct Truth {
    from: NaiveDate,
    cells: BTreeMap<(i64, RuleKey, Option<EmployeeId>), Figures>,
}

impl Truth {
    fn cell(&mut self, on: NaiveDate, rule: RuleKey, employee: Option<EmployeeId>) -> &mut Figures {
        let monday = |date: NaiveDate| date.week(chrono::Weekday::Mon).first_day();
        let week = (monday(on) - monday(self.from)).num_days() / 7;
        self.cells.entry((week, rule, employee)).or_default()
    }

    fn sum(&self, belongs: impl Fn(&(i64, RuleKey, Option<EmployeeId>)) -> bool) -> Figures {
        let mut sum = Figures::default();
        self.cells.iter().filter(|(key, _)| belongs(key)).for_each(|(_, figures)| sum.add(figures));
        sum
    }

    pub fn compare(&self, report: &Report) {
        assert_eq!(report.total, self.sum(|_| true));
        for one in &report.rules {
            assert_eq!(one.figures, self.sum(|key| key.1 == one.rule), "{}", one.rule);
        }
        for one in &report.employees {
            assert_eq!(one.figures, self.sum(|key| key.2 == one.id), "{:?}", one.employee);
        }
        for (place, one) in (0..).zip(&report.weeks) {
            assert_eq!(one.figures, self.sum(|key| key.0 == place), "{}", one.monday);
        }
        // Nothing of the truth is missing in a part.
        let mut rules = Figures::default();
        report.rules.iter().for_each(|one| rules.add(&one.figures));
        let mut employees = Figures::default();
        report.employees.iter().for_each(|one| employees.add(&one.figures));
        assert_eq!((rules, employees), (report.total, report.total));
    }
}
