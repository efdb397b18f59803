//! Folders of pictures, one a class.

mod decode;
mod listing;
mod source;

pub use source::Folder;

#[cfg(test)]
mod tests;
