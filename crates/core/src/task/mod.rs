//! Tasks, the data to distil: checked, normalised and fingerprinted data in three parts.
//!
//! Distillation sees only the *training* part. Hyper-parameters are chosen on the *validation* part. The
//! *test* part is only for reported scores. A [`Task`] is on the host; [`Resident`] adds a copy of its
//! training part on a device.

pub(crate) mod arrays;
mod cifar;
mod class_count;
mod contained;
pub mod csv;
mod data;
mod digits;
mod folder;
mod idx;
pub mod inspection;
mod linear_part;
mod multi_index;
mod normalise;
mod parquet;
mod partition;
mod picture;
mod pixel_range;
mod recognise;
mod registry;
mod resident;
mod rows_or_fraction;
mod source;
mod span;
mod split;
pub mod table;
mod target;
mod whitening;

pub use self::csv::Csv;
pub(crate) use self::csv::fields as csv_fields;
pub use self::parquet::Parquet;
pub(crate) use self::parquet::fields as parquet_fields;
pub use arrays::{Arrays, Layout};
pub use cifar::Cifar;
pub use data::Task;
pub use digits::Digits;
pub(crate) use folder::class_folders;
pub use folder::{
    Background, Counts as PictureCounts, Findings as PictureFindings, Folder, Litter, names_part,
};
pub use idx::Idx;
pub use inspection::{ColumnReport, Count, Decision, Dialect, Inspection, TargetReport};
pub use linear_part::LinearPart;
pub use multi_index::{Link, MultiIndex};
pub use normalise::{Columns, Normalisation};
pub use pixel_range::PixelRange;
pub use recognise::{Recognised, recognise};
pub use registry::TaskSettings;
pub use resident::{Drawn, Resident, Rows, TrainingPart, TrainingRows, row_numbers, upload};
pub use rows_or_fraction::RowsOrFraction;
pub use source::TaskSource;
pub use span::Span;
pub use split::{Split, one_hot};
pub use table::{Cell, ColumnSchema, Role, TableSchema, Unseen};
pub(crate) use table::{is_missing, is_row_number};
pub use target::Target;
pub use whitening::{Map, Whitening};
