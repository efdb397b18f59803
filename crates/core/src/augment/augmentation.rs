//! Settings of the augmentation, and how operations are drawn and applied.

use super::condensation;
use super::registry::{Draws, Operation};
use super::sampling::rows_at_once;
use crate::error::Result;
use crate::numeric::total;
use crate::seed::Seed;
use crate::settings::{Check, keys};
use crate::shape::InputShape;
use crate::tape::{Derivatives, Leaf, lift};
use burn::tensor::{Tensor, backend::Backend};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Settings of the augmentation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AugmentSettings {
    /// The operations, one of which is drawn for each batch. Default: empty, no augmentation. Needs
    /// inputs that are pictures.
    pub operations: BTreeSet<Operation>,
    /// Whether distillation augments pictures (default). If not, only the trainings of the evaluation do.
    pub distill: bool,
}

impl Default for AugmentSettings {
    fn default() -> Self {
        Self {
            operations: BTreeSet::new(),
            distill: true,
        }
    }
}

impl Check for AugmentSettings {
    fn check(&self) -> Result<()> {
        Ok(())
    }
}

impl AugmentSettings {
    /// Returns the augmentation for inputs of this shape.
    ///
    /// # Errors
    /// [`Error::Setting`](crate::Error::Setting) if there are operations but the inputs are not pictures.
    pub fn augmentation(&self, inputs: InputShape) -> Result<Augmentation> {
        if self.operations.is_empty() {
            return Ok(NONE.clone());
        }
        let shown = keys::shown(&self.operations);
        Ok(Augmentation {
            strategy: Strategy::OneOf(self.operations.iter().copied().collect()),
            picture: inputs.picture_for("augment.operations", shown)?,
        })
    }

    /// Returns the augmentation that distillation uses for inputs of this shape.
    ///
    /// # Errors
    /// Those of [`Self::augmentation`].
    pub fn while_distilling(&self, inputs: InputShape) -> Result<Augmentation> {
        let augmentation = self.augmentation(inputs)?;
        Ok(if self.distill {
            augmentation
        } else {
            NONE.clone()
        })
    }
}

/// An augmentation of pictures of one shape, from which [`Transform`]s are drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct Augmentation {
    strategy: Strategy,
    /// Channels, height and width.
    picture: [usize; 3],
}

/// How a transform is drawn.
#[derive(Debug, Clone, PartialEq)]
enum Strategy {
    /// No augmentation.
    None,
    /// One of these operations for each batch.
    OneOf(Vec<Operation>),
    /// One of the three operations of DC's evaluation for each draw.
    Condensation,
    /// Always this transform, whatever the seed.
    Given(Transform),
}

/// No augmentation, for inputs of any shape.
pub static NONE: Augmentation = Augmentation {
    strategy: Strategy::None,
    picture: [0; 3],
};

impl Augmentation {
    /// Always returns this transform.
    pub fn given(transform: Transform) -> Self {
        Self {
            strategy: Strategy::Given(transform),
            ..NONE.clone()
        }
    }

    /// The augmentation with which DC evaluates sets of digits: each picture is shifted, resized or
    /// rotated. `picture` is `[channels, height, width]`.
    pub fn condensation(picture: [usize; 3]) -> Self {
        Self {
            strategy: Strategy::Condensation,
            picture,
        }
    }

    /// Whether this is no augmentation.
    pub fn is_none(&self) -> bool {
        self.strategy == Strategy::None
    }

    /// Draws one operation and one set of parameters for all rows, real and synthetic.
    pub fn siamese(&self, seed: &Seed) -> Transform {
        self.draw(1, seed)
    }

    /// Draws one operation for all rows, and its parameters for each of `rows` rows.
    pub fn plain(&self, rows: usize, seed: &Seed) -> Transform {
        self.draw(rows, seed)
    }

    fn draw(&self, count: usize, seed: &Seed) -> Transform {
        let mut stream = seed.child("augment").stream();
        let draws = match &self.strategy {
            Strategy::None => return Transform::Identity,
            Strategy::Given(transform) => return transform.clone(),
            Strategy::OneOf(operations) => {
                let operation = operations[stream.below(operations.len())];
                let [_, height, width] = self.picture;
                operation.draws(count, [height, width], &mut stream)
            }
            Strategy::Condensation => {
                let [_, height, width] = self.picture;
                let draw = |_| condensation::draw([height, width], &mut stream);
                Draws::MeanAround((0..count).map(draw).collect())
            }
        };
        Transform::Of {
            picture: self.picture,
            draws,
        }
    }
}

/// A drawn transformation of a batch, ready to be applied.
#[derive(Debug, Clone, PartialEq)]
pub enum Transform {
    /// Changes nothing.
    Identity,
    /// Applies an operation.
    Of {
        /// Channels, height and width of a row.
        picture: [usize; 3],
        /// Parameters of the operation.
        draws: Draws,
    },
}

impl Transform {
    /// Transforms rows `[n, channels · height · width]`. There must be one draw for all rows, or `n` draws.
    pub fn apply<A: Backend>(&self, rows: Tensor<A, 2>) -> Tensor<A, 2> {
        let Self::Of { picture, draws } = self else {
            return rows;
        };
        let shape = rows.dims();
        let [channels, height, width] = *picture;
        let pictures = rows.reshape([shape[0], channels, height * width]);
        draws.apply([height, width], pictures).reshape(shape)
    }

    /// Returns the gradient with respect to `rows`, given the gradient with respect to the transformed
    /// rows (`upstream`). All three are `[n, channels · height · width]`. If each row has its own draw, rows
    /// are processed in chunks, which bounds the memory of the tape.
    pub fn pull_back<B: Backend>(
        &self,
        rows: Tensor<B, 2>,
        upstream: Tensor<B, 2>,
    ) -> Tensor<B, 2> {
        let Self::Of { picture, draws } = self else {
            return upstream;
        };
        let [_, height, width] = *picture;
        let at_once = rows_at_once(height * width);
        if rows.dims()[0] <= at_once {
            return self.pulled(rows, upstream);
        }
        let Some(parts) = draws.chunks(at_once) else {
            return self.pulled(rows, upstream);
        };
        let parts = parts.into_iter().enumerate().map(|(part, draws)| {
            let (first, count) = (part * at_once, draws.len());
            let of = |all: &Tensor<B, 2>| all.clone().narrow(0, first, count);
            let picture = *picture;
            Self::Of { picture, draws }.pulled(of(&rows), of(&upstream))
        });
        Tensor::cat(parts.collect(), 0)
    }

    fn pulled<B: Backend>(&self, rows: Tensor<B, 2>, upstream: Tensor<B, 2>) -> Tensor<B, 2> {
        let rows = Leaf::new(rows);
        let derivatives = Derivatives::of(total::of(self.apply(rows.tracked()) * lift(upstream)));
        derivatives.at(rows, "the rows")
    }
}
