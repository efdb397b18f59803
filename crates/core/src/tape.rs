//! The two tapes over a plain backend, and the only file that names nested autodiff.
//!
//! Distillation differentiates *through* gradients: the signal of an objective is made of weight
//! gradients of the synthetic points, and the points are moved along the derivative of that signal.
//! Burn's README promises first order only, but nesting its decorator gives second order:
//!
//! ```text
//!   B             plain numbers: real data, evaluation
//!   Tape<B>       the point tape: what is differentiated with respect to the synthetic points
//!   Twice<B>      a weight tape over the point tape: a gradient taken on it is made of
//!                 tensors that the point tape still tracks
//! ```
//!
//! Going up is [`lift`] (the tensor is a constant of the new tape) or a [`Leaf`] (its derivative can be
//! asked for there, while the old tape keeps its history). Going down is `inner`, or taking the
//! [`Derivatives`] of a number. A module's `valid()` must not be used in between: it detaches.
//!
//! # Whoever builds a graph holds its leaves; whoever takes its derivatives ends it
//!
//! Burn keeps the graphs of all threads in one table. In 0.21 the end of every backward pass, on whatever
//! thread, looks through that table and frees what no tensor holds. A graph is one entry only once its
//! parts have met in an operation; until then, and in the middle of operations that let go of their
//! operands before their result is entered (`cat` does), a part without a held tensor can be freed by
//! another thread. Its gradient is then missing, or wrong, without a word (burn #5573). And after two
//! such meetings the table knows the *first* node of a graph at a place that it has left, so that what is
//! computed from a leaf later begins a part of its own, which the held leaf does not protect. A second pass over a
//! graph that a first one has used up gives part of the gradient (burn #5645). Hence these rules, which
//! the types below enforce, and `clippy.toml` forbids what would go around them:
//!
//! 1. A leaf goes into exactly one operation, at once: the one that makes [`Leaf::tracked`]. All else is
//!    computed from that, whose place in the table is kept right.
//! 2. A [`Leaf`] is held from then until its derivative is taken, since the derivative is taken from it.
//! 3. [`Derivatives::of`] takes the number, [`Derivatives::at`] the leaf: neither is there to be used again.
//! 4. A derivative that is missing is a fault of the program and ends it, with the name of what should have
//!    been reached. Zero is for what a network says that it does not use ([`Derivatives::at_unused`]).
//!
//! **Why Burn is pinned.** Burn 0.22 replaces the backend type parameter by a dispatch at run time
//! that cannot nest, so every Burn crate is held at `=0.21.0`.
//!
//! **What must not appear in a network** (0.21.0): the backward pass of these operations cannot be
//! differentiated again and panics: `nn::Linear`, `avg_pool2d`, `max_pool2d`, `adaptive_avg_pool2d`,
//! `interpolate`, `embedding`, `deform_conv2d`; that of `max_pool1d` returns a wrong second
//! derivative silently, and that of `repeat_dim` a wrong first one wherever the dimension has more than
//! one entry (`cat` and `expand` are right). The layers in [`crate::network::layer`] avoid them, and the
//! contract tests check every registered network against central differences.

use burn::backend::Autodiff;
use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::NoCheckpointing;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind, unary};
use burn::tensor::backend::Backend;
use burn::tensor::{Tensor, TensorPrimitive};

/// One tape over a backend: first-order derivatives.
pub type Tape<B> = Autodiff<B>;

/// Two tapes over a backend: the gradient taken on the outer one is tracked by the inner one.
pub type Twice<B> = Autodiff<Autodiff<B>>;

/// Puts a tensor on the next tape, as a constant of that tape.
pub fn lift<B: Backend, const D: usize>(tensor: Tensor<B, D>) -> Tensor<Tape<B>, D> {
    Tensor::from_inner(tensor)
}

/// A tensor on the next tape whose derivative will be asked for. It protects the graph that is built on
/// it for as long as it lives.
#[derive(Debug)]
pub struct Leaf<B: Backend, const D: usize> {
    leaf: Tensor<Tape<B>, D>,
    tracked: Tensor<Tape<B>, D>,
}

impl<B: Backend, const D: usize> Leaf<B, D> {
    /// Puts a tensor on the next tape.
    #[allow(clippy::disallowed_methods, reason = "the one place that makes leaves")]
    pub fn new(tensor: Tensor<B, D>) -> Self {
        let leaf = Tensor::from_inner(tensor).require_grad();
        let tracked = entered(leaf.clone());
        Self { leaf, tracked }
    }

    /// What to compute with: the tensor's numbers, followed by the tape.
    pub fn tracked(&self) -> Tensor<Tape<B>, D> {
        self.tracked.clone()
    }
}

/// The derivatives of one number with respect to the leaves that it was made of.
pub struct Derivatives(Gradients);

impl Derivatives {
    /// Walks back from a number `[1]`, whose graph is used up by it.
    #[allow(clippy::disallowed_methods, reason = "the one place that walks back")]
    pub fn of<B: Backend>(number: Tensor<Tape<B>, 1>) -> Self {
        Self(number.backward())
    }

    /// The derivative with respect to a leaf, in its shape; `name` says what the leaf is.
    ///
    /// # Panics
    /// The way back did not reach the leaf: the number was not made of it, or an operation on the way has
    /// no derivative. Zero would be a wrong gradient without a word.
    pub fn at<B: Backend, const D: usize>(&self, leaf: Leaf<B, D>, name: &str) -> Tensor<B, D> {
        self.find(&leaf).unwrap_or_else(|| {
            panic!(
                "the way back did not reach {name:?}, so that its gradient is not known: what is \
                 differentiated does not depend on it, or goes through an operation that cannot be \
                 differentiated (retort_core::tape names those); a parameter that a network does not \
                 use is named by Architecture::unused"
            )
        })
    }

    /// The same of a leaf that the number need not depend on: zero where it does not.
    pub fn at_unused<B: Backend, const D: usize>(&self, leaf: Leaf<B, D>) -> Tensor<B, D> {
        self.find(&leaf)
            .unwrap_or_else(|| leaf.leaf.inner().zeros_like())
    }

    #[allow(
        clippy::disallowed_methods,
        reason = "the one place that asks for gradients"
    )]
    fn find<B: Backend, const D: usize>(&self, leaf: &Leaf<B, D>) -> Option<Tensor<B, D>> {
        leaf.leaf.grad(&self.0)
    }
}

impl std::fmt::Debug for Derivatives {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Derivatives")
    }
}

/// The same numbers, as the result of an operation whose derivative is one: the first of rule 1.
fn entered<B: Backend, const D: usize>(leaf: Tensor<Tape<B>, D>) -> Tensor<Tape<B>, D> {
    let leaf = leaf.into_primitive().tensor();
    let numbers = leaf.primitive.clone();
    let prepared = Backward::<B, 1>::prepare::<NoCheckpointing>(Entered, [leaf.node.clone()]);
    let tracked = match prepared.compute_bound().stateful() {
        OpsKind::Tracked(prepared) => prepared.finish((), numbers),
        OpsKind::UnTracked(prepared) => prepared.finish(numbers),
    };
    Tensor::from_primitive(TensorPrimitive::Float(tracked))
}

#[derive(Debug)]
struct Entered;

impl<B: Backend> Backward<B, 1> for Entered {
    type State = ();

    fn backward(self, ops: Ops<(), 1>, grads: &mut Gradients, _: &mut Checkpointer) {
        unary::<B, _>(ops.parents, ops.node, grads, |derivative| derivative);
    }
}
