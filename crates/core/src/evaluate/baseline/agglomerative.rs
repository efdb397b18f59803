//! The baseline `agglomerative`: centres of clusters by Ward's linkage.

use ndarray::{ArrayView2, Axis};

use super::clustered::clustered;
use super::{Baseline, Chosen};
use crate::error::Result;
use crate::numeric::{Clusters, ward};
use crate::paper::Paper;
use crate::seed::Seed;
use crate::task::TrainingPart;

/// Most rows of a class that are clustered, if no more than half as many clusters are asked for.
const FEW: usize = 2000;
/// Most rows of a class that are clustered in any case: the distances of all pairs are 128 MB.
const MOST: usize = 8000;

const PAPER: Paper = Paper {
    used: "the baseline agglomerative (Ward's linkage)",
    citation: "Ward. Hierarchical Grouping to Optimize an Objective Function. JASA 1963",
    link: "https://doi.org/10.1080/01621459.1963.10500845",
};

/// The centres of clusters of the rows of each class by Ward's linkage, as the network sees the rows. Without
/// classes, of all rows together with their targets; a centre has the mean target of its rows. A class of
/// more than 2000 rows is represented by 2000 of them, drawn at random, or by twice the number of clusters if
/// that is more, at most 8000.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Agglomerative;

impl Baseline for Agglomerative {
    fn name(&self) -> &str {
        "agglomerative"
    }

    fn papers(&self) -> Vec<Paper> {
        vec![PAPER]
    }

    fn choose(&self, training: TrainingPart<'_>, counts: &[usize], _seed: &Seed) -> Result<Chosen> {
        clustered(training, counts, &of_sample)
    }
}

/// The clusters of the rows, or of a sample of them.
fn of_sample(rows: ArrayView2<'_, f32>, count: usize, seed: &Seed) -> Clusters {
    let most = count.saturating_mul(2).clamp(FEW, MOST);
    if rows.nrows() <= most {
        return ward(rows, count);
    }
    let mut places = seed.child("sample").stream().sample(rows.nrows(), most);
    places.sort_unstable();
    ward(rows.select(Axis(0), &places).view(), count)
}

#[cfg(test)]
mod tests {
    use super::super::by_class::tests::split;
    use super::super::clustered::tests::inputs;
    use super::*;
    use ndarray::Array2;

    #[test]
    fn each_class_has_its_own_centres() {
        // Class 0 is {0, 1, 2}, class 1 is {9, 7, 8, 9.5}: 9 and 9.5 are joined first, then 7 and 8.
        assert_eq!(inputs(&Agglomerative, &split(), &[1, 2]), [1.0, 7.5, 9.25]);
    }

    #[test]
    fn many_rows_are_clustered_by_a_sample() {
        let rows = Array2::from_shape_fn((3000, 1), |(row, _)| row as f32);
        let found = of_sample(rows.view(), 3, &Seed::new(0));
        assert_eq!(found.sizes.iter().sum::<usize>(), FEW);
        assert_eq!(found.sizes.len(), 3);
    }
}
