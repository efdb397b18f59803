//! The set at the start of a distillation.

use burn::tensor::{Tensor, backend::Backend};
use ndarray::Array2;

use super::{Initial, Reference, SyntheticSet, SyntheticSettings};
use crate::error::Result;
use crate::seed::Seed;
use crate::task::{Split, TrainingPart, even_shares, upload};

/// Returns the set from which distillation starts.
///
/// # Errors
/// Those of [`SyntheticSettings::points_for`].
pub fn initial<B: Backend>(
    settings: &SyntheticSettings,
    training: TrainingPart<'_>,
    seed: &Seed,
    device: &B::Device,
) -> Result<SyntheticSet<B>> {
    let TrainingPart { rows, target, .. } = training;
    let points = settings.points_for(training)?;
    let start = match settings.initial {
        Initial::Real => {
            let drawn = random_rows(rows, target.classes(), points, seed);
            rows.select(&drawn)
        }
        Initial::Normal => normal(settings, training, points, seed),
    };
    let set = SyntheticSet::new(
        upload(&start.inputs, device),
        upload(&start.targets, device),
    );
    if settings.labels == 0 {
        return Ok(set);
    }
    let labels = Tensor::zeros([settings.labels, target.len()], device);
    let reference = Reference {
        seed: seed.child("reference").number(),
        settings: settings.reference.clone(),
    };
    Ok(set.with_labels(labels, reference))
}

/// Draws `count` rows at random, or all if there are fewer, and returns their indices. If there are classes,
/// rows are drawn class by class, in [`even_shares`].
pub fn random_rows(split: &Split, classes: Option<usize>, count: usize, seed: &Seed) -> Vec<usize> {
    let mut stream = seed.child("rows").stream();
    let Some(classes) = classes else {
        return stream.sample(split.len(), count);
    };
    let groups = split.rows_by_class(classes);
    let sizes: Vec<usize> = groups.iter().map(Vec::len).collect();
    let shares = even_shares(&sizes, count);
    let mut draw = |(rows, share): (&Vec<usize>, usize)| -> Vec<usize> {
        let places = stream.sample(rows.len(), share);
        places.into_iter().map(|place| rows[place]).collect()
    };
    groups.iter().zip(shares).flat_map(&mut draw).collect()
}

/// The start of [`Initial::Normal`].
fn normal(
    settings: &SyntheticSettings,
    TrainingPart { inputs, target, .. }: TrainingPart<'_>,
    points: usize,
    seed: &Seed,
) -> Split {
    let mut stream = seed.child("points").stream();
    let inputs = stream.normal_matrix(points, inputs.len()) * settings.spread as f32;
    match target.classes() {
        Some(classes) => {
            let labels = (0..points).map(|point| point * classes / points).collect();
            Split::classes(inputs, labels, classes)
        }
        None => {
            let sign = |(point, _)| if 2 * point < points { 1.0 } else { -1.0 };
            Split::values(inputs, Array2::from_shape_fn((points, target.len()), sign))
        }
    }
}
