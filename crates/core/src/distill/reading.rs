//! What is seen of outer steps. Their numbers stay on the device until those of several steps are
//! fetched at once: the loop never waits for the device between two reads, and still says of every
//! step what happened in it.

use std::time::{Duration, Instant};

use burn::tensor::{Tensor, backend::Backend};

use super::divergence::{self, When};
use crate::error::Result;
use crate::numeric::host::numbers;
use crate::numeric::total;
use crate::synthetic::{Part, Parts, SyntheticSet};

/// Steps that took this long together are read whatever the settings say: a wait is nothing then,
/// and who watches sees something.
const LONGEST: Duration = Duration::from_secs(1);

/// One step's numbers, not fetched yet.
#[derive(Debug)]
pub(super) struct StepTensors<B: Backend> {
    /// Step within the stage, counted from 1.
    pub step: usize,
    /// Its learning rate.
    pub learning_rate: f64,
    /// What had happened before its gradient was taken.
    pub when: When,
    /// Loss before the move.
    pub loss: Tensor<B, 1>,
    /// Norm of the gradient of all learned parts.
    pub norm: Tensor<B, 1>,
    /// Of each part of the set after the move, see [`divergence::probe`].
    pub set: Vec<(Part, Tensor<B, 1>)>,
}

/// One step's numbers.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct StepNumbers {
    /// Step within the stage, counted from 1.
    pub step: usize,
    /// Its learning rate.
    pub learning_rate: f64,
    /// What had happened before its gradient was taken.
    pub when: When,
    /// Loss before the move.
    pub loss: f64,
    /// Norm of the gradient of all learned parts.
    pub gradient_norm: f64,
    /// What is wrong with the set after the move, if anything is.
    pub set: Option<String>,
}

/// Steps that were taken and not looked at yet.
#[derive(Debug)]
pub(super) struct Pending<B: Backend> {
    taken: Vec<StepTensors<B>>,
    since: Instant,
}

impl<B: Backend> Pending<B> {
    /// No steps.
    pub fn new() -> Self {
        Self {
            taken: Vec::new(),
            since: Instant::now(),
        }
    }

    /// Notes a step; its place in order is the last.
    pub fn push(&mut self, taken: StepTensors<B>) {
        self.taken.push(taken);
    }

    /// Whether the last read is long ago.
    pub fn is_late(&self) -> bool {
        self.since.elapsed() >= LONGEST
    }

    /// Fetches all that was noted, in one transfer.
    ///
    /// # Errors
    /// The device cannot be read.
    pub fn read(&mut self) -> Result<Vec<StepNumbers>> {
        self.since = Instant::now();
        let taken = std::mem::take(&mut self.taken);
        let tensors: Vec<_> = taken
            .iter()
            .flat_map(|taken| {
                let set = taken.set.iter().map(|(_, probe)| probe);
                [&taken.loss, &taken.norm].into_iter().chain(set).cloned()
            })
            .collect();
        if tensors.is_empty() {
            return Ok(Vec::new());
        }
        let mut rest = numbers(&Tensor::cat(tensors, 0))?.into_iter();
        let mut number = || rest.next().unwrap_or(f64::NAN);
        let seen = taken.into_iter().map(|taken| StepNumbers {
            step: taken.step,
            learning_rate: taken.learning_rate,
            when: taken.when,
            loss: number(),
            gradient_norm: number(),
            // All of them, since the next step's numbers come behind.
            set: taken.set.iter().fold(None, |found, (part, probe)| {
                let values: Vec<f64> = (0..probe.dims()[0]).map(|_| number()).collect();
                found.or_else(|| divergence::of_probe(*part, &values))
            }),
        });
        Ok(seen.collect())
    }
}

/// What the set says of itself, part by part.
pub(super) fn probes<B: Backend>(set: &SyntheticSet<B>) -> Vec<(Part, Tensor<B, 1>)> {
    set.parts()
        .iter()
        .map(|(part, tensor)| (*part, divergence::probe(*part, tensor)))
        .collect()
}

/// Norm of all gradients taken together, one number, on the device. They are divided by the largest
/// of them first: squares of large single-precision numbers would not be finite.
pub(super) fn norm<B: Backend>(gradients: &Parts<B>) -> Option<Tensor<B, 1>> {
    let largest = gradients
        .values()
        .map(|gradient| gradient.clone().abs().max())
        .reduce(|a, b| a.max_pair(b))?
        .clamp_min(f64::from(f32::MIN_POSITIVE));
    let squares = gradients.values().map(|gradient| {
        let [rows, columns] = gradient.dims();
        let unit = largest.clone().reshape([1, 1]).expand([rows, columns]);
        total::of((gradient.clone() / unit).square())
    });
    let total = squares.reduce(|a, b| a + b)?;
    Some(total.sqrt() * largest)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use burn::tensor::TensorData;
    use burn_flex::Flex;

    fn gradient(values: [f32; 2]) -> Tensor<Flex, 2> {
        let data = TensorData::new(values.to_vec(), [1, 2]);
        Tensor::from_data(data, &Default::default())
    }

    fn norm_of(inputs: [f32; 2], targets: [f32; 2]) -> f64 {
        let parts = Parts::from([
            (Part::Inputs, gradient(inputs)),
            (Part::Targets, gradient(targets)),
        ]);
        numbers(&norm(&parts).unwrap()).unwrap()[0]
    }

    #[test]
    fn gradients_of_any_size_have_a_norm() {
        for unit in [3e30, 1.0, 1e-30] {
            let found = norm_of([3.0 * unit, 0.0], [0.0, 4.0 * unit]);
            assert!(
                (found / f64::from(5.0 * unit) - 1.0).abs() < 1e-6,
                "{found}"
            );
        }
        assert_eq!(norm_of([0.0, 0.0], [0.0, 0.0]), 0.0);
        for endless in [f32::NAN, f32::INFINITY] {
            assert!(!norm_of([endless, 1.0], [1.0, 1.0]).is_finite());
        }
    }

    #[test]
    fn steps_are_read_in_order_and_each_by_itself() {
        let number = |value: f32| Tensor::<Flex, 1>::from_floats([value], &Default::default());
        let set = |value| SyntheticSet::new(gradient([value, 1.0]), gradient([1.0, 1.0]));
        let mut pending = Pending::new();
        for (step, inputs) in [(1, 2.0), (2, f32::NAN), (3, 4.0)] {
            let sizes = gradient([-1.0, 2.0]).transpose();
            pending.push(StepTensors {
                step,
                learning_rate: 0.5,
                when: When::Moved,
                loss: number(step as f32),
                norm: number(10.0 * step as f32),
                set: probes(&set(inputs).with(Part::StepSizes, sizes)),
            });
        }
        let seen = pending.read().unwrap();
        let read: Vec<_> = seen
            .iter()
            .map(|seen| (seen.step, seen.loss, seen.gradient_norm, seen.set.is_some()))
            .collect();
        let expected = [
            (1, 1.0, 10.0, false),
            (2, 2.0, 20.0, true),
            (3, 3.0, 30.0, false),
        ];
        assert_eq!(read, expected);
        assert!(pending.read().unwrap().is_empty());
    }
}
