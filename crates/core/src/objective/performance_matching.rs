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

use super::inner_training::{InnerTraining, StepSizes};
use super::{
    Context, Method, Objective, ObjectiveState, OuterGradient, Trouble, check_learn, table,
};
use crate::error::{Error, Result};
use crate::inner::OptimiserKind;
use crate::inner::descent::Descent;
use crate::inner::gradient::{all_slots, plain};
use crate::network::{AnyNetwork, Weights};
use crate::paper::Paper;
use crate::seed::Seed;
use crate::settings::Check;
use crate::synthetic::{Part, SyntheticSet};

const DD: Paper = Paper {
    used: "performance matching through an unrolled training",
    citation: "Wang, Zhu, Torralba and Efros. Dataset Distillation. 2018",
    link: "https://arxiv.org/abs/1811.10959",
};

const BPTT: Paper = Paper {
    used: "momentum in the unrolled training",
    citation: "Deng and Russakovsky. Remember the Past: Distilling Datasets into Addressable Memories for Neural Networks. NeurIPS 2022",
    link: "https://arxiv.org/abs/2206.02916",
};

const RAT_BPTT: Paper = Paper {
    used: "a window of the unrolled training (RaT-BPTT)",
    citation: "Feng, Vedantam and Kempe. Embarrassingly Simple Dataset Distillation. ICLR 2024",
    link: "https://arxiv.org/abs/2311.07025",
};

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

impl Method for PerformanceMatching {
    fn kind(&self) -> &'static str {
        "performance-matching"
    }

    fn settings(&self) -> Result<toml::Table> {
        table(self)
    }

    fn learns(&self) -> BTreeSet<Part> {
        self.learn.clone()
    }

    fn papers(&self) -> Vec<Paper> {
        let momentum = (self.inner_momentum > 0.0).then_some(BPTT);
        let window = (self.window > 0).then_some(RAT_BPTT);
        [Some(DD), momentum, window].into_iter().flatten().collect()
    }

    fn stores_step_sizes(&self) -> bool {
        true
    }

    fn memory_settings(&self) -> &'static [&'static str] {
        &["unroll"]
    }

    fn remedy(&self, path: &str, trouble: Trouble) -> Option<String> {
        InnerTraining::remedy(path, trouble)
    }
}

impl<B: Backend> Objective<B> for PerformanceMatching {
    fn fits(&self, network: &dyn AnyNetwork<B>) -> Result<()> {
        self.inner().fits(network)
    }

    fn prepare(&self, set: SyntheticSet<B>) -> Result<SyntheticSet<B>> {
        self.inner().prepare(set)
    }

    fn outer_gradient(
        &self,
        context: &Context<'_, B>,
        set: &SyntheticSet<B>,
        state: ObjectiveState<B>,
        seed: &Seed,
    ) -> Result<OuterGradient<B>> {
        let &Context { network, loss, .. } = context;
        let start = network.fresh(&seed.child("network"));
        let mut stream = seed.child("batch").stream();
        let real = context.training.batch(context.batch, &mut stream);
        let transform = context.augmentation.plain(real.len(), &seed.child("real"));
        let inputs = transform.apply(real.inputs);
        let on_real = |weights: &Weights<B>| {
            let slots = all_slots(weights);
            plain(network, weights, inputs, real.targets, loss, &slots)
        };
        let training = (start, self.steps(seed));
        let found = self
            .inner()
            .outer_gradient(context, set, training, &self.learn, seed, on_real);
        Ok(found.keeping(state))
    }
}
