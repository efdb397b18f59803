//! What a picture file says besides its pixels.

use image::metadata::Orientation;

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
}
