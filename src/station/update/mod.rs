//! Updates (APP-09): a signed bundle from a stick or a server, shown with its notes, written to the other slot, and
//! tried by the next restart. Whether it stays is not decided here, but by the desk that works or does not
//! (`balie doctor --essential`).
//!
//! RAUC does the work; this asks it, and puts into words what a technician can do.

mod rauc;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Serialize;

/// What a bundle's name ends with.
const BUNDLE: &str = "raucb";

/// The file in the data folder that asks for a restart; on the appliance root waits for it
/// (balie-restart.path), because the desk itself may not.
pub const RESTART: &str = "restart";

/// RAUC's service starts when it is asked first, and looks at both slots.
const STATUS: Duration = Duration::from_secs(20);

/// An update as its signed manifest describes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Bundle {
    /// The file, or its address.
    pub place: String,
    /// The kind of machine it is for (`balie-raspberrypi5`).
    pub compatible: String,
    /// Its version.
    pub version: String,
    /// What is new, by language (`nl`, `en`); RAUC tells it from version 1.9 on.
    pub notes: BTreeMap<String, String>,
}

/// One of the two root file systems.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Slot {
    /// `A` or `B`.
    pub name: String,
    /// What was installed in it; nothing for the version the card came with.
    pub version: Option<String>,
    /// When it was installed, as RAUC writes it (ISO 8601, UTC).
    pub installed_at: Option<String>,
    /// Whether it may be started.
    pub good: bool,
    /// Whether it runs.
    pub runs: bool,
    /// Whether the next restart starts it.
    pub next: bool,
}

/// What runs, what is in the other slot, and what the next restart starts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Status {
    /// The kind of machine.
    pub compatible: String,
    /// The version that runs.
    pub version: String,
    /// Both slots, by name.
    pub slots: Vec<Slot>,
    /// An update that was written and is tried by the next restart.
    pub waiting: Option<String>,
    /// Whether what runs is on trial: the next restart starts the version before, unless this one is found good.
    pub trial: bool,
}

/// How a bundle's version stands to the one that runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Age {
    /// It is a later one.
    Newer,
    /// It is this one.
    Same,
    /// It is an earlier one.
    Older,
}

/// Why there is no answer, or no update.
#[derive(Debug, thiserror::Error)]
pub enum UpdateError {
    /// No RAUC: not the appliance.
    #[error("this machine has no slots to update (there is no rauc); install the new Debian package instead")]
    NoRauc,
    /// RAUC cannot be run or talks nonsense.
    #[error("rauc cannot be asked: {0}; restart the machine, and look at journalctl -u rauc")]
    Silent(String),
    /// There is no such file.
    #[error("there is no file {0}; plug the stick in again, or name another one")]
    Missing(PathBuf),
    /// It is not what it says it is.
    #[error(
        "{place} is no update for this machine, or is damaged: {words}; copy it to the stick again, or ask who made the card for one that is signed with its key"
    )]
    Refused {
        /// The bundle.
        place: String,
        /// RAUC's own words.
        words: String,
    },
    /// For another kind of machine.
    #[error("{place} is for {theirs}, and this machine is {ours}; take the update for {ours}")]
    OtherMachine {
        /// The bundle.
        place: String,
        /// What it is for.
        theirs: String,
        /// What this is.
        ours: String,
    },
    /// An earlier version.
    #[error(
        "{theirs} is older than {ours}, which runs, and may not understand the shop's data; say --older if you mean it"
    )]
    Older {
        /// The bundle's version.
        theirs: String,
        /// The version that runs.
        ours: String,
    },
    /// Writing failed; the version that runs is untouched.
    #[error(
        "the update could not be written: {0}; the version that runs is as it was. Try again, or with another stick"
    )]
    Failed(String),
    /// The restart could not be asked for.
    #[error(
        "the restart could not be asked for in {path}: {cause}; switch the machine off and on after `rauc status mark-active other`"
    )]
    Restart {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: std::io::Error,
    },
}

/// The bundles on the sticks that are plugged in, each with its full path, by name. `sticks` is the folder in which
/// the system mounts them.
pub fn on_sticks(sticks: &Path) -> Vec<PathBuf> {
    let entries = |folder: &Path| -> Vec<PathBuf> {
        fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect()
    };
    let mut found: Vec<PathBuf> = entries(sticks)
        .iter()
        .flat_map(|stick| entries(stick))
        .filter(|path| path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case(BUNDLE)))
        .collect();
    found.sort();
    found
}

/// Reads and checks a bundle's signature and manifest; writes nothing. `place` is a file or an address (https).
///
/// # Errors
/// [`UpdateError`]: no RAUC, no such file, or not signed with this machine's key.
pub fn inspect(place: &str) -> Result<Bundle, UpdateError> {
    if !is_address(place) && !Path::new(place).exists() {
        return Err(UpdateError::Missing(place.into()));
    }
    rauc::info(place)
}

/// What runs and what waits.
///
/// # Errors
/// [`UpdateError`] when RAUC cannot be asked.
pub fn status() -> Result<Status, UpdateError> {
    status_of(Path::new(rauc::PROGRAM), STATUS)
}

/// As [`status`], asked of this program and awaited for so long.
///
/// # Errors
/// As [`status`].
pub fn status_of(program: &Path, within: Duration) -> Result<Status, UpdateError> {
    rauc::status(program, within)
}

/// Checks that a bundle is for this machine, and how its version stands to the one that runs.
///
/// # Errors
/// [`UpdateError::OtherMachine`].
pub fn compare(bundle: &Bundle, status: &Status) -> Result<Age, UpdateError> {
    if bundle.compatible != status.compatible {
        return Err(UpdateError::OtherMachine {
            place: bundle.place.clone(),
            theirs: bundle.compatible.clone(),
            ours: status.compatible.clone(),
        });
    }
    Ok(match parts(&bundle.version).cmp(&parts(&status.version)) {
        std::cmp::Ordering::Less => Age::Older,
        std::cmp::Ordering::Equal => Age::Same,
        std::cmp::Ordering::Greater => Age::Newer,
    })
}

/// Inspects a bundle and compares it with what runs.
///
/// # Errors
/// What [`inspect`] and [`compare`] say.
pub fn judge(place: &str, status: &Status) -> Result<(Bundle, Age), UpdateError> {
    let bundle = inspect(place)?;
    let age = compare(&bundle, status)?;
    Ok((bundle, age))
}

/// Writes a bundle to the other slot, which takes minutes; `progress` hears percent and what is being done.
/// Nothing of what runs is touched; the next restart tries the new version.
///
/// # Errors
/// [`UpdateError`]: what [`inspect`] and [`compare`] say, an older version unless `older`, or that writing failed.
pub fn install(place: &str, older: bool, progress: &mut dyn FnMut(u8, &str)) -> Result<Bundle, UpdateError> {
    let bundle = inspect(place)?;
    let status = status()?;
    if compare(&bundle, &status)? == Age::Older && !older {
        return Err(UpdateError::Older { theirs: bundle.version, ours: status.version });
    }
    rauc::install(place, progress)?;
    Ok(bundle)
}

/// Asks for the restart that tries the update.
///
/// # Errors
/// [`UpdateError::Restart`].
pub fn restart(data_dir: &Path) -> Result<(), UpdateError> {
    let path = data_dir.join(RESTART);
    fs::write(&path, "").map_err(|cause| UpdateError::Restart { path, cause })
}

fn is_address(place: &str) -> bool {
    place.starts_with("https://") || place.starts_with("http://")
}

/// A version as numbers: `0.10.2` comes after `0.9`. What is no number counts as 0.
fn parts(version: &str) -> Vec<u64> {
    let mut parts: Vec<u64> =
        version.split(['.', '-', '+']).map(|part| part.parse().unwrap_or_default()).collect();
    while parts.last() == Some(&0) {
        parts.pop();
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::parts;

    #[test]
    fn versions_are_numbers() {
        assert!(parts("0.10.0") > parts("0.9.9"));
        assert_eq!(parts("1"), parts("1.0.0"));
        assert!(parts("1.0.1") > parts("1"));
    }
}
