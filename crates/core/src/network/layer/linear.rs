//! The linear layer, as a product and a sum. The backward pass of Burn's own `linear` operation cannot be
//! differentiated again (see [`crate::tape`]).

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
    /// A layer with weight and bias drawn from U(±1/√inputs). This is the default of PyTorch, and so of the
    /// networks in dataset distillation papers.
    pub fn init(inputs: usize, outputs: usize, stream: &mut Stream, device: &B::Device) -> Self {
        let bound = 1.0 / (inputs.max(1) as f32).sqrt();
        let weight = stream.uniform(inputs * outputs, bound);
        let bias = stream.uniform(outputs, bound);
        Self::from_values(weight, bias, [inputs, outputs], device)
    }

    /// A layer with these numbers; `weight` is row by row.
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
    /// Maps `[n, inputs]` to `[n, outputs]`. If the weight has half as many columns as there are biases, it
    /// is the V of a matrix [V, −V].
    ///
    /// # Panics
    /// If the numbers of columns and biases are not one of the pairs described above.
    pub fn forward(&self, inputs: Tensor<B, 2>) -> Tensor<B, 2> {
        let (weight, bias) = (self.weight.val(), self.bias.val());
        let ([_, columns], [outputs]) = (weight.dims(), bias.dims());
        let products = kernel::product(inputs, weight);
        if columns == outputs {
            return products + bias.unsqueeze();
        }
        assert_eq!(
            2 * columns,
            outputs,
            "twice the columns and the biases of a linear layer differ"
        );
        let of = |first| bias.clone().narrow(0, first, columns).unsqueeze();
        Tensor::cat(vec![products.clone() + of(0), of(columns) - products], 1)
    }
}
