//! Distances between two weight gradients.

use burn::tensor::{Tensor, backend::Backend};
use serde::{Deserialize, Serialize};

use crate::network::Weights;
use crate::network::weights::sum;
use crate::numeric::total;

/// ε of the cosines. The direction of a gradient with a norm far below √ε hardly counts.
const EPSILON: f64 = 1e-6;

/// A distance between two weight gradients, zero if they are equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Distance {
    /// ‖a − b‖².
    Squared,
    /// ‖a − b‖² / (‖b‖² + 1e-30), where b is the gradient of real data (default).
    #[default]
    RelativeSquared,
    /// Σ of 1 − cos(a, b) over the output neurons of all weight matrices, of linear layers and convolutions.
    /// Vectors (biases, and scales and shifts of normalisations) do not count (Zhao, Mopuri and Bilen,
    /// "Dataset Condensation with Gradient Matching", 2021).
    LayerwiseCosine,
    /// 1 − cos(a, b) of the whole gradients.
    Cosine,
}

impl Distance {
    /// Returns the distance `[1]` between a synthetic gradient and a real one, over these slots.
    pub fn between<A: Backend>(
        self,
        synthetic: &Weights<A>,
        real: &Weights<A>,
        slots: &[usize],
    ) -> Tensor<A, 1> {
        let pairs = || {
            slots
                .iter()
                .map(|&slot| (&synthetic.tensors()[slot], &real.tensors()[slot]))
        };
        let squared = || sum(pairs().map(|(a, b)| total::of((a.clone() - b.clone()).square())));
        match self {
            Self::Squared => squared(),
            Self::RelativeSquared => {
                squared()
                    / sum(pairs().map(|(_, b)| total::of(b.clone().square()))).add_scalar(1e-30)
            }
            Self::Cosine => {
                let products = pairs().map(|(a, b)| total::of(a.clone() * b.clone()));
                let a = pairs().map(|(a, _)| total::of(a.clone().square()));
                let b = pairs().map(|(_, b)| total::of(b.clone().square()));
                one_minus_cosine(sum(products), sum(a), sum(b))
            }
            Self::LayerwiseCosine => {
                let matrices = slots
                    .iter()
                    .filter(|&&slot| synthetic.layout().slots()[slot].is_matrix());
                sum(matrices.map(|&slot| {
                    // Matrices are stored as [inputs, neurons], so columns belong to output neurons.
                    let (a, b) = (synthetic.matrix(slot), real.matrix(slot));
                    let product = (a.clone() * b.clone()).sum_dim(0);
                    let (a, b) = (a.square().sum_dim(0), b.square().sum_dim(0));
                    total::of(one_minus_cosine(product, a, b))
                }))
            }
        }
    }
}

/// 1 − (⟨a, b⟩ + ε) / √((‖a‖² + ε)(‖b‖² + ε)), elementwise, from `product` = ⟨a, b⟩, `a` = ‖a‖² and
/// `b` = ‖b‖².
///
/// This is one minus the cosine between the vectors with √ε as an additional coordinate. So it is zero for
/// equal vectors, also for two zero vectors, it lies in [0, 2], and its slope is at most 1/√ε. (The field's
/// code adds ε to ‖a‖‖b‖ instead. There the distance of equal gradients is ε/‖b‖², and that of neurons
/// without gradient is 1.)
fn one_minus_cosine<A: Backend, const D: usize>(
    product: Tensor<A, D>,
    a: Tensor<A, D>,
    b: Tensor<A, D>,
) -> Tensor<A, D> {
    let norms = a.add_scalar(EPSILON).sqrt() * b.add_scalar(EPSILON).sqrt();
    (product.add_scalar(EPSILON) / norms).neg().add_scalar(1.0)
}
