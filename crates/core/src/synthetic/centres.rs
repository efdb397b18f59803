//! Centres of clusters of the training rows, class by class, as points.

use ndarray::{Array2, ArrayView2, Axis, concatenate, s};

use crate::numeric::Clusters;
use crate::seed::Seed;
use crate::task::{Split, TrainingPart, one_hot};

/// A way to find a number of clusters of rows, with randomness from a seed.
pub(crate) type Clustering<'a> = &'a dyn Fn(ArrayView2<'_, f32>, usize, &Seed) -> Clusters;

/// The centres of one class, or of all rows if there are no classes.
#[derive(Debug, Clone)]
pub(crate) struct Centres {
    /// Inputs `[n, features]`.
    pub inputs: Array2<f32>,
    /// Targets `[n, outputs]`: the class, or the mean target of the cluster's rows.
    pub targets: Array2<f32>,
    /// The clusters in the order of the rows of `inputs`.
    pub clusters: Clusters,
}

/// Clusters the training rows as the network sees them: `counts[c]` clusters of the rows of class c, or fewer
/// if `clustering` finds fewer. If targets are real numbers there is one count, and rows are clustered
/// together with their targets: each target is standardised and multiplied by √(features/outputs), so that
/// all targets together weigh as much as all inputs.
pub(crate) fn centres(
    training: TrainingPart<'_>,
    counts: &[usize],
    clustering: Clustering<'_>,
    seed: &Seed,
) -> Vec<Centres> {
    let TrainingPart { rows, target, .. } = training;
    let Some(classes) = target.classes() else {
        let count = counts.iter().sum();
        return vec![of_values(rows, count, clustering, seed)];
    };
    let places = rows.rows_by_class(classes);
    let of_class = |(class, (places, &count)): (usize, (&Vec<usize>, &usize))| {
        // The rows of a class that nothing is asked of are not copied.
        let places = if count > 0 { places.as_slice() } else { &[] };
        let own = rows.inputs.select(Axis(0), places);
        let clusters = clustering(own.view(), count, &seed.indexed("class", class as u64));
        Centres {
            inputs: clusters.centres.clone(),
            targets: one_hot(&vec![class; clusters.sizes.len()], classes),
            clusters,
        }
    };
    let pairs = places.iter().zip(counts).enumerate();
    pairs.map(of_class).collect()
}

fn of_values(rows: &Split, count: usize, clustering: Clustering<'_>, seed: &Seed) -> Centres {
    let (features, outputs) = (rows.inputs.ncols(), rows.targets.ncols());
    let wide = rows.targets.mapv(f64::from);
    let mean = wide.mean_axis(Axis(0)).unwrap_or_default();
    let weight = (features as f64 / outputs.max(1) as f64).sqrt();
    let scale = wide.std_axis(Axis(0), 0.0).mapv(|std| match std > 0.0 {
        true => weight / std,
        false => 1.0,
    });
    let weighted = ((wide - &mean) * &scale).mapv(|v| v as f32);
    let joint = concatenate(Axis(1), &[rows.inputs.view(), weighted.view()]);
    let joint = joint.unwrap_or_else(|_| weighted.clone());
    let clusters = clustering(joint.view(), count, seed);
    let targets = clusters.centres.slice(s![.., features..]).mapv(f64::from);
    Centres {
        inputs: clusters.centres.slice(s![.., ..features]).to_owned(),
        targets: (targets / &scale + &mean).mapv(|v| v as f32),
        clusters,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::numeric::k_means;
    use crate::shape::InputShape;
    use crate::task::Target;
    use ndarray::array;

    fn found(rows: &Split, target: &Target, counts: &[usize]) -> Vec<Centres> {
        let part = TrainingPart {
            rows,
            inputs: InputShape::Vector(rows.inputs.ncols()),
            target,
            columns: None,
        };
        centres(part, counts, &k_means, &Seed::new(0))
    }

    #[test]
    fn classes_have_centres_of_their_own_rows() {
        let rows = array![[0.0_f32], [10.0], [1.0], [20.0], [22.0]];
        let rows = Split::classes(rows, vec![0, 1, 0, 1, 1], 2);
        let target = Target::Classes(vec!["a".to_owned(), "b".to_owned()]);
        let found = found(&rows, &target, &[1, 2]);
        assert_eq!(found[0].inputs, array![[0.5]]);
        assert_eq!(found[0].targets, array![[1.0, 0.0]]);
        let mut own = found[1].inputs.clone().into_raw_vec_and_offset().0;
        own.sort_by(f32::total_cmp);
        assert_eq!(own, [10.0, 21.0]);
        assert_eq!(found[1].targets, array![[0.0, 1.0], [0.0, 1.0]]);
    }

    #[test]
    fn a_centre_of_real_values_has_the_mean_target_of_its_rows() {
        // Inputs alone would divide the rows in the middle; targets divide them after the first.
        let inputs = array![[0.0_f32], [1.0], [2.0], [3.0]];
        let rows = Split::values(inputs, array![[500.0_f32], [90.0], [91.0], [92.0]]);
        let target = Target::Values(vec!["y".to_owned()]);
        let found = found(&rows, &target, &[2]).remove(0);
        let mut pairs: Vec<[f32; 2]> = (0..2)
            .map(|row| [found.inputs[[row, 0]], found.targets[[row, 0]].round()])
            .collect();
        pairs.sort_by(|a, b| a[0].total_cmp(&b[0]));
        assert_eq!(pairs, [[0.0, 500.0], [2.0, 91.0]]);
    }
}
