//! The baseline `k_means`: centres of clusters.

use super::clustered::clustered;
use super::{Baseline, Chosen};
use crate::error::Result;
use crate::numeric::k_means;
use crate::paper::Paper;
use crate::seed::Seed;
use crate::task::TrainingPart;

const PAPER: Paper = Paper {
    used: "the baseline k-means",
    citation: "Arthur and Vassilvitskii. k-means++: The Advantages of Careful Seeding. SODA 2007",
    link: "https://dl.acm.org/doi/10.5555/1283383.1283494",
};

/// The k-means centres of the rows of each class, as the network sees them. Without classes, of all rows
/// together with their targets; a centre has the mean target of its rows. There are fewer centres if there
/// are fewer different rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KMeans;

impl Baseline for KMeans {
    fn name(&self) -> &str {
        "k_means"
    }

    fn papers(&self) -> Vec<Paper> {
        vec![PAPER]
    }

    fn choose(&self, training: TrainingPart<'_>, counts: &[usize], _seed: &Seed) -> Result<Chosen> {
        clustered(training, counts, &k_means)
    }
}

#[cfg(test)]
mod tests {
    use super::super::by_class::tests::split;
    use super::super::clustered::tests::inputs;
    use super::*;

    #[test]
    fn each_class_has_its_own_centres() {
        // Class 0 is {0, 1, 2}, class 1 is {9, 7, 8, 9.5}.
        let centres = inputs(&KMeans, &split(), &[1, 4]);
        assert_eq!(centres, [1.0, 7.0, 8.0, 9.0, 9.5]);
        assert_eq!(inputs(&KMeans, &split(), &[1, 9]).len(), 5);
    }
}
