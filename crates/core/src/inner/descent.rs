//! One step of an inner training, and its backward pass.
//!
//! Gradient descent with momentum μ and Adam (Kingma and Ba, 2015, algorithm 1) with coefficients β₁, β₂
//! move weights θ along the gradient g_t with step size η_t:
//!
//! ```text
//!   descent   m' = μ m + g               θ' = θ − η m'
//!   Adam      m' = β₁ m + (1 − β₁) g     v' = β₂ v + (1 − β₂) g²
//!             θ' = θ − η m̂ / (√v̂ + ε),  m̂ = m'/(1 − β₁ᵗ⁺¹),  v̂ = v'/(1 − β₂ᵗ⁺¹)
//! ```
//!
//! The backward pass takes λ = ∂L/∂θ' and the derivatives with respect to m' and v', and returns those with
//! respect to g, η, m and v. From g back to θ and the points it is [`super::step_record`]'s part.

use burn::tensor::{Tensor, backend::Backend};

use super::OptimiserKind;
use crate::network::Weights;

/// β₂ of Adam.
const SECOND: f64 = 0.999;
/// ε of Adam.
const EPSILON: f64 = 1e-8;
/// Lower bound of √v̂, whose derivative is not defined at zero, where all gradients were zero.
const LEAST: f64 = 1e-12;

/// The rule that moves the weights in an inner training.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Descent {
    /// Gradient descent or Adam.
    pub optimiser: OptimiserKind,
    /// Momentum μ, or Adam's β₁.
    pub momentum: f64,
}

/// Weights and moments between two steps.
#[derive(Debug, Clone)]
pub(super) struct Iterate<A: Backend> {
    /// θ.
    pub weights: Weights<A>,
    /// m, and with Adam also v; empty before the first step.
    pub moments: Vec<Weights<A>>,
}

/// Derivatives of the outer loss with respect to an [`Iterate`].
#[derive(Debug)]
pub(super) struct Adjoint<B: Backend> {
    /// λ = ∂L/∂θ.
    pub weights: Weights<B>,
    /// ∂L/∂m, and with Adam also ∂L/∂v.
    pub moments: Vec<Weights<B>>,
}

/// Derivatives of the outer loss with respect to the arguments of a step, without the weights.
#[derive(Debug)]
pub(super) struct Back<B: Backend> {
    /// κ = ∂L/∂g.
    pub gradient: Weights<B>,
    /// ∂L/∂η, `[1]`.
    pub size: Tensor<B, 1>,
    /// With respect to the moments before the step.
    pub moments: Vec<Weights<B>>,
}

impl<A: Backend> Iterate<A> {
    /// The iterate before the first step.
    pub fn new(weights: Weights<A>) -> Self {
        Self {
            weights,
            moments: Vec::new(),
        }
    }
}

impl Descent {
    /// Number of vectors of the weights' length that an iterate holds: the weights and the moments.
    pub fn vectors(&self) -> usize {
        1 + self.remembered()
    }

    fn remembered(&self) -> usize {
        match self.optimiser {
            OptimiserKind::Sgd => 1,
            OptimiserKind::Adam => 2,
        }
    }

    /// The adjoint after the last step: the derivatives with respect to the moments are zero.
    pub(super) fn end<B: Backend>(&self, weights: Weights<B>) -> Adjoint<B> {
        let moments = vec![weights.zeros_like(); self.remembered()];
        Adjoint { weights, moments }
    }

    /// Returns the iterate after a step with this step size `[1]` and gradient. Steps count from 0.
    pub(super) fn advance<A: Backend>(
        &self,
        iterate: Iterate<A>,
        step: usize,
        size: &Tensor<A, 1>,
        gradient: &Weights<A>,
    ) -> Iterate<A> {
        let Iterate { weights, moments } = iterate;
        let mut moments = moments.into_iter();
        let mut mixed = |old: f64, new: f64, what: &Weights<A>| {
            let new = what.map(|tensor| tensor.mul_scalar(new));
            match moments.next() {
                Some(before) => new.add_scaled(&before, old),
                None => new,
            }
        };
        let momentum = self.momentum;
        let moments = match self.optimiser {
            OptimiserKind::Sgd => vec![mixed(momentum, 1.0, gradient)],
            OptimiserKind::Adam => {
                let first = mixed(momentum, 1.0 - momentum, gradient);
                let squares = gradient.map(Tensor::square);
                vec![first, mixed(SECOND, 1.0 - SECOND, &squares)]
            }
        };
        let iterate = Iterate { weights, moments };
        let direction = self.direction(step, &iterate);
        Iterate {
            weights: iterate.weights.zip(&direction, |w, d| w - d * size.clone()),
            moments: iterate.moments,
        }
    }

    /// The direction of the step that led to `after`: m', or m̂ / (√v̂ + ε) with Adam.
    fn direction<A: Backend>(&self, step: usize, after: &Iterate<A>) -> Weights<A> {
        match after.moments.as_slice() {
            [first, second, ..] => {
                let [of_first, _] = self.corrections(step);
                first.zip(second, |m, v| {
                    m.mul_scalar(of_first) / self.root(step, v).add_scalar(EPSILON)
                })
            }
            [velocity] => velocity.clone(),
            [] => after.weights.zeros_like(),
        }
    }

    /// 1/(1 − β₁ᵗ⁺¹) and 1/(1 − β₂ᵗ⁺¹).
    fn corrections(&self, step: usize) -> [f64; 2] {
        let time = (step + 1) as f64;
        [self.momentum, SECOND].map(|coefficient| 1.0 / (1.0 - coefficient.powf(time)))
    }

    /// √v̂.
    fn root<A: Backend>(&self, step: usize, second: Tensor<A, 1>) -> Tensor<A, 1> {
        let [_, of_second] = self.corrections(step);
        let mean = second.mul_scalar(of_second);
        mean.clamp_min(LEAST * LEAST).sqrt()
    }

    /// The backward pass through the step that led to `after`. `gradient` returns g, which only Adam needs.
    /// It cannot be (m' − β₁ m)/(1 − β₁) instead, since that is mostly rounding error for β₁ near 1.
    pub(super) fn back<B: Backend>(
        &self,
        step: usize,
        size: &Tensor<B, 1>,
        adjoint: &Adjoint<B>,
        after: &Iterate<B>,
        gradient: impl FnOnce() -> Weights<B>,
    ) -> Back<B> {
        let Adjoint { weights, moments } = adjoint;
        let direction = self.direction(step, after);
        let by_size = weights.dot(&direction).neg();
        let moved = weights.map(|tensor| (tensor * size.clone()).neg());
        match (after.moments.as_slice(), moments.as_slice()) {
            ([_, second], [by_first, by_second]) => {
                let [of_first, of_second] = self.corrections(step);
                let by_direction = moved.zip(second, |moved, v| {
                    moved / self.root(step, v).add_scalar(EPSILON)
                });
                let by_first = by_first.zip(&by_direction, |a, b| a + b.mul_scalar(of_first));
                // ∂(m̂/(√v̂ + ε))/∂v' = −direction/(√v̂ + ε) · 1/(2 √v̂ (1 − β₂ᵗ⁺¹)).
                let through_root = by_direction.zip(&direction, |by, direction| by * direction);
                let through_root = through_root.zip(second, |by, v| {
                    by.mul_scalar(0.5 * of_second) / self.root(step, v)
                });
                let by_second = by_second.zip(&through_root, |a, b| a - b);
                let derivative =
                    gradient().zip(&by_second, |g, by| g.mul_scalar(2.0 * (1.0 - SECOND)) * by);
                Back {
                    gradient: derivative.add_scaled(&by_first, 1.0 - self.momentum),
                    size: by_size,
                    moments: vec![
                        by_first.map(|tensor| tensor.mul_scalar(self.momentum)),
                        by_second.map(|tensor| tensor.mul_scalar(SECOND)),
                    ],
                }
            }
            (_, by_memory) => {
                let by_velocity = by_memory
                    .first()
                    .map_or_else(|| moved.clone(), |by| by.plus(&moved));
                Back {
                    moments: vec![by_velocity.map(|tensor| tensor.mul_scalar(self.momentum))],
                    gradient: by_velocity,
                    size: by_size,
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::sync::Arc;

    use burn_flex::Flex;

    use super::*;
    use crate::network::Layout;
    use crate::numeric::host::numbers;

    #[test]
    fn a_gradient_small_beside_its_momentum_keeps_its_digits_in_single_precision() {
        let layout = r#"[{"name": "weight", "shape": [3]}]"#;
        let layout: Arc<Layout> = Arc::new(serde_json::from_str(layout).unwrap());
        let weights = |values: [f64; 3]| {
            let tensor = Tensor::<Flex, 1>::from_data(values, &Default::default());
            Weights::new(layout.clone(), vec![tensor])
        };
        let descent = Descent {
            optimiser: OptimiserKind::Adam,
            momentum: 0.999,
        };
        // The moment of earlier steps is a thousand times the gradient of this step.
        let gradient = [1e-3, -2e-3, 5e-4];
        let (step, size) = (4999, 0.01);
        let before = Iterate {
            weights: weights([0.1, 0.2, 0.3]),
            moments: vec![weights([1.0, -1.0, 1.0]), weights([1.0, 1.0, 2.0])],
        };
        let sizes = Tensor::from_data([size], &Default::default());
        let after = descent.advance(before, step, &sizes, &weights(gradient));
        let derivatives = [0.3, 0.1, -0.2];
        let adjoint = Adjoint {
            weights: weights(derivatives),
            moments: vec![weights([0.0; 3]), weights([1e3; 3])],
        };
        let back = descent.back(step, &sizes, &adjoint, &after, || weights(gradient));
        let found = numbers(&back.gradient.tensors()[0]).unwrap();

        let [of_first, of_second] = descent.corrections(step);
        let [first, second] = [0, 1].map(|place| numbers(&after.moments[place].tensors()[0]));
        let (first, second) = (first.unwrap(), second.unwrap());
        for place in 0..3 {
            let root = (second[place] * of_second).sqrt();
            let by_direction = -derivatives[place] * size / (root + EPSILON);
            let direction = first[place] * of_first / (root + EPSILON);
            let by_second = 1e3 - by_direction * direction * 0.5 * of_second / root;
            let expected = 2.0 * (1.0 - SECOND) * gradient[place] * by_second
                + (1.0 - descent.momentum) * by_direction * of_first;
            let apart = (found[place] / expected - 1.0).abs();
            assert!(apart < 1e-5, "{place}: {}, {expected}", found[place]);
        }
    }
}
