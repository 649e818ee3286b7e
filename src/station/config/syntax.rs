//! What is wrong where the file is no TOML or no text at all, in the words of somebody who wrote it with an
//! editor on a laptop.

use super::Problem;
use super::reader::line_of;

/// Longer than any such file: 64 KiB.
const LONGEST: usize = 64 * 1024;

/// Where a syntax error is, and what to do about it.
pub(super) fn explain(text: &str, error: &toml::de::Error) -> (usize, String) {
    let span = error.span().unwrap_or_default();
    let line = line_of(text, span.start);
    // Its words never quote the file: there may be a password in that line.
    let said = error.message().lines().collect::<Vec<_>>().join(", ");
    let written = text.lines().nth(line - 1).unwrap_or_default();
    let advice = if written.contains(['\u{201C}', '\u{201D}', '\u{201E}', '\u{2018}', '\u{2019}', '\u{00AB}'])
    {
        "the quotes in this line are typographic ones; write straight ones: \""
    } else if said.contains("escape") {
        "write \\\\ for a \\, or put the text between single quotes: 'text'"
    } else {
        "write lines such as name = \"text\" under a [table]"
    };
    (line, format!("this is not TOML: {said}; {advice}"))
}

/// The text in the bytes of a file, byte for byte in the same place, and what no text is. What cannot be
/// read of it is blank.
pub(super) fn decode(bytes: &[u8]) -> (String, Vec<Problem>) {
    let whole = |words: &str| {
        let problem = Problem { line: 1, key: String::new(), words: words.to_owned() };
        (String::new(), vec![problem])
    };
    if bytes.len() > LONGEST {
        return whole("this file is longer than 64 KB; it is not the settings file");
    }
    let wide = bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF");
    if wide || bytes.get(1) == Some(&0) || (bytes.first() == Some(&0) && bytes.len() > 1) {
        return whole(
            "this file is saved as UTF-16 ('Unicode'); save it again as UTF-8: in Notepad 'Save as', Encoding 'UTF-8'",
        );
    }
    if bytes.contains(&0) {
        return whole("this is not a text file; write it with a plain editor such as Notepad");
    }
    let mut bytes = bytes.to_vec();
    // The mark that Windows puts before UTF-8.
    if let Some(mark) = bytes.get_mut(..3).filter(|mark| **mark == *b"\xEF\xBB\xBF") {
        mark.fill(b' ');
    }
    let mut problems = Vec::new();
    let mut line = 0;
    let text = bytes
        .split_inclusive(|byte| *byte == b'\n')
        .map(|part| {
            line += 1;
            std::str::from_utf8(part).map(str::to_owned).unwrap_or_else(|_| {
                let words = "a letter here is not UTF-8; save the file as UTF-8".to_owned();
                problems.push(Problem { line, key: String::new(), words });
                part.iter()
                    .map(|byte| if matches!(byte, b'\r' | b'\n') { char::from(*byte) } else { ' ' })
                    .collect()
            })
        })
        .collect();
    (text, problems)
}
