//! What a readout on k directions explains of the targets.
//!
//! The model is y ≈ c₀ + Σ_f c_f φ_f(Qᵀx), with a linear part Cᵀ(x − x̄) besides where the task's linear part
//! is taken off anyway: Q `[d, k]` holds the directions, φ_f are features of them, and the coefficients are a
//! ridge regression. Features and linear part are less their means over the rows, so that of targets whose mean
//! is 0 nothing is left to c₀, and nothing of it is lost to the penalty. Directions are refined by steps of
//! Gauss and Newton, halved until they lower the penalised error.

mod features;
mod readout;
mod refinement;
mod regression;
mod rotation;

pub use readout::Explained;
