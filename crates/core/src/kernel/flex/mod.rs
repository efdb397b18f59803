//! The kernels for Burn's `flex` backend: matrix products, also over unfolded patches, and one pass over a
//! picture for normalisation, ReLU and pooling.
//!
//! Numbers are read in place. Work is spread over the thread pool it is called in: within a lane of
//! `inner::lanes` that is the lane alone.

mod channels;
mod convolution;
mod norm_relu_pool;
mod norm_relu_pool_second;
mod patches;
mod product;
mod unwritten;

use burn::tensor::ops::{FloatTensor, FloatTensorOps};
use burn::tensor::{DType, Element, TensorData};
use burn_flex::{Flex, FlexTensor};
use bytemuck::Pod;
use faer::traits::ComplexField;
use pulp::NullaryFnOnce;

use super::{Geometry, Kernels, WithAffine, own};
use patches::Patches;

/// The number types of the products.
trait Real:
    ComplexField
    + Element
    + Pod
    + std::ops::Add<Output = Self>
    + std::ops::Sub<Output = Self>
    + std::ops::Mul<Output = Self>
    + std::ops::AddAssign
    + std::ops::MulAssign
    + PartialOrd
{
    /// The number nearest to a double.
    fn of(value: f64) -> Self;
    /// 1/√x.
    fn inverse_root(self) -> Self;
}

impl Real for f32 {
    fn of(value: f64) -> Self {
        value as Self
    }

    fn inverse_root(self) -> Self {
        self.sqrt().recip()
    }
}

impl Real for f64 {
    fn of(value: f64) -> Self {
        value
    }

    fn inverse_root(self) -> Self {
        self.sqrt().recip()
    }
}

/// Rank four in one piece of memory.
struct Pictures(FlexTensor);

impl Pictures {
    fn new(tensor: FlexTensor) -> Self {
        Self(tensor.to_contiguous())
    }

    fn dims(&self) -> [usize; 4] {
        self.0.layout().shape().dims()
    }

    fn numbers<T: Real>(&self) -> &[T] {
        self.0.storage()
    }
}

/// Does it with the widest vectors that the processor has. Nothing is fused or summed in another order by
/// that: the bits are the same on every processor. [`NullaryFnOnce::call`] and all that it calls must be
/// `#[inline(always)]`, or they are compiled for the least of processors. (A closure cannot be marked so.)
fn wide<W: NullaryFnOnce>(work: W) -> W::Output {
    pulp::Arch::new().dispatch(work)
}

fn made<T: Real, const D: usize>(values: Vec<T>, shape: [usize; D]) -> FlexTensor {
    FlexTensor::from_data(TensorData::new(values, shape))
}

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
        }, super::norm_relu_pool_of_formulas::<Self>(inputs, affine, pool))
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
        }, super::norm_relu_pool_gradient_of_formulas::<Self>(inputs, affine, slope, pool))
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
        }, super::norm_relu_pool_second_of_formulas::<Self>(inputs, affine, slope, directions, pool))
    }
}
