//! Tables from CSV files, with numbers in all columns except the targets.

mod number;
mod outcome;
mod roles;
mod source;
mod table;

pub use outcome::TargetKind;
pub use roles::{Column, Targets};
pub use source::Csv;
pub(super) use source::rows_with_classes;

#[cfg(test)]
mod tests;
