//! Performance matching: a fresh network trains on the points for some steps; its loss on real data is the
//! outer loss; and the points move along the gradient of that loss through the steps.
//!
//! min over X, η of E_{θ₀} loss(θ_T(X, η), real) — Wang, Zhu, Torralba and Efros, "Dataset
//! Distillation", 2018, eq. 3 to 5. Targets may be learned too, as real-valued label vectors
//! (Sucholutsky and Schonlau, "Soft-Label Dataset Distillation", 2021).
//!
//! With a window of W steps the gradient goes through the last W steps only, after K steps without gradient.
//! K is drawn at every outer step, uniformly from 0 to T − W (RaT-BPTT: Feng, Vedantam and Kempe,
//! "Embarrassingly Simple Dataset Distillation", ICLR 2024), or is always T − W (truncated BPTT).

use std::collections::BTreeSet;

use burn::tensor::backend::Backend;
use serde::{Deserialize, Serialize};

use super::inner_training::{InnerTraining, StepSizes};
use super::{Context, Method, Objective, ObjectiveState, OuterGradient, Trouble, check_learn};
use crate::error::{Error, Result};
use crate::inner::OptimiserKind;
use crate::inner::descent::Descent;
use crate::inner::gradient::{all_slots, plain};
use crate::network::{AnyNetwork, Weights};
use crate::paper::Paper;
use crate::seed::Seed;
use crate::settings::{Check, table};
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

/// Where the window lies within the T steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WindowPlace {
    /// At a random place, drawn at every outer step; the inner training ends with the window.
    Random,
    /// At the end of all T steps.
    End,
}

/// Settings of performance matching.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PerformanceMatching {
    /// The learned parts of the set: any of `inputs`, `targets` and `step-sizes`. Default: `inputs` and
    /// `step-sizes`.
    pub learn: BTreeSet<Part>,
    /// Number of inner steps T, 1 to 10⁶. Default: 10.
    pub unroll: usize,
    /// Number of inner steps W that the gradient goes through, at most `unroll`; 0 (default) for all.
    pub window: usize,
    /// Where the window lies.
    pub window_place: WindowPlace,
    /// Initial inner step size, 1e-12 to 1e6. Default: 0.1.
    pub step_size: f64,
    /// Number of step sizes that the set stores.
    pub step_sizes: StepSizes,
    /// Optimiser of the inner training.
    pub inner_optimiser: OptimiserKind,
    /// Momentum of the inner optimiser, or Adam's β₁, in [0, 1). Default: 0.
    pub inner_momentum: f64,
    /// Number of minibatches that the points are divided into, which inner steps take in turns; it must
    /// divide the number of points. Default: 1.
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

    /// Number of inner steps in this outer step.
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

    fn memory_settings(&self) -> Vec<String> {
        vec!["unroll".to_owned()]
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
        let real = context.real(seed);
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
