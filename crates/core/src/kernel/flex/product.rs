//! Matrix products, written straight into the memory of their result. (Burn's own fills that memory with zeros
//! and copies it once before: a tenth of the time of a layer of a few hundred neurons.)
#![allow(unsafe_code, reason = "results are written into fresh memory")]

use std::mem::MaybeUninit;

use burn_flex::FlexTensor;
use faer::linalg::matmul::matmul;
use faer::{Accum, MatMut, MatRef, Par};

use super::{Real, made, unwritten};

/// Rows or columns of a result that are one thread's: twice as many are cut in halves. The shapes alone
/// decide, not the number of threads: the order of a product's sums depends on how many rows it has.
const SHARED: usize = 512;

/// `[m, k]` times `[k, n]`. Either may be a transposed view.
pub fn product<T: Real>(left: FlexTensor, right: FlexTensor) -> FlexTensor {
    let ([rows, inner], [_, columns]) = (dims(&left), dims(&right));
    if rows * columns * inner == 0 {
        return made(vec![T::of(0.0); rows * columns], [rows, columns]);
    }
    let (left, right) = (in_one_piece(left), in_one_piece(right));
    let write = |values: &mut [MaybeUninit<T>]| {
        // SAFETY: a product that replaces writes every entry and reads none.
        let result = unsafe { unwritten::matrix(values, rows, columns) };
        shared(result, view(&left), view(&right));
    };
    // SAFETY: the product writes all.
    let values = unsafe { unwritten::vector(rows * columns, write) };
    made(values, [rows, columns])
}

fn dims(matrix: &FlexTensor) -> [usize; 2] {
    matrix.layout().shape().dims()
}

/// Halves of large results go side by side.
fn shared<T: Real>(result: MatMut<'_, T>, left: MatRef<'_, T>, right: MatRef<'_, T>) {
    let (rows, columns) = (result.nrows(), result.ncols());
    if rows.max(columns) < 2 * SHARED {
        matmul(result, Accum::Replace, left, right, T::of(1.0), Par::Seq);
    } else if rows >= columns {
        let (above, below) = result.split_at_row_mut(rows / 2);
        let (first, second) = left.split_at_row(rows / 2);
        rayon::join(
            || shared(above, first, right),
            || shared(below, second, right),
        );
    } else {
        let (before, behind) = result.split_at_col_mut(columns / 2);
        let (first, second) = right.split_at_col(columns / 2);
        rayon::join(
            || shared(before, left, first),
            || shared(behind, left, second),
        );
    }
}

/// Rows or columns without gaps.
fn in_one_piece(matrix: FlexTensor) -> FlexTensor {
    let [rows, columns] = dims(&matrix);
    match *matrix.layout().strides() {
        [row, 1] if row == columns as isize => matrix,
        [1, column] if column == rows as isize => matrix,
        _ => matrix.to_contiguous(),
    }
}

fn view<T: Real>(matrix: &FlexTensor) -> MatRef<'_, T> {
    let [rows, columns] = dims(matrix);
    let first = matrix.layout().start_offset();
    let numbers = &matrix.storage::<T>()[first..first + rows * columns];
    match *matrix.layout().strides() {
        [row, 1] if row == columns as isize => MatRef::from_row_major_slice(numbers, rows, columns),
        _ => MatRef::from_column_major_slice(numbers, rows, columns),
    }
}
