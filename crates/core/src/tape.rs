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
//! Going up is [`lift`] (the tensor is a constant of the new tape) and `require_grad` on the result
//! (it is a leaf of the new tape, while the old one keeps its history). Going down is `inner`, or
//! taking a gradient. A module's `valid()` must not be used in between: it detaches.
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
use burn::tensor::Tensor;
use burn::tensor::backend::{AutodiffBackend, Backend};

/// One tape over a backend: first-order derivatives.
pub type Tape<B> = Autodiff<B>;

/// Two tapes over a backend: the gradient taken on the outer one is tracked by the inner one.
pub type Twice<B> = Autodiff<Autodiff<B>>;

/// Puts a tensor on the next tape, as a constant of that tape.
pub fn lift<B: Backend, const D: usize>(tensor: Tensor<B, D>) -> Tensor<Tape<B>, D> {
    Tensor::from_inner(tensor)
}

/// Puts a tensor on the next tape, as a leaf whose gradient can be asked for there.
pub fn leaf<B: Backend, const D: usize>(tensor: Tensor<B, D>) -> Tensor<Tape<B>, D> {
    Tensor::from_inner(tensor).require_grad()
}

/// The gradient with respect to a tensor of a tape, in its shape; zero where nothing depends on it.
pub fn slope<B: Backend, const D: usize>(
    of: &Tensor<Tape<B>, D>,
    gradients: &<Tape<B> as AutodiffBackend>::Gradients,
) -> Tensor<B, D> {
    of.grad(gradients)
        .unwrap_or_else(|| of.clone().inner().zeros_like())
}
