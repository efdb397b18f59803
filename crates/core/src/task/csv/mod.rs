//! Tables from CSV files: numbers in all columns but the target's.

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
