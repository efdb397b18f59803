//! Observers of a run. Progress bars, metrics and checkpoints are observers, not part of the loop.

use burn::tensor::backend::Backend;

use super::State;
use crate::error::Result;
use crate::synthetic::PointAlignment;

/// The numbers of one outer step.
#[derive(Debug, Clone, PartialEq)]
pub struct Progress {
    /// Stage, counted from 1.
    pub stage: usize,
    /// Kind of the stage's objective.
    pub objective: &'static str,
    /// Outer step within the stage, counted from 1.
    pub step: usize,
    /// Number of outer steps of the stage.
    pub steps: usize,
    /// Number of outer steps done, over all stages.
    pub done: usize,
    /// Number of outer steps of all stages.
    pub total: usize,
    /// The objective's loss before the step.
    pub loss: f64,
    /// Learning rate of the step.
    pub learning_rate: f64,
    /// Norm of the gradient with respect to all learned parts, before clipping.
    pub gradient_norm: f64,
    /// Alignment of the points with the principal subspace after the step. `None` if the step is not
    /// logged or the task does not know its subspace.
    pub alignment: Option<PointAlignment>,
    /// Whether this step is logged in the metrics: every `distill.log_every` steps and a stage's last.
    pub log: bool,
}

/// Receives the progress and the states of a run.
pub trait Observer<B: Backend> {
    /// Called for every outer step, in order. The call may come several steps later, since the numbers
    /// of several steps are read together: at the latest when a step is logged or after about a second.
    ///
    /// # Errors
    /// Any error ends the run.
    fn stepped(&mut self, progress: &Progress) -> Result<()>;

    /// Called with a state to store: before the first step of a run, every `distill.checkpoint_every`
    /// steps, and at the end of each stage. All its numbers are finite.
    ///
    /// # Errors
    /// Any error ends the run.
    fn checkpoint(&mut self, state: &State<B>) -> Result<()>;

    /// Called once for each step in [`previews`](super::DistillSettings::previews), with the state after
    /// `done` outer steps over all stages. The default does nothing.
    ///
    /// The call comes after all calls of [`stepped`](Self::stepped) up to that step. Except at the start
    /// of a run, it comes before the [`checkpoint`](Self::checkpoint) of the same step, so that a run
    /// continued from that checkpoint has the preview. A continued run begins with the preview of its
    /// first state, if that step has one. All numbers of the set are finite in single precision; a step
    /// whose set is not has no preview.
    ///
    /// # Errors
    /// Any error ends the run.
    fn preview(&mut self, done: usize, state: &State<B>) -> Result<()> {
        let _ = (done, state);
        Ok(())
    }

    /// Asked after every step that does not end a stage: whether the run is to stop. Its state is then given to
    /// [`checkpoint`](Self::checkpoint), and the run ends with [`Error::Stopped`](crate::Error::Stopped). The default
    /// is never.
    fn stops(&mut self) -> bool {
        false
    }
}

/// An observer that ignores everything.
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
