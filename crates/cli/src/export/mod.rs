//! Formats of an exported set, one file each.

mod columns;
mod format;
mod npz;
#[cfg(feature = "parquet")]
mod parquet;
mod pictures;
mod safetensors;
mod source_data;
mod table;

pub use format::{ExportFormat, Files, files};
pub use source_data::check as check_source_data;
