//! Two small tasks for inputs of any shape.

use ndarray::Array2;
use retort_core::seed::Seed;
use retort_core::shape::InputShape;
use retort_core::task::{Normalisation, Split, Target, Task};

/// Classes of the classification task.
pub const CLASSES: usize = 3;

/// Training rows.
pub const ROWS: usize = 18;

/// Three noisy classes, their rows mixed.
pub fn classification(inputs: InputShape) -> Task {
    let seed = Seed::new(11).child("classification");
    let means = seed
        .child("means")
        .stream()
        .normal_matrix(CLASSES, inputs.len());
    let noise = seed
        .child("noise")
        .stream()
        .normal_matrix(ROWS, inputs.len());
    let labels: Vec<usize> = (0..ROWS).map(|row| row % CLASSES).collect();
    let rows = Array2::from_shape_fn(noise.raw_dim(), |(row, column)| {
        means[[labels[row], column]] + 0.7 * noise[[row, column]]
    });
    let names = (0..CLASSES).map(|class| format!("class {class}")).collect();
    task(
        Split::classes(rows, labels, CLASSES),
        inputs,
        Target::Classes(names),
    )
}

/// Two real targets, both non-linear in the inputs.
pub fn regression(inputs: InputShape) -> Task {
    let seed = Seed::new(11).child("regression");
    let rows = seed
        .child("rows")
        .stream()
        .normal_matrix(ROWS, inputs.len());
    let derivatives = seed
        .child("derivatives")
        .stream()
        .normal_matrix(inputs.len(), 2);
    let scale = 1.0 / (inputs.len() as f32).sqrt();
    let targets = rows
        .dot(&derivatives)
        .mapv(|z| (z * scale).powi(2) + z * scale);
    let names = vec!["first".to_owned(), "second".to_owned()];
    task(Split::values(rows, targets), inputs, Target::Values(names))
}

fn task(train: Split, inputs: InputShape, target: Target) -> Task {
    Task {
        name: "contract".to_owned(),
        validation: train.clone(),
        test: train.clone(),
        train,
        inputs,
        target,
        normalisation: Normalisation::default(),
        linear_part: None,
        subspace: None,
        columns: None,
        inspection: Default::default(),
    }
}
