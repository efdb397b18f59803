//! The right of one process to work in a folder: a lock on a file in it.

use std::fs::{File, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// A file that stands for a folder. Whoever has its lock keeps it until this is dropped or the process
/// ends, however it ends.
///
/// Some network file systems have no locks: there everyone has it, and two processes may write the same
/// files twice.
#[derive(Debug)]
pub struct Lock {
    path: PathBuf,
    file: File,
}

impl Lock {
    /// Opens the file, or makes it; nobody has the lock by that.
    ///
    /// # Errors
    /// [`Error::Write`]: it cannot be written.
    pub fn open(path: &Path) -> Result<Self> {
        let mut options = File::options();
        let file = options.create(true).truncate(false).write(true).open(path);
        Ok(Self {
            path: path.to_owned(),
            file: file.map_err(|error| Error::write(path, error))?,
        })
    }

    /// Takes the lock, unless another process has it; says whether it is ours now.
    ///
    /// # Errors
    /// [`Error::Write`]: the file system failed.
    pub fn take(&self) -> Result<bool> {
        match self.file.try_lock() {
            Ok(()) => Ok(true),
            Err(TryLockError::WouldBlock) => Ok(false),
            Err(TryLockError::Error(error)) if error.kind() == ErrorKind::Unsupported => Ok(true),
            Err(TryLockError::Error(error)) => Err(Error::write(&self.path, error)),
        }
    }

    /// Takes the lock as soon as no other process has it.
    ///
    /// # Errors
    /// [`Error::Write`]: the file system failed.
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
    fn one_has_it_until_that_one_is_gone() {
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
