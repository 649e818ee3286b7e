//! Splits a CSV file into records, one at a time and in constant memory.
//!
//! Why not the `csv` crate for reading: a technician needs the physical line on which a wrong record
//! begins, the record as it stood in the file (for the rejects), and a quotation mark that is never
//! closed must cost one line and not swallow the file. What is well-formed reads the same as the
//! `csv` crate reads it (a test compares the two).

use std::io::{self, BufRead, BufReader, Read};

/// The longest record that is believed; beyond it a quotation mark was forgotten.
const LONGEST: usize = 256 * 1024;

/// What a byte order mark looks like in UTF-8.
const BOM: [u8; 3] = [0xEF, 0xBB, 0xBF];

/// One record, reused from row to row.
#[derive(Debug, Default)]
pub struct Record {
    /// The record as it stands in the file, without its line end; behind it the cells in which
    /// doubled quotation marks were undone.
    bytes: Vec<u8>,
    raw: usize,
    cells: Vec<(usize, usize)>,
    /// Where the second cell begins in the file's own bytes.
    second: usize,
    line: u64,
}

/// Why a record cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// A cell begins with a quotation mark and has no closing one.
    #[error("a quotation mark opens cell {0} and is never closed; double it or take it out")]
    Unclosed(usize),
    /// Something stands between a closing quotation mark and the separator.
    #[error("something stands behind the closing quotation mark of cell {0}; double the marks inside a cell")]
    Behind(usize),
    /// No line end for too long.
    #[error("the line is longer than 256 kB")]
    TooLong,
}

impl Record {
    /// The physical line on which the record begins; the header is on line 1.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// Number of cells.
    pub fn len(&self) -> usize {
        self.cells.len()
    }

    /// Whether there are no cells at all.
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// One cell, without its quotation marks.
    pub fn cell(&self, index: usize) -> &[u8] {
        self.cells.get(index).and_then(|(start, end)| self.bytes.get(*start..*end)).unwrap_or_default()
    }

    /// The cells in order.
    pub fn cells(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.cells.len()).map(|index| self.cell(index))
    }

    /// The record as it stands in the file, quotation marks and all.
    pub fn raw(&self) -> &[u8] {
        self.bytes.get(..self.raw).unwrap_or_default()
    }

    /// As [`Record::raw`], without the first cell and the separator behind it.
    pub fn raw_without_first(&self) -> &[u8] {
        self.bytes.get(self.second.min(self.raw)..self.raw).unwrap_or_default()
    }

    fn clear(&mut self) {
        self.bytes.clear();
        self.cells.clear();
        self.raw = 0;
        self.second = usize::MAX;
    }

    fn push(&mut self, start: usize, end: usize) {
        self.cells.push((start, end));
    }
}

/// The records of one file.
#[derive(Debug)]
pub struct Records<R> {
    input: BufReader<R>,
    /// Lines that were read too far and come first.
    pushed: Vec<u8>,
    pushed_at: usize,
    separator: u8,
    line_end: u8,
    lines: u64,
    mark: bool,
}

/// How far the splitting of a record came.
enum Split {
    Whole,
    /// Inside quotation marks when the bytes ended.
    Open,
    Bad(Malformed),
}

enum Line {
    End,
    Read,
    TooLong,
}

impl<R: Read> Records<R> {
    /// Reads from the beginning of a file; a byte order mark is skipped.
    ///
    /// # Errors
    /// What reading the file said.
    pub fn new(input: R, separator: u8) -> io::Result<Self> {
        let mut input = BufReader::with_capacity(256 * 1024, input);
        let start = input.fill_buf()?;
        let line_end = if start.contains(&b'\n') || !start.contains(&b'\r') { b'\n' } else { b'\r' };
        let mark = start.starts_with(&BOM);
        if mark {
            input.consume(BOM.len());
        }
        Ok(Self { input, pushed: Vec::new(), pushed_at: 0, separator, line_end, lines: 0, mark })
    }

    /// What stands at the beginning, as far as it is in memory.
    pub fn peek(&mut self) -> io::Result<&[u8]> {
        self.input.fill_buf()
    }

    /// Whether the file began with a byte order mark.
    pub fn has_mark(&self) -> bool {
        self.mark
    }

    /// Takes another separator from here on.
    pub fn set_separator(&mut self, separator: u8) {
        self.separator = separator;
    }

    /// Reads the next record that is not an empty line; `false` at the end of the file. A malformed
    /// record is one physical line: reading goes on with the line after it.
    ///
    /// # Errors
    /// What reading the file said.
    pub fn next(&mut self, record: &mut Record) -> io::Result<Option<Result<(), Malformed>>> {
        loop {
            record.clear();
            record.line = self.lines + 1;
            match self.read_line(&mut record.bytes)? {
                Line::End => return Ok(None),
                Line::TooLong => {
                    record.raw = record.bytes.len();
                    return Ok(Some(Err(Malformed::TooLong)));
                }
                Line::Read => {}
            }
            if !content(&record.bytes).is_empty() {
                break;
            }
        }
        if !record.bytes.contains(&b'"') {
            self.split_plain(record);
            return Ok(Some(Ok(())));
        }
        self.split_quoted(record).map(Some)
    }

    fn split_plain(&self, record: &mut Record) {
        let end = content(&record.bytes).len();
        record.bytes.truncate(end);
        record.raw = end;
        let mut start = 0;
        for (at, byte) in record.bytes.iter().enumerate() {
            if *byte == self.separator {
                record.cells.push((start, at));
                start = at + 1;
            }
        }
        record.second = record.cells.first().map_or(usize::MAX, |(_, end)| end + 1);
        record.push(start, end);
    }

    fn split_quoted(&mut self, record: &mut Record) -> io::Result<Result<(), Malformed>> {
        let first_line = record.bytes.len();
        let (mut at, mut search) = (0, None);
        let mut undone = Vec::new();
        loop {
            let bad = match self.split(record, &mut at, &mut search, &mut undone) {
                Split::Whole => {
                    let raw = content(&record.bytes).len();
                    record.bytes.truncate(raw);
                    record.raw = raw;
                    for (cell, text) in undone {
                        let start = record.bytes.len();
                        record.bytes.extend_from_slice(&text);
                        if let Some(place) = record.cells.get_mut(cell) {
                            *place = (start, record.bytes.len());
                        }
                    }
                    return Ok(Ok(()));
                }
                Split::Bad(bad) => bad,
                Split::Open => {
                    let unclosed = Malformed::Unclosed(record.cells.len() + 1);
                    if record.bytes.len() > LONGEST {
                        unclosed
                    } else {
                        match self.read_line(&mut record.bytes)? {
                            Line::Read => continue,
                            Line::End | Line::TooLong => unclosed,
                        }
                    }
                }
            };
            self.push_back(record, first_line);
            return Ok(Err(bad));
        }
    }

    /// Goes on splitting at `at`; `search` is where to look on for a closing quotation mark.
    fn split(
        &self,
        record: &mut Record,
        at: &mut usize,
        search: &mut Option<usize>,
        undone: &mut Vec<(usize, Vec<u8>)>,
    ) -> Split {
        loop {
            let rest = record.bytes.get(*at..).unwrap_or_default();
            let (start, end, next) = if rest.first() == Some(&b'"') {
                let from = search.unwrap_or(*at + 1);
                let close = match closing(&record.bytes, from) {
                    Ok(close) => close,
                    Err(looked) => {
                        *search = Some(looked);
                        return Split::Open;
                    }
                };
                *search = None;
                let inner = record.bytes.get(*at + 1..close).unwrap_or_default();
                if inner.contains(&b'"') {
                    undone.push((record.cells.len(), undouble(inner)));
                }
                let mut behind = close + 1;
                while record.bytes.get(behind) == Some(&b' ') {
                    behind += 1;
                }
                (*at + 1, close, behind)
            } else {
                let stop = |byte: &u8| *byte == self.separator || *byte == self.line_end;
                let length = rest.iter().position(stop).unwrap_or(rest.len());
                let end = *at + length;
                let cell = record.bytes.get(*at..end).unwrap_or_default();
                let last = record.bytes.get(end) != Some(&self.separator);
                (*at, if last { *at + content(cell).len() } else { end }, end)
            };
            let behind = record.bytes.get(next).copied();
            if record.cells.is_empty() {
                record.second = next + 1;
            }
            record.push(start, end);
            match behind {
                Some(sign) if sign == self.separator => *at = next + 1,
                None | Some(b'\n' | b'\r') => return Split::Whole,
                Some(_) => return Split::Bad(Malformed::Behind(record.cells.len())),
            }
        }
    }

    /// Leaves the first physical line in the record and gives the others back.
    fn push_back(&mut self, record: &mut Record, first_line: usize) {
        let surplus = record.bytes.split_off(first_line.min(record.bytes.len()));
        let ends = surplus.iter().filter(|byte| **byte == self.line_end).count() as u64;
        let open_end = u64::from(!surplus.is_empty() && surplus.last() != Some(&self.line_end));
        self.lines -= ends + open_end;
        let rest = self.pushed.get(self.pushed_at..).unwrap_or_default();
        let mut pushed = surplus;
        pushed.extend_from_slice(rest);
        (self.pushed, self.pushed_at) = (pushed, 0);
        record.cells.clear();
        let raw = content(&record.bytes).len();
        record.bytes.truncate(raw);
        record.raw = raw;
    }

    /// Appends one physical line with its end.
    fn read_line(&mut self, into: &mut Vec<u8>) -> io::Result<Line> {
        let before = into.len();
        let pushed = self.pushed.get(self.pushed_at..).unwrap_or_default();
        if !pushed.is_empty() {
            let length =
                pushed.iter().position(|byte| *byte == self.line_end).map_or(pushed.len(), |at| at + 1);
            into.extend_from_slice(pushed.get(..length).unwrap_or_default());
            self.pushed_at += length;
            if into.last() == Some(&self.line_end) {
                self.lines += 1;
                return Ok(Line::Read);
            }
        }
        let limit = u64::try_from(LONGEST + 1).unwrap_or(u64::MAX);
        self.input.by_ref().take(limit).read_until(self.line_end, into)?;
        if into.len() == before {
            return Ok(Line::End);
        }
        self.lines += 1;
        if into.len() - before > LONGEST && into.last() != Some(&self.line_end) {
            into.truncate(before + LONGEST);
            self.skip_line()?;
            return Ok(Line::TooLong);
        }
        Ok(Line::Read)
    }

    fn skip_line(&mut self) -> io::Result<()> {
        loop {
            let buffer = self.input.fill_buf()?;
            if buffer.is_empty() {
                return Ok(());
            }
            match buffer.iter().position(|byte| *byte == self.line_end) {
                Some(at) => {
                    self.input.consume(at + 1);
                    return Ok(());
                }
                None => {
                    let length = buffer.len();
                    self.input.consume(length);
                }
            }
        }
    }
}

/// A line without its end.
fn content(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// Where the closing quotation mark stands, or how far was looked.
fn closing(bytes: &[u8], from: usize) -> Result<usize, usize> {
    let mut at = from;
    loop {
        let rest = bytes.get(at..).unwrap_or_default();
        match rest.iter().position(|byte| *byte == b'"') {
            None => return Err(bytes.len()),
            Some(found) if rest.get(found + 1) == Some(&b'"') => at += found + 2,
            Some(found) => return Ok(at + found),
        }
    }
}

/// One quotation mark for each two.
fn undouble(cell: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(cell.len());
    let mut after_mark = false;
    for byte in cell {
        after_mark = *byte == b'"' && !after_mark;
        if !after_mark {
            text.push(*byte);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    type Row = (u64, Result<Vec<String>, Malformed>);

    fn read(text: &str) -> Vec<Row> {
        let mut records = Records::new(text.as_bytes(), b',').unwrap();
        let mut record = Record::default();
        let mut rows = Vec::new();
        while let Some(outcome) = records.next(&mut record).unwrap() {
            let cells = record.cells().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect();
            rows.push((record.line(), outcome.map(|()| cells)));
        }
        rows
    }

    fn row(line: u64, cells: &[&str]) -> Row {
        (line, Ok(cells.iter().map(|cell| (*cell).to_owned()).collect()))
    }

    #[test]
    fn lines_are_counted_as_an_editor_counts_them() {
        let text = "\u{feff}a,b\r\n\r\n1,\"x\r\ny\"\r\n2,\"say \"\"hi\"\"\"\n3,12\" wheel\n";
        assert_eq!(
            read(text),
            [
                row(1, &["a", "b"]),
                row(3, &["1", "x\r\ny"]),
                row(5, &["2", "say \"hi\""]),
                row(6, &["3", "12\" wheel"])
            ]
        );
        assert_eq!(read("a,b\r1,2\r"), [row(1, &["a", "b"]), row(2, &["1", "2"])]);
        assert_eq!(read("a,,\n\"\",\"b\" ,"), [row(1, &["a", "", ""]), row(2, &["", "b", ""])]);
    }

    #[test]
    fn a_forgotten_quotation_mark_costs_one_line() {
        let rows = read("1,\"open\n2,b\n3,c");
        assert_eq!(rows[0], (1, Err(Malformed::Unclosed(2))));
        assert_eq!(rows[1..], [row(2, &["2", "b"]), row(3, &["3", "c"])]);
        let rows = read("1,\"open\n2,\"b\"\n3,c\n");
        assert_eq!(rows[0], (1, Err(Malformed::Behind(2))));
        assert_eq!(rows[1..], [row(2, &["2", "b"]), row(3, &["3", "c"])]);
    }

    #[test]
    fn a_file_without_line_ends_does_not_fill_the_memory() {
        let long = "x".repeat(LONGEST * 3);
        let rows = read(&format!("a\n{long}\nb\n"));
        assert_eq!(rows[1], (2, Err(Malformed::TooLong)));
        assert_eq!(rows[2], row(3, &["b"]));
        let open = format!("\"{}\nb\n", "y\n".repeat(LONGEST));
        assert_eq!(read(&open)[0], (1, Err(Malformed::Unclosed(1))));
    }

    proptest! {
        #[test]
        fn what_the_csv_crate_writes_is_read_back(
            rows in proptest::collection::vec(proptest::collection::vec("[a,\"\r\n; é]{0,6}", 2..4), 1..6)
        ) {
            let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
            for row in &rows {
                writer.write_record(row).unwrap();
            }
            let bytes = writer.into_inner().unwrap();
            let text = String::from_utf8(bytes).unwrap();
            let read: Vec<_> = read(&text).into_iter().map(|(_, cells)| cells.unwrap()).collect();
            prop_assert_eq!(read, rows);
        }

        #[test]
        fn nothing_makes_it_stumble(text in "[a,\"\r\n; ]{0,60}") {
            let lines = text.split('\n').count() as u64;
            for (line, _) in read(&text) {
                prop_assert!(line <= lines.max(text.split('\r').count() as u64));
            }
        }
    }
}
