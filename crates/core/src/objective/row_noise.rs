//! Noise on the real rows of an outer step.
//!
//! Training with noise on the inputs is a kind of Tikhonov regularisation (Bishop, "Training with noise is
//! equivalent to Tikhonov regularization", 1995). A few points that learn from a few hundred rows fit those rows
//! too closely without it.

use burn::tensor::{Tensor, TensorData, backend::Backend};
use ndarray::Axis;

use crate::inner::row_kernel::median_nearest_distance;
use crate::seed::Seed;
use crate::task::{Rows, TrainingPart};

/// Gaussian noise on the inputs that are numbers, drawn again at every step.
#[derive(Debug)]
pub struct RowNoise<B: Backend> {
    /// The deviation for each input, `[1, features]`.
    deviations: Tensor<B, 2>,
}

impl<B: Backend> RowNoise<B> {
    /// Noise whose norm is about `share` times the spacing of the training rows: the median distance of a row
    /// to its nearest neighbour. Its deviation is share · spacing / √k with k the number of inputs, or of columns
    /// of numbers of a table. Categories of a table get no noise, and do not count in distances: one that differs
    /// is farther away than any number.
    pub fn new(share: f64, training: TrainingPart<'_>, device: &B::Device) -> Self {
        let (columns, spacing) = match training.columns {
            Some(table) => {
                let are_numbers = table.are_numbers().into_iter().enumerate();
                let numbers: Vec<usize> = are_numbers.filter(|it| it.1).map(|it| it.0).collect();
                let inputs = training.rows.inputs.select(Axis(1), &numbers);
                (table.number_columns(), median_nearest_distance(&inputs))
            }
            None => {
                let inputs = &training.rows.inputs;
                (training.inputs.len(), median_nearest_distance(inputs))
            }
        };
        let deviation = share * spacing / (columns.max(1) as f64).sqrt();
        let deviations = training.number_deviations(deviation as f32);
        let shape = [1, deviations.len()];
        Self {
            deviations: Tensor::from_data(TensorData::new(deviations, shape), device),
        }
    }

    /// The rows with noise that this seed draws.
    pub fn on(&self, rows: Rows<B>, seed: &Seed) -> Rows<B> {
        let [count, width] = rows.inputs.dims();
        let drawn = seed.child("row noise").stream().normal(count * width);
        let device = rows.inputs.device();
        let noise = Tensor::<B, 2>::from_data(TensorData::new(drawn, [count, width]), &device);
        Rows {
            inputs: rows.inputs + noise * self.deviations.clone(),
            targets: rows.targets,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use burn_flex::Flex;
    use ndarray::Array2;

    use super::*;
    use crate::shape::InputShape;
    use crate::task::{Split, Target};

    #[test]
    fn noise_is_as_large_as_its_share_of_the_distance_between_neighbours() {
        // A grid of spacing 3 in two dimensions.
        let grid = |(row, column): (usize, usize)| match column {
            0 => 3.0 * (row / 20) as f32,
            _ => 3.0 * (row % 20) as f32,
        };
        let inputs = Array2::from_shape_fn((400, 2), grid);
        let split = Split::values(inputs.clone(), Array2::zeros((400, 1)));
        let part = TrainingPart {
            rows: &split,
            inputs: InputShape::Vector(2),
            target: &Target::Values(vec!["y".to_owned()]),
            columns: None,
        };
        let noise = RowNoise::<Flex>::new(0.5, part, &Default::default());
        let on = |seed| {
            let rows = Rows::upload(&split, &Default::default());
            let seen = noise.on(rows, &Seed::new(seed)).inputs.to_data();
            let seen = Array2::from_shape_vec((400, 2), seen.to_vec::<f32>().unwrap()).unwrap();
            seen - &inputs
        };
        let drawn = on(1);
        assert_eq!(drawn, on(1));
        assert_ne!(drawn, on(2));
        // The norm of the noise on a row has the root mean square 0.5 · 3.
        let squares = drawn.mapv(|it| it * it).sum() / 400.0;
        assert!((squares.sqrt() / 1.5 - 1.0).abs() < 0.1, "{squares}");
    }
}
