//! The check of the gradients that an objective returns.

use std::collections::BTreeSet;

use burn::tensor::{Tensor, backend::Backend};

use crate::error::{Error, Result};
use crate::settings::keys;
use crate::synthetic::{Part, Parts, SyntheticSet};

/// Checks that there is a gradient for every learned part and no other, in the shape of the part.
///
/// # Errors
/// [`Error::Mismatch`].
pub(super) fn check<B: Backend>(
    learned: BTreeSet<Part>,
    gradients: &Parts<B>,
    set: &SyntheticSet<B>,
) -> Result<()> {
    let given: BTreeSet<Part> = gradients.keys().copied().collect();
    if given != learned {
        let names = |parts: &BTreeSet<Part>| keys::shown(parts);
        return Err(Error::Mismatch(format!(
            "the objective learns {} and gives gradients of {}",
            names(&learned),
            names(&given)
        )));
    }
    for (part, gradient) in gradients {
        let shape = set.parts().get(part).map(Tensor::dims);
        if shape != Some(gradient.dims()) {
            return Err(Error::Mismatch(format!(
                "the gradient of {} has shape {:?}, and that part {shape:?}",
                part.name(),
                gradient.dims()
            )));
        }
    }
    Ok(())
}
