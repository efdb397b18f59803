//! Baselines of clusters: the centres of all classes below each other.

use ndarray::{Array2, Axis, concatenate};

use super::Chosen;
use crate::error::Result;
use crate::seed::Seed;
use crate::synthetic::{Clustering, centres};
use crate::task::TrainingPart;

/// The centres of `counts[c]` clusters of each class c. The centres of a table become rows of it, with one
/// category in a column, as the points of a set do. The random numbers of the clustering are the same in every
/// run.
///
/// # Errors
/// Those of [`TableSchema::project`](crate::task::TableSchema::project).
pub(super) fn clustered(
    training: TrainingPart<'_>,
    counts: &[usize],
    clustering: Clustering<'_>,
) -> Result<Chosen> {
    let found = centres(
        training,
        counts,
        clustering,
        &Seed::new(0).child("clusters"),
    );
    let joined = |all: Vec<&Array2<f32>>| {
        let views: Vec<_> = all.into_iter().map(|it| it.view()).collect();
        concatenate(Axis(0), &views).unwrap_or_default()
    };
    let inputs = joined(found.iter().map(|of| &of.inputs).collect());
    Ok(Chosen::Made {
        inputs: match training.columns {
            Some(table) => table.project(&inputs)?,
            None => inputs,
        },
        targets: joined(found.iter().map(|of| &of.targets).collect()),
    })
}

#[cfg(test)]
pub(super) mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::Baseline;
    use super::*;
    use crate::shape::InputShape;
    use crate::task::{Split, Target};

    /// The first input of each row that a baseline makes of two classes, sorted.
    pub fn inputs(baseline: &dyn Baseline, rows: &Split, counts: &[usize]) -> Vec<f32> {
        let part = TrainingPart {
            rows,
            inputs: InputShape::Vector(1),
            target: &Target::Classes(vec!["a".to_owned(), "b".to_owned()]),
            columns: None,
        };
        let chosen = baseline.choose(part, counts, &Seed::new(7)).unwrap();
        let mut found = match chosen {
            Chosen::Made { inputs, .. } => inputs.column(0).to_vec(),
            Chosen::Rows(_) => Vec::new(),
        };
        found.sort_by(f32::total_cmp);
        found
    }
}
