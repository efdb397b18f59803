//! The estimate itself, direction by direction.

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

/// A direction that was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Direction {
    /// Its eigenvalue in the spectrum over the mean of the null's largest ones.
    pub strength: f64,
    /// By how many of the null's standard deviations it lies above that mean.
    pub above_null: f64,
    /// By how many standard errors it lowers the squared error on held-out rows, the trimmed mean, as a deviate of
    /// the normal distribution; none where it does not stand out of the null.
    pub held_out: Option<f64>,
    /// Share that is explained with it and all before it of what the mean, and the linear part where the task's is
    /// taken off, leave of the held-out targets; none as above.
    pub explained: Option<f64>,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Intrinsic {
    /// r̂, the directions that count.
    pub rank: usize,
    /// Those, and the one after them that does not, by the order they were found in.
    pub directions: Vec<Direction>,
    /// Whether the search ended because it had found as many as it looks for, and there may be more.
    pub is_bound: bool,
    /// Held-out rows, which decide what counts.
    pub held_out_rows: usize,
    /// Largest eigenvalues of the first spectrum over the mean of the null's largest ones.
    pub spectrum: Vec<f64>,
    /// An orthonormal basis of the directions that count, `[d, rank]`.
    #[serde(skip)]
    pub basis: Array2<f64>,
}

impl Intrinsic {
    /// Whether the direction that does not count stands out of the null all the same, by that many standard
    /// deviations: then the targets may depend on more than what counts.
    pub fn has_uncounted(&self, threshold: f64) -> bool {
        let next = self.directions.get(self.rank);
        next.is_some_and(|next| next.above_null >= threshold)
    }
}

/// Fewest held-out rows that can tell whether a direction counts.
const FEWEST: usize = 10;

/// Most eigenvalues that are reported.
const SHOWN: usize = 16;

/// The intrinsic dimension of a task. The network must have a layer for the feature step and be zero at
/// its start, as the two-layer network is. `found` is told of every direction.
///
/// # Errors
/// Settings out of range, fewer than ten held-out rows, a network without such a layer, or a device that cannot be
/// read.
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
            "the task's validation part, which decides how many directions count, has {held_out_rows} rows: it takes \
             {FEWEST} or more"
        )));
    }
    let rows = task
        .training
        .batch(settings.rows, &mut seed.child("rows").stream());
    let held_out = Rows::upload(&task.task.validation, network.device());
    let [rows, held_out] = targets::standardised(rows, held_out)?;
    let is_linear = task.task.linear_part.is_some();
    search(settings, network, &rows, &held_out, is_linear, &seed, found).map_err(|error| {
        match error {
            Error::Singular { .. } => Error::Mismatch(
                "no readout of the task's inputs can be solved for: they are not finite, or too large".to_owned(),
            ),
            other => other,
        }
    })
}

/// The directions that count, one after the other.
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
            // Compared with the directions before it as refined once more, or what that gains would be taken for its
            // own.
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

/// A basis `[d, k]` with one more direction, orthonormal.
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
