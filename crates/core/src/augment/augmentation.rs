//! Drawing and applying the operations.

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
    /// The strategy: operations that batches have one of; none for no augmentation. For pictures only.
    pub operations: BTreeSet<Operation>,
    /// Whether distillation sees pictures through them; otherwise the training of the evaluation alone.
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
    /// The augmentation of inputs of that shape.
    ///
    /// # Errors
    /// Operations are asked for, but the inputs are no pictures.
    pub fn on(&self, inputs: InputShape) -> Result<Augmentation> {
        if self.operations.is_empty() {
            return Ok(NONE.clone());
        }
        let shown = keys::shown(&self.operations);
        Ok(Augmentation {
            strategy: Strategy::OneOf(self.operations.iter().copied().collect()),
            picture: inputs.picture_for("augment.operations", shown)?,
        })
    }

    /// What distillation sees inputs of that shape through.
    ///
    /// # Errors
    /// Those of [`Self::on`].
    pub fn while_distilling(&self, inputs: InputShape) -> Result<Augmentation> {
        let augmentation = self.on(inputs)?;
        Ok(if self.distill {
            augmentation
        } else {
            NONE.clone()
        })
    }
}

/// How pictures of one shape are augmented.
#[derive(Debug, Clone, PartialEq)]
pub struct Augmentation {
    strategy: Strategy,
    /// Channels, height and width.
    picture: [usize; 3],
}

/// What a draw is made from.
#[derive(Debug, Clone, PartialEq)]
enum Strategy {
    /// Nothing is done.
    None,
    /// A batch has one of these operations.
    OneOf(Vec<Operation>),
    /// A picture has one of the three operations of DC's evaluation.
    Condensation,
    /// This, whatever the seed.
    Given(Transform),
}

/// No augmentation, of inputs of any shape.
pub static NONE: Augmentation = Augmentation {
    strategy: Strategy::None,
    picture: [0; 3],
};

impl Augmentation {
    /// That transformation every time, with one draw for all rows.
    pub fn given(transform: Transform) -> Self {
        Self {
            strategy: Strategy::Given(transform),
            ..NONE.clone()
        }
    }

    /// That of DC's evaluation of digits, for pictures of those channels, height and width: each picture
    /// is shifted, resized or turned.
    pub fn condensation(picture: [usize; 3]) -> Self {
        Self {
            strategy: Strategy::Condensation,
            picture,
        }
    }

    /// Whether it changes nothing.
    pub fn is_none(&self) -> bool {
        self.strategy == Strategy::None
    }

    /// One draw for all rows, of whichever side.
    pub fn siamese(&self, seed: &Seed) -> Transform {
        self.draw(1, seed)
    }

    /// An operation for all rows, and a draw of its parameters for each of them.
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

/// What is done to a batch: drawn, not yet applied.
#[derive(Debug, Clone, PartialEq)]
pub enum Transform {
    /// Nothing.
    Identity,
    /// An operation.
    Of {
        /// Channels, height and width of a row.
        picture: [usize; 3],
        /// Its parameters.
        draws: Draws,
    },
}

impl Transform {
    /// The rows `[n, channels · height · width]`, transformed. Where there is a draw for each row,
    /// they are as many.
    pub fn apply<A: Backend>(&self, rows: Tensor<A, 2>) -> Tensor<A, 2> {
        let Self::Of { picture, draws } = self else {
            return rows;
        };
        let shape = rows.dims();
        let [channels, height, width] = *picture;
        let pictures = rows.reshape([shape[0], channels, height * width]);
        draws.apply([height, width], pictures).reshape(shape)
    }

    /// The gradient with respect to rows of something whose gradient with respect to the transformed
    /// rows is `derivative`; all three `[n, channels · height · width]`. Rows that have a draw each go through
    /// in parts, so that what the tape holds is bounded.
    pub fn pull_back<B: Backend>(
        &self,
        rows: Tensor<B, 2>,
        derivative: Tensor<B, 2>,
    ) -> Tensor<B, 2> {
        let Self::Of { picture, draws } = self else {
            return derivative;
        };
        let [_, height, width] = *picture;
        let at_once = rows_at_once(height * width);
        if rows.dims()[0] <= at_once {
            return self.pulled(rows, derivative);
        }
        let Some(parts) = draws.chunks(at_once) else {
            return self.pulled(rows, derivative);
        };
        let parts = parts.into_iter().enumerate().map(|(part, draws)| {
            let (first, count) = (part * at_once, draws.len());
            let of = |all: &Tensor<B, 2>| all.clone().narrow(0, first, count);
            let picture = *picture;
            Self::Of { picture, draws }.pulled(of(&rows), of(&derivative))
        });
        Tensor::cat(parts.collect(), 0)
    }

    fn pulled<B: Backend>(&self, rows: Tensor<B, 2>, derivative: Tensor<B, 2>) -> Tensor<B, 2> {
        let rows = Leaf::new(rows);
        let derivatives = Derivatives::of(total::of(self.apply(rows.tracked()) * lift(derivative)));
        derivatives.at(rows, "the rows")
    }
}
