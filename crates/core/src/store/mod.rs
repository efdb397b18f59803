//! What reaches the disk, and how:
//!
//! * [`atomic`]: a file is written whole or not at all;
//! * [`lock`]: one process at a time in a folder;
//! * `tensor_file`: tensors and a record of them in one safetensors file;
//! * `digest`: what a file's or a data set's content is known by.

pub mod atomic;
pub(crate) mod digest;
pub mod lock;
pub(crate) mod tensor_file;
