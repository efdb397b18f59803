//! Tools for settings: keys, kinds, ranges, and values per stage.
//!
//! Settings are read from TOML, checked once, and immutable after that. Each module of the library has its
//! own settings; [`crate::run`] puts them together.

mod check;
pub mod dotted;
pub mod home;
pub mod keys;
mod kinds;
mod overrides;
mod per_stage;
pub mod range;
mod table;
mod wording;

pub use check::Check;
pub(crate) use kinds::kinds;
pub use overrides::apply as apply_override;
pub use per_stage::PerStage;
pub use table::table;
