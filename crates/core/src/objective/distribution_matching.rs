//! Distribution matching: the synthetic points' mean features are moved towards those of real data,
//! under fresh networks.
//!
//! min over X of E_θ Σ_c ‖mean φ_θ(X_c) − mean φ_θ(real_c)‖² — Zhao and Bilen, "Dataset Condensation
//! with Distribution Matching", WACV 2023, eq. 4 to 6. It is of first order: the real side needs no
//! tape, and no weight gradient is taken.

use std::collections::BTreeSet;

use burn::tensor::backend::Backend;
use serde::{Deserialize, Serialize};

use super::group::{self, Group};
use super::{Memory, Objective, Scene, Signal, check_learn};
use crate::error::Result;
use crate::inner::features;
use crate::seed::Seed;
use crate::settings::Check;
use crate::synthetic::{Part, SyntheticSet};
use crate::tape::lift;

/// Settings of distribution matching.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DistributionMatching {
    /// The parts of the set that are moved: `inputs`. (Features do not see targets.)
    pub learn: BTreeSet<Part>,
    /// Whether classes are matched one by one, where there are classes.
    pub by_class: bool,
}

impl Default for DistributionMatching {
    fn default() -> Self {
        Self {
            learn: BTreeSet::from([Part::Inputs]),
            by_class: true,
        }
    }
}

impl Check for DistributionMatching {
    fn check(&self) -> Result<()> {
        check_learn(&self.learn, &[Part::Inputs])
    }
}

impl<B: Backend> Objective<B> for DistributionMatching {
    fn learns(&self) -> BTreeSet<Part> {
        self.learn.clone()
    }

    fn signal(
        &self,
        scene: &Scene<'_, B>,
        set: &SyntheticSet<B>,
        memory: Memory<B>,
        seed: &Seed,
    ) -> Result<Signal<B>> {
        let weights = scene.network.fresh(&seed.child("network"));
        let groups = group::all(scene, set, self.by_class, seed);
        let (loss, gradients) = group::signal(scene.network.grain(), &groups, |group| {
            let Group {
                real,
                points,
                transform,
            } = group;
            let on_tape = points.on_tape(&self.learn);
            let real = transform.apply(scene.task.rows(real).inputs);
            let target = features::mean(scene.network, &weights, &real);
            let seen = transform.apply(on_tape.inputs());
            let found = features::tracked_mean(scene.network, &weights, seen);
            let loss = (found - lift(target)).square().sum();
            let gradients = on_tape.gradients(&loss, &self.learn);
            (loss.inner(), gradients)
        });
        Ok(Signal {
            loss,
            gradients,
            memory,
        })
    }
}
