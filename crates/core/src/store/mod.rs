//! Files on the disk:
//!
//! * [`atomic`]: writes a file completely or not at all;
//! * [`lock`]: lets one process at a time work in a folder;
//! * [`numpy`]: reads and writes arrays in the formats of numpy;
//! * `tensor_file`: stores tensors and their description in one safetensors file;
//! * `plain_tensors`: reads safetensors files of other programs as arrays;
//! * `digest`: the text form of digests of files and of data.

pub mod atomic;
pub(crate) mod digest;
pub mod lock;
pub mod numpy;
pub(crate) mod plain_tensors;
pub(crate) mod tensor_file;
