//! How kernels lie over pictures.

/// How a square kernel moves over a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Geometry {
    /// Pixels from one patch to the next, at least 1.
    pub stride: usize,
    /// Rows and columns of zeros around the picture.
    pub padding: usize,
}

impl Geometry {
    /// The side of the output for that side of input and kernel; 0 where the kernel does not fit.
    pub fn output(self, input: usize, kernel: usize) -> usize {
        let room = input + 2 * self.padding;
        room.checked_sub(kernel)
            .map_or(0, |rest| rest / self.stride + 1)
    }

    /// The geometry in which the convolution with the turned kernel is the input gradient, where
    /// there is one.
    pub fn transposed(self, side: usize) -> Option<Self> {
        let padding = side.checked_sub(1 + self.padding)?;
        (self.stride == 1).then_some(Self { stride: 1, padding })
    }
}
