//! Who watches a run: progress bars, metrics and checkpoints are observers, not part of the loop.

use burn::tensor::backend::Backend;

use super::State;
use crate::error::Result;
use crate::synthetic::PointAlignment;

/// What happened in one outer step.
#[derive(Debug, Clone, PartialEq)]
pub struct Progress {
    /// Stage, counted from 1.
    pub stage: usize,
    /// Name of the stage's objective.
    pub objective: &'static str,
    /// Outer step within the stage, counted from 1.
    pub step: usize,
    /// Outer steps of the stage.
    pub steps: usize,
    /// Outer steps done over all stages.
    pub done: usize,
    /// Outer steps of all stages.
    pub total: usize,
    /// The objective's loss before the step.
    pub loss: f64,
    /// Learning rate of the step.
    pub learning_rate: f64,
    /// Norm of the gradient of all learned parts, before clipping.
    pub gradient_norm: f64,
    /// How well the points lie in the principal subspace after the step: at steps that belong into the
    /// metrics, where the task knows its subspace.
    pub alignment: Option<PointAlignment>,
    /// Whether this step belongs into the metrics: every `distill.log_every` steps, and the last.
    pub log: bool,
}

/// Watches a run.
pub trait Observer<B: Backend> {
    /// Called for every outer step, in order, though not at once: a step's numbers may be read
    /// together with those of later ones, at the latest when a step is logged or a second has passed.
    ///
    /// # Errors
    /// Whatever keeps the observer from going on; the run ends with it.
    fn stepped(&mut self, progress: &Progress) -> Result<()>;

    /// Called with a state worth keeping: before the first step of a run, every
    /// `distill.checkpoint_every` steps, and at the end of each stage. Every number in it is finite.
    /// So there is a good state to go back to, whatever comes.
    ///
    /// # Errors
    /// As above.
    fn checkpoint(&mut self, state: &State<B>) -> Result<()>;

    /// Called with the state after `done` outer steps of all stages, where
    /// [`previews`](super::DistillSettings::previews) has that step, and once for each: after all
    /// calls of [`stepped`](Self::stepped) up to it, and before a [`checkpoint`](Self::checkpoint)
    /// of later than the start. So what is made here is there whenever a run goes on from that
    /// checkpoint. A run that goes on begins with the preview of where it stands, if that has one.
    /// The set's numbers are finite. Does nothing where it is not implemented.
    ///
    /// # Errors
    /// As above.
    fn preview(&mut self, done: usize, state: &State<B>) -> Result<()> {
        let _ = (done, state);
        Ok(())
    }
}

/// Watches nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl<B: Backend> Observer<B> for Silent {
    fn stepped(&mut self, _progress: &Progress) -> Result<()> {
        Ok(())
    }

    fn checkpoint(&mut self, _state: &State<B>) -> Result<()> {
        Ok(())
    }
}
