//! The background on which transparent pictures are put.

use image::{DynamicImage, ImageBuffer, Luma, Pixel, Primitive, Rgb, Rgba};
use serde::{Deserialize, Serialize};

/// The background on which transparent pictures are put: a grey level, or red, green and blue, each from 0
/// (black) to 255 (white).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    untagged,
    expecting = "must be a grey level from 0 to 255, or [red, green, blue]"
)]
pub enum Background {
    /// A grey level.
    Grey(u8),
    /// Red, green and blue.
    Colour([u8; 3]),
}

impl Default for Background {
    /// White.
    fn default() -> Self {
        Self::Grey(u8::MAX)
    }
}

impl std::fmt::Display for Background {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Grey(255) => write!(f, "white"),
            Self::Grey(0) => write!(f, "black"),
            Self::Grey(level) => write!(f, "grey {level}"),
            Self::Colour(colour) => write!(f, "the colour {colour:?}"),
        }
    }
}

impl Background {
    /// Red, green and blue.
    fn colour(self) -> [u8; 3] {
        match self {
            Self::Grey(level) => [level; 3],
            Self::Colour(colour) => colour,
        }
    }

    /// Puts a picture on the background: its numbers times its opacity, plus the background times the
    /// rest, rounded. Returns a picture without transparency, and whether any pixel was transparent. A grey
    /// picture stays grey on a grey background. `most` is white in a picture of 16 bits.
    pub fn under(self, picture: DynamicImage, most: u16) -> (DynamicImage, bool) {
        let colour = picture.color();
        if !colour.has_alpha() {
            return (picture, false);
        }
        let [red, green, blue] = self.colour();
        let is_grey = !colour.has_color() && red == green && green == blue;
        if colour.bytes_per_pixel() / colour.channel_count() == 1 {
            let pixels = picture.into_rgba8();
            let is_clear = pixels.pixels().any(|pixel| pixel[3] < u8::MAX);
            let back = |value| value as u8;
            let rgb = blended(&pixels, self.colour().map(u32::from), 255, back);
            let picture = match is_grey {
                true => DynamicImage::ImageLuma8(first(&rgb)),
                false => DynamicImage::ImageRgb8(rgb),
            };
            return (picture, is_clear);
        }
        let pixels = picture.into_rgba16();
        let is_clear = pixels.pixels().any(|pixel| pixel[3] < u16::MAX);
        let ground = self.colour().map(|level| scaled(level, most).into());
        let rgb = blended(&pixels, ground, 65535, |value| value as u16);
        let picture = match is_grey {
            true => DynamicImage::ImageLuma16(first(&rgb)),
            false => DynamicImage::ImageRgb16(rgb),
        };
        (picture, is_clear)
    }
}

/// A number from 0 to 255 as a number from 0 to `most`, rounded. With 65535 it is exact.
pub fn scaled(level: u8, most: u16) -> u16 {
    let exact = u32::from(level) * u32::from(most);
    ((exact + 127) / 255) as u16
}

/// Puts pixels on the colour `ground`. An opacity of `most` hides it.
fn blended<S: Primitive + Into<u32>>(
    pixels: &ImageBuffer<Rgba<S>, Vec<S>>,
    ground: [u32; 3],
    most: u32,
    back: impl Fn(u64) -> S,
) -> ImageBuffer<Rgb<S>, Vec<S>>
where
    Rgba<S>: Pixel<Subpixel = S>,
    Rgb<S>: Pixel<Subpixel = S>,
{
    let most = u64::from(most);
    let mut on = ImageBuffer::new(pixels.width(), pixels.height());
    for (to, from) in on.pixels_mut().zip(pixels.pixels()) {
        let opacity = u64::from(from.0[3].into());
        for channel in 0..3 {
            let own = u64::from(from.0[channel].into()) * opacity;
            let under = u64::from(ground[channel]) * (most - opacity);
            let Rgb(values) = to;
            values[channel] = back((own + under + most / 2) / most);
        }
    }
    on
}

/// The first channel.
fn first<S: Primitive>(colour: &ImageBuffer<Rgb<S>, Vec<S>>) -> ImageBuffer<Luma<S>, Vec<S>>
where
    Rgb<S>: Pixel<Subpixel = S>,
    Luma<S>: Pixel<Subpixel = S>,
{
    ImageBuffer::from_fn(colour.width(), colour.height(), |x, y| {
        Luma([colour.get_pixel(x, y).0[0]])
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{GrayAlphaImage, LumaA, RgbaImage};

    #[test]
    fn what_is_hidden_leaves_no_trace_and_what_is_opaque_stays() {
        let pixel = |opacity| RgbaImage::from_pixel(1, 1, Rgba([10, 20, 30, opacity])).into();
        let on = |ground: Background, opacity| {
            let (picture, is_clear) = ground.under(pixel(opacity), u16::MAX);
            (picture.into_rgb8().into_raw(), is_clear)
        };
        let colour = Background::Colour([100, 150, 200]);
        assert_eq!(on(Background::default(), 0), (vec![255; 3], true));
        assert_eq!(on(colour, 0), (vec![100, 150, 200], true));
        assert_eq!(on(colour, 255), (vec![10, 20, 30], false));
        // As Pillow blends: (10·51 + 100·204)/255 and so on, rounded.
        assert_eq!(on(colour, 51), (vec![82, 124, 166], true));
    }

    #[test]
    fn grey_stays_grey_on_grey() {
        let picture = || GrayAlphaImage::from_pixel(1, 1, LumaA([40, 0])).into();
        let (on, _) = Background::Grey(7).under(picture(), u16::MAX);
        assert_eq!(
            on,
            DynamicImage::ImageLuma8(image::GrayImage::from_pixel(1, 1, Luma([7])))
        );
        let (on, _) = Background::Colour([1, 2, 3]).under(picture(), u16::MAX);
        assert_eq!(on.into_rgb8().into_raw(), [1, 2, 3]);
    }

    #[test]
    fn sixteen_bits_stay_and_white_is_the_most() {
        let pixel = |opacity| {
            let picture = ImageBuffer::from_pixel(1, 1, LumaA([1234_u16, opacity]));
            let (on, _) = Background::default().under(picture.into(), 4095);
            on.into_luma16().into_raw()
        };
        assert_eq!(pixel(u16::MAX), [1234]);
        assert_eq!(pixel(0), [4095]);
        assert_eq!((scaled(255, 1023), scaled(51, 65535)), (1023, 51 * 257));
    }
}
