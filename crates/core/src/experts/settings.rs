//! The settings of experts, and what an objective asks of them.

use crate::error::{Error, Result};
use crate::network::Weights;
use crate::settings::{Check, range};
use burn::tensor::backend::Backend;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Which experts, and how they are trained.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ExpertSettings {
    /// The folder of their files; it is made where there is none.
    pub path: PathBuf,
    /// How many there are, at most a million.
    pub count: usize,
    /// Epochs that each is trained and recorded, at most a million.
    pub epochs: usize,
    /// Learning rate of that training, 1e-12 to 1e6.
    pub learning_rate: f64,
    /// Rows of a step.
    pub batch: usize,
    /// Seed of their starts and batches: experts do not depend on the seed of the run that uses them.
    pub seed: u64,
}

/// Most experts, and most epochs of one.
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

/// Trainings on real data, from which one can start anywhere.
pub trait Trajectories<B: Backend>: std::fmt::Debug + Sync {
    /// The weights of an expert after that many epochs.
    ///
    /// # Errors
    /// They are not there, or damaged.
    fn weights(&self, expert: usize, epoch: usize) -> Result<Weights<B>>;
}
