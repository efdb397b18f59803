//! Layers whose backward pass can be differentiated again.

mod linear;

pub use linear::Linear;
