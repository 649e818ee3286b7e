//! One person's data, as they may ask for it (APP-11): as JSON for a machine and as PDF for a reader.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use serde_json::{Map, Value};

use super::paper::{Paper, PaperError};
use super::person_words::word;
use super::whole;
use crate::domain::ids::CustomerId;
use crate::domain::language::Language;
use crate::store::personal::Table;
use crate::store::{Store, StoreError};

/// Why nothing was given out.
#[derive(Debug, thiserror::Error)]
pub enum PersonError {
    /// No such customer.
    #[error("there is no customer {0}")]
    Missing(CustomerId),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The PDF.
    #[error(transparent)]
    Paper(#[from] PaperError),
    /// The folder or a file.
    #[error("{path} cannot be written: {cause}")]
    Write {
        /// Where.
        path: PathBuf,
        /// The system's words.
        cause: io::Error,
    },
}

/// Writes everything kept about a customer into a folder, as JSON and as PDF; answers the two files.
///
/// # Errors
/// [`PersonError`] in words.
pub fn export_person(
    store: &Store,
    id: CustomerId,
    folder: &Path,
    today: NaiveDate,
    language: Language,
) -> Result<[PathBuf; 2], PersonError> {
    let tables = store.personal_data(id)?.ok_or(PersonError::Missing(id))?;
    let name = store.customer(id)?.map(|customer| customer.display_name()).unwrap_or_default();
    let code = cell(&tables, "code");
    let code: String =
        code.chars().map(|sign| if sign.is_ascii_alphanumeric() { sign } else { '-' }).collect();
    let unwritable = |path: &Path| {
        let path = path.to_owned();
        move |cause| PersonError::Write { path, cause }
    };
    fs::create_dir_all(folder).map_err(unwritable(folder))?;
    let json = folder.join(format!("customer-{code}-{today}.json"));
    let pdf = folder.join(format!("customer-{code}-{today}.pdf"));
    let text = serde_json::to_string_pretty(&as_json(&tables, today)).unwrap_or_default();
    whole::replace(&json, |file| file.write_all(text.as_bytes())).map_err(unwritable(&json))?;
    let paper = as_pdf(&tables, &name, today, language)?;
    whole::replace(&pdf, |file| file.write_all(&paper)).map_err(unwritable(&pdf))?;
    Ok([json, pdf])
}

fn cell(tables: &[Table], column: &str) -> String {
    let Some(first) = tables.first() else { return String::new() };
    let place = first.columns.iter().position(|name| name == column);
    let row = first.rows.first();
    place.and_then(|place| row?.get(place)).cloned().unwrap_or_default()
}

fn as_json(tables: &[Table], today: NaiveDate) -> Value {
    let mut all = Map::new();
    all.insert("exported_on".to_owned(), Value::String(today.to_string()));
    for table in tables {
        let rows = table.rows.iter().map(|row| {
            let cell = |(column, text): (&String, &String)| {
                let value = if text.is_empty() { Value::Null } else { Value::String(text.clone()) };
                (column.clone(), value)
            };
            Value::Object(table.columns.iter().zip(row).map(cell).collect())
        });
        all.insert(table.name.to_owned(), Value::Array(rows.collect()));
    }
    Value::Object(all)
}

fn as_pdf(
    tables: &[Table],
    name: &str,
    today: NaiveDate,
    language: Language,
) -> Result<Vec<u8>, PersonError> {
    let below = format!("{} · {}", word("title", language), language.long_date(today));
    let mut paper = Paper::new(name, &below)?;
    for (place, table) in tables.iter().filter(|table| !table.rows.is_empty()).enumerate() {
        paper.heading(word(table.name, language));
        if place == 0 {
            for (column, text) in table.columns.iter().zip(table.rows.first().into_iter().flatten()) {
                if !text.is_empty() {
                    paper.fact(word(column, language), text);
                }
            }
            continue;
        }
        let head: Vec<String> =
            table.columns.iter().map(|column| word(column, language).to_owned()).collect();
        paper.table(&head, &table.rows);
    }
    Ok(paper.finish()?)
}
