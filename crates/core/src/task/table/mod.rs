//! Tables, whatever file they came from: columns with types, how they are encoded as rows of numbers, and how
//! points are decoded to rows of the table.
//!
//! A container, such as a CSV file, yields a [`RawTable`]. Rules that are stated in `docs/preprocessing.md` give
//! each column a type and a role. A [`TableSchema`] is fitted on the training rows; it encodes rows, decodes points,
//! and is stored in the artefact.

mod almost;
mod calendar;
mod choices;
mod column;
mod date;
mod date_field;
mod digits;
mod encoding;
mod fit;
mod load;
mod mention;
mod missing;
mod note;
mod number;
mod outcome;
mod plan;
mod raw;
mod report;
mod roles;
mod row_number;
mod schema;
mod settings;
mod typing;

pub use choices::Choices;
pub use column::{Column, Targets};
pub use date::Dates;
pub use date_field::DateOrder;
pub(super) use date_field::{ORDERS, has_time, parse as parse_date};
pub(super) use digits::{Alike, is_digits};
pub use encoding::{Code, Encoding, Pooled, Pooling};
pub use load::load;
pub(super) use load::rows_with_classes;
pub use mention::cut;
pub(super) use mention::{renamed, type_setting};
pub use missing::{MissingPolicy, MissingTarget, is_missing};
pub(super) use note::{Note, constants, sentences};
pub use number::{LARGEST, Marks, shorten};
pub(super) use number::{bounded, text as number_text, without_unit};
pub use outcome::TargetKind;
pub use plan::Plan;
pub(super) use plan::check_width;
pub(super) use raw::label;
pub use raw::{Cell, Cells, MISSING, RawColumn, RawTable, titles};
pub(super) use roles::{types as types_of, wanted};
pub(crate) use row_number::is_row_number;
pub use schema::{ColumnSchema, Role, TableSchema, Unseen};
pub(super) use settings::table_settings;
pub use typing::{ColumnType, Wanted};

#[cfg(test)]
mod tests;
