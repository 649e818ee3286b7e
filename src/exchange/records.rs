//! The records of a CSV file, one at a time and in constant memory.
//!
//! `csv-core`, the machine inside the `csv` crate, takes a record apart; here it is fed line by line,
//! because a technician needs three things that the `csv` crate does not give: the physical line on
//! which a wrong record begins, the record as it stood in the file (for the rejects), and that a
//! quotation mark that is never closed costs one line and does not swallow the file.

use std::io::{self, Read};

use csv_core::{ReadRecordResult, Reader, ReaderBuilder, Terminator};

use super::lines::{LONGEST, Line, Lines, content};
use crate::domain::reason::{self, Reason};

/// One record, reused from row to row.
#[derive(Debug, Default)]
pub struct Record {
    /// The record as it stands in the file.
    raw: Vec<u8>,
    /// Its cells one after the other, without quotation marks, and where each ends.
    text: Vec<u8>,
    ends: Vec<usize>,
    /// How many cells there are.
    cells: usize,
    /// Where the second cell begins in `raw`.
    second: usize,
    line: u64,
}

/// Why a record cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Malformed {
    /// A cell begins with a quotation mark and has no closing one.
    Unclosed(usize),
    /// Something stands between a closing quotation mark and the separator.
    Behind(usize),
    /// No line end for too long.
    TooLong,
}

impl From<Malformed> for Reason {
    fn from(malformed: Malformed) -> Self {
        match malformed {
            Malformed::Unclosed(cell) => Reason::of(&reason::UNCLOSED, cell),
            Malformed::Behind(cell) => Reason::of(&reason::BEHIND, cell),
            Malformed::TooLong => Reason::plain(&reason::LONG_LINE),
        }
    }
}

impl Record {
    /// The physical line on which the record begins; the header is on line 1.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// Number of cells.
    pub fn len(&self) -> usize {
        self.cells
    }

    /// Whether there are no cells at all.
    pub fn is_empty(&self) -> bool {
        self.cells == 0
    }

    /// One cell, without its quotation marks.
    pub fn cell(&self, index: usize) -> &[u8] {
        if index >= self.cells {
            return &[];
        }
        let start = index.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        self.ends.get(index).and_then(|end| self.text.get(start..*end)).unwrap_or_default()
    }

    /// The cells in order.
    pub fn cells(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.cells).map(|index| self.cell(index))
    }

    /// The record as it stands in the file, quotation marks and all.
    pub fn raw(&self) -> &[u8] {
        &self.raw
    }

    /// As [`Record::raw`], without the first cell and the separator behind it.
    pub fn raw_without_first(&self) -> &[u8] {
        self.raw.get(self.second..).unwrap_or_default()
    }

    fn clear(&mut self) {
        self.raw.clear();
        self.cells = 0;
        self.second = usize::MAX;
    }
}

/// The records of one file.
#[derive(Debug)]
pub struct Records<R> {
    lines: Lines<R>,
    separator: u8,
    machine: Reader,
}

impl<R: Read> Records<R> {
    /// Reads from the beginning of a file; a byte order mark is skipped.
    ///
    /// # Errors
    /// What reading the file said.
    pub fn new(input: R, separator: u8) -> io::Result<Self> {
        let lines = Lines::new(input)?;
        let machine = machine(separator, lines.line_end());
        Ok(Self { lines, separator, machine })
    }

    /// What stands at the beginning, as far as it is in memory.
    pub fn peek(&mut self) -> io::Result<&[u8]> {
        self.lines.peek()
    }

    /// Whether the file began with a byte order mark.
    pub fn has_mark(&self) -> bool {
        self.lines.has_mark()
    }

    /// Takes another separator from here on.
    pub fn set_separator(&mut self, separator: u8) {
        self.separator = separator;
        self.machine = machine(separator, self.lines.line_end());
    }

    /// Reads the next record that is not an empty line; `None` at the end of the file. A malformed
    /// record is one physical line: reading goes on with the line after it.
    ///
    /// # Errors
    /// What reading the file said.
    pub fn next(&mut self, record: &mut Record) -> io::Result<Option<Result<(), Malformed>>> {
        loop {
            record.clear();
            record.line = self.lines.count() + 1;
            match self.lines.read(&mut record.raw)? {
                Line::End => return Ok(None),
                Line::TooLong => return Ok(Some(Err(Malformed::TooLong))),
                Line::Read if content(&record.raw).is_empty() => {}
                Line::Read => break,
            }
        }
        let first_line = record.raw.len();
        let taken = self.take_apart(record)?;
        if taken.is_err() {
            let surplus = record.raw.split_off(first_line.min(record.raw.len()));
            self.lines.push_back(surplus);
            record.cells = 0;
            self.machine = machine(self.separator, self.lines.line_end());
        }
        let end = content(&record.raw).len();
        record.raw.truncate(end);
        Ok(Some(taken))
    }

    /// Feeds lines to the machine until the record is whole.
    fn take_apart(&mut self, record: &mut Record) -> io::Result<Result<(), Malformed>> {
        let (mut fed, mut written) = (0, 0);
        loop {
            let input = record.raw.get(fed..).unwrap_or_default();
            let text = record.text.get_mut(written..).unwrap_or_default();
            let ends = record.ends.get_mut(record.cells..).unwrap_or_default();
            let (result, read, wrote, ended) = self.machine.read_record(input, text, ends);
            fed += read;
            written += wrote;
            record.cells += ended;
            match result {
                ReadRecordResult::OutputFull => record.text.resize((record.text.len() * 2).max(1024), 0),
                ReadRecordResult::OutputEndsFull => record.ends.resize((record.ends.len() * 2).max(32), 0),
                ReadRecordResult::Record | ReadRecordResult::End => break,
                ReadRecordResult::InputEmpty => {
                    let line_end = record.raw.last() == Some(&self.lines.line_end());
                    // A line end that did not end the record stands inside quotation marks.
                    let unclosed = Malformed::Unclosed(record.cells + 1);
                    if line_end && record.raw.len() > LONGEST {
                        return Ok(Err(unclosed));
                    }
                    match self.lines.read(&mut record.raw)? {
                        Line::Read => {}
                        Line::TooLong => return Ok(Err(unclosed)),
                        // The last line has no end of its own: an empty input tells the machine.
                        Line::End if !line_end && quotes(&record.raw, self.separator).is_ok() => {}
                        Line::End => return Ok(Err(unclosed)),
                    }
                }
            }
        }
        if record.raw.ends_with(b"\r\n") {
            self.drop_return(record);
        }
        match quotes(&record.raw, self.separator) {
            Ok(second) => {
                record.second = second;
                Ok(Ok(()))
            }
            Err(malformed) => Ok(Err(malformed)),
        }
    }

    /// The carriage return before the line feed belongs to the line's end, not to the last cell.
    fn drop_return(&self, record: &mut Record) {
        let last = record.cells.saturating_sub(1);
        let start = last.checked_sub(1).and_then(|before| record.ends.get(before)).copied().unwrap_or(0);
        if let Some(end) = record.ends.get_mut(last)
            && *end > start
            && record.text.get(*end - 1) == Some(&b'\r')
        {
            *end -= 1;
        }
    }
}

/// A machine at the beginning of a record.
fn machine(separator: u8, line_end: u8) -> Reader {
    let mut machine = ReaderBuilder::new().delimiter(separator).terminator(Terminator::Any(line_end)).build();
    // An empty line first: it would take a byte order mark at its very beginning for the file's.
    let _ = machine.read_record(&[line_end], &mut [0], &mut [0]);
    machine
}

/// Whether every quotation mark of a record stands where one may: the machine takes a stray one for
/// a part of the cell, and so would join two lines between which one was forgotten. Says where the
/// second cell begins.
fn quotes(raw: &[u8], separator: u8) -> Result<usize, Malformed> {
    if !raw.contains(&b'"') {
        return Ok(raw.iter().position(|byte| *byte == separator).map_or(usize::MAX, |at| at + 1));
    }
    let mut second = usize::MAX;
    let (mut cell, mut at) = (1, 0);
    loop {
        let rest = raw.get(at..).unwrap_or_default();
        if rest.first() == Some(&b'"') {
            let mut inside = rest.get(1..).unwrap_or_default();
            loop {
                let close = inside.iter().position(|byte| *byte == b'"').ok_or(Malformed::Unclosed(cell))?;
                inside = inside.get(close + 1..).unwrap_or_default();
                match inside.strip_prefix(b"\"") {
                    Some(behind) => inside = behind,
                    None => break,
                }
            }
            // Not every blank: a tab may be the separator.
            let blanks = inside.iter().take_while(|byte| matches!(byte, b' ' | b'\r' | b'\n')).count();
            let behind = inside.get(blanks..).unwrap_or_default();
            if !behind.is_empty() && behind.first() != Some(&separator) {
                return Err(Malformed::Behind(cell));
            }
            at = raw.len() - behind.len();
        } else {
            at += rest.iter().position(|byte| *byte == separator).unwrap_or(rest.len());
        }
        if at >= raw.len() {
            return Ok(second);
        }
        at += 1;
        cell += 1;
        second = second.min(at);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    type Row = (u64, Result<Vec<String>, Malformed>);

    fn read(text: &str) -> Vec<Row> {
        read_with(text, b',')
    }

    fn read_with(text: &str, separator: u8) -> Vec<Row> {
        let mut records = Records::new(text.as_bytes(), separator).unwrap();
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
        assert_eq!(read("a,,\n\"\",\"b\" ,"), [row(1, &["a", "", ""]), row(2, &["", "b ", ""])]);
    }

    #[test]
    fn a_tab_behind_a_quotation_is_a_separator() {
        assert_eq!(read_with("\"a\tb\"\tc\t\"d\"\r\n", b'\t'), [row(1, &["a\tb", "c", "d"])]);
        assert_eq!(read_with("\"a\"\t\t\n", b'\t'), [row(1, &["a", "", ""])]);
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
