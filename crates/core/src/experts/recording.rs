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

/// Nobody takes so long to write a file.
const ABANDONED: Duration = Duration::from_secs(3600);

/// The experts of a task and a network in a folder: a file for each epoch of each, named
/// `expert-0003-epoch-0010.safetensors`. Every epoch is written when it is done, so that a recording
/// that was killed goes on from there, and ends with the same files.
#[derive(Debug)]
pub struct Experts<'a, B: Backend> {
    settings: ExpertSettings,
    augmentation: Augmentation,
    identity: Identity,
    network: &'a dyn AnyNetwork<B>,
    task: &'a Resident<'a, B>,
}

/// How far a recording has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordingProgress {
    /// Of which expert, counted from 1.
    pub expert: usize,
    /// Of how many.
    pub experts: usize,
    /// Epochs of it that are there.
    pub epoch: usize,
    /// Of how many.
    pub epochs: usize,
}

/// What decides an expert's numbers, of all settings.
#[derive(Serialize)]
struct Deciding<'a, N> {
    learning_rate: f64,
    batch: usize,
    seed: u64,
    augment: &'a AugmentSettings,
    network: &'a N,
}

impl<'a, B: Backend> Experts<'a, B> {
    /// Those of that task and network, trained with that augmentation. `made_of` are the network's
    /// settings, or whatever else tells it from others with the same parameters.
    ///
    /// # Errors
    /// The augmentation is not made for the task's inputs; `made_of` cannot be written as TOML.
    pub fn new(
        settings: &ExpertSettings,
        augment: &AugmentSettings,
        made_of: &impl Serialize,
        network: &'a dyn AnyNetwork<B>,
        task: &'a Resident<'a, B>,
    ) -> Result<Self> {
        let deciding = Deciding {
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

    /// Reads every file that is there, so that none is refused in the midst of a run, and says how many
    /// are missing.
    ///
    /// # Errors
    /// [`Error::Expert`] with the first file that is damaged or of another task, network, training or
    /// version.
    pub fn missing(&self) -> Result<usize> {
        let mut missing = 0;
        for expert in 0..self.settings.count {
            let stored = self.epochs_stored(expert);
            (0..stored).try_for_each(|epoch| self.weights(expert, epoch).map(drop))?;
            missing += self.settings.epochs + 1 - stored;
        }
        Ok(missing)
    }

    /// Makes the folder, where there is none.
    ///
    /// # Errors
    /// [`Error::Write`]: it cannot be made.
    pub fn make_folder(&self) -> Result<()> {
        let folder = &self.settings.path;
        std::fs::create_dir_all(folder).map_err(|error| Error::write(folder, error))
    }

    /// Trains and writes what is missing, and says how far it has come after every epoch. While another
    /// process records into the folder it waits, says so once, and then goes on from what that one made.
    ///
    /// # Errors
    /// As [`Experts::missing`]; a folder that cannot be written; a training that diverged, whose weights
    /// are no numbers.
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

    /// Removes what killed recordings had not finished writing. Another one may be at work in the same
    /// folder, so what is new is left alone; and so is what cannot be removed, since it is in nobody's way.
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

    /// The last epoch of an expert that is there with all before it, if any is.
    fn last(&self, expert: usize) -> Result<Option<(usize, Weights<B>)>> {
        let Some(epoch) = self.epochs_stored(expert).checked_sub(1) else {
            return Ok(None);
        };
        Ok(Some((epoch, self.weights(expert, epoch)?)))
    }

    /// Files of an expert that are there, from the start on without a gap.
    fn epochs_stored(&self, expert: usize) -> usize {
        let exists = |&epoch: &usize| self.path(Place { expert, epoch }).exists();
        (0..=self.settings.epochs).take_while(exists).count()
    }

    /// An epoch more.
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
