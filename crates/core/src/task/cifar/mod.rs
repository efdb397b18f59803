//! CIFAR-10 and CIFAR-100 in their binary versions, from a folder of files of records or from the archive.

mod files;
mod found;
mod source;

pub(super) use files::is_record_file;
pub use source::Cifar;

#[cfg(test)]
mod tests;
