//! Settings as a table.

use serde::Serialize;
use toml::Table;

use crate::error::{Error, Result};

/// Returns settings as a table that reads back as the same settings.
///
/// # Errors
/// [`Error::Toml`] if TOML cannot hold a value.
pub fn table(settings: &impl Serialize) -> Result<Table> {
    Table::try_from(settings).map_err(|error| Error::Toml {
        origin: "settings".to_owned(),
        problem: error.to_string(),
    })
}
