//! The operations on a tape. The derivative of each is made of the others, on the backend below the tape.
//!
//! On `Twice<B>` the backend below is itself a tape, so the same code gives second derivatives. It gives
//! third derivatives too: on a tape, the second derivative of normalisation, ReLU and pooling is composed
//! of Burn's operations, which a tape tracks.

use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::NoCheckpointing;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::tensor::TensorMetadata;
use burn::tensor::ops::FloatTensor;

use super::{Geometry, Kernels, WithAffine};
use crate::tape::Tape;

/// Puts an operation on the tape: its output, its parents, and the state that its backward pass needs.
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

/// Registers a derivative for each parent that the tape tracks, in the parents' order. The derivatives of
/// the other parents are not computed.
macro_rules! registered {
    ($ops:expr, $grads:expr, $($gradient:expr),+) => {
        let mut parents = $ops.parents.into_iter();
        $(if let Some(node) = parents.next().flatten() {
            $grads.register::<B>(node.id, $gradient);
        })+
    };
}

/// An operation that is linear in its inputs and in its weight. Together with its two gradients it is closed
/// under differentiation: the derivatives of each of the three are the other two.
trait Bilinear: std::fmt::Debug + Send + 'static {
    /// The operation's result for inputs and a weight.
    fn outcome<B: Kernels>(&self, inputs: FloatTensor<B>, weight: FloatTensor<B>)
    -> FloatTensor<B>;

    /// The gradient with respect to the inputs, for an upstream gradient.
    fn by_inputs<B: Kernels>(
        &self,
        upstream: FloatTensor<B>,
        weight: FloatTensor<B>,
    ) -> FloatTensor<B>;

    /// The gradient with respect to the weight, for an upstream gradient.
    fn by_weight<B: Kernels>(
        &self,
        inputs: FloatTensor<B>,
        upstream: FloatTensor<B>,
    ) -> FloatTensor<B>;
}

#[derive(Debug)]
struct Product;

impl Bilinear for Product {
    fn outcome<B: Kernels>(
        &self,
        inputs: FloatTensor<B>,
        weight: FloatTensor<B>,
    ) -> FloatTensor<B> {
        B::product(inputs, weight)
    }

    fn by_inputs<B: Kernels>(
        &self,
        upstream: FloatTensor<B>,
        weight: FloatTensor<B>,
    ) -> FloatTensor<B> {
        B::product_input_gradient(upstream, weight)
    }

    fn by_weight<B: Kernels>(
        &self,
        inputs: FloatTensor<B>,
        upstream: FloatTensor<B>,
    ) -> FloatTensor<B> {
        B::product_weight_gradient(inputs, upstream)
    }
}

#[derive(Debug)]
struct Convolution {
    geometry: Geometry,
    /// Height and width of the inputs.
    size: [usize; 2],
    /// Side of the kernel.
    side: usize,
}

impl Bilinear for Convolution {
    fn outcome<B: Kernels>(
        &self,
        inputs: FloatTensor<B>,
        kernel: FloatTensor<B>,
    ) -> FloatTensor<B> {
        B::convolution(inputs, kernel, self.geometry)
    }

    fn by_inputs<B: Kernels>(
        &self,
        upstream: FloatTensor<B>,
        kernel: FloatTensor<B>,
    ) -> FloatTensor<B> {
        B::convolution_input_gradient(upstream, kernel, self.geometry, self.size)
    }

    fn by_weight<B: Kernels>(
        &self,
        inputs: FloatTensor<B>,
        upstream: FloatTensor<B>,
    ) -> FloatTensor<B> {
        B::convolution_weight_gradient(inputs, upstream, self.geometry, self.side)
    }
}

/// One of the three functions of a [`Bilinear`] operation. Its two operands have the order of that
/// function's parameters.
#[derive(Debug)]
enum Function<O> {
    Outcome(O),
    ByInputs(O),
    ByWeight(O),
}

impl<O: Bilinear> Function<O> {
    /// Computes the function and puts it on the tape.
    fn on_tape<B: Kernels>(
        self,
        first: FloatTensor<Tape<B>>,
        second: FloatTensor<Tape<B>>,
    ) -> FloatTensor<Tape<B>> {
        let operands = [first.primitive.clone(), second.primitive.clone()];
        let [a, b] = operands.clone();
        let output = match &self {
            Self::Outcome(of) => of.outcome::<B>(a, b),
            Self::ByInputs(of) => of.by_inputs::<B>(a, b),
            Self::ByWeight(of) => of.by_weight::<B>(a, b),
        };
        recorded!(self, output, [first, second], operands)
    }
}

impl<B: Kernels, O: Bilinear> Backward<B, 2> for Function<O> {
    type State = [FloatTensor<B>; 2];

    fn backward(self, ops: Ops<Self::State, 2>, grads: &mut Gradients, _: &mut Checkpointer) {
        let [first, second] = ops.state;
        let along = grads.consume::<B>(&ops.node);
        match self {
            // The operands are inputs and weight.
            Self::Outcome(of) => {
                registered!(
                    ops,
                    grads,
                    of.by_inputs::<B>(along.clone(), second),
                    of.by_weight::<B>(first, along)
                );
            }
            // The operands are upstream gradient and weight.
            Self::ByInputs(of) => {
                registered!(
                    ops,
                    grads,
                    of.outcome::<B>(along.clone(), second),
                    of.by_weight::<B>(along, first)
                );
            }
            // The operands are inputs and upstream gradient.
            Self::ByWeight(of) => {
                registered!(
                    ops,
                    grads,
                    of.by_inputs::<B>(second, along.clone()),
                    of.outcome::<B>(first, along)
                );
            }
        }
    }
}

#[derive(Debug)]
struct NormReluPool;

impl<B: Kernels> Backward<B, 2> for NormReluPool {
    type State = (FloatTensor<B>, FloatTensor<B>, usize);

    fn backward(self, ops: Ops<Self::State, 2>, grads: &mut Gradients, _: &mut Checkpointer) {
        let (inputs, affine, pool) = ops.state;
        let upstream = grads.consume::<B>(&ops.node);
        let (by_inputs, by_affine) = B::norm_relu_pool_gradient(inputs, affine, upstream, pool);
        registered!(ops, grads, by_inputs, by_affine);
    }
}

/// One of the two gradients of [`NormReluPool`]: with respect to its inputs, or to scale and shift.
#[derive(Debug)]
enum NormReluPoolGradient {
    OfInputs,
    OfAffine,
}

impl<B: Kernels> Backward<B, 3> for NormReluPoolGradient {
    type State = (FloatTensor<B>, FloatTensor<B>, FloatTensor<B>, usize);

    fn backward(self, ops: Ops<Self::State, 3>, grads: &mut Gradients, _: &mut Checkpointer) {
        let (inputs, affine, upstream, pool) = ops.state;
        let along = grads.consume::<B>(&ops.node);
        let directions = match self {
            Self::OfInputs => [Some(along), None],
            Self::OfAffine => [None, Some(along)],
        };
        let ((by_inputs, by_affine), by_upstream) =
            B::norm_relu_pool_derivatives(inputs, affine, upstream, directions, pool);
        registered!(ops, grads, by_inputs, by_affine, by_upstream);
    }
}

impl<B: Kernels> Kernels for Tape<B> {
    fn product(inputs: FloatTensor<Self>, weight: FloatTensor<Self>) -> FloatTensor<Self> {
        Function::Outcome(Product).on_tape::<B>(inputs, weight)
    }

    fn product_input_gradient(
        upstream: FloatTensor<Self>,
        weight: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        Function::ByInputs(Product).on_tape::<B>(upstream, weight)
    }

    fn product_weight_gradient(
        inputs: FloatTensor<Self>,
        upstream: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        Function::ByWeight(Product).on_tape::<B>(inputs, upstream)
    }

    fn convolution(
        inputs: FloatTensor<Self>,
        kernel: FloatTensor<Self>,
        geometry: Geometry,
    ) -> FloatTensor<Self> {
        let ([_, height, width, _], [side, ..]) = (dims(&inputs), dims(&kernel));
        let size = [height, width];
        Function::Outcome(Convolution {
            geometry,
            size,
            side,
        })
        .on_tape::<B>(inputs, kernel)
    }

    fn convolution_input_gradient(
        upstream: FloatTensor<Self>,
        kernel: FloatTensor<Self>,
        geometry: Geometry,
        size: [usize; 2],
    ) -> FloatTensor<Self> {
        let [side, ..] = dims(&kernel);
        Function::ByInputs(Convolution {
            geometry,
            size,
            side,
        })
        .on_tape::<B>(upstream, kernel)
    }

    fn convolution_weight_gradient(
        inputs: FloatTensor<Self>,
        upstream: FloatTensor<Self>,
        geometry: Geometry,
        side: usize,
    ) -> FloatTensor<Self> {
        let [_, height, width, _] = dims(&inputs);
        let size = [height, width];
        Function::ByWeight(Convolution {
            geometry,
            size,
            side,
        })
        .on_tape::<B>(inputs, upstream)
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
        upstream: FloatTensor<Self>,
        pool: usize,
    ) -> WithAffine<Self> {
        let (x, a) = (inputs.primitive.clone(), affine.primitive.clone());
        let g = upstream.primitive.clone();
        let (by_inputs, by_affine) =
            B::norm_relu_pool_gradient(x.clone(), a.clone(), g.clone(), pool);
        let state = (x, a, g, pool);
        use NormReluPoolGradient::{OfAffine, OfInputs};
        (
            recorded!(
                OfInputs,
                by_inputs,
                [inputs, affine, upstream],
                state.clone()
            ),
            recorded!(OfAffine, by_affine, [inputs, affine, upstream], state),
        )
    }
}

fn dims<T: TensorMetadata>(tensor: &T) -> [usize; 4] {
    tensor.shape().dims()
}
