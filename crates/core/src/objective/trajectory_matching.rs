//! Trajectory matching: the points move such that a network which trains on them for some steps, from an
//! expert's weights, comes close to the expert's weights some epochs later.
//!
//! min over X, α of ‖θ_N(X, α) − θ*_{t+M}‖² / ‖θ*_t − θ*_{t+M}‖², θ_0 = θ*_t — Cazenavette, Wang,
//! Torralba, Efros and Zhu, "Dataset Distillation by Matching Training Trajectories" (MTT), CVPR 2022,
//! eq. 2 and algorithm 1. Experts are networks that were trained on all real data and recorded epoch by
//! epoch ([`crate::experts`]). t is drawn uniformly below T⁺. The step size α stays positive, since the set
//! stores its logarithm.

use std::collections::BTreeSet;

use burn::tensor::backend::Backend;
use serde::{Deserialize, Serialize};

use super::inner_training::{InnerTraining, StepSizes};
use super::{Context, Method, Objective, ObjectiveState, OuterGradient, Trouble, check_learn};
use crate::error::{Error, Result};
use crate::experts::ExpertSettings;
use crate::inner::OptimiserKind;
use crate::inner::descent::Descent;
use crate::network::{AnyNetwork, Weights};
use crate::paper::Paper;
use crate::seed::Seed;
use crate::settings::{Check, range, table};
use crate::synthetic::{Part, SyntheticSet};

/// Lower bound of ‖θ*_t − θ*_{t+M}‖², for an expert that does not move.
const LEAST: f64 = 1e-30;

const MTT: Paper = Paper {
    used: "matching the trajectories of experts (MTT)",
    citation: "Cazenavette, Wang, Torralba, Efros and Zhu. Dataset Distillation by Matching Training Trajectories. CVPR 2022",
    link: "https://arxiv.org/abs/2203.11932",
};

/// Settings of trajectory matching.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TrajectoryMatching {
    /// The learned parts of the set: any of `inputs`, `targets` and `step-sizes`. Default: `inputs` and
    /// `step-sizes`.
    pub learn: BTreeSet<Part>,
    /// Number of inner steps N on the points, 1 to 10⁶. Default: 30.
    pub unroll: usize,
    /// Initial inner step size α, 1e-12 to 1e6. Default: 0.01.
    pub step_size: f64,
    /// Number of minibatches that the points are divided into, which inner steps take in turns; it must
    /// divide the number of points. Default: 1.
    pub parts: usize,
    /// Number of epochs M of the expert that the inner steps are to match, at least 1. Default: 2.
    pub expert_epochs: usize,
    /// T⁺: the start is drawn from the epochs 0 to T⁺ − 1 of an expert; at least 1. Default: 2.
    pub max_start_epoch: usize,
    /// Settings of the experts.
    pub experts: ExpertSettings,
}

impl Default for TrajectoryMatching {
    fn default() -> Self {
        Self {
            learn: BTreeSet::from([Part::Inputs, Part::StepSizes]),
            unroll: 30,
            step_size: 0.01,
            parts: 1,
            expert_epochs: 2,
            max_start_epoch: 2,
            experts: ExpertSettings::default(),
        }
    }
}

impl Check for TrajectoryMatching {
    fn check(&self) -> Result<()> {
        check_learn(&self.learn, &[Part::Inputs, Part::Targets, Part::StepSizes])?;
        self.inner().check()?;
        self.experts.check()?;
        let (span, latest) = (self.expert_epochs, self.max_start_epoch);
        range::count("objective.expert_epochs", span, 1..=range::MOST)?;
        range::count("objective.max_start_epoch", latest, 1..=range::MOST)?;
        let recorded = self.experts.epochs;
        if latest - 1 + span <= recorded {
            return Ok(());
        }
        let accepted = format!(
            "experts are followed from epoch {} for {span} more, so at least {} epochs must be recorded",
            latest - 1,
            latest - 1 + span
        );
        Err(Error::setting(
            "objective.experts.epochs",
            recorded,
            accepted,
        ))
    }
}

impl TrajectoryMatching {
    fn inner(&self) -> InnerTraining {
        InnerTraining {
            unroll: self.unroll,
            window: 0,
            step_size: self.step_size,
            step_sizes: StepSizes::One,
            descent: Descent {
                optimiser: OptimiserKind::Sgd,
                momentum: 0.0,
            },
            parts: self.parts,
        }
    }
}

impl Method for TrajectoryMatching {
    fn kind(&self) -> &'static str {
        "trajectory-matching"
    }

    fn settings(&self) -> Result<toml::Table> {
        table(self)
    }

    fn learns(&self) -> BTreeSet<Part> {
        self.learn.clone()
    }

    fn papers(&self) -> Vec<Paper> {
        vec![MTT]
    }

    fn experts(&self) -> Option<&ExpertSettings> {
        Some(&self.experts)
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

impl<B: Backend> Objective<B> for TrajectoryMatching {
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
        let experts = context.experts.ok_or_else(|| {
            Error::Mismatch("trajectory matching has no experts to follow: record them".to_owned())
        })?;
        let mut stream = seed.child("expert").stream();
        let expert = stream.below(self.experts.count);
        let epoch = stream.below(self.max_start_epoch);
        let start = experts.weights(expert, epoch)?;
        let end = experts.weights(expert, epoch + self.expert_epochs)?;
        let way = start.add_scaled(&end, -1.0);
        let length = way.dot(&way).clamp_min(LEAST);
        let to_expert = |weights: &Weights<B>| {
            let rest = weights.add_scaled(&end, -1.0);
            let loss = rest.dot(&rest) / length.clone();
            let gradient = rest.map(|tensor| tensor.mul_scalar(2.0) / length.clone());
            (loss, gradient)
        };
        let training = (start, self.unroll);
        let found =
            self.inner()
                .outer_gradient(context, set, training, &self.learn, seed, to_expert);
        Ok(found.keeping(state))
    }
}
