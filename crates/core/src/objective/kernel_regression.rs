//! Kernel regression on a network's features: the points are moved so that the ridge regression on them
//! does well on real data.
//!
//! min over X, Y of E_θ ‖φ_θ(real) W − y‖²/2, W = Φᵀ (ΦΦᵀ + λ tr(ΦΦᵀ)/n · I)⁻¹ Y, Φ = φ_θ(X) — Zhou,
//! Nezhadarya and Ba, "Dataset Distillation using Neural Feature Regression" (FRePo), NeurIPS 2022, eq. 3
//! to 6. Networks come from a pool whose members have trained on the points for different times, and the
//! one that was looked at trains one step more. Its weights are constants for the points' gradient: it
//! is of first order, with a solve.
//!
//! Classes are regressed as centred one-hot rows, 1 − 1/C for the class and −1/C for the others.

use std::collections::BTreeSet;

use burn::tensor::{Int, Tensor, backend::Backend};
use ndarray::ArrayView1;
use serde::{Deserialize, Serialize};

use super::{Aged, Memory, Objective, Scene, Signal, check_learn};
use crate::augment::{Draws, Sampling, Transform};
use crate::error::{Error, Result};
use crate::inner::ridge::{self, Penalty};
use crate::inner::train::{Trained, Training, continued};
use crate::inner::{Loss, OptimiserKind, Schedule, features};
use crate::network::AnyNetwork;
use crate::numeric::host::matrix;
use crate::numeric::total;
use crate::seed::Seed;
use crate::settings::{Check, range};
use crate::shape::InputShape;
use crate::synthetic::{Part, Parts, SyntheticSet};
use crate::tape::{Tape, lift};
use crate::task::Rows;

/// Points that a network of the pool sees in a training step, at most.
const BATCH: usize = 1000;

/// Settings of kernel regression.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct KernelRegression {
    /// The parts of the set that are moved: `inputs`, `targets` or both.
    pub learn: BTreeSet<Part>,
    /// λ, times the mean eigenvalue of the points' kernel; 1e-9 to 1e3.
    pub penalty: f64,
    /// Networks in the pool, 1 to 100.
    pub pool: usize,
    /// Training steps that a network of the pool lives; then a fresh one takes its place.
    pub life: usize,
    /// Learning rate (Adam) of that training, 1e-12 to 1e6.
    pub ageing_rate: f64,
    /// Whether each point stands for its mirror image too, left for right, with the same target. For
    /// pictures only.
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
    fn training<'a, B: Backend>(&self, scene: &Scene<'a, B>, steps: usize) -> Training<'a> {
        Training {
            steps,
            batch: BATCH,
            optimiser: OptimiserKind::Adam,
            learning_rate: self.ageing_rate,
            schedule: Schedule::Constant,
            momentum: 0.9,
            weight_decay: 0.0,
            loss: Loss::SquaredError,
            augmentation: scene.augmentation,
        }
    }

    /// A network that has trained on the points for that many steps.
    fn aged<B: Backend>(
        &self,
        scene: &Scene<'_, B>,
        set: &SyntheticSet<B>,
        age: usize,
        seed: &Seed,
    ) -> Aged<B> {
        let start = scene.network.fresh(&seed.child("network"));
        let training = self.training(scene, age);
        let points = self.seen(scene, set.rows());
        let start = Trained::new(start);
        let trained = continued(scene.network, start, &points, &training, seed);
        Aged { trained, age }
    }

    /// The rows, and where they stand for their mirror images, those below them.
    fn seen<A: Backend>(&self, scene: &Scene<'_, impl Backend>, rows: Rows<A>) -> Rows<A> {
        let Some(mirror) = mirror(scene.task.task.inputs).filter(|_| self.mirrored) else {
            return rows;
        };
        let mirrored = mirror.apply(rows.inputs.clone());
        Rows {
            inputs: Tensor::cat(vec![rows.inputs, mirrored], 0),
            targets: Tensor::cat(vec![rows.targets.clone(), rows.targets], 0),
        }
    }

    /// Which of the pool a step looks at.
    fn choice(&self, seed: &Seed) -> usize {
        seed.child("choice").stream().below(self.pool)
    }
}

/// What makes mirror images, left for right, of inputs that are pictures.
fn mirror(inputs: InputShape) -> Option<Transform> {
    match inputs {
        InputShape::Vector(_) => None,
        InputShape::Picture([channels, height, width]) => Some(Transform::Of {
            picture: [channels, height, width],
            draws: Draws::Sampling(vec![Sampling::mirrored([height, width])]),
        }),
    }
}

/// Whether rows `[n, classes]` are one-hot, of at least two classes.
fn is_one_hot<B: Backend>(targets: &Tensor<B, 2>) -> Result<bool> {
    let targets = matrix(targets)?;
    let is_one = |row: ArrayView1<'_, f64>| {
        row.iter().filter(|&&entry| entry == 1.0).count() == 1
            && row.iter().filter(|&&entry| entry == 0.0).count() == row.len() - 1
    };
    Ok(targets.ncols() > 1 && targets.rows().into_iter().all(is_one))
}

/// One-hot rows `[n, classes]` less 1/C.
fn centred<A: Backend>(targets: Tensor<A, 2>) -> Tensor<A, 2> {
    let classes = targets.dims()[1] as f64;
    targets.sub_scalar(1.0 / classes)
}

/// The mean over points of −min(margin, 1/C), the margin being by how much a target's largest entry
/// is above its second one.
fn margin_term<A: Backend>(targets: Tensor<A, 2>) -> Tensor<A, 1> {
    let classes = targets.dims()[1];
    let (top, place) = targets.clone().max_dim_with_indices(1);
    let places = Tensor::<A, 1, Int>::arange(0..classes as i64, &targets.device()).unsqueeze();
    // One of several that are largest: the others then leave no margin.
    let is_top = place.equal(places);
    let others = targets.mask_fill(is_top, f32::MIN);
    let margin = top - others.max_dim(1);
    total::mean(margin.clamp_max(1.0 / classes as f64)).neg()
}

impl<B: Backend> Objective<B> for KernelRegression {
    fn learns(&self) -> BTreeSet<Part> {
        self.learn.clone()
    }

    fn fits(&self, network: &dyn AnyNetwork<B>) -> Result<()> {
        if self.mirrored {
            let inputs = network.interface().inputs;
            inputs.picture_for("objective.mirrored", true)?;
        }
        Ok(())
    }

    /// Targets of classes start as published: centred, and over √(C/10).
    fn prepare(&self, set: SyntheticSet<B>) -> Result<SyntheticSet<B>> {
        let targets = set.targets();
        let classes = targets.dims()[1];
        if !is_one_hot(&targets)? {
            return Ok(set);
        }
        let targets = centred(targets).div_scalar((classes as f64 / 10.0).sqrt());
        Ok(set.with(Part::Targets, targets))
    }

    fn signal(
        &self,
        scene: &Scene<'_, B>,
        set: &SyntheticSet<B>,
        memory: Memory<B>,
        seed: &Seed,
    ) -> Result<Signal<B>> {
        let mut memory = memory;
        if memory.aged.is_empty() {
            let fresh = |place: usize| {
                let seed = seed.indexed("pool", place as u64);
                self.aged(scene, set, place * self.life / self.pool, &seed)
            };
            memory.aged = (0..self.pool).map(fresh).collect();
        }
        let weights = &memory.aged[self.choice(seed)].trained.weights;
        let real = scene
            .task
            .batch(scene.batch, &mut seed.child("batch").stream());
        let transform = scene.augmentation.siamese(seed);
        let seen = transform.apply(real.inputs);
        let real_features = features::rows(scene.network, weights, &seen);
        let is_classes = scene.loss == Loss::CrossEntropy;
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
        let points = self.seen(scene, points);
        let point_features = features::tracked_rows(scene.network, weights, points.inputs);
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
        Ok(Signal {
            loss: loss.clone().inner(),
            gradients: on_tape.gradients(loss),
            solved: Parts::new(),
            memory,
        })
    }

    /// The network that was looked at trains one step more, or gives its place to a fresh one.
    fn remember(
        &self,
        scene: &Scene<'_, B>,
        set: &SyntheticSet<B>,
        memory: Memory<B>,
        seed: &Seed,
    ) -> Memory<B> {
        let mut memory = memory;
        let place = self.choice(seed);
        let Some(aged) = memory.aged.get_mut(place) else {
            return memory;
        };
        let seed = seed.child("ageing");
        if aged.age >= self.life {
            *aged = self.aged(scene, set, 0, &seed);
            return memory;
        }
        let training = self.training(scene, 1);
        let points = self.seen(scene, set.rows());
        let next = continued(
            scene.network,
            aged.trained.clone(),
            &points,
            &training,
            &seed,
        );
        *aged = Aged {
            trained: next,
            age: aged.age + 1,
        };
        memory
    }
}
