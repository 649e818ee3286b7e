//! Whether the touchscreen is there (fault table, row 14): a loose cable or a driver that gave up takes it away
//! while the picture stays, and nobody could say so by touching.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The kernel's input devices.
const INPUTS: &str = "sys/class/input";
/// Bits of <linux/input-event-codes.h>: a place of a finger, and a device that is looked at while it is touched.
const ABS_MT_POSITION_X: u32 = 0x35;
const INPUT_PROP_DIRECT: u32 = 0x01;
/// One that comes back sooner was only plugged in anew.
const PATIENCE: Duration = Duration::from_secs(10);

/// The touchscreen of a machine that has one.
#[derive(Debug)]
pub struct Touch {
    inputs: PathBuf,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// There has been one: a desk with a mouse misses nothing.
    had: bool,
    missing_since: Option<Instant>,
}

impl Touch {
    /// Looks under the root of a file system.
    pub fn new(root: &Path) -> Self {
        Self { inputs: root.join(INPUTS), state: Mutex::default() }
    }

    /// Whether the touchscreen was there and has been gone for ten seconds; `now` is the monotonic clock's.
    pub fn is_gone(&self, now: Instant) -> bool {
        let there = self.is_there();
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if there {
            *state = State { had: true, missing_since: None };
            return false;
        }
        let since = *state.missing_since.get_or_insert(now);
        state.had && now.saturating_duration_since(since) >= PATIENCE
    }

    fn is_there(&self) -> bool {
        let Ok(inputs) = fs::read_dir(&self.inputs) else { return false };
        inputs.flatten().map(|input| input.path().join("device")).any(|device| {
            has(&device.join("properties"), INPUT_PROP_DIRECT)
                && has(&device.join("capabilities/abs"), ABS_MT_POSITION_X)
        })
    }
}

/// Whether a bit is set in a file of the kernel: words in hexadecimal, the lowest last.
fn has(file: &Path, bit: u32) -> bool {
    let text = fs::read_to_string(file).unwrap_or_default();
    let (word, bit) = (bit / usize::BITS, bit % usize::BITS);
    let word = text.split_whitespace().rev().nth(word as usize);
    word.and_then(|word| u64::from_str_radix(word, 16).ok()).is_some_and(|word| word >> bit & 1 == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plug(root: &Path, name: &str, properties: &str, abs: &str) {
        let device = root.join(INPUTS).join(name).join("device");
        fs::create_dir_all(device.join("capabilities")).unwrap();
        fs::write(device.join("properties"), properties).unwrap();
        fs::write(device.join("capabilities/abs"), abs).unwrap();
    }

    #[test]
    fn a_touchscreen_that_is_taken_away_is_missed_after_ten_seconds_and_comes_back() {
        let root = tempfile::tempdir().unwrap();
        let (touch, began) = (Touch::new(root.path()), Instant::now());
        let gone = |second| touch.is_gone(began + Duration::from_secs(second));
        assert!(!gone(0) && !gone(60), "there has never been one");
        // A keyboard, a touchpad, and the touchscreen of a Raspberry Pi.
        plug(root.path(), "event0", "0\n", "0\n");
        plug(root.path(), "event1", "5\n", "2e0800000000003\n");
        assert!(!gone(70), "neither is one");
        plug(root.path(), "event2", "2\n", "260800000000003\n");
        assert!(!gone(80));
        fs::remove_dir_all(root.path().join(INPUTS).join("event2")).unwrap();
        assert!(!gone(81) && !gone(90) && gone(91) && gone(1000));
        plug(root.path(), "event7", "2\n", "260800000000003\n");
        assert!(!gone(1001), "bound again");
        fs::remove_dir_all(root.path().join(INPUTS)).unwrap();
        assert!(!gone(1002) && gone(1012));
    }
}
