//! The linear layer, as a product and a sum: the derivative of Burn's own `linear` operation is not
//! differentiable (see [`crate::tape`]).

use burn::module::{Module, Param};
use burn::tensor::{Tensor, TensorData, backend::Backend};

use crate::kernel::{self, Kernels};
use crate::seed::Stream;

/// x ↦ xW + b.
#[derive(Module, Debug)]
pub struct Linear<B: Backend> {
    /// W, `[inputs, outputs]`.
    pub weight: Param<Tensor<B, 2>>,
    /// b, `[outputs]`.
    pub bias: Param<Tensor<B, 1>>,
}

impl<B: Backend> Linear<B> {
    /// Weight and bias from U(±1/√inputs), the usual default of the field's networks.
    pub fn init(inputs: usize, outputs: usize, stream: &mut Stream, device: &B::Device) -> Self {
        let bound = 1.0 / (inputs.max(1) as f32).sqrt();
        let weight = stream.uniform(inputs * outputs, bound);
        let bias = stream.uniform(outputs, bound);
        Self::from_values(weight, bias, [inputs, outputs], device)
    }

    /// A layer with these numbers, the weight row by row.
    pub fn from_values(
        weight: Vec<f32>,
        bias: Vec<f32>,
        [inputs, outputs]: [usize; 2],
        device: &B::Device,
    ) -> Self {
        Self {
            weight: Param::from_data(TensorData::new(weight, [inputs, outputs]), device),
            bias: Param::from_data(TensorData::new(bias, [outputs]), device),
        }
    }
}

impl<B: Kernels> Linear<B> {
    /// `[n, inputs]` to `[n, outputs]`. A weight of half as many columns as there are biases is the V of [V, −V].
    pub fn forward(&self, inputs: Tensor<B, 2>) -> Tensor<B, 2> {
        let (weight, bias) = (self.weight.val(), self.bias.val());
        let ([_, columns], [outputs]) = (weight.dims(), bias.dims());
        let products = kernel::product(inputs, weight);
        if columns == outputs {
            return products + bias.unsqueeze();
        }
        assert_eq!(2 * columns, outputs, "columns and biases of a linear layer");
        let of = |first| bias.clone().narrow(0, first, columns).unsqueeze();
        Tensor::cat(vec![products.clone() + of(0), of(columns) - products], 1)
    }
}
