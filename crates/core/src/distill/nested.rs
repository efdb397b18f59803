//! Nested sets: which points an outer step sees, and where their gradients go.
//!
//! If the set has nested sizes, step s of a stage sees the prefix with size number s modulo the number of
//! sizes, from the largest to the smallest: first the whole set. The gradients of the other points are 0 in
//! that step; an optimiser with momentum may still move them.

use burn::tensor::{Tensor, backend::Backend};

use crate::synthetic::{Part, Parts, SyntheticSet};

/// The size of the prefix that a step, counted from 0 within its stage, sees. `None` is the whole set.
pub(super) fn size<B: Backend>(set: &SyntheticSet<B>, step: usize) -> Option<usize> {
    let sizes = &set.arrangement().nested;
    let place = step.checked_rem(sizes.len())?;
    match place {
        0 => None,
        place => sizes.iter().rev().nth(place).copied(),
    }
}

/// The points that a step sees, as a set.
pub(super) fn seen<B: Backend>(set: &SyntheticSet<B>, size: Option<usize>) -> SyntheticSet<B> {
    match size {
        None => set.clone(),
        Some(size) => set.prefix(size),
    }
}

/// Gradients with respect to the points that a step has seen, as gradients with respect to the whole set.
pub(super) fn of_whole<B: Backend>(
    set: &SyntheticSet<B>,
    size: Option<usize>,
    gradients: Parts<B>,
) -> Parts<B> {
    spread(set, size, gradients, Tensor::zeros_like)
}

/// Values of the points that a step has seen, as values of the whole set: the other points keep theirs.
pub(super) fn solved<B: Backend>(
    set: &SyntheticSet<B>,
    size: Option<usize>,
    values: Parts<B>,
) -> Parts<B> {
    spread(set, size, values, Tensor::clone)
}

fn spread<B: Backend>(
    set: &SyntheticSet<B>,
    size: Option<usize>,
    parts: Parts<B>,
    others: impl Fn(&Tensor<B, 2>) -> Tensor<B, 2>,
) -> Parts<B> {
    let Some(size) = size else {
        return parts;
    };
    let of_part = |(part, rows): (Part, Tensor<B, 2>)| match (part, set.parts().get(&part)) {
        (Part::Inputs | Part::Targets, Some(all)) => {
            (part, set.with_prefix_rows(size, &others(all), &rows))
        }
        _ => (part, rows),
    };
    parts.into_iter().map(of_part).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::synthetic::Arrangement;
    use burn_flex::Flex;

    fn set() -> SyntheticSet<Flex> {
        let inputs = Tensor::from_data([[1.0], [2.0], [3.0], [4.0], [5.0]], &Default::default());
        SyntheticSet::new(inputs.clone(), inputs).arranged(Arrangement {
            counts: vec![1, 4],
            nested: vec![1, 2, 4],
        })
    }

    fn numbers(tensor: &Tensor<Flex, 2>) -> Vec<f32> {
        tensor.to_data().to_vec().unwrap()
    }

    #[test]
    fn steps_see_the_sizes_in_turn_and_the_whole_set_first() {
        let sizes: Vec<_> = (0..5).map(|step| size(&set(), step)).collect();
        assert_eq!(sizes, [None, Some(2), Some(1), None, Some(2)]);
        assert_eq!(size(&set().arranged(Arrangement::default()), 3), None);
    }

    #[test]
    fn a_prefix_has_the_first_points_of_each_class_and_gives_gradients_to_them() {
        let set = set();
        let prefix = seen(&set, Some(2));
        assert_eq!(numbers(&prefix.inputs()), [1.0, 2.0, 3.0]);
        assert_eq!(prefix.counts(2), [1, 2]);
        assert!(prefix.arrangement().nested.is_empty());
        let parts = Parts::from([(Part::Inputs, prefix.inputs().neg())]);
        let whole = of_whole(&set, Some(2), parts.clone());
        assert_eq!(numbers(&whole[&Part::Inputs]), [-1.0, -2.0, -3.0, 0.0, 0.0]);
        let values = solved(&set, Some(2), parts);
        assert_eq!(
            numbers(&values[&Part::Inputs]),
            [-1.0, -2.0, -3.0, 4.0, 5.0]
        );
    }
}
