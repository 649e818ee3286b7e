//! The preview of changed settings (NEW-02): what a rule could bring is read once, through the same
//! windows as a collection's, and a step of a stepper is then reckoned in memory.

use std::collections::HashMap;

use chrono::NaiveDate;

use super::{Store, StoreError, collection, facts};
use crate::domain::rule::{Half, RuleKey};
use crate::domain::settings::{Numbers, Settings};
use crate::domain::task::TaskState;
use crate::rules::preview::{Prospect, Span, WEEKS, Weeks, count, reach};
use crate::rules::window::Window;

/// A stepper can go so many days either way before its rule is read again.
const NEAR_DAYS: i32 = 30;
/// The same for months.
const NEAR_MONTHS: i32 = 3;

/// How many tasks the coming weeks would bring.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// The Monday of each week; the first is the present one's, counted from today on.
    pub mondays: [NaiveDate; WEEKS],
    /// For each rule, in the order of [`RuleKey::ALL`].
    pub rules: [Weeks; RuleKey::ALL.len()],
    /// Tasks that wait already for a place in a week.
    pub waiting: u32,
    /// Places in a week; none: no limit.
    pub capacity: Option<u32>,
}

impl Preview {
    /// All rules together, week by week.
    pub fn total(&self) -> Weeks {
        let mut total = Weeks::default();
        for rule in &self.rules {
            for (sum, week) in total.iter_mut().zip(rule) {
                *sum += week;
            }
        }
        total
    }

    /// One rule, week by week.
    pub fn rule(&self, rule: RuleKey) -> Weeks {
        self.rules.get(rule.index()).copied().unwrap_or_default()
    }
}

/// What was read of one rule, or half of it.
#[derive(Debug)]
struct Read {
    window: Window,
    prospects: Vec<Prospect>,
}

/// What previews are made of, and what they have in common. Empty at first; it fills itself.
#[derive(Debug, Default)]
pub struct Outlook {
    version: Option<(i64, NaiveDate)>,
    last: HashMap<RuleKey, NaiveDate>,
    waiting: u32,
    read: HashMap<(RuleKey, Half), Read>,
    /// Each rule's weeks under the settings they were last reckoned with.
    known: Option<(Settings, [Weeks; RuleKey::ALL.len()])>,
}

impl Outlook {
    /// Forgets what was read: the desk itself changed something.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    fn freshen(&mut self, store: &Store, today: NaiveDate) -> Result<(), StoreError> {
        let version = Some((store.data_version()?, today));
        if self.version != version {
            self.clear();
            self.last = collection::last_collected(&store.connection)?;
            let sql = "SELECT count(*) FROM task WHERE state = 'waiting'";
            self.waiting = store.connection.prepare_cached(sql)?.query_row([], |row| row.get(0))?;
            self.version = version;
        }
        Ok(())
    }

    /// The weeks of one rule.
    fn weeks(
        &mut self,
        store: &Store,
        rule: RuleKey,
        settings: &Settings,
        today: NaiveDate,
    ) -> Result<Weeks, StoreError> {
        let span = Span { today, last_collected: self.last.get(&rule).copied() };
        let mut weeks = Weeks::default();
        for half in rule.halves() {
            let Some(wanted) = reach(rule, *half, settings, span) else { continue };
            let before = self.read.get(&(rule, *half)).map(|read| read.window);
            if !before.is_some_and(|window| covers(window, wanted)) {
                // At first what is asked; whoever then takes steps will take more.
                let window = match before {
                    None => wanted,
                    Some(_) => around(rule, *half, settings, span, wanted),
                };
                let mut prospects = Vec::new();
                facts::prospects(&store.connection, rule, *half, window, today, |candidate| {
                    let standing = candidate.task.is_some_and(|task| task.state != TaskState::Withdrawn);
                    prospects.push(Prospect { facts: candidate.facts, standing });
                    Ok(())
                })?;
                self.read.insert((rule, *half), Read { window, prospects });
            }
            let Some(read) = self.read.get(&(rule, *half)) else { continue };
            for (sum, week) in weeks.iter_mut().zip(count(read.prospects.iter(), settings, span)) {
                *sum += week;
            }
        }
        Ok(weeks)
    }
}

fn covers(window: Window, wanted: Window) -> bool {
    window.first <= wanted.first && wanted.last <= window.last
}

/// The window that serves the steps nearby too.
fn around(rule: RuleKey, half: Half, settings: &Settings, span: Span, wanted: Window) -> Window {
    let near = match settings.rule(rule).numbers {
        Numbers::Months(_) => NEAR_MONTHS,
        _ => NEAR_DAYS,
    };
    let mut window = wanted;
    for steps in [-near, near] {
        if let Some(other) = reach(rule, half, &settings.nearby(rule, steps), span) {
            window.first = window.first.min(other.first);
            window.last = window.last.max(other.last);
        }
    }
    window
}

impl Store {
    /// What the coming eight weeks would bring with these settings. Nothing is saved. What is read
    /// stays in `outlook`, and only a rule whose setting changed is reckoned again.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn preview(
        &self,
        outlook: &mut Outlook,
        settings: &Settings,
        today: NaiveDate,
    ) -> Result<Preview, StoreError> {
        outlook.freshen(self, today)?;
        let known = outlook.known.take().filter(|(before, _)| {
            let (one, other) = (before.general, settings.general);
            one.recently_seen_months == other.recently_seen_months
                && one.look_ahead_days == other.look_ahead_days
                && one.look_back_days == other.look_back_days
        });
        let mut rules = [Weeks::default(); RuleKey::ALL.len()];
        for (rule, weeks) in RuleKey::ALL.into_iter().zip(&mut rules) {
            let same = known.as_ref().filter(|(before, _)| before.rule(rule) == settings.rule(rule));
            *weeks = match same.and_then(|(_, known)| known.get(rule.index())) {
                Some(known) => *known,
                None => outlook.weeks(self, rule, settings, today)?,
            };
        }
        outlook.known = Some((settings.clone(), rules));
        let span = Span { today, last_collected: None };
        let capacity = Some(settings.general.weekly_capacity).filter(|capacity| *capacity > 0);
        Ok(Preview {
            mondays: std::array::from_fn(|week| span.monday(week)),
            rules,
            waiting: outlook.waiting,
            capacity,
        })
    }
}
