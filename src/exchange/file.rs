//! Takes one CSV file in: the second pass.

use std::borrow::Cow;
use std::cell::Cell as Counter;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;
use std::rc::Rc;

use chrono::{DateTime, Utc};
use encoding_rs::WINDOWS_1252;

use super::cells;
use super::dates::Form;
use super::formula::{computes, guarded};
use super::profile::Headers;
use super::rejects::Rejects;
use super::report::{FileReport, Progress, REJECTS_KEPT, Reject};
use super::survey::{Encoding, Survey, Unreadable, decoded, next_row, survey};
use super::{ImportOptions, records::Record, records::Records};
use crate::domain::reason::{self, Reason};
use crate::store::StoreError;
use crate::store::import::ImportRun;
use crate::store::import_file::{FileImport, FileStamp, Outcome};
use crate::store::noun::{Cell, Noun};

/// The name under which a whole row is rejected.
const ROW: &str = "row";

/// Why a file did not go in.
pub(super) enum Failure {
    /// The file is at fault; others can go in.
    File(Reason),
    /// Somebody writes into the file.
    Unsettled,
    /// The database is at fault.
    Store(StoreError),
}

impl From<StoreError> for Failure {
    fn from(cause: StoreError) -> Self {
        Failure::Store(cause)
    }
}

impl From<Unreadable> for Failure {
    fn from(cause: Unreadable) -> Self {
        Failure::File(cause.0)
    }
}

impl From<io::Error> for Failure {
    fn from(cause: io::Error) -> Self {
        Failure::File(Reason::of(&reason::UNREADABLE, cause))
    }
}

/// One file that is to be taken in.
pub(super) struct Source<'a> {
    pub(super) path: &'a Path,
    pub(super) name: &'a str,
    /// Which of our files it is, and what its columns are called.
    pub(super) names: Headers<'a>,
    /// The number of the first file of this taking-in.
    pub(super) batch: Option<i64>,
}

impl Source<'_> {
    /// Our name of the file, where it has another one.
    pub(super) fn fills(&self) -> String {
        let ours = self.names.noun.file;
        if ours.eq_ignore_ascii_case(self.name) { String::new() } else { ours.to_owned() }
    }
}

/// Where each cell of a row belongs.
struct Layout<'a> {
    noun: &'static Noun,
    survey: &'a Survey,
    fixed: &'a Fixed,
    /// A profile says how it is to be read.
    foreign: bool,
}

/// What is the same in every row.
struct Fixed(Vec<(usize, Cell<'static>)>);

impl Fixed {
    fn read(names: &Headers<'_>) -> Result<Self, Failure> {
        let mut fixed = Vec::new();
        for (place, text) in names.fixed() {
            let Some(column) = names.noun.columns.get(place) else { continue };
            let cell = cells::read(column, Cow::Owned(text.to_owned()), Form::default(), true)
                .map_err(|why| Failure::File(Reason::of(&reason::PROFILE, column.name).because(why)))?;
            fixed.push((place, cell));
        }
        Ok(Self(fixed))
    }

    fn cell(&self, place: usize) -> Option<&Cell<'static>> {
        self.0.iter().find(|(at, _)| *at == place).map(|(_, cell)| cell)
    }
}

/// Counts what is read, for the progress.
struct Counted<R> {
    input: R,
    count: Rc<Counter<u64>>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.input.read(buffer)?;
        self.count.set(self.count.get() + length as u64);
        Ok(length)
    }
}

/// Takes the file in within `run`; tells what became of it and whether it is to be kept.
pub(super) fn take_in(
    run: &ImportRun<'_>,
    source: &Source<'_>,
    options: &mut ImportOptions<'_>,
) -> Result<(FileReport, bool), Failure> {
    let before = fs::metadata(source.path)?;
    let modified = before.modified().map_or(options.now, DateTime::<Utc>::from);
    let count = Rc::new(Counter::new(0));
    let open = || -> io::Result<_> {
        decoded(Counted { input: File::open(source.path)?, count: Rc::clone(&count) })
    };
    let total = before.len() * 2;
    let progress = &mut *options.progress;
    let mut tick = || progress(Progress { file: source.name, done: count.get().min(total), total });
    tick();
    let noun = source.names.noun;
    let survey = survey(open()?, &source.names, &mut tick)?;
    let stamp = FileStamp {
        file: source.name,
        exported_at: modified.min(options.now),
        now: options.now,
        rows: survey.rows,
        batch: source.batch,
    };
    let fixed = Fixed::read(&source.names)?;
    let present = |place: usize| survey.places.contains(&Some(place)) || fixed.cell(place).is_some();
    let present = (0..noun.columns.len()).map(present).collect();
    let mut import = run.begin(noun, present, &stamp)?;
    let mut report = FileReport {
        file: source.name.to_owned(),
        fills: source.fills(),
        import: (!options.dry_run).then(|| import.number()),
        ignored_columns: survey.ignored.clone(),
        ..FileReport::default()
    };
    let mut rejects = Rejects::new(options.rejects_dir, noun.file, &survey);
    let foreign = source.names.map.is_some();
    let layout = Layout { noun, survey: &survey, fixed: &fixed, foreign };
    let written = rows(open()?, &layout, &mut import, &mut report, &mut tick, |row, reason| {
        if options.dry_run { Ok(()) } else { rejects.add(row, reason) }
    });
    let finished = written.and_then(|()| {
        let (tally, kept) = import.tally();
        (report.added, report.changed, report.unchanged) = (tally.added, tally.changed, tally.unchanged);
        (report.rejected, report.kept_desk_edits) = (tally.rejected, kept);
        import.finish()?;
        let after = fs::metadata(source.path)?;
        if after.len() != before.len() || after.modified().ok() != before.modified().ok() {
            return Err(Failure::Unsettled);
        }
        if !options.dry_run {
            report.rejects_file = rejects.finish(source.path).map_err(unwritable)?;
        }
        Ok(())
    });
    tick();
    let keep = finished.is_ok() && !(options.strict && report.rejected > 0);
    run.end(keep)?;
    finished?;
    if !keep {
        report.import = None;
        (report.added, report.changed) = (0, 0);
        report.problem = Some(Reason::of(&reason::STRICT, report.rejected));
    }
    Ok((report, keep))
}

/// The second pass itself.
#[allow(clippy::too_many_arguments)]
fn rows(
    input: impl Read,
    layout: &Layout<'_>,
    import: &mut FileImport<'_>,
    report: &mut FileReport,
    tick: &mut impl FnMut(),
    mut reject: impl FnMut(&str, &str) -> io::Result<()>,
) -> Result<(), Failure> {
    let survey = layout.survey;
    let mut records = Records::new(input, survey.separator)?;
    let mut record = Record::default();
    next_row(&mut records, &mut record, survey.separator)?;
    let mut read_rows = 0_u64;
    let mut wrong: Vec<(&'static str, Reason)> = Vec::new();
    while let Some(read) = records.next(&mut record)? {
        read_rows += 1;
        if read_rows.is_multiple_of(4096) {
            tick();
        }
        wrong.clear();
        if let Err(malformed) = read {
            wrong.push((ROW, malformed.into()));
        } else if record.cells().all(|cell| cell.trim_ascii().is_empty()) {
            continue;
        } else if record.len() != survey.places.len() {
            let counts = [record.len(), survey.places.len()].map(|count| count.to_string());
            wrong.push((ROW, Reason::about(&reason::CELLS, counts.into())));
        } else {
            let mut cells = read_cells(layout, &record, &mut wrong);
            if wrong.is_empty()
                && let Outcome::Refused(column, why) = import.take(record.line(), &mut cells)?
            {
                report.note(record.line(), &[(column, why.clone())]);
                reject(&row_text(survey, &record), &format!("{column}: {why}")).map_err(unwritable)?;
                continue;
            }
        }
        if !wrong.is_empty() {
            import.refused();
            report.note(record.line(), &wrong);
            let reasons: Vec<String> = wrong.iter().map(|(column, why)| format!("{column}: {why}")).collect();
            reject(&row_text(survey, &record), &reasons.join("; ")).map_err(unwritable)?;
        }
    }
    Ok(())
}

fn unwritable(cause: io::Error) -> Failure {
    Failure::File(Reason::of(&reason::UNWRITABLE, cause))
}

/// The cells of a row in the order of the noun's columns; what is wrong with them goes to `wrong`.
fn read_cells<'r>(
    layout: &Layout<'_>,
    record: &'r Record,
    wrong: &mut Vec<(&'static str, Reason)>,
) -> Vec<Cell<'r>> {
    let Layout { noun, survey, fixed, .. } = layout;
    let mut cells = vec![Cell::Unknown; noun.columns.len()];
    for (place, cell) in &fixed.0 {
        if let Some(here) = cells.get_mut(*place) {
            *here = cell.clone();
        }
    }
    for (index, place) in survey.places.iter().enumerate() {
        let Some((place, column)) = place.and_then(|place| Some((place, noun.columns.get(place)?))) else {
            continue;
        };
        let form = survey.forms.get(place).copied().unwrap_or_default();
        let cell = match text(survey.encoding, record.cell(index)) {
            Some(text) => cells::read(column, text, form, layout.foreign),
            None => Err(Reason::plain(&reason::NOT_UTF8)),
        };
        match (cell, cells.get_mut(place)) {
            (Ok(cell), Some(here)) => *here = cell,
            (Err(why), _) => wrong.push((column.name, why)),
            (Ok(_), None) => {}
        }
    }
    if let Some((first, second)) = noun.in_order
        && wrong.is_empty()
    {
        let text = |name: &str| noun.place(name).and_then(|place| cells.get(place)).and_then(Cell::text);
        if let (Some(from), Some(until)) = (text(first), text(second))
            && until < from
        {
            let about = vec![until.to_owned(), format!("{first} {from}")];
            wrong.push((second, Reason::about(&reason::BEFORE, about)));
        }
    }
    cells
}

fn text(encoding: Encoding, bytes: &[u8]) -> Option<Cow<'_, str>> {
    match encoding {
        Encoding::Utf8 => std::str::from_utf8(bytes).ok().map(Cow::Borrowed),
        Encoding::Windows1252 => Some(WINDOWS_1252.decode_without_bom_handling(bytes).0),
    }
}

/// The row as it stood, without the reason of an earlier import. Where a spreadsheet would compute a cell,
/// the row is written anew with a guard before it, which goes when the row is read.
fn row_text<'r>(survey: &Survey, record: &'r Record) -> Cow<'r, str> {
    let raw = if survey.reason_first { record.raw_without_first() } else { record.raw() };
    let decoded =
        |bytes: &'r [u8]| text(survey.encoding, bytes).unwrap_or_else(|| String::from_utf8_lossy(bytes));
    let cells = || record.cells().skip(usize::from(survey.reason_first)).map(decoded);
    if !cells().any(|cell| computes(&cell)) {
        return decoded(raw);
    }
    let separator = char::from(survey.separator);
    let quoted = |cell: Cow<'_, str>| {
        let cell = if computes(&cell) { guarded(&cell) } else { Cow::Borrowed(&*cell) };
        let plain = !cell.contains([separator, '"', '\r', '\n']);
        if plain { cell.into_owned() } else { format!("\"{}\"", cell.replace('"', "\"\"")) }
    };
    Cow::Owned(cells().map(quoted).collect::<Vec<_>>().join(&separator.to_string()))
}

impl FileReport {
    fn note(&mut self, line: u64, wrong: &[(&'static str, Reason)]) {
        for (column, reason) in wrong {
            if self.rejects.len() < REJECTS_KEPT {
                self.rejects.push(Reject { line, column: (*column).to_owned(), reason: reason.clone() });
            }
        }
    }
}
