//! Noise on the real rows of an outer step.
//!
//! Training with noise on the inputs is a kind of Tikhonov regularisation (Bishop, "Training with noise is
//! equivalent to Tikhonov regularization", 1995). A few points that learn from a few hundred rows fit those rows
//! too closely without it.

use burn::tensor::{Tensor, TensorData, backend::Backend};

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
    /// to its nearest neighbour. Its deviation is share · spacing / √k with k the number of columns of a table,
    /// or of inputs. Categories of a table get none.
    pub fn new(share: f64, training: TrainingPart<'_>, device: &B::Device) -> Self {
        let columns = match training.columns {
            Some(table) => table.groups(),
            None => training.inputs.len(),
        };
        let spacing = median_nearest_distance(&training.rows.inputs);
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
