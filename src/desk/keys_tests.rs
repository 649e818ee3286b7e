//! The keyboards: complete, nothing over the edge, nothing on top of another.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::float_cmp)]

use super::*;

const KINDS: [FieldKind; 7] = [
    FieldKind::Text,
    FieldKind::Number,
    FieldKind::Decimal,
    FieldKind::Plate,
    FieldKind::Phone,
    FieldKind::Email,
    FieldKind::Date,
];

fn boards() -> Vec<Board> {
    let mut boards = Vec::new();
    for language in Language::ALL {
        for kind in KINDS {
            for face in [Face::Letters, Face::Symbols, Face::Accents] {
                for bits in 0..8 {
                    let (several, digits, shifted) = (bits & 1 > 0, bits & 2 > 0, bits & 4 > 0);
                    boards.push(Board { language, kind, several, digits, face, shifted });
                }
            }
        }
    }
    boards
}

fn text(board: &Board) -> String {
    let write = |cap: &&KeyCap| cap.action == KeyAction::Write;
    lay(board).caps.iter().filter(write).map(|cap| cap.text.as_str()).collect()
}

fn board(language: Language, kind: FieldKind) -> Board {
    Board { language, kind, several: false, digits: false, face: Face::Letters, shifted: false }
}

#[test]
fn keys_lie_side_by_side_and_within_the_board() {
    for board in boards() {
        let laid = lay(&board);
        for row in 0..laid.rows {
            let mut keys: Vec<_> = laid.caps.iter().filter(|cap| cap.row == row).collect();
            keys.sort_by(|one, other| one.x.total_cmp(&other.x));
            assert!(!keys.is_empty(), "{board:?}: row {row} is empty");
            assert!(keys[0].x >= -0.01 && keys.iter().all(|key| key.width >= 1.0), "{board:?}: {keys:?}");
            assert!(keys.windows(2).all(|two| two[0].x + two[0].width <= two[1].x + 0.01), "{board:?}");
            let last = keys.last().unwrap();
            assert!(last.x + last.width <= laid.columns + 0.01, "{board:?}: {last:?}");
        }
        // On the smallest screen a key of 48 px needs at most eleven beside it, and four rows.
        assert!(laid.columns <= 11.0 && laid.rows <= 4 + i32::from(board.digits), "{board:?}");
        for needed in [KeyAction::Erase, KeyAction::Done, KeyAction::Close] {
            assert_eq!(laid.caps.iter().filter(|cap| cap.action == needed).count(), 1, "{board:?}");
        }
    }
}

#[test]
fn no_face_is_higher_than_another() {
    for board in boards() {
        let plain = lay(&Board { face: Face::Letters, shifted: false, ..board });
        assert_eq!(lay(&board).rows, plain.rows, "{board:?}");
    }
}

#[test]
fn each_language_has_its_own_typewriter() {
    let rows = |language| text(&board(language, FieldKind::Text));
    assert!(rows(Language::Nl).starts_with("qwertyuiopasdfghjklzxcvbnm"));
    assert!(rows(Language::En).starts_with("qwertyuiopasdfghjklzxcvbnm"));
    assert!(rows(Language::De).starts_with("qwertzuiopüasdfghjklöäyxcvbnmß"));
    assert!(rows(Language::Pt).starts_with("qwertyuiopasdfghjklçzxcvbnm"));
}

#[test]
fn every_customers_name_can_be_written() {
    for language in Language::ALL {
        let mut all = String::new();
        for face in [Face::Letters, Face::Symbols, Face::Accents] {
            for shifted in [false, true] {
                all += &text(&Board { face, shifted, ..board(language, FieldKind::Text) });
            }
        }
        for name in ["S. Yılmaz", "Öztürk", "İpek", "van 't Hoff-d'Ávila", "Müßig", "João Conceição", "Çelik"]
        {
            assert!(name.chars().all(|letter| all.contains(letter)), "{language:?}: {name} of {all}");
        }
        let email = text(&board(language, FieldKind::Email));
        assert!("@._-".chars().all(|sign| email.contains(sign)) && !email.contains(' '), "{email}");
        let plate = text(&board(language, FieldKind::Plate));
        assert!(('A'..='Z').chain('0'..='9').all(|sign| plate.contains(sign)), "{plate}");
        assert!(plate.contains('-') && !plate.chars().any(char::is_lowercase), "{plate}");
    }
    assert!("FÜÖÄ".chars().all(|sign| text(&board(Language::De, FieldKind::Plate)).contains(sign)));
    assert_eq!(text(&board(Language::Nl, FieldKind::Number)), "1234567890");
    assert_eq!(text(&board(Language::De, FieldKind::Decimal)), "123456789,0");
    assert!(text(&board(Language::Nl, FieldKind::Phone)).contains('+'));
}
