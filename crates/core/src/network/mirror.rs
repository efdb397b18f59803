//! What is known of weights before any number is computed: the mirrored start, and the features that one
//! step makes of it.
//!
//! The theory's network is f(x) = h(x; θ′) − h(x; θ″): its neurons come in two halves, and at the start
//! θ″ = θ′, so that f = 0 (Damian, Lee and Soltanolkotabi, COLT 2022). Of such weights half tells all:
//!
//! - The outputs are zero, whatever the inputs.
//! - The gradient in θ″ is minus that in θ′. Where a parameter enters f as a factor whose sign makes the
//!   difference, as the readout a″ = −a′ does, the two gradients are the same.
//! - So the gradient of a loss is ∂h/∂θ′ applied to the loss's derivative at outputs of zero: one half goes
//!   through the network. It is exact, not an approximation.
//!
//! A step from zero along that gradient, as the feature step takes it, gives W = [V, −V], of which xV is
//! half of the products.
//!
//! [`Weights`](super::Weights) carry what is known of them from where it is made ([`AnyNetwork::fresh`](super::AnyNetwork::fresh),
//! the feature step) to where it is used, and forget it with the first operation that changes them.

use std::sync::Arc;

/// How a parameter's second half follows from its first, along one of its axes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Half {
    /// The same numbers.
    Copied {
        /// The axis of the neurons, counted from 0.
        axis: usize,
    },
    /// The same numbers with the other sign.
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

    /// Whether the gradient in the second half has the sign of that in the first.
    pub(super) fn gradient_keeps_sign(self) -> bool {
        matches!(self, Self::Negated { .. })
    }
}

/// That a network's fresh start is mirrored: one [`Half`] a slot of its layout.
///
/// Its module is then also run with the first halves in the place of its parameters, and must give h(x; θ′): so it
/// keeps no width of its own, and has no parameter that both halves share, such as a bias of the outputs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mirror {
    pub(super) halves: Vec<Half>,
    /// The slot of a [`Linear`](super::layer::Linear)'s matrix that may be given by half.
    linear: Option<usize>,
}

impl Mirror {
    /// A mirror of slots, in the layout's order.
    pub fn new(halves: Vec<Half>) -> Self {
        Self {
            halves,
            linear: None,
        }
    }

    /// The same mirror of a network whose weight in that slot is a [`Linear`](super::layer::Linear)'s: once a
    /// gradient step has made it [V, −V], the layer is given V.
    pub fn through_linear(self, slot: usize) -> Self {
        Self {
            linear: Some(slot),
            ..self
        }
    }

    /// What is known of weights whose matrix in that slot is replaced by a multiple of its gradient.
    pub(crate) fn stepped(&self, slot: usize) -> Option<Known> {
        let is_opposite =
            self.linear == Some(slot) && self.halves[slot] == Half::Copied { axis: 1 };
        is_opposite.then_some(Known::Opposite { slot })
    }
}

/// What is known of weights.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Known {
    /// They are a mirrored start.
    Mirrored(Arc<Mirror>),
    /// The matrix in that slot is [V, −V].
    Opposite {
        /// The slot.
        slot: usize,
    },
}
