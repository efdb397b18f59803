//! The contract of an operation on pictures.

use std::fmt::Debug;

use burn::tensor::{Tensor, backend::Backend};

use super::sampling::{self, Sampling};
use crate::seed::Stream;

/// An operation on pictures, whose parameters are drawn on the host.
///
/// The contract tests check every registered operation: its derivative with respect to the pictures
/// agrees with central differences in `f64`, on nested tapes too, and each picture is changed
/// independently of the others.
pub trait PictureOperation {
    /// The parameters for one picture.
    type Draw: PictureMap;

    /// Draws the parameters for one picture of `sides` `[height, width]`.
    fn draw(sides: [usize; 2], stream: &mut Stream) -> Self::Draw;
}

/// The parameters of an operation for one picture, and how to apply them.
pub trait PictureMap: Clone + Debug + PartialEq {
    /// Applies the draws to pictures `[n, channels, height · width]`: one draw for all pictures, or `n`
    /// draws, one for each. `sides` is `[height, width]`. All tensor operations in it must be twice
    /// differentiable (see [`crate::tape`]).
    fn apply<A: Backend>(draws: &[Self], sides: [usize; 2], pictures: Tensor<A, 3>)
    -> Tensor<A, 3>;
}

impl PictureMap for Sampling {
    fn apply<A: Backend>(
        draws: &[Self],
        _sides: [usize; 2],
        pictures: Tensor<A, 3>,
    ) -> Tensor<A, 3> {
        sampling::apply(draws, pictures)
    }
}
