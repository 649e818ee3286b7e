//! Writing files so that a power cut finds the old one or the new one, never half of one.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt, fchown, symlink};
use std::path::{Path, PathBuf};

use crate::exchange::whole::sync_folder;

/// The data folder's group, to which the services belong; none when there is no such folder yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Group(u32);

impl Group {
    pub(super) fn of(folder: &Path) -> Option<Self> {
        fs::metadata(folder).ok().map(|found| Self(found.gid()))
    }

    /// Gives a file to it, where it is not so already: in its own service everything is from the start.
    fn take(group: Option<Self>, file: &File) -> io::Result<()> {
        let now = file.metadata()?.gid();
        group.filter(|group| group.0 != now).map_or(Ok(()), |group| fchown(file, None, Some(group.0)))
    }
}

/// A file as it should be.
#[derive(Clone)]
pub(super) struct Wanted {
    pub(super) path: PathBuf,
    pub(super) content: Vec<u8>,
    pub(super) mode: u32,
    /// Who may read it beside us, where the mode lets a group.
    pub(super) group: Option<Group>,
}

impl Wanted {
    /// A file for everybody's eyes.
    pub(super) fn open(path: impl Into<PathBuf>, content: impl Into<Vec<u8>>) -> Self {
        Self { path: path.into(), content: content.into(), mode: 0o644, group: None }
    }

    /// Writes it, unless it is as it should be. On the disk when this returns.
    pub(super) fn write(&self) -> io::Result<()> {
        if let Ok(found) = fs::symlink_metadata(&self.path)
            && found.is_file()
            && found.mode() & 0o7777 == self.mode
            && self.group.is_none_or(|group| found.gid() == group.0)
            && fs::read(&self.path).is_ok_and(|content| content == self.content)
        {
            return Ok(());
        }
        let folder = self.path.parent().unwrap_or(Path::new("/"));
        fs::create_dir_all(folder)?;
        let part = part(&self.path);
        // Some of these folders are the services' own: what lies there is not followed, whatever it is.
        remove(&part)?;
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&part)?;
        Group::take(self.group, &file)?;
        file.set_permissions(Permissions::from_mode(self.mode))?;
        file.write_all(&self.content)?;
        file.sync_all()?;
        fs::rename(&part, &self.path)?;
        sync_folder(folder)
    }
}

/// What a file is called until it is complete.
fn part(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.new"))
}

/// A folder for us and the group. One that is only a link to another is refused.
pub(super) fn private_folder(folder: &Path, group: Option<Group>) -> io::Result<()> {
    match DirBuilder::new().mode(0o700).create(folder) {
        Err(cause) if cause.kind() != ErrorKind::AlreadyExists => return Err(cause),
        _ => {}
    }
    if !fs::symlink_metadata(folder)?.is_dir() {
        return Err(ErrorKind::NotADirectory.into());
    }
    let file = File::open(folder)?;
    Group::take(group, &file)?;
    if file.metadata()?.mode() & 0o7777 != 0o770 {
        file.set_permissions(Permissions::from_mode(0o770))?;
    }
    Ok(())
}

/// A link, which takes the place of what was there at once.
pub(super) fn link(path: &Path, to: &Path) -> io::Result<()> {
    if fs::read_link(path).is_ok_and(|found| found == to) {
        return Ok(());
    }
    let part = part(path);
    remove(&part)?;
    symlink(to, &part)?;
    fs::rename(&part, path)?;
    sync_folder(path.parent().unwrap_or(Path::new("/")))
}

/// A file that should not be there.
pub(super) fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(cause) if cause.kind() != ErrorKind::NotFound => Err(cause),
        _ => Ok(()),
    }
}
