//! The whitening of fewer rows than features, in the span of the rows.
//!
//! With X the n centred rows and G = X Xᵀ / n = V Λ Vᵀ, which is `[n, n]`, the rows turned onto their own
//! axes are B = Vᵀ X / √n: C = Bᵀ B is the covariance, and B Bᵀ = Λ holds its eigenvalues. Outside the
//! span of the rows C is 0, so that (C + s·I)^(−1/2) scales by 1/√s there, and
//!
//! ```text
//!   (C + s·I)^(−1/2) = I/√s − Bᵀ diag(1 / (a √s (a + √s))) B      with a = √(λ + s)
//!   (C + s·I)^(1/2)  = √s·I + Bᵀ diag(1 / (a + √s)) B
//! ```
//!
//! Nothing is divided by an eigenvalue, so that those of 0, as the centred rows have one, do no harm.
//! The work is that of G and of its eigenvectors: n²d and n³, in place of d³.

use faer::linalg::matmul::matmul;
use faer::{Accum, Mat, MatMut, MatRef, Par, Side};
use ndarray::{Array1, Array2, Axis};
use rayon::prelude::*;

use crate::numeric::Triangle;
use crate::numeric::linear_algebra::column_means;

/// Rows or columns that one thread takes at a time.
const BLOCK: usize = 128;

/// (C + s·I)^(−1/2) for the covariance C of a few rows, in double precision.
#[derive(Debug, Clone, PartialEq)]
pub struct Span {
    /// √s; positive.
    root: f64,
    /// The eigenvalues λ of C in the span of the rows, n of them.
    variances: Vec<f64>,
    /// Bᵀ `[d, n]`, row by row.
    axes: Vec<f64>,
    /// d.
    features: usize,
}

impl Span {
    /// That of rows `[n, d]`, with s the `penalty` times the mean eigenvalue of C; without any spread it is
    /// the identity. The mean of the rows `[d]` comes with it; none where the eigenvalues do not converge.
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

    /// What multiplies the axes, and what everything, where x becomes x (C + s·I)^(−1/2).
    fn forth(&self) -> (Vec<f64>, f64) {
        let factor = |variance: &f64| {
            let deviation = (variance + self.root * self.root).sqrt();
            -1.0 / (deviation * self.root * (deviation + self.root))
        };
        (self.variances.iter().map(factor).collect(), 1.0 / self.root)
    }

    /// The same for x (C + s·I)^(1/2).
    fn back(&self) -> (Vec<f64>, f64) {
        let factor = |variance: &f64| {
            let deviation = (variance + self.root * self.root).sqrt();
            1.0 / (deviation + self.root)
        };
        (self.variances.iter().map(factor).collect(), self.root)
    }

    /// (x − mean) (C + s·I)^(−1/2) of every row, in place.
    pub fn apply(&self, rows: &mut Array2<f32>, mean: &Array1<f32>) {
        let centred = |value, mean| value - mean;
        self.each(rows, mean, self.forth(), centred, |value, _| value);
    }

    /// y (C + s·I)^(1/2) + mean of every row, in place.
    pub fn undo(&self, rows: &mut Array2<f32>, mean: &Array1<f32>) {
        let shifted = |value, mean| value + mean;
        self.each(rows, mean, self.back(), |value, _| value, shifted);
    }

    /// x (scale·I + Bᵀ diag(factors) B) of every row, in place. `begin` makes x of what is there, and `end`
    /// what will be there of the product, both with the mean's number.
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

    /// (C + s·I)^(−1/2) itself `[d, d]`, symmetric to the bit.
    pub fn matrix(&self) -> Array2<f32> {
        let (width, count) = (self.features, self.variances.len());
        if count == 0 {
            return Array2::eye(width);
        }
        let (factors, scale) = self.forth();
        let axes = MatRef::from_row_major_slice(&self.axes, width, count);
        // The factors are negative: Aᵀ A with the roots of what they take away.
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
