//! Decodes, crops and resizes one picture file.
//!
//! The sizes of the file and of the picture are limited before memory is allocated.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use image::imageops::FilterType;
use image::{DynamicImage, ImageDecoder, ImageError, ImageReader, Limits};

use super::contained::contained;
use crate::error::{Error, Result};

/// Most bytes of a picture file.
const MOST_BYTES: u64 = 1 << 28;

/// Most pixels of a picture in a file.
const MOST_PIXELS: u64 = 1 << 26;

/// Most bytes of memory to decode a picture.
const MOST_DECODED: u64 = 1 << 29;

/// Pictures with more pixels than this are decoded one at a time, to limit memory.
const LARGE: u64 = 1 << 24;

/// The lock of the thread that decodes a large picture.
static LARGE_ONE: Mutex<()> = Mutex::new(());

/// Reads a picture into `pixels` like [`read_whole`]. If the decoder panics, this is an error too.
///
/// # Errors
/// [`Error::Data`] if the file cannot be read, is empty, is too large, or is not a complete PNG or JPEG.
pub fn read(path: &Path, shape: [usize; 3], pixels: &mut [u8]) -> Result<()> {
    contained(|| read_whole(path, shape, pixels)).unwrap_or_else(|| {
        let problem =
            "is not a complete PNG or JPEG picture (its decoder fails); replace it or move it away";
        Err(Error::data(path, problem))
    })
}

/// Reads a picture into `pixels`, channel by channel. The picture is rotated as its Exif orientation says.
/// Then its largest centred piece with the aspect ratio of `width` and `height` is cut out and resized
/// (bilinear, over all pixels that are merged into one). Transparency is ignored. `channels` is 1 for grey
/// or 3 for red, green and blue.
///
/// # Errors
/// [`Error::Data`] if the file cannot be read, is empty, is too large, or is not a complete PNG or JPEG.
fn read_whole(path: &Path, [channels, height, width]: [usize; 3], pixels: &mut [u8]) -> Result<()> {
    let unreadable = |error| Error::unreadable(path, &error);
    let file = File::open(path).map_err(unreadable)?;
    match file.metadata().map_err(unreadable)?.len() {
        0 => {
            return Err(Error::data(
                path,
                "is empty: a PNG or JPEG picture is expected",
            ));
        }
        1..=MOST_BYTES => {}
        bytes => {
            let problem = format!(
                "has {bytes} bytes, and at most {MOST_BYTES} are accepted; make it smaller"
            );
            return Err(Error::data(path, problem));
        }
    }
    let decoded = |error| match error {
        ImageError::Limits(_) => {
            let problem = format!(
                "has more than {MOST_PIXELS} pixels, or needs more than {MOST_DECODED} bytes to be \
                decoded; make it smaller"
            );
            Error::data(path, problem)
        }
        error => {
            let problem = format!(
                "is not a complete PNG or JPEG picture ({error}); replace it or move it away"
            );
            Error::data(path, problem)
        }
    };
    let mut reader = ImageReader::new(BufReader::new(file))
        .with_guessed_format()
        .map_err(unreadable)?;
    let mut limits = Limits::default();
    limits.max_alloc = Some(MOST_DECODED);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(decoded)?;
    let (across, down) = decoder.dimensions();
    let size = u64::from(across) * u64::from(down);
    if size == 0 || size > MOST_PIXELS || decoder.total_bytes() > MOST_DECODED {
        let problem = format!(
            "has {across}×{down} pixels, and 1 to {MOST_PIXELS} are accepted; make it smaller"
        );
        return Err(Error::data(path, problem));
    }
    let turn = (size > LARGE).then(|| LARGE_ONE.lock().unwrap_or_else(PoisonError::into_inner));
    let orientation = decoder.orientation().map_err(decoded)?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(decoded)?;
    picture.apply_orientation(orientation);
    let sides = [height, width].map(|side| side as u32);
    let picture = fitted(&picture, sides);
    drop(turn);
    let planes = pixels.chunks_exact_mut(height * width);
    if channels == 1 {
        let grey = picture.into_luma8();
        planes.for_each(|plane| plane.copy_from_slice(grey.as_raw()));
    } else {
        let colour = picture.into_rgb8();
        for (channel, plane) in planes.enumerate() {
            for (value, pixel) in plane.iter_mut().zip(colour.pixels()) {
                *value = pixel.0[channel];
            }
        }
    }
    Ok(())
}

/// The largest centred piece with the aspect ratio of these sides, resized to them.
fn fitted(picture: &DynamicImage, [height, width]: [u32; 2]) -> DynamicImage {
    let (across, down) = (picture.width(), picture.height());
    let share = |side: u32, of: u32, to: u32| {
        let exact = f64::from(side) * f64::from(of) / f64::from(to);
        exact.round().max(1.0) as u32
    };
    let wanted_across = share(down, width, height).min(across);
    let wanted_down = share(across, height, width).min(down);
    let left = (across - wanted_across) / 2;
    let top = (down - wanted_down) / 2;
    let piece = picture.crop_imm(left, top, wanted_across, wanted_down);
    piece.resize_exact(width, height, FilterType::Triangle)
}
