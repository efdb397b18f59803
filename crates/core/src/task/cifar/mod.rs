//! CIFAR-10 and CIFAR-100 in their binary versions: a folder of files of records, or the archive that
//! it comes in.

mod files;
mod found;
mod source;

pub use source::Cifar;

#[cfg(test)]
mod tests;
