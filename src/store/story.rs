//! A task's history as a person reads it (CSS-15): numbers of customers and employees as names, call
//! notes and messages with what they say, and the steps that can still be undone.

use chrono::{DateTime, Utc};

use super::{Store, StoreError};
use crate::domain::ids::{StepId, TaskId};

/// One line of the story.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoryLine {
    /// When, in UTC.
    pub at: DateTime<Utc>,
    /// Name or code of the person; `None`: Balie itself, or nobody was signed in.
    pub employee: Option<String>,
    /// `desk`, `command`, `collector`, `import` or `register`.
    pub origin: String,
    /// What was done, in one word.
    pub action: String,
    /// Which field; `None` is the task's state.
    pub field: Option<String>,
    /// Before: text, date, word or name. Of a call note its outcome, of a message its channel.
    pub before: Option<String>,
    /// After. Of a call note its words, of a message its address.
    pub after: Option<String>,
    /// The step that began with this line, while it is not undone.
    pub step: Option<StepId>,
}

/// A customer's name by the number in a column.
macro_rules! name_of {
    ($column:literal) => {
        concat!(
            "(SELECT coalesce(c.company, nullif(trim(coalesce(c.first_name, '') || ' ' || coalesce(c.name, '')), ''), c.code)
                FROM customer c WHERE c.id = h.",
            $column,
            ")"
        )
    };
}

const STORY: &str = concat!(
    "SELECT h.at, coalesce(e.name, e.code), h.origin, h.action, h.field,
            CASE h.field
                 WHEN 'employee' THEN (SELECT coalesce(p.name, p.code) FROM employee p WHERE p.id = h.before)
                 WHEN 'customer' THEN ",
    name_of!("before"),
    "        WHEN 'call_note' THEN (SELECT n.outcome FROM call_note n WHERE n.id = coalesce(h.after, h.before))
                 WHEN 'message' THEN (SELECT m.channel FROM message m WHERE m.id = coalesce(h.after, h.before))
                 ELSE h.before END,
            CASE h.field
                 WHEN 'employee' THEN (SELECT coalesce(p.name, p.code) FROM employee p WHERE p.id = h.after)
                 WHEN 'customer' THEN ",
    name_of!("after"),
    "        WHEN 'call_note' THEN (SELECT n.text FROM call_note n WHERE n.id = coalesce(h.after, h.before))
                 WHEN 'message' THEN (SELECT m.address FROM message m WHERE m.id = coalesce(h.after, h.before))
                 ELSE h.after END,
            (SELECT s.id FROM step s WHERE s.task_id = h.noun_id AND s.first_line <= h.id AND s.last_line >= h.id
                AND s.undone_at IS NULL)
       FROM history h LEFT JOIN employee e ON e.id = h.employee_id
      WHERE h.noun = 'task' AND h.noun_id = ?1
        AND coalesce(h.field, '') <> 'touched' AND NOT (h.action = 'frozen')
        AND NOT (h.action = 'undone' AND h.field = 'description' AND h.after IS NULL)
      ORDER BY h.id"
);

impl Store {
    /// A task's history for the screen, oldest first. A step stands at its first line only.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn task_story(&self, task: TaskId) -> Result<Vec<StoryLine>, StoreError> {
        let mut statement = self.connection.prepare_cached(STORY)?;
        let mut rows = statement.query([task.0])?;
        let mut story: Vec<StoryLine> = Vec::new();
        let mut last = None;
        while let Some(row) = rows.next()? {
            let step = row.get::<_, Option<i64>>(7)?.map(StepId);
            let begins = step.is_some() && step != last;
            last = step.or(last);
            story.push(StoryLine {
                at: row.get(0)?,
                employee: row.get(1)?,
                origin: row.get(2)?,
                action: row.get(3)?,
                field: row.get(4)?,
                before: row.get(5)?,
                after: row.get(6)?,
                step: step.filter(|_| begins),
            });
        }
        Ok(story)
    }
}
