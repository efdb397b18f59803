//! Readout matching: phase 2 of theory.md. The labels of the reference inputs are moved so that the
//! ridge readout fitted on them does well on real data.
//!
//! At every step: a fresh network takes the feature step on the points; the readout is fitted in
//! closed form on (reference inputs, labels); the loss is that readout's squared error on a real
//! batch, differentiated through the solve.

use std::collections::BTreeSet;

use burn::tensor::backend::Backend;
use serde::{Deserialize, Serialize};

use super::{Memory, Objective, Scene, Signal, check_learn};
use crate::error::{Error, Result};
use crate::inner::feature_step;
use crate::inner::ridge::{self, Penalty};
use crate::network::{AnyNetwork, Forward};
use crate::seed::Seed;
use crate::settings::Check;
use crate::synthetic::{Part, SyntheticSet};
use crate::tape::{Tape, lift};

/// Settings of readout matching.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ReadoutMatching {
    /// The parts of the set that are moved: `labels`, and the points' `targets` through the feature
    /// step. (Inputs are not: the reference inputs' span would move with them.)
    pub learn: BTreeSet<Part>,
}

impl Default for ReadoutMatching {
    fn default() -> Self {
        Self {
            learn: BTreeSet::from([Part::Labels]),
        }
    }
}

impl Check for ReadoutMatching {
    fn check(&self) -> Result<()> {
        check_learn(&self.learn, &[Part::Labels, Part::Targets])
    }
}

impl<B: Backend> Objective<B> for ReadoutMatching {
    fn learns(&self) -> BTreeSet<Part> {
        self.learn.clone()
    }

    fn prepare(&self, set: SyntheticSet<B>) -> Result<SyntheticSet<B>> {
        if set.labels().is_some() {
            return Ok(set);
        }
        let accepted = "readout-matching needs labels: give their number";
        Err(Error::setting("synthetic.labels", 0, accepted))
    }

    fn fits(&self, network: &dyn AnyNetwork<B>) -> Result<()> {
        feature_step::layer(network).map(drop)
    }

    fn signal(
        &self,
        scene: &Scene<'_, B>,
        set: &SyntheticSet<B>,
        memory: Memory<B>,
        seed: &Seed,
    ) -> Result<Signal<B>> {
        let &Scene { network, loss, .. } = scene;
        let on_tape = set.on_tape(&self.learn);
        let Some((labels, reference)) = on_tape.labels() else {
            return Err(Error::Mismatch("the set has no readout labels".to_owned()));
        };
        // The points stay where they are, so these are the same at every step.
        let references = match memory.references {
            Some(references) => references,
            None => reference.inputs(&set.inputs(), labels.dims()[0])?,
        };
        let start = network.fresh(&seed.child("network"));
        let weights = feature_step::tracked(
            network,
            &start,
            on_tape.inputs(),
            on_tape.targets(),
            loss,
            seed,
        )?;
        let features =
            |inputs| Forward::<Tape<B>>::forward(network, &weights, lift(inputs)).features;
        let readout = ridge::tracked(
            features(references.clone()),
            labels,
            Penalty::Fixed(reference.settings.penalty),
        )?;
        let real = scene
            .task
            .batch(scene.batch, &mut seed.child("batch").stream());
        let residual = features(real.inputs).matmul(readout) - lift(real.targets);
        let loss = residual.square().mean();
        let gradients = on_tape.gradients(&loss, &self.learn);
        Ok(Signal {
            loss: loss.inner(),
            gradients,
            memory: Memory {
                references: Some(references),
                ..memory
            },
        })
    }
}
