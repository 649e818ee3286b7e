//! Writes everything as the CSV files of the contract: importing them into an empty database and
//! exporting again gives the same bytes.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use csv::{QuoteStyle, Terminator, WriterBuilder};
use serde::Serialize;

use super::formula::guarded;
use crate::store::noun::Noun;
use crate::store::{Store, StoreError};

/// What was written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ExportReport {
    /// Each file's name and number of rows.
    pub files: Vec<ExportedFile>,
}

/// One file that was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExportedFile {
    /// Its name.
    pub file: String,
    /// Rows below the header.
    pub rows: u64,
}

/// Why an export did not take place.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The folder or a file in it.
    #[error("{path} cannot be written: {cause}")]
    Write {
        /// What was to be written.
        path: PathBuf,
        /// The system's words.
        cause: io::Error,
    },
}

/// Writes all ten files into a folder, as they are at one moment. Each takes the place of an
/// earlier one when it is complete.
///
/// # Errors
/// [`ExportError`] names the file that could not be written.
pub fn export(store: &Store, dir: &Path) -> Result<ExportReport, ExportError> {
    fs::create_dir_all(dir).map_err(|cause| ExportError::Write { path: dir.to_owned(), cause })?;
    store.reading(|store| {
        let mut report = ExportReport::default();
        for noun in Noun::ALL {
            let path = dir.join(noun.file);
            let rows = write(store, noun, &path)?;
            report.files.push(ExportedFile { file: noun.file.to_owned(), rows });
        }
        File::open(dir)
            .and_then(|dir| dir.sync_all())
            .map_err(|cause| ExportError::Write { path: dir.to_owned(), cause })?;
        Ok(report)
    })
}

fn write(store: &Store, noun: &Noun, path: &Path) -> Result<u64, ExportError> {
    let unwritable = |cause: io::Error| ExportError::Write { path: path.to_owned(), cause };
    let part = path.with_extension("csv.part");
    let file = File::create(&part).map_err(unwritable)?;
    let mut writer = WriterBuilder::new()
        .terminator(Terminator::CRLF)
        .quote_style(QuoteStyle::Necessary)
        .from_writer(BufWriter::with_capacity(256 * 1024, file));
    let mut rows = 0;
    let names = noun.columns.iter().map(|column| column.name);
    writer.write_record(names).map_err(|cause| unwritable(cause.into()))?;
    store.for_each_row::<ExportError>(noun, |cells| {
        rows += 1;
        for cell in cells {
            writer.write_field(guarded(cell).as_bytes()).map_err(|cause| unwritable(cause.into()))?;
        }
        writer.write_record(None::<&[u8]>).map_err(|cause| unwritable(cause.into()))
    })?;
    let mut writer = writer.into_inner().map_err(|failed| unwritable(failed.into_error()))?;
    writer.flush().map_err(unwritable)?;
    writer.get_ref().sync_all().map_err(unwritable)?;
    fs::rename(&part, path).map_err(unwritable)?;
    Ok(rows)
}
