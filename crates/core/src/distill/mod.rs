//! The outer loop of a distillation. It runs in stages; each has an objective, which learns some parts
//! of the set.

mod beginning;
pub mod checkpoint;
mod clip;
mod distiller;
mod divergence;
mod gradients;
mod nested;
mod observer;
mod provenance;
mod reading;
mod recipe;
mod settings;
pub(crate) mod stages;
mod state;
mod view;

pub use distiller::Distiller;
pub use observer::{Observer, Progress, Silent};
pub use provenance::Provenance;
pub use recipe::Recipe;
pub use settings::DistillSettings;
pub use state::State;
