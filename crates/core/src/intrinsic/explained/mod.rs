//! The part of the targets that a readout on k directions explains.
//!
//! The model is y ≈ c₀ + Σ_f c_f φ_f(Qᵀx), plus a linear part Cᵀ(x − x̄) if the task removes the linear part.
//! Q `[d, k]` holds the directions, φ_f are features of them, and the coefficients are those of a ridge
//! regression. Features and linear part are centred over the rows. So c₀ is 0 for targets with mean 0, and
//! its penalty costs nothing. Directions are refined by Gauss-Newton steps, which are halved until they
//! lower the penalised error.

mod features;
mod readout;
mod refinement;
mod regression;
mod rotation;

pub use readout::Explained;
