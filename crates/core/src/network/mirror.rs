//! The structure of weights at a mirrored start and after one feature step, which halves computations.
//!
//! The theory's network is f(x) = h(x; θ′) − h(x; θ″). Its neurons come in two halves, and at the start
//! θ″ = θ′, so that f = 0 (Damian, Lee and Soltanolkotabi, COLT 2022). For such weights, one half is enough:
//!
//! - The outputs are zero for all inputs.
//! - The gradient in θ″ is minus the gradient in θ′. The exception is a parameter that starts with the
//!   opposite sign, such as the readout a″ = −a′: there the two gradients are equal.
//! - So the gradient of a loss is ∂h/∂θ′ applied to the loss's derivative at outputs of zero. Only one half
//!   goes through the network, and the result is exact.
//!
//! The feature step replaces the first layer's W by a multiple of that gradient. This gives W = [V, −V], and
//! the product xV is enough to know xW.
//!
//! [`Weights`](super::Weights) carry this structure from where it arises, which is
//! [`AnyNetwork::fresh`](super::AnyNetwork::fresh) or the feature step, to where it is used. The first
//! operation that changes the weights drops it.

use std::sync::Arc;

/// How the second half of a parameter follows from its first half, along one axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Half {
    /// The second half has the same numbers.
    Copied {
        /// The axis of the neurons, counted from 0.
        axis: usize,
    },
    /// The second half has the same numbers with the opposite sign.
    Negated {
        /// The axis of the neurons, counted from 0.
        axis: usize,
    },
}

impl Half {
    pub(super) fn axis(self) -> usize {
        match self {
            Self::Copied { axis } | Self::Negated { axis } => axis,
        }
    }

    /// Whether the gradients in the two halves are equal. Otherwise they have opposite signs.
    pub(super) fn gradient_keeps_sign(self) -> bool {
        matches!(self, Self::Negated { .. })
    }
}

/// Declares that a network's fresh start is mirrored, with one [`Half`] for each slot of its layout.
///
/// The module is then also run with only the first halves as its parameters, and must return h(x; θ′). So it
/// must not store its width, and must not have a parameter that both halves share, such as a bias of the
/// outputs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mirror {
    pub(super) halves: Vec<Half>,
    /// The slot of a matrix of a [`Linear`](super::layer::Linear) that may be replaced by its first half.
    linear: Option<usize>,
}

impl Mirror {
    /// A mirror with one half for each slot, in the layout's order.
    pub fn new(halves: Vec<Half>) -> Self {
        Self {
            halves,
            linear: None,
        }
    }

    /// Declares that the matrix in this slot belongs to a [`Linear`](super::layer::Linear). Once a feature
    /// step has made it [V, −V], the layer gets V alone.
    pub fn through_linear(self, slot: usize) -> Self {
        Self {
            linear: Some(slot),
            ..self
        }
    }

    /// The structure of weights whose matrix in this slot has been replaced by a multiple of its gradient,
    /// or `None` if nothing is known.
    pub(crate) fn stepped(&self, slot: usize) -> Option<Known> {
        let is_opposite =
            self.linear == Some(slot) && self.halves[slot] == Half::Copied { axis: 1 };
        is_opposite.then_some(Known::Opposite { slot })
    }
}

/// The known structure of weights.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Known {
    /// The weights are a mirrored start.
    Mirrored(Arc<Mirror>),
    /// The matrix in this slot is [V, −V].
    Opposite {
        /// The slot.
        slot: usize,
    },
}
