//! One outer step of every method on fixed numbers, against what PyTorch computes by differentiating
//! the papers' formulas as whole graphs.
//!
//! The numbers are in `fixtures`, written by `python tests/reference/generate.py`; the tests need no
//! Python. Loss, gradients, the set after the outer optimiser's step and the network after its ageing
//! are compared in double precision on the reference backend.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use retort_instances as _;

mod agreement;
mod augmentations;
mod case;
mod fixture;
mod given;
mod methods;
#[path = "../wrapped.rs"]
mod wrapped;
