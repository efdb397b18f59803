//! Placeholder while the loader is written.
use serde::{Deserialize, Serialize};

use super::{Source, Task};
use crate::error::{Error, Result};
use crate::seed::Seed;
use crate::settings::Check;

/// Placeholder.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct MultiIndex {}

impl Check for MultiIndex {
    fn check(&self) -> Result<()> {
        Ok(())
    }
}

impl Source for MultiIndex {
    fn load(&self, _seed: &Seed) -> Result<Task> {
        Err(Error::Mismatch("to be written".to_owned()))
    }
}

/// Placeholder.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum Link {
    /// x
    Mixed,
}
