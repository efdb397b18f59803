//! Kernel regression on a network's features: the points move such that the ridge regression fitted on
//! them does well on real data.
//!
//! min over X, Y of E_θ ‖φ_θ(real) W − y‖²/2, W = Φᵀ (ΦΦᵀ + λ tr(ΦΦᵀ)/n · I)⁻¹ Y, Φ = φ_θ(X) — Zhou,
//! Nezhadarya and Ba, "Dataset Distillation using Neural Feature Regression" (FRePo), NeurIPS 2022, eq. 3
//! to 6. Networks come from a pool, whose members have trained on the points for different numbers of steps.
//! Each outer step uses one of them, which then trains one step more. The weights are constants for the
//! points' gradient, so it needs only first derivatives, and those of a linear solve.
//!
//! Classes are regressed as centred one-hot rows, 1 − 1/C for the class and −1/C for the others.

use std::collections::BTreeSet;

use burn::tensor::{Int, Tensor, backend::Backend};
use ndarray::ArrayView1;
use serde::{Deserialize, Serialize};

use super::{
    Aged, Context, Method, Objective, ObjectiveState, OuterGradient, Trouble, check_learn,
};
use crate::augment::{Draws, Sampling, Transform};
use crate::error::{Error, Result};
use crate::inner::ridge::{self, Penalty};
use crate::inner::train::{Trained, Training, continued};
use crate::inner::{Loss, OptimiserKind, Schedule, features};
use crate::network::AnyNetwork;
use crate::numeric::host::matrix;
use crate::numeric::total;
use crate::paper::Paper;
use crate::seed::Seed;
use crate::settings::{Check, range, table};
use crate::shape::InputShape;
use crate::synthetic::{Part, SyntheticSet};
use crate::tape::{Tape, lift};
use crate::task::Rows;

/// Largest number of points in a training step of a network of the pool.
const BATCH: usize = 1000;

const FREPO: Paper = Paper {
    used: "kernel regression on the features of a pool of networks (FRePo)",
    citation: "Zhou, Nezhadarya and Ba. Dataset Distillation using Neural Feature Regression. NeurIPS 2022",
    link: "https://arxiv.org/abs/2206.00719",
};

/// Settings of kernel regression.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct KernelRegression {
    /// The learned parts of the set: `inputs`, `targets` or both (default).
    pub learn: BTreeSet<Part>,
    /// Ridge penalty λ, relative to the mean eigenvalue of the points' kernel; 1e-9 to 1e3. Default: 1e-6.
    pub penalty: f64,
    /// Number of networks in the pool, 1 to 100. Default: 10.
    pub pool: usize,
    /// Number of training steps after which a fresh network replaces a network of the pool, at least 1.
    /// Default: 100.
    pub life: usize,
    /// Learning rate (Adam) of that training, 1e-12 to 1e6. Default: 3e-4.
    pub ageing_rate: f64,
    /// Whether the left-right mirror image of each point is used as a further point with the same target.
    /// Needs pictures. Default: false.
    pub mirrored: bool,
}

impl Default for KernelRegression {
    fn default() -> Self {
        Self {
            learn: BTreeSet::from([Part::Inputs, Part::Targets]),
            penalty: 1e-6,
            pool: 10,
            life: 100,
            ageing_rate: 3e-4,
            mirrored: false,
        }
    }
}

impl Check for KernelRegression {
    fn check(&self) -> Result<()> {
        check_learn(&self.learn, &[Part::Inputs, Part::Targets])?;
        range::within("objective.penalty", self.penalty, 1e-9..=1e3)?;
        range::count("objective.pool", self.pool, 1..=100)?;
        range::count("objective.life", self.life, 1..=range::MOST)?;
        let rate = self.ageing_rate;
        range::within("objective.ageing_rate", rate, range::STEP_SIZES)
    }
}

impl KernelRegression {
    fn training<'a, B: Backend>(&self, context: &Context<'a, B>, steps: usize) -> Training<'a> {
        Training {
            steps,
            batch: BATCH,
            optimiser: OptimiserKind::Adam,
            learning_rate: self.ageing_rate,
            schedule: Schedule::Constant,
            momentum: 0.9,
            weight_decay: 0.0,
            loss: Loss::SquaredError,
            augmentation: context.augmentation,
        }
    }

    /// A fresh network that has trained on the points for `age` steps.
    fn aged<B: Backend>(
        &self,
        context: &Context<'_, B>,
        set: &SyntheticSet<B>,
        age: usize,
        seed: &Seed,
    ) -> Aged<B> {
        let start = context.network.fresh(&seed.child("network"));
        let training = self.training(context, age);
        let points = self.seen(context, set.rows());
        let start = Trained::new(start);
        let trained = continued(context.network, start, &points, &training, seed);
        Aged { trained, age }
    }

    /// The rows, followed by their mirror images if `mirrored` is set.
    fn seen<A: Backend>(&self, context: &Context<'_, impl Backend>, rows: Rows<A>) -> Rows<A> {
        let Some(mirror) = mirror(context.training.part.inputs).filter(|_| self.mirrored) else {
            return rows;
        };
        let mirrored = mirror.apply(rows.inputs.clone());
        Rows {
            inputs: Tensor::cat(vec![rows.inputs, mirrored], 0),
            targets: Tensor::cat(vec![rows.targets.clone(), rows.targets], 0),
        }
    }

    /// The place in the pool of the network that a step uses.
    fn choice(&self, seed: &Seed) -> usize {
        seed.child("choice").stream().below(self.pool)
    }
}

/// The name of a network of the pool in the objective's state.
fn aged_name(place: usize) -> String {
    format!("aged.{place}")
}

/// The transform that mirrors pictures left to right, or `None` if inputs are not pictures.
fn mirror(inputs: InputShape) -> Option<Transform> {
    match inputs {
        InputShape::Vector(_) => None,
        InputShape::Picture([channels, height, width]) => Some(Transform::Of {
            picture: [channels, height, width],
            draws: Draws::Sampling(vec![Sampling::mirrored([height, width])]),
        }),
    }
}

/// Whether all rows of `[n, classes]` are one-hot, with at least two classes.
fn is_one_hot<B: Backend>(targets: &Tensor<B, 2>) -> Result<bool> {
    let targets = matrix(targets)?;
    let is_one = |row: ArrayView1<'_, f64>| {
        row.iter().filter(|&&entry| entry == 1.0).count() == 1
            && row.iter().filter(|&&entry| entry == 0.0).count() == row.len() - 1
    };
    Ok(targets.ncols() > 1 && targets.rows().into_iter().all(is_one))
}

/// Rows `[n, classes]` minus 1/C.
pub(super) fn centred<A: Backend>(targets: Tensor<A, 2>) -> Tensor<A, 2> {
    let classes = targets.dims()[1] as f64;
    targets.sub_scalar(1.0 / classes)
}

/// The mean over points of −min(margin, 1/C), `[1]`. The margin of a target is its largest entry minus the
/// second largest. `targets` is `[n, classes]`.
fn margin_term<A: Backend>(targets: Tensor<A, 2>) -> Tensor<A, 1> {
    let classes = targets.dims()[1];
    let (top, place) = targets.clone().max_dim_with_indices(1);
    let places = Tensor::<A, 1, Int>::arange(0..classes as i64, &targets.device()).unsqueeze();
    // If several entries are largest, this masks one of them, and the margin is 0.
    let is_top = place.equal(places);
    let others = targets.mask_fill(is_top, f32::MIN);
    let margin = top - others.max_dim(1);
    total::mean(margin.clamp_max(1.0 / classes as f64)).neg()
}

impl Method for KernelRegression {
    fn kind(&self) -> &'static str {
        "kernel-regression"
    }

    fn settings(&self) -> Result<toml::Table> {
        table(self)
    }

    fn learns(&self) -> BTreeSet<Part> {
        self.learn.clone()
    }

    fn papers(&self) -> Vec<Paper> {
        vec![FREPO]
    }

    fn remedy(&self, path: &str, trouble: Trouble) -> Option<String> {
        match trouble {
            Trouble::FirstStep => Some(format!(
                "lower {path}.ageing_rate, or look for rows of the task with extremely large numbers"
            )),
            Trouble::State => Some(format!("lower {path}.ageing_rate")),
        }
    }
}

impl<B: Backend> Objective<B> for KernelRegression {
    fn fits(&self, network: &dyn AnyNetwork<B>) -> Result<()> {
        if self.mirrored {
            let inputs = network.interface().inputs;
            inputs.picture_for("objective.mirrored", true)?;
        }
        Ok(())
    }

    /// One-hot targets start as in the paper: centred, and divided by √(C/10).
    fn prepare(&self, set: SyntheticSet<B>) -> Result<SyntheticSet<B>> {
        let targets = set.targets();
        let classes = targets.dims()[1];
        if !is_one_hot(&targets)? {
            return Ok(set);
        }
        let targets = centred(targets).div_scalar((classes as f64 / 10.0).sqrt());
        Ok(set.with(Part::Targets, targets))
    }

    fn check_state(
        &self,
        network: &dyn AnyNetwork<B>,
        _set: &SyntheticSet<B>,
        mut state: ObjectiveState<B>,
    ) -> Result<()> {
        let take = |place| Aged::take(&aged_name(place), network.layout(), &mut state).map(drop);
        (0..self.pool).try_for_each(take)
    }

    fn outer_gradient(
        &self,
        context: &Context<'_, B>,
        set: &SyntheticSet<B>,
        mut state: ObjectiveState<B>,
        seed: &Seed,
    ) -> Result<OuterGradient<B>> {
        if state.is_empty() {
            for place in 0..self.pool {
                let seed = seed.indexed("pool", place as u64);
                let age = place * self.life / self.pool;
                self.aged(context, set, age, &seed)
                    .put(&aged_name(place), &mut state);
            }
        }
        let name = aged_name(self.choice(seed));
        let network = context.network;
        let aged = Aged::take(&name, network.layout(), &mut state)?.ok_or_else(|| {
            Error::Mismatch(format!("the pool has no network under the name {name:?}"))
        })?;
        let weights = &aged.trained.weights;
        let real = context.real(seed);
        let transform = context.augmentation.siamese(seed);
        let seen = transform.apply(real.inputs);
        let real_features = features::rows(context.network, weights, &seen);
        let is_classes = context.loss == Loss::CrossEntropy;
        let wanted = if is_classes {
            centred(real.targets)
        } else {
            real.targets
        };
        let on_tape = set.on_tape(&self.learn);
        let points = Rows {
            inputs: transform.apply(on_tape.set.inputs()),
            targets: on_tape.set.targets(),
        };
        let points = self.seen(context, points);
        let point_features = features::tracked_rows(context.network, weights, points.inputs);
        let penalty = Penalty::Relative(self.penalty);
        let readout = ridge::tracked(point_features, points.targets, penalty);
        let readout = readout.map_err(|error| match error {
            Error::Singular { penalty, .. } if !penalty.is_finite() => Error::Mismatch(
                "the features of a network that trained on the points are not finite: lower \
                 objective.ageing_rate, or distill.learning_rate"
                    .to_owned(),
            ),
            other => other,
        })?;
        let residual = lift(real_features).matmul(readout) - lift::<B, 2>(wanted);
        let outputs = residual.dims()[1] as f64;
        let mut loss: Tensor<Tape<B>, 1> = total::mean(residual.square()).mul_scalar(0.5 * outputs);
        if is_classes && self.learn.contains(&Part::Targets) {
            loss = loss + margin_term(on_tape.set.targets());
        }
        aged.put(&name, &mut state);
        let inner = loss.clone().inner();
        Ok(OuterGradient::new(inner, on_tape.gradients(loss)).keeping(state))
    }

    /// Trains the network of this step one step more, or replaces it by a fresh one at the end of its life.
    fn after_step(
        &self,
        context: &Context<'_, B>,
        set: &SyntheticSet<B>,
        mut state: ObjectiveState<B>,
        seed: &Seed,
    ) -> Result<ObjectiveState<B>> {
        let name = aged_name(self.choice(seed));
        let network = context.network;
        let Some(aged) = Aged::take(&name, network.layout(), &mut state)? else {
            return Ok(state);
        };
        let seed = seed.child("ageing");
        let next = if aged.age >= self.life {
            self.aged(context, set, 0, &seed)
        } else {
            let training = self.training(context, 1);
            let points = self.seen(context, set.rows());
            Aged {
                trained: continued(network, aged.trained, &points, &training, &seed),
                age: aged.age + 1,
            }
        };
        next.put(&name, &mut state);
        Ok(state)
    }
}
