//! Names of the arrays of an exported set, besides `X` and `y`.

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
