//! What every operation on pictures is.

use std::fmt::Debug;

use burn::tensor::{Tensor, backend::Backend};

use super::sampling::{self, Sampling};
use crate::seed::Stream;

/// An operation on pictures: how its parameters are drawn on the host, and what they do.
///
/// Contract, checked for every registered operation: its derivative with respect to the pictures agrees
/// with central differences in `f64`, on a tape of a tape too; pictures are independent of one another;
/// draws are uniform over what the file says.
pub trait PictureOperation {
    /// The parameters for one picture.
    type Draw: PictureMap;

    /// Draws them for a picture of those sides, height and width.
    fn draw(sides: [usize; 2], stream: &mut Stream) -> Self::Draw;
}

/// The parameters of an operation, which say how a picture is changed.
pub trait PictureMap: Clone + Debug + PartialEq {
    /// Changes pictures `[n, channels, height · width]` of those sides: each by its own draw, or all by
    /// one. Every operation in it must be twice differentiable (see [`crate::tape`]).
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
