//! The operations on `flex`, each for the number types that it is fast for.

use burn::tensor::DType;
use burn::tensor::ops::{FloatTensor, FloatTensorOps};
use burn_flex::{Flex, FlexTensor};

use super::patches::Patches;
use super::real::{Pictures, made};
use super::{convolution, norm_relu_pool, norm_relu_pool_second, product};
use crate::kernel::{Geometry, Kernels, WithAffine, own};

/// Runs a body with `$real` as the tensors' number type, or the fallback for any other type.
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
        }, own::convolution::<Self>(inputs, kernel, geometry))
    }

    fn convolution_input_gradient(
        slope: FloatTensor<Self>,
        kernel: FloatTensor<Self>,
        geometry: Geometry,
        size: [usize; 2],
    ) -> FloatTensor<Self> {
        let side = kernel.layout().shape().dims::<4>()[0];
        let Some(turned) = Geometry::transposed(geometry, side) else {
            return own::convolution_input_gradient::<Self>(slope, kernel, geometry, size);
        };
        by_type!(slope, T => {
            let (slope, kernel) = (Pictures::new(slope), Pictures::new(kernel));
            let channels = kernel.dims()[2];
            let turned_kernel = convolution::turned::<T>(kernel.numbers(), kernel.dims());
            let patches = Patches::new(slope.dims(), side, turned);
            let values = convolution::forward::<T>(&patches, slope.numbers(), &turned_kernel, channels);
            made(values, patches.shape(channels))
        }, own::convolution_input_gradient::<Self>(slope, kernel, geometry, size))
    }

    fn convolution_weight_gradient(
        inputs: FloatTensor<Self>,
        slope: FloatTensor<Self>,
        geometry: Geometry,
        side: usize,
    ) -> FloatTensor<Self> {
        by_type!(inputs, T => {
            let (inputs, slope) = (Pictures::new(inputs), Pictures::new(slope));
            let ([_, _, _, channels], [_, _, _, outputs]) = (inputs.dims(), slope.dims());
            let patches = Patches::new(inputs.dims(), side, geometry);
            let values = convolution::weight_gradient::<T>(&patches, inputs.numbers(), slope.numbers(), outputs);
            made(values, [side, side, channels, outputs])
        }, own::convolution_weight_gradient::<Self>(inputs, slope, geometry, side))
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
        }, own::norm_relu_pool::<Self>(inputs, affine, pool))
    }

    fn norm_relu_pool_gradient(
        inputs: FloatTensor<Self>,
        affine: FloatTensor<Self>,
        slope: FloatTensor<Self>,
        pool: usize,
    ) -> WithAffine<Self> {
        by_type!(inputs, T => {
            let (inputs, affine) = (Pictures::new(inputs), affine.to_contiguous());
            let slope = Pictures::new(slope);
            let picture = norm_relu_pool::Picture::new(inputs.dims(), pool);
            let (by_inputs, by_affine) = norm_relu_pool::gradient::<T>(
                &picture, inputs.numbers(), affine.storage(), slope.numbers());
            (made(by_inputs, inputs.dims()), made(by_affine, [2, picture.channels]))
        }, own::norm_relu_pool_gradient::<Self>(inputs, affine, slope, pool))
    }

    fn norm_relu_pool_second(
        inputs: FloatTensor<Self>,
        affine: FloatTensor<Self>,
        slope: FloatTensor<Self>,
        directions: [Option<FloatTensor<Self>>; 2],
        pool: usize,
    ) -> (WithAffine<Self>, FloatTensor<Self>) {
        by_type!(inputs, T => {
            let (inputs, slope) = (Pictures::new(inputs), Pictures::new(slope));
            let [along_inputs, along_affine] = directions;
            let affine = affine.to_contiguous();
            let zeros = |like: &FlexTensor| FlexTensor::zeros(like.layout().shape().clone(), like.dtype());
            let along_inputs = along_inputs.unwrap_or_else(|| zeros(&inputs.0)).to_contiguous();
            let along_affine = along_affine.unwrap_or_else(|| zeros(&affine)).to_contiguous();
            let picture = norm_relu_pool::Picture::new(inputs.dims(), pool);
            let product = norm_relu_pool_second::Product::<T> {
                inputs: inputs.numbers(),
                affine: affine.storage(),
                slope: slope.numbers(),
                along_inputs: along_inputs.storage(),
                along_affine: along_affine.storage(),
            };
            let (by_inputs, by_affine, by_slope) = norm_relu_pool_second::second(&picture, &product);
            let by_inputs = made(by_inputs, inputs.dims());
            ((by_inputs, made(by_affine, [2, picture.channels])), made(by_slope, slope.dims()))
        }, own::norm_relu_pool_second::<Self>(inputs, affine, slope, directions, pool))
    }
}
