//! The operations, and the backends that have them.

use burn::tensor::ops::FloatTensor;
use burn::tensor::{Tensor, backend::Backend};

use super::burn_operations::{WithAffine, primitive, tensor};
#[cfg(feature = "burn-wgpu")]
use super::turned;
use super::{Geometry, burn_operations};

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
        upstream: FloatTensor<Self>,
        weight: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        Self::product(upstream, Self::float_transpose(weight))
    }

    /// ∂⟨x w, g⟩/∂w = xᵀ g.
    fn product_weight_gradient(
        inputs: FloatTensor<Self>,
        upstream: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        Self::product(Self::float_transpose(inputs), upstream)
    }

    /// y = x ∗ w: `[n, h, w, channels]` and `[side, side, channels, outputs]` to
    /// `[n, h', w', outputs]`.
    fn convolution(
        inputs: FloatTensor<Self>,
        kernel: FloatTensor<Self>,
        geometry: Geometry,
    ) -> FloatTensor<Self> {
        burn_operations::convolution::<Self>(inputs, kernel, geometry)
    }

    /// ∂⟨x ∗ w, g⟩/∂x for an x of height and width `size`.
    fn convolution_input_gradient(
        upstream: FloatTensor<Self>,
        kernel: FloatTensor<Self>,
        geometry: Geometry,
        size: [usize; 2],
    ) -> FloatTensor<Self> {
        burn_operations::convolution_input_gradient::<Self>(upstream, kernel, geometry, size)
    }

    /// ∂⟨x ∗ w, g⟩/∂w for a w of that side.
    fn convolution_weight_gradient(
        inputs: FloatTensor<Self>,
        upstream: FloatTensor<Self>,
        geometry: Geometry,
        side: usize,
    ) -> FloatTensor<Self> {
        burn_operations::convolution_weight_gradient::<Self>(inputs, upstream, geometry, side)
    }

    /// Instance normalisation (ε = 1e-5) with scale and shift `affine` `[2, channels]`, ReLU, and the
    /// mean over squares of side `pool`, which divides height and width.
    fn norm_relu_pool(
        inputs: FloatTensor<Self>,
        affine: FloatTensor<Self>,
        pool: usize,
    ) -> FloatTensor<Self> {
        burn_operations::norm_relu_pool::<Self>(inputs, affine, pool)
    }

    /// Derivatives of ⟨norm_relu_pool(x, affine), g⟩ with respect to x and affine.
    fn norm_relu_pool_gradient(
        inputs: FloatTensor<Self>,
        affine: FloatTensor<Self>,
        upstream: FloatTensor<Self>,
        pool: usize,
    ) -> WithAffine<Self> {
        burn_operations::norm_relu_pool_gradient::<Self>(inputs, affine, upstream, pool)
    }

    /// Derivatives of ⟨gradient(x, affine, g), (u, v)⟩ with respect to x, affine and g: those of
    /// [`Self::norm_relu_pool_gradient`]. A direction that is not given is zero.
    fn norm_relu_pool_derivatives(
        inputs: FloatTensor<Self>,
        affine: FloatTensor<Self>,
        upstream: FloatTensor<Self>,
        directions: [Option<FloatTensor<Self>>; 2],
        pool: usize,
    ) -> (WithAffine<Self>, FloatTensor<Self>) {
        burn_operations::norm_relu_pool_derivatives::<Self>(
            inputs, affine, upstream, directions, pool,
        )
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
        upstream: FloatTensor<Self>,
        kernel: FloatTensor<Self>,
        geometry: Geometry,
        size: [usize; 2],
    ) -> FloatTensor<Self> {
        transposed::convolution_input_gradient::<Self>(upstream, kernel, geometry, size)
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
