//! The operations that settings can name: one line each.

use burn::tensor::{Tensor, backend::Backend};
use serde::{Deserialize, Serialize};

use super::operation::{PictureMap, PictureOperation};
use super::sampling::Sampling;
use crate::seed::Stream;

/// Declares the operations by their names in `augment.operations`.
macro_rules! operations {
    ($($(#[$doc:meta])* $name:literal => $operation:ident($file:ident),)+) => {
        /// An operation by its name.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum Operation {
            $($(#[$doc])* #[serde(rename = $name)] $operation,)+
        }

        /// The parameters of an operation: one draw for all rows, or one for each.
        #[derive(Debug, Clone, PartialEq)]
        pub enum Draws {
            $($(#[$doc])* $operation(Vec<<super::$file::$operation as PictureOperation>::Draw>),)+
            /// Pixels read at given places; around the picture is zero.
            Sampling(Vec<Sampling>),
            /// The same with the mean of each channel, over all rows, around the pictures.
            MeanAround(Vec<Sampling>),
        }

        impl Operation {
            /// All of them, in the order of their declaration.
            pub const ALL: &'static [Self] = &[$(Self::$operation),+];

            /// So many draws for pictures of those sides, height and width.
            pub(super) fn draws(self, count: usize, sides: [usize; 2], stream: &mut Stream) -> Draws {
                match self {
                    $(Self::$operation => {
                        let draw = |_| super::$file::$operation::draw(sides, stream);
                        Draws::$operation((0..count).map(draw).collect())
                    })+
                }
            }
        }

        impl Draws {
            /// Pictures `[n, channels, height · width]` of those sides, changed.
            pub(super) fn apply<A: Backend>(
                &self,
                sides: [usize; 2],
                pictures: Tensor<A, 3>,
            ) -> Tensor<A, 3> {
                match self {
                    $(Self::$operation(draws) => PictureMap::apply(draws, sides, pictures),)+
                    Self::Sampling(draws) => PictureMap::apply(draws, sides, pictures),
                    Self::MeanAround(draws) => {
                        let mean = pictures.clone().mean_dim(2).mean_dim(0);
                        PictureMap::apply(draws, sides, pictures - mean.clone()) + mean
                    }
                }
            }

            /// How many there are.
            pub(super) fn len(&self) -> usize {
                match self {
                    $(Self::$operation(draws) => draws.len(),)+
                    Self::Sampling(draws) | Self::MeanAround(draws) => draws.len(),
                }
            }

            /// Those of so many rows after those of so many others. `None`: they are one draw for all
            /// rows, or rows depend on one another.
            pub(super) fn chunks(&self, rows: usize) -> Option<Vec<Self>> {
                fn each<D: Clone>(draws: &[D], rows: usize, of: fn(Vec<D>) -> Draws) -> Vec<Draws> {
                    draws.chunks(rows).map(|part| of(part.to_vec())).collect()
                }
                match self {
                    Self::MeanAround(_) => None,
                    _ if self.len() == 1 => None,
                    $(Self::$operation(draws) => Some(each(draws, rows, Self::$operation)),)+
                    Self::Sampling(draws) => Some(each(draws, rows, Self::Sampling)),
                }
            }
        }
    };
}

operations! {
    /// Brightness, saturation and contrast.
    "color" => Color(color),
    /// A shift by up to an eighth of the side.
    "crop" => Crop(crop),
    /// A square of half the side set to zero.
    "cutout" => Cutout(cutout),
    /// Left for right, for every other picture.
    "flip" => Flip(flip),
    /// Both axes stretched or shrunk by up to a fifth, each by itself.
    "scale" => Scale(scale),
    /// A turn by up to 15 degrees.
    "rotate" => Rotate(rotate),
}
