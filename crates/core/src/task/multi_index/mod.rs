//! The multi-index task of theory.md: y = g(Uᵀx) + σε with x ~ N(0, I_d) and U `[d, r]` orthonormal.

mod link;
mod source;

pub use link::Link;
pub use source::MultiIndex;

#[cfg(test)]
mod tests;
