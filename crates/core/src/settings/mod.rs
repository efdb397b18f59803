//! The vocabulary of settings: what every section of them is made of.
//!
//! Settings are read from TOML, checked once into types that cannot be wrong, and immutable after that. Each part of the
//! library owns its own; [`crate::run`] puts them together.

mod check;
pub mod dotted;
pub mod keys;
mod kinds;
mod overrides;
mod per_stage;
pub mod range;
mod wording;

pub use check::Check;
pub(crate) use kinds::kinds;
pub use overrides::apply as apply_override;
pub use per_stage::PerStage;
