//! Performance matching: train a fresh network on the points for some steps, look at its loss on
//! real data, and move the points down the gradient of that loss through all the steps.
//!
//! min over X, η of E_{θ₀} loss(θ_T(X, η), real) — Wang, Zhu, Torralba and Efros, "Dataset
//! Distillation", 2018, eq. 3 to 5. Targets may be learned too, as real-valued label vectors
//! (Sucholutsky and Schonlau, "Soft-Label Dataset Distillation", 2021).

use std::collections::BTreeSet;

use burn::tensor::{Tensor, TensorData, backend::Backend};
use serde::{Deserialize, Serialize};

use super::{Memory, Objective, Scene, Signal, check_learn};
use crate::error::{Error, Result};
use crate::inner::gradient::{all_slots, plain};
use crate::inner::unroll::{self, Lesson, RECORDED, hypergradient};
use crate::network::AnyNetwork;
use crate::seed::Seed;
use crate::settings::{Check, range};
use crate::synthetic::{Part, Parts, SyntheticSet};

/// How many step sizes the set stores.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepSizes {
    /// One for all steps.
    One,
    /// One for each step.
    PerStep,
}

/// Most steps of an inner training.
const MOST_STEPS: usize = 1_000_000;
/// Most numbers in the weights that are kept of them: 8 GiB.
const MOST_KEPT: usize = 1 << 31;

/// Settings of performance matching.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PerformanceMatching {
    /// The parts of the set that are moved: `inputs`, `targets` and `step-sizes`, in any choice.
    pub learn: BTreeSet<Part>,
    /// Inner training steps T, at most a million.
    pub unroll: usize,
    /// Inner step size at the beginning, 1e-12 to 1e6.
    pub step_size: f64,
    /// How many step sizes the set stores.
    pub step_sizes: StepSizes,
    /// Momentum of the inner training, in [0, 1).
    pub inner_momentum: f64,
}

impl Default for PerformanceMatching {
    fn default() -> Self {
        Self {
            learn: BTreeSet::from([Part::Inputs, Part::StepSizes]),
            unroll: 10,
            step_size: 0.1,
            step_sizes: StepSizes::One,
            inner_momentum: 0.0,
        }
    }
}

impl Check for PerformanceMatching {
    fn check(&self) -> Result<()> {
        check_learn(&self.learn, &[Part::Inputs, Part::Targets, Part::StepSizes])?;
        range::count("objective.unroll", self.unroll, 1..=MOST_STEPS)?;
        let size = self.step_size;
        range::within("objective.step_size", size, range::STEP_SIZES)?;
        range::momentum("objective.inner_momentum", self.inner_momentum)
    }
}

impl PerformanceMatching {
    /// What the network is taught by a set.
    fn lesson<B: Backend>(
        &self,
        set: &SyntheticSet<B>,
        scene: &Scene<'_, B>,
        seed: &Seed,
    ) -> Lesson<B> {
        let step_sizes = set.step_sizes().unwrap_or_else(|| self.initial(set).exp());
        Lesson {
            inputs: set.inputs(),
            targets: set.targets(),
            step_sizes,
            momentum: self.inner_momentum,
            steps: self.unroll,
            loss: scene.loss,
            augmentation: scene.augmentation.clone(),
            seed: seed.clone(),
            recorded: RECORDED,
        }
    }

    /// Logarithms of the first step sizes.
    fn initial<B: Backend>(&self, set: &SyntheticSet<B>) -> Tensor<B, 2> {
        let count = match self.step_sizes {
            StepSizes::One => 1,
            StepSizes::PerStep => self.unroll,
        };
        let logarithms = vec![self.step_size.ln(); count];
        Tensor::from_data(
            TensorData::new(logarithms, [count, 1]),
            &set.inputs().device(),
        )
    }
}

impl<B: Backend> Objective<B> for PerformanceMatching {
    fn learns(&self) -> BTreeSet<Part> {
        self.learn.clone()
    }

    fn fits(&self, network: &dyn AnyNetwork<B>) -> Result<()> {
        let weights = network.layout().floats();
        let steps = unroll::kept(self.unroll);
        // Where there is momentum, each with its velocity.
        let kept = if self.inner_momentum > 0.0 {
            2 * steps
        } else {
            steps
        };
        if kept.saturating_mul(weights) <= MOST_KEPT {
            return Ok(());
        }
        let accepted = format!(
            "keeps {kept} copies of the network's {weights} weights, and at most {MOST_KEPT} \
             numbers are accepted: unroll less, or take a smaller network"
        );
        Err(Error::setting("objective.unroll", self.unroll, accepted))
    }

    fn prepare(&self, set: SyntheticSet<B>) -> Result<SyntheticSet<B>> {
        let initial = self.initial(&set);
        let Some(present) = set.step_sizes() else {
            return Ok(set.with(Part::StepSizes, initial));
        };
        let ([present, _], [wanted, _]) = (present.dims(), initial.dims());
        if present == wanted {
            return Ok(set);
        }
        let accepted = format!(
            "this makes {wanted} step sizes, but an earlier stage made {present}; \
             give both stages the same objective.step_sizes and objective.unroll"
        );
        Err(Error::setting("objective.unroll", self.unroll, accepted))
    }

    fn signal(
        &self,
        scene: &Scene<'_, B>,
        set: &SyntheticSet<B>,
        _memory: Memory<B>,
        seed: &Seed,
    ) -> Result<Signal<B>> {
        let lesson = self.lesson(set, scene, seed);
        let start = scene.network.fresh(&seed.child("network"));
        let real = scene
            .task
            .batch(scene.batch, &mut seed.child("batch").stream());
        let seen = scene
            .augmentation
            .plain(real.len(), &seed.child("real"))
            .apply(real.inputs);
        let (loss, back) = hypergradient(scene.network, start, &lesson, |weights| {
            let slots = all_slots(weights);
            plain(
                scene.network,
                weights,
                seen,
                real.targets,
                scene.loss,
                &slots,
            )
        });
        // The set stores log η: dL/d log η = η dL/dη.
        let slope = back.step_sizes * lesson.step_sizes;
        let gradients: Parts<B> = [
            (Part::Inputs, back.inputs),
            (Part::Targets, back.targets),
            (Part::StepSizes, slope),
        ]
        .into_iter()
        .filter(|(part, _)| self.learn.contains(part))
        .collect();
        Ok(Signal {
            loss,
            gradients,
            memory: Memory::default(),
        })
    }
}
