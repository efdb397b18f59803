//! The number types that the kernels have, and the memory that they fill.

use burn::tensor::{Element, TensorData};
use burn_flex::FlexTensor;
use bytemuck::Pod;
use faer::traits::ComplexField;
use pulp::NullaryFnOnce;

/// The number types of the products.
pub trait Real:
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
pub struct Pictures(pub FlexTensor);

impl Pictures {
    pub fn new(tensor: FlexTensor) -> Self {
        Self(tensor.to_contiguous())
    }

    pub fn dims(&self) -> [usize; 4] {
        self.0.layout().shape().dims()
    }

    pub fn numbers<T: Real>(&self) -> &[T] {
        self.0.storage()
    }
}

/// Does it with the widest vectors that the processor has. Nothing is fused or summed in another order by
/// that: the bits are the same on every processor. [`NullaryFnOnce::call`] and all that it calls must be
/// `#[inline(always)]`, or they are compiled for the least of processors. (A closure cannot be marked so.)
pub fn wide<W: NullaryFnOnce>(work: W) -> W::Output {
    pulp::Arch::new().dispatch(work)
}

pub fn made<T: Real, const D: usize>(values: Vec<T>, shape: [usize; D]) -> FlexTensor {
    FlexTensor::from_data(TensorData::new(values, shape))
}
