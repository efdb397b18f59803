//! A table that a test writes and loads.

#![allow(clippy::unwrap_used)]

use std::fs;

use super::Csv;
use crate::error::Result;
use crate::seed::Seed;
use crate::task::{Task, TaskSource};

/// Loads a table of this text with these settings, a TOML document, and seed 0.
pub fn load(text: &str, settings: &str) -> Result<Task> {
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), text).unwrap();
    let table: toml::Table = settings.parse().unwrap();
    let mut csv: Csv = table.try_into().unwrap();
    csv.path = file.path().to_owned();
    csv.load(&Seed::new(0))
}
