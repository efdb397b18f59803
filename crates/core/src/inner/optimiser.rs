//! Burn's Adam and gradient descent with momentum, one tensor at a time. Their state is plain tensors that
//! can be stored. (Burn's own gradient descent keeps its velocity private, so it could not be stored.)

use burn::optim::{Adam, AdamConfig, AdamState, AdaptiveMomentumState, SimpleOptimizer};
use burn::tensor::{Tensor, backend::Backend};
use serde::{Deserialize, Serialize};

/// Kind of an optimiser, which moves points or weights along their gradient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OptimiserKind {
    /// Adam (Kingma and Ba, 2015).
    Adam,
    /// Gradient descent with momentum.
    Sgd,
}

/// An optimiser of one tensor at a time.
#[derive(Clone)]
pub enum Optimiser {
    /// Adam, with β₂ = 0.999 and ε = 1e-8.
    Adam(Adam),
    /// Gradient descent with momentum.
    Sgd {
        /// Momentum μ.
        momentum: f64,
    },
}

/// The state that an optimiser keeps of one tensor: the number of steps, and moments in a fixed order.
#[derive(Debug, Clone)]
pub struct Moments<B: Backend, const D: usize> {
    /// Number of steps taken.
    pub time: usize,
    /// First and second moment of Adam; the velocity of gradient descent.
    pub tensors: Vec<Tensor<B, D>>,
}

impl Optimiser {
    /// An optimiser of this kind. `momentum` is Adam's β₁ or the momentum of gradient descent, in [0, 1).
    pub fn new(kind: OptimiserKind, momentum: f64) -> Self {
        match kind {
            OptimiserKind::Adam => Self::Adam(
                AdamConfig::new()
                    .with_beta_1(momentum as f32)
                    .with_epsilon(1e-8)
                    .build(),
            ),
            OptimiserKind::Sgd => Self::Sgd { momentum },
        }
    }

    /// Returns the tensor after one step with learning rate `rate`, and its new moments. `moments` is `None`
    /// at the first step.
    pub fn step<B: Backend, const D: usize>(
        &self,
        rate: f64,
        tensor: Tensor<B, D>,
        gradient: Tensor<B, D>,
        moments: Option<Moments<B, D>>,
    ) -> (Tensor<B, D>, Moments<B, D>) {
        let time = moments.as_ref().map_or(0, |moments| moments.time);
        let mut stored = moments
            .map_or_else(Vec::new, |moments| moments.tensors)
            .into_iter();
        match self {
            Self::Adam(adam) => {
                let state = stored.next().zip(stored.next()).map(|(first, second)| {
                    AdamState::new(AdaptiveMomentumState::new(time, first, second))
                });
                let (tensor, state) = adam.step(rate, tensor, gradient, state);
                let tensors = state.map_or_else(Vec::new, |state| {
                    vec![state.momentum.moment_1, state.momentum.moment_2]
                });
                (
                    tensor,
                    Moments {
                        time: time + 1,
                        tensors,
                    },
                )
            }
            Self::Sgd { momentum } => {
                let velocity = match stored.next() {
                    Some(velocity) => velocity.mul_scalar(*momentum) + gradient,
                    None => gradient,
                };
                let tensor = tensor - velocity.clone().mul_scalar(rate);
                (
                    tensor,
                    Moments {
                        time: time + 1,
                        tensors: vec![velocity],
                    },
                )
            }
        }
    }
}
