//! Grey pictures in the four files of the MNIST layout (also Fashion-MNIST, KMNIST and the like).

mod file;
mod source;

pub use source::Idx;

#[cfg(test)]
mod tests;
