//! An estimate of the intrinsic dimension r of a task, and a proposal for the size of its distilled set.
//!
//! Directions are found on the training part, and the validation part (the held-out rows) decides which
//! of them count.
//!
//! ```text
//!   spectrum    spectrum of feature-step gradients over fresh networks, against shuffled targets
//!   targets     targets centred and scaled to unit mean square
//!   explained   a readout on the directions found so far, and the refinement of these directions
//!   gain        how much better a direction explains held-out rows
//!   proposal    points and labels for this number of directions, and their memory
//! ```
//!
//! On a multi-index task the gradient of the feature step lies in the principal subspace S, except for
//! sampling noise (`docs/theory.md`). The noise grows with the part of the targets that is not explained
//! yet, so the stronger directions of S hide the weaker ones. Directions are therefore found one at a time.
//! The strongest direction of the spectrum is a candidate if it stands out of the null, which is the
//! spectrum with shuffled targets. A ridge readout on random features of all candidates is fitted, and the
//! candidates are rotated towards what it leaves unexplained. The next spectrum is that of the residual. A
//! candidate counts if held-out rows are explained better with it than without.

mod estimate;
mod explained;
mod gain;
mod proposal;
mod settings;
mod spectrum;
mod targets;

pub use estimate::{Direction, Intrinsic, estimate};
pub use proposal::Proposal;
pub use settings::IntrinsicSettings;

#[cfg(test)]
mod tests;
