//! The physical lines of a file, one at a time, in constant memory, with a way back: when a record
//! turns out to have swallowed its neighbours, they are given back and read again.

use std::io::{self, BufRead, BufReader, Read};

/// The longest line, and the longest record, that is believed.
pub const LONGEST: usize = 256 * 1024;

/// What a byte order mark looks like in UTF-8.
const BOM: [u8; 3] = [0xEF, 0xBB, 0xBF];

/// The lines of one file.
#[derive(Debug)]
pub struct Lines<R> {
    input: BufReader<R>,
    /// Lines that were given back and come first.
    pushed: Vec<u8>,
    pushed_at: usize,
    line_end: u8,
    count: u64,
    mark: bool,
}

/// What reading a line came to.
pub enum Line {
    /// The file has ended.
    End,
    /// A line was appended.
    Read,
    /// A line without an end in sight; its beginning was appended, the rest is skipped.
    TooLong,
}

impl<R: Read> Lines<R> {
    /// Reads from the beginning of a file; a byte order mark is skipped.
    pub fn new(input: R) -> io::Result<Self> {
        let mut input = BufReader::with_capacity(256 * 1024, input);
        let start = input.fill_buf()?;
        let line_end = if start.contains(&b'\n') || !start.contains(&b'\r') { b'\n' } else { b'\r' };
        let mark = start.starts_with(&BOM);
        if mark {
            input.consume(BOM.len());
        }
        Ok(Self { input, pushed: Vec::new(), pushed_at: 0, line_end, count: 0, mark })
    }

    /// What stands at the beginning, as far as it is in memory.
    pub fn peek(&mut self) -> io::Result<&[u8]> {
        self.input.fill_buf()
    }

    /// Whether the file began with a byte order mark.
    pub fn has_mark(&self) -> bool {
        self.mark
    }

    /// What ends a line: a line feed, or on old files a carriage return.
    pub fn line_end(&self) -> u8 {
        self.line_end
    }

    /// How many lines were read and not given back.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Gives lines back, which are read again next.
    pub fn push_back(&mut self, lines: Vec<u8>) {
        let ends = lines.iter().filter(|byte| **byte == self.line_end).count() as u64;
        let open_end = u64::from(!lines.is_empty() && lines.last() != Some(&self.line_end));
        self.count -= ends + open_end;
        let rest = self.pushed.get(self.pushed_at..).unwrap_or_default();
        let mut pushed = lines;
        pushed.extend_from_slice(rest);
        (self.pushed, self.pushed_at) = (pushed, 0);
    }

    /// Appends one physical line with its end.
    pub fn read(&mut self, into: &mut Vec<u8>) -> io::Result<Line> {
        let before = into.len();
        let pushed = self.pushed.get(self.pushed_at..).unwrap_or_default();
        if !pushed.is_empty() {
            let length =
                pushed.iter().position(|byte| *byte == self.line_end).map_or(pushed.len(), |at| at + 1);
            into.extend_from_slice(pushed.get(..length).unwrap_or_default());
            self.pushed_at += length;
            if into.last() == Some(&self.line_end) {
                self.count += 1;
                return Ok(Line::Read);
            }
        }
        let limit = u64::try_from(LONGEST + 1).unwrap_or(u64::MAX);
        self.input.by_ref().take(limit).read_until(self.line_end, into)?;
        if into.len() == before {
            return Ok(Line::End);
        }
        self.count += 1;
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
pub fn content(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}
