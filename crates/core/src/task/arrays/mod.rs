//! Arrays of numpy: `.npz` archives and pairs of `.npy` files, with vectors or pictures.

mod class_names;
mod files;
mod inputs;
mod names;
mod number;
mod outcome;
mod rule;
mod source;
mod standardise;

pub(crate) use class_names::check_distinct;
pub(crate) use files::{Files, Named, has_ending};
pub use inputs::Layout;
pub(crate) use inputs::{Inputs, Reading};
pub(crate) use names::Pairs;
pub use source::Arrays;

#[cfg(test)]
mod parts_tests;
#[cfg(test)]
mod tests;
