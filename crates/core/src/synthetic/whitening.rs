//! The numbers of a whitening as tensors of an artefact. Its matrix may have millions of numbers, too many
//! for JSON.

use ndarray::{Array1, Array2};

use super::Manifest;
use crate::store::tensor_file::{Numbers, Reason, Tensors, Values};
use crate::task::{Map, Whitening};

/// Name of the tensor of the mean m, `[features]`.
pub const MEAN: &str = "whitening.mean";
/// Name of the tensor of the matrix W, `[features, features]`.
pub const MATRIX: &str = "whitening.matrix";

/// The tensors of a whitening.
pub fn tensors(whitening: &Whitening) -> [(String, Numbers); 2] {
    let numbers = |shape: &[usize], values| Numbers {
        shape: shape.to_vec(),
        values: Values::Single(values),
    };
    let (mean, matrix) = (&whitening.mean, whitening.matrix());
    let mean = numbers(mean.shape(), mean.iter().copied().collect());
    let matrix = numbers(matrix.shape(), matrix.iter().copied().collect());
    [(MEAN.to_owned(), mean), (MATRIX.to_owned(), matrix)]
}

/// Checks that the manifest's whitening, the mean and the matrix are either all there or all missing, and
/// that the matrix is symmetric. Shapes must have been checked before.
pub fn check(tensors: &Tensors, manifest: &Manifest) -> Result<(), Reason> {
    let is_whitened = manifest.normalisation.whitening.is_some();
    let matrix = tensors.get(MATRIX);
    if is_whitened != tensors.contains_key(MEAN) || is_whitened != matrix.is_some() {
        return Err(format!(
            "`{MEAN}`, `{MATRIX}` and a whitening in the manifest need each other, and one is missing"
        ));
    }
    match matrix {
        Some(matrix) if !is_symmetric(matrix) => Err(format!("`{MATRIX}` is not symmetric")),
        _ => Ok(()),
    }
}

/// Moves the numbers of a whitening, if there is one, from the tensors into the manifest. They must have
/// been checked before.
pub fn take(tensors: &mut Tensors, manifest: &mut Manifest) -> Result<(), Reason> {
    let Some(whitening) = &mut manifest.normalisation.whitening else {
        return Ok(());
    };
    let mut take = |name: &str| match tensors.remove(name).map(|numbers| numbers.values) {
        Some(Values::Single(values)) => Ok(values),
        _ => Err(format!("it has no single-precision `{name}`")),
    };
    whitening.mean = Array1::from_vec(take(MEAN)?);
    let size = whitening.mean.len();
    let matrix = Array2::from_shape_vec((size, size), take(MATRIX)?);
    whitening.map = Map::Matrix(matrix.map_err(|error| format!("`{MATRIX}`: {error}"))?);
    whitening.fingerprint.clone_from(&manifest.task.fingerprint);
    Ok(())
}

/// Whether a square matrix is exactly symmetric.
fn is_symmetric(numbers: &Numbers) -> bool {
    let (Values::Single(values), [size, _]) = (&numbers.values, &numbers.shape[..]) else {
        return false;
    };
    (0..*size).all(|row| {
        (0..row).all(|column| values[row * size + column] == values[column * size + row])
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn exact_symmetry_is_recognised() {
        let matrix = |values: [f32; 4]| Numbers {
            shape: vec![2, 2],
            values: Values::Single(values.to_vec()),
        };
        assert!(is_symmetric(&matrix([1.0, 2.0, 2.0, 3.0])));
        assert!(!is_symmetric(&matrix([1.0, 2.0, 2.5, 3.0])));
    }
}
