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

/// Registers a derivative for each parent that is followed, in their order; those of the others are not computed.
macro_rules! registered {
    ($ops:expr, $grads:expr, $($gradient:expr),+) => {
        let mut parents = $ops.parents.into_iter();
        $(if let Some(node) = parents.next().flatten() {
            $grads.register::<B>(node.id, $gradient);
        })+
    };
}

#[derive(Debug)]
struct Product;

impl<B: Kernels> Backward<B, 2> for Product {
    type State = (FloatTensor<B>, FloatTensor<B>);

    fn backward(self, ops: Ops<Self::State, 2>, grads: &mut Gradients, _: &mut Checkpointer) {
        let (inputs, weight) = ops.state;
        let slope = grads.consume::<B>(&ops.node);
        registered!(
            ops,
            grads,
            B::product_input_gradient(slope.clone(), weight),
            B::product_weight_gradient(inputs, slope)
        );
    }
}

#[derive(Debug)]
struct ProductInputGradient;

impl<B: Kernels> Backward<B, 2> for ProductInputGradient {
    type State = (FloatTensor<B>, FloatTensor<B>);

    fn backward(self, ops: Ops<Self::State, 2>, grads: &mut Gradients, _: &mut Checkpointer) {
        let (slope, weight) = ops.state;
        let along = grads.consume::<B>(&ops.node);
        registered!(
            ops,
            grads,
            B::product(along.clone(), weight),
            B::product_weight_gradient(along, slope)
        );
    }
}

#[derive(Debug)]
struct ProductWeightGradient;

impl<B: Kernels> Backward<B, 2> for ProductWeightGradient {
    type State = (FloatTensor<B>, FloatTensor<B>);

    fn backward(self, ops: Ops<Self::State, 2>, grads: &mut Gradients, _: &mut Checkpointer) {
        let (inputs, slope) = ops.state;
        let along = grads.consume::<B>(&ops.node);
        registered!(
            ops,
            grads,
            B::product_input_gradient(slope, along.clone()),
            B::product(inputs, along)
        );
    }
}

#[derive(Debug)]
struct Convolution;

impl<B: Kernels> Backward<B, 2> for Convolution {
    type State = Operands<B>;

    fn backward(self, ops: Ops<Self::State, 2>, grads: &mut Gradients, _: &mut Checkpointer) {
        let (inputs, kernel, geometry) = ops.state;
        let slope = grads.consume::<B>(&ops.node);
        let ([_, height, width, _], side) = (dims(&inputs), dims(&kernel)[0]);
        let size = [height, width];
        registered!(
            ops,
            grads,
            B::convolution_input_gradient(slope.clone(), kernel, geometry, size),
            B::convolution_weight_gradient(inputs, slope, geometry, side)
        );
    }
}

#[derive(Debug)]
struct InputGradient;

impl<B: Kernels> Backward<B, 2> for InputGradient {
    type State = Operands<B>;

    fn backward(self, ops: Ops<Self::State, 2>, grads: &mut Gradients, _: &mut Checkpointer) {
        let (slope, kernel, geometry) = ops.state;
        let along = grads.consume::<B>(&ops.node);
        let side = dims(&kernel)[0];
        registered!(
            ops,
            grads,
            B::convolution(along.clone(), kernel, geometry),
            B::convolution_weight_gradient(along, slope, geometry, side)
        );
    }
}

#[derive(Debug)]
struct WeightGradient;

impl<B: Kernels> Backward<B, 2> for WeightGradient {
    type State = Operands<B>;

    fn backward(self, ops: Ops<Self::State, 2>, grads: &mut Gradients, _: &mut Checkpointer) {
        let (inputs, slope, geometry) = ops.state;
        let along = grads.consume::<B>(&ops.node);
        let [_, height, width, _] = dims(&inputs);
        let size = [height, width];
        registered!(
            ops,
            grads,
            B::convolution_input_gradient(slope, along.clone(), geometry, size),
            B::convolution(inputs, along, geometry)
        );
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
        registered!(ops, grads, by_inputs, by_affine);
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
        registered!(ops, grads, by_inputs, by_affine, by_slope);
    }
}

impl<B: Kernels> Kernels for Tape<B> {
    fn product(inputs: FloatTensor<Self>, weight: FloatTensor<Self>) -> FloatTensor<Self> {
        let (x, w) = (inputs.primitive.clone(), weight.primitive.clone());
        let output = B::product(x.clone(), w.clone());
        recorded!(Product, output, [inputs, weight], (x, w))
    }

    fn product_input_gradient(
        slope: FloatTensor<Self>,
        weight: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        let (g, w) = (slope.primitive.clone(), weight.primitive.clone());
        let output = B::product_input_gradient(g.clone(), w.clone());
        recorded!(ProductInputGradient, output, [slope, weight], (g, w))
    }

    fn product_weight_gradient(
        inputs: FloatTensor<Self>,
        slope: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        let (x, g) = (inputs.primitive.clone(), slope.primitive.clone());
        let output = B::product_weight_gradient(x.clone(), g.clone());
        recorded!(ProductWeightGradient, output, [inputs, slope], (x, g))
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
