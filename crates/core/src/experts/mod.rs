//! Experts: networks that were trained on all real data, recorded at the start and after every epoch.
//!
//! They are made once, into a folder of files, and used again by every run that names the same folder
//! (Cazenavette et al., "Dataset Distillation by Matching Training Trajectories", CVPR 2022, section
//! 3.1: plain gradient descent, with whatever augmentation the task has).

mod file;
mod recording;
mod settings;

pub use recording::{Experts, RecordingProgress};
pub use settings::{ExpertSettings, Trajectories};

#[cfg(test)]
mod tests;
