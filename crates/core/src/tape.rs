//! Two autodiff tapes over a plain backend. Only this file names nested autodiff.
//!
//! Distillation differentiates *through* gradients: an objective's loss depends on weight gradients that
//! are taken on the synthetic points, and the points move along the derivative of that loss. Burn's README
//! promises first-order derivatives only, but nesting its decorator gives second-order derivatives:
//!
//! ```text
//!   B             plain numbers: real data, evaluation
//!   Tape<B>       the point tape: derivatives with respect to the synthetic points
//!   Twice<B>      a weight tape over the point tape: a gradient taken on it consists of
//!                 tensors that the point tape still tracks
//! ```
//!
//! Two ways lead up to the next tape: [`lift`] makes a tensor a constant of that tape, and [`Leaf`] makes
//! it a variable whose derivative can be taken there. The lower tape keeps the tensor's history. Two ways
//! lead down: `inner`, and the [`Derivatives`] of a number. Do not use a module's `valid()` between the
//! tapes: it detaches.
//!
//! # Four rules for leaves and derivatives
//!
//! Burn keeps the graphs of all threads in one table. In 0.21, every backward pass, on any thread, ends with
//! a search through that table, which frees each entry that no tensor holds. The parts of a graph become one
//! entry only when an operation joins them. Before that, another thread can free a part that no tensor
//! holds. The same can happen inside an operation that releases its operands before it enters its result
//! into the table, as `cat` does. The gradient of that part is then missing or wrong, without any message
//! (burn #5573). There is a second problem: after two such joins the table lists the *first* node of a graph
//! under an entry that the graph has left. Whatever is later computed from a leaf then starts a part of its
//! own, and holding the leaf does not protect that part. Finally, a second backward pass over a used graph
//! gives only a part of the gradient (burn #5645). Hence four rules. The types below enforce them, and
//! `clippy.toml` forbids the calls that would bypass them:
//!
//! 1. A leaf goes into exactly one operation, at once: the one that makes [`Leaf::tracked`]. Everything else
//!    is computed from the result of that operation, which the table lists correctly.
//! 2. A [`Leaf`] is held until its derivative is taken, because the derivative is taken from it.
//! 3. [`Derivatives::of`] consumes the number and [`Derivatives::at`] consumes the leaf, so that neither can
//!    be used twice.
//! 4. A missing derivative is a bug. It ends the program with the name of the leaf that the backward pass
//!    did not reach. Only a leaf that a network declares unused may have a derivative of zero for that
//!    reason ([`Derivatives::at_unused`]).
//!
//! **Why Burn is pinned.** Burn 0.22 replaces the backend type parameter by dispatch at run time,
//! which cannot nest. So every Burn crate stays at `=0.21.0`.
//!
//! **What must not appear in a network** (Burn 0.21.0). The backward pass of these operations cannot be
//! differentiated again and panics: `nn::Linear`, `avg_pool2d`, `max_pool2d`, `adaptive_avg_pool2d`,
//! `interpolate`, `embedding`, `deform_conv2d`. The second derivative of `max_pool1d` is wrong, without any
//! message. The first derivative of `repeat_dim` is wrong if the dimension has more than one entry; `cat`
//! and `expand` are right. The layers in [`crate::network::layer`] avoid all of these, and the contract
//! tests check every registered network against central differences.

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

/// A tensor on the next tape whose derivative will be taken. While it lives, it protects the graph that
/// is built on it.
#[derive(Debug)]
pub struct Leaf<B: Backend, const D: usize> {
    leaf: Tensor<Tape<B>, D>,
    tracked: Tensor<Tape<B>, D>,
}

impl<B: Backend, const D: usize> Leaf<B, D> {
    /// Puts a tensor on the next tape as a leaf.
    #[allow(clippy::disallowed_methods, reason = "the one place that makes leaves")]
    pub fn new(tensor: Tensor<B, D>) -> Self {
        let leaf = Tensor::from_inner(tensor).require_grad();
        let tracked = entered(leaf.clone());
        Self { leaf, tracked }
    }

    /// The tensor to compute with: the same numbers, tracked by the tape.
    pub fn tracked(&self) -> Tensor<Tape<B>, D> {
        self.tracked.clone()
    }
}

/// The derivatives of one number with respect to the leaves from which it was computed.
pub struct Derivatives(Gradients);

impl Derivatives {
    /// Runs the backward pass from a number `[1]`. The pass uses up the number's graph.
    #[allow(clippy::disallowed_methods, reason = "the one place that walks back")]
    pub fn of<B: Backend>(number: Tensor<Tape<B>, 1>) -> Self {
        Self(number.backward())
    }

    /// Returns the derivative with respect to a leaf, in the shape of the leaf. `name` names the leaf in
    /// the panic message.
    ///
    /// # Panics
    /// If the backward pass did not reach the leaf: the number does not depend on it, or an operation
    /// between them has no derivative. Returning zero would hide a wrong gradient.
    pub fn at<B: Backend, const D: usize>(&self, leaf: Leaf<B, D>, name: &str) -> Tensor<B, D> {
        self.find(&leaf).unwrap_or_else(|| {
            panic!(
                "the backward pass did not reach {name:?}, so its gradient is unknown: the loss \
                does not depend on it, or an operation between them cannot be differentiated \
                (retort_core::tape lists those). If {name:?} is a parameter that the network does not \
                use, declare it in Architecture::unused"
            )
        })
    }

    /// Returns the derivative with respect to a leaf that a network declares unused: zero if the number
    /// does not depend on it.
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

/// Returns the same numbers as the result of an operation with derivative one: the operation of rule 1.
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
