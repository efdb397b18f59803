//! Normal scores of ranks.

use serde::{Deserialize, Serialize};

/// Most knots of the function.
const KNOTS: usize = 256;

/// The normal score of a value's rank among the training rows: a function that rises linearly between knots. Outside
/// the knots a value counts as the nearest knot.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Quantile {
    /// The values of the knots, ascending: quantiles of the training rows, at least one.
    pub values: Vec<f64>,
    /// The score of each knot, ascending: Φ⁻¹ of the mean rank of its value, as a share of the rows.
    pub scores: Vec<f64>,
}

impl Quantile {
    /// The scores of these values, which are finite. Equal values share the mean of their ranks.
    pub fn fit(values: &[f64]) -> Self {
        let mut sorted = values.to_vec();
        sorted.sort_unstable_by(f64::total_cmp);
        let mut knots: Vec<(f64, f64)> = Vec::new();
        let count = sorted.len() as f64;
        let mut before = 0;
        for group in sorted.chunk_by(|a, b| a == b) {
            let rank = before as f64 + 0.5 * group.len() as f64;
            knots.push((group[0], score(rank / count)));
            before += group.len();
        }
        if knots.is_empty() {
            knots.push((0.0, 0.0));
        }
        if knots.len() > KNOTS {
            let most = knots.len() - 1;
            knots = (0..KNOTS)
                .map(|knot| knots[knot * most / (KNOTS - 1)])
                .collect();
        }
        let (values, scores) = knots.into_iter().unzip();
        Self { values, scores }
    }

    /// The encoded value.
    pub fn encode(&self, value: f64) -> f64 {
        interpolate(&self.values, &self.scores, value)
    }

    /// The value of any encoded value; the inverse between the knots.
    pub fn decode(&self, encoded: f64) -> f64 {
        interpolate(&self.scores, &self.values, encoded)
    }
}

/// The piecewise linear function through knots with ascending `from`, constant outside.
fn interpolate(from: &[f64], to: &[f64], place: f64) -> f64 {
    let above = from.partition_point(|knot| *knot <= place);
    if above == 0 {
        return to[0];
    }
    if above == from.len() {
        return to[above - 1];
    }
    let (low, high) = (from[above - 1], from[above]);
    let share = (place - low) / (high - low);
    (to[above - 1] + share * (to[above] - to[above - 1])).clamp(to[above - 1], to[above])
}

/// Φ⁻¹, the quantile of the standard normal distribution, for a share between 0 and 1; to 1e-9 (P. J. Acklam, "An
/// algorithm for computing the inverse normal cumulative distribution function").
fn score(share: f64) -> f64 {
    const A: [f64; 6] = [
        -3.969683028665376e1,
        2.209460984245205e2,
        -2.759285104469687e2,
        1.38357751867269e2,
        -3.066479806614716e1,
        2.506628277459239,
    ];
    const B: [f64; 6] = [
        -5.447609879822406e1,
        1.615858368580409e2,
        -1.556989798598866e2,
        6.680131188771972e1,
        -1.328068155288572e1,
        1.0,
    ];
    const C: [f64; 6] = [
        -7.784894002430293e-3,
        -3.223964580411365e-1,
        -2.400758277161838,
        -2.549732539343734,
        4.374664141464968,
        2.938163982698783,
    ];
    const D: [f64; 5] = [
        7.784695709041462e-3,
        3.224671290700398e-1,
        2.445134137142996,
        3.754408661907416,
        1.0,
    ];
    let polynomial = |terms: &[f64], x: f64| terms.iter().fold(0.0, |sum, term| sum * x + term);
    let tail = |share: f64| {
        let x = (-2.0 * share.ln()).sqrt();
        polynomial(&C, x) / polynomial(&D, x)
    };
    let share = share.clamp(1e-12, 1.0 - 1e-12);
    if share < 0.02425 {
        return tail(share);
    }
    if share > 1.0 - 0.02425 {
        return -tail(1.0 - share);
    }
    let x = share - 0.5;
    x * polynomial(&A, x * x) / polynomial(&B, x * x)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_are_quantiles_of_the_normal_distribution() {
        for (share, expected) in [
            (0.5, 0.0),
            (0.975, 1.959_963_985),
            (0.01, -2.326_347_874),
            (0.7, 0.524_400_513),
        ] {
            assert!((score(share) - expected).abs() < 1e-8, "{share}");
        }
    }

    #[test]
    fn equal_values_share_a_rank() {
        let quantile = Quantile::fit(&[1.0, 1.0, 2.0, 2.0]);
        assert_eq!(quantile.values, [1.0, 2.0]);
        assert!((quantile.encode(1.0) + quantile.encode(2.0)).abs() < 1e-12);
        assert_eq!(quantile.encode(1.5), 0.0);
        assert_eq!(quantile.encode(9.0), quantile.encode(2.0));
    }
}
