//! A set that another program made, whatever file it came from.

use std::path::Path;

use ndarray::Array2;

use super::classes::Match;
use crate::error::{Error, Result};
use crate::synthetic::RawSet;
use crate::task::Task;

/// A set that another program made.
#[derive(Debug, Clone, PartialEq)]
pub struct Foreign {
    /// The set, with the task's shapes and the task's order of classes.
    pub raw: RawSet,
    /// How its classes were matched with those of the task. `None` if targets are values.
    pub matched: Option<Match>,
    /// Names of columns that the task does not have and that number the rows. They are left out.
    pub left_out: Vec<String>,
    /// What the set has that the task cannot tell, or lacks: one sentence for each.
    pub remarks: Vec<String>,
}

impl Foreign {
    /// A set of these inputs `[n, features]` and targets `[n, outputs]` in the units of the task, and of nothing
    /// else.
    ///
    /// # Errors
    /// [`Error::Data`] for the file at this path, if there are not as many targets as inputs.
    pub(super) fn of(
        path: &Path,
        task: &Task,
        inputs: Array2<f64>,
        (targets, matched): (Array2<f64>, Option<Match>),
    ) -> Result<Self> {
        if inputs.nrows() != targets.nrows() {
            let (inputs, targets) = (inputs.nrows(), targets.nrows());
            let problem = format!("has {inputs} inputs and {targets} targets");
            return Err(Error::data(path, problem));
        }
        let raw = RawSet {
            shape: task.inputs,
            white: task.normalisation.divisor,
            range: task.normalisation.range,
            target: task.target.clone(),
            inputs,
            targets,
            step_sizes: None,
            readout: None,
            table: None,
        };
        Ok(Self {
            raw,
            matched,
            left_out: Vec::new(),
            remarks: Vec::new(),
        })
    }
}
