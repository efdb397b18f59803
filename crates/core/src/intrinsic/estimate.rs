//! The estimate of the intrinsic dimension, one direction after the other.

use super::explained::Explained;
use super::gain;
use super::settings::IntrinsicSettings;
use super::spectrum;
use super::targets;
use crate::error::{Error, Result};
use crate::network::AnyNetwork;
use crate::numeric::linear_algebra::orthonormal_rows;
use crate::seed::Seed;
use crate::settings::Check;
use crate::task::{Resident, Rows};
use burn::tensor::backend::Backend;
use ndarray::Array2;
use serde::{Deserialize, Serialize};

/// The measurements of one direction.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Direction {
    /// Eigenvalue of the direction, divided by the mean of the null's largest eigenvalues.
    pub strength: f64,
    /// Distance of the eigenvalue above that mean, in standard deviations of the null.
    pub above_null: f64,
    /// Trimmed mean by which the direction lowers the squared error of held-out rows, in standard errors, as
    /// a deviate of the normal distribution. `None` if the direction does not stand out of the null.
    pub held_out: Option<f64>,
    /// Share of the held-out targets' mean square that this direction and all before it explain. The mean,
    /// and the linear part if the task removes it, are explained already. `None` if the direction does not
    /// stand out of the null, or nothing is left to explain.
    pub explained: Option<f64>,
}

/// The estimate of a task's intrinsic dimension.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Intrinsic {
    /// r̂, the number of directions that count.
    pub rank: usize,
    /// The directions that count and, if the search found one, the next, which does not; in the order found.
    pub directions: Vec<Direction>,
    /// Whether the search ended at [`IntrinsicSettings::most`], so that there may be more directions.
    pub is_bound: bool,
    /// Number of held-out rows, which decide which directions count.
    pub held_out_rows: usize,
    /// Largest eigenvalues of the first spectrum, divided by the mean of the null's largest eigenvalues.
    pub spectrum: Vec<f64>,
    /// An orthonormal basis of the directions that count, `[d, rank]`.
    #[serde(skip)]
    pub basis: Array2<f64>,
}

impl Intrinsic {
    /// Whether the direction that does not count stands out of the null by at least `threshold` standard
    /// deviations. If so, the targets may depend on more directions than those that count.
    pub fn has_uncounted(&self, threshold: f64) -> bool {
        let next = self.directions.get(self.rank);
        next.is_some_and(|next| next.above_null >= threshold)
    }
}

/// Smallest number of held-out rows that can decide whether a direction counts.
const FEWEST: usize = 10;

/// Largest number of eigenvalues that are reported.
const SHOWN: usize = 16;

/// Estimates the intrinsic dimension of a task.
///
/// The network must have a layer for the feature step, and its outputs must be zero at the start, as those
/// of the two-layer network are. `found` receives every direction with its number, counted from 1.
///
/// # Errors
/// [`Error::Setting`] if a setting is out of range; [`Error::Mismatch`] if there are fewer than ten held-out
/// rows, the network has no such layer, or the inputs are not finite; [`Error::Device`] if the device cannot
/// be read.
pub fn estimate<B: Backend>(
    settings: &IntrinsicSettings,
    task: &Resident<'_, B>,
    network: &dyn AnyNetwork<B>,
    seed: &Seed,
    found: &mut dyn FnMut(usize, &Direction),
) -> Result<Intrinsic> {
    settings.check()?;
    let seed = seed.child("intrinsic");
    let held_out_rows = task.task.validation.len();
    if held_out_rows < FEWEST {
        return Err(Error::Mismatch(format!(
            "the task's validation part, which decides how many directions count, has {held_out_rows} rows: it needs \
             {FEWEST} or more"
        )));
    }
    let rows = task
        .training
        .batch(settings.rows, &mut seed.child("rows").stream());
    let held_out = Rows::upload(&task.task.validation, network.device());
    let [rows, held_out] = targets::standardised(rows, held_out)?;
    let is_linear = task.task.linear_part.is_some();
    search(settings, network, &rows, &held_out, is_linear, &seed, found).map_err(
        |error| match error {
            Error::Singular { .. } => Error::Mismatch(
                "no readout can be fitted on the task's inputs: they are not finite, or too large"
                    .to_owned(),
            ),
            other => other,
        },
    )
}

/// Searches the directions that count, one after the other.
fn search<B: Backend>(
    settings: &IntrinsicSettings,
    network: &dyn AnyNetwork<B>,
    rows: &Rows<B>,
    held_out: &Rows<B>,
    is_linear: bool,
    seed: &Seed,
    found: &mut dyn FnMut(usize, &Direction),
) -> Result<Intrinsic> {
    let [_, dim] = rows.inputs.dims();
    let mut explained = Explained::nothing(rows, is_linear)?;
    let variance = explained.errors(held_out)?.iter().sum::<f64>();
    let mut intrinsic = Intrinsic {
        rank: 0,
        directions: Vec::new(),
        is_bound: false,
        held_out_rows: held_out.inputs.dims()[0],
        spectrum: Vec::new(),
        basis: Array2::zeros((dim, 0)),
    };
    loop {
        let rank = intrinsic.rank;
        if rank == settings.most.min(dim) {
            intrinsic.is_bound = rank < dim;
            return Ok(intrinsic);
        }
        let seed = seed.indexed("direction", rank as u64);
        let seen = spectrum::of(settings, network, rows, &explained, &seed)?;
        if rank == 0 {
            intrinsic.spectrum = seen.relative.iter().copied().take(SHOWN).collect();
        }
        let mut direction = Direction {
            strength: seen.relative.first().copied().unwrap_or(0.0),
            above_null: seen.above_null,
            held_out: None,
            explained: None,
        };
        let mut counts = false;
        if direction.above_null >= settings.threshold {
            let basis = with(explained.basis(), &seen.direction);
            let candidate = explained.refined(rows, basis, &seed)?;
            let after = candidate.errors(held_out)?;
            // The earlier directions are refined once more too. Otherwise the gain of that refinement would
            // count for the candidate.
            let before = match rank {
                0 => explained.errors(held_out)?,
                _ => {
                    let known = explained.basis().clone();
                    explained.refined(rows, known, &seed)?.errors(held_out)?
                }
            };
            let gain = gain::gain(&before, &after);
            direction.held_out = Some(gain);
            direction.explained =
                (variance > 0.0).then(|| 1.0 - after.iter().sum::<f64>() / variance);
            if gain >= settings.threshold {
                counts = true;
                explained = candidate;
            }
        }
        found(rank + 1, &direction);
        intrinsic.directions.push(direction);
        if !counts {
            return Ok(intrinsic);
        }
        intrinsic.rank += 1;
        intrinsic.basis = explained.basis().clone();
    }
}

/// An orthonormal basis `[d, k + 1]`: a basis `[d, k]` and one more direction.
fn with(basis: &Array2<f64>, direction: &[f64]) -> Array2<f64> {
    let known = basis.ncols();
    let rows = Array2::from_shape_fn((known + 1, basis.nrows()), |(row, column)| {
        if row < known {
            basis[[column, row]]
        } else {
            direction[column]
        }
    });
    orthonormal_rows(&rows).t().to_owned()
}
