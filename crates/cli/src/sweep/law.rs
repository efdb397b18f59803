//! The laws that a sweep may be made for: `[sweep] law = "memory"`.

use retort_core::{Error, Result};
use toml::Value;

/// A law that runs can be compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Law {
    /// The law that memory of order r²d + L is enough ([`retort_core::law`]).
    Memory,
}

impl Law {
    /// Reads the law of a section `sweep`.
    ///
    /// # Errors
    /// [`Error::Setting`]: there is no law with this name.
    pub fn read(value: &Value) -> Result<Self> {
        match value.as_str() {
            Some("memory") => Ok(Self::Memory),
            _ => Err(Error::setting("sweep.law", value, "must be \"memory\"")),
        }
    }
}
