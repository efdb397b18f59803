//! All parts of the law, computed from observations.

use super::collapse::{Collapse, collapse};
use super::labels::{LabelCurve, label_curves};
use super::observation::{Ladder, Observation};
use super::power::{PowerLaw, fit};
use super::threshold::{Threshold, thresholds};
use crate::seed::Seed;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The memory law of a collection of runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MemoryLaw {
    /// The runs.
    pub observations: Vec<Observation>,
    /// The fewest points that are enough, by d, r, L and seed.
    pub thresholds: Vec<Threshold>,
    /// Number of thresholds that are not known because a run of their ladder failed.
    pub unknown: usize,
    /// The power law fitted to the thresholds; `None` if they do not determine it.
    pub power_law: Option<PowerLaw>,
    /// The power law fitted to thresholds below the largest number of points tried.
    #[serde(default)]
    pub power_law_below_largest: Option<PowerLaw>,
    /// The student's error against memory.
    pub collapse: Collapse,
    /// The student's error against L.
    pub label_curves: Vec<LabelCurve>,
}

/// Computes the memory law of these runs.
///
/// `failed` are the ladders and numbers of points of runs without an observation. A ladder with a failed run
/// has no threshold, since that run might have been it. `seed` is used for the confidence intervals.
pub fn memory_law(
    observations: Vec<Observation>,
    failed: &[(Ladder, usize)],
    seed: &Seed,
) -> MemoryLaw {
    let broken: BTreeSet<Ladder> = failed.iter().map(|(ladder, _)| *ladder).collect();
    let whole = |run: &&Observation| !broken.contains(&run.ladder());
    let thresholds = thresholds(observations.iter().filter(whole));
    let has_several = |broken: &&Ladder| {
        let observed = observations.iter().map(|run| (run.ladder(), run.points));
        let rungs = observed.chain(failed.iter().copied());
        let alike = rungs.filter(|(ladder, _)| ladder.cell() == broken.cell());
        let points: BTreeSet<usize> = alike.map(|(_, points)| points).collect();
        points.len() > 1
    };
    let below_largest = thresholds.iter().filter(|of| !of.is_largest);
    MemoryLaw {
        power_law: fit(&thresholds, seed),
        power_law_below_largest: fit(below_largest, seed),
        collapse: collapse(&observations),
        label_curves: label_curves(&observations),
        thresholds,
        unknown: broken.iter().filter(has_several).count(),
        observations,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ladder_with_a_failed_run_has_no_threshold() {
        let run = |points: usize, seed: u64| Observation {
            dim: 32,
            rank: 1,
            points,
            labels: 8,
            seed,
            smallest_cosine: 0.95,
            features: 0.1,
            student: 0.1,
            floats: 100.0 * points as f64,
        };
        let runs = vec![run(1, 0), run(2, 0), run(2, 1)];
        // The run with one point of the second seed failed, and a run with other labels, whose ladder has a
        // single number of points.
        let failed = [(run(1, 1).ladder(), 1)];
        let other = Ladder {
            labels: 16,
            ..failed[0].0
        };
        let found = memory_law(runs, &[failed[0], (other, 2)], &Seed::new(0));
        let thresholds: Vec<_> = found
            .thresholds
            .iter()
            .map(|of| (of.seed, of.points))
            .collect();
        assert_eq!(thresholds, [(0, Some(1))]);
        assert_eq!((found.unknown, found.observations.len()), (1, 3));
    }

    #[test]
    fn a_second_fit_leaves_out_thresholds_at_the_largest_number() {
        // r² points are enough, and at most 9 were tried, so the threshold of rank 3 is the largest number.
        let mut runs = Vec::new();
        for (dim, rank) in [32, 64]
            .into_iter()
            .flat_map(|dim| [1, 2, 3].map(|rank| (dim, rank)))
        {
            for points in [1, 4, 9] {
                let enough = points >= rank * rank;
                runs.push(Observation {
                    dim,
                    rank,
                    points,
                    labels: 8,
                    seed: 0,
                    smallest_cosine: if enough { 0.95 } else { 0.1 },
                    features: 0.1,
                    student: 0.1,
                    floats: 1.0,
                });
            }
        }
        let found = memory_law(runs, &[], &Seed::new(0));
        let fitted = |law: Option<PowerLaw>| law.map(|law| (law.thresholds, law.beyond));
        assert_eq!(fitted(found.power_law), Some((6, 0)));
        assert_eq!(fitted(found.power_law_below_largest), Some((4, 0)));
    }
}
