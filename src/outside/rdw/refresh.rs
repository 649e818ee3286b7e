//! Asks the register about many vehicles and writes down what it says: a hundred plates at a time,
//! two requests at once, each batch kept as soon as it is there.

use std::cell::RefCell;
use std::collections::BTreeMap;

use super::answer;
use super::client::{RdwError, Reach, Register, Rows};
use super::sets::DataSet;
use crate::domain::ids::VehicleId;
use crate::domain::plate::Plate;
use crate::domain::register::{Question, is_known_form};
use crate::store::register::{AskingDay, Told};
use crate::store::{Store, StoreError};

/// Plates in one request: the address stays well under any limit (facts B.4).
pub const BATCH: usize = 100;

/// A vehicle that is asked about.
type One = (VehicleId, Plate);

/// What a refresh did.
#[derive(Debug, Default)]
pub struct Report {
    /// Vehicles about which the register was asked.
    pub asked: usize,
    /// Vehicles of which it has nothing.
    pub silent: usize,
    /// Vehicles, inspections and recalls with something new.
    pub news: usize,
    /// What was wrong with the answers, by data set.
    pub troubles: BTreeMap<DataSet, Vec<String>>,
    /// What could not be asked; the rest was.
    pub failures: Vec<(Question, RdwError)>,
}

/// One refresh: the register, the database and the day.
pub struct Refresh<'r> {
    register: &'r Register,
    store: RefCell<&'r mut Store>,
    day: AskingDay,
    report: RefCell<Report>,
}

impl<'r> Refresh<'r> {
    /// A refresh that has not begun.
    pub fn new(register: &'r Register, store: &'r mut Store, day: AskingDay) -> Self {
        Self { register, store: RefCell::new(store), day, report: RefCell::default() }
    }

    /// Asks everything about these vehicles, due or not.
    pub async fn all(self, vehicles: &[One]) -> Report {
        let known: Vec<One> = vehicles.iter().filter(|(_, plate)| is_known_form(plate)).cloned().collect();
        'all: for question in Question::ALL {
            for pair in known.chunks(2 * BATCH) {
                match self.pair(question, pair).await {
                    None | Some(Reach::Batch) => {}
                    Some(Reach::Set) => break,
                    Some(Reach::Slow | Reach::All) => break 'all,
                }
            }
        }
        self.end()
    }

    /// Asks those of these questions that are due. Each ends with its first failure; what is left is due
    /// still.
    pub async fn due(self, questions: &[Question]) -> Report {
        'all: for question in questions {
            loop {
                let due = self.store.borrow().register_due(*question, &self.day, 2 * BATCH);
                let ended = match due {
                    Ok(due) if due.is_empty() => break,
                    Ok(due) => self.pair(*question, &due).await,
                    Err(cause) => self.ends(*question, [Err(cause.into())]),
                };
                match ended {
                    None => {}
                    Some(Reach::All) => break 'all,
                    Some(_) => break,
                }
            }
        }
        self.end()
    }

    /// Asks about two batches at once.
    async fn pair(&self, question: Question, vehicles: &[One]) -> Option<Reach> {
        let (first, second) = vehicles.split_at(vehicles.len().min(BATCH));
        let (one, other) = tokio::join!(self.batch(question, first), self.batch(question, second));
        self.ends(question, [one, other])
    }

    /// Notes how batches ended; `None` is well.
    fn ends<const N: usize>(&self, question: Question, ends: [Result<(), RdwError>; N]) -> Option<Reach> {
        let failures: Vec<RdwError> = ends.into_iter().filter_map(Result::err).collect();
        let reach = failures.iter().map(RdwError::reach).max();
        self.report.borrow_mut().failures.extend(failures.into_iter().map(|failure| (question, failure)));
        reach
    }

    /// The report; what is new calls for one collection, not for one with each batch.
    fn end(self) -> Report {
        let mut report = self.report.into_inner();
        if report.news > 0
            && let Err(cause) = self.store.into_inner().request_collection()
        {
            report.failures.push((Question::Vehicle, cause.into()));
        }
        report
    }

    async fn batch(&self, question: Question, vehicles: &[One]) -> Result<(), RdwError> {
        if vehicles.is_empty() {
            return Ok(());
        }
        let ids: Vec<VehicleId> = vehicles.iter().map(|(id, _)| *id).collect();
        self.store.borrow_mut().register_tried(&ids, &self.day)?;
        let plates: Vec<String> = vehicles.iter().map(|(_, plate)| plate.as_str().to_owned()).collect();
        match question {
            Question::Vehicle => self.vehicles(vehicles, &plates).await,
            Question::Inspections => self.inspections(vehicles, &plates).await,
            Question::Recalls => self.recalls(vehicles, &plates).await,
        }
    }

    async fn ask(&self, set: DataSet, keys: &[String]) -> Result<Rows, RdwError> {
        let most = self.register.requests_per_day();
        let spend = || self.store.borrow_mut().spend_register_request(self.day.today, most);
        self.register.ask(set, keys, &spend, self.day.actor.at).await
    }

    async fn vehicles(&self, vehicles: &[One], plates: &[String]) -> Result<(), RdwError> {
        let read = answer::vehicles(self.ask(DataSet::Vehicles, plates).await?);
        self.note(DataSet::Vehicles, read.troubles)?;
        let news = self.store.borrow_mut().save_register_vehicles(vehicles, &read.facts, &self.day)?;
        let mut report = self.report.borrow_mut();
        report.asked += vehicles.len();
        report.news += news;
        let said = |plate: &Plate| read.facts.iter().any(|one| one.plate == *plate);
        report.silent += vehicles.iter().filter(|(_, plate)| !said(plate)).count();
        Ok(())
    }

    async fn inspections(&self, vehicles: &[One], plates: &[String]) -> Result<(), RdwError> {
        let reports = self.ask(DataSet::Inspections, plates);
        let (reports, findings) = tokio::join!(reports, self.ask(DataSet::Findings, plates));
        let (read, troubles) = answer::inspections(reports?, findings?);
        self.note(DataSet::Inspections, read.troubles)?;
        self.note(DataSet::Findings, troubles)?;
        let news = self.store.borrow_mut().save_register_inspections(vehicles, &read.facts, &self.day)?;
        self.report.borrow_mut().news += news;
        Ok(())
    }

    async fn recalls(&self, vehicles: &[One], plates: &[String]) -> Result<(), RdwError> {
        let read = answer::recalls(self.ask(DataSet::Recalls, plates).await?);
        self.note(DataSet::Recalls, read.troubles)?;
        let mut references: Vec<String> = read.facts.iter().map(|recall| recall.reference.clone()).collect();
        references.sort_unstable();
        references.dedup();
        let unknown = self.store.borrow().unknown_recalls(&references)?;
        let (mut actions, mut end) = (Vec::new(), Ok(()));
        for some in unknown.chunks(BATCH) {
            // A recall is told without its reasons rather than not at all.
            match self.ask(DataSet::RecallActions, some).await {
                Ok(rows) => {
                    let read = answer::actions(rows);
                    self.note(DataSet::RecallActions, read.troubles)?;
                    actions.extend(read.facts);
                }
                Err(cause) => end = Err(cause),
            }
        }
        let told = Told { recalls: &read.facts, actions: &actions, complete: end.is_ok() };
        let news = self.store.borrow_mut().save_register_recalls(vehicles, told, &self.day)?;
        self.report.borrow_mut().news += news;
        end
    }

    fn note(&self, set: DataSet, troubles: Vec<String>) -> Result<(), StoreError> {
        if troubles.is_empty() {
            return Ok(());
        }
        self.store.borrow_mut().note_register_trouble(set.id(), &troubles, &self.day)?;
        let mut report = self.report.borrow_mut();
        let told = report.troubles.entry(set).or_default();
        for words in troubles {
            if !told.contains(&words) {
                told.push(words);
            }
        }
        Ok(())
    }
}
