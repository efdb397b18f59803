//! The settings of a multi-index task, and how the task is generated.

use super::super::split::MOST_NUMBERS;
use super::super::{Inspection, LinearPart, Normalisation, Split, Target, Task, TaskSource};
use super::link::Link;
use crate::error::{Error, Result};
use crate::numeric::linear_algebra::orthonormal_rows;
use crate::paper::Paper;
use crate::seed::Seed;
use crate::settings::{Check, range};
use crate::shape::{InputShape, Interface};
use ndarray::Array2;
use serde::{Deserialize, Serialize};

const PAPER: Paper = Paper {
    used: "the claim that r²d + L numbers are enough, and the task",
    citation: "Kinoshita, Nishikawa and Toyoizumi. Dataset Distillation Efficiently Encodes Low-Dimensional Representations from Gradient-Based Learning of Non-Linear Tasks. ICML 2026",
    link: "https://arxiv.org/abs/2603.14830",
};

/// Most coefficients of a polynomial link: degrees 0 to 7.
const MOST_COEFFICIENTS: usize = 8;
/// Largest absolute value of a coefficient and of the noise. Beyond it, targets could leave the range of f32.
const LARGEST: f64 = 1e6;

/// Settings of a multi-index task, `task.kind = "multi-index"`.
///
/// Subspace, training, validation and test rows come from separate streams. So a change of one part's size
/// does not change the inputs of the others, and a larger part begins with the rows of a smaller one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct MultiIndex {
    /// d, the length of an input, at least 1. Default 64.
    pub dim: usize,
    /// r, the dimension of the principal subspace, 1 to d. Default 2.
    pub rank: usize,
    /// The link g. Default `mixed`.
    pub link: Link,
    /// The coefficients c₀, c₁, … of the polynomial link, 1 to 8 of them, each from −1e6 to 1e6. Other
    /// links have none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub coefficients: Vec<f64>,
    /// σ, the standard deviation of the noise on training and validation targets, 0 to 1e6. Default 0.1.
    pub noise: f64,
    /// N, the number of training rows, at least 1. Default 10,000.
    pub samples: usize,
    /// Number of validation rows, with noise, drawn in addition to the training rows. Default 2000.
    pub validation: usize,
    /// Number of test rows, without noise. Default 5000.
    pub test: usize,
    /// Whether α + β·x, estimated on the training rows, is subtracted from all targets. Default true.
    pub linear_part: bool,
}

impl Default for MultiIndex {
    fn default() -> Self {
        Self {
            dim: 64,
            rank: 2,
            link: Link::Mixed,
            coefficients: Vec::new(),
            noise: 0.1,
            samples: 10_000,
            validation: 2_000,
            test: 5_000,
            linear_part: true,
        }
    }
}

impl Check for MultiIndex {
    fn check(&self) -> Result<()> {
        for (key, count) in [
            ("task.dim", self.dim),
            ("task.rank", self.rank),
            ("task.samples", self.samples),
            ("task.validation", self.validation),
            ("task.test", self.test),
        ] {
            if count == 0 {
                return Err(Error::setting(key, count, "must be at least 1"));
            }
        }
        if self.rank > self.dim {
            let accepted = format!("must be at most task.dim = {}", self.dim);
            return Err(Error::setting("task.rank", self.rank, accepted));
        }
        range::within("task.noise", self.noise, 0.0..=LARGEST)?;
        self.check_coefficients()?;
        let rows = self.samples.saturating_add(self.validation);
        let rows = rows.saturating_add(self.test);
        if rows.saturating_mul(self.dim.saturating_add(1)) > MOST_NUMBERS {
            let accepted = format!(
                "{rows} rows (with task.validation and task.test) of task.dim = {} are more than \
                {MOST_NUMBERS} numbers, which is too much for memory: lower one of these settings",
                self.dim
            );
            return Err(Error::setting("task.samples", self.samples, accepted));
        }
        if self.rank.saturating_mul(self.dim) > MOST_NUMBERS {
            let accepted = format!("task.rank times task.dim must be at most {MOST_NUMBERS}");
            return Err(Error::setting("task.rank", self.rank, accepted));
        }
        Ok(())
    }
}

impl TaskSource for MultiIndex {
    fn has_classes(&self) -> Option<bool> {
        Some(false)
    }

    fn papers(&self) -> Vec<Paper> {
        vec![PAPER]
    }

    fn interface(&self) -> Option<Interface> {
        Some(Interface {
            inputs: InputShape::Vector(self.dim),
            outputs: 1,
        })
    }

    fn load(&self, seed: &Seed) -> Result<Task> {
        self.check()?;
        let mut stream = seed.child("subspace").stream();
        let directions = stream.normal_matrix(self.rank, self.dim);
        let directions = orthonormal_rows(&directions.mapv(f64::from));
        let mut train = self.draw(&directions, &seed.child("train"), self.samples, self.noise);
        let mut validation = self.draw(
            &directions,
            &seed.child("validation"),
            self.validation,
            self.noise,
        );
        let mut test = self.draw(&directions, &seed.child("test"), self.test, 0.0);
        let linear_part = self.linear_part.then(|| LinearPart::estimate(&train));
        if let Some(linear) = &linear_part {
            for split in [&mut train, &mut validation, &mut test] {
                linear.subtract(split);
            }
        }
        let target = Target::Values(vec!["y".to_owned()]);
        let inspection =
            Inspection::of_parts("drawn numbers", &target, [&train, &validation, &test]);
        Ok(Task {
            name: "multi-index".to_owned(),
            train,
            validation,
            test,
            inputs: InputShape::Vector(self.dim),
            target,
            normalisation: Normalisation::default(),
            linear_part,
            subspace: Some(directions.t().mapv(|v| v as f32)),
            columns: None,
            inspection,
        })
    }
}

impl MultiIndex {
    fn check_coefficients(&self) -> Result<()> {
        let refused = |accepted: String| {
            let value = format!("{:?}", self.coefficients);
            Err(Error::setting("task.coefficients", value, accepted))
        };
        if self.link != Link::Polynomial {
            return if self.coefficients.is_empty() {
                Ok(())
            } else {
                refused("is only for task.link = \"polynomial\": remove this setting".to_owned())
            };
        }
        if !(1..=MOST_COEFFICIENTS).contains(&self.coefficients.len()) {
            return refused(format!(
                "must be a list of 1 to {MOST_COEFFICIENTS} numbers, such as [0, 0, 1, 0.3]"
            ));
        }
        for &coefficient in &self.coefficients {
            range::within("task.coefficients", coefficient, -LARGEST..=LARGEST)?;
        }
        if self.coefficients.iter().skip(1).all(|&c| c == 0.0) {
            return refused(
                "at least one coefficient after the first must not be 0: otherwise y is constant"
                    .to_owned(),
            );
        }
        Ok(())
    }

    /// Draws the rows of one part from its own streams. The rows of `directions` are the columns of U.
    fn draw(&self, directions: &Array2<f64>, seed: &Seed, rows: usize, noise: f64) -> Split {
        let inputs = seed.child("inputs").stream().normal_matrix(rows, self.dim);
        let errors = seed.child("noise").stream().normal(rows);
        let mut targets = Array2::zeros((rows, 1));
        for ((x, error), y) in inputs.rows().into_iter().zip(errors).zip(&mut targets) {
            // In double precision and in a fixed order, the same for every backend.
            let x = x.mapv(f64::from);
            let z: Vec<f64> = directions.rows().into_iter().map(|u| u.dot(&x)).collect();
            let value = self.link.value(&z, &self.coefficients) + noise * f64::from(error);
            *y = value as f32;
        }
        Split::values(inputs, targets)
    }
}
