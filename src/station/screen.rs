//! The machine's outputs for a screen, and whether a screen is connected to one.

use std::fs::{self, OpenOptions};
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// How often it is looked while one is waited for.
const GLANCE: Duration = Duration::from_millis(50);

/// An output of a graphics card.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Output {
    /// Its name: `HDMI-A-1`.
    pub name: String,
    /// The card's: `card0`.
    pub card: String,
    /// Whether a screen is connected.
    pub connected: bool,
}

/// The outputs that the kernel knows by now, by their names; `root` is `/` but in tests.
pub fn outputs(root: &Path) -> Vec<Output> {
    let mut outputs = Vec::new();
    for entry in fs::read_dir(root.join("sys/class/drm")).into_iter().flatten().filter_map(Result::ok) {
        let file = entry.file_name().to_string_lossy().into_owned();
        let Some((card, name)) = file.split_once('-').filter(|(card, _)| card.starts_with("card")) else {
            continue;
        };
        if let Ok(status) = fs::read_to_string(entry.path().join("status")) {
            let connected = status.trim() == "connected";
            outputs.push(Output { name: name.to_owned(), card: card.to_owned(), connected });
        }
    }
    outputs.sort();
    outputs
}

/// Waits until a screen is connected whose card this user may open, and says whether one is. The touchscreen is
/// started before the kernel has found its card, and some screens are switched on last.
pub fn wait(root: &Path, at_most: Duration) -> bool {
    let ready = |output: &Output| {
        output.connected
            && OpenOptions::new().read(true).write(true).open(root.join("dev/dri").join(&output.card)).is_ok()
    };
    let end = Instant::now() + at_most;
    while !outputs(root).iter().any(ready) {
        if Instant::now() > end {
            return false;
        }
        sleep(GLANCE);
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_screen_is_waited_for_until_it_is_connected_and_may_be_used() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        assert_eq!((outputs(root), wait(root, Duration::ZERO)), (Vec::new(), false));
        let drm = root.join("sys/class/drm");
        for (name, status) in [("card1-HDMI-A-1", "connected\n"), ("card0-DSI-1", "disconnected\n")] {
            fs::create_dir_all(drm.join(name)).unwrap();
            fs::write(drm.join(name).join("status"), status).unwrap();
        }
        fs::create_dir_all(drm.join("card0")).unwrap();
        let named = |output: &Output| (output.name.clone(), output.card.clone(), output.connected);
        let found: Vec<_> = outputs(root).iter().map(named).collect();
        let (dsi, hdmi) =
            (("DSI-1".into(), "card0".into(), false), ("HDMI-A-1".into(), "card1".into(), true));
        assert_eq!(found, [dsi, hdmi]);
        assert!(!wait(root, Duration::ZERO), "its card cannot be opened yet");
        fs::create_dir_all(root.join("dev/dri")).unwrap();
        fs::write(root.join("dev/dri/card0"), "").unwrap();
        assert!(!wait(root, Duration::ZERO), "that is the other one");
        let late = root.join("dev/dri/card1");
        std::thread::spawn(move || {
            sleep(Duration::from_millis(120));
            fs::write(late, "").unwrap();
        });
        assert!(wait(root, Duration::from_secs(10)));
    }
}
