//! Reads one picture file: decodes it, puts it on the background, cuts out its centre and resizes it.

use std::fs::{self, File};
use std::io::Read;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use image::DynamicImage;
use image::imageops::FilterType;

use super::background::Background;
use super::container::survey;
use super::format::Format;
use super::raster::Raster;
use crate::error::{Error, Result};
use crate::task::contained::contained;

/// Most bytes of a picture file.
const MOST_BYTES: u64 = 1 << 28;

/// Files with more bytes than this are read one at a time, to limit memory.
const LARGE_FILE: u64 = 1 << 25;

/// Pictures with more pixels than this are decoded one at a time, to limit memory.
const LARGE: u64 = 1 << 24;

/// The lock of the thread that decodes a large picture.
static LARGE_ONE: Mutex<()> = Mutex::new(());

/// How pictures are read.
#[derive(Debug, Clone, Copy)]
pub struct Reading {
    /// Channels (1 for grey, or 3 for red, green and blue), height and width of the result.
    pub shape: [usize; 3],
    /// The background of transparent pictures.
    pub background: Background,
    /// White in pictures of 16 bits, if it is given. Larger numbers are then refused.
    pub most: Option<u16>,
}

/// The result's numbers, channel by channel.
#[derive(Debug)]
pub enum Numbers<'a> {
    /// For pictures of 8 bits. Deeper ones are not put there.
    Bytes(&'a mut [u8]),
    /// For pictures of 16 bits, as the file has them, and for those of 8 bits, from 0 to 255.
    Words(&'a mut [u16]),
}

impl<'a> From<&'a mut [u8]> for Numbers<'a> {
    fn from(numbers: &'a mut [u8]) -> Self {
        Self::Bytes(numbers)
    }
}

impl<'a> From<&'a mut [u16]> for Numbers<'a> {
    fn from(numbers: &'a mut [u16]) -> Self {
        Self::Words(numbers)
    }
}

/// What a picture file was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// Its format.
    pub format: Format,
    /// Whether its name has the ending of another format, or of none.
    pub is_misnamed: bool,
    /// Width and height as it is to be seen.
    pub sides: [u32; 2],
    /// Whether a part of it is cut off, because it has another aspect ratio than the result.
    pub is_cut: bool,
    /// Whether its pixels have red, green and blue.
    pub is_colour: bool,
    /// The largest number of a picture of 16 bits.
    pub deepest: Option<u16>,
    /// Whether it is stored in another orientation than it is to be seen.
    pub is_turned: bool,
    /// Whether any pixel is transparent.
    pub is_clear: bool,
    /// Whether it has more frames or pages, which are not read.
    pub has_more: bool,
}

/// Reads a picture like [`read_whole`]. If the decoder panics, this is an error too.
///
/// # Errors
/// [`Error::Data`] if the file cannot be read, is empty, too large, truncated, damaged, or no picture of a
/// format in [`Format`].
pub fn read(path: &Path, reading: Reading, numbers: Numbers<'_>) -> Result<Seen> {
    contained(|| read_whole(path, reading, numbers)).unwrap_or_else(|| {
        let problem = "is not a complete picture (its decoder fails); replace it or move it away";
        Err(Error::data(path, problem))
    })
}

/// Reads a picture into `numbers`. The picture is turned as its Exif orientation says, and put on the
/// background if it is transparent. Then its largest centred piece with the aspect ratio of the result is cut
/// out and resized (bilinear, over all pixels that are merged into one).
///
/// # Errors
/// Those of [`read`].
fn read_whole(path: &Path, reading: Reading, numbers: Numbers<'_>) -> Result<Seen> {
    let problem = |problem| Error::data(path, problem);
    let alone = || LARGE_ONE.lock().unwrap_or_else(PoisonError::into_inner);
    let length = fs::metadata(path)
        .map_err(|error| Error::unreadable(path, &error))?
        .len();
    let turn = (length > LARGE_FILE).then(alone);
    let bytes = content(path, length)?;
    let format = Format::of(&bytes[..Format::START.min(bytes.len())], path).map_err(problem)?;
    let survey = survey(format, &bytes).map_err(problem)?;
    let raster = Raster::open(format, &bytes).map_err(problem)?;
    let turn = turn.or_else(|| (raster.size() > LARGE).then(alone));
    let picture = raster.decode(survey).map_err(problem)?;
    drop(bytes);
    let colour = picture.color();
    let is_deep = colour.bytes_per_pixel() / colour.channel_count() > 1;
    let ground = reading.most.unwrap_or(u16::MAX);
    let (picture, is_clear) = reading.background.under(picture, ground);
    let deepest = match &picture {
        DynamicImage::ImageLuma16(pixels) => pixels.iter().max(),
        DynamicImage::ImageRgb16(pixels) => pixels.iter().max(),
        _ => None,
    };
    let deepest = deepest.copied().or(is_deep.then_some(0));
    if let (Some(deepest), Some(most)) = (deepest, reading.most)
        && deepest > most
    {
        return Err(Error::data(
            path,
            format!(
                "has a pixel of {deepest}, and task.bits = {} holds numbers up to {most}; raise it",
                most.count_ones()
            ),
        ));
    }
    let [channels, height, width] = reading.shape;
    let piece = centre(&picture, [height, width].map(|side| side as u32));
    let seen = Seen {
        format,
        is_misnamed: Format::of_name(path) != Some(format),
        sides: [picture.width(), picture.height()],
        is_cut: piece[2..] != [picture.width(), picture.height()],
        is_colour: colour.has_color(),
        deepest,
        is_turned: survey.orientation != image::metadata::Orientation::NoTransforms,
        is_clear,
        has_more: survey.has_more,
    };
    let [left, top, across, down] = piece;
    let picture = picture.crop_imm(left, top, across, down).resize_exact(
        width as u32,
        height as u32,
        FilterType::Triangle,
    );
    drop(turn);
    match numbers {
        Numbers::Bytes(_) if is_deep => {}
        Numbers::Bytes(numbers) => planes(&bytes_of(picture, channels), channels, numbers),
        Numbers::Words(numbers) if is_deep => {
            let pixels = match channels {
                1 => picture.into_luma16().into_raw(),
                _ => picture.into_rgb16().into_raw(),
            };
            planes(&pixels, channels, numbers);
        }
        Numbers::Words(numbers) => {
            let pixels = bytes_of(picture, channels).into_iter().map(u16::from);
            planes(&pixels.collect::<Vec<u16>>(), channels, numbers);
        }
    }
    Ok(seen)
}

/// The bytes of a file of that length.
fn content(path: &Path, length: u64) -> Result<Vec<u8>> {
    let unreadable = |error| Error::unreadable(path, &error);
    if length == 0 {
        return Err(Error::data(path, "is empty: a picture is expected"));
    }
    if length > MOST_BYTES {
        let problem =
            format!("has {length} bytes, and at most {MOST_BYTES} are accepted; make it smaller");
        return Err(Error::data(path, problem));
    }
    let mut bytes = Vec::with_capacity(length as usize);
    let file = File::open(path).map_err(unreadable)?;
    file.take(MOST_BYTES)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    Ok(bytes)
}

/// The grey or red, green and blue bytes of the pixels.
fn bytes_of(picture: DynamicImage, channels: usize) -> Vec<u8> {
    match channels {
        1 => picture.into_luma8().into_raw(),
        _ => picture.into_rgb8().into_raw(),
    }
}

/// Sorts the numbers of pixels by channel.
fn planes<T: Copy>(pixels: &[T], channels: usize, numbers: &mut [T]) {
    let size = (numbers.len() / channels).max(1);
    for (channel, plane) in numbers.chunks_exact_mut(size).enumerate() {
        let values = pixels.iter().skip(channel).step_by(channels);
        for (number, &value) in plane.iter_mut().zip(values) {
            *number = value;
        }
    }
}

/// Left, top, width and height of the largest centred piece with the aspect ratio of these sides.
fn centre(picture: &DynamicImage, [height, width]: [u32; 2]) -> [u32; 4] {
    let (across, down) = (picture.width(), picture.height());
    let share = |side: u32, of: u32, to: u32| {
        let exact = f64::from(side) * f64::from(of) / f64::from(to);
        exact.round().max(1.0) as u32
    };
    let wanted_across = share(down, width, height).min(across);
    let wanted_down = share(across, height, width).min(down);
    let left = (across - wanted_across) / 2;
    let top = (down - wanted_down) / 2;
    [left, top, wanted_across, wanted_down]
}
