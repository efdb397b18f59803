//! Formats of an exported set, one file each.

mod columns;
mod format;
mod npz;
#[cfg(feature = "parquet")]
mod parquet;
mod pictures;
mod safetensors;
mod table;

pub use format::{ExportFormat, Files, files};
