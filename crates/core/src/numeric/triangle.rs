//! Sums of symmetric products AᵀA. Only the lower triangle is computed, in tiles.

use faer::linalg::matmul::matmul;
use faer::{Accum, Mat, MatRef, Par};
use ndarray::Array2;
use rayon::prelude::*;

/// Number of rows and of columns of a tile.
const TILE: usize = 64;

/// The lower triangle of a sum of symmetric products.
///
/// Tiles are computed in parallel. One thread computes each sum within a tile, in the order in which products
/// are added, so the bits do not depend on the number of threads.
#[derive(Debug)]
pub(crate) struct Triangle {
    size: usize,
    /// The tiles of each column of tiles, from the diagonal downwards.
    tiles: Vec<Tile>,
}

#[derive(Debug)]
struct Tile {
    row: usize,
    column: usize,
    sum: Mat<f64>,
}

impl Triangle {
    /// A zero sum, `[size, size]`.
    pub fn zero(size: usize) -> Self {
        let starts = |from: usize| (from..size).step_by(TILE);
        let length = |start: usize| TILE.min(size - start);
        let tiles = starts(0).flat_map(|column| {
            starts(column).map(move |row| Tile {
                row,
                column,
                sum: Mat::zeros(length(row), length(column)),
            })
        });
        Self {
            size,
            tiles: tiles.collect(),
        }
    }

    /// Adds `share` · AᵀA for A `[rows, size]`.
    pub fn add(&mut self, rows: MatRef<'_, f64>, share: f64) {
        let tile = |Tile { row, column, sum }: &mut Tile| {
            let left = rows.subcols(*row, sum.nrows()).transpose();
            let right = rows.subcols(*column, sum.ncols());
            matmul(sum.as_mut(), Accum::Add, left, right, share, Par::Seq);
        };
        match self.tiles.as_mut_slice() {
            [only] => tile(only),
            tiles => tiles.par_iter_mut().for_each(tile),
        }
    }

    /// An entry of the symmetric sum.
    pub fn entry(&self, row: usize, column: usize) -> f64 {
        let (row, column) = (row.max(column), row.min(column));
        let (below, across) = (row / TILE, column / TILE);
        // The columns of tiles before this one have n, n − 1, … tiles.
        let before = across * self.size.div_ceil(TILE) - across * across.saturating_sub(1) / 2;
        let tile = &self.tiles[before + (below - across)];
        tile.sum[(row - tile.row, column - tile.column)]
    }

    /// The whole sum, with both triangles.
    pub fn symmetric(&self) -> Array2<f64> {
        Array2::from_shape_fn((self.size, self.size), |(row, column)| {
            self.entry(row, column)
        })
    }
}
