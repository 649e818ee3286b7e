//! The machine in figures, for the system page and for `balie doctor`: which versions, how much room, how warm,
//! whether the power supply is strong enough, which update.
//!
//! What a machine does not tell is `None`, never a zero. Nothing here can fail as a whole or take long.

pub mod power;

use std::fs;
use std::path::Path;

use chrono::{DateTime, Utc};
use serde::Serialize;

use self::power::Power;
use super::clock::built_at;
use super::disk::Room;
use super::update::{self, Status, UpdateError};

/// Where RAUC has its configuration on a machine with slots.
const SLOTS: [&str; 2] = ["usr/lib/rauc/system.conf", "etc/rauc/system.conf"];

/// The machine now.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Facts {
    /// Version of this program.
    pub version: &'static str,
    /// When it was built, an instant in UTC.
    pub built_at: DateTime<Utc>,
    /// The operating system's own name with its version.
    pub system: Option<String>,
    /// The kernel's release.
    pub kernel: Option<String>,
    /// The board.
    pub board: Option<String>,
    /// How long the machine has been on, in seconds.
    pub up_seconds: Option<u64>,
    /// Room under the data folder, in bytes: free, and in all.
    pub room: Option<(u64, u64)>,
    /// Temperature and power supply.
    pub power: Power,
    /// Which version runs, and whether an update waits; `None` where updates come another way.
    pub update: Option<Status>,
    /// Why that cannot be told, where there should be an answer.
    pub update_trouble: Option<String>,
}

impl Facts {
    /// Asks the machine whose file system begins at `root`; `data_dir` is the folder whose room counts. It starts a
    /// program that knows about updates, so not on the thread that draws.
    pub fn gather(root: &Path, data_dir: &Path) -> Self {
        let text = |path: &str| {
            let text = fs::read_to_string(root.join(path)).ok()?;
            // The board's name ends with a zero byte.
            let text = text.trim_end_matches(['\0', '\n']).trim().to_owned();
            (!text.is_empty()).then_some(text)
        };
        // A desktop may have the program, and nothing that it would update.
        let has_slots = SLOTS.iter().any(|path| root.join(path).exists());
        let (update, update_trouble) = match update::status() {
            Ok(status) => (Some(status), None),
            Err(UpdateError::NoRauc) => (None, None),
            Err(cause) => (None, has_slots.then(|| cause.to_string())),
        };
        let room = Room::under(data_dir).ok().map(|room| (room.free, room.total));
        let seconds = |text: String| text.split(['.', ' ']).next()?.parse().ok();
        Self {
            version: env!("CARGO_PKG_VERSION"),
            built_at: built_at(),
            system: text("etc/os-release").and_then(|text| pretty_name(&text)),
            kernel: text("proc/sys/kernel/osrelease"),
            board: text("proc/device-tree/model").or_else(|| text("sys/class/dmi/id/product_name")),
            up_seconds: text("proc/uptime").and_then(seconds),
            room,
            power: Power::read(root),
            update,
            update_trouble,
        }
    }
}

/// Whether a network is there: a cable or Wi-Fi that is up, whatever lies behind it. `None` when the machine under
/// `root` does not tell.
pub fn linked(root: &Path) -> Option<bool> {
    let ways = fs::read_dir(root.join("sys/class/net")).ok()?.filter_map(Result::ok);
    let is_up =
        |way: &Path| fs::read_to_string(way.join("operstate")).is_ok_and(|state| state.trim() == "up");
    Some(ways.filter(|way| way.file_name() != "lo").any(|way| is_up(&way.path())))
}

/// os-release(5)
fn pretty_name(text: &str) -> Option<String> {
    let value = text.lines().find_map(|line| line.strip_prefix("PRETTY_NAME="))?;
    Some(value.trim_matches('"').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_raspberry_pi_and_a_machine_that_tells_nothing() {
        let root = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        let none = Facts::gather(root.path(), &root.path().join("gone"));
        assert_eq!((&none.system, &none.kernel, &none.board), (&None, &None, &None));
        assert_eq!((none.up_seconds, none.room, none.update_trouble), (None, None, None));
        assert_eq!(none.power, Power::default());
        assert_eq!(linked(root.path()), None);
        write("sys/class/net/lo/operstate", "unknown\n");
        write("sys/class/net/eth0/operstate", "down\n");
        assert_eq!(linked(root.path()), Some(false));
        write("sys/class/net/wlan0/operstate", "up\n");
        assert_eq!(linked(root.path()), Some(true));
        write("etc/os-release", "ID=balie-os\nPRETTY_NAME=\"Balie OS 1.0 (wrynose)\"\n");
        write("proc/sys/kernel/osrelease", "6.18.3-v8\n");
        write("proc/device-tree/model", "Raspberry Pi 5 Model B Rev 1.0\0");
        write("proc/uptime", "86400.12 1000.00\n");
        let facts = Facts::gather(root.path(), root.path());
        assert_eq!(facts.system.as_deref(), Some("Balie OS 1.0 (wrynose)"));
        assert_eq!(facts.kernel.as_deref(), Some("6.18.3-v8"));
        assert_eq!(facts.board.as_deref(), Some("Raspberry Pi 5 Model B Rev 1.0"));
        assert_eq!(facts.up_seconds, Some(86400));
        assert!(facts.room.is_some_and(|(free, total)| free <= total && total > 0));
    }
}
