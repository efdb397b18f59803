//! The settings of experts, and the trait by which an objective reads them.

use crate::error::{Error, Result};
use crate::network::Weights;
use crate::settings::{Check, range};
use burn::tensor::backend::Backend;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Settings of the experts: where they are stored and how they are trained.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ExpertSettings {
    /// Folder of the experts' files. It is made if it does not exist.
    pub path: PathBuf,
    /// Number of experts, 1 to 10⁶. Default: 10.
    pub count: usize,
    /// Number of epochs that each expert is trained, 1 to 10⁶. Default: 10.
    pub epochs: usize,
    /// Learning rate of that training, 1e-12 to 1e6. Default: 0.01.
    pub learning_rate: f64,
    /// Number of rows in a minibatch, at least 1. Default: 256.
    pub batch: usize,
    /// Seed of the fresh weights and minibatches. Experts do not depend on the seed of the run.
    pub seed: u64,
}

/// Largest number of experts, and of epochs of each.
const MOST: usize = 1_000_000;

impl Default for ExpertSettings {
    fn default() -> Self {
        Self {
            path: PathBuf::from("experts"),
            count: 10,
            epochs: 10,
            learning_rate: 0.01,
            batch: 256,
            seed: 0,
        }
    }
}

impl Check for ExpertSettings {
    fn check(&self) -> Result<()> {
        if self.path.as_os_str().is_empty() {
            let accepted = "must name a folder for the experts' files";
            return Err(Error::setting("objective.experts.path", "\"\"", accepted));
        }
        range::count("objective.experts.count", self.count, 1..=MOST)?;
        range::count("objective.experts.epochs", self.epochs, 1..=MOST)?;
        let rate = self.learning_rate;
        range::within("objective.experts.learning_rate", rate, range::STEP_SIZES)?;
        range::count("objective.experts.batch", self.batch, 1..=usize::MAX)?;
        if i64::try_from(self.seed).is_err() {
            let accepted = format!("must be at most {}", i64::MAX);
            return Err(Error::setting(
                "objective.experts.seed",
                self.seed,
                accepted,
            ));
        }
        Ok(())
    }
}

/// Recorded trainings on real data, whose weights at any epoch can be read.
pub trait Trajectories<B: Backend>: std::fmt::Debug + Sync {
    /// Returns the weights of an expert, counted from 0, after `epoch` epochs; epoch 0 is the start.
    ///
    /// # Errors
    /// [`Error::Expert`] if the weights are missing or damaged.
    fn weights(&self, expert: usize, epoch: usize) -> Result<Weights<B>>;
}
