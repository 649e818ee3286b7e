//! From edges to presses: a pure state machine, fed with levels and the time since some beginning.
//!
//! A short press opens the CRM manager, a long one silences the blinking. The long press is reported
//! while the finger is still on the button, so that one feels when it has counted.

use std::time::Duration;

/// How long a level must hold to count.
pub const DEBOUNCE: Duration = Duration::from_millis(20);
/// From how long on a press is a long one.
pub const LONG: Duration = Duration::from_millis(1500);

/// What a finger did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Press {
    /// Shorter than [`LONG`]; reported when released.
    Short,
    /// [`LONG`] or longer; reported at that moment.
    Long,
}

/// The button's state. Times must not go back.
#[derive(Debug, Clone, Copy, Default)]
pub struct Button {
    /// The last level seen, and since when.
    level: bool,
    since: Duration,
    /// The level that counts, and since when it is a press.
    counted: bool,
    pressed_at: Duration,
    long_told: bool,
}

impl Button {
    /// A level was seen. Returns a press that was complete before it.
    pub fn edge(&mut self, pressed: bool, at: Duration) -> Option<Press> {
        let press = self.settle(at);
        if pressed != self.level {
            self.level = pressed;
            self.since = at;
        }
        press
    }

    /// Time has passed. Returns a press that is now complete.
    pub fn settle(&mut self, at: Duration) -> Option<Press> {
        let held = at.saturating_sub(self.since);
        if self.level != self.counted && held >= DEBOUNCE {
            self.counted = self.level;
            if self.counted {
                self.pressed_at = self.since;
                self.long_told = false;
            } else if !self.long_told {
                let length = self.since.saturating_sub(self.pressed_at);
                return Some(if length >= LONG { Press::Long } else { Press::Short });
            }
        }
        let lasting = self.counted && self.level && !self.long_told;
        if lasting && at.saturating_sub(self.pressed_at) >= LONG {
            self.long_told = true;
            return Some(Press::Long);
        }
        None
    }

    /// After how long [`Button::settle`] has something to do, if no edge comes before.
    pub fn next_change(&self, at: Duration) -> Option<Duration> {
        let due = if self.level != self.counted {
            self.since + DEBOUNCE
        } else if self.counted && !self.long_told {
            self.pressed_at + LONG
        } else {
            return None;
        };
        Some(due.saturating_sub(at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Edges = &'static [(u64, bool)];
    type Told = &'static [(u64, Press)];

    /// Feeds edges (milliseconds, level), settling whenever the state machine asks for it, and
    /// returns the presses with the millisecond at which they were told.
    fn told(edges: &[(u64, bool)]) -> Vec<(u64, Press)> {
        let mut button = Button::default();
        let mut told = Vec::new();
        let mut now = Duration::ZERO;
        let ends = edges.iter().map(|(at, level)| (Duration::from_millis(*at), Some(*level)));
        for (at, level) in ends.chain([(Duration::from_secs(60), None)]) {
            while let Some(wait) = button.next_change(now).filter(|wait| now + *wait < at) {
                now += wait;
                told.extend(button.settle(now).map(|press| (now.as_millis() as u64, press)));
            }
            now = at;
            let press = match level {
                Some(level) => button.edge(level, at),
                None => button.settle(at),
            };
            told.extend(press.map(|press| (at.as_millis() as u64, press)));
        }
        told
    }

    #[test]
    fn presses_by_their_edges() {
        use Press::*;
        let table: [(&str, Edges, Told); 11] = [
            ("nothing", &[], &[]),
            ("a tap", &[(0, true), (100, false)], &[(120, Short)]),
            ("just long enough to count", &[(0, true), (20, false)], &[(40, Short)]),
            ("too short to be a finger", &[(0, true), (19, false)], &[]),
            ("just short", &[(0, true), (1499, false)], &[(1519, Short)]),
            ("just long", &[(0, true), (1500, false)], &[(1500, Long)]),
            ("long, told while held, once", &[(0, true), (9000, false)], &[(1500, Long)]),
            (
                "chatter at both ends is one tap",
                &[
                    (0, true),
                    (3, false),
                    (5, true),
                    (9, false),
                    (11, true),
                    (200, false),
                    (204, true),
                    (209, false),
                ],
                &[(229, Short)],
            ),
            (
                "a flicker during a long press",
                &[(0, true), (700, false), (710, true), (3000, false)],
                &[(1500, Long)],
            ),
            ("two taps", &[(0, true), (80, false), (200, true), (280, false)], &[(100, Short), (300, Short)]),
            ("the same level twice", &[(0, true), (50, true), (90, false), (95, false)], &[(110, Short)]),
        ];
        for (name, edges, expected) in table {
            assert_eq!(told(edges), expected, "{name}");
        }
    }

    #[test]
    fn a_late_reader_still_knows_how_long_it_was() {
        let at = Duration::from_millis;
        let mut button = Button::default();
        assert_eq!(button.edge(true, at(0)), None);
        assert_eq!(button.settle(at(30)), None);
        assert_eq!(button.edge(false, at(400)), None);
        assert_eq!(button.settle(at(5000)), Some(Press::Short));
        assert_eq!(button.next_change(at(5000)), None);
    }
}
