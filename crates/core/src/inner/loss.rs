//! The training loss of the inner problem.

use burn::tensor::{Tensor, activation::log_softmax, backend::Backend};

use crate::numeric::total;
use crate::task::Target;

/// The loss that a network is trained with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loss {
    /// −Σ y log softmax f(x), mean over rows. Targets need not sum to one.
    CrossEntropy,
    /// (f(x) − y)², mean over rows and outputs.
    SquaredError,
}

impl Loss {
    /// The loss for this kind of target: cross-entropy for classes, the squared error for values.
    pub fn of(target: &Target) -> Self {
        match target {
            Target::Classes(_) => Self::CrossEntropy,
            Target::Values(_) => Self::SquaredError,
        }
    }

    /// Returns the loss `[1]` of outputs and targets, both `[n, outputs]`.
    pub fn value<A: Backend>(self, outputs: Tensor<A, 2>, targets: Tensor<A, 2>) -> Tensor<A, 1> {
        match self {
            Self::CrossEntropy => {
                // Multiplies instead of dividing: Burn's derivative of a division has the divisor in single
                // precision.
                let share = -1.0 / outputs.dims()[0] as f64;
                total::of(log_softmax(outputs, 1) * targets).mul_scalar(share)
            }
            Self::SquaredError => total::mean((outputs - targets).square()),
        }
    }
}
