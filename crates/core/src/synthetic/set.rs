//! The synthetic set and its parts, on a device.

use super::arrangement::{Arrangement, Prefix};
use super::reference::Reference;
use crate::tape::{Derivatives, Leaf, Tape, lift};
use crate::task::Rows;
use burn::tensor::{Tensor, backend::Backend};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A part of the set that an objective may learn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// The points' inputs, `[points, features]`.
    Inputs,
    /// The points' targets, `[points, outputs]`.
    Targets,
    /// Logarithms of the inner step sizes: `[1, 1]` for one step size, or `[steps, 1]`. With logarithms,
    /// a learned step size stays positive.
    StepSizes,
    /// The readout labels, which are the labels of the reference inputs, `[labels, outputs]`.
    Labels,
}

impl Part {
    /// The name of the part's tensor in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Inputs => "inputs",
            Self::Targets => "targets",
            Self::StepSizes => "step_sizes",
            Self::Labels => "labels",
        }
    }

    /// All parts, in the order of declaration.
    pub const ALL: [Self; 4] = [Self::Inputs, Self::Targets, Self::StepSizes, Self::Labels];
}

/// A tensor for each of some parts: the values of a set, their gradients, or an optimiser's moments.
pub type Parts<A> = BTreeMap<Part, Tensor<A, 2>>;

/// Synthetic points, and the step sizes and readout labels that a method learns.
///
/// The points of class 0 come first, then those of class 1, and so on.
#[derive(Debug, Clone)]
pub struct SyntheticSet<A: Backend> {
    parts: Parts<A>,
    reference: Option<Reference>,
    arrangement: Arrangement,
}

impl<A: Backend> SyntheticSet<A> {
    /// A set of points with these inputs `[points, features]` and targets `[points, outputs]`.
    pub fn new(inputs: Tensor<A, 2>, targets: Tensor<A, 2>) -> Self {
        let parts = BTreeMap::from([(Part::Inputs, inputs), (Part::Targets, targets)]);
        Self {
            parts,
            reference: None,
            arrangement: Arrangement::default(),
        }
    }

    /// The same set with this arrangement of its points. Without one, each class has the same number.
    pub fn arranged(self, arrangement: Arrangement) -> Self {
        Self {
            arrangement,
            ..self
        }
    }

    /// The same set with one part added or replaced.
    pub fn with(mut self, part: Part, tensor: Tensor<A, 2>) -> Self {
        self.parts.insert(part, tensor);
        self
    }

    /// The same set with readout labels `[labels, outputs]`, for reference inputs drawn as `reference` says.
    pub fn with_labels(self, labels: Tensor<A, 2>, reference: Reference) -> Self {
        Self {
            reference: Some(reference),
            ..self.with(Part::Labels, labels)
        }
    }

    /// The points' inputs, `[points, features]`.
    pub fn inputs(&self) -> Tensor<A, 2> {
        self.parts[&Part::Inputs].clone()
    }

    /// The points' targets, `[points, outputs]`.
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

    /// The inner step sizes, positive, `[1, 1]` or `[steps, 1]`. `None` if the set has none.
    pub fn step_sizes(&self) -> Option<Tensor<A, 2>> {
        self.parts
            .get(&Part::StepSizes)
            .map(|logarithms| logarithms.clone().exp())
    }

    /// The readout labels `[labels, outputs]`, and how their inputs are drawn. `None` if the set has none.
    pub fn labels(&self) -> Option<(Tensor<A, 2>, &Reference)> {
        self.parts
            .get(&Part::Labels)
            .cloned()
            .zip(self.reference.as_ref())
    }

    /// Number of readout labels, or 0 if the set has none.
    pub fn label_count(&self) -> usize {
        self.labels().map_or(0, |(labels, _)| labels.dims()[0])
    }

    /// How the inputs of the readout labels are drawn. `None` if the set has no labels.
    pub fn reference(&self) -> Option<&Reference> {
        self.reference.as_ref()
    }

    /// The parts that the set has, with their tensors.
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

    /// The arrangement of the points.
    pub fn arrangement(&self) -> &Arrangement {
        &self.arrangement
    }

    /// Number of points of each of `classes` classes; a single number, that of all points, if `classes` is 0.
    pub fn counts(&self, classes: usize) -> Vec<usize> {
        self.arrangement.counts(self.len(), classes)
    }

    /// The first `size` points of each class (or of all, without classes) as a set, with the same step sizes
    /// and without labels. If no class has more points, the set itself.
    pub fn prefix(&self, size: usize) -> Self {
        let prefix = self.prefix_of(size);
        if prefix.counts().iter().sum::<usize>() == self.len() {
            return self.clone();
        }
        let mut parts = self.parts.clone();
        parts.remove(&Part::Labels);
        for part in [Part::Inputs, Part::Targets] {
            parts.insert(part, prefix.rows(&self.parts[&part]));
        }
        let counts = match self.arrangement.counts.is_empty() {
            true => Vec::new(),
            false => prefix.counts(),
        };
        Self {
            parts,
            reference: None,
            arrangement: Arrangement {
                counts,
                nested: Vec::new(),
            },
        }
    }

    /// The tensor `[n, columns]` for all points, with the rows `[k, columns]` of the points of
    /// [`Self::prefix`] replaced.
    pub(crate) fn with_prefix_rows(
        &self,
        size: usize,
        all: &Tensor<A, 2>,
        rows: &Tensor<A, 2>,
    ) -> Tensor<A, 2> {
        self.prefix_of(size).replaced(all, rows)
    }

    fn prefix_of(&self, size: usize) -> Prefix {
        self.arrangement.prefix(size, self.len())
    }

    /// A set of `count` of the points, from the point `first` on, without step sizes and labels.
    pub fn points(&self, first: usize, count: usize) -> Self {
        let rows = |all: Tensor<A, 2>| all.narrow(0, first, count);
        Self::new(rows(self.inputs()), rows(self.targets()))
    }

    /// Count of numbers in all parts.
    pub fn floats(&self) -> usize {
        self.parts
            .values()
            .map(|tensor| tensor.dims().iter().product::<usize>())
            .sum()
    }
}

impl<B: Backend> SyntheticSet<B> {
    /// Puts the set on the point tape: the parts to learn as leaves, the others as constants.
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
                arrangement: self.arrangement.clone(),
            },
            leaves,
        }
    }
}

/// A set on the point tape, with its leaves. They protect the graph that is computed from it.
#[derive(Debug)]
pub struct OnTape<B: Backend> {
    /// The set to compute with.
    pub set: SyntheticSet<Tape<B>>,
    leaves: BTreeMap<Part, Leaf<B, 2>>,
}

impl<B: Backend> OnTape<B> {
    /// Returns the gradients of a loss `[1]` with respect to the parts to learn.
    ///
    /// # Panics
    /// If the loss does not depend on one of these parts, see [`Derivatives::at`].
    pub fn gradients(self, loss: Tensor<Tape<B>, 1>) -> Parts<B> {
        let derivatives = Derivatives::of(loss);
        let leaves = self.leaves.into_iter();
        leaves
            .map(|(part, leaf)| (part, derivatives.at(leaf, part.name())))
            .collect()
    }
}
