//! Several observers as one.

use burn::tensor::backend::Backend;
use retort_core::Result;
use retort_core::distill::{Observer, Progress, State};

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

    fn stops(&mut self) -> bool {
        self.0.iter_mut().any(|it| it.stops())
    }
}
