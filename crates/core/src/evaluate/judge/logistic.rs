//! Multinomial logistic regression by L-BFGS (Nocedal and Wright, Numerical Optimization, algorithms 7.4
//! and 7.5).

use std::collections::VecDeque;

use ndarray::{Array2, Axis, s};

/// Number of pairs that the curvature is estimated from.
const MEMORY: usize = 10;

/// Most iterations.
const MOST: usize = 2000;

/// The search ends when no derivative of the mean loss is larger.
const TOLERANCE: f64 = 1e-5;

/// The problem: Σ −log softmax(x W + b)ₖ + λ/2 ‖W‖², with k the class of the row. It is convex.
pub(super) struct Logistic<'a> {
    inputs: &'a Array2<f64>,
    targets: &'a Array2<f64>,
    penalty: f64,
}

impl<'a> Logistic<'a> {
    /// The problem for inputs `[n, features]` and one-hot targets `[n, classes]`, with a positive penalty.
    pub fn new(inputs: &'a Array2<f64>, targets: &'a Array2<f64>, penalty: f64) -> Self {
        Self {
            inputs,
            targets,
            penalty,
        }
    }

    /// The value and the gradient at parameters `[features + 1, classes]`, whose last row has the
    /// intercepts.
    fn at(&self, parameters: &Array2<f64>) -> (f64, Array2<f64>) {
        let features = self.inputs.ncols();
        let (weights, intercepts) = (
            parameters.slice(s![..features, ..]),
            parameters.slice(s![features.., ..]),
        );
        let mut rest = self.inputs.dot(&weights) + intercepts;
        let mut value = 0.5 * self.penalty * weights.iter().map(|w| w * w).sum::<f64>();
        // From outputs to softmax − target, row by row.
        for (mut row, target) in rest.rows_mut().into_iter().zip(self.targets.rows()) {
            let top = row.fold(f64::NEG_INFINITY, |a, &b| a.max(b));
            row.mapv_inplace(|it| it - top);
            let total: f64 = row.iter().map(|it| it.exp()).sum();
            value += total.ln() * target.sum() - row.dot(&target);
            row.mapv_inplace(|it| it.exp() / total);
            row -= &target;
        }
        let mut gradient = Array2::zeros(parameters.raw_dim());
        let slope = self.inputs.t().dot(&rest) + &(&weights * self.penalty);
        gradient.slice_mut(s![..features, ..]).assign(&slope);
        let row = rest.sum_axis(Axis(0));
        gradient.slice_mut(s![features, ..]).assign(&row);
        (value, gradient)
    }

    /// Weights `[features, classes]` and intercepts `[1, classes]` at the minimum.
    pub fn fit(&self) -> (Array2<f64>, Array2<f64>) {
        let features = self.inputs.ncols();
        let mut here = Array2::zeros((features + 1, self.targets.ncols()));
        let (mut value, mut gradient) = self.at(&here);
        let enough = TOLERANCE * self.inputs.nrows() as f64;
        let mut pairs: VecDeque<Pair> = VecDeque::new();
        for _ in 0..MOST {
            if gradient.iter().all(|it| it.abs() <= enough) {
                break;
            }
            let direction = direction(&gradient, &pairs);
            let slope = dot(&gradient, &direction);
            let mut step = match pairs.is_empty() {
                true => (1.0 / dot(&gradient, &gradient).sqrt()).min(1.0),
                false => 1.0,
            };
            let found = loop {
                let there = &here + &(&direction * step);
                let (next, after) = self.at(&there);
                if next <= value + 1e-4 * step * slope {
                    break Some((there, next, after));
                }
                step *= 0.5;
                if step < 1e-12 {
                    break None;
                }
            };
            // No step is better in double precision: this is the minimum.
            let Some((there, next, after)) = found else {
                break;
            };
            let (moved, turned) = (&there - &here, &after - &gradient);
            let curvature = dot(&moved, &turned);
            if curvature > 1e-12 * dot(&turned, &turned) {
                pairs.push_back(Pair {
                    moved,
                    turned,
                    curvature,
                });
                if pairs.len() > MEMORY {
                    pairs.pop_front();
                }
            }
            (here, value, gradient) = (there, next, after);
        }
        let intercepts = here.slice(s![features.., ..]).to_owned();
        (here.slice_move(s![..features, ..]), intercepts)
    }
}

/// One step: the change of the parameters, of the gradient, and their product, which is positive.
struct Pair {
    moved: Array2<f64>,
    turned: Array2<f64>,
    curvature: f64,
}

/// The direction −H g, with H the estimate of the inverse Hessian.
fn direction(gradient: &Array2<f64>, pairs: &VecDeque<Pair>) -> Array2<f64> {
    let mut direction = -gradient;
    let mut shares = Vec::with_capacity(pairs.len());
    for pair in pairs.iter().rev() {
        let share = dot(&pair.moved, &direction) / pair.curvature;
        direction.scaled_add(-share, &pair.turned);
        shares.push(share);
    }
    if let Some(last) = pairs.back() {
        direction *= last.curvature / dot(&last.turned, &last.turned);
    }
    for (pair, share) in pairs.iter().zip(shares.into_iter().rev()) {
        let other = dot(&pair.turned, &direction) / pair.curvature;
        direction.scaled_add(share - other, &pair.moved);
    }
    direction
}

fn dot(a: &Array2<f64>, b: &Array2<f64>) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
