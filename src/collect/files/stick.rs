//! A backup for every stick that is plugged in: a copy on the same card is none (faults 2.2).

use std::io;
use std::path::Path;

use crate::collect::service::Moment;
use crate::exchange::stick::{Stick, sticks};
use crate::store::Store;

/// The sticks that are known.
#[derive(Debug, Default)]
pub(super) struct Sticks {
    seen: Vec<Stick>,
}

impl Sticks {
    /// A stick that was not there the last time. One that was there when the service began counts.
    pub(super) fn fresh(&mut self, root: &Path) -> io::Result<Option<Stick>> {
        let here = sticks(root)?;
        self.seen.retain(|stick| here.contains(stick));
        let fresh = here.into_iter().find(|stick| !self.seen.contains(stick));
        self.seen.extend(fresh.clone());
        Ok(fresh)
    }
}

/// Writes the day's backup onto a stick; the last seven days stay there.
pub(super) fn back_up(store: &mut Store, stick: &Stick, moment: Moment) -> Result<(), String> {
    let facts = stick
        .keep_backup(store, moment.today, &mut |_, _| {})
        .map_err(|words| format!("no backup on the stick: {words}"))?;
    tracing::info!(bytes = facts.bytes, "a backup is on the stick; it may be pulled");
    store.note_stick(moment.at, &stick.name).map_err(|cause| cause.to_string())
}
