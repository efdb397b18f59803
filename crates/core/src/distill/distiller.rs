//! The outer loop.

use std::collections::BTreeMap;

use burn::tensor::{Tensor, backend::Backend};
use ndarray::Array2;

use super::divergence::{self, When};
use super::reading::{self, Pending, StepNumbers, StepTensors};
use super::view::{View, projected};
use super::{Observer, Progress, Recipe, State, clip, gradients, nested};
use crate::error::{Error, Result};
use crate::experts::Trajectories;
use crate::inner::Loss;
use crate::inner::optimiser::Optimiser;
use crate::network::AnyNetwork;
use crate::numeric::host::matrix;
use crate::objective::{Context, Objective, RowNoise};
use crate::seed::Seed;
use crate::synthetic::{Part, Parts, PointAlignment, SyntheticSet};
use crate::task::Resident;

/// A loss above this multiple of the stage's first loss, or of 1 if that is larger, is divergence.
const LOSS_BOUND: f64 = 1e6;

/// Runs the stages of a distillation.
///
/// A run may be interrupted: k steps, storing and loading the [`State`], and N − k more steps give the
/// same bits as N steps at once, on backends whose operations are deterministic (those of the CPU are).
#[derive(Debug)]
pub struct Distiller<'a, B: Backend> {
    pub(super) task: &'a Resident<'a, B>,
    pub(super) network: &'a dyn AnyNetwork<B>,
    pub(super) recipe: Recipe<B>,
    pub(super) seed: Seed,
    view: View<'a, B>,
    noise: Option<RowNoise<B>>,
    /// The experts of each stage that follows experts, by stage.
    experts: BTreeMap<usize, &'a dyn Trajectories<B>>,
}

impl<'a, B: Backend> Distiller<'a, B> {
    /// A distillation of `task` with `network`. The recipe is checked by [`Self::start`].
    pub fn new(
        recipe: Recipe<B>,
        task: &'a Resident<'a, B>,
        network: &'a dyn AnyNetwork<B>,
        seed: &Seed,
    ) -> Self {
        let training = task.task.training();
        let settings = &recipe.distill;
        let device = network.device();
        let noise = settings.row_noise;
        Self {
            view: View::new(
                training,
                settings.straight_through,
                settings.point_noise,
                device,
            ),
            noise: (noise > 0.0).then(|| RowNoise::new(noise, training, device)),
            task,
            network,
            recipe,
            seed: seed.child("distill"),
            experts: BTreeMap::new(),
        }
    }

    /// Sets the experts that a stage, counted from 0, follows.
    pub fn with_experts(mut self, stage: usize, experts: &'a dyn Trajectories<B>) -> Self {
        self.experts.insert(stage, experts);
        self
    }

    /// Number of outer steps of all stages.
    pub fn total_steps(&self) -> usize {
        self.recipe.steps_before(self.recipe.objective.len())
    }

    /// Number of outer steps done at this state, over all stages.
    pub fn steps_done(&self, state: &State<B>) -> usize {
        let before = self.recipe.steps_before(state.stage);
        before.saturating_add(state.step)
    }

    pub(super) fn objective(&self, stage: usize) -> &dyn Objective<B> {
        &*self.recipe.objective[stage]
    }

    /// Runs from a state to the end of the last stage and returns the final state.
    ///
    /// # Errors
    /// [`Error::Diverged`] if the loss, the gradient or the set is no longer finite, or the loss exceeds
    /// its bound; [`Error::Step`] if the objective fails; [`Error::Stopped`] if the observer wishes it; any error of
    /// the observer.
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
                        // A divergence in an earlier step may be the cause, and is the better message.
                        self.report(&mut pending, &mut state, observer)?;
                        self.refuse_singular(&problem, &state)?;
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
            let stopped = !ended && observer.stops();
            let kept = ended || stopped || (every > 0 && state.step.is_multiple_of(every));
            let shown = previews.remove(&self.steps_done(&state));
            if kept || shown || self.is_logged(state.step, steps) || pending.is_late() {
                self.report(&mut pending, &mut state, observer)?;
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
            if stopped {
                return Err(Error::Stopped {
                    done: self.steps_done(&state),
                    total: self.total_steps(),
                });
            }
        }
        if let Some(table) = &self.task.task.columns {
            state.set = projected(state.set, table)?;
        }
        Ok(state)
    }

    /// Takes one outer step: computes the objective's gradient and moves the set along it. Only the
    /// objective may read from the device here.
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
            balanced: distill.balanced,
            noise: self.noise.as_ref(),
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
        let size = nested::size(&state.set, state.step);
        let seen = self.view.seen(nested::seen(&state.set, size), &seed)?;
        let found = objective.outer_gradient(&context, &seen, kept, &seed)?;
        gradients::check(objective.learns(), &found.gradients, &seen)?;
        let none = || Tensor::zeros([1], self.network.device());
        let norm = reading::norm(&found.gradients).unwrap_or_else(none);
        let rate = distill.learning_rate.stage(state.stage).unwrap_or(0.0);
        let learning_rate = rate * distill.schedule.factor(state.step, steps);
        let mut gradients = nested::of_whole(&state.set, size, found.gradients);
        gradients.retain(|part, _| !found.solved.contains_key(part));
        self.advance(state, gradients, learning_rate, &norm);
        state.set = self.view.bounded(state.set.clone());
        for (part, tensor) in nested::solved(&state.set, size, found.solved) {
            state.set = state.set.clone().with(part, tensor);
        }
        let seen = nested::seen(&state.set, size);
        state.objective = objective.after_step(&context, &seen, found.state, &seed)?;
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

    /// Reads the pending steps in order and reports each to the observer. Returns an error at the first
    /// that diverged.
    fn report(
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
            self.refuse(seen.set_problem, state.stage, seen.step, When::Moved)?;
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
                // A logged step is reported before the next step is taken, so the set is that of its end.
                alignment: match log && seen.step == state.step {
                    true => self.alignment(&state.set)?,
                    false => None,
                },
                log,
            })?;
        }
        Ok(())
    }

    /// Shows a state to the observer, unless its set is not finite in single precision. Such a set is
    /// refused at the next checkpoint if it is still so then, as in a run without previews.
    fn preview(&self, state: &State<B>, observer: &mut dyn Observer<B>) -> Result<()> {
        match divergence::of_set(&state.set)? {
            None => observer.preview(self.steps_done(state), state),
            Some(_) => Ok(()),
        }
    }

    /// Alignment of the points with the principal subspace. Returns `None` if the task does not know it.
    fn alignment(&self, set: &SyntheticSet<B>) -> Result<Option<PointAlignment>> {
        let basis = self.task.task.subspace.as_ref();
        let aligned = |basis: &Array2<f32>| {
            let points = matrix(&set.inputs())?;
            Ok(PointAlignment::of(&points, &basis.mapv(f64::from)))
        };
        basis.map(aligned).transpose()
    }

    /// Whether a step is logged in the metrics.
    fn is_logged(&self, step: usize, steps: usize) -> bool {
        step.is_multiple_of(self.recipe.distill.log_every) || step == steps
    }

    /// Moves each part along its clipped gradient. `rate` is the learning rate of the step.
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

    /// Refuses a state with numbers that are not finite: a run could not continue from it.
    fn check_kept(&self, state: &State<B>) -> Result<()> {
        let what = divergence::of_set(&state.set)?;
        self.refuse(what, state.stage, state.step, When::Moved)?;
        let what = divergence::of_moments(&state.moments)?;
        self.refuse(what, state.stage, state.step, When::Moved)?;
        let what = divergence::of_objective(&state.objective)?;
        self.refuse(what, state.stage, state.step, When::Kept)
    }

    /// Refuses a linear system whose numbers are not finite: its own remedies do not help.
    fn refuse_singular(&self, problem: &Error, state: &State<B>) -> Result<()> {
        let Error::Singular { penalty, .. } = problem else {
            return Ok(());
        };
        let what = format!("the penalty of a linear system is {penalty}");
        let what = (!penalty.is_finite()).then_some(what);
        let when = match state.step {
            0 => When::First,
            _ => When::Moved,
        };
        self.refuse(what, state.stage, state.step + 1, when)
    }

    /// Returns [`Error::Diverged`] if there is a problem (`what`). `stage` counts from 0, `step` from 1.
    fn refuse(&self, what: Option<String>, stage: usize, step: usize, when: When) -> Result<()> {
        match what {
            None => Ok(()),
            Some(what) => Err(Error::Diverged {
                remedy: divergence::remedy(&self.recipe, &self.task.task.train, stage, when),
                stage: stage + 1,
                step,
                what,
            }),
        }
    }
}
