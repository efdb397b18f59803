//! Arrays in the formats of numpy: `.npy`, one array, and `.npz`, a zip archive of them.
//!
//! The format is described at <https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html>. Arrays
//! of booleans, integers, floats of 2, 4 and 8 bytes, and texts are read, in both byte orders and both
//! orders of the axes. Arrays of Python objects are pickles, which could run any program: they are refused.

mod archive;
mod array;
mod element;
mod elements;
mod header;
mod whole;

pub use archive::{Archive, archive_bytes};
pub use array::{NumpyArray, to_npy};
pub use element::{Element, Kind};
pub use elements::Elements;
pub use whole::Whole;
