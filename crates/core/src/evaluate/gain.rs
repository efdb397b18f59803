//! By how much learners score more with one training set than with another, and how sure that is.

use std::collections::BTreeMap;

use ndarray::Array2;
use serde::{Deserialize, Serialize};

use super::held_out::largest;
use super::judge::LOWEST;
use super::score::{Metric, Score};
use crate::task::Split;

/// Something for each set, by the name of its score.
pub type BySet<T> = BTreeMap<String, T>;

/// A difference of mean scores over learners (judges, or fresh networks), with its error.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Gain {
    /// The mean over judges of the difference of their first marks, or over networks of the difference of the metric;
    /// larger is better also for errors.
    pub mean: f64,
    /// The standard error of `mean`: how far it would come by chance with other scored rows of the same kind, and with
    /// other networks.
    pub error: f64,
}

/// What each scored row adds to a judge's first mark. For classes 1 if the prediction is right and 0 otherwise. For values
/// minus the squared error, in units of the mean square of the targets about their mean.
pub(super) fn by_row(predicted: &Array2<f64>, rows: &Split, classes: bool) -> Vec<f64> {
    if classes {
        let right = predicted.rows().into_iter().zip(&rows.labels);
        let right = right.map(|(row, &label)| largest(row.iter().copied()) == Some(label));
        return right.map(|right| f64::from(u8::from(right))).collect();
    }
    let targets = rows.targets.mapv(f64::from);
    let mean = targets.mean_axis(ndarray::Axis(0)).unwrap_or_default();
    let spread = (&targets - &mean).mapv(|it| it * it).mean();
    let spread = spread.filter(|it| *it > 0.0).unwrap_or(1.0);
    let squares = (predicted - &targets).mapv(|it| -it * it / spread);
    let mut of_rows: Vec<f64> = squares
        .rows()
        .into_iter()
        .map(|row| row.mean().unwrap_or_default())
        .collect();
    // As in the mark, a judge that is worse than useless counts no more than one that is useless.
    let mean = of_rows.iter().sum::<f64>() / of_rows.len().max(1) as f64;
    if mean < LOWEST - 1.0 {
        let shrink = (LOWEST - 1.0) / mean;
        of_rows.iter_mut().for_each(|it| *it *= shrink);
    }
    of_rows
}

impl Gain {
    /// The gain of one set over another, by the means over judges of what each row adds. For classes it is the mean over
    /// the classes that the rows have.
    pub(super) fn of(own: &[f64], other: &[f64], rows: &Split, classes: bool) -> Self {
        let differences: Vec<f64> = own.iter().zip(other).map(|(a, b)| a - b).collect();
        let groups = match classes {
            true => {
                let count = rows.labels.iter().max().map_or(0, |most| most + 1);
                let mut groups = vec![Vec::new(); count];
                for (&label, &difference) in rows.labels.iter().zip(&differences) {
                    groups[label].push(difference);
                }
                groups.retain(|group| !group.is_empty());
                groups
            }
            false => vec![differences.clone()],
        };
        // A class of a single row has no variance of its own.
        let of_all = doubtful(&differences);
        let count = groups.len().max(1) as f64;
        let (mut mean, mut square) = (0.0, 0.0);
        for group in &groups {
            let (of_group, _) = moments(group);
            let own = doubtful(group);
            let variance = if group.len() > 1 {
                own
            } else {
                own.max(of_all)
            };
            mean += of_group / count;
            square += variance / group.len() as f64 / (count * count);
        }
        Self {
            mean,
            error: square.sqrt(),
        }
    }

    /// The gain of networks on one set over networks on another: their scores, and the mean over networks of the metric
    /// of each row. The error is over rows and over networks.
    pub(super) fn of_networks(
        metric: Metric,
        (score, own): (&Score, &[f32]),
        (other_score, other): (&Score, &[f32]),
    ) -> Self {
        let sign = match metric {
            Metric::Accuracy => 1.0,
            Metric::Mse => -1.0,
        };
        let pairs = own.iter().zip(other);
        let differences: Vec<f64> = pairs
            .map(|(&a, &b)| sign * (f64::from(a) - f64::from(b)))
            .collect();
        let (mean, variance) = (moments(&differences).0, doubtful(&differences));
        let of_networks = |score: &Score| score.std.powi(2) / score.runs.max(1) as f64;
        let square = variance / differences.len().max(1) as f64;
        Self {
            mean,
            error: (square + of_networks(score) + of_networks(other_score)).sqrt(),
        }
    }

    /// Whether the gain is more than two standard errors above 0.
    pub fn is_sure(self) -> bool {
        self.mean > 2.0 * self.error
    }

    /// Whether the gain is more than two standard errors below 0.
    pub fn is_loss(self) -> bool {
        self.mean < -2.0 * self.error
    }
}

/// The sample variance of these differences and of one more, the opposite of their mean. Without it two or three rows
/// that agree by chance would leave no doubt; among many rows it does not count.
fn doubtful(differences: &[f64]) -> f64 {
    let (mean, _) = moments(differences);
    let with_opposite: Vec<f64> = differences.iter().copied().chain([-mean]).collect();
    moments(&with_opposite).1
}

/// Mean and sample variance; 0 of fewer than one or two values.
fn moments(values: &[f64]) -> (f64, f64) {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count.max(1.0);
    let square: f64 = values.iter().map(|it| (it - mean).powi(2)).sum();
    (mean, square / (count - 1.0).max(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn gains_of_networks_have_the_errors_of_rows_and_networks() {
        let (own, other) = (Score::of(&[0.5, 1.0]), Score::of(&[0.5]));
        let rows: ([f32; 4], [f32; 4]) = ([1.0, 1.0, 0.5, 0.5], [1.0, 0.0, 0.0, 1.0]);
        let of = |metric| Gain::of_networks(metric, (&own, &rows.0), (&other, &rows.1));
        // Differences 0, 1, 0.5, -0.5, and -0.25 against their mean; networks 0.5 and 1 with the variance 0.125.
        let error: f64 = (1.45 / 4.0 / 4.0 + 0.125 / 2.0_f64).sqrt();
        for (metric, mean) in [(Metric::Accuracy, 0.25), (Metric::Mse, -0.25)] {
            let gain = of(metric);
            assert!((gain.mean - mean).abs() < 1e-12, "{gain:?}");
            assert!((gain.error - error).abs() < 1e-12, "{gain:?}");
        }
    }

    #[test]
    fn gains_are_differences_of_marks_with_errors_by_hand() {
        let rows = Split::classes(Array2::zeros((5, 1)), vec![0, 0, 0, 0, 1], 2);
        let right = by_row(
            &array![[1.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 0.0], [0.0, 1.0]],
            &rows,
            true,
        );
        assert_eq!(right, [1.0, 0.0, 1.0, 1.0, 1.0]);
        let gain = Gain::of(&right, &[0.0, 0.0, 0.0, 1.0, 1.0], &rows, true);
        // Class 0: differences 1, 0, 1, 0, and -0.5; class 1: 0, with the variance of all five and -0.4.
        let error = (1.8 / 4.0 / 4.0 / 4.0 + 26.0 / 15.0 / 5.0 / 4.0_f64).sqrt();
        assert!((gain.mean - 0.25).abs() < 1e-12, "{gain:?}");
        assert!((gain.error - error).abs() < 1e-12, "{gain:?}");
        assert!(!gain.is_sure() && !gain.is_loss());

        // The mean is 2, the mean square about it 2/3.
        let rows = Split::values(Array2::zeros((3, 1)), array![[1.0], [2.0], [3.0]]);
        let near = by_row(&array![[1.5], [2.0], [2.5]], &rows, false);
        assert!((near[0] + 0.375).abs() < 1e-12 && near[1].abs() < 1e-12);
        let far = by_row(&array![[100.0], [2.0], [3.0]], &rows, false);
        assert!(
            (far.iter().sum::<f64>() / 3.0 + 2.0).abs() < 1e-12,
            "{far:?}"
        );
        let gain = Gain::of(&near, &far, &rows, false);
        assert!((gain.mean - 1.75).abs() < 1e-12, "{gain:?}");
        for few in [&[1.0][..], &[1.0; 2], &[1.0; 3]] {
            assert!(!Gain::of(few, &[0.0; 3], &rows, false).is_sure(), "{few:?}");
        }
        let sure = Gain::of(&[1.0, 1.1, 1.2, 1.0, 1.2], &[0.0; 5], &rows, false);
        assert!(sure.is_sure());
        assert!(
            Gain {
                mean: -sure.mean,
                ..sure
            }
            .is_loss()
        );
    }
}
