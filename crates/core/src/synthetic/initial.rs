//! The set at the start of a distillation.

use burn::tensor::{Tensor, backend::Backend};
use ndarray::{Array2, Axis, concatenate};

use super::centres::{Centres, centres};
use super::{Arrangement, Initial, Reference, SyntheticSet, SyntheticSettings};
use crate::error::Result;
use crate::numeric::k_means;
use crate::seed::Seed;
use crate::task::{Split, TrainingPart, one_hot, upload};

/// Standard deviation of the noise on rows that a start repeats.
const NOISE: f32 = 0.1;

/// Returns the set from which distillation starts.
///
/// # Errors
/// Those of [`SyntheticSettings::arrangement`].
pub fn initial<B: Backend>(
    settings: &SyntheticSettings,
    training: TrainingPart<'_>,
    seed: &Seed,
    device: &B::Device,
) -> Result<SyntheticSet<B>> {
    let TrainingPart { target, .. } = training;
    let (points, arrangement) = settings.arrangement(training, seed)?;
    let counts = arrangement.counts(points, target.classes().unwrap_or(0));
    let (inputs, targets) = match settings.initial {
        Initial::Real => real(training, &counts, seed),
        Initial::KMeans => clustered(training, &counts, &arrangement, seed),
        Initial::Normal => normal(settings, training, &counts, seed),
    };
    let set = SyntheticSet::new(upload(&inputs, device), upload(&targets, device));
    let set = set.arranged(arrangement);
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

/// Draws `counts[c]` rows of each class c at random, or all if there are fewer, and returns their indices,
/// class by class. Without classes there is one count, of all rows.
pub fn random_rows(
    split: &Split,
    classes: Option<usize>,
    counts: &[usize],
    seed: &Seed,
) -> Vec<usize> {
    let mut stream = seed.child("rows").stream();
    let Some(classes) = classes else {
        return stream.sample(split.len(), counts.iter().sum());
    };
    let groups = split.rows_by_class(classes);
    let mut draw = |(rows, &count): (&Vec<usize>, &usize)| -> Vec<usize> {
        let places = stream.sample(rows.len(), count);
        places.into_iter().map(|place| rows[place]).collect()
    };
    groups.iter().zip(counts).flat_map(&mut draw).collect()
}

/// Inputs and targets of points.
type Points = (Array2<f32>, Array2<f32>);

/// The start of [`Initial::Real`].
fn real(training: TrainingPart<'_>, counts: &[usize], seed: &Seed) -> Points {
    let TrainingPart { rows, target, .. } = training;
    let drawn = rows.select(&random_rows(rows, target.classes(), counts, seed));
    let places = match target.classes() {
        Some(classes) => drawn.rows_by_class(classes),
        None => vec![(0..drawn.len()).collect()],
    };
    let of_class = |places: &Vec<usize>| {
        let inputs = drawn.inputs.select(Axis(0), places);
        (inputs, drawn.targets.select(Axis(0), places))
    };
    filled(places.iter().map(of_class), counts, seed)
}

/// The start of [`Initial::KMeans`]. If there are nested sizes, the first centres of each class are a good
/// choice of so many.
fn clustered(
    training: TrainingPart<'_>,
    counts: &[usize],
    arrangement: &Arrangement,
    seed: &Seed,
) -> Points {
    let found = centres(training, counts, &k_means, &seed.child("k-means"));
    let ordered = |of: Centres| {
        if arrangement.nested.is_empty() {
            return (of.inputs, of.targets);
        }
        let order = of.clusters.nested_order();
        let rows = |all: Array2<f32>| all.select(Axis(0), &order);
        (rows(of.inputs), rows(of.targets))
    };
    filled(found.into_iter().map(ordered), counts, seed)
}

/// The points of all classes, `counts[c]` of class c. A class with fewer has its points again, in turn, with
/// noise on their inputs, so that no two are the same.
fn filled(classes: impl Iterator<Item = Points>, counts: &[usize], seed: &Seed) -> Points {
    let fill = |(class, ((inputs, targets), &count)): (usize, (Points, &usize))| -> Points {
        let present = inputs.nrows();
        if present >= count || present == 0 {
            return (inputs, targets);
        }
        let again: Vec<usize> = (present..count).map(|point| point % present).collect();
        let mut stream = seed.indexed("copies", class as u64).stream();
        let noise = stream.normal_matrix(again.len(), inputs.ncols()) * NOISE;
        let copies = inputs.select(Axis(0), &again) + noise;
        let more = targets.select(Axis(0), &again);
        (stacked(&[inputs, copies]), stacked(&[targets, more]))
    };
    let filled = classes.zip(counts).enumerate().map(fill);
    let (inputs, targets): (Vec<_>, Vec<_>) = filled.unzip();
    (stacked(&inputs), stacked(&targets))
}

/// Matrices of the same width below each other.
fn stacked(matrices: &[Array2<f32>]) -> Array2<f32> {
    let views: Vec<_> = matrices.iter().map(|it| it.view()).collect();
    concatenate(Axis(0), &views).unwrap_or_default()
}

/// The start of [`Initial::Normal`].
fn normal(
    settings: &SyntheticSettings,
    TrainingPart { inputs, target, .. }: TrainingPart<'_>,
    counts: &[usize],
    seed: &Seed,
) -> Points {
    let points: usize = counts.iter().sum();
    let mut stream = seed.child("points").stream();
    let inputs = stream.normal_matrix(points, inputs.len()) * settings.spread as f32;
    let targets = match target.classes() {
        Some(classes) => {
            let of = |(class, &count): (usize, &usize)| vec![class; count];
            let labels: Vec<usize> = counts.iter().enumerate().flat_map(of).collect();
            one_hot(&labels, classes)
        }
        None => {
            let is_first = |point: usize| match settings.nested.is_empty() {
                true => 2 * point < points,
                false => point.is_multiple_of(2),
            };
            let sign = |(point, _)| if is_first(point) { 1.0 } else { -1.0 };
            Array2::from_shape_fn((points, target.len()), sign)
        }
    };
    (inputs, targets)
}
