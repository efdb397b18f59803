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

/// Divides `count` rows among classes of these sizes. Each class gives the same number of rows, and the first
/// classes give one more if there is a remainder. If a class has too few rows, the others give more. The
/// shares add up to `count`, or to all rows if there are fewer.
pub fn even_shares(sizes: &[usize], count: usize) -> Vec<usize> {
    let mut shares = vec![0; sizes.len()];
    let mut missing = count.min(sizes.iter().sum());
    while missing > 0 {
        let room: Vec<usize> = (0..sizes.len())
            .filter(|&class| shares[class] < sizes[class])
            .collect();
        let each = missing / room.len();
        for (place, class) in room.iter().copied().enumerate() {
            let wanted = each + usize::from(place < missing % room.len());
            shares[class] += wanted.min(sizes[class] - shares[class]);
        }
        missing = count.min(sizes.iter().sum()) - shares.iter().sum::<usize>();
    }
    shares
}

/// One-hot rows `[n, classes]`.
pub fn one_hot(labels: &[usize], classes: usize) -> Array2<f32> {
    let mut targets = Array2::zeros((labels.len(), classes));
    for (row, &label) in labels.iter().enumerate() {
        targets[[row, label]] = 1.0;
    }
    targets
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_remainder_goes_to_the_first_classes_and_a_lack_to_the_others() {
        assert_eq!(even_shares(&[9, 9, 9], 6), [2, 2, 2]);
        assert_eq!(even_shares(&[9, 9, 9], 8), [3, 3, 2]);
        assert_eq!(even_shares(&[1, 9, 9], 8), [1, 4, 3]);
        assert_eq!(even_shares(&[1, 2, 2], 9), [1, 2, 2]);
        assert!(even_shares(&[], 3).is_empty());
    }

    proptest! {
        #[test]
        fn shares_add_up_to_the_count_and_no_class_gives_more_than_it_has(
            sizes in prop::collection::vec(0_usize..20, 0..8), count in 0_usize..200,
        ) {
            let shares = even_shares(&sizes, count);
            prop_assert_eq!(shares.iter().sum::<usize>(), count.min(sizes.iter().sum()));
            prop_assert!(shares.iter().zip(&sizes).all(|(share, size)| share <= size));
        }
    }
}
