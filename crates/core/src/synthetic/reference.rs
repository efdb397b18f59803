//! Reference inputs: the inputs of the readout labels, drawn again from a seed instead of stored.
//!
//! They are Gaussian inside the span of the points X̃. A feature step on the points gives weights W¹ that
//! are sums of points, so the trained network sees only the component of an input in that span. Real inputs
//! N(0, I) are Gaussian there too. With inputs in the top r directions only (`docs/theory.md`, phase 2),
//! nothing determines the readout along the other directions of the network's features. The mean squared
//! error of the preset `multi-index` is then half as large again (README, "Numbers").
//!
//! # How another program draws them
//!
//! Take `seed`, `rank`, `spread` and `penalty` from the manifest's `reference`. For m labels and points X̃
//! `[n, d]` as stored:
//!
//! 1. *Key.* k ← 32 zero bytes. Then k ← SHA-256(k, name) for the names `retort`, `seed/N` (N is the seed in
//!    decimal digits) and `reference`. Each name is in UTF-8 and follows directly after the bytes of k.
//! 2. *Words.* ChaCha with 8 rounds and key k, in Bernstein's layout: a 64-bit block counter from 0 and the
//!    64-bit nonce 0. Each two words of its blocks make a number of 64 bits, the lower half first.
//! 3. *Normal numbers*, by Box and Muller. Two 64-bit numbers w, w' give u = (⌊w/2¹¹⌋ + ½)/2⁵³ and u' in the
//!    same way, and these give √(−2 ln u) cos 2πu' and √(−2 ln u) sin 2πu', in double precision. They fill
//!    G `[m, d]` row by row.
//! 4. *Span.* P is the orthogonal projection on the span of those eigenvectors of X̃ᵀX̃ that belong to the
//!    `rank` largest eigenvalues, or to all eigenvalues without a rank. The root of an eigenvalue is a
//!    singular value of X̃. An eigenvector is left out if its root is at most 10⁻⁹ of the largest root. After
//!    the last of the `rank` eigenvectors, others are added whose roots are smaller than its root by at most
//!    10⁻⁹ of the largest root.
//! 5. The reference inputs are `spread` · G P, rounded to single precision.
//!
//! A network that has taken the feature step on the points then gets its readout by ridge regression
//! on (reference inputs, labels): a = argmin ‖Φa − labels‖²/m + `penalty` ‖a‖².
//!
//! # Why nothing more is stored
//!
//! P depends on the points alone. It does not depend on the signs, the order or the rotation of singular
//! vectors, in which two programs may differ. Another program or machine rounds logarithms, sines and
//! singular vectors differently, so its inputs may have other bits. They agree to about 10⁻¹⁵ divided by the
//! gap after the last singular value, where the gap is a fraction of the largest singular value. In the
//! worst case, a gap of 10⁻⁹ as in step 4, they agree to 10⁻⁶. The readout is continuous in its inputs, so
//! the labels still belong to them. A change of the *points* has a larger effect. Points that are rounded
//! further, such as to half precision, span a slightly different space and give different inputs. If you
//! store points so, store the reference inputs too.

use std::f64::consts::TAU;

use burn::tensor::{Tensor, backend::Backend};
use ndarray::Array2;
use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::numeric::host::matrix;
use crate::numeric::linear_algebra::top_span;
use crate::seed::{Seed, Stream};
use crate::settings::{Check, range};
use crate::task::upload;

/// Settings of the reference inputs and of the readout that is fitted on their labels.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ReferenceSettings {
    /// Number of top singular directions of the points in whose span inputs are drawn. Directions with
    /// the same singular value as the last one are added. If `None`, inputs are drawn in the whole span of
    /// the points.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rank: Option<usize>,
    /// Standard deviation inside the span, 1e-9 to 1e9. Default 1.25.
    pub spread: f64,
    /// Ridge penalty λ of the readout that is fitted on the labels. It must be positive. Default 1e-3.
    pub penalty: f64,
}

impl Default for ReferenceSettings {
    fn default() -> Self {
        Self {
            rank: None,
            spread: 1.25,
            penalty: 1e-3,
        }
    }
}

impl Check for ReferenceSettings {
    fn check(&self) -> Result<()> {
        if let Some(rank) = self.rank {
            range::count("synthetic.reference.rank", rank, 1..=usize::MAX)?;
        }
        range::within("synthetic.reference.spread", self.spread, range::SPREADS)?;
        range::positive("synthetic.reference.penalty", self.penalty)
    }
}

/// How the inputs of a set's readout labels are drawn. This is all that is stored of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reference {
    /// Seed from which the inputs are drawn.
    pub seed: u64,
    /// Settings of the inputs and of the readout.
    #[serde(flatten)]
    pub settings: ReferenceSettings,
}

impl Reference {
    /// Draws the reference inputs `[labels, features]` for points `[points, features]`.
    ///
    /// # Errors
    /// [`Error::Device`](crate::Error::Device) if the device cannot be read.
    pub fn inputs<B: Backend>(&self, points: &Tensor<B, 2>, labels: usize) -> Result<Tensor<B, 2>> {
        let rank = self.settings.rank.unwrap_or(usize::MAX);
        let basis = top_span(&matrix(points)?, rank);
        let mut stream = Seed::new(self.seed).child("reference").stream();
        let free = normal(&mut stream, labels, basis.nrows());
        let inputs = free.dot(&basis).dot(&basis.t()) * self.settings.spread;
        Ok(upload(&inputs.mapv(|v| v as f32), &points.device()))
    }
}

/// Numbers from N(0, 1) by Box and Muller, a formula that every language can compute.
fn normal(stream: &mut Stream, rows: usize, columns: usize) -> Array2<f64> {
    let mut uniform = || ((stream.word() >> 11) as f64 + 0.5) / (1_u64 << 53) as f64;
    let mut second = None;
    Array2::from_shape_simple_fn((rows, columns), || {
        second.take().unwrap_or_else(|| {
            let radius = (-2.0 * uniform().ln()).sqrt();
            let (sine, cosine) = (TAU * uniform()).sin_cos();
            second = Some(radius * sine);
            radius * cosine
        })
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use burn_flex::Flex;
    use ndarray::{Axis, array};

    fn points() -> Array2<f32> {
        array![
            [1.0, 0.5, 0.0, -0.5],
            [-0.25, 2.0, 1.0, 0.0],
            [0.125, 0.0, 0.25, -0.125]
        ]
    }

    fn drawn(points: &Array2<f32>, rank: Option<usize>, labels: usize) -> Array2<f64> {
        let reference = Reference {
            seed: 7,
            settings: ReferenceSettings {
                rank,
                spread: 1.5,
                ..ReferenceSettings::default()
            },
        };
        let points = upload::<Flex>(points, &Default::default());
        matrix(&reference.inputs(&points, labels).unwrap()).unwrap()
    }

    fn close(found: &Array2<f64>, expected: &Array2<f64>) {
        assert_eq!(found.dim(), expected.dim());
        let error = (found - expected).mapv(f64::abs);
        assert!(error.iter().all(|e| *e < 1e-6), "{found} and {expected}");
    }

    #[test]
    fn another_program_draws_these_inputs_by_the_recipe() {
        // Computed by a program in another language, written from the recipe alone, with its own ChaCha
        // and its own eigenvectors.
        let expected = array![
            [-0.72915109, 0.10443590, 0.20054742, 0.34176228],
            [-0.04431667, -1.63784605, -0.77338820, 0.12029303],
            [-0.43620712, -1.90621943, -0.82064592, 0.32361886],
            [-0.77594591, -0.28289114, 0.02515514, 0.38754578],
            [0.30991486, -1.52024743, -0.79038830, -0.05592888]
        ];
        close(&drawn(&points(), Some(2), 5), &expected);
    }

    #[test]
    fn points_with_the_same_span_have_the_same_inputs() {
        let expected = drawn(&points(), Some(2), 9);
        close(&drawn(&-points(), Some(2), 9), &expected);
        let shuffled = points().select(Axis(0), &[2, 0, 1]);
        close(&drawn(&shuffled, Some(2), 9), &expected);
        // Directions with equal singular values have no order and no unique basis.
        let rotated = |angle: f32| {
            let (sine, cosine) = angle.sin_cos();
            array![[cosine, sine, 0.0], [-sine, cosine, 0.0], [0.0, 0.0, 0.5]]
        };
        close(
            &drawn(&rotated(0.7), Some(2), 9),
            &drawn(&rotated(0.0), Some(2), 9),
        );
    }

    #[test]
    fn inputs_are_gaussian_in_the_span_and_nowhere_else() {
        let plane = array![[3.0, 0.0, 0.0], [0.0, 2.0, 0.0]];
        let inputs = drawn(&plane, None, 4000);
        let covariance = inputs.t().dot(&inputs) / 4000.0;
        let expected = array![[2.25, 0.0, 0.0], [0.0, 2.25, 0.0], [0.0, 0.0, 0.0]];
        let error = (covariance - expected).mapv(f64::abs);
        assert!(error.iter().all(|e| *e < 0.2), "{error}");
        assert!(inputs.column(2).iter().all(|v| v.abs() < 1e-6));
        assert!(
            drawn(&Array2::zeros((2, 3)), None, 4)
                .iter()
                .all(|v| *v == 0.0)
        );
    }
}
