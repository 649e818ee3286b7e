//! The keyboard on the screen: which keys it shows, and their way into the field that has the focus,
//! which is the same as a real keyboard's.

use std::cell::RefCell;
use std::rc::Rc;

use balie_ui as ui;
use slint::platform::{Key, WindowEvent};
use slint::{ComponentHandle, Model, ModelRc, SharedString, VecModel, Weak};
use ui::{FieldKind, KeyAction, KeyCap};

use super::keys::{Board, Face, lay};
use super::slint;
use crate::domain::language::Language;

/// The adapter of the keyboard.
pub struct Keyboard {
    window: Weak<ui::AppWindow>,
    board: RefCell<Board>,
    caps: Rc<VecModel<KeyCap>>,
}

impl Keyboard {
    /// The keyboard of a window.
    pub fn connect(window: &ui::AppWindow, language: Language) -> Rc<Self> {
        let board = Board {
            language,
            kind: FieldKind::Text,
            several: false,
            digits: false,
            face: Face::Letters,
            shifted: false,
        };
        let caps = Rc::new(VecModel::default());
        let keyboard = Rc::new(Self { window: window.as_weak(), board: RefCell::new(board), caps });
        let keys = window.global::<ui::Keys>();
        keys.set_caps(ModelRc::from(Rc::clone(&keyboard.caps)));
        let this = Rc::downgrade(&keyboard);
        keys.on_lay(move |kind, several, digits, blank| {
            if let Some(this) = this.upgrade() {
                // A name or a sentence begins with a capital.
                let shifted = blank && kind == FieldKind::Text;
                this.change(|board| {
                    *board = Board {
                        language: board.language,
                        kind,
                        several,
                        digits,
                        face: Face::Letters,
                        shifted,
                    };
                });
            }
        });
        let this = Rc::downgrade(&keyboard);
        keys.on_press(move |cap| {
            if let Some(this) = this.upgrade() {
                this.press(&cap);
            }
        });
        keyboard.fill();
        keyboard
    }

    /// The language of the screen changed.
    pub fn speak(&self, language: Language) {
        self.change(|board| board.language = language);
    }

    /// Puts the keyboard away: another page is turned to, or something opens over this one.
    pub fn close(&self) {
        if let Some(window) = self.window.upgrade() {
            window.global::<ui::Keys>().set_open(false);
        }
    }

    fn change(&self, change: impl FnOnce(&mut Board)) {
        let before = *self.board.borrow();
        change(&mut self.board.borrow_mut());
        if *self.board.borrow() != before {
            self.fill();
        }
    }

    /// Lays the keys. Where they stay in their places only what changed is made anew: a key under a
    /// finger stays the same key.
    fn fill(&self) {
        let Some(window) = self.window.upgrade() else { return };
        let board = *self.board.borrow();
        let laid = lay(&board);
        if laid.caps.len() == self.caps.row_count() {
            for (row, cap) in laid.caps.into_iter().enumerate() {
                if self.caps.row_data(row).as_ref() != Some(&cap) {
                    self.caps.set_row_data(row, cap);
                }
            }
        } else {
            self.caps.set_vec(laid.caps);
        }
        let keys = window.global::<ui::Keys>();
        keys.set_columns(laid.columns);
        keys.set_rows(laid.rows);
        keys.set_shifted(board.shifted);
    }

    /// A finger came down on a key.
    fn press(&self, cap: &KeyCap) {
        match cap.action {
            KeyAction::Write => {
                self.write(cap.text.clone());
                self.change(|board| {
                    if board.face != Face::Symbols {
                        board.shifted = false;
                    }
                    if board.face == Face::Accents {
                        board.face = Face::Letters;
                    }
                });
            }
            KeyAction::Erase => self.write(SharedString::from(Key::Backspace)),
            KeyAction::Next => self.write(SharedString::from(Key::Tab)),
            KeyAction::Done => {
                self.write(SharedString::from(Key::Return));
                if !self.board.borrow().several {
                    self.close();
                }
            }
            KeyAction::Close => self.close(),
            KeyAction::Shift => self.change(|board| board.shifted = !board.shifted),
            KeyAction::Letters => self.turn(Face::Letters),
            KeyAction::Symbols => self.turn(Face::Symbols),
            KeyAction::Accents => self.turn(Face::Accents),
        }
    }

    fn turn(&self, face: Face) {
        self.change(|board| {
            // Asked for an accent, the capital that was to come is still to come.
            let keep = face == Face::Accents || board.face == Face::Accents;
            board.shifted = board.shifted && keep;
            board.face = face;
        });
    }

    /// As a real keyboard would: the key goes down and comes up.
    fn write(&self, text: SharedString) {
        let Some(window) = self.window.upgrade() else { return };
        let window = window.window();
        window.dispatch_event(WindowEvent::KeyPressed { text: text.clone() });
        window.dispatch_event(WindowEvent::KeyReleased { text });
    }
}
