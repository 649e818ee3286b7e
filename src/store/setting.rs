//! Settings: only what differs from the defaults is stored, under its dotted key.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension, params};
use serde_json::Value;

use super::history::{Actor, Change, record};
use super::{Store, StoreError, collection};
use crate::domain::rule::RuleKey;
use crate::domain::settings::{SettingError, Settings};

impl Store {
    /// Everything the shop set. A stored key that this version does not know is left alone.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read or holds a value that does not fit.
    pub fn settings(&self) -> Result<Settings, StoreError> {
        settings(&self.connection)
    }

    /// Changes one setting, with its line of history, and asks for a collection.
    ///
    /// # Errors
    /// [`StoreError::Setting`] when key or value do not fit; [`StoreError::Missing`] when the
    /// assignee is not an active employee.
    pub fn set_setting(&mut self, key: &str, value: &str, actor: Actor) -> Result<Settings, StoreError> {
        let write = self.write()?;
        let before = settings(&write)?;
        let mut after = before.clone();
        after.set(key, value)?;
        let old = text(&before.get(key)?);
        let new = text(&after.get(key)?);
        if old == new {
            return Ok(after);
        }
        if key.ends_with(".assignee") && !new.is_empty() {
            let known: Option<i64> = write
                .query_row("SELECT id FROM employee WHERE code = ?1 AND active = 1", [&new], |row| row.get(0))
                .optional()?;
            if known.is_none() {
                return Err(StoreError::Missing { noun: "active employee", name: new });
            }
        }
        if new == text(&Settings::default().get(key)?) {
            write.execute("DELETE FROM setting WHERE key = ?1", [key])?;
        } else {
            write.execute(
                "INSERT INTO setting (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                params![key, new],
            )?;
        }
        let change = Change {
            noun: "setting",
            id: 0,
            action: "changed",
            field: Some(key),
            before: Some(&old),
            after: Some(&new),
        };
        record(&write, actor, &change)?;
        collection::request(&write)?;
        write.commit()?;
        Ok(after)
    }

    /// The templates the shop changed for a purpose and language, by kind.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn templates(&self, purpose: &str, language: &str) -> Result<BTreeMap<RuleKey, String>, StoreError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT kind, text FROM template WHERE purpose = ?1 AND language = ?2")?;
        let rows =
            statement.query_map([purpose, language], |row| Ok((row.get::<_, String>(0)?, row.get(1)?)))?;
        let mut templates = BTreeMap::new();
        for row in rows {
            let (kind, text) = row?;
            if let Ok(rule) = kind.parse() {
                templates.insert(rule, text);
            }
        }
        Ok(templates)
    }

    /// Changes the template of one kind of task; `None` puts the default back.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be written.
    pub fn set_template(
        &mut self,
        purpose: &str,
        rule: RuleKey,
        language: &str,
        text: Option<&str>,
        actor: Actor,
    ) -> Result<(), StoreError> {
        let before = self.templates(purpose, language)?.remove(&rule);
        let write = self.write()?;
        write_template(&write, [purpose, rule.as_str(), language], before.as_deref(), text, actor)?;
        Ok(write.commit()?)
    }
}

/// Writes a text of the shop's own, with its line of history, inside the caller's transaction; `None`
/// puts the delivered one back. `key` is purpose, kind and language.
pub(super) fn write_template(
    connection: &Connection,
    key: [&str; 3],
    before: Option<&str>,
    text: Option<&str>,
    actor: Actor,
) -> Result<(), StoreError> {
    let [purpose, kind, language] = key;
    match text {
        None => connection.execute(
            "DELETE FROM template WHERE purpose = ?1 AND kind = ?2 AND language = ?3",
            params![purpose, kind, language],
        )?,
        Some(text) => connection.execute(
            "INSERT INTO template (purpose, kind, language, text) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (purpose, kind, language) DO UPDATE SET text = excluded.text",
            params![purpose, kind, language, text],
        )?,
    };
    let field = format!("{purpose}.{kind}.{language}");
    let change =
        Change { noun: "template", id: 0, action: "changed", field: Some(&field), before, after: text };
    record(connection, actor, &change)
}

pub(super) fn settings(connection: &Connection) -> Result<Settings, StoreError> {
    let mut settings = Settings::default();
    let mut statement = connection.prepare_cached("SELECT key, value FROM setting ORDER BY key")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (key, value): (String, String) = (row.get(0)?, row.get(1)?);
        match settings.set(&key, &value) {
            Ok(()) | Err(SettingError::Unknown(_)) => {}
            Err(wrong) => return Err(StoreError::Strange(wrong.to_string())),
        }
    }
    Ok(settings)
}

/// A value as it is stored and typed: texts without quotes, no assignee as nothing.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}
