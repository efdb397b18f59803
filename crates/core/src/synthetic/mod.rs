//! The synthetic set, which distillation learns and stores.
//!
//! A [`SyntheticSet`] has points (inputs and targets). If the method has them, it also has learned step
//! sizes and the *readout labels* of the second phase of `docs/theory.md`. The inputs of readout labels are
//! drawn again from a seed and never stored. A set can be on any backend: plain, or on the point tape with
//! each part as a leaf or a constant.

mod alignment;
mod allocation;
mod arrangement;
mod arrays;
mod artefact;
mod centres;
mod counts;
mod foreign;
mod initial;
mod manifest;
mod per_class;
mod raw;
pub mod reference;
mod set;
mod settings;
mod whitening;

pub(crate) use alignment::fraction_within;
pub use alignment::{PointAlignment, SingularDirection, spectrum};
pub use allocation::Allocation;
pub use arrangement::Arrangement;
pub use arrays::SetArray;
pub use artefact::{Artefact, points_of};
pub(crate) use centres::{Clustering, centres};
pub use foreign::{Foreign, Match};
pub use initial::{initial, random_rows};
pub use manifest::{LabelKind, Manifest, TaskRecord};
pub use per_class::PerClass;
pub use raw::{RawReadout, RawRows, RawSet};
pub use reference::{Reference, ReferenceSettings};
pub use set::{OnTape, Part, Parts, SyntheticSet};
pub use settings::{Initial, SyntheticSettings};
