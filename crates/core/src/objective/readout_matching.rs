//! Readout matching: phase 2 of `docs/theory.md`. The labels of the reference inputs are learned such that
//! the ridge readout fitted on them does well on real data.
//!
//! At every outer step, a fresh network takes the feature step on the points; the readout is fitted in
//! closed form on (reference inputs, labels); and the loss is the squared error of that readout on a
//! minibatch of real rows. The labels move along the loss's gradient. With `closed_form`, they are set to
//! the minimiser of the sum of these losses since the stage began, each of which is a quadratic function of
//! the labels ([`LabelSystem`]). The logged loss is then that of the labels before the step, on a network
//! that they were not fitted to.

use std::collections::BTreeSet;

use burn::tensor::{Tensor, backend::Backend};
use ndarray::Array2;
use serde::{Deserialize, Serialize};

use super::{Context, Method, Objective, ObjectiveState, OuterGradient, Trouble, check_learn};
use crate::error::{Error, Result};
use crate::inner::label_system::LabelSystem;
use crate::inner::ridge::{self, Penalty};
use crate::inner::{feature_step, forward};
use crate::network::{AnyNetwork, Forward, Weights};
use crate::numeric::host::{matrix, tensor};
use crate::numeric::total;
use crate::paper::Paper;
use crate::seed::Seed;
use crate::settings::{Check, table};
use crate::synthetic::{Part, Parts, SyntheticSet};
use crate::tape::{Tape, lift};
use crate::task::Rows;

/// The name of the reference inputs in the objective's state.
const REFERENCES: &str = "references";

/// The names of the label system's matrices in the objective's state.
const LABEL_SYSTEM: [&str; 3] = ["labels.quadratic", "labels.linear", "labels.constant"];

/// Settings of readout matching.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ReadoutMatching {
    /// The learned parts of the set: `labels` (default), or the points' `targets` through the feature step,
    /// or both. Inputs cannot be learned: the span of the reference inputs would move with them.
    pub learn: BTreeSet<Part>,
    /// Whether the labels are computed in closed form instead of moving along a gradient. Every step adds a
    /// fresh network to those for which they are the best on average. It needs `learn = ["labels"]`, and
    /// ignores the learning rate, its schedule and the optimiser. Default: false.
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
            let accepted = "only labels have a closed form: give objective.learn = [\"labels\"], or give false";
            return Err(Error::setting("objective.closed_form", true, accepted));
        }
        Ok(())
    }
}

impl Method for ReadoutMatching {
    fn kind(&self) -> &'static str {
        "readout-matching"
    }

    fn settings(&self) -> Result<toml::Table> {
        table(self)
    }

    fn learns(&self) -> BTreeSet<Part> {
        self.learn.clone()
    }

    fn papers(&self) -> Vec<Paper> {
        vec![feature_step::PAPER]
    }

    fn refuses_augmentation(&self) -> bool {
        true
    }

    fn remedy(&self, _path: &str, trouble: Trouble) -> Option<String> {
        let first = trouble == Trouble::FirstStep;
        first.then(|| {
            "lower synthetic.reference.spread or raise synthetic.reference.penalty".to_owned()
        })
    }
}

/// Stores a label system in the state.
fn put_system<B: Backend>(system: LabelSystem, state: &mut ObjectiveState<B>) {
    let [quadratic, linear, constant] = LABEL_SYSTEM;
    state.put_double(quadratic, system.quadratic);
    state.put_double(linear, system.linear);
    state.put_double(constant, Array2::from_elem((1, 1), system.constant));
}

/// Takes the label system from the state, for labels of this shape. Returns `None` if there is none yet.
fn take_system<B: Backend>(
    [count, outputs]: [usize; 2],
    state: &mut ObjectiveState<B>,
) -> Result<Option<LabelSystem>> {
    if !LABEL_SYSTEM.iter().any(|name| state.contains(name)) {
        return Ok(None);
    }
    let mut matrix = |name: &str, shape: [usize; 2]| {
        let found = state.take_double(name)?;
        let found = found.filter(|matrix| matrix.shape() == shape);
        found.ok_or_else(|| {
            Error::Mismatch(format!(
                "the objective keeps no {name:?} of shape {shape:?}"
            ))
        })
    };
    let [quadratic, linear, constant] = LABEL_SYSTEM;
    Ok(Some(LabelSystem {
        quadratic: matrix(quadratic, [count, count])?,
        linear: matrix(linear, [count, outputs])?,
        constant: matrix(constant, [1, 1])?.sum(),
    }))
}

impl<B: Backend> Objective<B> for ReadoutMatching {
    fn prepare(&self, set: SyntheticSet<B>) -> Result<SyntheticSet<B>> {
        if set.labels().is_some() {
            return Ok(set);
        }
        let accepted = "readout-matching needs readout labels: give their number";
        Err(Error::setting("synthetic.labels", 0, accepted))
    }

    fn fits(&self, network: &dyn AnyNetwork<B>) -> Result<()> {
        feature_step::layer(network).map(drop)
    }

    fn check_state(
        &self,
        _network: &dyn AnyNetwork<B>,
        set: &SyntheticSet<B>,
        mut state: ObjectiveState<B>,
    ) -> Result<()> {
        let labels = set.labels().map_or([0, 0], |(labels, _)| labels.dims());
        take_system(labels, &mut state).map(drop)
    }

    fn outer_gradient(
        &self,
        context: &Context<'_, B>,
        set: &SyntheticSet<B>,
        mut state: ObjectiveState<B>,
        seed: &Seed,
    ) -> Result<OuterGradient<B>> {
        let Some((labels, reference)) = set.labels() else {
            return Err(Error::Mismatch("the set has no readout labels".to_owned()));
        };
        // The inputs do not move in this stage, so the reference inputs are the same at every step.
        let references = match state.take_derived(REFERENCES)? {
            Some(references) => references,
            None => reference.inputs(&set.inputs(), labels.dims()[0])?,
        };
        let step = ReadoutStep {
            context,
            set,
            references: references.clone(),
            penalty: reference.settings.penalty,
            start: context.network.fresh(&seed.child("network")),
            real: context.real(seed),
            seed,
        };
        let found = if self.closed_form {
            let before = take_system(labels.dims(), &mut state)?;
            let (found, system) = step.solved(labels, before)?;
            put_system(system, &mut state);
            found
        } else {
            step.descent(&self.learn)?
        };
        state.put_derived(REFERENCES, references);
        Ok(found.keeping(state))
    }
}

/// One outer step: a fresh network, the set, and real rows for the loss.
struct ReadoutStep<'a, B: Backend> {
    context: &'a Context<'a, B>,
    set: &'a SyntheticSet<B>,
    references: Tensor<B, 2>,
    penalty: f64,
    start: Weights<B>,
    real: Rows<B>,
    seed: &'a Seed,
}

impl<B: Backend> ReadoutStep<'_, B> {
    /// Loss and gradient, through the feature step and the solution for the readout.
    fn descent(self, learn: &BTreeSet<Part>) -> Result<OuterGradient<B>> {
        let &Context { network, loss, .. } = self.context;
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
        let inner = loss.clone().inner();
        Ok(OuterGradient::new(inner, on_tape.gradients(loss)))
    }

    /// The same loss and gradient in closed form, with the labels that are best for this network and all
    /// earlier ones (`before`). Returns the sum of the label systems too.
    fn solved(
        self,
        labels: Tensor<B, 2>,
        before: Option<LabelSystem>,
    ) -> Result<(OuterGradient<B>, LabelSystem)> {
        let &Context { network, loss, .. } = self.context;
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
        let all = match before {
            Some(before) => before.plus(&here),
            None => here,
        };
        let best = tensor(&all.minimiser()?, &device);
        let gradients = Parts::from([(Part::Labels, gradient)]);
        let found = OuterGradient {
            solved: Parts::from([(Part::Labels, best)]),
            ..OuterGradient::new(loss.reshape([1]), gradients)
        };
        Ok((found, all))
    }
}
