//! Groups of points and real rows that are matched with each other: one for each class, or one for all.

use std::ops::Range;

use burn::tensor::{Tensor, backend::Backend};

use super::Context;
use crate::augment::Transform;
use crate::inner::lanes::side_by_side;
use crate::kernel::Grain;
use crate::network::AnyNetwork;
use crate::numeric::total;
use crate::seed::Seed;
use crate::synthetic::{Parts, SyntheticSet};
use crate::task::{Drawn, Rows};

/// Points of the set and the real rows that they are matched to.
#[derive(Debug, Clone)]
pub struct Group<B: Backend> {
    /// The real rows, drawn again at every step.
    pub real: Drawn,
    /// The seed of the noise on the real rows.
    pub seed: Seed,
    /// The transform of real rows and points, drawn again at every step.
    pub transform: Transform,
    /// The place of the group's first point in the set.
    pub first: usize,
    /// The points, without other parts of the set.
    pub points: SyntheticSet<B>,
}

impl<B: Backend> Group<B> {
    /// The real rows, with noise if there is any, through the transform.
    pub fn rows(&self, context: &Context<'_, B>) -> Rows<B> {
        let rows = context.rows(&self.real, &self.seed);
        Rows {
            inputs: self.transform.apply(rows.inputs),
            targets: rows.targets,
        }
    }
}

/// Returns the groups of a step: one for each class if `by_class` is true and there are at least two
/// classes, otherwise a single group.
pub fn all<B: Backend>(
    context: &Context<'_, B>,
    set: &SyntheticSet<B>,
    by_class: bool,
    seed: &Seed,
) -> Vec<Group<B>> {
    let mut batch = seed.child("batch").stream();
    let classes = context.training.by_class.len();
    if !by_class || classes < 2 {
        return vec![Group {
            real: context.draw(&mut batch),
            seed: seed.clone(),
            transform: context.augmentation.siamese(seed),
            first: 0,
            points: set.points(0, set.len()),
        }];
    }
    let counts = set.counts(classes);
    let starts = counts.iter().scan(0, |next, &count| {
        *next += count;
        Some(*next - count)
    });
    let groups = starts.zip(&counts).enumerate();
    let groups = groups.map(|(class, (first, &count))| {
        let seed = seed.indexed("class", class as u64);
        Group {
            real: context
                .training
                .draw_class(class, context.batch, &mut batch),
            transform: context.augmentation.siamese(&seed),
            seed,
            first,
            points: set.points(first, count),
        }
    });
    groups.collect()
}

/// Returns the ranges of groups whose points go through the network in one pass. A pass has one group, or
/// as many consecutive groups as the backend's grain allows (all of them on a device without a cache limit).
pub fn passes<B: Backend>(network: &dyn AnyNetwork<B>, groups: &[Group<B>]) -> Vec<Range<usize>> {
    let most = network.grain().activations / network.activations().max(1);
    let mut passes: Vec<Range<usize>> = Vec::new();
    let mut held = 0;
    for (place, group) in groups.iter().enumerate() {
        held += group.points.len();
        match passes.last_mut().filter(|_| held <= most) {
            Some(pass) => pass.end = place + 1,
            None => {
                held = group.points.len();
                passes.push(place..place + 1);
            }
        }
    }
    passes
}

/// Computes loss `[1]` and gradients of each item (a group or a pass) in parallel. Returns the sum of the
/// losses, and the gradients joined along the points.
pub fn sum<B: Backend, I: Sync>(
    grain: Grain,
    items: &[I],
    of: impl Fn(&I) -> (Tensor<B, 1>, Parts<B>) + Sync,
) -> (Tensor<B, 1>, Parts<B>) {
    let made = side_by_side(grain, items.iter().collect(), of);
    let (losses, gradients): (Vec<_>, Vec<Parts<B>>) = made.into_iter().unzip();
    let loss = total::of(Tensor::cat(losses, 0));
    let mut joined = Parts::new();
    for part in gradients.first().into_iter().flat_map(Parts::keys) {
        let pieces = gradients.iter().filter_map(|of| of.get(part).cloned());
        joined.insert(*part, Tensor::cat(pieces.collect(), 0));
    }
    (loss, joined)
}
