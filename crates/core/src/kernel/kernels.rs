//! The operations that layers are made of, and the backends that implement them.

use burn::tensor::ops::FloatTensor;
use burn::tensor::{Tensor, backend::Backend};

use super::burn_operations::{WithAffine, primitive, tensor};
#[cfg(feature = "burn-wgpu")]
use super::transposed;
use super::{Geometry, burn_operations};

/// How a network's rows are cut into pieces for a backend.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grain {
    /// Most activations (numbers in all layers of the network) that the rows of one piece may make. A
    /// piece has at least one row, even if that row makes more.
    pub activations: usize,
    /// Whether pieces are computed in parallel, one per core. Otherwise they are computed one after the
    /// other, each on the whole device.
    pub side_by_side: bool,
}

impl Grain {
    /// For CPUs: each core works on a piece about as large as its share of the cache.
    pub const CACHE: Self = Self {
        activations: 1 << 20,
        side_by_side: true,
    };

    /// For devices that small pieces would leave idle. A piece is as large as possible while every layer
    /// stays within 128 MiB of single-precision numbers, the buffer size that every device accepts.
    pub const DEVICE: Self = Self {
        activations: 1 << 25,
        side_by_side: false,
    };
}

/// A Burn backend with the operations that layers are made of.
///
/// Every operation has a default that is composed of Burn's own operations. A backend's own
/// implementation must give the same result, up to rounding.
pub trait Kernels: Backend {
    /// How rows are cut into pieces.
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

    /// ∂⟨x ∗ w, g⟩/∂x, where x has height and width `size`.
    fn convolution_input_gradient(
        upstream: FloatTensor<Self>,
        kernel: FloatTensor<Self>,
        geometry: Geometry,
        size: [usize; 2],
    ) -> FloatTensor<Self> {
        burn_operations::convolution_input_gradient::<Self>(upstream, kernel, geometry, size)
    }

    /// ∂⟨x ∗ w, g⟩/∂w, where w has side `side`.
    fn convolution_weight_gradient(
        inputs: FloatTensor<Self>,
        upstream: FloatTensor<Self>,
        geometry: Geometry,
        side: usize,
    ) -> FloatTensor<Self> {
        burn_operations::convolution_weight_gradient::<Self>(inputs, upstream, geometry, side)
    }

    /// Instance normalisation (ε = 1e-5) with scale and shift `affine` `[2, channels]`, then ReLU, then
    /// the mean over squares of side `pool`: `[n, h, w, channels]` to `[n, h/pool, w/pool, channels]`.
    /// `pool` must divide h and w.
    fn norm_relu_pool(
        inputs: FloatTensor<Self>,
        affine: FloatTensor<Self>,
        pool: usize,
    ) -> FloatTensor<Self> {
        burn_operations::norm_relu_pool::<Self>(inputs, affine, pool)
    }

    /// Derivatives of ⟨norm_relu_pool(x, affine), g⟩ with respect to x and to affine.
    fn norm_relu_pool_gradient(
        inputs: FloatTensor<Self>,
        affine: FloatTensor<Self>,
        upstream: FloatTensor<Self>,
        pool: usize,
    ) -> WithAffine<Self> {
        burn_operations::norm_relu_pool_gradient::<Self>(inputs, affine, upstream, pool)
    }

    /// Derivatives of ⟨norm_relu_pool_gradient(x, affine, g), (u, v)⟩ with respect to x and affine, and
    /// to g. `directions` is `[u, v]`; `None` stands for zero.
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

/// [`Kernels::product`] on tensors.
pub fn product<A: Kernels>(inputs: Tensor<A, 2>, weight: Tensor<A, 2>) -> Tensor<A, 2> {
    tensor(A::product(primitive(inputs), primitive(weight)))
}

/// [`Kernels::convolution`] on tensors.
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

/// [`Kernels::norm_relu_pool`] on tensors.
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
