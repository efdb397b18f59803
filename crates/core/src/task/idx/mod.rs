//! Grey pictures in the four files of the MNIST layout (also Fashion-MNIST, KMNIST and similar data sets).

mod file;
mod source;

pub use source::Idx;

#[cfg(test)]
mod tests;
