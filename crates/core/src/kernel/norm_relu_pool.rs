//! Instance normalisation, ReLU and average pooling as formulas, with first and second derivatives.
//!
//! For one picture and one channel with N pixels, let x̂ = (x − x̄)/σ with σ² = var(x) + ε. Let γ and β
//! be the scale and shift, m = [γx̂ + β > 0], P the pooling, Pᵀ its adjoint and g the upstream gradient:
//!
//! ```text
//!   y  = P m (γ x̂ + β)
//!   q  = m Pᵀ g
//!   ∂/∂β = Σ q      ∂/∂γ = Σ q x̂      ∂/∂x = γ J(q),   J(u) = (u − ū − x̂ mean(u x̂)) / σ
//! ```
//!
//! J is symmetric and dx̂ = J(dx), so with T = ⟨q, J(u)⟩ the derivatives of
//! S = γ T + v_γ Σ q x̂ + v_β Σ q, the gradient's product with directions (u, v), are
//!
//! ```text
//!   ∂S/∂g = P m (γ J(u) + v_γ x̂ + v_β)          ∂S/∂γ = T
//!   ∂S/∂x = v_γ J(q) − γ/(σN) (T x̂ + ⟨u, x̂⟩ J(q) + ⟨q, x̂⟩ J(u))
//! ```
//!
//! γ, β and v have one value per channel; x̄, σ and T have one per picture and channel. Derivatives with
//! respect to γ and β are also summed over pictures.

use burn::tensor::{Tensor, backend::Backend};

/// ε of the normalisation, as in the networks of dataset distillation papers.
pub const EPSILON: f64 = 1e-5;

/// Derivatives of ⟨gradient(x, affine, g), (u, v)⟩, the S of the module's formulas.
#[derive(Debug, Clone)]
pub struct Derivatives<B: Backend> {
    /// The derivative with respect to the inputs, in their shape.
    pub inputs: Tensor<B, 4>,
    /// The derivative with respect to scale and shift, `[2, channels]`.
    pub affine: Tensor<B, 2>,
    /// The derivative with respect to the upstream gradient, in its shape.
    pub upstream: Tensor<B, 4>,
}

/// See [`super::Kernels::norm_relu_pool`].
pub fn value<B: Backend>(
    inputs: &Tensor<B, 4>,
    affine: &Tensor<B, 2>,
    pool: usize,
) -> Tensor<B, 4> {
    let normal = Normalised::of(inputs);
    pooled(burn::tensor::activation::relu(normal.scaled(affine)), pool)
}

/// See [`super::Kernels::norm_relu_pool_gradient`].
pub fn gradient<B: Backend>(
    inputs: &Tensor<B, 4>,
    affine: &Tensor<B, 2>,
    upstream: Tensor<B, 4>,
    pool: usize,
) -> (Tensor<B, 4>, Tensor<B, 2>) {
    let normal = Normalised::of(inputs);
    let q = spread(upstream, pool) * normal.gate(affine);
    let by_scale = over_pictures(q.clone() * normal.hat.clone());
    let by_shift = over_pictures(q.clone());
    let by_inputs = normal.jacobian(q) * channels(affine, 0);
    (by_inputs, Tensor::cat(vec![by_scale, by_shift], 0))
}

/// See [`super::Kernels::norm_relu_pool_derivatives`].
pub fn derivatives<B: Backend>(
    inputs: &Tensor<B, 4>,
    affine: &Tensor<B, 2>,
    upstream: Tensor<B, 4>,
    along_inputs: Option<Tensor<B, 4>>,
    along_affine: Option<Tensor<B, 2>>,
    pool: usize,
) -> Derivatives<B> {
    let normal = Normalised::of(inputs);
    let gate = normal.gate(affine);
    let hat = &normal.hat;
    let q = spread(upstream, pool) * gate.clone();
    let scale = channels(affine, 0);
    let jacobian_q = normal.jacobian(q.clone());
    let mut by_inputs = hat.zeros_like();
    let mut by_affine = affine.zeros_like();
    let mut along = hat.zeros_like();
    if let Some(u) = along_inputs {
        let jacobian_u = normal.jacobian(u.clone());
        let product = q.clone() * jacobian_u.clone();
        let total = pixels(product.clone());
        let [_, height, width, _] = hat.dims();
        let factor = scale.clone() * normal.inverse.clone() / (height * width) as f64;
        let bracket = total * hat.clone()
            + pixels(u * hat.clone()) * jacobian_q.clone()
            + pixels(q * hat.clone()) * jacobian_u.clone();
        by_inputs = by_inputs - factor * bracket;
        let by_scale = over_pictures(product);
        by_affine = Tensor::cat(vec![by_scale.clone(), by_scale.zeros_like()], 0);
        along = along + scale * jacobian_u;
    }
    if let Some(v) = along_affine {
        by_inputs = by_inputs + channels(&v, 0) * jacobian_q;
        along = along + channels(&v, 0) * hat.clone() + channels(&v, 1);
    }
    Derivatives {
        inputs: by_inputs,
        affine: by_affine,
        upstream: pooled(along * gate, pool),
    }
}

/// Normalised pictures: x̂, and 1/σ for each picture and channel.
struct Normalised<B: Backend> {
    hat: Tensor<B, 4>,
    inverse: Tensor<B, 4>,
}

impl<B: Backend> Normalised<B> {
    fn of(inputs: &Tensor<B, 4>) -> Self {
        let centred = inputs.clone() - mean(inputs.clone());
        let variance = mean(centred.clone().square());
        let inverse = variance.add_scalar(EPSILON).sqrt().recip();
        Self {
            hat: centred * inverse.clone(),
            inverse,
        }
    }

    fn scaled(&self, affine: &Tensor<B, 2>) -> Tensor<B, 4> {
        self.hat.clone() * channels(affine, 0) + channels(affine, 1)
    }

    /// m, as numbers 0 or 1.
    fn gate(&self, affine: &Tensor<B, 2>) -> Tensor<B, 4> {
        let open = self.scaled(affine).greater_elem(0.0);
        self.hat.zeros_like().mask_fill(open, 1.0)
    }

    /// J(u).
    fn jacobian(&self, u: Tensor<B, 4>) -> Tensor<B, 4> {
        let along = mean(u.clone() * self.hat.clone());
        (u.clone() - mean(u) - self.hat.clone() * along) * self.inverse.clone()
    }
}

/// Mean over the pixels of each picture and channel.
fn mean<B: Backend>(values: Tensor<B, 4>) -> Tensor<B, 4> {
    values.mean_dim(1).mean_dim(2)
}

/// Sum over the pixels of each picture and channel.
fn pixels<B: Backend>(values: Tensor<B, 4>) -> Tensor<B, 4> {
    values.sum_dim(1).sum_dim(2)
}

/// Sum over pictures and their pixels, `[1, channels]`.
fn over_pictures<B: Backend>(values: Tensor<B, 4>) -> Tensor<B, 2> {
    let channels = values.dims()[3];
    pixels(values).sum_dim(0).reshape([1, channels])
}

/// One row of `[rows, channels]` as `[1, 1, 1, channels]`, to broadcast over pictures.
fn channels<B: Backend>(rows: &Tensor<B, 2>, row: usize) -> Tensor<B, 4> {
    let channels = rows.dims()[1];
    rows.clone().narrow(0, row, 1).reshape([1, 1, 1, channels])
}

/// P: the mean over squares of side `side`.
pub fn pooled<B: Backend>(values: Tensor<B, 4>, side: usize) -> Tensor<B, 4> {
    let [n, height, width, channels] = values.dims();
    let (rows, columns) = (height / side, width / side);
    values
        .reshape([n, rows, side, columns, side, channels])
        .mean_dim(2)
        .mean_dim(4)
        .reshape([n, rows, columns, channels])
}

/// Pᵀ: spreads every number evenly over a square of side `side`.
fn spread<B: Backend>(values: Tensor<B, 4>, side: usize) -> Tensor<B, 4> {
    let [n, rows, columns, channels] = values.dims();
    values
        .reshape([n, rows, 1, columns, 1, channels])
        .expand([n, rows, side, columns, side, channels])
        .reshape([n, rows * side, columns * side, channels])
        .div_scalar((side * side) as f64)
}
