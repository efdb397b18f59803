//! The one outer loop: stages, each with an objective and the parts of the set it may change.

pub mod checkpoint;
mod clip;
mod distiller;
mod divergence;
mod observer;
mod provenance;
mod reading;
mod recipe;
mod settings;
pub(crate) mod stages;
mod state;

pub use distiller::Distiller;
pub use observer::{Observer, Progress, Silent};
pub use provenance::Provenance;
pub use recipe::Recipe;
pub use settings::DistillSettings;
pub use state::State;
