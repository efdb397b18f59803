//! Experts: networks trained on all real data, recorded at the start and after every epoch.
//!
//! They are recorded once, as files in a folder, and reused by every run that names the same folder
//! (Cazenavette et al., "Dataset Distillation by Matching Training Trajectories", CVPR 2022, section
//! 3.1: gradient descent without momentum, with the same augmentation as distillation).

mod file;
mod recording;
mod settings;

pub use recording::{Experts, RecordingProgress};
pub use settings::{ExpertSettings, Trajectories};

#[cfg(test)]
mod tests;
