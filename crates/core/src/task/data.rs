//! The data of a task in three parts, with everything that is known about them.

use ndarray::Array2;
use sha2::{Digest, Sha256};

use super::{Inspection, LinearPart, Normalisation, Split, TableSchema, Target};
use crate::shape::{InputShape, Interface};
use crate::store::digest::hexadecimal;

/// The data of a task in three parts, with everything that is known about them.
#[derive(Debug, Clone)]
pub struct Task {
    /// Name of the task in summaries, such as `multi-index` or the name of a file.
    pub name: String,
    /// The training part, which distillation sees.
    pub train: Split,
    /// The validation part, for the choice of hyper-parameters.
    pub validation: Split,
    /// The test part, only for reported scores.
    pub test: Split,
    /// Shape of an input row.
    pub inputs: InputShape,
    /// Kind of the targets, with the names of classes or values.
    pub target: Target,
    /// How raw data became these rows. It can be undone, to show inputs.
    pub normalisation: Normalisation,
    /// The linear part that was subtracted from the targets, if the task asks for it.
    pub linear_part: Option<LinearPart>,
    /// The principal subspace S as orthonormal columns `[d, r]`, if it is known.
    pub subspace: Option<Array2<f32>>,
    /// The columns of a table: how rows were encoded, and points are decoded.
    pub columns: Option<TableSchema>,
    /// What the load found and decided.
    pub inspection: Inspection,
}

impl Task {
    /// Count of numbers in the training part. A class counts as one number.
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

    /// A digest of the numbers in the three parts. Two tasks with the same fingerprint have the same
    /// numbers. If inputs are whitened, it is a digest of the parts before the whitening and of its penalty:
    /// the whitening rounds differently on other machines, but the fingerprint must be the same.
    pub fn fingerprint(&self) -> String {
        match &self.normalisation.whitening {
            Some(whitening) => whitening.fingerprint.clone(),
            None => hexadecimal(digest([&self.train, &self.validation, &self.test])),
        }
    }
}

/// A hash of the numbers of three parts, to which the caller may add more.
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
