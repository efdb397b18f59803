//! The judge `boosting`: gradient-boosted trees.

use forust_ml::gradientbooster::GrowPolicy;
use forust_ml::objective::ObjectiveType;
use forust_ml::{GradientBooster, Matrix};
use ndarray::{Array1, Array2, Axis};
use rayon::prelude::*;

use super::{Judge, Lesson};
use crate::error::{Error, Result};
use crate::paper::Paper;
use crate::seed::Seed;

const PAPER: Paper = Paper {
    used: "the judge boosting",
    citation: "Friedman. Greedy Function Approximation: A Gradient Boosting Machine. Annals of Statistics 29, 2001",
    link: "https://doi.org/10.1214/aos/1013203451",
};

/// Most natural logarithm of the odds of a class that all or no rows have.
const CERTAIN: f64 = 30.0;

/// 100 rounds of trees with at most 31 leaves, learning rate 0.1, on at most 255 bins a feature. Classes are
/// learned one against the rest, by the logistic loss; values by the squared error, with at least two rows a leaf.
/// Nothing is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Boosting;

impl Judge for Boosting {
    fn name(&self) -> &str {
        "boosting"
    }

    fn papers(&self) -> Vec<Paper> {
        vec![PAPER]
    }

    fn predict(
        &self,
        lesson: Lesson<'_>,
        inputs: &Array2<f32>,
        _seed: &Seed,
    ) -> Result<Array2<f64>> {
        let targets = lesson.hard_targets();
        let (known, asked) = (by_column(lesson.inputs), by_column(inputs));
        let of_output = |output: usize| -> Result<Vec<f64>> {
            let target = targets.column(output).to_vec();
            if let Some(&only) = target
                .first()
                .filter(|first| target.iter().all(|it| it == *first))
            {
                let constant = match lesson.classes {
                    true => (2.0 * only - 1.0) * CERTAIN,
                    false => only,
                };
                return Ok(vec![constant; inputs.nrows()]);
            }
            let mut booster = booster(lesson.classes);
            let (rows, columns) = lesson.inputs.dim();
            let matrix = Matrix::new(&known, rows, columns);
            let weights = vec![1.0; rows];
            booster
                .fit(&matrix, &target, &weights, None)
                .map_err(|error| {
                    Error::Mismatch(format!("the trees cannot be boosted: {error}"))
                })?;
            Ok(booster.predict(&Matrix::new(&asked, inputs.nrows(), columns), false))
        };
        let outputs: Vec<usize> = (0..targets.ncols()).collect();
        let columns: Vec<Result<Vec<f64>>> = outputs.into_par_iter().map(of_output).collect();
        let mut predicted = Array2::zeros((inputs.nrows(), targets.ncols()));
        for (mut to, column) in predicted.axis_iter_mut(Axis(1)).zip(columns) {
            to.assign(&Array1::from(column?));
        }
        Ok(predicted)
    }
}

fn booster(classes: bool) -> GradientBooster {
    let (objective, least) = match classes {
        true => (ObjectiveType::LogLoss, 1e-3),
        // The second derivative of a row is 1.
        false => (ObjectiveType::SquaredLoss, 2.0),
    };
    let mut booster = GradientBooster::default()
        .set_objective_type(objective)
        .set_iterations(100)
        .set_learning_rate(0.1)
        .set_max_depth(usize::MAX)
        .set_max_leaves(31)
        .set_l2(0.0)
        .set_min_leaf_weight(least)
        .set_nbins(255)
        .set_parallel(false);
    booster.grow_policy = GrowPolicy::LossGuide;
    booster
}

/// The numbers of a matrix, column after column.
fn by_column(matrix: &Array2<f32>) -> Vec<f64> {
    matrix.t().iter().map(|&it| f64::from(it)).collect()
}
