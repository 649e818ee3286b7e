//! Rows that could not go in, as they stood, with the reason in front: a technician mends the file
//! and imports that very file. It takes the place of the one before when it is complete.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::survey::{REASON, Survey};

/// The rejects of one file; nothing is written before there is one.
pub(super) struct Rejects<'a> {
    path: PathBuf,
    survey: &'a Survey,
    writer: Option<BufWriter<File>>,
}

impl<'a> Rejects<'a> {
    pub(super) fn new(dir: &Path, file: &str, survey: &'a Survey) -> Self {
        Self { path: dir.join(file), survey, writer: None }
    }

    /// Writes one row with its reason.
    pub(super) fn add(&mut self, row: &str, reason: &str) -> io::Result<()> {
        let separator = char::from(self.survey.separator);
        let part = self.part();
        let writer = match &mut self.writer {
            Some(writer) => writer,
            empty => {
                if let Some(dir) = self.path.parent() {
                    fs::create_dir_all(dir)?;
                }
                let mut writer = BufWriter::new(File::create(&part)?);
                let mark = if self.survey.mark { "\u{feff}" } else { "" };
                write!(writer, "{mark}{REASON}{separator}{}\r\n", self.survey.header)?;
                empty.insert(writer)
            }
        };
        write!(writer, "\"{}\"{separator}{row}\r\n", reason.replace('"', "\"\""))
    }

    /// Puts the file in its place; where there are no rejects, that of an earlier import goes.
    pub(super) fn finish(mut self, source: &Path) -> io::Result<Option<PathBuf>> {
        let Some(writer) = self.writer.take() else {
            let same = fs::canonicalize(source).ok() == fs::canonicalize(&self.path).ok();
            if !same && self.path.exists() {
                fs::remove_file(&self.path)?;
            }
            return Ok(None);
        };
        writer.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
        fs::rename(self.part(), &self.path)?;
        if let Some(dir) = self.path.parent() {
            File::open(dir)?.sync_all()?;
        }
        Ok(Some(self.path.clone()))
    }

    fn part(&self) -> PathBuf {
        let mut name = self.path.clone().into_os_string();
        name.push(".part");
        PathBuf::from(name)
    }
}

/// What was begun for a file that did not go in is of no use.
impl Drop for Rejects<'_> {
    fn drop(&mut self) {
        if self.writer.is_some() {
            let _ = fs::remove_file(self.part());
        }
    }
}
