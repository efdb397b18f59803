//! How a run and its stages begin: the first state, a state from a checkpoint, and the change of stage.

use std::path::Path;

use burn::tensor::backend::Backend;

use super::{Distiller, Provenance, State, checkpoint, divergence};
use crate::error::{Error, Result};
use crate::synthetic::{SyntheticSet, initial};

impl<B: Backend> Distiller<'_, B> {
    /// Returns the state that a run starts from.
    ///
    /// # Errors
    /// [`Error::Setting`] if a value of the recipe is out of range or the task cannot have such a set;
    /// the errors of [`Objective::fits`](crate::objective::Objective::fits) and
    /// [`Objective::prepare`](crate::objective::Objective::prepare); [`Error::Mismatch`] if the set is not
    /// finite at the start.
    pub fn start(&self) -> Result<State<B>> {
        self.recipe.check()?;
        let seed = self.seed.child("initial");
        let set = initial(
            &self.recipe.synthetic,
            self.task.task.training(),
            &seed,
            self.network.device(),
        )?;
        let stages = 0..self.recipe.objective.len();
        for stage in stages.clone() {
            let fits = self.objective(stage).fits(self.network);
            fits.map_err(|error| self.blamed(error, stage))?;
        }
        let first = self.prepared(set, 0)?;
        // Later stages prepare the set when they begin. This only checks early that they can.
        let mut later = stages.skip(1);
        let last = later.try_fold(first.clone(), |set, stage| self.prepared(set, stage))?;
        for &size in &last.arrangement().nested {
            let mut stages = 0..self.recipe.objective.len();
            stages.try_fold(last.prefix(size), |set, stage| self.prepared(set, stage))?;
        }
        if let Some(what) = divergence::of_set(&last)? {
            return Err(Error::Mismatch(format!(
                "the initial set is not usable: {what}; check synthetic.spread, \
                 objective.step_size and the size of the task's numbers"
            )));
        }
        Ok(State::before(0, first))
    }

    /// Loads a state from a checkpoint of this run, whose provenance must be `expected`.
    ///
    /// # Errors
    /// Those of [`checkpoint::load`], and [`Error::Checkpoint`] if the stage's objective refuses the state.
    pub fn load(&self, path: &Path, expected: &Provenance) -> Result<State<B>> {
        let state = checkpoint::load(path, expected, self.network.device())?;
        let Some(objective) = self.recipe.objective.get(state.stage) else {
            return Ok(state);
        };
        let fits = objective.check_state(self.network, &state.set, state.objective.clone());
        fits.map_err(|error| Error::Checkpoint {
            path: path.to_owned(),
            problem: format!("{error}; begin a new run"),
        })?;
        Ok(state)
    }

    /// Prepares the set for a stage.
    fn prepared(&self, set: SyntheticSet<B>, stage: usize) -> Result<SyntheticSet<B>> {
        let ready = self.objective(stage).prepare(set);
        ready.map_err(|error| self.blamed(error, stage))
    }

    /// Adds the number of the stage to the key of an error, if there are several stages.
    fn blamed(&self, error: Error, stage: usize) -> Error {
        match self.recipe.objective.len() {
            1 => error,
            _ => error.of_stage(stage),
        }
    }

    /// Moves from the end of a stage to the start of the next, or to the end of the run.
    ///
    /// The set is prepared here, and checkpoints store the prepared set. So no stage prepares twice, at
    /// whatever step a run is continued.
    pub(super) fn next(&self, ended: State<B>) -> Result<State<B>> {
        let stage = ended.stage + 1;
        let set = match stage < self.recipe.objective.len() {
            true => self.prepared(ended.set, stage)?,
            false => ended.set,
        };
        Ok(State::before(stage, set))
    }
}
