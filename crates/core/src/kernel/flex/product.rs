//! Matrix products that are written directly into the memory of their result. (Burn's own product first fills
//! that memory with zeros and copies it once, see `results/performance.md`.)
#![allow(unsafe_code, reason = "results are written into fresh memory")]

use std::mem::MaybeUninit;

use burn_flex::FlexTensor;
use faer::linalg::matmul::matmul;
use faer::{Accum, MatMut, MatRef, Par};

use super::real::{Real, made};
use super::unwritten;

/// A result with at least twice this number of rows or columns is cut into halves for two threads. This
/// depends on the shapes only, not on the number of threads: the number of rows of a product decides the
/// order of its sums.
const SHARED: usize = 512;

/// The product of `[m, k]` and `[k, n]`. Either may be a transposed view.
pub fn product<T: Real>(left: FlexTensor, right: FlexTensor) -> FlexTensor {
    let ([rows, inner], [_, columns]) = (dims(&left), dims(&right));
    if rows * columns * inner == 0 {
        return made(vec![T::of(0.0); rows * columns], [rows, columns]);
    }
    let (left, right) = (Matrix::of(left), Matrix::of(right));
    let write = |values: &mut [MaybeUninit<T>]| {
        // SAFETY: a product with `Accum::Replace` writes every entry and reads none.
        let result = unsafe { unwritten::matrix(values, rows, columns) };
        shared(result, Accum::Replace, left.view(), right.view());
    };
    // SAFETY: the product writes every entry.
    let values = unsafe { unwritten::vector(rows * columns, write) };
    made(values, [rows, columns])
}

/// Writes a product to the result or adds it, as `accum` says. Halves of large results are computed in
/// parallel.
pub fn shared<T: Real>(
    result: MatMut<'_, T>,
    accum: Accum,
    left: MatRef<'_, T>,
    right: MatRef<'_, T>,
) {
    let (rows, columns) = (result.nrows(), result.ncols());
    if rows.max(columns) < 2 * SHARED {
        matmul(result, accum, left, right, T::of(1.0), Par::Seq);
    } else if rows >= columns {
        let (above, below) = result.split_at_row_mut(rows / 2);
        let (first, second) = left.split_at_row(rows / 2);
        rayon::join(
            || shared(above, accum, first, right),
            || shared(below, accum, second, right),
        );
    } else {
        let (before, behind) = result.split_at_col_mut(columns / 2);
        let (first, second) = right.split_at_col(columns / 2);
        rayon::join(
            || shared(before, accum, left, first),
            || shared(behind, accum, left, second),
        );
    }
}

fn dims(matrix: &FlexTensor) -> [usize; 2] {
    matrix.layout().shape().dims()
}

/// A matrix whose numbers are contiguous in memory.
enum Matrix {
    RowByRow(FlexTensor),
    ColumnByColumn(FlexTensor),
}

impl Matrix {
    fn of(matrix: FlexTensor) -> Self {
        let [rows, columns] = dims(&matrix);
        match *matrix.layout().strides() {
            [row, 1] if row == columns as isize => Self::RowByRow(matrix),
            [1, column] if column == rows as isize => Self::ColumnByColumn(matrix),
            _ => Self::RowByRow(matrix.to_contiguous()),
        }
    }

    fn view<T: Real>(&self) -> MatRef<'_, T> {
        let (Self::RowByRow(matrix) | Self::ColumnByColumn(matrix)) = self;
        let [rows, columns] = dims(matrix);
        let first = matrix.layout().start_offset();
        let numbers = &matrix.storage::<T>()[first..first + rows * columns];
        match self {
            Self::RowByRow(_) => MatRef::from_row_major_slice(numbers, rows, columns),
            Self::ColumnByColumn(_) => MatRef::from_column_major_slice(numbers, rows, columns),
        }
    }
}
