//! Pictures in folders, one folder for each class.

mod contained;
mod decode;
mod listing;
mod source;

pub use source::Folder;
pub(crate) use source::class_folders;

#[cfg(test)]
mod tests;
