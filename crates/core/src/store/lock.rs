//! A lock that lets one process at a time work in a folder.

use std::fs::{File, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// A lock file that stands for a folder. A process that has taken the lock keeps it until this value is
/// dropped or the process ends in any way.
///
/// Some network file systems have no locks. There [`Lock::take`] always succeeds, and two processes may
/// write the same files.
#[derive(Debug)]
pub struct Lock {
    path: PathBuf,
    file: File,
}

impl Lock {
    /// Opens the lock file, or creates it. This does not take the lock.
    ///
    /// # Errors
    /// [`Error::Write`] if the file cannot be written.
    pub fn open(path: &Path) -> Result<Self> {
        let mut options = File::options();
        let file = options.create(true).truncate(false).write(true).open(path);
        Ok(Self {
            path: path.to_owned(),
            file: file.map_err(|error| Error::write(path, error))?,
        })
    }

    /// Takes the lock if no other process has it. Returns whether this process has the lock now.
    ///
    /// # Errors
    /// [`Error::Write`] if the file system fails.
    pub fn take(&self) -> Result<bool> {
        match self.file.try_lock() {
            Ok(()) => Ok(true),
            Err(TryLockError::WouldBlock) => Ok(false),
            Err(TryLockError::Error(error)) if error.kind() == ErrorKind::Unsupported => Ok(true),
            Err(TryLockError::Error(error)) => Err(Error::write(&self.path, error)),
        }
    }

    /// Waits until no other process has the lock, and takes it.
    ///
    /// # Errors
    /// [`Error::Write`] if the file system fails or has no locks.
    pub fn wait(&self) -> Result<()> {
        let locked = self.file.lock();
        locked.map_err(|error| Error::write(&self.path, error))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_lock_is_held_until_it_is_dropped() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        let [one, other] = [Lock::open(&path).unwrap(), Lock::open(&path).unwrap()];
        assert!(one.take().unwrap());
        assert!(!other.take().unwrap());
        drop(one);
        other.wait().unwrap();
        assert!(Lock::open(&folder.path().join("none/lock")).is_err());
    }
}
