//! Any bytes are split into records without a stumble, lines only go up, and what the `csv` crate
//! writes is read back as it was.
#![no_main]

#[path = "../../src/exchange/lines.rs"]
#[allow(dead_code)]
mod lines;
#[path = "../../src/exchange/records.rs"]
#[allow(dead_code)]
mod records;

use libfuzzer_sys::fuzz_target;
use records::{Record, Records};

fuzz_target!(|data: &[u8]| {
    let Some((first, rest)) = data.split_first() else { return };
    let separator = [b',', b';', b'\t', b'|'][usize::from(first % 4)];
    let mut records = Records::new(rest, separator).unwrap();
    let mut record = Record::default();
    let mut line = 0;
    let mut rows: Vec<Vec<Vec<u8>>> = Vec::new();
    while let Some(read) = records.next(&mut record).unwrap() {
        assert!(record.line() > line, "line {} after {line}", record.line());
        line = record.line();
        assert!(record.raw_without_first().len() <= record.raw().len());
        if read.is_ok() {
            assert!(!record.is_empty());
            rows.push(record.cells().map(<[u8]>::to_vec).collect());
        }
    }
    // Written anew, the rows are the same rows.
    let mut writer =
        csv::WriterBuilder::new().delimiter(separator).flexible(true).from_writer(Vec::new());
    rows.retain(|row| row.len() > 1 || !row[0].is_empty());
    for row in &rows {
        writer.write_record(row).unwrap();
    }
    let bytes = writer.into_inner().unwrap();
    // A mark at the beginning belongs to the file, not to its first cell.
    if bytes.starts_with(&[0xEF, 0xBB, 0xBF]) {
        return;
    }
    let mut records = Records::new(bytes.as_slice(), separator).unwrap();
    for row in &rows {
        assert_eq!(records.next(&mut record).unwrap(), Some(Ok(())));
        let cells: Vec<Vec<u8>> = record.cells().map(<[u8]>::to_vec).collect();
        assert_eq!(&cells, row);
    }
    assert!(records.next(&mut record).unwrap().is_none());
});
