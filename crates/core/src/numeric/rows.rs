//! Rows of tensors, converted to double precision on the host a few at a time.

use std::ops::Range;

use burn::tensor::{DType, Tensor, backend::Backend};
use faer::MatRef;
use ndarray::{Array2, ArrayView2, s};
use rayon::prelude::*;

use super::linear_algebra::ROWS;
use crate::error::{Error, Result};
use crate::numeric::host::read;

/// Approximate count of numbers that are read from a device at once.
const READ: usize = 1 << 20;

/// Number of rows of a chunk that one thread converts or multiplies at a time.
pub(super) const BAND: usize = 64;

/// Calls `take` with the rows of all sources, [`ROWS`] at a time and in double precision. The columns of the
/// sources are next to each other.
pub(super) fn rows_of<B: Backend>(
    sources: &[RowSource<'_, B>],
    mut take: impl FnMut(MatRef<'_, f64>),
) -> Result<()> {
    let (count, total) = sources.iter().fold((0, 0), |(_, width), source| {
        let [rows, own] = source.dims();
        (rows, width + own)
    });
    let step = (READ / total.max(1)).next_multiple_of(ROWS).max(ROWS);
    let mut wide = Vec::new();
    for first in (0..count).step_by(step) {
        let length = step.min(count - first);
        let sources = sources.iter().map(|source| source.rows(first, length));
        let sources = sources.collect::<Result<Vec<_>>>()?;
        for start in (0..length).step_by(ROWS) {
            let rows = start..length.min(start + ROWS);
            widen(&sources, rows.clone(), total, &mut wide);
            take(MatRef::from_row_major_slice(&wide, rows.len(), total));
        }
    }
    Ok(())
}

/// Writes some rows of all sources to `wide` `[rows, total]`, with the columns of the sources next to each
/// other.
pub(super) fn widen(
    sources: &[Numbers<'_>],
    rows: Range<usize>,
    total: usize,
    wide: &mut Vec<f64>,
) {
    wide.resize(rows.len() * total, 0.0);
    let bands = wide.par_chunks_mut(BAND * total).enumerate();
    bands.for_each(|(band, wide)| {
        for (row, wide) in wide.chunks_mut(total).enumerate() {
            let mut rest = wide;
            for source in sources {
                let (own, others) = rest.split_at_mut(source.width());
                source.widen(rows.start + band * BAND + row, own);
                rest = others;
            }
        }
    });
}

/// A matrix from which rows are read.
pub(super) enum RowSource<'a, B: Backend> {
    Device(&'a Tensor<B, 2>),
    Host(&'a Array2<f64>),
}

impl<'a, B: Backend> RowSource<'a, B> {
    fn dims(&self) -> [usize; 2] {
        match self {
            Self::Device(tensor) => tensor.dims(),
            Self::Host(matrix) => [matrix.nrows(), matrix.ncols()],
        }
    }

    fn rows(&self, first: usize, length: usize) -> Result<Numbers<'a>> {
        match self {
            Self::Device(tensor) => Numbers::read(&(*tensor).clone().narrow(0, first, length)),
            Self::Host(matrix) => Ok(Numbers::Host(matrix.slice(s![first..first + length, ..]))),
        }
    }
}

/// Rows on the host in the precision of their source, and the length of a row.
pub(super) enum Numbers<'a> {
    Single(Vec<f32>, usize),
    Double(Vec<f64>, usize),
    Host(ArrayView2<'a, f64>),
}

impl Numbers<'_> {
    pub(super) fn read<B: Backend>(tensor: &Tensor<B, 2>) -> Result<Self> {
        let [_, width] = tensor.dims();
        let data = read(tensor)?;
        let numbers = match data.dtype {
            DType::F64 => data.into_vec().map(|values| Self::Double(values, width)),
            // Half precision converts to single precision without loss.
            _ => {
                let values = data.convert::<f32>().into_vec();
                values.map(|values| Self::Single(values, width))
            }
        };
        numbers.map_err(|e| Error::Device(format!("a tensor cannot be read: {e:?}")))
    }

    fn width(&self) -> usize {
        match self {
            Self::Single(_, width) | Self::Double(_, width) => *width,
            Self::Host(matrix) => matrix.ncols(),
        }
    }

    fn widen(&self, row: usize, into: &mut [f64]) {
        let own = row * into.len()..(row + 1) * into.len();
        match self {
            Self::Single(values, _) => {
                for (into, &value) in into.iter_mut().zip(&values[own]) {
                    *into = f64::from(value);
                }
            }
            Self::Double(values, _) => into.copy_from_slice(&values[own]),
            Self::Host(matrix) => {
                for (into, &value) in into.iter_mut().zip(matrix.row(row)) {
                    *into = value;
                }
            }
        }
    }
}
