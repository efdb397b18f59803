//! Memory for a result that is written completely before any of it is read. `results/performance.md` has
//! the cost of filling it with zeros first.
#![allow(
    unsafe_code,
    reason = "numbers that are not written yet have no safe type"
)]

use std::mem::MaybeUninit;

use faer::MatMut;

use super::real::Real;

/// Returns a vector of this length after `write` has filled it.
///
/// # Safety
/// `write` must write every number.
pub unsafe fn vector<T: Real>(length: usize, write: impl FnOnce(&mut [MaybeUninit<T>])) -> Vec<T> {
    let mut values = Vec::with_capacity(length);
    write(&mut values.spare_capacity_mut()[..length]);
    // SAFETY: the capacity is at least `length`, and the caller promises that all of it is written.
    unsafe { values.set_len(length) };
    values
}

/// Unwritten memory as a matrix `[rows, columns]`, row by row.
///
/// # Safety
/// Every entry must be written before it is read.
///
/// # Panics
/// If the memory does not have rows · columns entries.
pub unsafe fn matrix<T: Real>(
    values: &mut [MaybeUninit<T>],
    rows: usize,
    columns: usize,
) -> MatMut<'_, T> {
    assert_eq!(values.len(), rows * columns);
    let first = values.as_mut_ptr().cast();
    // SAFETY: the matrix has exactly the entries of the slice, and nothing else refers to them meanwhile.
    unsafe { MatMut::from_raw_parts_mut(first, rows, columns, columns as isize, 1) }
}

/// Fills unwritten memory with zeros. This costs little for a piece that stays in the cache.
pub fn zeros<T: Real>(values: &mut [MaybeUninit<T>]) -> &mut [T] {
    values.fill(MaybeUninit::new(T::of(0.0)));
    // SAFETY: all of it has just been written, and the two types have one layout.
    unsafe { &mut *(std::ptr::from_mut(values) as *mut [T]) }
}
