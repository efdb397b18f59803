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

use super::{
    Context, Method, Objective, ObjectiveState, OuterGradient, Trouble, check_learn, table,
};
use crate::error::{Error, Result};
use crate::inner::label_system::LabelSystem;
use crate::inner::ridge::{self, Penalty};
use crate::inner::{feature_step, forward};
use crate::network::{AnyNetwork, Forward, Weights};
use crate::numeric::host::{matrix, tensor};
use crate::numeric::total;
use crate::paper::Paper;
use crate::seed::Seed;
use crate::settings::Check;
use crate::synthetic::{Part, Parts, SyntheticSet};
use crate::tape::{Tape, lift};
use crate::task::Rows;

const FEATURE_STEP: Paper = Paper {
    used: "features in one gradient step, then a ridge readout",
    citation: "Damian, Lee and Soltanolkotabi. Neural Networks can Learn Representations with Gradient Descent. COLT 2022",
    link: "https://arxiv.org/abs/2206.15144",
};

/// The name of the reference inputs in the state.
const REFERENCES: &str = "references";

/// The names of the label system's parts in the state.
const LABEL_SYSTEM: [&str; 3] = ["labels.quadratic", "labels.linear", "labels.constant"];

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
        vec![FEATURE_STEP]
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

/// Keeps a label system.
fn put_system<B: Backend>(system: LabelSystem, state: &mut ObjectiveState<B>) {
    let [quadratic, linear, constant] = LABEL_SYSTEM;
    state.put_double(quadratic, system.quadratic);
    state.put_double(linear, system.linear);
    state.put_double(constant, Array2::from_elem((1, 1), system.constant));
}

/// Takes out the label system of labels of that shape. `None`: none is kept yet.
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
        let accepted = "readout-matching needs labels: give their number";
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
        // The points stay where they are, so these are the same at every step.
        let references = match state.take_derived(REFERENCES)? {
            Some(references) => references,
            None => reference.inputs(&set.inputs(), labels.dims()[0])?,
        };
        let mut stream = seed.child("batch").stream();
        let trial = Trial {
            context,
            set,
            references: references.clone(),
            penalty: reference.settings.penalty,
            start: context.network.fresh(&seed.child("network")),
            real: context.training.batch(context.batch, &mut stream),
            seed,
        };
        let found = if self.closed_form {
            let before = take_system(labels.dims(), &mut state)?;
            let (found, system) = trial.solved(labels, before)?;
            put_system(system, &mut state);
            found
        } else {
            trial.descent(&self.learn)?
        };
        state.put_derived(REFERENCES, references);
        Ok(found.keeping(state))
    }
}

/// A fresh network that a set is tried on, and the real rows that it is judged by.
struct Trial<'a, B: Backend> {
    context: &'a Context<'a, B>,
    set: &'a SyntheticSet<B>,
    references: Tensor<B, 2>,
    penalty: f64,
    start: Weights<B>,
    real: Rows<B>,
    seed: &'a Seed,
}

impl<B: Backend> Trial<'_, B> {
    /// The gradient of the loss, through the solve of the readout.
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

    /// The same loss and gradient in closed form, and the labels that are best for this network and all
    /// that are remembered.
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
