//! Central differences in double precision.

use retort_core::seed::Seed;

use crate::numbers::{norm, relative};
use crate::precision::{COORDINATES, STEP, close};

/// ‖gradient − difference‖ / ‖difference‖ at the point `at`, over all coordinates or a random choice
/// of them.
///
/// # Panics
/// The function does not depend on the coordinates: then there is nothing to compare.
pub fn relative_error(
    at: &[f64],
    gradient: &[f64],
    seed: &Seed,
    mut value: impl FnMut(&[f64]) -> f64,
) -> f64 {
    assert_eq!(at.len(), gradient.len());
    let chosen = seed.stream().sample(at.len(), COORDINATES);
    let mut at = at.to_vec();
    let difference: Vec<f64> = chosen
        .iter()
        .map(|&place| {
            let here = at[place];
            at[place] = here + STEP;
            let above = value(&at);
            at[place] = here - STEP;
            let below = value(&at);
            at[place] = here;
            (above - below) / (2.0 * STEP)
        })
        .collect();
    assert!(
        norm(&difference) > 1e-7,
        "flat: {difference:?} against {gradient:?}"
    );
    let gradient: Vec<f64> = chosen.iter().map(|&place| gradient[place]).collect();
    relative(&gradient, &difference)
}

#[test]
fn a_wrong_gradient_is_seen() {
    let cube = |x: &[f64]| x.iter().map(|x| x * x * x).sum::<f64>();
    let at = [1.0, -2.0, 0.5];
    let right = at.map(|x| 3.0 * x * x);
    // In double precision a thousandth.
    let off = 100.0 * close(1e-5);
    let wrong = [right[0] * (1.0 + off), right[1], right[2]];
    let seed = Seed::new(0);
    assert!(relative_error(&at, &right, &seed, cube) < close(1e-8));
    assert!(relative_error(&at, &wrong, &seed, cube) > 0.1 * off);
}
