//! What the containers of picture files say besides the pixels, and whether a file is complete. The
//! decoders fill what a file lacks with grey or do not look at its end, so this is checked before.

mod bytes;
mod exif;
mod gif;
mod jpeg;
mod png;
mod problem;
mod survey;
mod tiff;
mod webp;
mod whole;

pub use survey::Survey;
pub use whole::survey;
