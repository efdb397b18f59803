//! One part of a task: rows of inputs and targets.

use std::sync::Arc;

use ndarray::{Array2, Axis};

/// Most numbers in the inputs of a task: 8 GiB in single precision. More numbers are refused with a message,
/// because a failed allocation would abort the program.
pub(super) const MOST_NUMBERS: usize = 1 << 31;

/// Rows of inputs and targets.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Split {
    /// Normalised inputs, `[n, features]`. A device that computes in the host's memory shares them, see
    /// [`super::Rows::upload`].
    pub inputs: Arc<Array2<f32>>,
    /// Targets, `[n, outputs]`: one-hot rows for classes, real numbers otherwise.
    pub targets: Array2<f32>,
    /// The class of each row. Empty if targets are real numbers.
    pub labels: Vec<usize>,
}

impl Split {
    /// Rows with real-valued targets.
    pub fn values(inputs: impl Into<Arc<Array2<f32>>>, targets: Array2<f32>) -> Self {
        Self {
            inputs: inputs.into(),
            targets,
            labels: Vec::new(),
        }
    }

    /// Rows with classes, from labels in `0..classes`.
    pub fn classes(
        inputs: impl Into<Arc<Array2<f32>>>,
        labels: Vec<usize>,
        classes: usize,
    ) -> Self {
        Self {
            inputs: inputs.into(),
            targets: one_hot(&labels, classes),
            labels,
        }
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.inputs.nrows()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The rows at these indices, in this order.
    pub fn select(&self, rows: &[usize]) -> Self {
        Self {
            inputs: Arc::new(self.inputs.select(Axis(0), rows)),
            targets: self.targets.select(Axis(0), rows),
            labels: if self.labels.is_empty() {
                Vec::new()
            } else {
                rows.iter().map(|&row| self.labels[row]).collect()
            },
        }
    }

    /// The indices of the rows of each class.
    pub fn rows_by_class(&self, classes: usize) -> Vec<Vec<usize>> {
        places_by_class(&self.labels, classes)
    }
}

/// The indices of each class among labels in `0..classes`.
pub fn places_by_class(labels: &[usize], classes: usize) -> Vec<Vec<usize>> {
    let mut places = vec![Vec::new(); classes];
    for (place, &label) in labels.iter().enumerate() {
        places[label].push(place);
    }
    places
}

/// One-hot rows `[n, classes]`.
pub fn one_hot(labels: &[usize], classes: usize) -> Array2<f32> {
    let mut targets = Array2::zeros((labels.len(), classes));
    for (row, &label) in labels.iter().enumerate() {
        targets[[row, label]] = 1.0;
    }
    targets
}
