//! A file for others that is there whole or not at all.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::path::Path;

/// Writes a file in the place of an earlier one. Until it is complete it has another name: whoever reads finds the
/// one or the other, also after a power cut.
///
/// # Errors
/// What `write` answers, or that the file cannot be written.
pub fn replace(path: &Path, write: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<()> {
    let mut name = OsString::from(path.file_name().unwrap_or_default());
    name.push(".part");
    let part = path.with_file_name(name);
    let mut file = File::create(&part)?;
    write(&mut file)?;
    file.sync_all()?;
    fs::rename(&part, path)?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    sync_folder(folder.unwrap_or(Path::new(".")))
}

/// The folder's own entries are on the disk. A file system that cannot be told so has written them.
///
/// # Errors
/// When the folder is not there, or the disk refuses.
pub fn sync_folder(folder: &Path) -> io::Result<()> {
    match File::open(folder)?.sync_all() {
        Err(cause) if cause.kind() == io::ErrorKind::InvalidInput => Ok(()),
        done => done,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn what_cannot_be_completed_leaves_the_earlier_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("list.csv");
        replace(&path, |file| file.write_all(b"one")).unwrap();
        let broken = replace(&path, |file| {
            file.write_all(b"tw")?;
            Err(io::Error::other("the plug was pulled"))
        });
        assert!(broken.is_err());
        assert_eq!(fs::read(&path).unwrap(), b"one");
        replace(&path, |file| file.write_all(b"two")).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
