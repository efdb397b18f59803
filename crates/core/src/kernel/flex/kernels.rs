//! The operations on `flex`, fast for `f32` and `f64`. Other number types use Burn's operations.

use burn::tensor::DType;
use burn::tensor::ops::{FloatTensor, FloatTensorOps};
use burn_flex::{Flex, FlexTensor};

use super::patches::Patches;
use super::real::{Pictures, made};
use super::{convolution, norm_relu_pool, norm_relu_pool_derivatives, product};
use crate::kernel::{Geometry, Kernels, WithAffine, burn_operations};

/// Runs `$fast` with `$real` as the tensor's number type, or `$own` if that is neither `f32` nor `f64`.
macro_rules! by_type {
    ($tensor:expr, $real:ident => $fast:expr, $own:expr) => {
        match $tensor.dtype() {
            DType::F32 => {
                type $real = f32;
                $fast
            }
            DType::F64 => {
                type $real = f64;
                $fast
            }
            _ => $own,
        }
    };
}

impl Kernels for Flex {
    fn product(inputs: FloatTensor<Self>, weight: FloatTensor<Self>) -> FloatTensor<Self> {
        by_type!(inputs, T => product::product::<T>(inputs, weight), Self::float_matmul(inputs, weight))
    }

    fn convolution(
        inputs: FloatTensor<Self>,
        kernel: FloatTensor<Self>,
        geometry: Geometry,
    ) -> FloatTensor<Self> {
        by_type!(inputs, T => {
            let (inputs, kernel) = (Pictures::new(inputs), Pictures::new(kernel));
            let [side, _, _, outputs] = kernel.dims();
            let patches = Patches::new(inputs.dims(), side, geometry);
            let values = convolution::forward::<T>(&patches, inputs.numbers(), kernel.numbers(), outputs);
            made(values, patches.shape(outputs))
        }, burn_operations::convolution::<Self>(inputs, kernel, geometry))
    }

    fn convolution_input_gradient(
        upstream: FloatTensor<Self>,
        kernel: FloatTensor<Self>,
        geometry: Geometry,
        size: [usize; 2],
    ) -> FloatTensor<Self> {
        let side = kernel.layout().shape().dims::<4>()[0];
        let Some(transposed) = Geometry::transposed(geometry, side) else {
            return burn_operations::convolution_input_gradient::<Self>(
                upstream, kernel, geometry, size,
            );
        };
        by_type!(upstream, T => {
            let (upstream, kernel) = (Pictures::new(upstream), Pictures::new(kernel));
            let channels = kernel.dims()[2];
            let rotated_kernel = convolution::rotated::<T>(kernel.numbers(), kernel.dims());
            let patches = Patches::new(upstream.dims(), side, transposed);
            let values = convolution::forward::<T>(&patches, upstream.numbers(), &rotated_kernel, channels);
            made(values, patches.shape(channels))
        }, burn_operations::convolution_input_gradient::<Self>(upstream, kernel, geometry, size))
    }

    fn convolution_weight_gradient(
        inputs: FloatTensor<Self>,
        upstream: FloatTensor<Self>,
        geometry: Geometry,
        side: usize,
    ) -> FloatTensor<Self> {
        by_type!(inputs, T => {
            let (inputs, upstream) = (Pictures::new(inputs), Pictures::new(upstream));
            let ([_, _, _, channels], [_, _, _, outputs]) = (inputs.dims(), upstream.dims());
            let patches = Patches::new(inputs.dims(), side, geometry);
            let values = convolution::weight_gradient::<T>(&patches, inputs.numbers(), upstream.numbers(), outputs);
            made(values, [side, side, channels, outputs])
        }, burn_operations::convolution_weight_gradient::<Self>(inputs, upstream, geometry, side))
    }

    fn norm_relu_pool(
        inputs: FloatTensor<Self>,
        affine: FloatTensor<Self>,
        pool: usize,
    ) -> FloatTensor<Self> {
        by_type!(inputs, T => {
            let (inputs, affine) = (Pictures::new(inputs), affine.to_contiguous());
            let picture = norm_relu_pool::Picture::new(inputs.dims(), pool);
            let values = norm_relu_pool::value::<T>(&picture, inputs.numbers(), affine.storage());
            made(values, picture.pooled())
        }, burn_operations::norm_relu_pool::<Self>(inputs, affine, pool))
    }

    fn norm_relu_pool_gradient(
        inputs: FloatTensor<Self>,
        affine: FloatTensor<Self>,
        upstream: FloatTensor<Self>,
        pool: usize,
    ) -> WithAffine<Self> {
        by_type!(inputs, T => {
            let (inputs, affine) = (Pictures::new(inputs), affine.to_contiguous());
            let upstream = Pictures::new(upstream);
            let picture = norm_relu_pool::Picture::new(inputs.dims(), pool);
            let (by_inputs, by_affine) = norm_relu_pool::gradient::<T>(
                &picture, inputs.numbers(), affine.storage(), upstream.numbers());
            (made(by_inputs, inputs.dims()), made(by_affine, [2, picture.channels]))
        }, burn_operations::norm_relu_pool_gradient::<Self>(inputs, affine, upstream, pool))
    }

    fn norm_relu_pool_derivatives(
        inputs: FloatTensor<Self>,
        affine: FloatTensor<Self>,
        upstream: FloatTensor<Self>,
        directions: [Option<FloatTensor<Self>>; 2],
        pool: usize,
    ) -> (WithAffine<Self>, FloatTensor<Self>) {
        by_type!(inputs, T => {
            let (inputs, upstream) = (Pictures::new(inputs), Pictures::new(upstream));
            let [along_inputs, along_affine] = directions;
            let affine = affine.to_contiguous();
            let zeros = |like: &FlexTensor| FlexTensor::zeros(like.layout().shape().clone(), like.dtype());
            let along_inputs = along_inputs.unwrap_or_else(|| zeros(&inputs.0)).to_contiguous();
            let along_affine = along_affine.unwrap_or_else(|| zeros(&affine)).to_contiguous();
            let picture = norm_relu_pool::Picture::new(inputs.dims(), pool);
            let product = norm_relu_pool_derivatives::Product::<T> {
                inputs: inputs.numbers(),
                affine: affine.storage(),
                upstream: upstream.numbers(),
                along_inputs: along_inputs.storage(),
                along_affine: along_affine.storage(),
            };
            let (by_inputs, by_affine, by_upstream) = norm_relu_pool_derivatives::derivatives(&picture, &product);
            let by_inputs = made(by_inputs, inputs.dims());
            ((by_inputs, made(by_affine, [2, picture.channels])), made(by_upstream, upstream.dims()))
        }, burn_operations::norm_relu_pool_derivatives::<Self>(inputs, affine, upstream, directions, pool))
    }
}
