//! The inner problem: computations of a network on a set of points.
//!
//! * [`gradient`]: the weight gradient, plain or tracked by the point tape.
//! * [`step_record`]: the weight gradient of a training step, kept with its tapes for the backward pass.
//! * [`forward`]: outputs and features; [`features`]: features alone.
//! * [`unroll`]: an inner training and its backward pass, step by step; [`descent`]: one step of it;
//!   [`minibatch`]: the points that a step sees.
//! * [`feature_step`]: the gradient step on the first layer of `docs/theory.md`.
//! * [`ridge`]: the closed-form readout, plain or differentiable; [`label_system`]: its error as a
//!   function of the labels that it is fitted on.
//! * [`row_kernel`]: kernels on input rows themselves, without a network.
//! * [`scale`]: the scale of predictions that fits classes best.
//! * [`train`]: the plain training loop, for the evaluation, for experts and for networks that age.
//! * [`optimiser`], [`schedule`], [`loss`]: parts of a training; [`lanes`]: work in parallel.

pub mod descent;
pub mod feature_step;
pub mod features;
pub mod forward;
pub mod gradient;
pub mod label_system;
pub mod lanes;
pub mod loss;
pub mod minibatch;
pub mod optimiser;

pub mod ridge;
pub mod row_kernel;
pub mod scale;
pub mod schedule;
pub mod step_record;
pub mod train;

pub mod unroll;

pub use loss::Loss;
pub use optimiser::OptimiserKind;
pub use row_kernel::RowKernel;
pub use schedule::Schedule;
