//! Who watches the outer loop: metrics, checkpoints, previews and progress, one after the other; and
//! the recording of experts before it.

mod checkpoints;
mod metrics;
mod previews;
mod progress;
mod recording;

use burn::tensor::backend::Backend;
use retort_core::Result;
use retort_core::distill::{Observer, Progress, State};

pub use checkpoints::{Checkpoints, elapsed};
pub use metrics::Metrics;
pub use previews::Previews;
pub use progress::progress;
pub use recording::recording;

/// Several observers, called in order.
pub struct Together<'a, B: Backend>(pub Vec<&'a mut dyn Observer<B>>);

impl<B: Backend> Observer<B> for Together<'_, B> {
    fn stepped(&mut self, progress: &Progress) -> Result<()> {
        self.0.iter_mut().try_for_each(|it| it.stepped(progress))
    }

    fn checkpoint(&mut self, state: &State<B>) -> Result<()> {
        self.0.iter_mut().try_for_each(|it| it.checkpoint(state))
    }

    fn preview(&mut self, done: usize, state: &State<B>) -> Result<()> {
        self.0.iter_mut().try_for_each(|it| it.preview(done, state))
    }
}
