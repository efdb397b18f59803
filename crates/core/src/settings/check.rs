//! What every settings struct promises.

use crate::error::Result;

/// Settings that know their legal ranges.
pub trait Check {
    /// Whether every value is in its range. Errors name a setting by its section, such as
    /// `objective.unroll`; whoever read it from a list of sections puts in which of them it was.
    ///
    /// # Errors
    /// [`crate::Error::Setting`] with the name of the first setting that is not.
    fn check(&self) -> Result<()>;
}
