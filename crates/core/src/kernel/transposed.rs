//! The input gradient of a convolution, computed as another convolution.
//!
//! The upstream gradient is spread out by the stride and gets a border of zeros. It is then convolved with
//! the kernel, rotated by 180° and with input and output channels swapped.
//!
//! This serves backends whose own input gradient is slow or wrong. With Burn 0.21 on wgpu it is zero or
//! garbage for strides above 1; the random shapes of `tests/gpu` found this.

use burn::tensor::{Tensor, backend::Backend, ops::FloatTensor};

use super::burn_operations::{primitive, tensor};
use super::{Geometry, burn_operations};

/// See [`super::Kernels::convolution_input_gradient`].
pub fn convolution_input_gradient<B: Backend>(
    upstream: FloatTensor<B>,
    kernel: FloatTensor<B>,
    geometry: Geometry,
    [height, width]: [usize; 2],
) -> FloatTensor<B> {
    let kernel: Tensor<B, 4> = tensor(kernel);
    let side = kernel.dims()[0];
    let Geometry { stride, padding } = geometry;
    let rotated = kernel.flip([0, 1]).permute([0, 1, 3, 2]);
    let upstream = spread::<B>(spread(tensor(upstream), 1, stride), 2, stride);
    let convolved = |upstream, geometry| -> Tensor<B, 4> {
        tensor(burn_operations::convolution::<B>(
            primitive(upstream),
            primitive(rotated.clone()),
            geometry,
        ))
    };
    if let Some(transposed) = geometry.transposed(side) {
        return primitive(convolved(upstream, transposed));
    }
    // First the gradient of the picture with its border of zeros. Then the border is cut off.
    let whole = [height, width].map(|length| length + 2 * padding);
    let bordered = within(upstream, whole.map(|length| length + side - 1), side - 1);
    let geometry = Geometry {
        stride: 1,
        padding: 0,
    };
    let gradient = convolved(bordered, geometry);
    let gradient = gradient.narrow(1, padding, height);
    primitive(gradient.narrow(2, padding, width))
}

/// Puts `stride − 1` zeros between any two neighbours along axis `along`: rows (1) or columns (2).
fn spread<B: Backend>(pictures: Tensor<B, 4>, along: usize, stride: usize) -> Tensor<B, 4> {
    let shape = pictures.dims();
    if stride == 1 {
        return pictures;
    }
    let before: usize = shape[..=along].iter().product();
    let behind: usize = shape[along + 1..].iter().product();
    let gaps = Tensor::zeros([before, (stride - 1) * behind], &pictures.device());
    let mut wide = shape;
    wide[along] *= stride;
    let spread = Tensor::cat(vec![pictures.reshape([before, behind]), gaps], 1);
    let ends = (shape[along] - 1) * stride + 1;
    spread.reshape(wide).narrow(along, 0, ends)
}

/// Places pictures in a field of zeros of this height and width, `from` pixels from its top and its left.
fn within<B: Backend>(
    pictures: Tensor<B, 4>,
    [height, width]: [usize; 2],
    from: usize,
) -> Tensor<B, 4> {
    let [n, rows, columns, channels] = pictures.dims();
    let field = Tensor::zeros([n, height, width, channels], &pictures.device());
    let place = [0..n, from..from + rows, from..from + columns, 0..channels];
    field.slice_assign(place, pictures)
}
