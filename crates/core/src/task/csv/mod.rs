//! Tables from CSV files: numbers in all columns but the target's.

mod layout;
mod number;
mod outcome;
mod source;
mod table;

pub use layout::{Column, Targets};
pub use outcome::Problem;
pub use source::Csv;
pub(super) use source::rows_with_classes;

#[cfg(test)]
mod tests;
