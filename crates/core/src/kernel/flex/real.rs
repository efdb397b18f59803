//! The number types of the operations, and helpers for flex tensors.

use burn::tensor::{Element, TensorData};
use burn_flex::FlexTensor;
use bytemuck::Pod;
use faer::traits::ComplexField;
use pulp::NullaryFnOnce;

/// A number type that the operations are written for: `f32` or `f64`.
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

/// A tensor of rank four whose numbers are contiguous in memory.
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

/// Runs the work with the widest vectors that the processor has. This fuses no operations and changes no
/// order of sums, so the bits are the same on every processor. [`NullaryFnOnce::call`] and everything that
/// it calls must be `#[inline(always)]`; otherwise they are compiled for the most basic processor. (A
/// closure cannot be marked so.)
pub fn wide<W: NullaryFnOnce>(work: W) -> W::Output {
    pulp::Arch::new().dispatch(work)
}

/// A flex tensor with these values and this shape.
pub fn made<T: Real, const D: usize>(values: Vec<T>, shape: [usize; D]) -> FlexTensor {
    FlexTensor::from_data(TensorData::new(values, shape))
}
