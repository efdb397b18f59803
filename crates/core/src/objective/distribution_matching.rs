//! Distribution matching: the points move such that their mean features under fresh networks come close to
//! those of real data.
//!
//! min over X of E_θ Σ_c ‖mean φ_θ(X_c) − mean φ_θ(real_c)‖² — Zhao and Bilen, "Dataset Condensation
//! with Distribution Matching", WACV 2023, eq. 4 to 6. It needs only first derivatives: there is no weight
//! gradient, and real rows need no tape. So classes go through the network together: the real rows of all
//! classes in chunks that fit the cache, and the points of as many classes in a pass as fit it too.

use std::collections::BTreeSet;

use burn::tensor::{Tensor, backend::Backend};
use serde::{Deserialize, Serialize};

use super::{Context, Method, Objective, ObjectiveState, OuterGradient, check_learn, group};
use crate::error::Result;
use crate::inner::features;
use crate::numeric::total;
use crate::paper::Paper;
use crate::seed::Seed;
use crate::settings::{Check, table};
use crate::synthetic::{Part, SyntheticSet};
use crate::tape::lift;

const DM: Paper = Paper {
    used: "distribution matching (DM)",
    citation: "Zhao and Bilen. Dataset Condensation with Distribution Matching. WACV 2023",
    link: "https://arxiv.org/abs/2110.04181",
};

/// Settings of distribution matching.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DistributionMatching {
    /// The learned parts of the set: `inputs` alone, since features do not depend on targets.
    pub learn: BTreeSet<Part>,
    /// Whether classes, if there are any, are matched one by one. Default: true.
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

/// Means over consecutive groups of rows with these sizes: `[n, L]` to `[sizes, L]`.
fn means<A: Backend>(features: Tensor<A, 2>, sizes: &[usize]) -> Tensor<A, 2> {
    let mut first = 0;
    let mean = |&size: &usize| {
        let rows = features.clone().narrow(0, first, size);
        first += size;
        rows.mean_dim(0)
    };
    Tensor::cat(sizes.iter().map(mean).collect(), 0)
}

impl Method for DistributionMatching {
    fn kind(&self) -> &'static str {
        "distribution-matching"
    }

    fn settings(&self) -> Result<toml::Table> {
        table(self)
    }

    fn learns(&self) -> BTreeSet<Part> {
        self.learn.clone()
    }

    fn papers(&self) -> Vec<Paper> {
        vec![DM]
    }
}

impl<B: Backend> Objective<B> for DistributionMatching {
    fn outer_gradient(
        &self,
        context: &Context<'_, B>,
        set: &SyntheticSet<B>,
        state: ObjectiveState<B>,
        seed: &Seed,
    ) -> Result<OuterGradient<B>> {
        let weights = context.network.fresh(&seed.child("network"));
        let groups = group::all(context, set, self.by_class, seed);
        let real = groups.iter().map(|group| group.rows(context).inputs);
        let real: Vec<Tensor<B, 2>> = real.collect();
        let sizes: Vec<usize> = real.iter().map(|rows| rows.dims()[0]).collect();
        let real = features::rows(context.network, &weights, &Tensor::cat(real, 0));
        let target = means(real, &sizes);
        let passes = group::passes(context.network, &groups);
        let (loss, gradients) = group::sum(context.network.grain(), &passes, |pass| {
            let groups = &groups[pass.clone()];
            let sizes: Vec<usize> = groups.iter().map(|group| group.points.len()).collect();
            let first = groups.first().map_or(0, |group| group.first);
            let on_tape = set.points(first, sizes.iter().sum()).on_tape(&self.learn);
            let seen = groups.iter().map(|group| {
                let inputs = on_tape.set.inputs();
                let inputs = inputs.narrow(0, group.first - first, group.points.len());
                group.transform.apply(inputs)
            });
            let seen = Tensor::cat(seen.collect(), 0);
            let found = means(
                features::tracked_rows(context.network, &weights, seen),
                &sizes,
            );
            let target = target.clone().narrow(0, pass.start, pass.len());
            let loss = total::of((found - lift(target)).square());
            (loss.clone().inner(), on_tape.gradients(loss))
        });
        Ok(OuterGradient::new(loss, gradients).keeping(state))
    }
}
