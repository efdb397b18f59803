//! Gradient matching: the points move such that their weight gradient comes close to that of real data.
//!
//! min over X of E_θ D(∇_θ loss(θ, X), ∇_θ loss(θ, real)) — Zhao, Mopuri and Bilen, "Dataset
//! Condensation with Gradient Matching", ICLR 2021, eq. 4. With fresh networks and the first layer's weights
//! alone it is phase 1 of `docs/theory.md`. If there are classes, each is matched by itself, and the
//! distances are summed over classes.

use std::collections::BTreeSet;

use burn::tensor::{Tensor, backend::Backend};
use serde::{Deserialize, Serialize};

use super::{
    Aged, Context, Distance, Method, Objective, ObjectiveState, OuterGradient, Trouble,
    check_learn, group,
};
use crate::error::{Error, Result};
use crate::inner::gradient::{plain, tracked};
use crate::inner::train::{Trained, Training, train};
use crate::inner::{OptimiserKind, Schedule};
use crate::network::{AnyNetwork, Weights};
use crate::paper::Paper;
use crate::seed::Seed;
use crate::settings::{Check, keys, range, table};
use crate::synthetic::{Part, SyntheticSet};
use crate::tape::{Tape, lift};
use crate::task;

const DC: Paper = Paper {
    used: "gradient matching (DC)",
    citation: "Zhao, Mopuri and Bilen. Dataset Condensation with Gradient Matching. ICLR 2021",
    link: "https://arxiv.org/abs/2006.05929",
};

/// The name of the ageing network in the objective's state.
const AGED: &str = "aged.0";

/// Settings of gradient matching.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct GradientMatching {
    /// The learned parts of the set: `inputs` (default), `targets` or both.
    pub learn: BTreeSet<Part>,
    /// The distance D.
    pub distance: Distance,
    /// Names of the parameters whose gradients are matched, such as `hidden.weight`. Default: empty, all.
    pub parameters: Vec<String>,
    /// Whether classes, if there are any, are matched one by one. Default: true.
    pub by_class: bool,
    /// Number of outer steps that use the same network, at least 1; with 1 (default), each step has a fresh
    /// network. Between two steps the network is trained on the synthetic set.
    pub life: usize,
    /// Number of training steps between two outer steps of an ageing network. Default: 50.
    pub ageing_steps: usize,
    /// Learning rate of that training, 1e-12 to 1e6. Default: 0.01.
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
            let why = "this network's outputs do not depend on these, so their gradient is \
                       always zero";
            return refused(why, &used);
        }
        Ok(slots.into_iter().collect())
    }

    /// The distance `[1]` between the weight gradients of synthetic and real rows.
    fn distance<B: Backend>(
        &self,
        context: &Context<'_, B>,
        weights: &Weights<B>,
        real: task::Rows<B>,
        synthetic: (Tensor<Tape<B>, 2>, Tensor<Tape<B>, 2>),
        slots: &[usize],
    ) -> Tensor<Tape<B>, 1> {
        let &Context { network, loss, .. } = context;
        let (_, target) = plain(network, weights, real.inputs, real.targets, loss, slots);
        let (inputs, targets) = synthetic;
        let (_, gradient) = tracked(network, &weights.lifted(), inputs, targets, loss, slots);
        self.distance.between(&gradient, &target.map(lift), slots)
    }
}

impl Method for GradientMatching {
    fn kind(&self) -> &'static str {
        "gradient-matching"
    }

    fn settings(&self) -> Result<toml::Table> {
        table(self)
    }

    fn learns(&self) -> BTreeSet<Part> {
        self.learn.clone()
    }

    fn papers(&self) -> Vec<Paper> {
        vec![DC]
    }

    fn remedy(&self, path: &str, trouble: Trouble) -> Option<String> {
        let ages = trouble == Trouble::State && self.life > 1;
        ages.then(|| format!("lower {path}.ageing_rate"))
    }
}

impl<B: Backend> Objective<B> for GradientMatching {
    fn fits(&self, network: &dyn AnyNetwork<B>) -> Result<()> {
        self.slots(network).map(drop)
    }

    fn check_state(
        &self,
        network: &dyn AnyNetwork<B>,
        _set: &SyntheticSet<B>,
        mut state: ObjectiveState<B>,
    ) -> Result<()> {
        Aged::take(AGED, network.layout(), &mut state).map(drop)
    }

    fn outer_gradient(
        &self,
        context: &Context<'_, B>,
        set: &SyntheticSet<B>,
        mut state: ObjectiveState<B>,
        seed: &Seed,
    ) -> Result<OuterGradient<B>> {
        let slots = self.slots(context.network)?;
        let aged = Aged::take(AGED, context.network.layout(), &mut state)?;
        let present = aged.unwrap_or_else(|| Aged {
            trained: Trained::new(context.network.fresh(&seed.child("network"))),
            age: 0,
        });
        let weights = &present.trained.weights;
        let groups = group::all(context, set, self.by_class, seed);
        let (loss, gradients) = group::sum(context.network.grain(), &groups, |group| {
            let on_tape = group.points.on_tape(&self.learn);
            let points = (
                group.transform.apply(on_tape.set.inputs()),
                on_tape.set.targets(),
            );
            let real = group.rows(context);
            let loss = self.distance(context, weights, real, points, &slots);
            (loss.clone().inner(), on_tape.gradients(loss))
        });
        let age = present.age + 1;
        if age < self.life {
            Aged { age, ..present }.put(AGED, &mut state);
        }
        Ok(OuterGradient::new(loss, gradients).keeping(state))
    }

    /// Trains the ageing network, if there is one, on the moved set.
    fn after_step(
        &self,
        context: &Context<'_, B>,
        set: &SyntheticSet<B>,
        mut state: ObjectiveState<B>,
        seed: &Seed,
    ) -> Result<ObjectiveState<B>> {
        let network = context.network;
        let Some(Aged { trained, age }) = Aged::take(AGED, network.layout(), &mut state)? else {
            return Ok(state);
        };
        let training = Training {
            steps: self.ageing_steps,
            batch: 256,
            optimiser: OptimiserKind::Sgd,
            learning_rate: self.ageing_rate,
            schedule: Schedule::Constant,
            momentum: 0.0,
            weight_decay: 0.0,
            loss: context.loss,
            augmentation: context.augmentation,
        };
        let seed = seed.child("ageing");
        let weights = train(network, trained.weights, &set.rows(), &training, &seed);
        let trained = Trained::new(weights);
        Aged { trained, age }.put(AGED, &mut state);
        Ok(state)
    }
}
