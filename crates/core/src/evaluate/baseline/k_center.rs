//! The baseline `k_center`: a coreset that covers each class.

use ndarray::Array1;

use super::by_class::{by_class, extreme, mean, squared_distances};
use super::{Baseline, Chosen};
use crate::error::Result;
use crate::paper::Paper;
use crate::seed::Seed;
use crate::task::{Split, Target, TrainingPart};

const PAPER: Paper = Paper {
    used: "the baseline k-center",
    citation: "Sener and Savarese. Active Learning for Convolutional Neural Networks: A Core-Set Approach. ICLR 2018",
    link: "https://arxiv.org/abs/1708.00489",
};

/// The baseline `k_center`, which chooses rows by [`k_center`]. For classes only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KCenter;

impl Baseline for KCenter {
    fn name(&self) -> &str {
        "k_center"
    }

    fn papers(&self) -> Vec<Paper> {
        vec![PAPER]
    }

    fn suits(&self, target: &Target) -> bool {
        target.classes().is_some()
    }

    fn choose(&self, training: TrainingPart<'_>, counts: &[usize], _seed: &Seed) -> Result<Chosen> {
        Ok(Chosen::Rows(k_center(training.rows, counts)))
    }
}

/// Chooses the row nearest to the class mean, then always the row farthest from those chosen (Sener and
/// Savarese, "Active learning for convolutional neural networks: a core-set approach", 2018). Returns the
/// places of `counts[c]` rows of each class c, or of all if there are fewer, class by class.
pub fn k_center(split: &Split, counts: &[usize]) -> Vec<usize> {
    by_class(split, counts, |rows, count| {
        let mut free = vec![true; rows.nrows()];
        let mut next = extreme(&squared_distances(rows, &mean(rows)), &free, |a, b| a < b);
        let mut nearest = Array1::from_elem(rows.nrows(), f32::INFINITY);
        let mut chosen = Vec::new();
        while let Some(row) = next.filter(|_| chosen.len() < count) {
            free[row] = false;
            chosen.push(row);
            let distances = squared_distances(rows, &rows.row(row).to_owned());
            nearest.zip_mut_with(&distances, |old, new| *old = old.min(*new));
            next = extreme(&nearest, &free, |a, b| a > b);
        }
        chosen
    })
}

#[cfg(test)]
mod tests {
    use super::super::by_class::tests::split;
    use super::*;

    #[test]
    fn k_center_goes_to_the_edges() {
        let chosen = k_center(&split(), &[2, 2]);
        // Class 1 is {9, 7, 8, 9.5} with mean 8.375: first 8, then 9.5, the farthest from it.
        assert_eq!(chosen, [2, 0, 5, 6]);
    }
}
