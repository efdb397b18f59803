//! The judge `forest`: a random forest.

use ndarray::{Array2, Axis};
use rayon::prelude::*;

use super::tree::{Rows, Tree};
use super::{Judge, Lesson};
use crate::error::Result;
use crate::paper::Paper;
use crate::seed::Seed;

/// Number of trees.
const TREES: usize = 200;

const PAPER: Paper = Paper {
    used: "the judge forest",
    citation: "Breiman. Random Forests. Machine Learning 45, 2001",
    link: "https://doi.org/10.1023/A:1010933404324",
};

/// The mean of 200 trees, each grown to the end on a bootstrap sample. A split is chosen among √features drawn
/// features for classes, and among all features for values, as in scikit-learn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Forest;

impl Judge for Forest {
    fn name(&self) -> &str {
        "forest"
    }

    fn papers(&self) -> Vec<Paper> {
        vec![PAPER]
    }

    fn predict(
        &self,
        lesson: Lesson<'_>,
        inputs: &Array2<f32>,
        seed: &Seed,
    ) -> Result<Array2<f64>> {
        let (count, features) = lesson.inputs.dim();
        let targets = lesson.hard_targets();
        let rows = Rows {
            inputs: lesson.inputs,
            targets: &targets,
            drawn: match lesson.classes {
                true => features.isqrt().max(1),
                false => features,
            },
        };
        let grown = |tree: usize| {
            let mut stream = seed.indexed("tree", tree as u64).stream();
            let mut weights = vec![0.0; count];
            (0..count).for_each(|_| weights[stream.below(count)] += 1.0);
            Tree::grow(&rows, &weights, &mut stream)
        };
        let trees: Vec<Tree> = (0..TREES).into_par_iter().map(grown).collect();
        let mut predicted = Array2::zeros((inputs.nrows(), targets.ncols()));
        let mut pairs: Vec<_> = predicted
            .axis_iter_mut(Axis(0))
            .zip(inputs.rows())
            .collect();
        pairs.par_iter_mut().for_each(|(sums, row)| {
            for tree in &trees {
                tree.add(*row, sums.view_mut());
            }
        });
        drop(pairs);
        Ok(predicted / TREES as f64)
    }
}
