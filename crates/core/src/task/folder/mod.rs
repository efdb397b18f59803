//! Pictures in folders, one folder for each class.

mod contained;
mod decode;
mod listing;
mod source;

pub use source::Folder;

#[cfg(test)]
mod tests;
