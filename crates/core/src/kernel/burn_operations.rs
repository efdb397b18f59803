//! The operations composed of Burn's own operations, for every backend. Burn's convolutions expect channels
//! before rows and columns, so tensors are permuted around them.

use burn::tensor::ops::{ConvOptions, FloatTensor};
use burn::tensor::{Shape, Tensor, TensorMetadata, TensorPrimitive, backend::Backend};

use super::{Geometry, norm_relu_pool as formulas};

/// A derivative with respect to inputs `[n, h, w, channels]` and one with respect to scale and shift
/// `[2, channels]`, see [`super::Kernels::norm_relu_pool_gradient`].
pub type WithAffine<B> = (FloatTensor<B>, FloatTensor<B>);

/// Permutation of `[n, h, w, c]` to `[n, c, h, w]`.
const TO_PLANES: [usize; 4] = [0, 3, 1, 2];
/// The inverse of [`TO_PLANES`].
const FROM_PLANES: [usize; 4] = [0, 2, 3, 1];
/// Permutation of `[side, side, channels, outputs]` to `[outputs, channels, side, side]`.
const TO_KERNEL: [usize; 4] = [3, 2, 0, 1];
/// The inverse of [`TO_KERNEL`].
const FROM_KERNEL: [usize; 4] = [2, 3, 1, 0];

fn options(geometry: Geometry) -> ConvOptions<2> {
    let Geometry { stride, padding } = geometry;
    ConvOptions::new([stride; 2], [padding; 2], [1; 2], 1)
}

/// See [`super::Kernels::convolution`].
pub fn convolution<B: Backend>(
    inputs: FloatTensor<B>,
    kernel: FloatTensor<B>,
    geometry: Geometry,
) -> FloatTensor<B> {
    let planes = B::float_permute(inputs, &TO_PLANES);
    let kernel = B::float_permute(kernel, &TO_KERNEL);
    let outputs = B::conv2d(planes, kernel, None, options(geometry));
    B::float_permute(outputs, &FROM_PLANES)
}

/// See [`super::Kernels::convolution_input_gradient`].
pub fn convolution_input_gradient<B: Backend>(
    upstream: FloatTensor<B>,
    kernel: FloatTensor<B>,
    geometry: Geometry,
    [height, width]: [usize; 2],
) -> FloatTensor<B> {
    let shape = [upstream.shape()[0], kernel.shape()[2], height, width];
    let like = empty::<B>(shape, &upstream);
    let planes = B::float_permute(upstream, &TO_PLANES);
    let kernel = B::float_permute(kernel, &TO_KERNEL);
    let gradient = B::conv2d_x_backward(like, kernel, planes, options(geometry));
    B::float_permute(gradient, &FROM_PLANES)
}

/// See [`super::Kernels::convolution_weight_gradient`].
pub fn convolution_weight_gradient<B: Backend>(
    inputs: FloatTensor<B>,
    upstream: FloatTensor<B>,
    geometry: Geometry,
    side: usize,
) -> FloatTensor<B> {
    let shape = [upstream.shape()[3], inputs.shape()[3], side, side];
    let like = empty::<B>(shape, &upstream);
    let planes = B::float_permute(inputs, &TO_PLANES);
    let upstream = B::float_permute(upstream, &TO_PLANES);
    let gradient = B::conv2d_weight_backward(planes, like, upstream, options(geometry));
    B::float_permute(gradient, &FROM_KERNEL)
}

/// A tensor without values: Burn reads only its shape.
fn empty<B: Backend>(shape: [usize; 4], like: &FloatTensor<B>) -> FloatTensor<B> {
    B::float_empty(
        Shape::from(shape),
        &B::float_device(like),
        like.dtype().into(),
    )
}

/// See [`super::Kernels::norm_relu_pool`].
pub fn norm_relu_pool<B: Backend>(
    inputs: FloatTensor<B>,
    affine: FloatTensor<B>,
    pool: usize,
) -> FloatTensor<B> {
    primitive(formulas::value(
        &tensor::<B, 4>(inputs),
        &tensor(affine),
        pool,
    ))
}

/// See [`super::Kernels::norm_relu_pool_gradient`].
pub fn norm_relu_pool_gradient<B: Backend>(
    inputs: FloatTensor<B>,
    affine: FloatTensor<B>,
    upstream: FloatTensor<B>,
    pool: usize,
) -> WithAffine<B> {
    let (inputs, affine) = formulas::gradient(
        &tensor::<B, 4>(inputs),
        &tensor(affine),
        tensor(upstream),
        pool,
    );
    (primitive(inputs), primitive(affine))
}

/// See [`super::Kernels::norm_relu_pool_derivatives`].
pub fn norm_relu_pool_derivatives<B: Backend>(
    inputs: FloatTensor<B>,
    affine: FloatTensor<B>,
    upstream: FloatTensor<B>,
    directions: [Option<FloatTensor<B>>; 2],
    pool: usize,
) -> (WithAffine<B>, FloatTensor<B>) {
    let [along_inputs, along_affine] = directions;
    let second = formulas::derivatives(
        &tensor::<B, 4>(inputs),
        &tensor(affine),
        tensor(upstream),
        along_inputs.map(tensor),
        along_affine.map(tensor),
        pool,
    );
    (
        (primitive(second.inputs), primitive(second.affine)),
        primitive(second.upstream),
    )
}

/// Wraps a primitive as a tensor.
pub fn tensor<B: Backend, const D: usize>(primitive: FloatTensor<B>) -> Tensor<B, D> {
    Tensor::from_primitive(TensorPrimitive::Float(primitive))
}

/// Unwraps the primitive of a tensor.
pub fn primitive<B: Backend, const D: usize>(tensor: Tensor<B, D>) -> FloatTensor<B> {
    tensor.into_primitive().tensor()
}
