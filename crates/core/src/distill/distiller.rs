//! The loop itself.

use std::collections::BTreeMap;

use burn::tensor::{Tensor, backend::Backend};

use super::{DistillSettings, Observer, Progress, State};
use crate::error::{Error, Result};
use crate::host::scalar;
use crate::inner::Loss;
use crate::inner::optimiser::Optimiser;
use crate::network::AnyNetwork;
use crate::objective::{Memory, ObjectiveSettings, Scene};
use crate::seed::Seed;
use crate::settings::Settings;
use crate::synthetic::{Parts, SyntheticSettings, initial};
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
    synthetic: SyntheticSettings,
    settings: DistillSettings,
    stages: Vec<ObjectiveSettings>,
    seed: Seed,
}

impl<'a, B: Backend> Distiller<'a, B> {
    /// A distillation of that task through that network.
    pub fn new(
        settings: &Settings,
        task: &'a Resident<'a, B>,
        network: &'a dyn AnyNetwork<B>,
        seed: &Seed,
    ) -> Self {
        Self {
            task,
            network,
            synthetic: settings.synthetic.clone(),
            settings: settings.distill.clone(),
            stages: settings.objective.clone(),
            seed: seed.child("distill"),
        }
    }

    /// Outer steps of all stages.
    pub fn total_steps(&self) -> usize {
        (0..self.stages.len()).map(|stage| self.steps(stage)).sum()
    }

    /// Outer steps done when a run stands there.
    pub fn steps_done(&self, state: &State<B>) -> usize {
        (0..state.stage)
            .map(|stage| self.steps(stage))
            .sum::<usize>()
            + state.step
    }

    /// The state that a run starts from.
    ///
    /// # Errors
    /// A set that the task cannot have, or an objective that lacks something.
    pub fn start(&self) -> Result<State<B>> {
        let seed = self.seed.child("initial");
        let set = initial(
            &self.synthetic,
            self.task.task,
            &seed,
            self.network.device(),
        )?;
        let set = self.stages.iter().try_fold(set, |set, stage| {
            let objective = stage.objective::<B>();
            objective.fits(self.network)?;
            objective.prepare(set)
        })?;
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
    /// bounds; errors of the objective and of the observer.
    pub fn run(&self, state: State<B>, observer: &mut dyn Observer<B>) -> Result<State<B>> {
        let mut state = state;
        while state.stage < self.stages.len() {
            if state.step < self.steps(state.stage) {
                let progress = self.step(&mut state)?;
                observer.stepped(&progress)?;
            }
            let every = self.settings.checkpoint_every;
            let ended = state.step >= self.steps(state.stage);
            if ended || (every > 0 && state.step.is_multiple_of(every)) {
                self.check_finite(&state)?;
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

    fn steps(&self, stage: usize) -> usize {
        self.settings.steps.stage(stage).unwrap_or(0)
    }

    /// One outer step: the objective's signal, and one move along it.
    fn step(&self, state: &mut State<B>) -> Result<Progress> {
        let stage = &self.stages[state.stage];
        let steps = self.steps(state.stage);
        let scene = Scene {
            task: self.task,
            network: self.network,
            loss: Loss::of(&self.task.task.target),
            batch: self.settings.batch.stage(state.stage).unwrap_or(0),
        };
        let seed = self
            .seed
            .indexed("stage", state.stage as u64)
            .indexed("step", state.step as u64);
        let objective = stage.objective::<B>();
        let memory = std::mem::take(&mut state.memory);
        let signal = objective.signal(&scene, &state.set, memory, &seed)?;

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
        if let Some(what) = what {
            return Err(self.diverged(state, what));
        }

        let rate = self
            .settings
            .learning_rate
            .stage(state.stage)
            .unwrap_or(0.0);
        let rate = rate * self.settings.schedule.factor(state.step, steps);
        self.advance(state, signal.gradients, rate, gradient_norm);
        state.memory = objective.remember(&scene, &state.set, signal.memory, &seed);
        state.step += 1;
        let done = self.steps_done(state);
        Ok(Progress {
            stage: state.stage + 1,
            objective: stage.kind(),
            step: state.step,
            steps,
            done,
            total: self.total_steps(),
            loss,
            learning_rate: rate,
            gradient_norm,
            log: state.step.is_multiple_of(self.settings.log_every) || state.step == steps,
        })
    }

    fn advance(&self, state: &mut State<B>, gradients: Parts<B>, rate: f64, norm: f64) {
        let optimiser = Optimiser::new(self.settings.optimiser, self.settings.momentum);
        let clip = self.settings.clip;
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

    /// Whether everything a checkpoint stores is finite: a run can only be continued from that.
    fn check_finite(&self, state: &State<B>) -> Result<()> {
        for (part, tensor) in state.set.parts() {
            if !is_finite(tensor)? {
                return Err(self.diverged(state, format!("{} are no longer finite", part.name())));
            }
        }
        for (part, moments) in &state.moments {
            for tensor in &moments.tensors {
                if !is_finite(tensor)? {
                    let what = format!(
                        "the optimiser's moments of {} are no longer finite",
                        part.name()
                    );
                    return Err(self.diverged(state, what));
                }
            }
        }
        for tensor in state
            .memory
            .aged
            .iter()
            .flat_map(|aged| aged.weights.tensors())
        {
            if !is_finite(tensor)? {
                let what = "the weights of the network that ages on the set are no longer finite";
                return Err(self.diverged(state, what.to_owned()));
            }
        }
        Ok(())
    }

    fn diverged(&self, state: &State<B>, what: String) -> Error {
        Error::Diverged {
            stage: state.stage + 1,
            step: state.step + 1,
            what,
        }
    }
}

/// Norm of all gradients taken together.
fn norm<B: Backend>(gradients: &Parts<B>) -> Result<f64> {
    let squares = gradients
        .values()
        .map(|gradient| gradient.clone().square().sum());
    let total = squares.reduce(|total: Tensor<B, 1>, square| total + square);
    total.map_or(Ok(0.0), |total| Ok(scalar(&total)?.sqrt()))
}

fn is_finite<B: Backend, const D: usize>(tensor: &Tensor<B, D>) -> Result<bool> {
    Ok(scalar(&tensor.clone().abs().sum())?.is_finite())
}
