//! Recording experts into a folder, and reading them from there.

use std::path::PathBuf;
use std::time::Duration;

use burn::tensor::backend::Backend;
use serde::Serialize;

use super::file::{self, Place};
use super::{ExpertSettings, Trajectories};
use crate::augment::{AugmentSettings, Augmentation};
use crate::error::{Error, Result};
use crate::identity::Identity;
use crate::inner::train::{Training, train};
use crate::inner::{Loss, OptimiserKind, Schedule};
use crate::network::{AnyNetwork, Weights};
use crate::seed::Seed;
use crate::store::atomic::is_temporary;
use crate::store::lock::Lock;
use crate::task::Resident;

/// Age at which a temporary file counts as abandoned. No write takes this long.
const ABANDONED: Duration = Duration::from_secs(3600);

/// The experts of a task and a network, in a folder with one file for each expert and epoch, such as
/// `expert-0003-epoch-0010.safetensors`.
///
/// Every epoch is written when it ends. A recording that was killed continues from the last epoch and
/// ends with the same files.
#[derive(Debug)]
pub struct Experts<'a, B: Backend> {
    settings: ExpertSettings,
    augmentation: Augmentation,
    identity: Identity,
    network: &'a dyn AnyNetwork<B>,
    task: &'a Resident<'a, B>,
}

/// The progress of a recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordingProgress {
    /// The expert being recorded, counted from 1.
    pub expert: usize,
    /// Number of experts.
    pub experts: usize,
    /// Number of epochs of this expert that are recorded.
    pub epoch: usize,
    /// Number of epochs of each expert.
    pub epochs: usize,
}

/// The settings that determine an expert's weights.
#[derive(Serialize)]
struct DecidingSettings<'a, N> {
    learning_rate: f64,
    batch: usize,
    seed: u64,
    augment: &'a AugmentSettings,
    network: &'a N,
}

impl<'a, B: Backend> Experts<'a, B> {
    /// The experts of this task and network. `made_of` are the network's settings, or anything else that
    /// distinguishes it from networks with the same parameters.
    ///
    /// # Errors
    /// [`Error::Setting`] if the augmentation does not fit the task's inputs; [`Error::Toml`] if `made_of`
    /// cannot be written as TOML.
    pub fn new(
        settings: &ExpertSettings,
        augment: &AugmentSettings,
        made_of: &impl Serialize,
        network: &'a dyn AnyNetwork<B>,
        task: &'a Resident<'a, B>,
    ) -> Result<Self> {
        let deciding = DecidingSettings {
            learning_rate: settings.learning_rate,
            batch: settings.batch,
            seed: settings.seed,
            augment,
            network: made_of,
        };
        Ok(Self {
            settings: settings.clone(),
            augmentation: augment.while_distilling(task.task.inputs)?,
            identity: Identity::new(&deciding, task.task, network.layout())?,
            network,
            task,
        })
    }

    /// Checks every file that exists, so that none is refused in the middle of a run, and returns the
    /// number of missing files.
    ///
    /// # Errors
    /// [`Error::Expert`] with the first file that is damaged or belongs to another task, network, training
    /// or version.
    pub fn missing(&self) -> Result<usize> {
        let mut missing = 0;
        for expert in 0..self.settings.count {
            let stored = self.epochs_stored(expert);
            (0..stored).try_for_each(|epoch| self.weights(expert, epoch).map(drop))?;
            missing += self.settings.epochs + 1 - stored;
        }
        Ok(missing)
    }

    /// Makes the folder if it does not exist.
    ///
    /// # Errors
    /// [`Error::Write`] if it cannot be made.
    pub fn make_folder(&self) -> Result<()> {
        let folder = &self.settings.path;
        std::fs::create_dir_all(folder).map_err(|error| Error::write(folder, error))
    }

    /// Trains and writes the missing epochs, and calls `watch` after each of them. If another process is
    /// recording into the folder, calls `waits` once, waits for its end and continues from its files.
    ///
    /// # Errors
    /// Those of [`Experts::missing`]; [`Error::Write`] if the folder cannot be written; [`Error::Expert`] if
    /// a training diverged, so that weights are not finite.
    pub fn record(
        &self,
        waits: &mut dyn FnMut(),
        watch: &mut dyn FnMut(RecordingProgress),
    ) -> Result<()> {
        self.make_folder()?;
        let lock = Lock::open(&self.settings.path.join("lock"))?;
        if !lock.take()? {
            waits();
            lock.wait()?;
        }
        self.sweep();
        for expert in 0..self.settings.count {
            let seed = Seed::new(self.settings.seed).indexed("expert", expert as u64);
            let (mut epoch, mut weights) = match self.last(expert)? {
                Some(last) => last,
                None => {
                    let start = self.network.fresh(&seed.child("network"));
                    self.save(&start, Place { expert, epoch: 0 })?;
                    (0, start)
                }
            };
            while epoch < self.settings.epochs {
                weights = self.epoch(weights, &seed.indexed("epoch", epoch as u64));
                epoch += 1;
                self.save(&weights, Place { expert, epoch })?;
                watch(RecordingProgress {
                    expert: expert + 1,
                    experts: self.settings.count,
                    epoch,
                    epochs: self.settings.epochs,
                });
            }
        }
        Ok(())
    }

    #[cfg(test)]
    pub(super) fn identity(&self) -> &Identity {
        &self.identity
    }

    /// Removes old temporary files that killed recordings left. Recent ones are kept, since another process
    /// may be writing them. A file that cannot be removed is ignored: it does no harm.
    fn sweep(&self) {
        let files = std::fs::read_dir(&self.settings.path);
        for file in files.into_iter().flatten().flatten() {
            let age = file.metadata().and_then(|status| status.modified());
            let age = age.map(|written| written.elapsed().unwrap_or_default());
            if is_temporary(&file.file_name()) && age.is_ok_and(|age| age > ABANDONED) {
                let _ = std::fs::remove_file(file.path());
            }
        }
    }

    /// The last epoch of an expert before the first missing one, with its weights; `None` if there is none.
    fn last(&self, expert: usize) -> Result<Option<(usize, Weights<B>)>> {
        let Some(epoch) = self.epochs_stored(expert).checked_sub(1) else {
            return Ok(None);
        };
        Ok(Some((epoch, self.weights(expert, epoch)?)))
    }

    /// Number of an expert's files from epoch 0 up to the first missing one.
    fn epochs_stored(&self, expert: usize) -> usize {
        let exists = |&epoch: &usize| self.path(Place { expert, epoch }).exists();
        (0..=self.settings.epochs).take_while(exists).count()
    }

    /// Trains for one more epoch.
    fn epoch(&self, weights: Weights<B>, seed: &Seed) -> Weights<B> {
        let rows = &self.task.training.rows;
        let training = Training {
            steps: rows.len().div_ceil(self.settings.batch),
            batch: self.settings.batch,
            optimiser: OptimiserKind::Sgd,
            learning_rate: self.settings.learning_rate,
            schedule: Schedule::Constant,
            momentum: 0.0,
            weight_decay: 0.0,
            loss: Loss::of(&self.task.task.target),
            augmentation: &self.augmentation,
        };
        train(self.network, weights, rows, &training, seed)
    }

    pub(super) fn path(&self, place: Place) -> PathBuf {
        let Place { expert, epoch } = place;
        let name = format!("expert-{expert:04}-epoch-{epoch:04}.safetensors");
        self.settings.path.join(name)
    }

    fn save(&self, weights: &Weights<B>, place: Place) -> Result<()> {
        file::save(weights, &self.identity, place, &self.path(place))
    }
}

impl<B: Backend> Trajectories<B> for Experts<'_, B> {
    fn weights(&self, expert: usize, epoch: usize) -> Result<Weights<B>> {
        let place = Place { expert, epoch };
        let (layout, device) = (self.network.layout(), self.network.device());
        file::load(&self.identity, layout, place, &self.path(place), device)
    }
}
