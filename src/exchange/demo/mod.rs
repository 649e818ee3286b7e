//! An invented shop of any size: the same number of vehicles, seed and day give the same shop.
//!
//! It is written as CSV files, household by household and in constant memory; a database is filled
//! by importing them, so that both ways give the same shop.

mod books;
mod cars;
mod dice;
mod people;
mod plates;
mod words;

use std::io;
use std::path::{Path, PathBuf};

use chrono::{DateTime, NaiveDate, Utc};

use super::{ImportError, ImportOptions, ImportReport, Progress, import};
use crate::store::{Store, StoreError};
use books::Books;
use cars::Cars;
use dice::Dice;
use people::People;

/// Why there is no demo.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// A database with a shop in it.
    #[error(
        "this database has customers or vehicles already, and the invented shop may not be mixed with them; name an empty data folder with --data-dir"
    )]
    NotEmpty,
    /// A folder or file.
    #[error("{path} cannot be written: {cause}")]
    Write {
        /// Where.
        path: PathBuf,
        /// The system's words.
        cause: io::Error,
    },
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The import of the files.
    #[error(transparent)]
    Import(#[from] ImportError),
}

/// Which shop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Demo {
    /// How many vehicles it knows.
    pub vehicles: u32,
    /// Another number gives another shop.
    pub seed: u64,
    /// Around which day its dates lie.
    pub today: NaiveDate,
}

/// Writes the shop as CSV files into a folder, with the dirty dates that real files have.
///
/// # Errors
/// [`DemoError::Write`] when the folder cannot be written.
pub fn write_csv(demo: Demo, dir: &Path) -> Result<(), DemoError> {
    invent(demo, dir).map_err(|cause| DemoError::Write { path: dir.to_owned(), cause })
}

/// Fills an empty database with the shop. The rows with dirty dates are left out, as by any import;
/// what the vehicle register would say is added. `scratch` is a folder for the files in between; it
/// is removed again.
///
/// # Errors
/// [`DemoError::NotEmpty`] when there is something in the database.
pub fn write_to_store(
    store: &mut Store,
    demo: Demo,
    scratch: &Path,
    now: DateTime<Utc>,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<ImportReport, DemoError> {
    if !store.is_empty()? {
        return Err(DemoError::NotEmpty);
    }
    let unwritable = |cause| DemoError::Write { path: scratch.to_owned(), cause };
    // It will be removed with all that is in it.
    if std::fs::read_dir(scratch).is_ok_and(|mut entries| entries.next().is_some()) {
        let cause = io::Error::other("there are files in it; move them or remove them");
        return Err(unwritable(cause));
    }
    write_csv(demo, scratch)?;
    let rejects_dir = scratch.join("rejects");
    let options = ImportOptions { dry_run: false, strict: false, rejects_dir: &rejects_dir, now, progress };
    let report = import(store, scratch, options);
    std::fs::remove_dir_all(scratch).map_err(unwritable)?;
    let mut report = report?;
    for file in &mut report.files {
        file.rejects_file = None;
    }
    store.invent_register(demo.today, now)?;
    Ok(report)
}

fn invent(demo: Demo, dir: &Path) -> io::Result<()> {
    let mut books = Books::begin(dir)?;
    let mut dice = Dice::new(demo.seed);
    for (code, name, role) in [
        ("BEA", "Bea", "manager"),
        ("ELS", "Els", "reception"),
        ("JAN", "Jan", "reception"),
        ("MOE", "Moes", "reception"),
        ("PIM", "Pim", "reception"),
    ] {
        books.employees.row(&[code, name, role, if code == "MOE" { "no" } else { "yes" }])?;
    }
    let mut people = People::default();
    let mut cars = Cars::new(demo.today);
    while cars.count < demo.vehicles {
        let left = demo.vehicles - cars.count;
        // The vehicles that show each kind of task come first, and have an owner.
        if cars.count > 20 && dice.percent(4) {
            cars.write(&mut books, &mut dice, None, false)?;
            continue;
        }
        let owners = people.owners(&mut books, &mut dice, left)?;
        for _ in 0..owners.cars {
            let owner = dice.pick(&owners.codes).clone();
            cars.write(&mut books, &mut dice, Some(&owner), owners.trader)?;
        }
    }
    books.end()
}
