//! The halves of a mirrored start: takes θ′ from the weights, and makes the whole gradient from that in θ′.

use std::sync::Arc;

use burn::tensor::{Tensor, backend::Backend};

use super::layout::{Layout, Slot};
use super::mirror::{Half, Mirror};
use super::weights::Weights;

impl Mirror {
    /// Returns what contradicts this mirror in freshly drawn weights, or `None` if nothing does.
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
                    "cannot halve {} {:?} along axis {}",
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

    /// Returns θ′: the first half of each slot, in a layout with half as many neurons.
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

    /// Returns the gradient in all weights, computed from the gradient in the first half of each slot.
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
            // Each half is reshaped by itself, so that every tensor stays contiguous: adding the
            // derivatives of flat tensors needs that.
            let [first, second] = [first.clone(), second].map(|it| it.reshape([before, 1, after]));
            Tensor::cat(vec![first, second], 1).flatten(0, 2)
        });
        Weights::new(layout.clone(), tensors.collect())
    }
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

/// A slot's tensor as `[before, 2, after]`: the middle axis separates its two halves, see [`around`].
fn pairs<A: Backend>(tensor: &Tensor<A, 1>, slot: &Slot, half: Half) -> Tensor<A, 3> {
    let [before, after] = around(slot, half.axis());
    tensor.clone().reshape([before, 2, after])
}

/// Returns `[before, after]`, such that a slot's flat tensor is `[before, 2, after]` and the middle axis
/// separates the two halves of `axis`.
fn around(slot: &Slot, axis: usize) -> [usize; 2] {
    let before: usize = slot.shape[..axis].iter().product();
    let numbers: usize = slot.shape.iter().product();
    [before, numbers / (2 * before.max(1))]
}
