//! Rows of tensors on the host in double precision, a few at a time.

use std::ops::Range;

use burn::tensor::{DType, Tensor, backend::Backend};
use faer::MatRef;
use ndarray::{Array2, ArrayView2, s};
use rayon::prelude::*;

use super::linear_algebra::ROWS;
use crate::error::{Error, Result};
use crate::numeric::host::read;

/// Numbers that are read from a device at once, about.
const READ: usize = 1 << 20;

/// Rows of a chunk that one thread widens or multiplies at a time.
pub(super) const BAND: usize = 64;

/// Hands over the rows of parts side by side, in double precision, [`ROWS`] at a time.
pub(super) fn rows_of<B: Backend>(
    parts: &[Part<'_, B>],
    mut take: impl FnMut(MatRef<'_, f64>),
) -> Result<()> {
    let (count, total) = parts.iter().fold((0, 0), |(_, width), part| {
        let [rows, own] = part.dims();
        (rows, width + own)
    });
    let step = (READ / total.max(1)).next_multiple_of(ROWS).max(ROWS);
    let mut wide = Vec::new();
    for first in (0..count).step_by(step) {
        let length = step.min(count - first);
        let parts = parts.iter().map(|part| part.rows(first, length));
        let parts = parts.collect::<Result<Vec<_>>>()?;
        for start in (0..length).step_by(ROWS) {
            let rows = start..length.min(start + ROWS);
            widen(&parts, rows.clone(), total, &mut wide);
            take(MatRef::from_row_major_slice(&wide, rows.len(), total));
        }
    }
    Ok(())
}

/// Some rows of parts side by side, `[rows, total]`.
pub(super) fn widen(parts: &[Numbers<'_>], rows: Range<usize>, total: usize, wide: &mut Vec<f64>) {
    wide.resize(rows.len() * total, 0.0);
    let bands = wide.par_chunks_mut(BAND * total).enumerate();
    bands.for_each(|(band, wide)| {
        for (row, wide) in wide.chunks_mut(total).enumerate() {
            let mut rest = wide;
            for part in parts {
                let (own, others) = rest.split_at_mut(part.width());
                part.widen(rows.start + band * BAND + row, own);
                rest = others;
            }
        }
    });
}

/// Where rows come from.
pub(super) enum Part<'a, B: Backend> {
    Device(&'a Tensor<B, 2>),
    Host(&'a Array2<f64>),
}

impl<'a, B: Backend> Part<'a, B> {
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

/// Rows on the host, in the precision that they came in, and how long each is.
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
            // Half precision is widened without loss.
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
