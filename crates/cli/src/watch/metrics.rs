//! `metrics.jsonl`: one object per logged step.
//!
//! No clock is read here, so that a resumed run writes the same file as an uninterrupted one, byte for byte.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use burn::tensor::backend::Backend;
use retort_core::distill::{Observer, Progress, State};
use retort_core::store::atomic;
use retort_core::{Error, Result};
use serde::Deserialize;

use crate::run_directory::Logged;

/// The part of a line that tells its step.
#[derive(Deserialize)]
struct Place {
    done: usize,
}

/// Observer that writes the file.
#[derive(Debug)]
pub struct Metrics {
    path: PathBuf,
    file: File,
}

impl Metrics {
    /// Opens the file for a run that has done `done` outer steps. Later lines, from a process that was killed
    /// before its next checkpoint, are cut off.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn open(path: &Path, done: usize) -> Result<Self> {
        let failed = |error| Error::write(path, error);
        if path.exists() {
            let bytes = std::fs::read(path).map_err(failed)?;
            let kept = kept(&bytes, done);
            if kept < bytes.len() {
                atomic::write(path, &bytes[..kept])?;
            }
        }
        let file = File::options()
            .create(true)
            .append(true)
            .open(path)
            .map_err(failed)?;
        Ok(Self {
            path: path.to_owned(),
            file,
        })
    }
}

/// Length of the complete lines up to step `done`, in bytes.
fn kept(bytes: &[u8], done: usize) -> usize {
    let lines = bytes.split_inclusive(|&byte| byte == b'\n');
    lines
        .take_while(|line| {
            let place = serde_json::from_slice::<Place>(line);
            line.ends_with(b"\n") && place.is_ok_and(|place| place.done <= done)
        })
        .map(<[u8]>::len)
        .sum()
}

impl<B: Backend> Observer<B> for Metrics {
    fn stepped(&mut self, progress: &Progress) -> Result<()> {
        if !progress.log {
            return Ok(());
        }
        let written = serde_json::to_string(&Logged::from(progress))
            .map_err(std::io::Error::from)
            .and_then(|line| self.file.write_all(format!("{line}\n").as_bytes()));
        written.map_err(|error| Error::write(&self.path, error))
    }

    /// Writes all lines to the disk before the checkpoint is stored.
    fn checkpoint(&mut self, _state: &State<B>) -> Result<()> {
        let flushed = self.file.sync_data();
        flushed.map_err(|error| Error::write(&self.path, error))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn what_was_logged_beyond_the_checkpoint_is_cut_off() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("metrics.jsonl");
        let whole = "{\"done\":10}\n{\"done\":20}\n{\"done\":30}\n";
        for (text, done, expected) in [
            (whole, 20, "{\"done\":10}\n{\"done\":20}\n"),
            (whole, 25, "{\"done\":10}\n{\"done\":20}\n"),
            (whole, 30, whole),
            (whole, 0, ""),
            ("{\"done\":10}\n{\"done\":1", 20, "{\"done\":10}\n"),
        ] {
            std::fs::write(&path, text).unwrap();
            Metrics::open(&path, done).unwrap();
            assert_eq!(std::fs::read_to_string(&path).unwrap(), expected);
        }
    }
}
