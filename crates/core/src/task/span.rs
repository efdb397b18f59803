//! Whitening for fewer rows than features, in the span of the rows.
//!
//! Let X be the n centred rows, and G = X Xᵀ / n = V Λ Vᵀ, a matrix `[n, n]`. Let B = Vᵀ X / √n, the rows
//! rotated onto their principal axes. Then C = Bᵀ B is the covariance, and B Bᵀ = Λ has its eigenvalues
//! λ. Outside the span of the rows C is 0, so (C + s·I)^(−1/2) scales by 1/√s there, and
//!
//! ```text
//!   (C + s·I)^(−1/2) = I/√s − Bᵀ diag(1 / (a √s (a + √s))) B      with a = √(λ + s)
//!   (C + s·I)^(1/2)  = √s·I + Bᵀ diag(1 / (a + √s)) B
//! ```
//!
//! Nothing is divided by an eigenvalue, so eigenvalues of 0 do no harm; centred rows always have one. The
//! work is that of G and of its eigenvectors: n²d and n³, instead of d³.

use faer::linalg::matmul::matmul;
use faer::{Accum, Mat, MatMut, MatRef, Par, Side};
use ndarray::{Array1, Array2, Axis};
use rayon::prelude::*;

use crate::numeric::Triangle;
use crate::numeric::linear_algebra::column_means;

/// Number of rows or columns that one thread takes at a time.
const BLOCK: usize = 128;

/// (C + s·I)^(−1/2) for the covariance C of fewer rows than features, in double precision.
#[derive(Debug, Clone, PartialEq)]
pub struct Span {
    /// √s, positive.
    root: f64,
    /// The n eigenvalues λ of C in the span of the rows. Empty for the identity.
    variances: Vec<f64>,
    /// Bᵀ `[d, n]`, row by row.
    axes: Vec<f64>,
    /// The number of features d.
    features: usize,
}

impl Span {
    /// Returns the mean `[d]` of rows `[n, d]` and their whitening, where the shift s is `penalty` times the
    /// mean eigenvalue of the covariance C. If all rows are equal, the whitening is the identity. Returns `None` if the
    /// eigenvalues do not converge.
    pub fn fit(rows: &Array2<f32>, penalty: f64) -> Option<(Array1<f64>, Self)> {
        let (count, features) = rows.dim();
        let mean = column_means(rows);
        let centred: Vec<f64> = (rows.rows().into_iter())
            .flat_map(|row| row.into_iter().zip(&mean))
            .map(|(&value, mean)| f64::from(value) - mean)
            .collect();
        let square: f64 = (centred.chunks(features.max(1)))
            .map(|row| row.iter().map(|value| value * value).sum::<f64>())
            .sum();
        let shift = penalty * square / (count * features).max(1) as f64;
        if shift <= 0.0 {
            let identity = Self {
                root: 1.0,
                variances: Vec::new(),
                axes: Vec::new(),
                features,
            };
            return Some((mean, identity));
        }
        let centred = MatRef::from_row_major_slice(&centred, count, features);
        let eigen = gram(centred).self_adjoint_eigen(Side::Lower).ok()?;
        let share = 1.0 / (count as f64).sqrt();
        let mut axes = vec![0.0; features * count];
        (axes.par_chunks_mut(BLOCK * count).enumerate()).for_each(|(block, axes)| {
            let width = axes.len() / count;
            matmul(
                MatMut::from_row_major_slice_mut(axes, width, count),
                Accum::Replace,
                centred.subcols(block * BLOCK, width).transpose(),
                eigen.U(),
                share,
                Par::Seq,
            );
        });
        let values = eigen.S().column_vector();
        Some((
            mean,
            Self {
                root: shift.sqrt(),
                variances: values.iter().map(|value| value.max(0.0)).collect(),
                axes,
                features,
            },
        ))
    }

    /// The factors of the axes and the factor of I in (C + s·I)^(−1/2).
    fn forth(&self) -> (Vec<f64>, f64) {
        let factor = |variance: &f64| {
            let deviation = (variance + self.root * self.root).sqrt();
            -1.0 / (deviation * self.root * (deviation + self.root))
        };
        (self.variances.iter().map(factor).collect(), 1.0 / self.root)
    }

    /// The factors of the axes and the factor of I in (C + s·I)^(1/2).
    fn back(&self) -> (Vec<f64>, f64) {
        let factor = |variance: &f64| {
            let deviation = (variance + self.root * self.root).sqrt();
            1.0 / (deviation + self.root)
        };
        (self.variances.iter().map(factor).collect(), self.root)
    }

    /// Replaces every row x by (x − mean) (C + s·I)^(−1/2).
    pub fn apply(&self, rows: &mut Array2<f32>, mean: &Array1<f32>) {
        let centred = |value, mean| value - mean;
        self.each(rows, mean, self.forth(), centred, |value, _| value);
    }

    /// Replaces every row y by y (C + s·I)^(1/2) + mean.
    pub fn undo(&self, rows: &mut Array2<f32>, mean: &Array1<f32>) {
        let shifted = |value, mean| value + mean;
        self.each(rows, mean, self.back(), |value, _| value, shifted);
    }

    /// Multiplies every row by scale·I + Bᵀ diag(factors) B, in place. `begin` maps each number and its mean
    /// before the product, and `end` maps each number of the product and its mean.
    fn each(
        &self,
        rows: &mut Array2<f32>,
        mean: &Array1<f32>,
        (factors, scale): (Vec<f64>, f64),
        begin: impl Fn(f64, f64) -> f64 + Sync,
        end: impl Fn(f64, f64) -> f64 + Sync,
    ) {
        let (width, count) = (self.features, factors.len());
        let mean = mean.mapv(f64::from);
        let mut chunks: Vec<_> = rows.axis_chunks_iter_mut(Axis(0), BLOCK).collect();
        chunks.par_iter_mut().for_each(|chunk| {
            let height = chunk.nrows();
            let values = (chunk.rows().into_iter()).flat_map(|row| row.into_iter().zip(&mean));
            let mut values: Vec<f64> = values
                .map(|(&value, &mean)| begin(f64::from(value), mean))
                .collect();
            let mut shares = vec![0.0; height * count];
            if count > 0 {
                let axes = MatRef::from_row_major_slice(&self.axes, width, count);
                matmul(
                    MatMut::from_row_major_slice_mut(&mut shares, height, count),
                    Accum::Replace,
                    MatRef::from_row_major_slice(&values, height, width),
                    axes,
                    1.0 / scale,
                    Par::Seq,
                );
                for shares in shares.chunks_mut(count) {
                    for (share, factor) in shares.iter_mut().zip(&factors) {
                        *share *= factor;
                    }
                }
                matmul(
                    MatMut::from_row_major_slice_mut(&mut values, height, width),
                    Accum::Add,
                    MatRef::from_row_major_slice(&shares, height, count),
                    axes.transpose(),
                    1.0,
                    Par::Seq,
                );
            }
            let means = mean.iter().cycle();
            for ((value, found), &mean) in chunk.iter_mut().zip(values).zip(means) {
                *value = end(scale * found, mean) as f32;
            }
        });
    }

    /// The matrix (C + s·I)^(−1/2) `[d, d]`, exactly symmetric.
    pub fn matrix(&self) -> Array2<f32> {
        let (width, count) = (self.features, self.variances.len());
        if count == 0 {
            return Array2::eye(width);
        }
        let (factors, scale) = self.forth();
        let axes = MatRef::from_row_major_slice(&self.axes, width, count);
        // The factors are negative. So AᵀA, with the roots of their absolute values in A, is subtracted.
        let scaled = Mat::from_fn(count, width, |axis, row| {
            axes[(row, axis)] * (-factors[axis]).sqrt()
        });
        let mut product = Triangle::zero(width);
        product.add(scaled.as_ref(), -1.0);
        Array2::from_shape_fn((width, width), |(row, column)| {
            let scale = if row == column { scale } else { 0.0 };
            (scale + product.entry(row, column)) as f32
        })
    }
}

/// X Xᵀ / n of rows X `[n, d]`.
fn gram(rows: MatRef<'_, f64>) -> Mat<f64> {
    let count = rows.nrows();
    let share = 1.0 / count.max(1) as f64;
    let mut gram = Triangle::zero(count);
    gram.add(rows.transpose(), share);
    Mat::from_fn(count, count, |row, column| gram.entry(row, column))
}
