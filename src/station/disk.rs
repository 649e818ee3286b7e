//! How much room the data has left. SQLite says that a disk is full when it is too late; the LED
//! says it before (fault table, row 4).

use std::io;
use std::path::Path;

/// Below this a week's work, a backup and the write-ahead log may no longer fit.
const NEARLY_FULL: u64 = 64 * 1024 * 1024;

/// The room on the disk under a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// Bytes that this user can still write.
    pub free: u64,
    /// Bytes in all.
    pub total: u64,
}

impl Room {
    /// The room under a folder.
    ///
    /// # Errors
    /// When the folder cannot be reached.
    pub fn under(folder: &Path) -> io::Result<Self> {
        let disk = rustix::fs::statvfs(folder)?;
        Ok(Self {
            free: disk.f_bavail.saturating_mul(disk.f_frsize),
            total: disk.f_blocks.saturating_mul(disk.f_frsize),
        })
    }

    /// Whether somebody should make room.
    pub fn is_nearly_gone(&self) -> bool {
        self.free < NEARLY_FULL
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_is_measured_and_judged() {
        let folder = tempfile::tempdir().unwrap();
        let room = Room::under(folder.path()).unwrap();
        assert!(room.total >= room.free && room.total > 0);
        assert!(Room::under(&folder.path().join("gone")).is_err());
        let mega = 1024 * 1024;
        for (free, gone) in [(0, true), (63 * mega, true), (64 * mega, false), (9000 * mega, false)] {
            assert_eq!(Room { free, total: 9000 * mega }.is_nearly_gone(), gone, "{free}");
        }
    }
}
