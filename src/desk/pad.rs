//! The pad on which a PIN is typed. The digits stay here: the screen only knows how many there are.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use balie_ui as ui;
use slint::{ComponentHandle, Weak};

use super::slint;
use crate::domain::pin::Pin;

/// What to do with a PIN that was entered.
type Entered = Box<dyn Fn(Pin)>;

/// The adapter of the pad; whoever shows it says with [`Pad::begin`] what is done with the PIN.
pub struct Pad {
    window: Weak<ui::AppWindow>,
    typed: RefCell<String>,
    entered: RefCell<Option<Rc<Entered>>>,
    /// A new PIN is chosen: a weak one is warned of.
    choosing: RefCell<bool>,
    until: RefCell<Option<Instant>>,
}

impl Pad {
    /// The pad of a window.
    pub fn connect(window: &ui::AppWindow) -> Rc<Self> {
        let pad = Rc::new(Self {
            window: window.as_weak(),
            typed: RefCell::default(),
            entered: RefCell::default(),
            choosing: RefCell::default(),
            until: RefCell::default(),
        });
        let global = window.global::<ui::PinPad>();
        hear!(global, pad, {
            on_press: |pad, digit| pad.press(&digit),
            on_erase: |pad| {
                pad.typed.borrow_mut().pop();
                pad.show();
            },
            on_enter: |pad| pad.enter(),
        });
        pad
    }

    /// An empty pad for a PIN that is checked, or (`choosing`) for a new one.
    pub fn begin(&self, choosing: bool, entered: impl Fn(Pin) + 'static) {
        *self.entered.borrow_mut() = Some(Rc::new(Box::new(entered)));
        *self.choosing.borrow_mut() = choosing;
        *self.until.borrow_mut() = None;
        self.blank(ui::PinWord::None);
    }

    /// Takes back what was typed, and says why.
    pub fn blank(&self, word: ui::PinWord) {
        self.typed.borrow_mut().clear();
        if let Some(window) = self.window.upgrade() {
            let pad = window.global::<ui::PinPad>();
            pad.set_busy(false);
            pad.set_word(word);
            if word != ui::PinWord::None {
                pad.set_shakes(pad.get_shakes() + 1);
            }
        }
        self.show();
        self.tick();
    }

    /// Nothing is taken in for so long.
    pub fn wait(&self, wait: Duration) {
        *self.until.borrow_mut() = Some(Instant::now() + wait);
        self.tick();
    }

    /// Nobody listens any more.
    pub fn end(&self) {
        *self.entered.borrow_mut() = None;
        self.blank(ui::PinWord::None);
    }

    /// Once a second: the count-down.
    pub fn tick(&self) {
        let left = self.until.borrow().map(|until| until.saturating_duration_since(Instant::now()));
        // Rounded up: while a moment is left, no digit is taken.
        let seconds = left.map_or(0, |left| left.as_millis().div_ceil(1000));
        if seconds == 0 {
            *self.until.borrow_mut() = None;
        }
        if let Some(window) = self.window.upgrade() {
            window.global::<ui::PinPad>().set_seconds(i32::try_from(seconds).unwrap_or(i32::MAX));
        }
    }

    fn press(&self, digit: &str) {
        self.tick();
        let Some(window) = self.window.upgrade() else { return };
        let pad = window.global::<ui::PinPad>();
        if pad.get_busy() || pad.get_seconds() > 0 || !digit.bytes().all(|byte| byte.is_ascii_digit()) {
            return;
        }
        {
            let mut typed = self.typed.borrow_mut();
            if typed.len() < Pin::MOST {
                typed.push_str(digit);
            }
        }
        pad.set_word(ui::PinWord::None);
        self.show();
    }

    fn enter(&self) {
        let pin = Pin::parse(&self.typed.borrow());
        let Some(window) = self.window.upgrade() else { return };
        let pad = window.global::<ui::PinPad>();
        if pad.get_busy() || pad.get_seconds() > 0 {
            return;
        }
        let entered = self.entered.borrow().clone();
        match (pin, entered) {
            (Some(pin), Some(entered)) => {
                pad.set_busy(true);
                entered(pin);
            }
            (None, Some(_)) => self.blank(ui::PinWord::Short),
            _ => {}
        }
    }

    fn show(&self) {
        let Some(window) = self.window.upgrade() else { return };
        let pad = window.global::<ui::PinPad>();
        let typed = self.typed.borrow();
        pad.set_dots(i32::try_from(typed.len()).unwrap_or_default());
        let weak = *self.choosing.borrow() && Pin::parse(&typed).is_some_and(|pin| pin.is_weak());
        if weak {
            pad.set_word(ui::PinWord::Weak);
        } else if pad.get_word() == ui::PinWord::Weak {
            pad.set_word(ui::PinWord::None);
        }
    }
}
