//! A task's own fields, as a person or the collector changes them: read as a whole, written as a
//! whole, with a line of history for each that differs. Undo reads those lines backwards.

use chrono::NaiveDate;
use rusqlite::{Connection, OptionalExtension, params};

use super::StoreError;
use super::history::{Actor, Change, instant, record};
use crate::domain::edit::Outcome;
use crate::domain::ids::{CustomerId, EmployeeId, TaskId, VehicleId};
use crate::domain::task::TaskState;

/// The fields of a task that change while it is followed up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskFields {
    /// Raised by every change.
    pub version: i64,
    /// Where it stands.
    pub state: TaskState,
    /// The day on which it is to be carried out (or comes back).
    pub execute_on: NaiveDate,
    /// To whom it is assigned.
    pub employee: Option<EmployeeId>,
    /// For which customer.
    pub customer: Option<CustomerId>,
    /// A person's text; `None`: the words come from the template.
    pub description: Option<String>,
    /// The box beside SMS.
    pub sms_sent: bool,
    /// The box beside e-mail.
    pub email_sent: bool,
    /// What the last contact came to.
    pub outcome: Option<Outcome>,
    /// The day a handled task comes back.
    pub back_on: Option<NaiveDate>,
    /// A person has worked on it.
    pub touched: bool,
    /// The vehicle it is about; no one changes it.
    pub vehicle: Option<VehicleId>,
}

/// The name of the state in [`TaskFields::texts`]; its lines of history carry the state as action.
pub(super) const STATE: &str = "state";
const FIELDS: usize = 10;

impl TaskFields {
    /// As they are once a person has finished the task: its words stay as they are now.
    pub(super) fn handled(&self, words: Option<&str>) -> Self {
        Self {
            state: TaskState::Handled,
            back_on: None,
            touched: true,
            description: self.description.clone().or_else(|| words.map(str::to_owned)),
            ..self.clone()
        }
    }

    /// Reads them.
    pub(super) fn of(connection: &Connection, task: TaskId) -> Result<Self, StoreError> {
        let mut statement = connection.prepare_cached(
            "SELECT version, state, execute_on, employee_id, customer_id, description, sms_sent, email_sent,
                    outcome, back_on, touched, vehicle_id FROM task WHERE id = ?1",
        )?;
        let found = statement
            .query_row([task.0], |row| {
                let fields = Self {
                    version: row.get(0)?,
                    state: TaskState::Open,
                    execute_on: row.get(2)?,
                    employee: row.get::<_, Option<i64>>(3)?.map(EmployeeId),
                    customer: row.get::<_, Option<i64>>(4)?.map(CustomerId),
                    description: row.get(5)?,
                    sms_sent: row.get(6)?,
                    email_sent: row.get(7)?,
                    outcome: None,
                    back_on: row.get(9)?,
                    touched: row.get(10)?,
                    vehicle: row.get::<_, Option<i64>>(11)?.map(VehicleId),
                };
                Ok((fields, row.get::<_, String>(1)?, row.get::<_, Option<String>>(8)?))
            })
            .optional()?;
        let (mut fields, state, outcome) =
            found.ok_or_else(|| StoreError::Missing { noun: "task", name: task.to_string() })?;
        fields.state = state.parse().map_err(StoreError::Strange)?;
        fields.outcome = outcome.map(|text| text.parse()).transpose().map_err(StoreError::Strange)?;
        Ok(fields)
    }

    /// Each field's name and text, as history keeps it.
    pub(super) fn texts(&self) -> [(&'static str, Option<String>); FIELDS] {
        let yes = |set: bool| Some(if set { "1" } else { "0" }.to_owned());
        [
            ("description", self.description.clone()),
            ("execute_on", Some(self.execute_on.to_string())),
            ("employee", self.employee.map(|id| id.to_string())),
            ("customer", self.customer.map(|id| id.to_string())),
            ("sms_sent", yes(self.sms_sent)),
            ("email_sent", yes(self.email_sent)),
            ("outcome", self.outcome.map(|outcome| outcome.as_str().to_owned())),
            ("back_on", self.back_on.map(|day| day.to_string())),
            ("touched", yes(self.touched)),
            (STATE, Some(self.state.as_str().to_owned())),
        ]
    }

    /// The text of one field; `None` when there is no such field.
    pub(super) fn text(&self, field: &str) -> Option<Option<String>> {
        self.texts().into_iter().find(|(name, _)| *name == field).map(|(_, text)| text)
    }

    /// Sets a field to what history kept of it.
    pub(super) fn set(&mut self, field: &str, text: Option<&str>) -> Result<(), StoreError> {
        let strange = || StoreError::Strange(format!("'{}' as {field} of a task", text.unwrap_or_default()));
        let day = |text: &str| text.parse::<NaiveDate>().map_err(|_| strange());
        let number = |text: &str| text.parse::<i64>().map_err(|_| strange());
        match field {
            "description" => self.description = text.map(str::to_owned),
            "execute_on" => self.execute_on = day(text.unwrap_or_default())?,
            "employee" => self.employee = text.map(number).transpose()?.map(EmployeeId),
            "customer" => self.customer = text.map(number).transpose()?.map(CustomerId),
            "sms_sent" => self.sms_sent = text == Some("1"),
            "email_sent" => self.email_sent = text == Some("1"),
            "outcome" => self.outcome = text.map(str::parse).transpose().map_err(StoreError::Strange)?,
            "back_on" => self.back_on = text.map(day).transpose()?,
            "touched" => self.touched = text == Some("1"),
            STATE => self.state = text.unwrap_or_default().parse().map_err(StoreError::Strange)?,
            _ => return Err(strange()),
        }
        Ok(())
    }

    /// Writes what differs from `before`, with its lines of history, and raises the version. `named`
    /// gives a field's line another action than `changed` (or, for the state, the new state). Answers
    /// whether anything differed.
    pub(super) fn write(
        &self,
        connection: &Connection,
        task: TaskId,
        before: &Self,
        actor: Actor,
        named: impl Fn(&str) -> Option<&'static str>,
    ) -> Result<bool, StoreError> {
        let mut differs = false;
        for ((field, old), (_, new)) in before.texts().iter().zip(self.texts()) {
            if *old == new {
                continue;
            }
            differs = true;
            let own = if *field == STATE { self.state.as_str() } else { "changed" };
            let change = Change {
                noun: "task",
                id: task.0,
                action: named(field).unwrap_or(own),
                field: Some(*field).filter(|field| *field != STATE),
                before: old.as_deref(),
                after: new.as_deref(),
            };
            record(connection, actor, &change)?;
        }
        if !differs {
            return Ok(false);
        }
        let closed_at = (self.state == TaskState::Handled).then(|| instant(actor.at));
        connection
            .prepare_cached(
                "UPDATE task SET state = ?2, execute_on = ?3, employee_id = ?4, customer_id = ?5, description = ?6,
                        sms_sent = ?7, email_sent = ?8, outcome = ?9, back_on = ?10, touched = ?11,
                        closed_at = CASE WHEN state = ?2 THEN closed_at ELSE ?12 END, version = version + 1
                  WHERE id = ?1",
            )?
            .execute(params![
                task.0,
                self.state.as_str(),
                self.execute_on,
                self.employee.map(|id| id.0),
                self.customer.map(|id| id.0),
                self.description,
                self.sms_sent,
                self.email_sent,
                self.outcome.map(Outcome::as_str),
                self.back_on,
                self.touched,
                closed_at,
            ])?;
        Ok(true)
    }
}
