//! Tables from text files: fields between separators, plain or packed with gzip.

mod above;
mod blanks;
mod characters;
mod dialect;
mod fields;
mod format;
mod header;
mod quotes;
mod read;
mod records;
mod source;
mod survey;
mod text;
mod writer;

pub use super::table::{Column, TargetKind, Targets};
pub(crate) use fields::fields;
pub(super) use format::foreign;
pub use source::Csv;
pub(super) use source::rows_with_classes;
#[cfg(feature = "parquet")]
pub(super) use survey::{Seen, marks};
#[cfg(feature = "parquet")]
pub(super) use writer::{TOO_LONG, Writer};

#[cfg(test)]
mod above_tests;
#[cfg(test)]
mod loaded;
#[cfg(test)]
mod neighbour_tests;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod type_tests;
#[cfg(test)]
mod unit_tests;
#[cfg(test)]
mod writing_tests;
