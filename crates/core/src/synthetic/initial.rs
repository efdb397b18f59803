//! Where the points start.

use burn::tensor::{Tensor, backend::Backend};
use ndarray::Array2;

use super::{Initial, Reference, SyntheticSet, SyntheticSettings};
use crate::error::{Error, Result};
use crate::seed::Seed;
use crate::task::{Split, Task, upload};

/// The set that distillation starts from.
///
/// # Errors
/// A number of points that the task cannot have, see [`SyntheticSettings::points_for`].
pub fn initial<B: Backend>(
    settings: &SyntheticSettings,
    task: &Task,
    seed: &Seed,
    device: &B::Device,
) -> Result<SyntheticSet<B>> {
    let points = settings.points_for(task)?;
    let start = match settings.initial {
        Initial::Real => task.train.select(&random_rows(
            &task.train,
            task.target_classes(),
            points,
            seed,
        )?),
        Initial::Normal => normal(settings, task, points, seed),
    };
    let set = SyntheticSet::new(
        upload(&start.inputs, device),
        upload(&start.targets, device),
    );
    if settings.labels == 0 {
        return Ok(set);
    }
    let labels = Tensor::zeros([settings.labels, task.target.len()], device);
    let reference = Reference {
        seed: seed.child("reference").number(),
        settings: settings.reference.resolved(task),
    };
    Ok(set.with_labels(labels, reference))
}

/// Rows drawn at random: class by class where there are classes, the same number of each.
///
/// # Errors
/// A class with fewer rows than points.
pub fn random_rows(
    split: &Split,
    classes: &[String],
    points: usize,
    seed: &Seed,
) -> Result<Vec<usize>> {
    let mut stream = seed.child("rows").stream();
    if classes.is_empty() {
        return Ok(stream.sample(split.len(), points));
    }
    let per_class = points / classes.len();
    let mut chosen = Vec::with_capacity(points);
    for (name, rows) in classes.iter().zip(split.rows_by_class(classes.len())) {
        if rows.len() < per_class {
            let accepted = format!("class {name:?} has only {} training rows", rows.len());
            return Err(Error::setting("synthetic.per_class", per_class, accepted));
        }
        chosen.extend(
            stream
                .sample(rows.len(), per_class)
                .into_iter()
                .map(|place| rows[place]),
        );
    }
    Ok(chosen)
}

fn normal(settings: &SyntheticSettings, task: &Task, points: usize, seed: &Seed) -> Split {
    let mut stream = seed.child("points").stream();
    let inputs = stream.normal_matrix(points, task.inputs.len()) * settings.spread as f32;
    match task.target.classes() {
        Some(classes) => {
            let labels = (0..points).map(|point| point * classes / points).collect();
            Split::classes(inputs, labels, classes)
        }
        None => {
            let sign = |(point, _)| if 2 * point < points { 1.0 } else { -1.0 };
            Split::values(
                inputs,
                Array2::from_shape_fn((points, task.target.len()), sign),
            )
        }
    }
}
