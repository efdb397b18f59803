//! Handwritten digits that are part of the library: 1797 pictures of 8×8 pixels in ten classes.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::csv::rows_with_classes;
use super::partition::{Partition, check_fractions};
use super::{Inspection, Normalisation, Task, TaskSource};
use crate::error::Result;
use crate::paper::Paper;
use crate::seed::Seed;
use crate::settings::Check;
use crate::shape::InputShape;

const PAPER: Paper = Paper {
    used: "the data",
    citation: "Alpaydin and Kaynak. Optical Recognition of Handwritten Digits. UCI Machine Learning Repository, 1998",
    link: "https://doi.org/10.24432/C50P49",
};

/// UCI "Optical Recognition of Handwritten Digits" by E. Alpaydin and C. Kaynak, CC BY 4.0, as
/// shipped with scikit-learn; see `data/README.md`.
const DIGITS: &str = include_str!("../../data/digits.csv");

/// Settings of the embedded digits, `task.kind = "digits"`. Grey levels 0 to 16 are normalised with one mean
/// and one standard deviation of the training part. The seed splits the rows, class by class.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Digits {
    /// Fraction of the rows for validation, between 0 and 1. Default 0.15.
    pub validation: f64,
    /// Fraction of the rows for the test, between 0 and 1. Default 0.2.
    pub test: f64,
}

impl Default for Digits {
    fn default() -> Self {
        Self {
            validation: 0.15,
            test: 0.2,
        }
    }
}

impl Check for Digits {
    fn check(&self) -> Result<()> {
        check_fractions(self.validation, self.test)
    }
}

impl TaskSource for Digits {
    fn has_classes(&self) -> Option<bool> {
        Some(true)
    }

    fn papers(&self) -> Vec<Paper> {
        vec![PAPER]
    }

    fn load(&self, seed: &Seed) -> Result<Task> {
        self.check()?;
        let (all, target) = rows_with_classes(Path::new("digits.csv"), DIGITS)?;
        let mut parts = Partition::split(&all, target.classes(), self.validation, self.test, seed)?;
        let normalisation = Normalisation::of_inputs(parts.normalise_inputs(1));
        let split = [&parts.train, &parts.validation, &parts.test];
        let inspection = Inspection::of_parts("pictures of the library", &target, split);
        Ok(Task {
            name: "digits".to_owned(),
            train: parts.train,
            validation: parts.validation,
            test: parts.test,
            inputs: InputShape::Picture([1, 8, 8]),
            target,
            normalisation,
            linear_part: None,
            subspace: None,
            columns: None,
            inspection,
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn all_digits_are_there_once() {
        let task = Digits::default().load(&Seed::new(0)).unwrap();
        assert_eq!(task.target.class_names().join(""), "0123456789");
        let parts = [&task.train, &task.validation, &task.test];
        assert_eq!(parts.map(|part| part.len()), [1168, 270, 359]);
        let mut counts = vec![0; 10];
        for part in parts {
            assert_eq!(part.inputs.ncols(), 64);
            for (class, rows) in part.rows_by_class(10).iter().enumerate() {
                counts[class] += rows.len();
                assert!(rows.len() * 10 > part.len() * 9 / 10, "{class}");
            }
        }
        // The class sizes that scikit-learn documents for these 1797 rows.
        assert_eq!(counts, [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]);
    }

    #[test]
    fn training_pixels_are_normalised_and_can_be_undone() {
        let task = Digits::default().load(&Seed::new(1)).unwrap();
        let pixels = &task.train.inputs;
        let mean = pixels.mean().unwrap();
        let square = pixels.mapv(|v| v * v).mean().unwrap();
        assert!(mean.abs() < 1e-4 && (square - 1.0).abs() < 1e-4);
        let mut raw = ndarray::Array2::clone(&task.test.inputs);
        task.normalisation.inputs.undo(&mut raw);
        let level = |v: &f32| (v - v.round()).abs() < 1e-4 && (-0.5..16.5).contains(v);
        assert!(raw.iter().all(level));
    }

    #[test]
    fn the_seed_decides_the_split() {
        let print = |seed| {
            Digits::default()
                .load(&Seed::new(seed))
                .unwrap()
                .fingerprint()
        };
        assert_eq!(print(0), print(0));
        assert_ne!(print(0), print(1));
    }

    #[test]
    fn fractions_that_leave_nothing_are_refused() {
        for (validation, test) in [(0.0, 0.2), (0.5, 0.5), (f64::NAN, 0.2), (0.1, -1.0)] {
            assert!(Digits { validation, test }.check().is_err());
        }
        let all_but_nothing = Digits {
            validation: 0.01,
            test: 0.989_999,
        };
        assert!(all_but_nothing.load(&Seed::new(0)).is_err());
    }
}
