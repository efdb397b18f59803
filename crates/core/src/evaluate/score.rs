//! Scores: mean and standard deviation of a metric over fresh networks.

use serde::{Deserialize, Serialize};

use crate::task::Target;

/// The metric of a score.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Metric {
    /// Fraction of rows whose class is right, in [0, 1]; larger is better.
    Accuracy,
    /// Mean squared error in the units of the task's rows; smaller is better. The targets of a CSV file are
    /// standardised by the training part: predicting their mean scores about 1. Multiply by the square of
    /// `normalisation.targets.std` for the error of raw targets.
    Mse,
}

impl Metric {
    /// The metric for this kind of target.
    pub fn of(target: &Target) -> Self {
        match target {
            Target::Classes(_) => Self::Accuracy,
            Target::Values(_) => Self::Mse,
        }
    }

    /// Whether `a` is a better score than `b`. NaN is the worst score.
    pub fn better(self, a: f64, b: f64) -> bool {
        match self {
            _ if a.is_nan() => false,
            _ if b.is_nan() => true,
            Self::Accuracy => a > b,
            Self::Mse => a < b,
        }
    }
}

/// Mean and standard deviation of a metric over fresh networks. In an evaluation all values are finite.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// Mean over runs.
    pub mean: f64,
    /// Sample standard deviation over runs (n − 1); 0 for a single run.
    pub std: f64,
    /// Number of runs, that is of fresh networks.
    pub runs: usize,
    /// The value of each network, in the order of the runs; empty if read from a file of an older version.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<f64>,
    /// For classes, the mean over networks of the balanced accuracy: the mean of the accuracies of the
    /// classes that the scored rows have. `None` if read from a file of an older version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub balanced: Option<f64>,
}

impl Score {
    /// The score of these values, one for each network, without a balanced accuracy.
    pub fn of(values: &[f64]) -> Self {
        let runs = values.len();
        let mean = values.iter().sum::<f64>() / runs.max(1) as f64;
        let squares = values
            .iter()
            .map(|value| (value - mean).powi(2))
            .sum::<f64>();
        let std = if runs > 1 {
            (squares / (runs - 1) as f64).sqrt()
        } else {
            0.0
        };
        Self {
            mean,
            std,
            runs,
            values: values.to_vec(),
            balanced: None,
        }
    }

    /// The score of these values and balanced accuracies of the same networks.
    pub(super) fn with_balanced(values: &[f64], balanced: &[f64]) -> Self {
        let mean = balanced.iter().sum::<f64>() / balanced.len() as f64;
        Self {
            balanced: (!balanced.is_empty()).then_some(mean),
            ..Self::of(values)
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_score_stores_its_values_and_can_be_read_without_them() {
        let score = Score::of(&[1.0, 2.0, 4.5]);
        assert_eq!((score.mean, score.runs), (2.5, 3));
        let stored = serde_json::to_string(&score).unwrap();
        assert!(stored.contains(r#""values":[1.0,2.0,4.5]"#), "{stored}");
        assert_eq!(serde_json::from_str::<Score>(&stored).unwrap(), score);
        let old = r#"{"mean":2.5,"std":1.8,"runs":3}"#;
        let read: Score = serde_json::from_str(old).unwrap();
        assert_eq!((read.mean, read.runs, read.values.len()), (2.5, 3, 0));
        assert_eq!(serde_json::to_string(&read).unwrap(), old);
    }
}
