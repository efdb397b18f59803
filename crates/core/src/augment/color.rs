//! Random brightness, then saturation, then contrast.

use burn::tensor::{Tensor, backend::Backend};

use super::operation::{PictureMap, PictureOperation};
use crate::seed::Stream;

/// The parameters of a change of color, each drawn from U[0, 1).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Color {
    /// u in x ↦ x + (u − 1/2).
    pub brightness: f32,
    /// u in x ↦ (x − m) 2u + m, where m is the mean over a pixel's channels. Grey pictures do not change.
    pub saturation: f32,
    /// u in x ↦ (x − m)(u + 1/2) + m, where m is the mean of the picture.
    pub contrast: f32,
}

impl PictureOperation for Color {
    type Draw = Self;

    fn draw(_sides: [usize; 2], stream: &mut Stream) -> Self {
        Self {
            brightness: stream.unit(),
            saturation: stream.unit(),
            contrast: stream.unit(),
        }
    }
}

impl PictureMap for Color {
    fn apply<A: Backend>(
        draws: &[Self],
        _sides: [usize; 2],
        pictures: Tensor<A, 3>,
    ) -> Tensor<A, 3> {
        let device = pictures.device();
        let of = |number: fn(&Color) -> f64| per_draw(draws.iter().map(number).collect(), &device);
        let bright = pictures + of(|draw| f64::from(draw.brightness) - 0.5);
        let mean = bright.clone().mean_dim(1);
        let saturated =
            (bright - mean.clone()) * of(|draw| 2.0 * f64::from(draw.saturation)) + mean;
        let mean = saturated.clone().mean_dim(2).mean_dim(1);
        (saturated - mean.clone()) * of(|draw| f64::from(draw.contrast) + 0.5) + mean
    }
}

/// One number for each draw, as a tensor `[draws, 1, 1]`.
pub fn per_draw<A: Backend>(numbers: Vec<f64>, device: &A::Device) -> Tensor<A, 3> {
    let count = numbers.len();
    Tensor::from_data(
        burn::tensor::TensorData::new(numbers, [count, 1, 1]),
        device,
    )
}
