//! Minibatches of points, which the steps of an inner training take in turns.

use burn::tensor::{Tensor, backend::Backend};

/// One of `parts` equal parts of the rows: every row whose place is `part` modulo `parts`. If rows are
/// ordered by class and `parts` divides the number of rows of a class, it has the same number of each class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Minibatch {
    part: usize,
    parts: usize,
}

impl Minibatch {
    /// The minibatch of a step, counted from 0.
    pub fn new(step: usize, parts: usize) -> Self {
        let parts = parts.max(1);
        Self {
            part: step % parts,
            parts,
        }
    }

    /// Returns the rows of this minibatch, `[n / parts, columns]`, from all rows `[n, columns]`. n must be
    /// a multiple of `parts`.
    pub fn rows<A: Backend>(self, all: Tensor<A, 2>) -> Tensor<A, 2> {
        if self.parts == 1 {
            return all;
        }
        let [n, columns] = all.dims();
        let rounds = all.reshape([n / self.parts, self.parts, columns]);
        rounds.narrow(1, self.part, 1).squeeze_dim(1)
    }

    /// Returns all rows `[n, columns]` with `rows` `[n / parts, columns]` added to those of this minibatch.
    pub fn add<A: Backend>(self, all: Tensor<A, 2>, rows: Tensor<A, 2>) -> Tensor<A, 2> {
        if self.parts == 1 {
            return all + rows;
        }
        let [n, columns] = all.dims();
        let rounds = all.reshape([n / self.parts, self.parts, columns]);
        let sum = rounds.clone().narrow(1, self.part, 1) + rows.unsqueeze_dim(1);
        let place = [0..n / self.parts, self.part..self.part + 1, 0..columns];
        rounds.slice_assign(place, sum).reshape([n, columns])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn_flex::Flex;

    #[test]
    fn minibatches_are_rows_modulo_parts_and_add_up_to_all() {
        let all = Tensor::<Flex, 2>::from_data(
            [[0.0], [1.0], [2.0], [3.0], [4.0], [5.0]],
            &Default::default(),
        );
        let second = Minibatch::new(4, 3);
        let rows = second.rows(all.clone()).into_data();
        assert_eq!(rows.to_vec::<f32>().ok(), Some(vec![1.0, 4.0]));
        let mut sum = all.zeros_like();
        for step in 7..10 {
            let turn = Minibatch::new(step, 3);
            sum = turn.add(sum, turn.rows(all.clone()));
        }
        assert_eq!(sum.into_data(), all.into_data());
    }
}
