//! The contract of a judge.

use std::fmt::Debug;

use ndarray::Array2;

use crate::error::Result;
use crate::paper::Paper;
use crate::seed::Seed;
use crate::task::one_hot;

use super::super::held_out::largest;

/// A learner that judges a small training set: it learns the set and predicts rows that it has not seen.
pub trait Judge: Debug + Sync {
    /// The judge's name, different from those of all other judges, and not `network`.
    fn name(&self) -> &str;

    /// The papers that the judge comes from, for reports. Default: none.
    fn papers(&self) -> Vec<Paper> {
        Vec::new()
    }

    /// Learns the lesson and returns the predictions for `inputs`, `[n, features]`, as `[n, outputs]`: the
    /// targets themselves for values; for classes a number each, the largest one for the class that is
    /// predicted.
    ///
    /// The same arguments must give the same bits, on any number of threads.
    ///
    /// # Errors
    /// If nothing can be learned. The judge then has no score for this set, with the error as the reason.
    fn predict(&self, lesson: Lesson<'_>, inputs: &Array2<f32>, seed: &Seed)
    -> Result<Array2<f64>>;
}

/// The rows that a judge learns. There is at least one, and all numbers are finite.
#[derive(Debug, Clone, Copy)]
pub struct Lesson<'a> {
    /// Inputs `[n, features]`, normalised as networks see them.
    pub inputs: &'a Array2<f32>,
    /// Targets `[n, outputs]`. For classes, a number for each class: 1 and 0 for a hard label, any numbers
    /// for a learned one.
    pub targets: &'a Array2<f32>,
    /// Whether the targets are classes.
    pub classes: bool,
}

impl Lesson<'_> {
    /// The class of each row: that of the largest target, the first of equal ones.
    pub fn labels(&self) -> Vec<usize> {
        let rows = self.targets.rows();
        let label =
            |row: ndarray::ArrayView1<'_, f32>| largest(row.iter().map(|&it| f64::from(it)));
        rows.into_iter()
            .map(|row| label(row).unwrap_or_default())
            .collect()
    }

    /// The targets in double precision. Of classes, one-hot rows of [`Self::labels`].
    pub fn hard_targets(&self) -> Array2<f64> {
        match self.classes {
            true => one_hot(&self.labels(), self.targets.ncols()).mapv(f64::from),
            false => self.targets.mapv(f64::from),
        }
    }
}
