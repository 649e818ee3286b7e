//! Where the keys of the on-screen keyboard lie, for each language and for each kind of field. Pure:
//! a board in, its keys out.

use balie_ui::{FieldKind, KeyAction, KeyCap};

use crate::domain::language::Language;

/// Which of its faces a keyboard shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Face {
    /// The alphabet.
    #[default]
    Letters,
    /// Digits and signs.
    Symbols,
    /// Letters with accents, of all the languages that customers have.
    Accents,
}

/// A keyboard as it is asked for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Board {
    /// The language of the screen.
    pub language: Language,
    /// What is typed.
    pub kind: FieldKind,
    /// The field takes several lines.
    pub several: bool,
    /// There is room for a row of digits above the letters.
    pub digits: bool,
    /// What it shows.
    pub face: Face,
    /// The next letter is a capital; on the signs: the other signs.
    pub shifted: bool,
}

/// The keys of a board, and how many lie beside and above each other.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Laid {
    /// The keys, row by row.
    pub caps: Vec<KeyCap>,
    /// The width of the board in keys.
    pub columns: f32,
    /// The number of rows.
    pub rows: i32,
}

const DIGITS: &str = "1234567890";
/// The vowels' accents on two rows; the third lies between 'shift' and 'erase'.
const ACCENTS: [&str; 3] = ["éèêëáàâãäåæ", "óòôõöøúùûüý", "íîïçñßışğ"];
const SYMBOLS: [&str; 2] = ["-/:;()€&@%", ".,?!'\"+"];
const MORE_SYMBOLS: [&str; 2] = ["[]{}<>=~^\\", "*#_|§$°"];

/// The three rows of letters, as the language has them on its typewriters.
fn letters(language: Language) -> [&'static str; 3] {
    match language {
        Language::De => ["qwertzuiopü", "asdfghjklöä", "yxcvbnmß"],
        Language::Pt => ["qwertyuiop", "asdfghjklç", "zxcvbnm"],
        Language::Nl | Language::En => ["qwertyuiop", "asdfghjkl", "zxcvbnm"],
    }
}

/// Puts keys beside each other.
struct Builder {
    laid: Laid,
    x: f32,
}

impl Builder {
    fn new(columns: f32) -> Self {
        Self { laid: Laid { caps: Vec::new(), columns, rows: 0 }, x: 0.0 }
    }

    fn put(&mut self, action: KeyAction, text: &str, width: f32) -> &mut Self {
        let cap = KeyCap { text: text.into(), action, x: self.x, row: self.laid.rows, width };
        self.laid.caps.push(cap);
        self.x += width;
        self
    }

    fn write(&mut self, text: &str, width: f32) -> &mut Self {
        self.put(KeyAction::Write, text, width)
    }

    /// One key for each letter.
    fn letters(&mut self, letters: &str, shifted: bool) -> &mut Self {
        for letter in letters.chars() {
            let text = if shifted { capital(letter) } else { letter.to_string() };
            self.write(&text, 1.0);
        }
        self
    }

    /// From here on the keys lie below.
    fn below(&mut self) -> &mut Self {
        self.laid.rows += 1;
        self.x = 0.0;
        self
    }

    fn gap(&mut self, width: f32) -> &mut Self {
        self.x += width;
        self
    }

    /// Half of what a row of so many keys leaves free.
    fn centred(&mut self, keys: &str) -> &mut Self {
        let free = self.laid.columns - width_of(keys);
        self.gap(free / 2.0)
    }

    fn done(self) -> Laid {
        Laid { rows: self.laid.rows + 1, ..self.laid }
    }
}

fn width_of(keys: &str) -> f32 {
    u16::try_from(keys.chars().count()).map_or(0.0, f32::from)
}

/// A letter's capital. 'ß' has none that names and streets use.
fn capital(letter: char) -> String {
    match letter {
        'ß' => "ß".to_owned(),
        // The dotless i is Turkish, and so is its capital's partner.
        'ı' => "İ".to_owned(),
        other => other.to_uppercase().collect(),
    }
}

/// Lays the keys of a board.
pub fn lay(board: &Board) -> Laid {
    match board.kind {
        FieldKind::Number => pad("", ""),
        FieldKind::Decimal => pad(if board.language == Language::En { "." } else { "," }, ""),
        FieldKind::Date => pad("-", "/"),
        FieldKind::Phone => pad("+", " "),
        FieldKind::Plate => plate(board.language),
        _ => match board.face {
            Face::Letters => alphabet(board),
            Face::Symbols => symbols(board),
            Face::Accents => accents(board),
        },
    }
}

/// Digits as on a telephone; beside the nought what else such a number may have.
fn pad(left: &str, right: &str) -> Laid {
    let mut keys = Builder::new(8.0);
    keys.gap(2.0).letters("123", false).put(KeyAction::Erase, "", 1.0).below();
    keys.gap(2.0).letters("456", false).put(KeyAction::Next, "", 1.0).below();
    keys.gap(2.0).letters("789", false).put(KeyAction::Close, "", 1.0).below();
    keys.gap(2.0);
    for text in [left, "0", right] {
        if text.is_empty() {
            keys.gap(1.0);
        } else {
            keys.write(text, 1.0);
        }
    }
    keys.put(KeyAction::Done, "", 1.0);
    keys.done()
}

/// Capitals and digits together: a plate needs no other face.
fn plate(language: Language) -> Laid {
    let rows = letters(language);
    let german = language == Language::De;
    let mut keys = Builder::new(if german { 11.0 } else { 10.0 });
    keys.letters(DIGITS, false);
    if german {
        keys.write("-", 1.0);
    }
    let [first, second, third] = rows;
    keys.below().letters(first, true);
    let second = second.trim_end_matches(['ä', 'ç']);
    keys.below().letters(second, true).put(KeyAction::Erase, "", 1.0);
    keys.below().put(KeyAction::Close, "", 1.0);
    if german {
        keys.letters("yxcvbnmä", true).put(KeyAction::Next, "", 1.0);
    } else {
        keys.letters(third, true).write("-", 1.0);
    }
    keys.put(KeyAction::Done, "", 1.0);
    keys.done()
}

fn alphabet(board: &Board) -> Laid {
    let [first, second, third] = letters(board.language);
    let mut keys = Builder::new(width_of(first).max(10.0));
    if board.digits {
        keys.centred(DIGITS).letters(DIGITS, false).below();
    }
    keys.centred(first).letters(first, board.shifted).below();
    keys.centred(second).letters(second, board.shifted).below();
    let side = (keys.laid.columns - width_of(third)) / 2.0;
    keys.put(KeyAction::Shift, "", side)
        .letters(third, board.shifted)
        .put(KeyAction::Erase, "", side)
        .below();
    foot(&mut keys, board);
    keys.done()
}

fn symbols(board: &Board) -> Laid {
    let [first, second] = if board.shifted { MORE_SYMBOLS } else { SYMBOLS };
    let mut keys = Builder::new(10.0);
    if board.digits {
        // As high as the letters, so that the page does not jump.
        let [above, _] = if board.shifted { SYMBOLS } else { MORE_SYMBOLS };
        keys.letters(DIGITS, false).below().letters(above, false).below();
    } else {
        keys.letters(DIGITS, false).below();
    }
    keys.letters(first, false).below();
    let other = if board.shifted { "?123" } else { "#+=" };
    keys.put(KeyAction::Shift, other, 1.5).letters(second, false).put(KeyAction::Erase, "", 1.5).below();
    foot(&mut keys, board);
    keys.done()
}

fn accents(board: &Board) -> Laid {
    let [first, second, third] = ACCENTS;
    let mut keys = Builder::new(11.0);
    if board.digits {
        keys.centred(DIGITS).letters(DIGITS, false).below();
    }
    keys.letters(first, board.shifted).below();
    keys.letters(second, board.shifted).below();
    keys.put(KeyAction::Shift, "", 1.0).letters(third, board.shifted).put(KeyAction::Erase, "", 1.0).below();
    foot(&mut keys, board);
    keys.done()
}

/// The lowest row: other faces, the space, and the ways out.
fn foot(keys: &mut Builder, board: &Board) {
    let columns = keys.laid.columns;
    keys.put(KeyAction::Close, "", 1.0);
    match board.face {
        Face::Symbols => keys.put(KeyAction::Letters, "", 1.0),
        _ => keys.put(KeyAction::Symbols, "", 1.0),
    };
    if board.kind == FieldKind::Email {
        // An address has no spaces; what the space leaves is the full stop's.
        keys.write("@", 1.5).write("_", 1.0).write("-", 1.0).write(".", columns - 8.0);
    } else {
        match board.face {
            Face::Accents => keys.put(KeyAction::Letters, "", 1.0),
            _ => keys.put(KeyAction::Accents, "", 1.0),
        };
        keys.write(" ", columns - 6.5).write(".", 1.0);
    }
    keys.put(KeyAction::Next, "", 1.0).put(KeyAction::Done, if board.several { "\n" } else { "" }, 1.5);
}

#[cfg(test)]
#[path = "keys_tests.rs"]
mod tests;
