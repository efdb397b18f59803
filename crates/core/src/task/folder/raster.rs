//! Decodes a picture file that is in memory, with limits on size and memory.

use std::io::{Cursor, ErrorKind};

use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits};
use image::{GrayImage, RgbImage};
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;

use super::container::Survey;
use super::format::Format;

/// Most pixels of a picture in a file.
const MOST_PIXELS: u64 = 1 << 26;

/// What is wrong with a picture whose decoder gives up.
const DAMAGED: &str = "its bytes contradict each other";

/// Most bytes of memory to decode a picture.
const MOST_DECODED: u64 = 1 << 29;

/// A picture whose header has been read.
pub enum Raster<'a> {
    /// A JPEG file with its width and height, and the colours to which it is decoded. It is decoded strictly:
    /// otherwise the decoder replaces what is damaged by grey.
    Jpeg(&'a [u8], [u32; 2], ColorSpace),
    /// A file of another format.
    Other(Box<dyn ImageDecoder + 'a>, Format),
}

impl<'a> Raster<'a> {
    /// Reads the header of a file of this format.
    ///
    /// # Errors
    /// What is wrong with the file, as the end of a sentence that starts with the file.
    pub fn open(format: Format, bytes: &'a [u8]) -> Result<Self, String> {
        let raster = if format == Format::Jpeg {
            let mut decoder = JpegDecoder::new_with_options(bytes, options());
            decoder
                .decode_headers()
                .map_err(|_| broken(format, DAMAGED))?;
            let (across, down) = decoder.dimensions().unwrap_or((0, 0));
            let sides = [across, down].map(|side| u32::try_from(side).unwrap_or(u32::MAX));
            // Four printing inks become red, green and blue without a colour profile.
            let colours = match decoder.get_output_colorspace() {
                Some(ColorSpace::Luma) => ColorSpace::Luma,
                _ => ColorSpace::RGB,
            };
            Self::Jpeg(bytes, sides, colours)
        } else {
            let mut reader = ImageReader::with_format(Cursor::new(bytes), codec(format));
            let mut limits = Limits::default();
            limits.max_alloc = Some(MOST_DECODED);
            reader.limits(limits);
            let decoder = reader
                .into_decoder()
                .map_err(|error| failed(format, error))?;
            Self::Other(Box::new(decoder), format)
        };
        let [across, down] = raster.sides();
        let size = raster.size();
        let memory = match &raster {
            Self::Jpeg(..) => size.saturating_mul(3),
            Self::Other(decoder, _) => decoder.total_bytes(),
        };
        if size == 0 || size > MOST_PIXELS || memory > MOST_DECODED {
            return Err(format!(
                "has {across}×{down} pixels, and 1 to {MOST_PIXELS} are accepted; make it smaller"
            ));
        }
        Ok(raster)
    }

    /// Width and height as stored.
    pub fn sides(&self) -> [u32; 2] {
        match self {
            Self::Jpeg(_, sides, _) => *sides,
            Self::Other(decoder, _) => decoder.dimensions().into(),
        }
    }

    /// Count of pixels.
    pub fn size(&self) -> u64 {
        self.sides().map(u64::from).into_iter().product()
    }

    /// Decodes the first frame and turns it the way it is to be seen.
    ///
    /// # Errors
    /// What is wrong with the file, as the end of a sentence that starts with the file.
    pub fn decode(self, survey: Survey) -> Result<DynamicImage, String> {
        let mut picture = match self {
            Self::Jpeg(bytes, sides, colours) => jpeg(bytes, sides, colours)?,
            Self::Other(decoder, format) => {
                let picture = DynamicImage::from_decoder(decoder);
                picture.map_err(|error| failed(format, error))?
            }
        };
        if survey.orientation != Orientation::NoTransforms {
            picture.apply_orientation(survey.orientation);
        }
        Ok(picture)
    }
}

/// Decodes a JPEG file.
fn jpeg(
    bytes: &[u8],
    [across, down]: [u32; 2],
    colours: ColorSpace,
) -> Result<DynamicImage, String> {
    let format = Format::Jpeg;
    let options = options().jpeg_set_out_colorspace(colours);
    let decoded = JpegDecoder::new_with_options(bytes, options).decode();
    let numbers = decoded.map_err(|_| broken(format, DAMAGED))?;
    let picture = match colours {
        ColorSpace::Luma => GrayImage::from_raw(across, down, numbers).map(DynamicImage::from),
        _ => RgbImage::from_raw(across, down, numbers).map(DynamicImage::from),
    };
    picture.ok_or_else(|| broken(format, "the number of pixels is wrong"))
}

/// The options of strict decoding.
fn options() -> DecoderOptions {
    DecoderOptions::default()
        .set_strict_mode(true)
        .set_max_width(usize::MAX)
        .set_max_height(usize::MAX)
}

/// The decoder of a format.
fn codec(format: Format) -> ImageFormat {
    match format {
        Format::Png => ImageFormat::Png,
        Format::Jpeg => ImageFormat::Jpeg,
        Format::WebP => ImageFormat::WebP,
        Format::Bmp => ImageFormat::Bmp,
        Format::Gif => ImageFormat::Gif,
        Format::Tiff => ImageFormat::Tiff,
    }
}

/// The problem of a file that its decoder refuses.
fn failed(format: Format, error: ImageError) -> String {
    match error {
        ImageError::Limits(_) => format!(
            "has more than {MOST_PIXELS} pixels, or needs more than {MOST_DECODED} bytes to be \
            decoded; make it smaller"
        ),
        ImageError::Unsupported(error) => {
            let error = error.to_string();
            let (what, other) = match error.contains("sample format") {
                true if error.contains("IEEEFP") => (
                    "its numbers are floating-point numbers",
                    "scale them to whole numbers and save it as PNG with 16 bits",
                ),
                true => (
                    "its numbers have a sign",
                    "scale them to whole numbers from 0 on and save it as PNG with 16 bits",
                ),
                false => (
                    "its colours, numbers or packing are unusual",
                    "save it as PNG or JPEG",
                ),
            };
            let format = format.name();
            format!("is a {format} file of a kind that is not read ({what}); {other}")
        }
        ImageError::IoError(error) if error.kind() == ErrorKind::UnexpectedEof => {
            broken(format, "it ends early")
        }
        error if error.to_string().contains("fill whole buffer") => broken(format, "it ends early"),
        _ => broken(format, DAMAGED),
    }
}

/// The problem of a file that is damaged.
fn broken(format: Format, problem: &str) -> String {
    format!(
        "is not a complete {} picture ({problem}); replace it or move it away",
        format.name()
    )
}
