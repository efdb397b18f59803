//! The multi-index task of `docs/theory.md`: y = g(Uᵀx) + σε with x ~ N(0, I_d) and orthonormal U `[d, r]`.

mod link;
mod source;

pub use link::Link;
pub use source::MultiIndex;

#[cfg(test)]
mod tests;
