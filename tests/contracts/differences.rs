//! Central differences in double precision.

use retort_core::seed::Seed;

use crate::numbers::{norm, normal, relative};
use crate::precision::{DIRECTIONS, ROUNDING, STEP, close};

/// ‖derivative − difference‖ / ‖difference‖ at the point `at`, along a few random directions. Each of them
/// goes along all coordinates, so that a gradient that is wrong in one is seen. What one rounding of each of the two
/// values explains is no error: a loss of 1 in single precision says nothing of derivatives below 10⁻⁵.
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
    let mut largest: f64 = 0.0;
    let (derivatives, differences): (Vec<f64>, Vec<f64>) = (0..DIRECTIONS)
        .map(|direction| {
            let mut direction = normal(at.len(), &seed.indexed("direction", direction));
            // No longer than one coordinate: what is differentiated bends along longer ones.
            let length = norm(&direction).max((at.len() as f64).sqrt());
            direction.iter_mut().for_each(|along| *along /= length);
            let mut moved = |step: f64| {
                let moved = at.iter().zip(&direction).map(|(x, along)| x + step * along);
                let value = value(&moved.collect::<Vec<_>>());
                largest = largest.max(value.abs());
                value
            };
            let difference = (moved(STEP) - moved(-STEP)) / (2.0 * STEP);
            let products = gradient.iter().zip(&direction);
            let derivative: f64 = products.map(|(derivative, along)| derivative * along).sum();
            (derivative, difference)
        })
        .unzip();
    assert!(
        norm(&differences) > 1e-7,
        "flat: {differences:?} against {derivatives:?}"
    );
    let rounded = ROUNDING * largest / STEP * (DIRECTIONS as f64).sqrt();
    (relative(&derivatives, &differences) - rounded / norm(&differences)).max(0.0)
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
