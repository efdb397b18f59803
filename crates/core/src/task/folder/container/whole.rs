//! Whether a picture file is whole, and what it says besides its pixels.

use super::super::format::Format;
use super::survey::Survey;
use super::{gif, jpeg, png, tiff, webp};

/// Looks through a file of this format.
///
/// # Errors
/// What is wrong with the file, as the end of a sentence that starts with the file: it ends early, or a part
/// of it is damaged or of a kind that is not read.
pub fn survey(format: Format, bytes: &[u8]) -> Result<Survey, String> {
    match format {
        Format::Png => png::survey(bytes),
        Format::Jpeg => jpeg::survey(bytes),
        Format::WebP => webp::survey(bytes),
        Format::Gif => gif::survey(bytes),
        Format::Tiff => Ok(tiff::survey(bytes)),
        // The decoder reads every number up to the last one.
        Format::Bmp => Ok(Survey::PLAIN),
    }
}
