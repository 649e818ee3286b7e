//! What a person has seen of the machine's parts: the lamp blinked, the button answered, the whole screen
//! feels a finger. Kept as lines of history.

use rusqlite::{OptionalExtension, params};

use super::history::{Actor, Change, record};
use super::{Store, StoreError};

/// A part that only a person can judge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// The lamp on the desk.
    Lamp,
    /// The button on the desk.
    Button,
    /// The screen, to its corners.
    Touch,
}

impl Seen {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Lamp, Self::Button, Self::Touch];

    /// Its word in history.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Lamp => "lamp",
            Self::Button => "button",
            Self::Touch => "touch",
        }
    }
}

impl Store {
    /// What was last seen of a part: whether it works; `None`: nobody has looked yet.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn seen(&self, part: Seen) -> Result<Option<bool>, StoreError> {
        let sql = "SELECT after = 'works' FROM history WHERE noun = 'machine' AND noun_id = 0 AND field = ?1
                    ORDER BY id DESC LIMIT 1";
        Ok(self.connection.prepare_cached(sql)?.query_row([part.as_str()], |row| row.get(0)).optional()?)
    }

    /// Notes what a person saw of a part.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be saved.
    pub fn note_seen(&mut self, part: Seen, works: bool, actor: Actor) -> Result<(), StoreError> {
        let write = self.write()?;
        let line = Change {
            noun: "machine",
            id: 0,
            action: "noted",
            field: Some(part.as_str()),
            before: None,
            after: Some(if works { "works" } else { "does not work" }),
        };
        record(&write, actor, &line)?;
        Ok(write.commit()?)
    }

    /// Whether anything was ever imported that was not taken back.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn has_import(&self) -> Result<bool, StoreError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM import WHERE undone_at IS NULL)";
        Ok(self.connection.prepare_cached(sql)?.query_row(params![], |row| row.get(0))?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::history::Origin;

    #[test]
    fn what_was_seen_last_counts() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = Store::open(&folder.path().join("balie.db")).unwrap();
        let actor = Actor { origin: Origin::Desk(None), at: "2026-11-25T08:00:00Z".parse().unwrap() };
        assert_eq!(Seen::ALL.map(|part| store.seen(part).unwrap()), [None; 3]);
        store.note_seen(Seen::Lamp, false, actor).unwrap();
        store.note_seen(Seen::Lamp, true, actor).unwrap();
        store.note_seen(Seen::Touch, false, actor).unwrap();
        assert_eq!(Seen::ALL.map(|part| store.seen(part).unwrap()), [Some(true), None, Some(false)]);
        assert!(!store.has_import().unwrap());
    }
}
