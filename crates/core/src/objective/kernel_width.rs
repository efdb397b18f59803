//! The width of a kernel on rows, as a share of the median distance between training rows.

use burn::tensor::backend::Backend;
use ndarray::Array2;

use super::ObjectiveState;
use crate::error::{Error, Result};
use crate::inner::row_kernel::median_distance;
use crate::task::TrainingPart;

/// The name of the median distance in the objective's state.
const MEDIAN: &str = "median_distance";

/// Returns `share` times the median distance between training rows. The state keeps the distance, which is
/// computed once.
///
/// # Errors
/// [`Error::Mismatch`] if the state has another kind of value in its place.
pub(super) fn width<B: Backend>(
    share: f64,
    training: TrainingPart<'_>,
    state: &mut ObjectiveState<B>,
) -> Result<f64> {
    let kept = check(state)?;
    let median = kept.unwrap_or_else(|| median_distance(&training.rows.inputs));
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
