//! The boot partition: the settings file is read there, and a secret does not stay there. It is a FAT, so
//! whoever takes the card out can read all of it.

use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Read, Seek, Write};
use std::ops::Range;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use rustix::fs::StatVfsMountFlags;
use rustix::mount::{MountFlags, mount_remount};

use crate::exchange::whole::sync_folder;

/// The technician's file. Windows likes to hide that it added an ending of its own.
const NAMES: [&str; 2] = ["balie.toml", "balie.toml.txt"];
/// The file that Raspberry Pi Imager 2 writes.
pub(super) const PRESEED: &str = "rpi-preseed.toml";
/// Where the boot partition may be mounted.
const FOLDERS: [&str; 3] = ["boot/balie", "boot/firmware", "boot"];
/// What stands in the place of a secret.
const NOTHING: &[u8] = b"\"\"";

/// A settings file as it lies there.
pub(super) struct Card {
    pub(super) path: PathBuf,
    pub(super) bytes: Vec<u8>,
}

/// The folder of the boot partition: the first that has a settings file.
pub(super) fn folder(root: &Path) -> Option<PathBuf> {
    let folders = FOLDERS.map(|folder| root.join(folder));
    let has = |folder: &&PathBuf| NAMES.iter().chain([&PRESEED]).any(|name| folder.join(name).exists());
    let unfinished = |folder: &&PathBuf| part(&folder.join(NAMES[0])).exists();
    folders.iter().find(has).or_else(|| folders.iter().find(unfinished)).cloned()
}

/// The technician's file in a folder.
pub(super) fn in_folder(folder: &Path) -> io::Result<Option<Card>> {
    for name in NAMES {
        if let Some(card) = read(&folder.join(name))? {
            return Ok(Some(card));
        }
    }
    Ok(None)
}

/// A file, when it is there. One whose new version was complete when the power went is put in its place.
pub(super) fn read(path: &Path) -> io::Result<Option<Card>> {
    if !path.exists() && part(path).exists() {
        fs::rename(part(path), path)?;
    }
    match fs::read(path) {
        Ok(bytes) => Ok(Some(Card { path: path.to_owned(), bytes })),
        Err(cause) if cause.kind() == ErrorKind::NotFound => Ok(None),
        Err(cause) => Err(cause),
    }
}

fn part(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!("{name}.new"))
}

impl Card {
    /// Takes secrets out of the file, line for line as it is otherwise. Another version of the file than the
    /// one that was read is left alone: somebody is just writing it.
    pub(super) fn blank(&self, secrets: &[Range<usize>]) -> io::Result<()> {
        let blanked = self.without(secrets);
        if blanked == self.bytes {
            return Ok(());
        }
        match self.replace(&blanked) {
            Err(cause) if cause.kind() == ErrorKind::ReadOnlyFilesystem => {
                // A boot partition is often mounted so; it is again afterwards.
                let mounted = mounted_at(&self.path)?;
                let flags = flags_of(&mounted)?;
                mount_remount(&mounted, flags, "")?;
                let replaced = self.replace(&blanked);
                let closed = mount_remount(&mounted, flags | MountFlags::RDONLY, "");
                replaced.and(closed.map_err(io::Error::from))
            }
            done => done,
        }
    }

    fn without(&self, secrets: &[Range<usize>]) -> Vec<u8> {
        let mut spans = secrets.to_vec();
        spans.sort_by_key(|span| span.start);
        let (mut blanked, mut from) = (Vec::with_capacity(self.bytes.len()), 0);
        for span in spans {
            blanked.extend_from_slice(self.bytes.get(from..span.start).unwrap_or_default());
            blanked.extend_from_slice(NOTHING);
            from = span.end;
        }
        blanked.extend_from_slice(self.bytes.get(from..).unwrap_or_default());
        blanked
    }

    fn replace(&self, blanked: &[u8]) -> io::Result<()> {
        let folder = self.path.parent().unwrap_or(Path::new("/"));
        let mut old = OpenOptions::new().read(true).write(true).open(&self.path)?;
        let mut now = Vec::new();
        old.read_to_end(&mut now)?;
        if now != self.bytes {
            return Err(io::Error::other("it was changed just now; restart"));
        }
        let part = part(&self.path);
        let mut new = OpenOptions::new().write(true).create(true).truncate(true).open(&part)?;
        new.write_all(blanked)?;
        new.sync_all()?;
        fs::rename(&part, &self.path)?;
        sync_folder(folder)?;
        // What is free on a FAT can be read for a long time.
        old.rewind()?;
        old.write_all(&vec![0; self.bytes.len()])?;
        old.sync_all()
    }
}

/// What else its mount forbids: without saying it again a remount would allow it.
fn flags_of(mounted: &Path) -> io::Result<MountFlags> {
    let found = rustix::fs::statvfs(mounted)?.f_flag;
    let same = [
        (StatVfsMountFlags::NODEV, MountFlags::NODEV),
        (StatVfsMountFlags::NOSUID, MountFlags::NOSUID),
        (StatVfsMountFlags::NOEXEC, MountFlags::NOEXEC),
        (StatVfsMountFlags::NOATIME, MountFlags::NOATIME),
        (StatVfsMountFlags::RELATIME, MountFlags::RELATIME),
    ];
    let set = same.into_iter().filter(|(flag, _)| found.contains(*flag));
    Ok(set.fold(MountFlags::empty(), |flags, (_, flag)| flags | flag))
}

/// The folder at which the file system of a file begins.
fn mounted_at(path: &Path) -> io::Result<PathBuf> {
    let path = fs::canonicalize(path)?;
    let device = fs::metadata(&path)?.dev();
    let same = |folder: &&Path| fs::metadata(folder).is_ok_and(|found| found.dev() == device);
    let at = path.ancestors().skip(1).take_while(same).last();
    at.map(Path::to_owned).ok_or_else(|| io::Error::other("where it is mounted is not known"))
}
