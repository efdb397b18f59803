//! The width of a kernel on rows, as a share of the median distance between the points at the start of a stage.

use burn::tensor::backend::Backend;
use ndarray::Array2;

use super::ObjectiveState;
use crate::error::{Error, Result};
use crate::inner::row_kernel::median_distance;
use crate::numeric::host::matrix;
use crate::synthetic::SyntheticSet;
use crate::task::TrainingPart;

/// The name of the median distance in the objective's state.
const MEDIAN: &str = "median_distance";

/// Least median distance between points, as a share of that between training rows. Points that start closer to
/// one another, such as those of a tiny normal start, take this share.
const LEAST: f64 = 0.1;

/// Returns `share` times the median distance between the points. It is computed once, at the start, and the
/// state keeps it.
///
/// # Errors
/// [`Error::Mismatch`] if the state has another kind of value in its place; [`Error::Device`] if the device
/// cannot be read.
pub(super) fn width<B: Backend>(
    share: f64,
    training: TrainingPart<'_>,
    set: &SyntheticSet<B>,
    state: &mut ObjectiveState<B>,
) -> Result<f64> {
    let median = match check(state)? {
        Some(kept) => kept,
        None => {
            let points = matrix(&set.inputs())?.mapv(|value| value as f32);
            let least = LEAST * median_distance(&training.rows.inputs);
            median_distance(&points).max(least)
        }
    };
    state.put_double(MEDIAN, Array2::from_elem((1, 1), median));
    Ok(share * median)
}

/// Takes the median distance out of a state, or `None` if there is none.
///
/// # Errors
/// [`Error::Mismatch`] if it is not one positive number.
pub(super) fn check<B: Backend>(state: &mut ObjectiveState<B>) -> Result<Option<f64>> {
    let Some(kept) = state.take_double(MEDIAN)? else {
        return Ok(None);
    };
    match kept.as_slice() {
        Some(&[median]) if median > 0.0 && median.is_finite() => Ok(Some(median)),
        _ => Err(Error::Mismatch(format!(
            "the objective keeps {kept:?} as {MEDIAN:?} instead of one positive number"
        ))),
    }
}
