//! The operations that settings can name, one line each.

use burn::tensor::{Tensor, backend::Backend};
use serde::{Deserialize, Serialize};

use super::operation::{PictureMap, PictureOperation};
use super::sampling::Sampling;
use crate::seed::Stream;

/// Declares the operations under their names in `augment.operations`.
macro_rules! operations {
    ($($(#[$doc:meta])* $name:literal => $operation:ident($file:ident),)+) => {
        /// An operation that `augment.operations` can name.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum Operation {
            $($(#[$doc])* #[serde(rename = $name)] $operation,)+
        }

        /// The parameters of one operation: one draw for all rows, or one for each row.
        #[derive(Debug, Clone, PartialEq)]
        pub enum Draws {
            $($(#[$doc])* $operation(Vec<<super::$file::$operation as PictureOperation>::Draw>),)+
            /// A resampling with zeros around the picture.
            Sampling(Vec<Sampling>),
            /// A resampling with the mean of each channel, over all rows, around the picture.
            MeanAround(Vec<Sampling>),
        }

        impl Operation {
            /// All operations, in the order of their declaration.
            pub const ALL: &'static [Self] = &[$(Self::$operation),+];

            /// Draws `count` times for pictures of `sides` `[height, width]`.
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
            /// Applies the draws to pictures `[n, channels, height · width]`.
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

            /// Number of draws.
            pub(super) fn len(&self) -> usize {
                match self {
                    $(Self::$operation(draws) => draws.len(),)+
                    Self::Sampling(draws) | Self::MeanAround(draws) => draws.len(),
                }
            }

            /// Splits the draws into chunks of at most `rows` rows. Returns `None` if all rows share one
            /// draw or depend on one another.
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
    /// Shift by up to an eighth of the side.
    "crop" => Crop(crop),
    /// A square of half the side is set to zero.
    "cutout" => Cutout(cutout),
    /// Left-right flip with probability 1/2.
    "flip" => Flip(flip),
    /// Each axis is scaled by a factor from 1/1.2 to 1.2, independently.
    "scale" => Scale(scale),
    /// Rotation by up to 15 degrees either way.
    "rotate" => Rotate(rotate),
}
