//! The baseline `herding`: a coreset that follows the class means.

use super::by_class::{by_class, extreme, mean, squared_distances};
use super::{Baseline, Chosen};
use crate::error::Result;
use crate::paper::Paper;
use crate::seed::Seed;
use crate::task::{Split, Target, TrainingPart};

const PAPER: Paper = Paper {
    used: "the baseline herding",
    citation: "Welling. Herding Dynamical Weights to Learn. ICML 2009",
    link: "https://doi.org/10.1145/1553374.1553517",
};

/// The baseline `herding`, which chooses rows by [`herding`]. For classes only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Herding;

impl Baseline for Herding {
    fn name(&self) -> &str {
        "herding"
    }

    fn papers(&self) -> Vec<Paper> {
        vec![PAPER]
    }

    fn suits(&self, target: &Target) -> bool {
        target.classes().is_some()
    }

    fn choose(&self, training: TrainingPart<'_>, counts: &[usize], _seed: &Seed) -> Result<Chosen> {
        Ok(Chosen::Rows(herding(training.rows, counts)))
    }
}

/// Chooses rows greedily such that their mean stays close to the class mean (Welling, "Herding dynamical
/// weights to learn", 2009). Returns the places of `counts[c]` rows of each class c, or of
/// all if there are fewer, class by class.
pub fn herding(split: &Split, counts: &[usize]) -> Vec<usize> {
    by_class(split, counts, |rows, count| {
        let mean = mean(rows);
        let mut wanted = mean.clone();
        let mut chosen = Vec::new();
        let mut free = vec![true; rows.nrows()];
        for _ in 0..count {
            // After t rows, w = (t + 1) mean − their sum; the next row x minimises ‖w − x‖.
            let scores = squared_distances(rows, &wanted);
            let Some(next) = extreme(&scores, &free, |a, b| a < b) else {
                break;
            };
            free[next] = false;
            chosen.push(next);
            wanted = wanted + &mean - rows.row(next);
        }
        chosen
    })
}

#[cfg(test)]
mod tests {
    use super::super::by_class::tests::split;
    use super::*;

    #[test]
    fn herding_starts_at_the_mean_and_keeps_it() {
        // Class 0 is {0, 1, 2}: the mean row, then one side, then the other.
        let chosen = herding(&split(), &[3, 3]);
        assert_eq!(chosen[0], 2);
        assert_eq!(
            chosen[..3]
                .iter()
                .copied()
                .collect::<std::collections::BTreeSet<_>>(),
            [0, 2, 4].into()
        );
        assert!(chosen[3..].iter().all(|row| split().labels[*row] == 1));
    }
}
