//! Retort.

pub mod atomic;
pub mod distill;
pub mod error;
pub mod evaluate;
mod host;
pub mod inner;
mod linear_algebra;
pub mod network;
pub mod objective;
pub mod seed;
pub mod settings;
mod stored;
pub mod synthetic;
pub mod tape;
pub mod task;

pub use error::{Error, Result};
