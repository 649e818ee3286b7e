//! The first manager on the way from the technician's file into the database.
//!
//! Provisioning runs before the services and as another user, so it opens no database: it leaves name and PIN
//! in the folder of secrets, and the collector takes them from there when it starts.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::files::{Group, Wanted, remove};
use super::{ProvisionError, SECRETS};
use crate::domain::pin::Pin;
use crate::exchange::whole::sync_folder;
use crate::store::employee::Staffed;
use crate::store::sign_in::FirstManager;
use crate::store::{Store, StoreError};

/// What it is called there.
const FILE: &str = "first-manager.json";

/// Who it is to be.
#[derive(Serialize, Deserialize)]
struct Waiting {
    name: String,
    pin: String,
}

fn path(data_dir: &Path) -> PathBuf {
    data_dir.join(SECRETS).join(FILE)
}

/// The file to leave.
pub(super) fn file(data_dir: &Path, name: &str, pin: &Pin, group: Option<Group>) -> Wanted {
    let waiting = Waiting { name: name.to_owned(), pin: pin.digits().to_owned() };
    let content = serde_json::to_vec(&waiting).unwrap_or_default();
    Wanted { path: path(data_dir), content, mode: 0o640, group }
}

/// Makes the manager that waits, if one does and there is none with a PIN; `at` is this instant in UTC. The
/// PIN is then nowhere but in the database, as a hash. Says whether somebody became manager.
///
/// # Errors
/// [`ProvisionError`]; who waits goes on waiting.
pub fn take(database: &Path, data_dir: &Path, at: DateTime<Utc>) -> Result<bool, ProvisionError> {
    let path = path(data_dir);
    let failed = |cause| ProvisionError::File { path: path.clone(), cause };
    let text = match fs::read(&path) {
        Ok(text) => text,
        Err(cause) if cause.kind() == ErrorKind::NotFound => return Ok(false),
        Err(cause) => return Err(failed(cause)),
    };
    let waiting: Option<Waiting> = serde_json::from_slice(&text).ok();
    let made = match waiting.and_then(|waiting| Some((Pin::parse(&waiting.pin)?, waiting.name))) {
        Some((pin, name)) => make(&mut Store::open(database)?, name, &pin, at)?,
        // No such file: nobody can do anything with it.
        None => false,
    };
    remove(&path).and_then(|()| sync_folder(path.parent().unwrap_or(Path::new("/")))).map_err(failed)?;
    Ok(made)
}

fn make(store: &mut Store, name: String, pin: &Pin, at: DateTime<Utc>) -> Result<bool, StoreError> {
    if store.has_manager()? {
        return Ok(false);
    }
    // Somebody of that name may have come with the shop's own files, or half a step before a power cut.
    let known = store.staff()?.into_iter().find(|one| one.employee.active && one.name() == name);
    let who = known.map_or(FirstManager::New(name), |one| FirstManager::Known(one.id));
    Ok(matches!(store.make_first_manager(who, pin, at)?, Staffed::Saved(_)))
}
