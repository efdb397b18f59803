//! Unfolding: copies the patches that a convolution kernel sees into rows, tile by tile.

use super::real::Real;
use crate::kernel::Geometry;

/// Most numbers of the patches in a tile: about what a core's own cache holds beside the kernel.
const TILE: usize = 1 << 17;

/// Number of tiles into which even a few patches are cut, so that threads can share them.
const SHARES: usize = 16;

/// Fewest patches of such a tile, because the kernel is read again for each tile.
const FEWEST: usize = 128;

/// The patches of pictures `[n, height, width, channels]` that a kernel sees.
#[derive(Debug, Clone, Copy)]
pub struct Patches {
    input: [usize; 4],
    side: usize,
    geometry: Geometry,
    height: usize,
    width: usize,
}

impl Patches {
    pub fn new(input: [usize; 4], side: usize, geometry: Geometry) -> Self {
        let [_, height, width, _] = input;
        Self {
            input,
            side,
            geometry,
            height: geometry.output(height, side),
            width: geometry.output(width, side),
        }
    }

    /// Shape of the convolution's result for a kernel with this number of outputs.
    pub fn shape(&self, outputs: usize) -> [usize; 4] {
        [self.input[0], self.height, self.width, outputs]
    }

    /// Count of numbers in one patch.
    pub fn len(&self) -> usize {
        self.side * self.side * self.input[3]
    }

    /// Number of patches in one row of the output.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Number of rows of the output, over all pictures.
    pub fn rows(&self) -> usize {
        self.input[0] * self.height
    }

    /// Number of rows of the output that fit into a tile.
    pub fn fitting_rows(&self) -> usize {
        let fitting = TILE / (self.width * self.len()).max(1);
        fitting.min(self.rows()).max(1)
    }

    /// Number of rows of the output in a tile, when threads share the tiles. It depends on the shapes
    /// only, not on the number of threads: the number of rows of a product decides the order of its sums.
    pub fn shared_rows(&self) -> usize {
        let enough = FEWEST.div_ceil(self.width.max(1));
        let share = self.rows().div_ceil(SHARES).max(enough);
        self.fitting_rows().min(share)
    }

    /// Writes the patches of these rows of the output to `patches`, `[rows · width, len]`.
    pub fn unfold<T: Real>(&self, pictures: &[T], rows: std::ops::Range<usize>, patches: &mut [T]) {
        let [_, height, width, channels] = self.input;
        let Geometry { stride, padding } = self.geometry;
        let run = self.side * channels;
        let row_patches = patches.chunks_exact_mut((self.width * self.len()).max(1));
        for (row, row_patches) in rows.zip(row_patches) {
            let picture = &pictures[row / self.height * height * width * channels..];
            let top = row % self.height * stride;
            for (line, offset) in (top..top + self.side).zip((0..).step_by(run)) {
                let inside = line >= padding && line < height + padding;
                let source = inside.then(|| {
                    let start = (line - padding) * width * channels;
                    &picture[start..start + width * channels]
                });
                let patches = row_patches.chunks_exact_mut(self.len());
                for (patch, left) in patches.zip((0..).step_by(stride)) {
                    let piece = &mut patch[offset..offset + run];
                    match source {
                        None => piece.fill(T::of(0.0)),
                        Some(source) => self.cut(source, left, piece),
                    }
                }
            }
        }
    }

    /// Copies one line of a patch whose left edge is at `left` in the padded picture.
    fn cut<T: Real>(&self, line: &[T], left: usize, piece: &mut [T]) {
        let ([_, _, width, channels], padding) = (self.input, self.geometry.padding);
        let right = left + self.side;
        if left >= padding && right <= width + padding {
            let start = (left - padding) * channels;
            piece.copy_from_slice(&line[start..start + piece.len()]);
            return;
        }
        let first = left.max(padding).min(right);
        let last = right.min(width + padding).max(first);
        piece.fill(T::of(0.0));
        if first < last {
            let source = &line[(first - padding) * channels..(last - padding) * channels];
            piece[(first - left) * channels..(last - left) * channels].copy_from_slice(source);
        }
    }
}
