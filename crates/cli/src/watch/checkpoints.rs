//! `checkpoint/`: the state to continue from, and the time that the run took so far.

use std::path::Path;
use std::time::Instant;

use burn::tensor::backend::Backend;
use retort_core::Result;
use retort_core::distill::{Observer, Progress, Provenance, State, checkpoint};
use retort_core::store::atomic;
use serde::{Deserialize, Serialize};

use crate::run_directory::RunDirectory;

/// Observer that stores every checkpoint.
#[derive(Debug)]
pub struct Checkpoints {
    directory: RunDirectory,
    provenance: Provenance,
    started: Instant,
    /// Seconds that earlier processes of the run took.
    before: f64,
    /// Number of outer steps done.
    done: usize,
    /// Number of outer steps done at the last stored state, if there is one.
    stored: Option<usize>,
}

#[derive(Serialize, Deserialize)]
struct Elapsed {
    distill_seconds: f64,
}

impl Checkpoints {
    /// Observer for this run directory. A resumed run has already done `stored` outer steps.
    pub fn new(directory: &RunDirectory, provenance: Provenance, stored: Option<usize>) -> Self {
        Self {
            before: stored.map_or(0.0, |_| elapsed(&directory.elapsed())),
            directory: directory.clone(),
            provenance,
            started: Instant::now(),
            done: stored.unwrap_or(0),
            stored,
        }
    }

    /// Number of outer steps done at the last stored state, if there is one.
    pub fn stored(&self) -> Option<usize> {
        self.stored
    }
}

/// Seconds that a run took up to its last checkpoint, over all its processes. 0 if that is not known.
pub fn elapsed(path: &Path) -> f64 {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    serde_json::from_str(&text).map_or(0.0, |elapsed: Elapsed| elapsed.distill_seconds)
}

impl<B: Backend> Observer<B> for Checkpoints {
    fn stepped(&mut self, progress: &Progress) -> Result<()> {
        self.done = progress.done;
        Ok(())
    }

    fn checkpoint(&mut self, state: &State<B>) -> Result<()> {
        checkpoint::save(state, &self.provenance, &self.directory.state())?;
        self.stored = Some(self.done);
        let distill_seconds = self.before + self.started.elapsed().as_secs_f64();
        let text = format!("{{\"distill_seconds\":{distill_seconds}}}\n");
        atomic::write(&self.directory.elapsed(), text.as_bytes())
    }
}
