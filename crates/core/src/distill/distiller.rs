//! The loop itself.

use std::collections::BTreeMap;
use std::path::Path;

use burn::tensor::{Tensor, backend::Backend};
use ndarray::Array2;

use super::divergence::{self, When};
use super::reading::{self, Pending, StepNumbers, StepTensors};
use super::{Observer, Progress, Provenance, Recipe, State, checkpoint, clip};
use crate::error::{Error, Result};
use crate::experts::Trajectories;
use crate::inner::Loss;
use crate::inner::optimiser::Optimiser;
use crate::network::AnyNetwork;
use crate::numeric::host::matrix;
use crate::objective::{Context, Objective};
use crate::seed::Seed;
use crate::synthetic::{Part, Parts, PointAlignment, SyntheticSet, initial};
use crate::task::Resident;

/// A loss this many times the stage's first one (or 1, where that was smaller) counts as divergence.
const LOSS_BOUND: f64 = 1e6;

/// Runs the stages of a distillation, one outer step after the other.
///
/// A run of N steps equals k steps, storing and loading the [`State`], and N − k more: bit for bit
/// on backends whose operations are deterministic, as those of the CPU are.
#[derive(Debug)]
pub struct Distiller<'a, B: Backend> {
    task: &'a Resident<'a, B>,
    network: &'a dyn AnyNetwork<B>,
    recipe: Recipe<B>,
    seed: Seed,
    /// What stages follow that follow experts.
    experts: BTreeMap<usize, &'a dyn Trajectories<B>>,
}

impl<'a, B: Backend> Distiller<'a, B> {
    /// A distillation of that task through that network.
    pub fn new(
        recipe: Recipe<B>,
        task: &'a Resident<'a, B>,
        network: &'a dyn AnyNetwork<B>,
        seed: &Seed,
    ) -> Self {
        Self {
            task,
            network,
            recipe,
            seed: seed.child("distill"),
            experts: BTreeMap::new(),
        }
    }

    /// The same, with the experts that a stage follows, counted from 0.
    pub fn with_experts(mut self, stage: usize, experts: &'a dyn Trajectories<B>) -> Self {
        self.experts.insert(stage, experts);
        self
    }

    /// Outer steps of all stages.
    pub fn total_steps(&self) -> usize {
        self.recipe.steps_before(self.recipe.objective.len())
    }

    /// Outer steps done when a run stands there.
    pub fn steps_done(&self, state: &State<B>) -> usize {
        let before = self.recipe.steps_before(state.stage);
        before.saturating_add(state.step)
    }

    /// The state that a run starts from.
    ///
    /// # Errors
    /// A recipe with a value out of range, a set that the task cannot have, or an objective that
    /// lacks something.
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
        // The later stages prepare in their own time: here it is only seen whether they can.
        let mut later = stages.skip(1);
        let last = later.try_fold(first.clone(), |set, stage| self.prepared(set, stage))?;
        if let Some(what) = divergence::of_set(&last)? {
            return Err(Error::Mismatch(format!(
                "the set cannot start from there: {what}; look at synthetic.spread, \
                 objective.step_size and the size of the task's numbers"
            )));
        }
        Ok(State::before(0, first))
    }

    /// The state that a checkpoint of this run holds.
    ///
    /// # Errors
    /// Those of [`checkpoint::load`]; [`Error::Checkpoint`] where the stage's objective does not keep such a
    /// state.
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

    fn objective(&self, stage: usize) -> &dyn Objective<B> {
        &*self.recipe.objective[stage]
    }

    /// The set that a stage begins with, from what the stages before it left.
    fn prepared(&self, set: SyntheticSet<B>, stage: usize) -> Result<SyntheticSet<B>> {
        let ready = self.objective(stage).prepare(set);
        ready.map_err(|error| self.blamed(error, stage))
    }

    /// An error of a stage, which says of which one where there are several.
    fn blamed(&self, error: Error, stage: usize) -> Error {
        match self.recipe.objective.len() {
            1 => error,
            _ => error.of_stage(stage),
        }
    }

    /// Where a run stands that has come to the end of a stage: at the start of the next one, for which the
    /// set is prepared, or at its own end. A state is made so once and then stored, so that no stage
    /// prepares twice, whenever a run is continued.
    fn next(&self, ended: State<B>) -> Result<State<B>> {
        let stage = ended.stage + 1;
        let set = match stage < self.recipe.objective.len() {
            true => self.prepared(ended.set, stage)?,
            false => ended.set,
        };
        Ok(State::before(stage, set))
    }

    /// Runs from a state to the end of the last stage.
    ///
    /// # Errors
    /// [`Error::Diverged`] when the loss or the set leaves the finite numbers or the loss all
    /// bounds; [`Error::Step`] when the objective fails; errors of the observer.
    pub fn run(&self, state: State<B>, observer: &mut dyn Observer<B>) -> Result<State<B>> {
        let mut state = state;
        if (state.stage, state.step) == (0, 0) {
            observer.checkpoint(&state)?;
        }
        let mut previews = self.recipe.distill.previews(self.total_steps());
        if previews.remove(&self.steps_done(&state)) {
            self.preview(&state, observer)?;
        }
        let mut pending = Pending::new();
        while state.stage < self.recipe.objective.len() {
            let (stage, steps) = (state.stage, self.recipe.steps(state.stage));
            if state.step < steps {
                match self.step(&mut state) {
                    Ok(taken) => pending.push(taken),
                    Err(problem) => {
                        // It may come of what the steps before it show.
                        self.look(&mut pending, &mut state, observer)?;
                        return Err(Error::Step {
                            stage: stage + 1,
                            step: state.step + 1,
                            problem: Box::new(problem),
                        });
                    }
                }
            }
            let every = self.recipe.distill.checkpoint_every;
            let ended = state.step >= steps;
            let kept = ended || (every > 0 && state.step.is_multiple_of(every));
            let shown = previews.remove(&self.steps_done(&state));
            if kept || shown || self.is_logged(state.step, steps) || pending.is_late() {
                self.look(&mut pending, &mut state, observer)?;
            }
            if kept {
                self.check_kept(&state)?;
            }
            if ended {
                state = self.next(state)?;
            }
            if shown {
                self.preview(&state, observer)?;
            }
            if kept {
                observer.checkpoint(&state)?;
            }
        }
        Ok(state)
    }

    /// One outer step: the objective's gradient, and one move along it. Nothing is read but what the
    /// objective itself reads.
    fn step(&self, state: &mut State<B>) -> Result<StepTensors<B>> {
        let Recipe { distill, .. } = &self.recipe;
        let steps = self.recipe.steps(state.stage);
        let augmentation = self
            .recipe
            .augment
            .while_distilling(self.task.task.inputs)?;
        let context = Context {
            training: &self.task.training,
            network: self.network,
            augmentation: &augmentation,
            loss: Loss::of(&self.task.task.target),
            batch: distill.batch.stage(state.stage).unwrap_or(0),
            experts: self.experts.get(&state.stage).copied(),
        };
        let seed = self
            .seed
            .indexed("stage", state.stage as u64)
            .indexed("step", state.step as u64);
        let objective = self.objective(state.stage);
        let kept = std::mem::take(&mut state.objective);
        let when = match (state.step, kept.is_empty()) {
            (0, _) => When::First,
            (_, true) => When::Moved,
            (_, false) => When::Kept,
        };
        let found = objective.outer_gradient(&context, &state.set, kept, &seed)?;
        let none = || Tensor::zeros([1], self.network.device());
        let norm = reading::norm(&found.gradients).unwrap_or_else(none);
        let rate = distill.learning_rate.stage(state.stage).unwrap_or(0.0);
        let learning_rate = rate * distill.schedule.factor(state.step, steps);
        let mut gradients = found.gradients;
        gradients.retain(|part, _| !found.solved.contains_key(part));
        self.advance(state, gradients, learning_rate, &norm);
        for (part, tensor) in found.solved {
            state.set = state.set.clone().with(part, tensor);
        }
        state.objective = objective.after_step(&context, &state.set, found.state, &seed)?;
        state.step += 1;
        Ok(StepTensors {
            step: state.step,
            learning_rate,
            when,
            loss: found.loss,
            norm,
            set: reading::probes(&state.set),
        })
    }

    /// Reads the steps not looked at yet, refuses to go on where one of them diverged, and shows the
    /// others.
    fn look(
        &self,
        pending: &mut Pending<B>,
        state: &mut State<B>,
        observer: &mut dyn Observer<B>,
    ) -> Result<()> {
        let before = self.recipe.steps_before(state.stage);
        let steps = self.recipe.steps(state.stage);
        for seen in pending.read()? {
            let first = *state.first_loss.get_or_insert(seen.loss);
            let StepNumbers {
                loss,
                gradient_norm,
                ..
            } = seen;
            let what = if !loss.is_finite() {
                Some(format!("the loss is {loss}"))
            } else if !gradient_norm.is_finite() {
                Some(format!("the gradient has norm {gradient_norm}"))
            } else if loss > LOSS_BOUND * first.max(1.0) {
                Some(format!("the loss grew from {first:.3e} to {loss:.3e}"))
            } else {
                None
            };
            self.refuse(what, state.stage, seen.step, seen.when)?;
            self.refuse(seen.set, state.stage, seen.step, When::Moved)?;
            let log = self.is_logged(seen.step, steps);
            observer.stepped(&Progress {
                stage: state.stage + 1,
                objective: self.recipe.objective[state.stage].kind(),
                step: seen.step,
                steps,
                done: before.saturating_add(seen.step),
                total: self.total_steps(),
                loss,
                learning_rate: seen.learning_rate,
                gradient_norm,
                // A logged step is looked at before the next one is taken.
                alignment: match log && seen.step == state.step {
                    true => self.alignment(&state.set)?,
                    false => None,
                },
                log,
            })?;
        }
        Ok(())
    }

    /// Shows a state that was looked at. A set that is finite, but not in single precision, is
    /// judged at the next checkpoint as it is then, as in a run without previews.
    fn preview(&self, state: &State<B>, observer: &mut dyn Observer<B>) -> Result<()> {
        match divergence::of_set(&state.set)? {
            None => observer.preview(self.steps_done(state), state),
            Some(_) => Ok(()),
        }
    }

    /// How well the points lie in the principal subspace, where the task knows it.
    fn alignment(&self, set: &SyntheticSet<B>) -> Result<Option<PointAlignment>> {
        let basis = self.task.task.subspace.as_ref();
        let aligned = |basis: &Array2<f32>| {
            let points = matrix(&set.inputs())?;
            Ok(PointAlignment::of(&points, &basis.mapv(f64::from)))
        };
        basis.map(aligned).transpose()
    }

    /// Whether a step belongs into the metrics.
    fn is_logged(&self, step: usize, steps: usize) -> bool {
        step.is_multiple_of(self.recipe.distill.log_every) || step == steps
    }

    fn advance(&self, state: &mut State<B>, gradients: Parts<B>, rate: f64, norm: &Tensor<B, 1>) {
        let distill = &self.recipe.distill;
        let optimiser = Optimiser::new(distill.optimiser, distill.momentum);
        let excess = clip::excess(distill, &mut state.norm_mean, norm);
        let factor = distill.step_size_factor(state.stage);
        for (part, gradient) in gradients {
            let Some(tensor) = state.set.parts().get(&part).cloned() else {
                continue;
            };
            let gradient = match &excess {
                Some(excess) => gradient / excess.clone().reshape([1, 1]),
                None => gradient,
            };
            let moments = state.moments.remove(&part);
            let rate = match part {
                Part::StepSizes => factor * rate,
                _ => rate,
            };
            let (tensor, moments) = optimiser.step(rate, tensor, gradient, moments);
            state.moments.insert(part, moments);
            state.set = state.set.clone().with(part, tensor);
        }
    }

    /// Whether all that a checkpoint stores is finite: a run can only be continued from that.
    fn check_kept(&self, state: &State<B>) -> Result<()> {
        let what = divergence::of_set(&state.set)?;
        self.refuse(what, state.stage, state.step, When::Moved)?;
        let what = divergence::of_moments(&state.moments)?;
        self.refuse(what, state.stage, state.step, When::Moved)?;
        let what = divergence::of_objective(&state.objective)?;
        self.refuse(what, state.stage, state.step, When::Kept)
    }

    /// Ends the run where something was seen in that step of that stage, counted from 0.
    fn refuse(&self, what: Option<String>, stage: usize, step: usize, when: When) -> Result<()> {
        match what {
            None => Ok(()),
            Some(what) => Err(Error::Diverged {
                remedy: divergence::remedy(&self.recipe, stage, when),
                stage: stage + 1,
                step,
                what,
            }),
        }
    }
}
