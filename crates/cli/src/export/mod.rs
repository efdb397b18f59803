//! Formats of an exported set, one file each.

mod format;
mod npz;
mod pictures;
mod safetensors;
mod table;

pub use format::{ExportFormat, Files, files};
