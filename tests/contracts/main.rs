//! Contract tests: what the design promises of every network and every objective, checked in double
//! precision on the reference backend.
//!
//! [`table`] lists networks and objectives, [`baselines`] and [`judges`] those of an evaluation; a new kind is one row there, and a test fails while the
//! row is missing. The other modules are one subject each, most of them a product of both lists.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use retort_instances as _;

mod bench;
mod differences;
mod numbers;
mod precision;
mod table;
mod tasks;

mod activations;
mod augmented;
mod backends;
mod baselines;
mod chunks;
mod clipping;
mod concurrency;
mod distances;
mod equality;
mod feature_step;
mod gradients;
mod judges;
mod kernels;
mod mirror;
mod missing;
mod networks;
mod optimisers;
mod products;
mod refusals;
mod ridge;
mod second_order;
mod shapes;
mod unroll;
mod untouched;
#[path = "../wording.rs"]
mod wording;
#[path = "../wrapped.rs"]
mod wrapped;
