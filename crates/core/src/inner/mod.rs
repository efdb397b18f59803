//! The inner problem: what a network does with a set of points.
//!
//! * [`gradient`]: the weight gradient, plain or still tracked by the point tape.
//! * [`step_record`]: the same, kept with its tapes until the way back.
//! * [`forward`]: outputs and features; [`features`]: those alone.
//! * [`unroll`]: training steps that can be walked back, one at a time; [`descent`]: each of them;
//!   [`minibatch`]: which of the points it sees.
//! * [`feature_step`]: the one gradient step on features of theory.md.
//! * [`ridge`]: the closed-form readout, plain or differentiable; [`label_system`]: its error as a
//!   function of the labels it is fitted on.
//! * [`train`]: the one plain training loop, for evaluation and ageing networks.

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
pub mod schedule;
pub mod step_record;
pub mod train;

pub mod unroll;

pub use loss::Loss;
pub use optimiser::OptimiserKind;
pub use schedule::Schedule;
