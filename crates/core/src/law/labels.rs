//! The student's error against the number of readout labels.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::observation::{Observation, mean};

/// The student's error against the number of labels L, for one d, r and number of points. The network's
/// width grows with L.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LabelCurve {
    /// d.
    pub dim: usize,
    /// r.
    pub rank: usize,
    /// M₁.
    pub points: usize,
    /// Pairs of L and the student's mean error over seeds, in the order of L.
    pub errors: Vec<[f64; 2]>,
}

/// Returns the curves of all d, r and numbers of points that have runs with several L.
pub fn label_curves(runs: &[Observation]) -> Vec<LabelCurve> {
    let mut cells: BTreeMap<[usize; 3], BTreeMap<usize, Vec<f64>>> = BTreeMap::new();
    for run in runs.iter().filter(|run| run.labels > 0) {
        let cell = cells.entry([run.dim, run.rank, run.points]).or_default();
        cell.entry(run.labels).or_default().push(run.student);
    }
    cells.retain(|_, labels| labels.len() > 1);
    let curve = |([dim, rank, points], labels): ([usize; 3], BTreeMap<usize, Vec<f64>>)| {
        let errors = labels.into_iter();
        let errors = errors.map(|(labels, errors)| [labels as f64, mean(&errors)]);
        LabelCurve {
            dim,
            rank,
            points,
            errors: errors.collect(),
        }
    };
    cells.into_iter().map(curve).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_needs_several_numbers_of_labels() {
        let run = |dim, points, labels, student| Observation {
            dim,
            rank: 1,
            points,
            labels,
            seed: 0,
            smallest_cosine: 1.0,
            features: 0.1,
            student,
            floats: 1.0,
        };
        let runs = [
            run(8, 2, 64, 0.5),
            run(8, 2, 64, 0.7),
            run(8, 2, 32, 0.9),
            run(8, 4, 64, 0.1),
            run(16, 2, 64, 0.2),
        ];
        let expected = LabelCurve {
            dim: 8,
            rank: 1,
            points: 2,
            errors: vec![[32.0, 0.9], [64.0, 0.6]],
        };
        assert_eq!(label_curves(&runs), [expected]);
    }
}
