//! The trait of settings from which a task is loaded or generated.

use super::Task;
use crate::error::Result;
use crate::paper::Paper;
use crate::seed::Seed;
use crate::settings::Check;
use crate::shape::Interface;

/// Settings of a kind of task, which can load or generate the task.
pub trait TaskSource: Check {
    /// Loads or generates the task. `seed` determines every random draw and split.
    ///
    /// # Errors
    /// [`Error::Data`](crate::Error::Data) if a file is missing, malformed or contradicts itself; the message
    /// names the file. [`Error::Setting`](crate::Error::Setting) if a setting is out of range or does not
    /// suit the data.
    fn load(&self, seed: &Seed) -> Result<Task>;

    /// The shapes of inputs and targets, if the settings alone determine them. The sizes of networks are
    /// then checked before the data are loaded. `None` by default.
    fn interface(&self) -> Option<Interface> {
        None
    }

    /// Whether targets are classes, if the kind of task alone determines that. `None` by default.
    fn has_classes(&self) -> Option<bool> {
        None
    }

    /// The papers that this comes from, for reports. Default: none.
    fn papers(&self) -> Vec<Paper> {
        Vec::new()
    }
}
