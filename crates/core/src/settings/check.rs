//! The trait of every settings struct.

use crate::error::Result;

/// Settings that can check their ranges.
pub trait Check {
    /// Checks that every value is in its range. An error names the setting as `SECTION.FIELD`, such as
    /// `objective.unroll`. If the section is one of a list, the caller adds its index to the name.
    ///
    /// # Errors
    /// [`crate::Error::Setting`] for the first setting that is out of range.
    fn check(&self) -> Result<()>;
}
