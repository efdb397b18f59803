//! The trait of every settings struct.

use crate::error::Result;

/// Settings that can check their ranges.
pub trait Check {
    /// Checks that every value is in its range. An error names the setting as `SECTION.FIELD`, such as
    /// `objective.unroll`. If the section is one of a list, the caller adds its index to the name.
    ///
    /// # Errors
<<<<<<< HEAD
    /// [`crate::Error::Setting`] with the name of the first setting that is not.
=======
    /// [`Error::Setting`] for the first setting that is out of range.
>>>>>>> words-hd
    fn check(&self) -> Result<()>;
}
