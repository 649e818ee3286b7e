//! The thread that owns the desk's database connection.
//!
//! It answers requests, and between them looks several times a second whether another program has
//! changed something. What cannot be read is answered as such and tried again; it is never answered
//! as 'nothing'.

use std::any::Any;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use chrono::NaiveDate;

use super::Surroundings;
use super::alive::Alive;
use super::context::Moment;
use super::source::{Query, Source};
use super::wire::{Answer, Counts, Failed, Job, List, PAGE, Request, Trouble, Want};
use crate::domain::ids::TaskId;
use crate::store::StoreError;
use crate::store::backup::heal;
use crate::store::history::{Actor, Origin};
use crate::store::task_list::{TaskCube, TaskRow};

/// How often the worker looks whether another program has changed something.
const GLANCE: Duration = Duration::from_millis(300);
/// After how long something that failed is tried again.
const RETRY: Duration = Duration::from_secs(2);

/// How often the worker looks at the room on the disk.
const ROOM: Duration = Duration::from_secs(10);

/// How often it looks whether the touchscreen is there.
const TOUCH: Duration = Duration::from_secs(2);

/// Opens the database; called again when it failed.
pub type Opener<S> = Box<dyn FnMut() -> Result<S, StoreError> + Send>;

/// The worker's state; [`Worker::run`] is its life.
pub struct Worker<S> {
    open: Opener<S>,
    source: Option<S>,
    /// The database was found damaged: before it is opened again it is put back from a backup.
    damaged: bool,
    surroundings: Arc<dyn Surroundings>,
    answers: Sender<Answer>,
    wake: Box<dyn Fn() + Send>,
    alive: Arc<Alive>,
    /// The cube that holds for the version of the database and the day.
    cube: Option<TaskCube>,
    version: Option<i64>,
    /// Counts have been sent before: new ones mean that the list has changed too.
    counted: bool,
    shown: Option<(u64, Query)>,
    retry_at: Option<Instant>,
    room_at: Option<Instant>,
    nearly_full: bool,
    touch_at: Option<Instant>,
    touch_gone: bool,
    /// The search index is behind: it catches up while nobody asks anything.
    behind: bool,
}

impl<S: Source> Worker<S> {
    /// A worker that has not opened anything yet.
    pub fn new(
        open: Opener<S>,
        surroundings: Arc<dyn Surroundings>,
        answers: Sender<Answer>,
        wake: Box<dyn Fn() + Send>,
        alive: Arc<Alive>,
    ) -> Self {
        Self {
            open,
            source: None,
            damaged: false,
            surroundings,
            answers,
            wake,
            alive,
            cube: None,
            version: None,
            counted: false,
            shown: None,
            retry_at: None,
            room_at: None,
            nearly_full: false,
            touch_at: None,
            touch_gone: false,
            behind: false,
        }
    }

    /// Works until it is told to stop or nobody listens any more.
    pub fn run(mut self, requests: &Receiver<Request>) {
        loop {
            // The first request is for the page that is on the screen, so it goes before the counts.
            let busy = self.behind || self.cube.is_none();
            let wait = if busy && self.retry_at.is_none() { Duration::ZERO } else { GLANCE };
            let going_on = match requests.recv_timeout(wait) {
                Ok(Request::Stop) | Err(RecvTimeoutError::Disconnected) => false,
                Ok(request) => {
                    let told = self.answer(request);
                    // Somebody who types without a pause leaves no time for a glance.
                    self.alive.looked(false);
                    self.send(told)
                }
                Err(RecvTimeoutError::Timeout) => self.glance(),
            };
            if !going_on {
                return;
            }
        }
    }

    fn send(&self, answer: Option<Answer>) -> bool {
        let Some(answer) = answer else { return true };
        let sent = self.answers.send(answer).is_ok();
        if sent {
            (self.wake)();
        }
        sent
    }

    fn answer(&mut self, request: Request) -> Option<Answer> {
        let request = match request {
            Request::Done(number, found) => {
                return Some(Answer::Job { number, writes: false, found: Ok(found) });
            }
            other => other,
        };
        let what = match &request {
            Request::Show { number, .. } | Request::Page { number, .. } => Failed::List(*number),
            Request::Detail { number, .. } => Failed::Detail(*number),
            Request::Handle { id, .. } => Failed::Handle(*id),
            Request::Job(job) => Failed::Job { what: job.what, writes: job.writes },
            Request::Collect => {
                let asked = self.opened().and_then(Source::collect);
                return asked.err().map(|error| self.failed(Failed::Collect, &error));
            }
            Request::Done(..) | Request::Retry | Request::Stop => {
                self.retry_at = None;
                self.cube = None;
                return None;
            }
        };
        let job = match request {
            Request::Job(job) => job,
            request => {
                let answer = self.try_answer(request);
                return Some(answer.unwrap_or_else(|error| self.failed(what, &error)));
            }
        };
        let (number, writes) = (job.number, job.writes);
        let found = self.work(job).map_err(|error| {
            self.failed(what, &error);
            Trouble::from(&error)
        });
        Some(Answer::Job { number, writes, found })
    }

    /// Does a page's work.
    fn work(&mut self, job: Job) -> Result<Box<dyn Any + Send>, StoreError> {
        let moment = Moment {
            today: self.surroundings.today(),
            actor: Actor { origin: Origin::Desk(job.employee), at: self.surroundings.now() },
            language: job.language,
        };
        let found = (job.work)(self.opened()?.store(job.what)?, &moment)?;
        if job.recount {
            // Our own commit does not change our own version number.
            self.cube = None;
        }
        Ok(found)
    }

    fn failed(&mut self, what: Failed, error: &StoreError) -> Answer {
        tracing::warn!(?what, %error, "the database did not do what the desk asked");
        if error.is_damage() {
            self.source = None;
            self.damaged = true;
            self.cube = None;
            self.retry_at = Some(Instant::now() + RETRY);
        }
        // Reading goes on from a fresh start; a change that could not be saved spoils no reading.
        if !matches!(what, Failed::Handle(_) | Failed::Collect | Failed::Job { writes: true, .. }) {
            self.cube = None;
            self.retry_at = Some(Instant::now() + RETRY);
        }
        Answer::Failed(what, Trouble::from(error))
    }

    fn opened(&mut self) -> Result<&mut S, StoreError> {
        if self.source.is_none() {
            if std::mem::take(&mut self.damaged) {
                self.heal();
            }
            self.source = Some((self.open)()?);
        }
        self.source.as_mut().ok_or_else(|| StoreError::Strange("a database that is open and not".into()))
    }

    /// Puts the last good backup in the place of a damaged database; without one it goes on trying.
    fn heal(&self) {
        let Some(places) = self.surroundings.places() else { return };
        let at = self.surroundings.now();
        let actor = Actor { origin: Origin::Desk(None), at };
        if let Err(error) = heal(&places.database, &places.backups, actor, self.surroundings.local(at)) {
            tracing::warn!(%error, "the damaged database was not put back");
        }
    }

    fn try_answer(&mut self, request: Request) -> Result<Answer, StoreError> {
        let today = self.surroundings.today();
        match request {
            Request::Show { number, query, pages, want } => {
                self.shown = Some((number, query));
                self.list(number, query, &pages, want, today).map(Answer::List)
            }
            Request::Page { number, page } => {
                let query = self.shown.filter(|(shown, _)| *shown == number).map(|(_, query)| query);
                let rows = match query {
                    Some(query) => self.opened()?.page(&query, today, page * PAGE, PAGE)?,
                    None => Vec::new(),
                };
                Ok(Answer::Page(number, page, rows))
            }
            Request::Detail { number, id, language } => {
                Ok(Answer::Detail(number, self.opened()?.detail(id, today, language)?.map(Box::new)))
            }
            Request::Handle { id, language, employee } => {
                let actor = Actor { origin: Origin::Desk(employee), at: self.surroundings.now() };
                let step = self.opened()?.handle(id, today, language, actor)?;
                // Our own commit does not change our own version number.
                self.cube = None;
                Ok(Answer::Handled(id, step))
            }
            Request::Job(_) | Request::Done(..) | Request::Collect | Request::Retry | Request::Stop => {
                Err(StoreError::Strange("a request without an answer".into()))
            }
        }
    }

    fn list(
        &mut self,
        number: u64,
        query: Query,
        pages: &[usize],
        want: Want,
        today: NaiveDate,
    ) -> Result<List, StoreError> {
        let known = self.cube.as_ref().filter(|cube| cube.today() == today);
        let count = known.map(|cube| cube.count(&query.filter) as usize);
        let source = self.opened()?;
        let mut wanted: Vec<usize> = pages
            .iter()
            .copied()
            .filter(|page| *page == 0 || count.is_none_or(|count| page * PAGE < count))
            .collect();
        if wanted.is_empty() {
            wanted.push(0);
        }
        let mut read = Vec::new();
        for page in wanted {
            read.push((page, source.page(&query, today, page * PAGE, PAGE)?));
        }
        let selected = match want {
            Want::First => None,
            Want::Keep { id, place } => match place_of(&read, id) {
                Some(place) => Some((id, place)),
                None => match source.position(&query, today, id)? {
                    Some(place) => Some((id, place)),
                    None => at_place(&mut read, place, |page| source.page(&query, today, page * PAGE, PAGE))?,
                },
            },
        };
        let selected = match selected {
            Some(selected) => Some(selected),
            None => at_place(&mut read, 0, |page| source.page(&query, today, page * PAGE, PAGE))?,
        };
        // A page that is not full is the last one: then the rows are counted already.
        let count = count.or_else(|| match read.as_slice() {
            [(page, rows)] if rows.len() < PAGE => Some(page * PAGE + rows.len()),
            _ => None,
        });
        Ok(List { number, today, count, pages: read, selected })
    }

    /// The touchscreen, when it has gone or come back.
    fn touch(&mut self) -> Option<Answer> {
        if self.touch_at.is_some_and(|at| at.elapsed() < TOUCH) {
            return None;
        }
        self.touch_at = Some(Instant::now());
        let gone = self.surroundings.touch_gone();
        let changed = std::mem::replace(&mut self.touch_gone, gone) != gone;
        changed.then_some(Answer::TouchGone(gone))
    }

    /// Between requests: is the database still there, has it changed, has the day?
    fn glance(&mut self) -> bool {
        let touch = self.touch();
        if !self.send(touch) {
            return false;
        }
        if self.retry_at.is_some_and(|at| Instant::now() < at) {
            return true;
        }
        let found = self.look();
        self.alive.looked(found.is_ok());
        match found {
            Ok(counts) => {
                self.retry_at = None;
                // Where nothing can be saved the search finds what it found before.
                self.behind = self.opened().and_then(Source::index).unwrap_or(false);
                let room = self.room();
                self.send(counts.map(|counts| Answer::Counts(Box::new(counts)))) && self.send(room)
            }
            Err(error) => {
                // Opened anew the next time: the file may have been replaced.
                self.source = None;
                let answer = self.failed(Failed::Counts, &error);
                self.send(Some(answer))
            }
        }
    }

    /// The room on the disk, when it has come or gone.
    fn room(&mut self) -> Option<Answer> {
        if self.room_at.is_some_and(|at| at.elapsed() < ROOM) {
            return None;
        }
        // The first look can wait until the list is there.
        let first = self.room_at.replace(Instant::now()).is_none();
        let nearly_full = !first && self.surroundings.disk_nearly_full();
        let changed = std::mem::replace(&mut self.nearly_full, nearly_full) != nearly_full;
        changed.then_some(Answer::DiskNearlyFull(nearly_full))
    }

    fn look(&mut self) -> Result<Option<Counts>, StoreError> {
        let today = self.surroundings.today();
        let version = self.opened()?.version()?;
        if self.version == Some(version) && self.cube.as_ref().is_some_and(|cube| cube.today() == today) {
            return Ok(None);
        }
        let source = self.opened()?;
        let (cube, pulse, employees) = (source.cube(today)?, source.pulse(today)?, source.employees()?);
        self.version = Some(version);
        self.cube = Some(cube.clone());
        let changed = std::mem::replace(&mut self.counted, true);
        Ok(Some(Counts { cube, pulse, employees, changed }))
    }
}

fn place_of(pages: &[(usize, Vec<TaskRow>)], id: TaskId) -> Option<usize> {
    pages.iter().find_map(|(page, rows)| {
        let within = rows.iter().position(|row| row.id == id)?;
        Some(page * PAGE + within)
    })
}

/// The task at a place, or the last one before it; reads its page when that is not there yet.
fn at_place(
    pages: &mut Vec<(usize, Vec<TaskRow>)>,
    place: usize,
    mut read: impl FnMut(usize) -> Result<Vec<TaskRow>, StoreError>,
) -> Result<Option<(TaskId, usize)>, StoreError> {
    let page = place / PAGE;
    if !pages.iter().any(|(known, _)| *known == page) {
        pages.push((page, read(page)?));
    }
    let last_of = |rows: &[TaskRow], page: usize| {
        let within = (place - page * PAGE).min(rows.len().checked_sub(1)?);
        Some((rows.get(within)?.id, page * PAGE + within))
    };
    let found = pages.iter().find(|(known, _)| *known == page).and_then(|(page, rows)| last_of(rows, *page));
    match found {
        Some(found) => Ok(Some(found)),
        // The list became shorter than that: back to its beginning.
        None if page > 0 => at_place(pages, 0, read),
        None => Ok(None),
    }
}
