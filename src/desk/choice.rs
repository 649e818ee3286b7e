//! The CRM manager's choices: the entries of each filter with their counts, and what a touch on one
//! does. Counts come from the cube, so that opening a list asks the database for nothing.

use balie_ui as ui;

use super::convert;
use super::task::TasksPage;
use super::wire::Want;
use crate::domain::rule::RuleKey;
use crate::domain::task::{EmployeeFilter, Period, TaskFilter};

impl TasksPage {
    /// A filter was chosen. `false`: it was none of this page's.
    pub fn choose(&self, kind: ui::ChoiceKind, key: i32) -> bool {
        {
            let filter = &mut self.state.borrow_mut().query.filter;
            match kind {
                ui::ChoiceKind::Period => filter.period = convert::period(key),
                ui::ChoiceKind::Employee => filter.employee = convert::employee_filter(key),
                ui::ChoiceKind::Rule => filter.rule = convert::with_key(&RuleKey::ALL, key),
                ui::ChoiceKind::Status => {
                    filter.status = convert::with_key(&convert::STATUSES, key).unwrap_or_default();
                }
                _ => {}
            }
        }
        match kind {
            ui::ChoiceKind::Order => {
                self.order_by(convert::with_key(&convert::COLUMNS, key).unwrap_or_default());
                return true;
            }
            ui::ChoiceKind::Period
            | ui::ChoiceKind::Employee
            | ui::ChoiceKind::Rule
            | ui::ChoiceKind::Status => {}
            _ => return false,
        }
        self.state.borrow_mut().reveal = true;
        self.tell_filters();
        self.show(Want::First);
        true
    }

    /// The entries of a choice with their counts, and the key of the one that is chosen.
    pub fn entries(&self, kind: ui::ChoiceKind) -> (Vec<ui::ChoiceEntry>, i32) {
        let state = self.state.borrow();
        let filter = state.query.filter;
        let count = |filter: TaskFilter| {
            state.cube.as_ref().map_or(-1, |cube| convert::number(i64::from(cube.count(&filter))))
        };
        let entry = |key: i32, name: &str, count: i32| ui::ChoiceEntry { key, name: name.into(), count };
        match kind {
            ui::ChoiceKind::Period => {
                let entries = Period::ALL.map(|period| {
                    entry(convert::key(&Period::ALL, &period), "", count(TaskFilter { period, ..filter }))
                });
                (entries.to_vec(), convert::key(&Period::ALL, &filter.period))
            }
            ui::ChoiceKind::Employee => {
                let of = |employee| count(TaskFilter { employee, ..filter });
                let mut entries =
                    vec![entry(-1, "", of(EmployeeFilter::All)), entry(0, "", of(EmployeeFilter::Nobody))];
                entries.extend(state.employees.iter().map(|employee| {
                    let one = EmployeeFilter::One(employee.id);
                    entry(convert::employee_key(one), &employee.name, of(one))
                }));
                (entries, convert::employee_key(filter.employee))
            }
            ui::ChoiceKind::Rule => {
                let all = std::iter::once(None).chain(RuleKey::ALL.into_iter().map(Some));
                let key = |rule: Option<RuleKey>| rule.map_or(-1, |rule| convert::key(&RuleKey::ALL, &rule));
                let entries = all.map(|rule| entry(key(rule), "", count(TaskFilter { rule, ..filter })));
                (entries.collect(), key(filter.rule))
            }
            ui::ChoiceKind::Status => {
                let entries = convert::STATUSES.map(|status| {
                    entry(
                        convert::key(&convert::STATUSES, &status),
                        "",
                        count(TaskFilter { status, ..filter }),
                    )
                });
                (entries.to_vec(), convert::key(&convert::STATUSES, &filter.status))
            }
            ui::ChoiceKind::Order => {
                let keys =
                    convert::COLUMNS.map(|column| entry(convert::key(&convert::COLUMNS, &column), "", -1));
                (keys.to_vec(), convert::key(&convert::COLUMNS, &state.query.order.column))
            }
            _ => (Vec::new(), -1),
        }
    }
}
