//! CIFAR-10 and CIFAR-100 in their binary versions: a folder of files of records, or the archive that
//! it comes in.

mod found;
mod layout;
mod source;

pub use source::Cifar;

#[cfg(test)]
mod tests;
