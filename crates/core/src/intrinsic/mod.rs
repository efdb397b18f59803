//! The intrinsic dimension r of a task, estimated from its training part and counted on its validation part,
//! and what a distilled set of it should have.
//!
//! ```text
//!   spectrum    feature-step gradients over fresh starts, against those with shuffled targets
//!   targets     made comparable: centred, and at unit mean square
//!   explained   what a readout on the directions found so far explains, and those directions refined
//!   gain        whether held-out rows are explained better
//!   proposal    points and labels for that many directions, and the memory they take
//! ```
//!
//! On a multi-index task the gradient of the feature step lies, but for sampling noise, in the principal
//! subspace S (theory.md). Noise grows with whatever of the targets is not explained, so that the weaker
//! directions of S drown in what the stronger ones cause. So directions are found one at a time: the
//! strongest one of the spectrum is a candidate where it stands out of the null; a ridge readout on
//! random features of the candidates is fitted and the candidates are turned towards what it leaves
//! unexplained; and the next spectrum is that of the residual. A candidate counts where the rows held
//! out are explained better with it than without.

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
