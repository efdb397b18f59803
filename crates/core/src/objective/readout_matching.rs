//! Readout matching: phase 2 of theory.md. The labels of the reference inputs are moved so that the
//! ridge readout fitted on them does well on real data.
//!
//! At every step: a fresh network takes the feature step on the points; the readout is fitted in
//! closed form on (reference inputs, labels); the loss is that readout's squared error on a real
//! batch. The labels go down its gradient; or, with `closed_form`, they are set to the minimiser of all
//! these losses since the stage began, which are quadratic functions of them
//! ([`LabelSystem`]). The loss that is logged is then that of the labels before the step, on a
//! network that they do not know.

use std::collections::BTreeSet;

use burn::tensor::{Tensor, backend::Backend};
use ndarray::Array2;
use serde::{Deserialize, Serialize};

use super::{Memory, Objective, Scene, Signal, check_learn};
use crate::error::{Error, Result};
use crate::inner::label_system::LabelSystem;
use crate::inner::ridge::{self, Penalty};
use crate::inner::{feature_step, forward};
use crate::network::{AnyNetwork, Forward, Weights};
use crate::numeric::host::{matrix, tensor};
use crate::numeric::total;
use crate::seed::Seed;
use crate::settings::Check;
use crate::synthetic::{Part, Parts, SyntheticSet};
use crate::tape::{Tape, lift};
use crate::task::Rows;

/// Settings of readout matching.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ReadoutMatching {
    /// The parts of the set that are moved: `labels`, and the points' `targets` through the feature
    /// step. (Inputs are not: the reference inputs' span would move with them.)
    pub learn: BTreeSet<Part>,
    /// Whether the labels are solved for, in place of steps along a gradient: every step adds a fresh
    /// network to those that they serve best on average. Only where nothing but labels is learned;
    /// the learning rate, its schedule and the optimiser play no part then.
    pub closed_form: bool,
}

impl Default for ReadoutMatching {
    fn default() -> Self {
        Self {
            learn: BTreeSet::from([Part::Labels]),
            closed_form: false,
        }
    }
}

impl Check for ReadoutMatching {
    fn check(&self) -> Result<()> {
        check_learn(&self.learn, &[Part::Labels, Part::Targets])?;
        if self.closed_form && self.learn.contains(&Part::Targets) {
            let accepted =
                "only labels have a closed form: give objective.learn = [\"labels\"], or false";
            return Err(Error::setting("objective.closed_form", true, accepted));
        }
        Ok(())
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
        let Some((labels, reference)) = set.labels() else {
            return Err(Error::Mismatch("the set has no readout labels".to_owned()));
        };
        // The points stay where they are, so these are the same at every step.
        let references = match &memory.references {
            Some(references) => references.clone(),
            None => reference.inputs(&set.inputs(), labels.dims()[0])?,
        };
        let trial = Trial {
            scene,
            set,
            references: references.clone(),
            penalty: reference.settings.penalty,
            start: scene.network.fresh(&seed.child("network")),
            real: scene
                .task
                .batch(scene.batch, &mut seed.child("batch").stream()),
            seed,
        };
        let memory = Memory {
            references: Some(references),
            ..memory
        };
        if self.closed_form {
            trial.solved(labels, memory)
        } else {
            trial.descent(&self.learn, memory)
        }
    }
}

/// A fresh network that a set is tried on, and the real rows that it is judged by.
struct Trial<'a, B: Backend> {
    scene: &'a Scene<'a, B>,
    set: &'a SyntheticSet<B>,
    references: Tensor<B, 2>,
    penalty: f64,
    start: Weights<B>,
    real: Rows<B>,
    seed: &'a Seed,
}

impl<B: Backend> Trial<'_, B> {
    /// The gradient of the loss, through the solve of the readout.
    fn descent(self, learn: &BTreeSet<Part>, memory: Memory<B>) -> Result<Signal<B>> {
        let &Scene { network, loss, .. } = self.scene;
        let on_tape = self.set.on_tape(learn);
        let weights = feature_step::tracked(
            network,
            &self.start,
            on_tape.set.inputs(),
            on_tape.set.targets(),
            loss,
            self.seed,
        )?;
        let features =
            |inputs| Forward::<Tape<B>>::forward(network, &weights, lift(inputs)).features;
        let labels = on_tape.set.parts()[&Part::Labels].clone();
        let penalty = Penalty::Fixed(self.penalty);
        let readout = ridge::tracked(features(self.references), labels, penalty)?;
        let residual = features(self.real.inputs).matmul(readout) - lift(self.real.targets);
        let loss = total::mean(residual.square());
        Ok(Signal {
            loss: loss.clone().inner(),
            gradients: on_tape.gradients(loss),
            solved: Parts::new(),
            memory,
        })
    }

    /// The same loss and gradient in closed form, and the labels that are best for this network and all
    /// that are remembered.
    fn solved(self, labels: Tensor<B, 2>, memory: Memory<B>) -> Result<Signal<B>> {
        let &Scene { network, loss, .. } = self.scene;
        let (inputs, targets) = (self.set.inputs(), self.set.targets());
        let weights = feature_step::plain(network, &self.start, inputs, targets, loss, self.seed)?;
        let features = |inputs| forward::plain(network, &weights, inputs).features;
        let references = features(self.references);
        let here = LabelSystem::new(
            &references,
            &features(self.real.inputs),
            &self.real.targets,
            self.penalty,
        )?;
        let device = labels.device();
        let present = matrix(&labels)?;
        let loss = tensor(&Array2::from_elem((1, 1), here.value(&present)), &device);
        let gradient = tensor(&here.gradient(&present), &device);
        let all = match memory.labels {
            Some(before) => before.plus(&here),
            None => here,
        };
        let best = tensor(&all.minimiser()?, &device);
        Ok(Signal {
            loss: loss.reshape([1]),
            gradients: Parts::from([(Part::Labels, gradient)]),
            solved: Parts::from([(Part::Labels, best)]),
            memory: Memory {
                labels: Some(all),
                ..memory
            },
        })
    }
}
