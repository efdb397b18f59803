//! What layers need of a backend beyond Burn's own operations.
//!
//! Distillation differentiates layers twice, thousands of times. [`Kernels`] is the backend
//! extension that makes this fast without leaving Burn: a few operations *closed under
//! differentiation*, so that the tapes are written once for all of them.
//!
//! ```text
//!   product                   y = x w        its derivatives: input_gradient, weight_gradient
//!   product_input_gradient    g wᵀ                            product, weight_gradient
//!   product_weight_gradient   xᵀ g                            input_gradient, product
//!   convolution, and its two  x ∗ w, g ∗ᵀ w, x ⋆ g            the same among themselves
//!   norm_relu_pool            instance norm, ReLU, average pooling: one pass instead of a dozen
//!   norm_relu_pool_gradient   its derivative
//!   norm_relu_pool_second     the derivative of that
//! ```
//!
//! A backend that implements nothing has Burn's own operations ([`own`]): that is what the others
//! are tested against. `flex` has products of its own, also over unfolded patches ([`flex`]), and wgpu
//! an input gradient of its own ([`turned`]).
//!
//! Pictures travel as `[n, height, width, channels]`, kernels as `[side, side, channels, outputs]`.
//! With channels last, a patch is a few long runs of memory, the product of a convolution needs no
//! transposition, neither does its weight gradient, and per-channel statistics are vector sums.

#[cfg(feature = "burn-flex")]
pub mod flex;
pub mod norm_relu_pool;
pub mod own;
mod tape;
pub mod turned;

use burn::tensor::ops::FloatTensor;
use burn::tensor::{Tensor, TensorPrimitive, backend::Backend};

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

/// How a network's work is cut into pieces for a backend.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grain {
    /// Numbers that the rows of one piece leave in a network's layers, at most (but for a single
    /// row).
    pub activations: usize,
    /// Whether pieces go side by side, one a core; otherwise one after the other, each with the
    /// whole device.
    pub side_by_side: bool,
}

impl Grain {
    /// For processors: about what a core's share of the cache holds, on every core.
    pub const CACHE: Self = Self {
        activations: 1 << 20,
        side_by_side: true,
    };

    /// For devices that many small pieces would starve: as much as goes through at once without any
    /// layer passing the 128 MiB that a buffer of single-precision numbers may have anywhere.
    pub const DEVICE: Self = Self {
        activations: 1 << 25,
        side_by_side: false,
    };
}

/// A tensor and the derivative with respect to scale and shift, see [`Kernels::norm_relu_pool`].
pub type WithAffine<B> = (FloatTensor<B>, FloatTensor<B>);

/// A Burn backend with the operations that layers are made of.
///
/// Every operation has a default by Burn's own operations; an implementation must agree with it.
pub trait Kernels: Backend {
    /// How work is cut up.
    const GRAIN: Grain = Grain::CACHE;

    /// y = x w: `[n, inputs]` and `[inputs, outputs]` to `[n, outputs]`.
    fn product(inputs: FloatTensor<Self>, weight: FloatTensor<Self>) -> FloatTensor<Self> {
        Self::float_matmul(inputs, weight)
    }

    /// ∂⟨x w, g⟩/∂x = g wᵀ.
    fn product_input_gradient(
        slope: FloatTensor<Self>,
        weight: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        Self::product(slope, Self::float_transpose(weight))
    }

    /// ∂⟨x w, g⟩/∂w = xᵀ g.
    fn product_weight_gradient(
        inputs: FloatTensor<Self>,
        slope: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        Self::product(Self::float_transpose(inputs), slope)
    }

    /// y = x ∗ w: `[n, h, w, channels]` and `[side, side, channels, outputs]` to
    /// `[n, h', w', outputs]`.
    fn convolution(
        inputs: FloatTensor<Self>,
        kernel: FloatTensor<Self>,
        geometry: Geometry,
    ) -> FloatTensor<Self> {
        own::convolution::<Self>(inputs, kernel, geometry)
    }

    /// ∂⟨x ∗ w, g⟩/∂x for an x of height and width `size`.
    fn convolution_input_gradient(
        slope: FloatTensor<Self>,
        kernel: FloatTensor<Self>,
        geometry: Geometry,
        size: [usize; 2],
    ) -> FloatTensor<Self> {
        own::convolution_input_gradient::<Self>(slope, kernel, geometry, size)
    }

    /// ∂⟨x ∗ w, g⟩/∂w for a w of that side.
    fn convolution_weight_gradient(
        inputs: FloatTensor<Self>,
        slope: FloatTensor<Self>,
        geometry: Geometry,
        side: usize,
    ) -> FloatTensor<Self> {
        own::convolution_weight_gradient::<Self>(inputs, slope, geometry, side)
    }

    /// Instance normalisation (ε = 1e-5) with scale and shift `affine` `[2, channels]`, ReLU, and the
    /// mean over squares of side `pool`, which divides height and width.
    fn norm_relu_pool(
        inputs: FloatTensor<Self>,
        affine: FloatTensor<Self>,
        pool: usize,
    ) -> FloatTensor<Self> {
        norm_relu_pool_of_formulas::<Self>(inputs, affine, pool)
    }

    /// Derivatives of ⟨norm_relu_pool(x, affine), g⟩ with respect to x and affine.
    fn norm_relu_pool_gradient(
        inputs: FloatTensor<Self>,
        affine: FloatTensor<Self>,
        slope: FloatTensor<Self>,
        pool: usize,
    ) -> WithAffine<Self> {
        norm_relu_pool_gradient_of_formulas::<Self>(inputs, affine, slope, pool)
    }

    /// Derivatives of ⟨gradient(x, affine, g), (u, v)⟩ with respect to x, affine and g: those of
    /// [`Self::norm_relu_pool_gradient`]. A direction that is not given is zero.
    fn norm_relu_pool_second(
        inputs: FloatTensor<Self>,
        affine: FloatTensor<Self>,
        slope: FloatTensor<Self>,
        directions: [Option<FloatTensor<Self>>; 2],
        pool: usize,
    ) -> (WithAffine<Self>, FloatTensor<Self>) {
        norm_relu_pool_second_of_formulas::<Self>(inputs, affine, slope, directions, pool)
    }
}

#[cfg(feature = "burn-ndarray")]
impl Kernels for burn_ndarray::NdArray<f32> {}

#[cfg(feature = "burn-ndarray")]
impl Kernels for burn_ndarray::NdArray<f64> {}

#[cfg(feature = "burn-wgpu")]
impl Kernels for burn_wgpu::Wgpu {
    const GRAIN: Grain = Grain::DEVICE;

    fn convolution_input_gradient(
        slope: FloatTensor<Self>,
        kernel: FloatTensor<Self>,
        geometry: Geometry,
        size: [usize; 2],
    ) -> FloatTensor<Self> {
        turned::convolution_input_gradient::<Self>(slope, kernel, geometry, size)
    }
}

/// [`Kernels::product`] of tensors.
pub fn product<A: Kernels>(inputs: Tensor<A, 2>, weight: Tensor<A, 2>) -> Tensor<A, 2> {
    tensor(A::product(primitive(inputs), primitive(weight)))
}

/// [`Kernels::convolution`] of tensors.
pub fn convolution<A: Kernels>(
    inputs: Tensor<A, 4>,
    kernel: Tensor<A, 4>,
    geometry: Geometry,
) -> Tensor<A, 4> {
    tensor(A::convolution(
        primitive(inputs),
        primitive(kernel),
        geometry,
    ))
}

/// [`Kernels::norm_relu_pool`] of tensors.
pub fn norm_relu_pool<A: Kernels>(
    inputs: Tensor<A, 4>,
    affine: Tensor<A, 2>,
    pool: usize,
) -> Tensor<A, 4> {
    tensor(A::norm_relu_pool(
        primitive(inputs),
        primitive(affine),
        pool,
    ))
}

fn norm_relu_pool_of_formulas<B: Backend>(
    inputs: FloatTensor<B>,
    affine: FloatTensor<B>,
    pool: usize,
) -> FloatTensor<B> {
    primitive(norm_relu_pool::value(
        &tensor::<B, 4>(inputs),
        &tensor(affine),
        pool,
    ))
}

fn norm_relu_pool_gradient_of_formulas<B: Backend>(
    inputs: FloatTensor<B>,
    affine: FloatTensor<B>,
    slope: FloatTensor<B>,
    pool: usize,
) -> WithAffine<B> {
    let (inputs, affine) = norm_relu_pool::gradient(
        &tensor::<B, 4>(inputs),
        &tensor(affine),
        tensor(slope),
        pool,
    );
    (primitive(inputs), primitive(affine))
}

fn norm_relu_pool_second_of_formulas<B: Backend>(
    inputs: FloatTensor<B>,
    affine: FloatTensor<B>,
    slope: FloatTensor<B>,
    directions: [Option<FloatTensor<B>>; 2],
    pool: usize,
) -> (WithAffine<B>, FloatTensor<B>) {
    let [along_inputs, along_affine] = directions;
    let second = norm_relu_pool::second(
        &tensor::<B, 4>(inputs),
        &tensor(affine),
        tensor(slope),
        along_inputs.map(tensor),
        along_affine.map(tensor),
        pool,
    );
    (
        (primitive(second.inputs), primitive(second.affine)),
        primitive(second.slope),
    )
}

fn tensor<B: Backend, const D: usize>(primitive: FloatTensor<B>) -> Tensor<B, D> {
    Tensor::from_primitive(TensorPrimitive::Float(primitive))
}

fn primitive<B: Backend, const D: usize>(tensor: Tensor<B, D>) -> FloatTensor<B> {
    tensor.into_primitive().tensor()
}
