//! Names of the arrays of an exported set, besides `X` and `y`, and what tells an export from an artefact.

use std::path::Path;

use crate::store::plain_tensors::PlainTensors;

/// Names of the classes, for the numbers in `y`.
pub const CLASSES: &str = "classes";
/// Learned labels `[n, classes]`; `y` then has the class of the largest.
pub const SOFT: &str = "y_soft";
/// Pictures before they were rounded and clamped to bytes, `[n, h, w, c]`, with pixels from 0 to 1.
pub const UNROUNDED: &str = "X_unrounded";
/// Step sizes `[k]`.
pub const STEP_SIZES: &str = "step_sizes";
/// Reference inputs of the readout labels, as `X_unrounded` or `X`.
pub const REFERENCE_INPUTS: &str = "X_reference";
/// The readout labels `[m, outputs]`, in the units of `y`.
pub const READOUT_LABELS: &str = "y_reference";
/// How the reference inputs are drawn: `[seed, rank, spread, penalty]`, with rank 0 for none.
pub const REFERENCE: &str = "reference";
/// All of them.
pub const OWN: [&str; 7] = [
    CLASSES,
    SOFT,
    UNROUNDED,
    STEP_SIZES,
    REFERENCE_INPUTS,
    READOUT_LABELS,
    REFERENCE,
];

/// The key of an artefact's manifest in its metadata. An export as plain tensors has none.
pub const MANIFEST: &str = "manifest";

/// What to say of a file of tensors that is read as an artefact and has no manifest. `None` if it has one, or is no
/// such file.
pub fn without_manifest(path: &Path) -> Option<String> {
    let metadata = PlainTensors::metadata(path)?;
    (!metadata.contains_key(MANIFEST)).then(|| {
        format!(
            "it has no {MANIFEST:?} in its metadata, as a set of `distill` has; if `export` or another program wrote \
             it, `evaluate FILE --task RUN` scores it on the task of a run"
        )
    })
}
