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

/// That a network's fresh start is mirrored: one [`Half`] a slot of its layout.
///
/// Its module is then also run with the first halves in the place of its parameters, and must give h(x; θ′): so it
/// keeps no width of its own, and has no parameter that both halves share, such as a bias of the outputs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mirror {
    halves: Vec<Half>,
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

    /// Why weights are no such start; nothing where they are.
    pub(super) fn refuses<A: Backend>(&self, weights: &Weights<A>) -> Option<String> {
        let slots = weights.layout().slots();
        if self.halves.len() != slots.len() {
            return Some(format!(
                "has {} halves for {} parameters",
                self.halves.len(),
                slots.len()
            ));
        }
        let parameters = slots.iter().zip(weights.tensors()).zip(&self.halves);
        parameters.into_iter().find_map(|((slot, tensor), half)| {
            let even = slot
                .shape
                .get(half.axis())
                .is_some_and(|length| length % 2 == 0);
            if !even {
                return Some(format!(
                    "cuts {} {:?} at axis {}",
                    slot.name,
                    slot.shape,
                    half.axis()
                ));
            }
            let pairs = pairs(tensor, slot, *half);
            let [first, second] = [0, 1].map(|side| pairs.clone().narrow(1, side, 1));
            let rest = match half {
                Half::Copied { .. } => second - first,
                Half::Negated { .. } => second + first,
            };
            let apart = rest
                .abs()
                .max()
                .into_data()
                .iter::<f64>()
                .any(|most| most != 0.0);
            apart.then(|| format!("does not hold for {} at the start", slot.name))
        })
    }

    /// θ′: the first half of each slot.
    pub fn first_half<A: Backend>(&self, weights: &Weights<A>) -> Weights<A> {
        let slots = weights.layout().slots().iter().zip(&self.halves);
        let slots: Vec<Slot> = slots
            .map(|(slot, half)| halved(slot, half.axis()))
            .collect();
        let tensors = weights.tensors().iter().zip(weights.layout().slots());
        let tensors = tensors
            .zip(&self.halves)
            .map(|((tensor, slot), half)| pairs(tensor, slot, *half).narrow(1, 0, 1).flatten(0, 2));
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

/// A slot's tensor as `[first, 2, second]`, both halves beside each other.
fn pairs<A: Backend>(tensor: &Tensor<A, 1>, slot: &Slot, half: Half) -> Tensor<A, 3> {
    let [before, after] = around(slot, half.axis());
    tensor.clone().reshape([before, 2, after])
}

/// How many halves of neurons there are in a row of the flat tensor, and how many numbers one has: the
/// tensor is `[first, 2, second]`.
fn around(slot: &Slot, axis: usize) -> [usize; 2] {
    let before: usize = slot.shape[..axis].iter().product();
    let numbers: usize = slot.shape.iter().product();
    [before, numbers / (2 * before.max(1))]
}
