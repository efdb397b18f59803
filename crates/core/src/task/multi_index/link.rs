//! The link functions g of a multi-index task, polynomials in normalised Hermite form.

use serde::{Deserialize, Serialize};

/// The link g in y = g(Uᵀx) + σε.
///
/// heₖ are the normalised Hermite polynomials: he₀ = 1, he₁ = z, he₂ = (z² − 1)/√2,
/// he₃ = (z³ − 3z)/√6, …. Under N(0, 1) they are uncorrelated and have variance 1 (except he₀). To leading
/// order in 1/d, the feature step sees S through the mean Hessian E\[∇²g\]. Only the terms he₂(zᵢ) and zᵢzⱼ
/// contribute to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Link {
    /// Σᵢ he₂(zᵢ)/√r + 0.5 Σᵢ zᵢzᵢ₊₁/√(r−1) + 0.3 he₃(z₁), with the middle sum for r > 1 only. Variance 1.34
    /// (1.09 for r = 1).
    Mixed,
    /// Σᵢ he₂(zᵢ)/√r. Variance 1.
    Quadratic,
    /// Σᵢ he₃(zᵢ)/√r. Variance 1. Its mean Hessian is 0, so one gradient step from a start without biases
    /// finds no direction. It serves as a control: the feature step is not expected to solve it.
    Cubic,
    /// Σᵢ Σₖ cₖ heₖ(zᵢ)/√r with `task.coefficients` c₀, c₁, …. Its mean Hessian has rank r if c₂ is not 0.
    Polynomial,
}

impl Link {
    /// Returns g(z) for z of length r ≥ 1. `coefficients` are for [`Link::Polynomial`]; other links do not
    /// read them.
    pub fn value(self, z: &[f64], coefficients: &[f64]) -> f64 {
        let quadratic = [0.0, 0.0, 1.0];
        let cubic = [0.0, 0.0, 0.0, 1.0];
        match self {
            Self::Mixed => {
                let neighbours: f64 = z.windows(2).map(|pair| pair[0] * pair[1]).sum();
                let pairs = z.len().saturating_sub(1).max(1) as f64;
                each(z, &quadratic)
                    + 0.5 * neighbours / pairs.sqrt()
                    + 0.3 * z.first().map_or(0.0, |&first| series(first, &cubic))
            }
            Self::Quadratic => each(z, &quadratic),
            Self::Cubic => each(z, &cubic),
            Self::Polynomial => each(z, coefficients),
        }
    }
}

/// Σᵢ Σₖ cₖ heₖ(zᵢ)/√r.
fn each(z: &[f64], coefficients: &[f64]) -> f64 {
    let sum: f64 = z.iter().map(|&z| series(z, coefficients)).sum();
    sum / (z.len().max(1) as f64).sqrt()
}

/// Σₖ cₖ heₖ(z), by the recurrence √(k+1) heₖ₊₁ = z heₖ − √k heₖ₋₁.
fn series(z: f64, coefficients: &[f64]) -> f64 {
    let (mut before, mut current, mut sum) = (0.0, 1.0, 0.0);
    for (degree, coefficient) in coefficients.iter().enumerate() {
        sum += coefficient * current;
        let k = degree as f64;
        let next = (z * current - k.sqrt() * before) / (k + 1.0).sqrt();
        (before, current) = (current, next);
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seed::Seed;

    /// Mean of f(z) over 200,000 normal draws z of length `rank`, the same in every call.
    fn expectation(rank: usize, f: impl Fn(&[f64]) -> f64) -> f64 {
        let draws = Seed::new(5).stream().normal_matrix(200_000, rank);
        let draws = draws.mapv(f64::from);
        let sum: f64 = draws.rows().into_iter().map(|z| f(&z.to_vec())).sum();
        sum / 200_000.0
    }

    #[test]
    fn the_recurrence_gives_the_hermite_polynomials() {
        for z in [-2.5, -0.3, 0.0, 1.0, 3.1_f64] {
            let he2 = (z * z - 1.0) / 2.0_f64.sqrt();
            let he3 = (z.powi(3) - 3.0 * z) / 6.0_f64.sqrt();
            let he4 = (z.powi(4) - 6.0 * z * z + 3.0) / 24.0_f64.sqrt();
            let sum = 0.5 + 2.0 * z - he2 + 3.0 * he3 + 0.25 * he4;
            let got = series(z, &[0.5, 2.0, -1.0, 3.0, 0.25]);
            assert!((got - sum).abs() < 1e-12, "{z}: {got} {sum}");
        }
    }

    #[test]
    fn means_and_variances_are_those_of_the_theory() {
        let polynomial = [0.3, 0.0, 0.5, -0.2];
        for (link, rank, mean, variance) in [
            (Link::Mixed, 1, 0.0, 1.09),
            (Link::Mixed, 3, 0.0, 1.34),
            (Link::Quadratic, 2, 0.0, 1.0),
            (Link::Cubic, 2, 0.0, 1.0),
            (Link::Polynomial, 4, 0.3 * 2.0, 0.29),
        ] {
            let first = expectation(rank, |z| link.value(z, &polynomial));
            let second = expectation(rank, |z| link.value(z, &polynomial).powi(2));
            assert!((first - mean).abs() < 0.02, "{link:?}: mean {first}");
            let seen = second - first * first;
            assert!((seen - variance).abs() < 0.04, "{link:?}: variance {seen}");
        }
    }

    #[test]
    fn mean_hessians_are_those_of_the_theory() {
        // Stein: E[∂ᵢ∂ⱼ g] = E[(zᵢzⱼ − δᵢⱼ) g].
        let hessian = |link: Link, i: usize, j: usize| {
            let delta = if i == j { 1.0 } else { 0.0 };
            expectation(3, |z| (z[i] * z[j] - delta) * link.value(z, &[]))
        };
        let diagonal = (2.0_f64 / 3.0).sqrt();
        let neighbour = 0.5 / 2.0_f64.sqrt();
        for (link, i, j, expected) in [
            (Link::Mixed, 0, 0, diagonal),
            (Link::Mixed, 1, 1, diagonal),
            (Link::Mixed, 0, 1, neighbour),
            (Link::Mixed, 0, 2, 0.0),
            (Link::Quadratic, 2, 2, diagonal),
            (Link::Quadratic, 0, 1, 0.0),
            (Link::Cubic, 0, 0, 0.0),
            (Link::Cubic, 1, 2, 0.0),
        ] {
            let seen = hessian(link, i, j);
            assert!((seen - expected).abs() < 0.05, "{link:?} {i} {j}: {seen}");
        }
    }
}
