//! The kernels on a tape: each operation's derivative is made of the others, on the backend below.
//!
//! Over `Tape<B>` the backend below is itself a tape, so the same code gives second derivatives. Third
//! ones too: the second derivative of normalisation, ReLU and pooling is composed of Burn's operations
//! there, which a tape follows.

use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::NoCheckpointing;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::tensor::TensorMetadata;
use burn::tensor::ops::FloatTensor;

use super::{Geometry, Kernels, WithAffine};
use crate::tape::Tape;

/// What a convolution's way back needs: both operands and the geometry.
type Operands<B> = (FloatTensor<B>, FloatTensor<B>, Geometry);

/// Puts an operation on the tape: its output, its parents, and what its way back needs.
macro_rules! recorded {
    ($backward:expr, $output:expr, [$($parent:ident),+], $state:expr) => {
        match $backward
            .prepare::<NoCheckpointing>([$($parent.node.clone()),+])
            .compute_bound()
            .stateful()
        {
            OpsKind::Tracked(prepared) => prepared.finish($state, $output),
            OpsKind::UnTracked(prepared) => prepared.finish($output),
        }
    };
}

#[derive(Debug)]
struct Product;

impl<B: Kernels> Backward<B, 2> for Product {
    type State = (FloatTensor<B>, FloatTensor<B>);

    fn backward(self, ops: Ops<Self::State, 2>, grads: &mut Gradients, _: &mut Checkpointer) {
        let (left, right) = ops.state;
        let slope = grads.consume::<B>(&ops.node);
        let [of_left, of_right] = ops.parents;
        if let Some(node) = of_left {
            let gradient = B::product(slope.clone(), B::float_transpose(right));
            grads.register::<B>(node.id, gradient);
        }
        if let Some(node) = of_right {
            let gradient = B::product(B::float_transpose(left), slope);
            grads.register::<B>(node.id, gradient);
        }
    }
}

#[derive(Debug)]
struct Convolution;

impl<B: Kernels> Backward<B, 2> for Convolution {
    type State = Operands<B>;

    fn backward(self, ops: Ops<Self::State, 2>, grads: &mut Gradients, _: &mut Checkpointer) {
        let (inputs, kernel, geometry) = ops.state;
        let slope = grads.consume::<B>(&ops.node);
        let [of_inputs, of_kernel] = ops.parents;
        let ([_, height, width, _], side) = (dims(&inputs), dims(&kernel)[0]);
        if let Some(node) = of_inputs {
            let size = [height, width];
            let gradient = B::convolution_input_gradient(slope.clone(), kernel, geometry, size);
            grads.register::<B>(node.id, gradient);
        }
        if let Some(node) = of_kernel {
            let gradient = B::convolution_weight_gradient(inputs, slope, geometry, side);
            grads.register::<B>(node.id, gradient);
        }
    }
}

#[derive(Debug)]
struct InputGradient;

impl<B: Kernels> Backward<B, 2> for InputGradient {
    type State = Operands<B>;

    fn backward(self, ops: Ops<Self::State, 2>, grads: &mut Gradients, _: &mut Checkpointer) {
        let (slope, kernel, geometry) = ops.state;
        let along = grads.consume::<B>(&ops.node);
        let [of_slope, of_kernel] = ops.parents;
        let side = dims(&kernel)[0];
        if let Some(node) = of_slope {
            let gradient = B::convolution(along.clone(), kernel, geometry);
            grads.register::<B>(node.id, gradient);
        }
        if let Some(node) = of_kernel {
            let gradient = B::convolution_weight_gradient(along, slope, geometry, side);
            grads.register::<B>(node.id, gradient);
        }
    }
}

#[derive(Debug)]
struct WeightGradient;

impl<B: Kernels> Backward<B, 2> for WeightGradient {
    type State = Operands<B>;

    fn backward(self, ops: Ops<Self::State, 2>, grads: &mut Gradients, _: &mut Checkpointer) {
        let (inputs, slope, geometry) = ops.state;
        let along = grads.consume::<B>(&ops.node);
        let [of_inputs, of_slope] = ops.parents;
        let [_, height, width, _] = dims(&inputs);
        if let Some(node) = of_inputs {
            let size = [height, width];
            let gradient = B::convolution_input_gradient(slope, along.clone(), geometry, size);
            grads.register::<B>(node.id, gradient);
        }
        if let Some(node) = of_slope {
            let gradient = B::convolution(inputs, along, geometry);
            grads.register::<B>(node.id, gradient);
        }
    }
}

#[derive(Debug)]
struct NormReluPool;

impl<B: Kernels> Backward<B, 2> for NormReluPool {
    type State = (FloatTensor<B>, FloatTensor<B>, usize);

    fn backward(self, ops: Ops<Self::State, 2>, grads: &mut Gradients, _: &mut Checkpointer) {
        let (inputs, affine, pool) = ops.state;
        let slope = grads.consume::<B>(&ops.node);
        let (by_inputs, by_affine) = B::norm_relu_pool_gradient(inputs, affine, slope, pool);
        for (node, gradient) in ops.parents.into_iter().zip([by_inputs, by_affine]) {
            if let Some(node) = node {
                grads.register::<B>(node.id, gradient);
            }
        }
    }
}

/// The gradient with respect to inputs or to scale and shift; each is a tensor of its own.
#[derive(Debug)]
enum NormReluPoolGradient {
    OfInputs,
    OfAffine,
}

impl<B: Kernels> Backward<B, 3> for NormReluPoolGradient {
    type State = (FloatTensor<B>, FloatTensor<B>, FloatTensor<B>, usize);

    fn backward(self, ops: Ops<Self::State, 3>, grads: &mut Gradients, _: &mut Checkpointer) {
        let (inputs, affine, slope, pool) = ops.state;
        let along = grads.consume::<B>(&ops.node);
        let directions = match self {
            Self::OfInputs => [Some(along), None],
            Self::OfAffine => [None, Some(along)],
        };
        let ((by_inputs, by_affine), by_slope) =
            B::norm_relu_pool_second(inputs, affine, slope, directions, pool);
        let gradients = [by_inputs, by_affine, by_slope];
        for (node, gradient) in ops.parents.into_iter().zip(gradients) {
            if let Some(node) = node {
                grads.register::<B>(node.id, gradient);
            }
        }
    }
}

impl<B: Kernels> Kernels for Tape<B> {
    fn product(left: FloatTensor<Self>, right: FloatTensor<Self>) -> FloatTensor<Self> {
        let (x, w) = (left.primitive.clone(), right.primitive.clone());
        let output = B::product(x.clone(), w.clone());
        recorded!(Product, output, [left, right], (x, w))
    }

    fn convolution(
        inputs: FloatTensor<Self>,
        kernel: FloatTensor<Self>,
        geometry: Geometry,
    ) -> FloatTensor<Self> {
        let (x, w) = (inputs.primitive.clone(), kernel.primitive.clone());
        let output = B::convolution(x.clone(), w.clone(), geometry);
        recorded!(Convolution, output, [inputs, kernel], (x, w, geometry))
    }

    fn convolution_input_gradient(
        slope: FloatTensor<Self>,
        kernel: FloatTensor<Self>,
        geometry: Geometry,
        size: [usize; 2],
    ) -> FloatTensor<Self> {
        let (g, w) = (slope.primitive.clone(), kernel.primitive.clone());
        let output = B::convolution_input_gradient(g.clone(), w.clone(), geometry, size);
        recorded!(InputGradient, output, [slope, kernel], (g, w, geometry))
    }

    fn convolution_weight_gradient(
        inputs: FloatTensor<Self>,
        slope: FloatTensor<Self>,
        geometry: Geometry,
        side: usize,
    ) -> FloatTensor<Self> {
        let (x, g) = (inputs.primitive.clone(), slope.primitive.clone());
        let output = B::convolution_weight_gradient(x.clone(), g.clone(), geometry, side);
        recorded!(WeightGradient, output, [inputs, slope], (x, g, geometry))
    }

    fn norm_relu_pool(
        inputs: FloatTensor<Self>,
        affine: FloatTensor<Self>,
        pool: usize,
    ) -> FloatTensor<Self> {
        let (x, a) = (inputs.primitive.clone(), affine.primitive.clone());
        let output = B::norm_relu_pool(x.clone(), a.clone(), pool);
        recorded!(NormReluPool, output, [inputs, affine], (x, a, pool))
    }

    fn norm_relu_pool_gradient(
        inputs: FloatTensor<Self>,
        affine: FloatTensor<Self>,
        slope: FloatTensor<Self>,
        pool: usize,
    ) -> WithAffine<Self> {
        let (x, a) = (inputs.primitive.clone(), affine.primitive.clone());
        let g = slope.primitive.clone();
        let (by_inputs, by_affine) =
            B::norm_relu_pool_gradient(x.clone(), a.clone(), g.clone(), pool);
        let state = (x, a, g, pool);
        use NormReluPoolGradient::{OfAffine, OfInputs};
        (
            recorded!(OfInputs, by_inputs, [inputs, affine, slope], state.clone()),
            recorded!(OfAffine, by_affine, [inputs, affine, slope], state),
        )
    }
}

fn dims<T: TensorMetadata>(tensor: &T) -> [usize; 4] {
    tensor.shape().dims()
}
