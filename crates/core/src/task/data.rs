//! The data themselves, in three parts, with all that is known about them.

use ndarray::Array2;
use sha2::{Digest, Sha256};

use super::{LinearPart, Normalisation, Split, Target};
use crate::shape::{InputShape, Interface};
use crate::store::digest::hexadecimal;

/// Data to distil, in three parts, with all that is known about it.
#[derive(Debug, Clone)]
pub struct Task {
    /// What it is called in summaries, such as `multi-index` or a file's name.
    pub name: String,
    /// What distillation sees.
    pub train: Split,
    /// What hyper-parameters are chosen on.
    pub validation: Split,
    /// What scores are reported on, and nothing else.
    pub test: Split,
    /// Shape of an input row.
    pub inputs: InputShape,
    /// Meaning of a target row.
    pub target: Target,
    /// How raw data became these rows, to be undone for viewing.
    pub normalisation: Normalisation,
    /// The linear part taken off the targets, where the task asks for that.
    pub linear_part: Option<LinearPart>,
    /// The principal subspace S as orthonormal columns `[d, r]`, where it is known.
    pub subspace: Option<Array2<f32>>,
}

impl Task {
    /// Numbers of the training part; a class counts as one.
    pub fn train_floats(&self) -> usize {
        let targets = match self.target.classes() {
            Some(_) => 1,
            None => self.target.len(),
        };
        self.train.len() * (self.inputs.len() + targets)
    }

    /// Shape of inputs and length of targets.
    pub fn interface(&self) -> Interface {
        Interface {
            inputs: self.inputs,
            outputs: self.target.len(),
        }
    }

    /// A digest of the three parts: two tasks with the same fingerprint hold the same numbers. Where
    /// inputs are whitened, whose products round differently on other machines, it is a digest of
    /// the parts before that and of the penalty, so that every machine has the same one.
    pub fn fingerprint(&self) -> String {
        match &self.normalisation.whitening {
            Some(whitening) => whitening.fingerprint.clone(),
            None => hexadecimal(digest([&self.train, &self.validation, &self.test])),
        }
    }
}

/// A digest of the numbers of three parts, still open for more.
pub(super) fn digest(parts: [&Split; 3]) -> Sha256 {
    let mut hash = Sha256::new();
    for split in parts {
        hash.update((split.len() as u64).to_le_bytes());
        for value in split.inputs.iter().chain(split.targets.iter()) {
            hash.update(value.to_le_bytes());
        }
    }
    hash
}
