//! The set itself: its parts, on a device.

use super::reference::Reference;
use crate::tape::{Derivatives, Leaf, Tape, lift};
use crate::task::Rows;
use burn::tensor::{Tensor, backend::Backend};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A part of the set that an objective may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// The points' inputs, `[points, features]`.
    Inputs,
    /// The points' targets, `[points, outputs]`.
    Targets,
    /// Logarithms of the inner step sizes, `[1, 1]` for one or `[steps, 1]`: the exponential keeps
    /// a learned step size positive.
    StepSizes,
    /// The labels of the redrawn reference inputs, `[labels, outputs]`.
    Labels,
}

impl Part {
    /// Name of the part's tensor in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Inputs => "inputs",
            Self::Targets => "targets",
            Self::StepSizes => "step_sizes",
            Self::Labels => "labels",
        }
    }

    /// All parts, in the order of their declaration.
    pub const ALL: [Self; 4] = [Self::Inputs, Self::Targets, Self::StepSizes, Self::Labels];
}

/// A tensor for some of the parts: a set's values, their gradients, or moments of an optimiser.
pub type Parts<A> = BTreeMap<Part, Tensor<A, 2>>;

/// Synthetic points with whatever else the method learns.
///
/// Points are class-major: all of class 0, then all of class 1, and so on.
#[derive(Debug, Clone)]
pub struct SyntheticSet<A: Backend> {
    parts: Parts<A>,
    reference: Option<Reference>,
}

impl<A: Backend> SyntheticSet<A> {
    /// A set of points with these inputs `[points, features]` and targets `[points, outputs]`.
    pub fn new(inputs: Tensor<A, 2>, targets: Tensor<A, 2>) -> Self {
        let parts = BTreeMap::from([(Part::Inputs, inputs), (Part::Targets, targets)]);
        Self {
            parts,
            reference: None,
        }
    }

    /// The same set with one part added or replaced.
    pub fn with(mut self, part: Part, tensor: Tensor<A, 2>) -> Self {
        self.parts.insert(part, tensor);
        self
    }

    /// The same set with labels `[labels, outputs]` for reference inputs drawn in that way.
    pub fn with_labels(self, labels: Tensor<A, 2>, reference: Reference) -> Self {
        Self {
            reference: Some(reference),
            ..self.with(Part::Labels, labels)
        }
    }

    /// The points' inputs.
    pub fn inputs(&self) -> Tensor<A, 2> {
        self.parts[&Part::Inputs].clone()
    }

    /// The points' targets.
    pub fn targets(&self) -> Tensor<A, 2> {
        self.parts[&Part::Targets].clone()
    }

    /// The points as rows to train on.
    pub fn rows(&self) -> Rows<A> {
        Rows {
            inputs: self.inputs(),
            targets: self.targets(),
        }
    }

    /// Inner step sizes, positive, `[1, 1]` or `[steps, 1]`.
    pub fn step_sizes(&self) -> Option<Tensor<A, 2>> {
        self.parts
            .get(&Part::StepSizes)
            .map(|logarithms| logarithms.clone().exp())
    }

    /// The readout labels and how their inputs are drawn.
    pub fn labels(&self) -> Option<(Tensor<A, 2>, &Reference)> {
        self.parts
            .get(&Part::Labels)
            .cloned()
            .zip(self.reference.as_ref())
    }

    /// Number of readout labels; 0 where there are none.
    pub fn label_count(&self) -> usize {
        self.labels().map_or(0, |(labels, _)| labels.dims()[0])
    }

    /// How the labels' inputs are drawn.
    pub fn reference(&self) -> Option<&Reference> {
        self.reference.as_ref()
    }

    /// The parts there are.
    pub fn parts(&self) -> &Parts<A> {
        &self.parts
    }

    /// Number of points.
    pub fn len(&self) -> usize {
        self.parts[&Part::Inputs].dims()[0]
    }

    /// Whether there are no points.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Some of the points, with nothing else of the set.
    pub fn points(&self, first: usize, count: usize) -> Self {
        let rows = |all: Tensor<A, 2>| all.narrow(0, first, count);
        Self::new(rows(self.inputs()), rows(self.targets()))
    }

    /// Numbers of all its tensors.
    pub fn floats(&self) -> usize {
        self.parts
            .values()
            .map(|tensor| tensor.dims().iter().product::<usize>())
            .sum()
    }
}

impl<B: Backend> SyntheticSet<B> {
    /// The set on the point tape: the parts to be learned as leaves, the others as constants.
    pub fn on_tape(&self, learn: &BTreeSet<Part>) -> OnTape<B> {
        let learned = self.parts.iter().filter(|(part, _)| learn.contains(part));
        let leaves: BTreeMap<Part, Leaf<B, 2>> = learned
            .map(|(part, tensor)| (*part, Leaf::new(tensor.clone())))
            .collect();
        let tensors = self.parts.iter().map(|(part, tensor)| {
            let constant = || lift(tensor.clone());
            (*part, leaves.get(part).map_or_else(constant, Leaf::tracked))
        });
        OnTape {
            set: SyntheticSet {
                parts: tensors.collect(),
                reference: self.reference.clone(),
            },
            leaves,
        }
    }
}

/// A set on the point tape, with the leaves that hold what is computed from it.
#[derive(Debug)]
pub struct OnTape<B: Backend> {
    /// What to compute with.
    pub set: SyntheticSet<Tape<B>>,
    leaves: BTreeMap<Part, Leaf<B, 2>>,
}

impl<B: Backend> OnTape<B> {
    /// Gradients of a loss with respect to the parts that are learned.
    ///
    /// # Panics
    /// The loss does not depend on one of them, see [`Derivatives::at`].
    pub fn gradients(self, loss: Tensor<Tape<B>, 1>) -> Parts<B> {
        let derivatives = Derivatives::of(loss);
        let leaves = self.leaves.into_iter();
        leaves
            .map(|(part, leaf)| (part, derivatives.at(leaf, part.name())))
            .collect()
    }
}
