//! One collector for each database: two would do everything twice and fight over the writing. And one
//! at a time who delivers its messages: two could send one twice.
//!
//! The lock is the kernel's, on an open file, so it goes with the process that held it, however
//! that ended.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

/// Held as long as it lives.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

/// Why the lock was not given.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another process has it.
    #[error("a collector already works on {0}; stop that one first (systemctl stop balie-collector)")]
    Taken(PathBuf),
    /// Another process delivers.
    #[error("the messages of {0} are being delivered already; wait until that pass has ended")]
    Delivering(PathBuf),
    /// The file cannot be made or locked.
    #[error(
        "{path} cannot be locked: {cause}; check that the data folder exists and that this user may write in it"
    )]
    Failed {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: std::io::Error,
    },
}

impl Lock {
    /// Takes the collector's lock on a data folder, which is made when it is not there.
    ///
    /// # Errors
    /// [`LockError::Taken`] when another collector works there.
    pub fn collector(data_dir: &Path) -> Result<Self, LockError> {
        Self::take(data_dir, "collector.lock")?.ok_or_else(|| LockError::Taken(data_dir.to_owned()))
    }

    /// Takes the right to deliver the messages of a data folder.
    ///
    /// # Errors
    /// [`LockError::Delivering`] while another process delivers.
    pub fn outbox(data_dir: &Path) -> Result<Self, LockError> {
        Self::take(data_dir, "outbox.lock")?.ok_or_else(|| LockError::Delivering(data_dir.to_owned()))
    }

    /// `None`: somebody else has it.
    fn take(data_dir: &Path, name: &str) -> Result<Option<Self>, LockError> {
        let path = data_dir.join(name);
        let open = || {
            std::fs::create_dir_all(data_dir)?;
            OpenOptions::new().create(true).truncate(false).write(true).open(&path)
        };
        let file = open().map_err(|cause| LockError::Failed { path: path.clone(), cause })?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { _file: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(cause)) => Err(LockError::Failed { path, cause }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_at_a_time_and_free_again_afterwards() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("new");
        let first = Lock::collector(&data).unwrap();
        assert!(Lock::collector(&data).unwrap_err().to_string().contains("already works on"));
        let deliverer = Lock::outbox(&data).unwrap();
        assert!(Lock::outbox(&data).unwrap_err().to_string().contains("being delivered already"));
        drop((first, deliverer));
        Lock::collector(&data).unwrap();
        Lock::outbox(&data).unwrap();
    }
}
