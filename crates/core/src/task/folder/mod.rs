//! Pictures in folders, one folder for each class.

mod background;
mod class_files;
mod container;
mod decode;
mod entries;
mod findings;
mod foreign;
mod format;
mod listing;
mod litter;
mod numbers;
mod parts;
mod raster;
mod source;

pub use background::Background;
pub use findings::{Counts, Findings};
pub use litter::Litter;
pub use parts::names_part;
pub use source::Folder;
pub(crate) use source::class_folders;

#[cfg(test)]
mod tests;
