//! The one outer loop: stages, each with an objective and the parts of the set it may change.

mod distiller;
mod observer;
mod settings;
mod state;

pub use distiller::Distiller;
pub use observer::{Observer, Progress, Silent};
pub use settings::{DistillSettings, OptimiserKind, Schedule};
pub use state::State;
