//! What a picture file says besides its pixels.

use image::metadata::Orientation;

use super::super::format::Format;
use super::{gif, jpeg, png, tiff, webp};

/// What a picture file says besides its pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Survey {
    /// How the picture is turned to be seen, as its Exif note says.
    pub orientation: Orientation,
    /// Whether more frames or pages follow the first one.
    pub has_more: bool,
}

impl Survey {
    /// A picture that is seen as it is stored.
    pub(super) const PLAIN: Self = Self {
        orientation: Orientation::NoTransforms,
        has_more: false,
    };

    /// Looks through a file of this format.
    ///
    /// # Errors
    /// What is wrong with the file, as the end of a sentence that starts with the file: it ends early, or a
    /// part of it is damaged or of a kind that is not read.
    pub fn of(format: Format, bytes: &[u8]) -> Result<Self, String> {
        match format {
            Format::Png => png::survey(bytes),
            Format::Jpeg => jpeg::survey(bytes),
            Format::WebP => webp::survey(bytes),
            Format::Gif => gif::survey(bytes),
            Format::Tiff => Ok(tiff::survey(bytes)),
            // The decoder reads every number up to the last one.
            Format::Bmp => Ok(Self::PLAIN),
        }
    }
}

/// The problem of a file that lacks its end.
pub(super) fn cut(format: Format) -> String {
    format!(
        "is a {} file that is truncated: it ends early; get a complete copy, or move it away",
        format.name()
    )
}

/// The problem of a file in which `part` is wrong.
pub(super) fn damaged(format: Format, part: &str) -> String {
    format!(
        "is a {} file that is damaged ({part}); get another copy, or move it away",
        format.name()
    )
}
