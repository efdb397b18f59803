//! Gradient matching: the synthetic points' weight gradient is moved towards that of real data.
//!
//! min over X of E_θ D(∇_θ loss(θ, X), ∇_θ loss(θ, real)) — Zhao, Mopuri and Bilen, "Dataset
//! Condensation with Gradient Matching", ICLR 2021, eq. 4; with fresh networks and the first layer's
//! weights alone it is phase 1 of theory.md. Where there are classes the distance is summed over
//! classes, each matched by itself.

use std::collections::BTreeSet;

use burn::tensor::{Tensor, backend::Backend};
use serde::{Deserialize, Serialize};

use super::{Aged, Distance, Memory, Objective, Scene, Signal, check_learn, group};
use crate::error::{Error, Result};
use crate::inner::gradient::{plain, tracked};
use crate::inner::train::{Trained, Training, train};
use crate::inner::{OptimiserKind, Schedule};
use crate::network::{AnyNetwork, Weights};
use crate::seed::Seed;
use crate::settings::{Check, keys, range};
use crate::synthetic::{Part, Parts, SyntheticSet};
use crate::tape::{Tape, lift};
use crate::task;

/// Settings of gradient matching.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct GradientMatching {
    /// The parts of the set that are moved: `inputs`, `targets` or both.
    pub learn: BTreeSet<Part>,
    /// The distance D.
    pub distance: Distance,
    /// Names of the parameters whose gradients are matched, such as `hidden.weight`; none for all.
    pub parameters: Vec<String>,
    /// Whether classes are matched one by one, where there are classes.
    pub by_class: bool,
    /// Outer steps that a network lives; 1 for a fresh one at every step. Between two of them it is
    /// trained on the synthetic set.
    pub life: usize,
    /// Training steps between two outer steps of an ageing network.
    pub ageing_steps: usize,
    /// Learning rate of that training, 1e-12 to 1e6.
    pub ageing_rate: f64,
}

impl Default for GradientMatching {
    fn default() -> Self {
        Self {
            learn: BTreeSet::from([Part::Inputs]),
            distance: Distance::default(),
            parameters: Vec::new(),
            by_class: true,
            life: 1,
            ageing_steps: 50,
            ageing_rate: 0.01,
        }
    }
}

impl Check for GradientMatching {
    fn check(&self) -> Result<()> {
        check_learn(&self.learn, &[Part::Inputs, Part::Targets])?;
        range::count("objective.life", self.life, 1..=range::MOST)?;
        range::count("objective.ageing_steps", self.ageing_steps, 0..=range::MOST)?;
        let rate = self.ageing_rate;
        range::within("objective.ageing_rate", rate, range::STEP_SIZES)
    }
}

impl GradientMatching {
    /// The slots whose gradients are matched.
    fn slots<B: Backend>(&self, network: &dyn AnyNetwork<B>) -> Result<Vec<usize>> {
        let (layout, unused) = (network.layout(), network.unused());
        let names = |wanted: &dyn Fn(usize) -> bool| -> String {
            let slots = (0..layout.slots().len()).filter(|&slot| wanted(slot));
            let names: Vec<&str> = slots
                .map(|slot| layout.slots()[slot].name.as_str())
                .collect();
            names.join(", ")
        };
        let find = |name: &String| {
            layout.position(name).ok_or_else(|| {
                let accepted = format!("this network's parameters are {}", names(&|_| true));
                Error::setting("objective.parameters", name, accepted)
            })
        };
        let slots: BTreeSet<usize> = if self.parameters.is_empty() {
            (0..layout.slots().len()).collect()
        } else {
            self.parameters.iter().map(find).collect::<Result<_>>()?
        };
        let refused = |why: &str, useful: &dyn Fn(usize) -> bool| {
            let seen = keys::shown(&self.parameters);
            let accepted = format!("{why}: name one of {}", names(useful));
            Err(Error::setting("objective.parameters", seen, accepted))
        };
        let matrix = |slot: usize| layout.slots()[slot].is_matrix();
        if self.distance == Distance::LayerwiseCosine && !slots.iter().any(|&slot| matrix(slot)) {
            let why = "the layerwise-cosine distance compares weight matrices";
            return refused(why, &matrix);
        }
        let used = |slot: usize| !unused.contains(&slot);
        if !slots.iter().any(|&slot| used(slot)) {
            let why = "this network's outputs do not depend on these, so that their gradient is \
                       always zero";
            return refused(why, &used);
        }
        Ok(slots.into_iter().collect())
    }

    fn distance<B: Backend>(
        &self,
        scene: &Scene<'_, B>,
        weights: &Weights<B>,
        real: task::Rows<B>,
        synthetic: (Tensor<Tape<B>, 2>, Tensor<Tape<B>, 2>),
        slots: &[usize],
    ) -> Tensor<Tape<B>, 1> {
        let &Scene { network, loss, .. } = scene;
        let (_, target) = plain(network, weights, real.inputs, real.targets, loss, slots);
        let (inputs, targets) = synthetic;
        let (_, gradient) = tracked(network, &weights.lifted(), inputs, targets, loss, slots);
        self.distance.between(&gradient, &target.map(lift), slots)
    }
}

impl<B: Backend> Objective<B> for GradientMatching {
    fn learns(&self) -> BTreeSet<Part> {
        self.learn.clone()
    }

    fn fits(&self, network: &dyn AnyNetwork<B>) -> Result<()> {
        self.slots(network).map(drop)
    }

    fn signal(
        &self,
        scene: &Scene<'_, B>,
        set: &SyntheticSet<B>,
        memory: Memory<B>,
        seed: &Seed,
    ) -> Result<Signal<B>> {
        let slots = self.slots(scene.network)?;
        let mut aged = memory.aged;
        let present = aged.pop().unwrap_or_else(|| Aged {
            trained: Trained::new(scene.network.fresh(&seed.child("network"))),
            age: 0,
        });
        let weights = &present.trained.weights;
        let groups = group::all(scene, set, self.by_class, seed);
        let (loss, gradients) = group::signal(scene.network.grain(), &groups, |group| {
            let on_tape = group.points.on_tape(&self.learn);
            let points = (
                group.transform.apply(on_tape.set.inputs()),
                on_tape.set.targets(),
            );
            let mut real = scene.task.rows(&group.real);
            real.inputs = group.transform.apply(real.inputs);
            let loss = self.distance(scene, weights, real, points, &slots);
            (loss.clone().inner(), on_tape.gradients(loss))
        });
        let age = present.age + 1;
        let memory = Memory {
            aged: (age < self.life)
                .then_some(Aged { age, ..present })
                .into_iter()
                .collect(),
            ..Memory::default()
        };
        Ok(Signal {
            loss,
            gradients,
            solved: Parts::new(),
            memory,
        })
    }

    /// The network that lives on is trained on the set as it now is.
    fn remember(
        &self,
        scene: &Scene<'_, B>,
        set: &SyntheticSet<B>,
        memory: Memory<B>,
        seed: &Seed,
    ) -> Memory<B> {
        let training = Training {
            steps: self.ageing_steps,
            batch: 256,
            optimiser: OptimiserKind::Sgd,
            learning_rate: self.ageing_rate,
            schedule: Schedule::Constant,
            momentum: 0.0,
            weight_decay: 0.0,
            loss: scene.loss,
            augmentation: scene.augmentation,
        };
        let points = set.rows();
        let seed = seed.child("ageing");
        let aged = memory.aged.into_iter().map(|Aged { trained, age }| {
            let weights = train(scene.network, trained.weights, &points, &training, &seed);
            let trained = Trained::new(weights);
            Aged { trained, age }
        });
        Memory {
            aged: aged.collect(),
            ..Memory::default()
        }
    }
}
