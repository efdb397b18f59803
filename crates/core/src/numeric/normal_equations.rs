//! Normal equations of least squares: ΦᵀΦ/n and Φᵀy/n, or ΦΦᵀ/n if there are fewer rows than columns.
//!
//! The condition number of ΦᵀΦ is the square of that of Φ, so its sums need twice the digits. In single
//! precision, ΦᵀΦ loses every direction in which Φ is smaller than about 1/3000 of its largest direction. So
//! the sums are in double precision, and on the host, because GPUs with wgpu have no double precision. Rows
//! come from the device a few at a time, in the device's own precision, and are converted in smaller groups.
//! So there is never a matrix `[n, columns]` in double precision. Only one triangle of a symmetric matrix is
//! computed. The bits do not depend on the number of threads.

use burn::tensor::{Tensor, backend::Backend};
use faer::linalg::matmul::matmul;
use faer::{Accum, Mat, MatMut, MatRef, Par};
use ndarray::Array2;
use rayon::prelude::*;

use super::linear_algebra::ROWS;
use super::rows::{BAND, Numbers, RowSource, rows_of, widen};
use super::triangle::Triangle;
use crate::error::{Error, Result};

/// The normal equations of columns Φ `[n, columns]` and targets y `[n, outputs]`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct NormalEquations {
    /// ΦᵀΦ/n `[columns, columns]`, symmetric.
    pub gram: Array2<f64>,
    /// Φᵀy/n `[columns, outputs]`.
    pub right: Array2<f64>,
    /// yᵀy/n `[outputs, outputs]`, symmetric.
    pub moments: Array2<f64>,
    /// The number of rows n.
    pub rows: usize,
}

impl NormalEquations {
    /// The normal equations of all rows.
    ///
    /// # Errors
    /// [`Error::Mismatch`] if there are no rows, [`Error::Device`] if the device cannot be read.
    pub fn new<B: Backend>(columns: &Tensor<B, 2>, targets: &Tensor<B, 2>) -> Result<Self> {
        let mut sum = Sum::new(columns.dims()[1], targets.dims()[1]);
        sum.add(columns, targets)?;
        sum.mean()
    }

    /// The normal equations of all rows, which come in chunks of (Φ, y). Only one chunk is in memory at a
    /// time.
    ///
    /// # Errors
    /// The error of a chunk, or those of [`Self::new`].
    pub fn of_chunks<B: Backend>(
        chunks: impl Iterator<Item = Result<(Tensor<B, 2>, Tensor<B, 2>)>>,
    ) -> Result<Self> {
        let mut sum = Sum::new(0, 0);
        for chunk in chunks {
            let (columns, targets) = chunk?;
            if sum.rows == 0 {
                sum = Sum::new(columns.dims()[1], targets.dims()[1]);
            }
            sum.add(&columns, &targets)?;
        }
        sum.mean()
    }

    /// The normal equations of the columns ΦM instead of Φ, for a matrix M `[columns, others]`.
    ///
    /// # Errors
    /// Those of [`Self::new`].
    pub fn through<B: Backend>(
        columns: &Tensor<B, 2>,
        matrix: &Array2<f64>,
        targets: &Tensor<B, 2>,
    ) -> Result<Self> {
        let (width, others) = matrix.dim();
        let matrix: Vec<f64> = matrix.iter().copied().collect();
        let matrix = MatRef::from_row_major_slice(&matrix, width, others);
        let mut sum = Sum::new(others, targets.dims()[1]);
        let total = others + sum.outputs;
        let mut mapped = Vec::new();
        rows_of(
            &[RowSource::Device(columns), RowSource::Device(targets)],
            |rows| {
                mapped.resize(rows.nrows() * total, 0.0);
                let bands = mapped.par_chunks_mut(BAND * total).enumerate();
                bands.for_each(|(band, mapped)| {
                    let count = mapped.len() / total;
                    let rows = rows.subrows(band * BAND, count);
                    let mapped = MatMut::from_row_major_slice_mut(mapped, count, total);
                    let (mut products, mut rest) = mapped.split_at_col_mut(others);
                    let (columns, targets) = rows.split_at_col(width);
                    let accum = Accum::Replace;
                    matmul(products.as_mut(), accum, columns, matrix, 1.0, Par::Seq);
                    rest.copy_from(targets);
                });
                sum.add_rows(MatRef::from_row_major_slice(&mapped, rows.nrows(), total));
            },
        )?;
        sum.mean()
    }
}

/// The sum of normal equations over the rows so far: [Φ y]ᵀ[Φ y].
struct Sum {
    columns: usize,
    outputs: usize,
    rows: usize,
    triangle: Triangle,
}

impl Sum {
    fn new(columns: usize, outputs: usize) -> Self {
        Self {
            columns,
            outputs,
            rows: 0,
            triangle: Triangle::zero(columns + outputs),
        }
    }

    fn add<B: Backend>(&mut self, columns: &Tensor<B, 2>, targets: &Tensor<B, 2>) -> Result<()> {
        rows_of(
            &[RowSource::Device(columns), RowSource::Device(targets)],
            |rows| {
                self.add_rows(rows);
            },
        )
    }

    fn add_rows(&mut self, rows: MatRef<'_, f64>) {
        self.rows += rows.nrows();
        self.triangle.add(rows, 1.0);
    }

    fn mean(self) -> Result<NormalEquations> {
        if self.rows == 0 {
            return Err(Error::Mismatch(
                "a readout needs at least one row".to_owned(),
            ));
        }
        let share = 1.0 / self.rows as f64;
        let block = |[top, height]: [usize; 2], [left, width]: [usize; 2]| {
            Array2::from_shape_fn((height, width), |(row, column)| {
                share * self.triangle.entry(top + row, left + column)
            })
        };
        let (columns, outputs) = ([0, self.columns], [self.columns, self.outputs]);
        Ok(NormalEquations {
            gram: block(columns, columns),
            right: block(columns, outputs),
            moments: block(outputs, outputs),
            rows: self.rows,
        })
    }
}

/// ΦΦᵀ/n `[n, n]` for Φ `[n, columns]`.
///
/// # Errors
/// [`Error::Device`] if the device cannot be read.
pub(crate) fn gram_of_rows<B: Backend>(rows: &Tensor<B, 2>) -> Result<Array2<f64>> {
    let [count, width] = rows.dims();
    let mut sum = Triangle::zero(count);
    let share = 1.0 / count.max(1) as f64;
    let mut wide = Vec::new();
    for first in (0..width).step_by(ROWS) {
        let length = ROWS.min(width - first);
        let columns = Numbers::read(&rows.clone().narrow(1, first, length))?;
        widen(&[columns], 0..count, length, &mut wide);
        let columns = MatRef::from_row_major_slice(&wide, count, length);
        sum.add(columns.transpose(), share);
    }
    Ok(sum.symmetric())
}

/// Φᵀy/n for columns Φ `[n, columns]` and targets y `[n, outputs]`.
///
/// # Errors
/// [`Error::Device`] if the device cannot be read.
pub(crate) fn right_side<B: Backend>(
    columns: &Tensor<B, 2>,
    targets: &Tensor<B, 2>,
) -> Result<Array2<f64>> {
    product(columns, RowSource::Device(targets), targets.dims()[1])
}

/// Φᵀz/n for columns Φ `[n, columns]` and a matrix z `[n, outputs]` on the host.
///
/// # Errors
/// [`Error::Device`] if the device cannot be read.
pub(crate) fn back_to_columns<B: Backend>(
    columns: &Tensor<B, 2>,
    over_rows: &Array2<f64>,
) -> Result<Array2<f64>> {
    product(columns, RowSource::Host(over_rows), over_rows.ncols())
}

fn product<B: Backend>(
    columns: &Tensor<B, 2>,
    other: RowSource<'_, B>,
    outputs: usize,
) -> Result<Array2<f64>> {
    let [count, width] = columns.dims();
    let share = 1.0 / count.max(1) as f64;
    let bands = (0..width).step_by(BAND);
    let mut sums: Vec<(usize, Mat<f64>)> = bands
        .map(|first| (first, Mat::zeros(BAND.min(width - first), outputs)))
        .collect();
    rows_of(&[RowSource::Device(columns), other], |rows| {
        let (columns, other) = rows.split_at_col(width);
        sums.par_iter_mut().for_each(|(first, sum)| {
            let columns = columns.subcols(*first, sum.nrows()).transpose();
            matmul(sum.as_mut(), Accum::Add, columns, other, share, Par::Seq);
        });
    })?;
    Ok(Array2::from_shape_fn((width, outputs), |(row, column)| {
        sums[row / BAND].1[(row % BAND, column)]
    }))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use burn_flex::Flex;
    use rayon::ThreadPoolBuilder;

    use super::*;
    use crate::numeric::host::tensor;
    use crate::seed::Seed;

    /// Numbers that single precision represents exactly, with a mean far from zero.
    fn rows(count: usize, width: usize, seed: &str) -> Array2<f64> {
        let mut stream = Seed::new(7).child(seed).stream();
        let normal = stream.normal_matrix(count, width);
        normal.mapv(|value| f64::from(value + 10.0))
    }

    fn upload(matrix: &Array2<f64>) -> Tensor<Flex, 2> {
        tensor(matrix, &Default::default())
    }

    fn close(found: &Array2<f64>, expected: &Array2<f64>) {
        assert_eq!(found.dim(), expected.dim());
        let largest = |of: &Array2<f64>| of.fold(0.0, |most: f64, value| most.max(value.abs()));
        let apart = largest(&(found - expected));
        assert!(apart < 1e-12 * largest(expected), "{apart:e}");
    }

    fn is_symmetric(matrix: &Array2<f64>) -> bool {
        matrix == matrix.t()
    }

    #[test]
    fn sums_have_the_digits_of_double_precision() {
        // More rows and columns than one step takes, as many, and fewer. And more numbers than a read takes.
        for (count, width, outputs) in [(1100, 131, 3), (512, 61, 3), (5, 2, 1), (9000, 140, 2)] {
            let (phi, y) = (
                rows(count, width, "columns"),
                rows(count, outputs, "targets"),
            );
            let (columns, targets) = (upload(&phi), upload(&y));
            let n = count as f64;
            let found = NormalEquations::new(&columns, &targets).unwrap();
            assert_eq!(found.rows, count);
            assert!(is_symmetric(&found.gram) && is_symmetric(&found.moments));
            close(&found.gram, &(phi.t().dot(&phi) / n));
            close(&found.right, &(phi.t().dot(&y) / n));
            close(&found.moments, &(y.t().dot(&y) / n));
            close(&right_side(&columns, &targets).unwrap(), &found.right);
            close(&back_to_columns(&columns, &y).unwrap(), &found.right);

            let other = rows(width, 70, "others");
            let found = NormalEquations::through(&columns, &other, &targets).unwrap();
            let through = phi.dot(&other);
            assert!(is_symmetric(&found.gram));
            close(&found.gram, &(through.t().dot(&through) / n));
            close(&found.right, &(through.t().dot(&y) / n));
        }
        for (count, width) in [(131, 1100), (61, 512), (1, 3)] {
            let phi = rows(count, width, "columns");
            let found = gram_of_rows(&upload(&phi)).unwrap();
            assert!(is_symmetric(&found));
            close(&found, &(phi.dot(&phi.t()) / count as f64));
        }
    }

    #[test]
    fn chunks_give_what_all_rows_give_and_none_is_an_error() {
        let (columns, targets) = (upload(&rows(1100, 9, "a")), upload(&rows(1100, 2, "b")));
        let part = |first: usize| {
            let length = 512.min(1100 - first);
            let of = |all: &Tensor<Flex, 2>| all.clone().narrow(0, first, length);
            Ok((of(&columns), of(&targets)))
        };
        let found = NormalEquations::of_chunks((0..1100).step_by(512).map(part)).unwrap();
        let whole = NormalEquations::new(&columns, &targets).unwrap();
        assert_eq!(found, whole);
        let none = NormalEquations::of_chunks::<Flex>(std::iter::empty());
        assert!(matches!(none, Err(Error::Mismatch(_))));
    }

    #[test]
    fn the_bits_do_not_depend_on_the_number_of_threads() {
        let (columns, targets) = (upload(&rows(1100, 200, "a")), upload(&rows(1100, 2, "b")));
        let other = rows(200, 150, "others");
        let all = || {
            let over_features = NormalEquations::new(&columns, &targets).unwrap();
            let through = NormalEquations::through(&columns, &other, &targets).unwrap();
            let over_rows = gram_of_rows(&columns).unwrap();
            let right = right_side(&columns, &targets).unwrap();
            (over_features, through, over_rows, right)
        };
        let on = |threads| {
            let pool = ThreadPoolBuilder::new().num_threads(threads).build();
            pool.unwrap().install(all)
        };
        let one = on(1);
        for threads in [2, 3, 5] {
            assert_eq!(on(threads), one, "{threads}");
        }
    }
}
