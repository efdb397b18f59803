//! Performance matching: train a fresh network on the points for some steps, look at its loss on
//! real data, and move the points down the gradient of that loss through all the steps.
//!
//! min over X, η of E_{θ₀} loss(θ_T(X, η), real) — Wang, Zhu, Torralba and Efros, "Dataset
//! Distillation", 2018, eq. 3 to 5. Targets may be learned too, as real-valued label vectors
//! (Sucholutsky and Schonlau, "Soft-Label Dataset Distillation", 2021).
//!
//! With a window of W steps the gradient goes through W steps only, after K that are taken without:
//! K is drawn anew at every outer step, evenly from 0 to T − W (RaT-BPTT: Feng, Vedantam and Kempe,
//! "Embarrassingly Simple Dataset Distillation", ICLR 2024), or is always T − W (truncated BPTT).

use std::collections::BTreeSet;

use burn::tensor::backend::Backend;
use serde::{Deserialize, Serialize};

use super::inner_training::{self, InnerTraining, StepSizes};
use super::{Memory, Objective, Scene, Signal, check_learn};
use crate::error::{Error, Result};
use crate::inner::OptimiserKind;
use crate::inner::descent::Descent;
use crate::inner::gradient::{all_slots, plain};
use crate::inner::unroll::hypergradient;
use crate::network::AnyNetwork;
use crate::seed::Seed;
use crate::settings::Check;
use crate::synthetic::{Part, Parts, SyntheticSet};

/// Where a window of steps lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WindowPlace {
    /// Anywhere; the training ends with it.
    Random,
    /// At the end of all steps.
    End,
}

/// Settings of performance matching.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PerformanceMatching {
    /// The parts of the set that are moved: `inputs`, `targets` and `step-sizes`, in any choice.
    pub learn: BTreeSet<Part>,
    /// Inner training steps T, at most a million.
    pub unroll: usize,
    /// Of which so many are walked back; 0 for all.
    pub window: usize,
    /// Where they lie.
    pub window_place: WindowPlace,
    /// Inner step size at the beginning, 1e-12 to 1e6.
    pub step_size: f64,
    /// How many step sizes the set stores.
    pub step_sizes: StepSizes,
    /// What moves the weights in the inner training.
    pub inner_optimiser: OptimiserKind,
    /// Its momentum, or first-moment coefficient, in [0, 1).
    pub inner_momentum: f64,
    /// Parts that the points are taken in, one each inner step, in turns; must divide their number.
    pub parts: usize,
}

impl Default for PerformanceMatching {
    fn default() -> Self {
        Self {
            learn: BTreeSet::from([Part::Inputs, Part::StepSizes]),
            unroll: 10,
            window: 0,
            window_place: WindowPlace::Random,
            step_size: 0.1,
            step_sizes: StepSizes::One,
            inner_optimiser: OptimiserKind::Sgd,
            inner_momentum: 0.0,
            parts: 1,
        }
    }
}

impl Check for PerformanceMatching {
    fn check(&self) -> Result<()> {
        check_learn(&self.learn, &[Part::Inputs, Part::Targets, Part::StepSizes])?;
        self.inner().check()?;
        if self.window <= self.unroll {
            return Ok(());
        }
        let accepted = format!(
            "must be at most objective.unroll (now {}), or 0 for all steps",
            self.unroll
        );
        Err(Error::setting("objective.window", self.window, accepted))
    }
}

impl PerformanceMatching {
    fn inner(&self) -> InnerTraining {
        InnerTraining {
            unroll: self.unroll,
            window: self.window,
            step_size: self.step_size,
            step_sizes: self.step_sizes,
            descent: Descent {
                optimiser: self.inner_optimiser,
                momentum: self.inner_momentum,
            },
            parts: self.parts,
        }
    }

    /// Steps of this outer step's training.
    fn steps(&self, seed: &Seed) -> usize {
        match (self.window, self.window_place) {
            (0, _) | (_, WindowPlace::End) => self.unroll,
            (window, WindowPlace::Random) => {
                let mut stream = seed.child("window").stream();
                window + stream.below(self.unroll - window + 1)
            }
        }
    }
}

impl<B: Backend> Objective<B> for PerformanceMatching {
    fn learns(&self) -> BTreeSet<Part> {
        self.learn.clone()
    }

    fn fits(&self, network: &dyn AnyNetwork<B>) -> Result<()> {
        self.inner().fits(network)
    }

    fn prepare(&self, set: SyntheticSet<B>) -> Result<SyntheticSet<B>> {
        self.inner().prepare(set)
    }

    fn signal(
        &self,
        scene: &Scene<'_, B>,
        set: &SyntheticSet<B>,
        _memory: Memory<B>,
        seed: &Seed,
    ) -> Result<Signal<B>> {
        let lesson = self.inner().lesson(self.steps(seed), set, scene, seed);
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
        Ok(Signal {
            loss,
            gradients: inner_training::gradients(&lesson, back, &self.learn),
            solved: Parts::new(),
            memory: Memory::default(),
        })
    }
}
