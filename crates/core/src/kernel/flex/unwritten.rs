//! Memory of a result that is written whole before anything of it is read. What filling it with zeros first
//! costs stands in `results/performance.md`.
#![allow(
    unsafe_code,
    reason = "numbers that are not written yet have no safe type"
)]

use std::mem::MaybeUninit;

use faer::MatMut;

use super::real::Real;

/// A vector of that length as `write` leaves it.
///
/// # Safety
/// `write` must write every number.
pub unsafe fn vector<T: Real>(length: usize, write: impl FnOnce(&mut [MaybeUninit<T>])) -> Vec<T> {
    let mut values = Vec::with_capacity(length);
    write(&mut values.spare_capacity_mut()[..length]);
    // SAFETY: the capacity is that long, and the caller promises that all of it is written.
    unsafe { values.set_len(length) };
    values
}

/// Such memory as a matrix `[rows, columns]`, row by row, that has as many entries.
///
/// # Safety
/// Every entry must be written, and none read before.
pub unsafe fn matrix<T: Real>(
    values: &mut [MaybeUninit<T>],
    rows: usize,
    columns: usize,
) -> MatMut<'_, T> {
    assert_eq!(values.len(), rows * columns);
    let first = values.as_mut_ptr().cast();
    // SAFETY: the entries are exactly the slice's, which nothing else refers to meanwhile.
    unsafe { MatMut::from_raw_parts_mut(first, rows, columns, columns as isize, 1) }
}

/// Such memory filled with zeros: a piece at a time that stays in the cache costs little.
pub fn zeros<T: Real>(values: &mut [MaybeUninit<T>]) -> &mut [T] {
    values.fill(MaybeUninit::new(T::of(0.0)));
    // SAFETY: all of it has just been written, and the two types have one layout.
    unsafe { &mut *(std::ptr::from_mut(values) as *mut [T]) }
}
