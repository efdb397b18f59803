//! Arrays of numpy: `.npz` archives and pairs of `.npy` files, with vectors or pictures.

mod files;
mod inputs;
mod names;
mod outcome;
mod source;
mod standardise;

pub use inputs::Layout;
pub use source::Arrays;

#[cfg(test)]
mod tests;
