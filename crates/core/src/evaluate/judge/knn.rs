//! The judge `knn`: the nearest neighbour.

use ndarray::{Array1, Array2, Axis, Slice};
use rayon::prelude::*;

use super::{Judge, Lesson};
use crate::error::Result;
use crate::seed::Seed;

/// Number of rows whose distances are computed at once.
const CHUNK: usize = 256;

/// The target of the nearest row of the lesson, in Euclidean distance; of the first one if several are equally near.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Knn;

impl Judge for Knn {
    fn name(&self) -> &str {
        "knn"
    }

    fn predict(
        &self,
        lesson: Lesson<'_>,
        inputs: &Array2<f32>,
        _seed: &Seed,
    ) -> Result<Array2<f64>> {
        let targets = lesson.hard_targets();
        let known = lesson.inputs.mapv(f64::from);
        let squares: Array1<f64> = known.map_axis(Axis(1), |row| row.dot(&row));
        let nearest = |first: usize| -> Vec<usize> {
            let last = (first + CHUNK).min(inputs.nrows());
            let rows = inputs.slice_axis(Axis(0), Slice::from(first..last));
            let products = rows.mapv(f64::from).dot(&known.t());
            let nearest_of = |products: ndarray::ArrayView1<'_, f64>| {
                // ‖a − b‖² without ‖a‖², which is the same for every b.
                let distances = products.iter().zip(&squares).map(|(ab, bb)| bb - 2.0 * ab);
                let first = (0, f64::INFINITY);
                let nearer =
                    |best: (usize, f64), (place, distance): (usize, f64)| match distance < best.1 {
                        true => (place, distance),
                        false => best,
                    };
                distances.enumerate().fold(first, nearer).0
            };
            products.rows().into_iter().map(nearest_of).collect()
        };
        let starts: Vec<usize> = (0..inputs.nrows()).step_by(CHUNK).collect();
        let places: Vec<Vec<usize>> = starts.into_par_iter().map(nearest).collect();
        Ok(targets.select(Axis(0), &places.concat()))
    }
}
