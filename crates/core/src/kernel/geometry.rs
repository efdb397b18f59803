//! The geometry of a convolution.

/// How a square kernel moves over a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Geometry {
    /// Distance from one patch to the next in pixels, at least 1.
    pub stride: usize,
    /// Width of the border of zeros around the picture, in pixels.
    pub padding: usize,
}

impl Geometry {
    /// Length of the output along one axis, for these lengths of input and kernel. It is 0 if the kernel
    /// does not fit.
    pub fn output(self, input: usize, kernel: usize) -> usize {
        let room = input + 2 * self.padding;
        room.checked_sub(kernel)
            .map_or(0, |rest| rest / self.stride + 1)
    }

    /// The geometry in which a convolution of the upstream gradient with the rotated kernel is the input
    /// gradient. Returns `None` if the stride is not 1 or the padding reaches `side`, the kernel's side.
    pub fn transposed(self, side: usize) -> Option<Self> {
        let padding = side.checked_sub(1 + self.padding)?;
        (self.stride == 1).then_some(Self { stride: 1, padding })
    }
}
