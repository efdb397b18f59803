//! Reading the numbers of outer steps from the device.
//!
//! The numbers of several steps are fetched at once. The loop does not wait for the device between two
//! reads, and still reports every step.

use std::time::{Duration, Instant};

use burn::tensor::{Tensor, backend::Backend};

use super::divergence::{self, When};
use crate::error::Result;
use crate::numeric::host::numbers;
use crate::numeric::total;
use crate::synthetic::{Part, Parts, SyntheticSet};

/// Longest time between two reads. At this rate waiting for the device costs little, and the progress
/// display stays current.
const LONGEST: Duration = Duration::from_secs(1);

/// The numbers of one step, still on the device.
#[derive(Debug)]
pub(super) struct StepTensors<B: Backend> {
    /// Step within the stage, counted from 1.
    pub step: usize,
    /// Learning rate of the step.
    pub learning_rate: f64,
    /// How far the stage had come before the gradient was taken.
    pub when: When,
    /// Loss before the move, `[1]`.
    pub loss: Tensor<B, 1>,
    /// Norm of the gradient with respect to all learned parts, `[1]`.
    pub norm: Tensor<B, 1>,
    /// The [`divergence::probe`] of each part of the set after the move.
    pub set: Vec<(Part, Tensor<B, 1>)>,
}

/// The numbers of one step, on the host.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct StepNumbers {
    /// Step within the stage, counted from 1.
    pub step: usize,
    /// Learning rate of the step.
    pub learning_rate: f64,
    /// How far the stage had come before the gradient was taken.
    pub when: When,
    /// Loss before the move.
    pub loss: f64,
    /// Norm of the gradient with respect to all learned parts.
    pub gradient_norm: f64,
    /// The problem of the set after the move, if it has one.
    pub set_problem: Option<String>,
}

/// Steps that were taken but not read yet.
#[derive(Debug)]
pub(super) struct Pending<B: Backend> {
    taken: Vec<StepTensors<B>>,
    since: Instant,
}

impl<B: Backend> Pending<B> {
    /// Starts without steps.
    pub fn new() -> Self {
        Self {
            taken: Vec::new(),
            since: Instant::now(),
        }
    }

    /// Adds a step after those already there.
    pub fn push(&mut self, taken: StepTensors<B>) {
        self.taken.push(taken);
    }

    /// Whether the last read is at least [`LONGEST`] ago.
    pub fn is_late(&self) -> bool {
        self.since.elapsed() >= LONGEST
    }

    /// Fetches the numbers of all pending steps, in order and in one transfer.
    ///
    /// # Errors
    /// [`Error::Device`](crate::Error::Device) if the device cannot be read.
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
            // A fold takes the numbers of all parts, since those of the next step come after them.
            set_problem: taken.set.iter().fold(None, |found, (part, probe)| {
                let values: Vec<f64> = (0..probe.dims()[0]).map(|_| number()).collect();
                found.or_else(|| divergence::of_probe(*part, &values))
            }),
        });
        Ok(seen.collect())
    }
}

/// The [`divergence::probe`] of each part of the set.
pub(super) fn probes<B: Backend>(set: &SyntheticSet<B>) -> Vec<(Part, Tensor<B, 1>)> {
    set.parts()
        .iter()
        .map(|(part, tensor)| (*part, divergence::probe(*part, tensor)))
        .collect()
}

/// Norm of all gradients together, `[1]`, on the device; `None` if there is no gradient. The gradients
/// are divided by their largest entry first, because squares of large single-precision numbers are
/// infinite.
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
    fn steps_are_read_in_order_and_independently() {
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
            .map(|seen| {
                let has_problem = seen.set_problem.is_some();
                (seen.step, seen.loss, seen.gradient_norm, has_problem)
            })
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
