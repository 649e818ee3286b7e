//! One pass over the calendar: first what the calendar has, then what Balie has. Each step is whole by
//! itself, and a pass that broke off anywhere is simply made again: names and places are fixed before
//! anything leaves, so nothing is made twice, and nothing counts as written before the server has it.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};

use super::caldav::{AT_ONCE, CalDav, CalendarError, Put};
use super::ics::{self, Style};
use super::xml::Answered;
use crate::domain::calendar_merge::{Found, Known, Meaning, Synced, compare};
use crate::store::Store;
use crate::store::calendar_read::Held;
use crate::store::history::Actor;

/// How many days back and ahead the two calendars are kept in step.
const BACK: Days = Days::new(1);
/// As [`BACK`].
const AHEAD: Days = Days::new(400);

/// The day it is, who acts, and how things are written.
#[derive(Debug, Clone)]
pub struct Day {
    /// The shop's date.
    pub today: NaiveDate,
    /// Who and when, for history and for stamps.
    pub actor: Actor,
    /// Zone and language.
    pub style: Style,
}

/// What is remembered of the calendar from one pass to the next; nothing is lost when it is forgotten.
#[derive(Debug, Default)]
pub struct Memory {
    /// The calendar's mark after the last pass; while it stays, nothing is read.
    ctag: Option<String>,
    /// The marks of entries that are no appointments, or cannot be read, by where they lie.
    passed_over: BTreeMap<String, String>,
}

/// Keeps both in step.
///
/// # Errors
/// [`CalendarError`]; what was done by then is done.
pub async fn sync(
    store: &mut Store,
    server: &CalDav,
    day: &Day,
    memory: &mut Memory,
) -> Result<Synced, CalendarError> {
    let mut pass = Pass { store, server, day, memory, done: Synced::default() };
    let ctag = pass.server.ctag().await?;
    if ctag.is_none() || ctag != pass.memory.ctag {
        pass.pull().await?;
    }
    // Known from here on; what Balie writes itself changes it, and is read once more then.
    pass.memory.ctag = ctag;
    pass.push().await?;
    pass.remove().await?;
    Ok(pass.done)
}

struct Pass<'p> {
    store: &'p mut Store,
    server: &'p CalDav,
    day: &'p Day,
    memory: &'p mut Memory,
    done: Synced,
}

impl Pass<'_> {
    fn from(&self) -> NaiveDate {
        self.day.today.checked_sub_days(BACK).unwrap_or(self.day.today)
    }

    fn until(&self) -> NaiveDate {
        self.day.today.checked_add_days(AHEAD).unwrap_or(self.day.today)
    }

    async fn pull(&mut self) -> Result<(), CalendarError> {
        let marks = self.server.marks(self.from(), self.until()).await?;
        let there: BTreeMap<String, String> = marks.into_iter().collect();
        let known = self.store.calendar_marks()?;
        let passed_over = &mut self.memory.passed_over;
        passed_over.retain(|href, etag| there.get(href) == Some(etag));
        let is_news = |(href, etag): &(&String, &String)| {
            known.get(*href) != Some(*etag) && !passed_over.contains_key(*href)
        };
        let news: Vec<String> = there.iter().filter(is_news).map(|(href, _)| href.clone()).collect();
        for some in news.chunks(AT_ONCE) {
            for answer in self.server.these(some).await? {
                self.merge(&answer)?;
            }
        }
        for held in self.store.calendar_there(self.from(), self.until())? {
            let Some(known) = held.known.as_ref().filter(|known| !there.contains_key(&known.href)) else {
                continue;
            };
            // Not in the list: gone, or moved out of it. Asked for once more before it is believed.
            self.look_again(&held, &known.href).await?;
        }
        Ok(())
    }

    /// Asks what lies there of an appointment, and brings it together with Balie's.
    async fn look_again(&mut self, held: &Held, href: &str) -> Result<(), CalendarError> {
        match self.server.one(href).await? {
            Some(answer) => self.merge(&answer),
            None => self.gone(held, href),
        }
    }

    /// What was deleted in the calendar.
    fn gone(&mut self, held: &Held, href: &str) -> Result<(), CalendarError> {
        let ours = &held.entry;
        let unchanged = held.known.as_ref().is_some_and(|known| known.sequence == Some(ours.sequence));
        let over = ours.when.cancelled || ours.when.starts_at.date() < self.day.today;
        if over || (held.elsewhere && unchanged) {
            self.store.lose_calendar_entry(ours, !over, self.day.actor)?;
            self.done.taken += u32::from(!over);
        } else if self.store.note_calendar_conflict(ours, href, None)? {
            // An appointment that a customer was promised does not vanish because a line of a calendar did.
            self.done.conflicts += 1;
        }
        Ok(())
    }

    /// Brings what stands in the calendar together with what Balie has.
    fn merge(&mut self, answer: &Answered) -> Result<(), CalendarError> {
        let Ok(found) = ics::read(&answer.data, &answer.href, &answer.etag, &self.day.style) else {
            self.done.unreadable += 1;
            self.pass_over(answer);
            return Ok(());
        };
        let Day { today, actor, .. } = *self.day;
        let Some(held) = self.store.calendar_held(&found.uid)? else {
            let wanted = !found.repeats && !found.when.cancelled;
            if wanted && self.store.take_calendar_entry(&found, today, actor)? {
                self.done.taken += 1;
            } else {
                self.pass_over(answer);
            }
            return Ok(());
        };
        let ours = &held.entry;
        match compare(ours, held.known.as_ref(), &found) {
            Meaning::Known => {}
            Meaning::Same if held.elsewhere => {
                self.store.reread_calendar_entry(ours, &found, today, actor)?;
            }
            // An older version of Balie's, at the same time: its title is to be written anew.
            Meaning::Same
                if held.known.as_ref().is_none_or(|known| known.sequence.is_none())
                    && found.sequence < ours.sequence =>
            {
                self.write_over(&held, &found)?;
            }
            Meaning::Same => self.store.agree_with_calendar(ours, &found)?,
            Meaning::Ours => self.write_over(&held, &found)?,
            Meaning::Theirs if held.conflict.is_none() => {
                self.store.take_calendar_version(ours, &found, actor)?;
                self.done.taken += 1;
            }
            Meaning::Theirs | Meaning::Conflict => {
                let news = self.store.note_calendar_conflict(ours, &found.href, Some(&found))?;
                self.done.conflicts += u32::from(news);
            }
        }
        Ok(())
    }

    /// Notes the calendar's version as one over which Balie's is to be written.
    fn write_over(&mut self, held: &Held, found: &Found) -> Result<(), CalendarError> {
        let (href, etag) = (found.href.clone(), Some(found.etag.clone()));
        let known = Known { href, etag, sequence: None, time: found.when.in_short() };
        Ok(self.store.note_calendar_version(held.entry.id, &known)?)
    }

    fn pass_over(&mut self, answer: &Answered) {
        self.memory.passed_over.insert(answer.href.clone(), answer.etag.clone());
    }

    async fn push(&mut self) -> Result<(), CalendarError> {
        for held in self.store.calendar_due(self.from())? {
            self.write(&held).await?;
        }
        Ok(())
    }

    async fn write(&mut self, held: &Held) -> Result<(), CalendarError> {
        let (entry, style, at) = (&held.entry, &self.day.style, self.day.actor.at);
        let (href, etag) = match &held.known {
            Some(known) => (known.href.clone(), known.etag.clone()),
            None => (self.server.href_for(&entry.uid), None),
        };
        let data = match &etag {
            None => ics::single(entry, style, at),
            // What a planner wrote beside it stays.
            Some(etag) => match self.server.one(&href).await? {
                Some(answer) if answer.etag == *etag => {
                    match ics::change(&answer.data, entry, held.elsewhere, style, at) {
                        Ok(data) => data,
                        Err(_) => {
                            self.done.unreadable += 1;
                            return Ok(());
                        }
                    }
                }
                Some(answer) => return self.merge(&answer),
                None => return self.gone(held, &href),
            },
        };
        self.store.note_calendar_sending(entry, &href)?;
        match self.server.put(&href, data, etag.as_deref()).await? {
            Put::Done(Some(etag)) => {
                self.done.written += 1;
                let (sequence, time) = (Some(entry.sequence), entry.when.in_short());
                let known = Known { href, etag: Some(etag), sequence, time };
                self.store.note_calendar_version(entry.id, &known)?;
            }
            Put::Done(None) => {
                self.done.written += 1;
                self.look_again(held, &href).await?;
            }
            Put::Precondition => match self.server.one(&href).await? {
                Some(answer) => self.merge(&answer)?,
                None if etag.is_some() => self.gone(held, &href)?,
                // It may not lie there, and nothing does: the server wants something else.
                None => self.done.refused += 1,
            },
            Put::Rejected => self.done.refused += 1,
        }
        Ok(())
    }

    /// Removes what was left over of appointments that are no longer here.
    async fn remove(&mut self) -> Result<(), CalendarError> {
        for (href, etag) in self.store.calendar_left_over()? {
            if let Some(etag) = etag {
                match self.server.delete(&href, &etag).await? {
                    Put::Done(_) => self.done.written += 1,
                    // Changed there meanwhile: it is the calendar's own from now on.
                    Put::Precondition => self.memory.ctag = None,
                    Put::Rejected => {
                        self.done.refused += 1;
                        continue;
                    }
                }
            }
            self.store.forget_calendar_left_over(&href)?;
        }
        Ok(())
    }
}
