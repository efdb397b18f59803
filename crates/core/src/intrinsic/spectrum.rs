//! The spectrum of feature-step gradients.
//!
//! Let G `[d, L]` be the gradient with respect to the first layer of a fresh network, without its part in
//! the directions found already. The spectrum is that of the sum of GGᵀ over fresh networks. The null is the
//! distribution of its largest eigenvalue if targets are shuffled over the rows: that keeps the
//! distributions of inputs and targets and the sampling noise, and removes the dependence of targets on
//! inputs.

use burn::tensor::{Tensor, backend::Backend};
use ndarray::Array2;

use super::explained::Explained;
use super::settings::IntrinsicSettings;
use crate::error::Result;
use crate::inner::{Loss, feature_step, gradient};
use crate::network::{AnyNetwork, Weights};
use crate::numeric::host::{matrix, mean_square};
use crate::numeric::linear_algebra::{largest_eigenvalue, symmetric_eigen};
use crate::seed::Seed;
use crate::task::{Rows, row_numbers};

/// A spectrum, relative to its null.
pub struct Spectrum {
    /// Eigenvalues divided by the mean of the null's largest eigenvalues, largest first.
    pub relative: Vec<f64>,
    /// Distance of the largest eigenvalue above that mean, in standard deviations of the null.
    pub above_null: f64,
    /// Eigenvector of the largest eigenvalue, `[d]`.
    pub direction: Vec<f64>,
}

/// Returns the spectrum of the residual: the part of the targets that is not explained yet.
///
/// # Errors
/// [`Error::Mismatch`](crate::Error::Mismatch) if the network has no layer for the feature step;
/// [`Error::Device`](crate::Error::Device) if the device cannot be read.
pub fn of<B: Backend>(
    settings: &IntrinsicSettings,
    network: &dyn AnyNetwork<B>,
    rows: &Rows<B>,
    explained: &Explained<B>,
    seed: &Seed,
) -> Result<Spectrum> {
    let left = explained.residual(rows);
    let [count, outputs] = left.dims();
    let mut stream = seed.child("shuffles").stream();
    let shuffled = (0..settings.shuffles).map(|_| {
        let order = row_numbers(&stream.sample(count, count), &left.device());
        left.clone().select(0, order)
    });
    // The residual has already lost what a readout explains by chance. Shuffled targets lose that too here,
    // and are then scaled back to their mean square.
    let shuffled = Tensor::cat(shuffled.collect(), 1);
    let before = mean_square(&shuffled)?.sqrt();
    let null = explained.residual_of(rows, shuffled)?;
    let after = mean_square(&null)?.sqrt();
    let null = match after > 0.0 {
        true => null.mul_scalar(before / after),
        false => null,
    };
    let starts: Vec<Weights<B>> = (0..settings.starts)
        .map(|start| {
            let seed = seed.indexed("start", start as u64);
            network.fresh(&seed.child("network"))
        })
        .collect();
    let second_moment = |targets: Tensor<B, 2>| -> Result<Array2<f64>> {
        let mut sum = Array2::zeros((explained.basis().nrows(), explained.basis().nrows()));
        for start in &starts {
            sum += &of_start(network, start, rows, targets.clone(), explained.basis())?;
        }
        Ok(sum)
    };
    let (values, vectors) = symmetric_eigen(&second_moment(left)?);
    let mut largest = Vec::new();
    for place in 0..settings.shuffles {
        let targets = null.clone().narrow(1, place * outputs, outputs);
        largest.push(largest_eigenvalue(&second_moment(targets)?).unwrap_or(0.0));
    }
    let number = largest.len() as f64;
    let mean = largest.iter().sum::<f64>() / number;
    let squares = largest.iter().map(|value| (value - mean).powi(2));
    let deviation = (squares.sum::<f64>() / (number - 1.0)).sqrt();
    let least = f64::MIN_POSITIVE;
    Ok(Spectrum {
        above_null: match deviation > 0.0 {
            true => (values.first().copied().unwrap_or(0.0) - mean) / deviation,
            false => 0.0,
        },
        relative: values.iter().map(|value| value / mean.max(least)).collect(),
        direction: vectors
            .columns()
            .into_iter()
            .next()
            .map_or_else(Vec::new, |v| v.to_vec()),
    })
}

/// GGᵀ `[d, d]` of one fresh network.
fn of_start<B: Backend>(
    network: &dyn AnyNetwork<B>,
    start: &Weights<B>,
    rows: &Rows<B>,
    targets: Tensor<B, 2>,
    basis: &Array2<f64>,
) -> Result<Array2<f64>> {
    let layer = feature_step::layer(network)?;
    let inputs = rows.inputs.clone();
    let loss = Loss::SquaredError;
    let (_, gradient) = gradient::plain(network, start, inputs, targets, loss, &[layer.weight]);
    let gradient = matrix(&gradient.matrix(layer.weight))?;
    let outside = &gradient - &basis.dot(&basis.t().dot(&gradient));
    Ok(outside.dot(&outside.t()))
}
