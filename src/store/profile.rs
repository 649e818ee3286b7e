//! Mapping profiles of other systems' files (APP-05), as text; the exchange reads them.

use rusqlite::{OptionalExtension, params};

use super::history::{Actor, Change, instant, record};
use super::{Store, StoreError};

impl Store {
    /// Name and content of every profile, in the order of their names.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn profiles(&self) -> Result<Vec<(String, String)>, StoreError> {
        let mut find =
            self.connection.prepare_cached("SELECT name, content FROM import_profile ORDER BY name")?;
        let rows = find.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The content of one profile, if it is there.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn profile(&self, name: &str) -> Result<Option<String>, StoreError> {
        let mut find =
            self.connection.prepare_cached("SELECT content FROM import_profile WHERE name = ?1")?;
        Ok(find.query_row([name], |row| row.get(0)).optional()?)
    }

    /// Saves a profile under its name, with a line of history; none removes it.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when there is none to remove; else why it could not be saved.
    pub fn save_profile(
        &mut self,
        name: &str,
        content: Option<&str>,
        actor: Actor,
    ) -> Result<(), StoreError> {
        let write = self.write()?;
        let before: Option<String> = write
            .query_row("SELECT content FROM import_profile WHERE name = ?1", [name], |row| row.get(0))
            .optional()?;
        match content {
            Some(content) => write.execute(
                "INSERT INTO import_profile (name, content, saved_at) VALUES (?1, ?2, ?3)
                 ON CONFLICT (name) DO UPDATE SET content = excluded.content, saved_at = excluded.saved_at",
                params![name, content, instant(actor.at)],
            )?,
            None if before.is_none() => {
                return Err(StoreError::Missing { noun: "profile", name: name.to_owned() });
            }
            None => write.execute("DELETE FROM import_profile WHERE name = ?1", [name])?,
        };
        let change = Change {
            noun: "import_profile",
            action: if content.is_some() { "changed" } else { "removed" },
            field: Some(name),
            before: before.as_deref(),
            after: content,
            ..Change::default()
        };
        record(&write, actor, &change)?;
        Ok(write.commit()?)
    }
}
