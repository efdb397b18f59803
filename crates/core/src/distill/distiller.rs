//! The loop itself.

use std::collections::BTreeMap;

use burn::tensor::backend::Backend;

use super::divergence::{self, Moment};
use super::{Observer, Progress, Recipe, State};
use crate::error::{Error, Result};
use crate::host::{numbers, scalar};
use crate::inner::Loss;
use crate::inner::optimiser::Optimiser;
use crate::network::AnyNetwork;
use crate::objective::{Memory, Scene};
use crate::seed::Seed;
use crate::synthetic::{Parts, initial};
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
    recipe: Recipe,
    seed: Seed,
}

impl<'a, B: Backend> Distiller<'a, B> {
    /// A distillation of that task through that network. [`crate::settings::Settings`] are a recipe;
    /// the task and the network they name are not looked at.
    pub fn new(
        recipe: impl Into<Recipe>,
        task: &'a Resident<'a, B>,
        network: &'a dyn AnyNetwork<B>,
        seed: &Seed,
    ) -> Self {
        Self {
            task,
            network,
            recipe: recipe.into(),
            seed: seed.child("distill"),
        }
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
        self.recipe.check::<B>()?;
        let seed = self.seed.child("initial");
        let set = initial(
            &self.recipe.synthetic,
            self.task.task,
            &seed,
            self.network.device(),
        )?;
        let mut stages = self.recipe.objective.iter().enumerate();
        let several = self.recipe.objective.len() > 1;
        let set = stages.try_fold(set, |set, (place, stage)| {
            let objective = stage.objective::<B>();
            let ready = objective
                .fits(self.network)
                .and_then(|()| objective.prepare(set));
            ready.map_err(|error| {
                if several {
                    error.of_stage(place)
                } else {
                    error
                }
            })
        })?;
        if let Some(what) = divergence::of_set(&set)? {
            return Err(Error::Mismatch(format!(
                "the set cannot start from there: {what}; look at synthetic.spread, \
                 objective.step_size and the size of the task's numbers"
            )));
        }
        Ok(State {
            stage: 0,
            step: 0,
            set,
            moments: BTreeMap::new(),
            memory: Memory::default(),
            first_loss: None,
        })
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
        while state.stage < self.recipe.objective.len() {
            let steps = self.recipe.steps(state.stage);
            if state.step < steps {
                let progress = self.step(&mut state)?;
                observer.stepped(&progress)?;
            }
            let every = self.recipe.distill.checkpoint_every;
            let ended = state.step >= steps;
            if ended || (every > 0 && state.step.is_multiple_of(every)) {
                self.check_remembered(&state)?;
                if ended {
                    state = State {
                        stage: state.stage + 1,
                        step: 0,
                        moments: BTreeMap::new(),
                        memory: Memory::default(),
                        first_loss: None,
                        set: state.set,
                    };
                }
                observer.checkpoint(&state)?;
            }
        }
        Ok(state)
    }

    /// One outer step: the objective's signal, and one move along it.
    fn step(&self, state: &mut State<B>) -> Result<Progress> {
        let Recipe { distill, .. } = &self.recipe;
        let stage = &self.recipe.objective[state.stage];
        let steps = self.recipe.steps(state.stage);
        let scene = Scene {
            task: self.task,
            network: self.network,
            loss: Loss::of(&self.task.task.target),
            batch: distill.batch.stage(state.stage).unwrap_or(0),
        };
        let seed = self
            .seed
            .indexed("stage", state.stage as u64)
            .indexed("step", state.step as u64);
        let objective = stage.objective::<B>();
        let memory = std::mem::take(&mut state.memory);
        let moment = match (state.step, &memory.aged) {
            (0, _) => Moment::First,
            (_, None) => Moment::Moved,
            (_, Some(_)) => Moment::Aged,
        };
        let step = state.step + 1;
        let signal = objective
            .signal(&scene, &state.set, memory, &seed)
            .map_err(|problem| Error::Step {
                stage: state.stage + 1,
                step,
                problem: Box::new(problem),
            })?;

        let loss = scalar(&signal.loss)?;
        let gradient_norm = norm(&signal.gradients)?;
        let first = *state.first_loss.get_or_insert(loss);
        let what = if !loss.is_finite() {
            Some(format!("the loss is {loss}"))
        } else if !gradient_norm.is_finite() {
            Some(format!("the gradient has norm {gradient_norm}"))
        } else if loss > LOSS_BOUND * first.max(1.0) {
            Some(format!("the loss grew from {first:.3e} to {loss:.3e}"))
        } else {
            None
        };
        self.refuse(what, state.stage, step, moment)?;

        let rate = distill.learning_rate.stage(state.stage).unwrap_or(0.0);
        let rate = rate * distill.schedule.factor(state.step, steps);
        self.advance(state, signal.gradients, rate, gradient_norm);
        let what = divergence::of_set(&state.set)?;
        self.refuse(what, state.stage, step, Moment::Moved)?;
        state.memory = objective.remember(&scene, &state.set, signal.memory, &seed);
        state.step = step;
        let done = self.steps_done(state);
        Ok(Progress {
            stage: state.stage + 1,
            objective: stage.kind(),
            step,
            steps,
            done,
            total: self.total_steps(),
            loss,
            learning_rate: rate,
            gradient_norm,
            log: step.is_multiple_of(distill.log_every) || step == steps,
        })
    }

    fn advance(&self, state: &mut State<B>, gradients: Parts<B>, rate: f64, norm: f64) {
        let distill = &self.recipe.distill;
        let optimiser = Optimiser::new(distill.optimiser, distill.momentum);
        let clip = distill.clip;
        let shrink = if clip > 0.0 && norm > clip {
            clip / norm
        } else {
            1.0
        };
        for (part, gradient) in gradients {
            let Some(tensor) = state.set.parts().get(&part).cloned() else {
                continue;
            };
            let gradient = if shrink < 1.0 {
                gradient.mul_scalar(shrink)
            } else {
                gradient
            };
            let moments = state.moments.remove(&part);
            let (tensor, moments) = optimiser.step(rate, tensor, gradient, moments);
            state.moments.insert(part, moments);
            state.set = state.set.clone().with(part, tensor);
        }
    }

    /// Whether what a checkpoint stores besides the set is finite: a run can only be continued from
    /// that. The set was looked at when it moved.
    fn check_remembered(&self, state: &State<B>) -> Result<()> {
        let what = divergence::of_moments(&state.moments)?;
        self.refuse(what, state.stage, state.step, Moment::Moved)?;
        let what = divergence::of_memory(&state.memory)?;
        self.refuse(what, state.stage, state.step, Moment::Aged)
    }

    /// Ends the run where something was seen in that step of that stage, counted from 0.
    fn refuse(
        &self,
        what: Option<String>,
        stage: usize,
        step: usize,
        moment: Moment,
    ) -> Result<()> {
        match what {
            None => Ok(()),
            Some(what) => Err(Error::Diverged {
                remedy: divergence::remedy(&self.recipe, stage, moment),
                stage: stage + 1,
                step,
                what,
            }),
        }
    }
}

/// Norm of all gradients taken together, in double precision: squares of large single-precision
/// numbers are still finite there.
fn norm<B: Backend>(gradients: &Parts<B>) -> Result<f64> {
    let mut total = 0.0;
    for gradient in gradients.values() {
        total += numbers(gradient)?.iter().map(|g| g * g).sum::<f64>();
    }
    Ok(total.sqrt())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use crate::synthetic::Part;
    use burn::tensor::{Tensor, TensorData};
    use burn_flex::Flex;

    #[test]
    fn large_gradients_have_a_norm() {
        let gradient = |values: [f32; 2]| {
            let data = TensorData::new(values.to_vec(), [1, 2]);
            Tensor::<Flex, 2>::from_data(data, &Default::default())
        };
        let parts = Parts::from([
            (Part::Inputs, gradient([3e30, 0.0])),
            (Part::Targets, gradient([0.0, 4e30])),
        ]);
        let found = norm(&parts).unwrap();
        assert!((found / 5e30 - 1.0).abs() < 1e-6, "{found}");
    }
}
