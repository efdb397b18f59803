//! Where a task comes from.

use super::Task;
use crate::error::Result;
use crate::seed::Seed;
use crate::settings::Check;
use crate::shape::Interface;

/// Settings of a kind of task, able to load or make it.
pub trait TaskSource: Check {
    /// The task. Where parts are drawn or split at random, `seed` decides.
    ///
    /// # Errors
    /// A file that is missing, malformed or contradicts itself; the message names it.
    fn load(&self, seed: &Seed) -> Result<Task>;

    /// What a network that learns the task is built for, where the settings alone say that: sizes
    /// are then checked before there are data.
    fn interface(&self) -> Option<Interface> {
        None
    }
}
