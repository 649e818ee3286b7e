//! Steps: what one touch on 'save' did, as a range of lines of history, and how it is taken back
//! (NEW-04). Undo reads the lines backwards; it refuses where somebody has changed the same since.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, params};

use super::history::{Actor, Change, instant, record};
use super::task_fields::{STATE, TaskFields};
use super::{Store, StoreError, call_note, collection, message, ownership};
use crate::domain::ids::{StepId, TaskId};

/// A step of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// Its number.
    pub id: StepId,
    /// The task.
    pub task: TaskId,
    /// The number of its first line of history.
    pub first_line: i64,
    /// The number of its last line.
    pub last_line: i64,
    /// When it was undone.
    pub undone_at: Option<DateTime<Utc>>,
}

/// What came of undoing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Undone {
    /// It is as it was before the step.
    Done {
        /// The task.
        task: TaskId,
        /// Messages of the step that had left already; they stay.
        sent: u32,
    },
    /// Nothing was changed.
    Refused(Refusal),
}

/// Why a step is not undone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// It was undone before.
    Already,
    /// This field has been changed since.
    ChangedSince(String),
}

/// The number of the next line of history.
pub(super) fn next_line(connection: &Connection) -> Result<i64, StoreError> {
    let sql = "SELECT coalesce(max(id), 0) + 1 FROM history";
    Ok(connection.prepare_cached(sql)?.query_row([], |row| row.get(0))?)
}

/// Makes the lines since `first` one step; `None` when there are none.
pub(super) fn close(connection: &Connection, task: TaskId, first: i64) -> Result<Option<StepId>, StoreError> {
    let last = next_line(connection)? - 1;
    if last < first {
        return Ok(None);
    }
    connection
        .prepare_cached("INSERT INTO step (task_id, first_line, last_line) VALUES (?1, ?2, ?3)")?
        .execute(params![task.0, first, last])?;
    Ok(Some(StepId(connection.last_insert_rowid())))
}

/// A line of a step.
struct Line {
    noun: String,
    id: i64,
    field: Option<String>,
    before: Option<String>,
    after: Option<String>,
}

/// The lines of a step, the last one first.
fn lines(connection: &Connection, step: &Step) -> Result<Vec<Line>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT noun, noun_id, field, before, after FROM history WHERE id BETWEEN ?1 AND ?2 ORDER BY id DESC",
    )?;
    let lines = statement.query_map([step.first_line, step.last_line], |row| {
        Ok(Line {
            noun: row.get(0)?,
            id: row.get(1)?,
            field: row.get(2)?,
            before: row.get(3)?,
            after: row.get(4)?,
        })
    })?;
    Ok(lines.collect::<Result<_, _>>()?)
}

fn read(connection: &Connection, condition: &str, id: i64) -> Result<Vec<Step>, StoreError> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT id, task_id, first_line, last_line, undone_at FROM step WHERE {condition} ORDER BY id"
    ))?;
    let steps = statement.query_map([id], |row| {
        Ok(Step {
            id: StepId(row.get(0)?),
            task: TaskId(row.get(1)?),
            first_line: row.get(2)?,
            last_line: row.get(3)?,
            undone_at: row.get(4)?,
        })
    })?;
    Ok(steps.collect::<Result<_, _>>()?)
}

/// Messages of the step that can no longer be held back, and the box of each.
struct Sent {
    boxes: Vec<&'static str>,
}

impl Store {
    /// The steps of a task, oldest first.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn task_steps(&self, task: TaskId) -> Result<Vec<Step>, StoreError> {
        read(&self.connection, "task_id = ?1", task.0)
    }

    /// Takes a step back: every field gets what it had before, queued messages are cancelled, call
    /// notes no longer count. History keeps both the step and its undoing.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when there is no such step; else why it could not be saved.
    pub fn undo(&mut self, step: StepId, actor: Actor) -> Result<Undone, StoreError> {
        let write = self.write()?;
        let step = read(&write, "id = ?1", step.0)?
            .pop()
            .ok_or_else(|| StoreError::Missing { noun: "step", name: step.to_string() })?;
        if step.undone_at.is_some() {
            return Ok(Undone::Refused(Refusal::Already));
        }
        let lines = lines(&write, &step)?;
        let now = TaskFields::of(&write, step.task)?;
        if let Some(field) = changed_since(&write, &step, &lines, &now)? {
            return Ok(Undone::Refused(Refusal::ChangedSince(field)));
        }
        let sent = take_back(&write, &step, &lines, actor)?;
        let mut before = now.clone();
        for line in lines.iter().filter(|line| line.noun == "task" && line.id == step.task.0) {
            let field = line.field.as_deref().unwrap_or(STATE);
            // A message that has left keeps its box.
            if now.text(field).is_some() && !sent.boxes.contains(&field) {
                before.set(field, line.before.as_deref())?;
            }
        }
        before.write(&write, step.task, &now, actor, |_| Some("undone"))?;
        write
            .execute("UPDATE step SET undone_at = ?2 WHERE id = ?1", params![step.id.0, instant(actor.at)])?;
        // What the collector leaves alone may be its own again.
        collection::request(&write)?;
        write.commit()?;
        Ok(Undone::Done { task: step.task, sent: u32::try_from(sent.boxes.len()).unwrap_or(u32::MAX) })
    }
}

/// The first field that is no longer what the step made of it.
fn changed_since(
    connection: &Connection,
    step: &Step,
    lines: &[Line],
    now: &TaskFields,
) -> Result<Option<String>, StoreError> {
    let mut seen: Vec<(&str, i64, &str)> = Vec::new();
    for line in lines {
        let field = line.field.as_deref().unwrap_or(STATE);
        let present = match line.noun.as_str() {
            "task" if line.id == step.task.0 => now.text(field),
            "ownership" => Some(ownership::until(connection, line.id)?),
            _ => None,
        };
        // The last line of a field is the first one here: only that one can still hold.
        let last = !seen.contains(&(line.noun.as_str(), line.id, field));
        seen.push((&line.noun, line.id, field));
        if let Some(present) = present.filter(|_| last)
            && present != line.after
        {
            return Ok(Some(field.to_owned()));
        }
    }
    Ok(None)
}

/// Messages, call notes and owners of the step.
fn take_back(connection: &Connection, step: &Step, lines: &[Line], actor: Actor) -> Result<Sent, StoreError> {
    let mut sent = Sent { boxes: Vec::new() };
    let undone = |noun: &str, id: i64, line: &Line| {
        let change = Change {
            noun,
            id,
            action: "undone",
            field: line.field.as_deref(),
            before: line.after.as_deref(),
            after: line.before.as_deref(),
        };
        record(connection, actor, &change)
    };
    for line in lines {
        let number = line.after.as_deref().and_then(|text| text.parse::<i64>().ok());
        match (line.noun.as_str(), line.field.as_deref(), number) {
            ("task", Some(message::LINE), Some(id)) => match message::hold_back(connection, id)? {
                None => undone("task", step.task.0, line)?,
                Some("sms") => sent.boxes.push("sms_sent"),
                Some(_) => sent.boxes.push("email_sent"),
            },
            ("task", Some(call_note::LINE), Some(id)) => {
                call_note::take_back(connection, id, actor)?;
                undone("task", step.task.0, line)?;
            }
            ("ownership", Some("until_on"), _) => {
                ownership::set_until(connection, line.id, line.before.as_deref())?;
                undone("ownership", line.id, line)?;
            }
            _ => {}
        }
    }
    Ok(sent)
}
