//! The database on a disk that can only be read, as a worn card becomes: the list is shown all the same
//! (fault table, row 3). What is to be saved is refused.

use std::path::Path;

use rusqlite::{Connection, OpenFlags};
use rustix::fs::{StatVfsMountFlags, statvfs};

/// Whether the file lies on such a disk.
pub(super) fn is_on_such_a_disk(path: &Path) -> bool {
    statvfs(path).is_ok_and(|disk| disk.f_flag.contains(StatVfsMountFlags::RDONLY))
}

/// Opens it without making the files that SQLite wants beside a database with a log. Where a plug that was
/// pulled has left a log, that is read too.
pub(super) fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut log = path.to_owned().into_os_string();
    log.push("-wal");
    let has_log = std::fs::metadata(log).is_ok_and(|log| log.len() > 0);
    match path.to_str().filter(|_| !has_log) {
        Some(path) => {
            let flags = flags | OpenFlags::SQLITE_OPEN_URI;
            Connection::open_with_flags(format!("file:{}?immutable=1", escaped(path)), flags)
        }
        None => Connection::open_with_flags(path, flags),
    }
}

/// A path as a part of an address (https://www.sqlite.org/uri.html).
fn escaped(path: &str) -> String {
    path.replace('%', "%25").replace('?', "%3f").replace('#', "%23")
}
