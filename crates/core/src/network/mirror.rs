//! What is known of weights before any number is computed: the mirrored start, and the features that one
//! step makes of it.
//!
//! The theory's network is f(x) = h(x; θ′) − h(x; θ″): its neurons come in two halves, and at the start
//! θ″ = θ′, so that f = 0 (Damian, Lee and Soltanolkotabi, COLT 2022). Of such weights half tells all:
//!
//! - The outputs are zero, whatever the inputs.
//! - The gradient in θ″ is minus that in θ′. Where a parameter enters f as a factor whose sign makes the
//!   difference, as the readout a″ = −a′ does, the two gradients are the same.
//! - So the gradient of a loss is ∂h/∂θ′ applied to the loss's slope at outputs of zero: one half goes
//!   through the network. It is exact, not an approximation.
//!
//! A step from zero along that gradient, as the feature step takes it, gives W = [V, −V], of which xV is
//! half of the products.
//!
//! [`Weights`] carry what is known of them from where it is made ([`AnyNetwork::fresh`](super::AnyNetwork::fresh),
//! the feature step) to where it is used, and forget it with the first operation that changes them.

use std::sync::Arc;

use burn::tensor::{Tensor, backend::Backend};

use super::weights::{Layout, Slot, Weights};

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
    fn axis(self) -> usize {
        match self {
            Self::Copied { axis } | Self::Negated { axis } => axis,
        }
    }

    /// Whether the gradient in the second half has the sign of that in the first.
    fn gradient_keeps_sign(self) -> bool {
        matches!(self, Self::Negated { .. })
    }
}

/// That a network's fresh start is mirrored: one [`Half`] a slot of its layout. The first halves, in a
/// module of the same kind, must be a network whose outputs are h(x; θ′).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mirror {
    halves: Vec<Half>,
    is_linear: bool,
}

impl Mirror {
    /// A mirror of slots, in the layout's order.
    pub fn new(halves: Vec<Half>) -> Self {
        Self {
            halves,
            is_linear: false,
        }
    }

    /// The same mirror of a network whose layer that the feature step moves is a
    /// [`Linear`](super::layer::Linear): it is given V in place of [V, −V].
    pub fn through_linear(self) -> Self {
        Self {
            is_linear: true,
            ..self
        }
    }

    /// Whether the layer that the feature step moves takes V in place of [V, −V].
    pub(crate) fn is_through_linear(&self) -> bool {
        self.is_linear
    }

    /// θ′: the first half of each slot.
    pub fn first_half<A: Backend>(&self, weights: &Weights<A>) -> Weights<A> {
        let slots = weights.layout().slots().iter().zip(&self.halves);
        let slots: Vec<Slot> = slots
            .map(|(slot, half)| halved(slot, half.axis()))
            .collect();
        let tensors = weights.tensors().iter().zip(weights.layout().slots());
        let tensors = tensors.zip(&self.halves).map(|((tensor, slot), half)| {
            let [before, after] = around(slot, half.axis());
            let pairs = tensor.clone().reshape([before, 2, after]);
            pairs.narrow(1, 0, 1).flatten(0, 2)
        });
        Weights::new(Arc::new(Layout::new(slots)), tensors.collect())
    }

    /// The gradient in all weights from that in the first half of each slot.
    pub fn whole_gradient<A: Backend>(
        &self,
        layout: &Arc<Layout>,
        half: &Weights<A>,
    ) -> Weights<A> {
        let tensors = half.tensors().iter().zip(layout.slots()).zip(&self.halves);
        let tensors = tensors.map(|((first, slot), half)| {
            let [before, after] = around(slot, half.axis());
            let second = match half.gradient_keeps_sign() {
                true => first.clone(),
                false => -first.clone(),
            };
            // Each by itself: derivatives of flat tensors are added without gaps between their numbers.
            let [first, second] = [first.clone(), second].map(|it| it.reshape([before, 1, after]));
            Tensor::cat(vec![first, second], 1).flatten(0, 2)
        });
        Weights::new(layout.clone(), tensors.collect())
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

/// The slot with half as many neurons.
fn halved(slot: &Slot, axis: usize) -> Slot {
    let mut shape = slot.shape.clone();
    shape[axis] /= 2;
    Slot {
        name: slot.name.clone(),
        shape,
    }
}

/// How many halves of neurons there are in a row of the flat tensor, and how many numbers one has: the
/// tensor is `[first, 2, second]`.
fn around(slot: &Slot, axis: usize) -> [usize; 2] {
    let before: usize = slot.shape[..axis].iter().product();
    let numbers: usize = slot.shape.iter().product();
    [before, numbers / (2 * before.max(1))]
}
