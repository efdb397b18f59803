//! The synthetic set: what distillation learns, stores and ships.
//!
//! A [`SyntheticSet`] holds points (inputs and targets) and, where the method has them, learned step
//! sizes and the *readout labels* of theory.md's second phase, whose inputs are redrawn from a seed
//! and never stored. It lives on any backend, so that the same value is plain, a set of leaves on
//! the point tape, or a constant there.

mod alignment;
mod artefact;
mod initial;
mod manifest;
pub mod reference;
mod set;
mod settings;
mod whitening;

pub(crate) use alignment::fraction_within;
pub use alignment::{PointAlignment, SingularDirection, spectrum};
pub use artefact::{Artefact, points_of};
pub use initial::{initial, random_rows};
pub use manifest::{LabelKind, Manifest, TaskRecord};
pub use reference::{Reference, ReferenceSettings};
pub use set::{OnTape, Part, Parts, SyntheticSet};
pub use settings::{Initial, SyntheticSettings};
