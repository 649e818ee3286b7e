//! Cells that a spreadsheet would take for a formula: a name or a note may begin with `=`, and whoever
//! opens the file would run what a stranger wrote. Such a cell is written with an apostrophe in front,
//! which a spreadsheet shows as text, and which Balie takes away again when it reads the cell.
//!
//! Telephone numbers and amounts (`+31 6 12345678`, `-12.50`) stay as they are: digits compute nothing.

use std::borrow::Cow;

/// What begins a formula; the wide forms are the same signs to some spreadsheets.
const BEGINNINGS: [char; 8] = ['=', '+', '-', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];

/// Whether a spreadsheet could compute the text, after any marks that were put in front of it.
fn is_formula(text: &str) -> bool {
    let bare = text.trim_start_matches('\'').trim_start();
    let number = |sign: char| sign.is_ascii_digit() || " +-./(),".contains(sign);
    bare.starts_with(BEGINNINGS) && !bare.chars().all(number)
}

/// Whether a spreadsheet would compute the text as it stands.
pub fn computes(text: &str) -> bool {
    !text.starts_with('\'') && is_formula(text)
}

/// The cell as it is written.
pub fn guarded(text: &str) -> Cow<'_, str> {
    if is_formula(text) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// The cell as it was before [`guarded`].
pub fn unguarded(text: Cow<'_, str>) -> Cow<'_, str> {
    if text.strip_prefix('\'').is_none_or(|bare| !is_formula(bare)) {
        return text;
    }
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.get(1..).unwrap_or_default()),
        Cow::Owned(mut text) => {
            text.remove(0);
            Cow::Owned(text)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_computes_is_written_as_text_and_read_back_as_it_was() {
        for text in [
            "=1+1",
            "=cmd|' /C calc'!A0",
            "+SUM(A1)",
            "-A1",
            "@SUM(1)",
            "\t=1",
            "\r=1",
            " =1",
            "'=1",
            "''=x",
            "＝1",
        ] {
            let written = guarded(text);
            assert!(written.starts_with('\'') && !computes(&written), "{text}");
            assert_eq!(unguarded(written), text);
        }
        for text in
            ["", "Jansen", "+31612345678", "+31 (0)6 12-34", "-12.50", "'t Hof", "''", "a=b", "-", "06 1"]
        {
            assert_eq!(guarded(text), text);
            assert_eq!(unguarded(text.into()), text);
        }
        assert_eq!(unguarded("'=1+A1".into()), "=1+A1");
    }
}
