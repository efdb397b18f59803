//! Folders of pictures, one a class.

mod contained;
mod decode;
mod listing;
mod source;

pub use source::Folder;

#[cfg(test)]
mod tests;
