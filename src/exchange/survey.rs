//! The first pass over a file: encoding, separator, columns, and how each column writes its dates.
//! Nothing is decided by a single cell.

use std::borrow::Cow;
use std::io::{self, Read};

use encoding_rs::WINDOWS_1252;
use encoding_rs_io::DecodeReaderBytesBuilder;

use super::dates::{Form, Votes};
use super::profile::Headers;
use super::records::{Record, Records};
use crate::domain::reason::{self, Reason};
use crate::store::noun::Kind;

/// Separators that are looked for; the first wins when two fit equally well.
const SEPARATORS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// The beginning of a file, from which separator and line ends are known.
const START: usize = 64 * 1024;

/// The column that Balie itself writes into a file of rejects.
pub(super) const REASON: &str = "reason";

/// How the bytes are to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    /// UTF-8; a row that is not is wrong.
    Utf8,
    /// Windows-1252: every byte is a sign.
    Windows1252,
}

/// What the first pass found.
#[derive(Debug)]
pub(super) struct Survey {
    pub(super) encoding: Encoding,
    /// A spreadsheet program will only show the file rightly with a byte order mark.
    pub(super) mark: bool,
    pub(super) separator: u8,
    /// For each cell of a row the place of its column in the noun, if it has one.
    pub(super) places: Vec<Option<usize>>,
    /// The header as it stands in the file, without a leading column of reasons.
    pub(super) header: String,
    /// The first column holds the reasons of an earlier import.
    pub(super) reason_first: bool,
    /// Names of columns that Balie does not know.
    pub(super) ignored: Vec<String>,
    /// For each column of the noun, how it writes dates.
    pub(super) forms: Vec<Form>,
    /// Rows below the header.
    pub(super) rows: u64,
}

/// Why a file cannot be imported at all.
#[derive(Debug)]
pub(super) struct Unreadable(pub(super) Reason);

impl From<io::Error> for Unreadable {
    fn from(cause: io::Error) -> Self {
        Self(Reason::of(&reason::UNREADABLE, cause))
    }
}

/// Opens bytes for reading as UTF-8 or one byte for each sign; UTF-16 is recognised by its mark.
pub(super) fn decoded<'r>(input: impl Read + 'r) -> io::Result<Box<dyn Read + 'r>> {
    let mut input = input;
    let mut start = Vec::with_capacity(START);
    input.by_ref().take(START as u64).read_to_end(&mut start)?;
    let wide = start.starts_with(&[0xFF, 0xFE]) || start.starts_with(&[0xFE, 0xFF]);
    let whole = io::Cursor::new(start).chain(input);
    if wide {
        return Ok(Box::new(DecodeReaderBytesBuilder::new().bom_override(true).build(whole)));
    }
    Ok(Box::new(whole))
}

/// Goes over the whole file once. `tick` is called now and then.
pub(super) fn survey(
    input: impl Read,
    names: &Headers<'_>,
    mut tick: impl FnMut(),
) -> Result<Survey, Unreadable> {
    let noun = names.noun;
    let mut records = Records::new(input, b',')?;
    look_at_start(records.peek()?)?;
    let mark = records.has_mark();
    let known = |header: &str| names.place(header).is_some();
    let separator = separator(records.peek()?, known);
    records.set_separator(separator);
    let mut record = Record::default();
    next_row(&mut records, &mut record, separator)?;
    let header: Vec<String> =
        record.cells().map(|cell| decode(cell).trim().trim_matches('\u{feff}').to_lowercase()).collect();
    let (places, ignored) = columns(&header, names)?;
    let reason_first = header.len() > 1 && header.first().is_some_and(|name| name == REASON);
    let raw = if reason_first { record.raw_without_first() } else { record.raw() };
    let header = decode(raw).into_owned();

    let dated: Vec<(usize, usize)> = places
        .iter()
        .enumerate()
        .filter_map(|(cell, place)| {
            let column = noun.columns.get((*place)?)?;
            matches!(column.kind, Kind::Date | Kind::DateTime).then_some((cell, (*place)?))
        })
        .collect();
    let mut votes = vec![Votes::default(); noun.columns.len()];
    let (mut utf8, mut other, mut rows) = (0_u64, 0_u64, 0_u64);
    while let Some(read) = records.next(&mut record)? {
        rows += 1;
        if rows.is_multiple_of(4096) {
            tick();
        }
        if !record.raw().is_ascii() {
            if record.cells().all(|cell| std::str::from_utf8(cell).is_ok()) { utf8 += 1 } else { other += 1 }
        }
        if read.is_ok() {
            for (cell, place) in &dated {
                if let Some(votes) = votes.get_mut(*place) {
                    votes.count(record.cell(*cell));
                }
            }
        }
    }
    let encoding = if other == 0 || utf8 > other { Encoding::Utf8 } else { Encoding::Windows1252 };
    Ok(Survey {
        encoding,
        mark: mark || encoding == Encoding::Windows1252,
        separator,
        places,
        header,
        reason_first,
        ignored,
        forms: votes.iter().map(Votes::form).collect(),
        rows,
    })
}

/// Reads the row of names and what stands before it (`sep=;`, as spreadsheet programs write).
pub(super) fn next_row<R: Read>(
    records: &mut Records<R>,
    record: &mut Record,
    separator: u8,
) -> Result<(), Unreadable> {
    records.set_separator(separator);
    loop {
        match records.next(record)? {
            None => return Err(Unreadable(Reason::plain(&reason::EMPTY))),
            Some(Err(malformed)) => {
                return Err(Unreadable(Reason::plain(&reason::FIRST_LINE).because(malformed.into())));
            }
            Some(Ok(())) if is_separator_line(record.raw()) => {}
            Some(Ok(())) => return Ok(()),
        }
    }
}

/// A cell's text in either encoding; used where the encoding is not decided yet.
fn decode(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => WINDOWS_1252.decode_without_bom_handling(bytes).0,
    }
}

fn is_separator_line(line: &[u8]) -> bool {
    let line = line.trim_ascii().to_ascii_lowercase();
    line.len() <= 8 && (line.starts_with(b"sep=") || line.starts_with(b"\"sep="))
}

/// Refuses what is no text.
fn look_at_start(start: &[u8]) -> Result<(), Unreadable> {
    if start.is_empty() {
        return Err(Unreadable(Reason::plain(&reason::EMPTY)));
    }
    if start.starts_with(b"PK\x03\x04") || start.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) {
        return Err(Unreadable(Reason::plain(&reason::SPREADSHEET)));
    }
    if start.iter().take(8).any(|byte| *byte == 0) {
        return Err(Unreadable(Reason::plain(&reason::NOT_A_TEXT)));
    }
    Ok(())
}

/// The headers at the beginning of a file, as they stand there.
pub(super) fn headers(start: &[u8], is_known: impl Fn(&str) -> bool) -> Vec<String> {
    if look_at_start(start).is_err() {
        return Vec::new();
    }
    let separator = separator(start, is_known);
    let Ok(mut records) = Records::new(start, separator) else { return Vec::new() };
    let mut record = Record::default();
    if next_row(&mut records, &mut record, separator).is_err() {
        return Vec::new();
    }
    record.cells().map(|cell| decode(cell).trim().trim_matches('\u{feff}').to_owned()).collect()
}

/// The separator by which the first line gives the most columns that are known.
fn separator(start: &[u8], is_known: impl Fn(&str) -> bool) -> u8 {
    let known = |separator: u8| {
        let Ok(mut records) = Records::new(start, separator) else { return (0, 0) };
        let mut record = Record::default();
        let known = |cell: &[u8]| is_known(decode(cell).trim().to_lowercase().trim_matches('"'));
        match next_row(&mut records, &mut record, separator) {
            Ok(()) => (record.cells().filter(|cell| known(cell)).count(), record.len()),
            // Malformed, which is to be said in the right words.
            Err(_) => (record.raw().split(|byte| *byte == separator).filter(|cell| known(cell)).count(), 0),
        }
    };
    let mut best = (b',', (0, 0));
    for separator in SEPARATORS {
        let fit = known(separator);
        if fit > best.1 {
            best = (separator, fit);
        }
    }
    best.0
}

/// Which cell belongs to which column of the noun, and which names are not known.
type Columns = (Vec<Option<usize>>, Vec<String>);

fn columns(header: &[String], names: &Headers<'_>) -> Result<Columns, Unreadable> {
    let noun = names.noun;
    let mut places = Vec::with_capacity(header.len());
    let mut ignored = Vec::new();
    let mapped: Vec<Option<usize>> = header.iter().map(|name| names.mapped(name)).collect();
    for (name, by_map) in header.iter().zip(&mapped) {
        let own = || noun.place(name).filter(|place| !mapped.contains(&Some(*place)));
        let place = by_map.or_else(own);
        match place {
            Some(place) if places.contains(&Some(place)) => {
                return Err(Unreadable(Reason::of(&reason::COLUMN_TWICE, name)));
            }
            None if !name.is_empty() && name != REASON => ignored.push(name.clone()),
            _ => {}
        }
        places.push(place);
    }
    let missing: Vec<&str> = names.missing(&places).collect();
    if !missing.is_empty() {
        let all: Vec<&str> = noun.columns.iter().map(|column| column.name).collect();
        let missing = format!("'{}'", missing.join("', '"));
        return Err(Unreadable(Reason::about(&reason::NO_COLUMN, vec![missing, all.join(", ")])));
    }
    Ok((places, ignored))
}
