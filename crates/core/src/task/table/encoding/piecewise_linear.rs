//! Piecewise linear encoding over quantiles (Gorishniy, Rubachev and Babenko, "On Embeddings for Numerical Features
//! in Tabular Deep Learning", NeurIPS 2022, equation 1).

use serde::{Deserialize, Serialize};

/// Most bins of a column.
const BINS: usize = 8;

/// A column for each bin between two edges: 0 below the bin, 1 above it, and rising linearly within it. A value below
/// the first edge or above the last counts as that edge.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PiecewiseLinear {
    /// The edges of the bins, ascending: quantiles of the training rows, at least two.
    pub edges: Vec<f64>,
}

impl PiecewiseLinear {
    /// At most eight bins that hold about the same number of these values. `None` if all values are equal.
    pub fn fit(values: &[f64]) -> Option<Self> {
        let mut sorted = values.to_vec();
        sorted.sort_unstable_by(f64::total_cmp);
        let last = sorted.len().checked_sub(1)?;
        let mut edges: Vec<f64> = (0..=BINS).map(|edge| sorted[edge * last / BINS]).collect();
        edges.dedup();
        (edges.len() > 1).then_some(Self { edges })
    }

    /// Number of bins.
    pub fn width(&self) -> usize {
        self.edges.len() - 1
    }

    /// Writes the encoded value, one number for each bin.
    pub fn encode(&self, value: f64, out: &mut [f64]) {
        for (edges, place) in self.edges.windows(2).zip(out) {
            *place = ((value - edges[0]) / (edges[1] - edges[0])).clamp(0.0, 1.0);
        }
    }

    /// The value whose encoding is nearest to any point; the smallest one of several.
    pub fn decode(&self, encoded: &[f64]) -> f64 {
        // With the value within bin k at a share s, the squared distance is
        // Σ_{j<k} (1 − x_j)² + (s − x_k)² + Σ_{j>k} x_j².
        let mut distance: f64 = encoded.iter().map(|x| x * x).sum();
        let mut nearest = (f64::INFINITY, self.edges[0]);
        for (edges, &x) in self.edges.windows(2).zip(encoded) {
            let share = x.clamp(0.0, 1.0);
            let here = distance - x * x + (share - x) * (share - x);
            if here < nearest.0 {
                nearest = (here, edges[0] + share * (edges[1] - edges[0]));
            }
            distance += (1.0 - x) * (1.0 - x) - x * x;
        }
        nearest.1
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_value_fills_the_bins_below_it() {
        let code = PiecewiseLinear {
            edges: vec![0.0, 1.0, 3.0],
        };
        let mut out = [9.0; 2];
        for (value, expected) in [
            (-1.0, [0.0, 0.0]),
            (0.5, [0.5, 0.0]),
            (2.0, [1.0, 0.5]),
            (4.0, [1.0, 1.0]),
        ] {
            code.encode(value, &mut out);
            assert_eq!(out, expected);
        }
        assert!(PiecewiseLinear::fit(&[2.0, 2.0]).is_none());
        assert_eq!(PiecewiseLinear::fit(&[2.0, 5.0]).unwrap().edges, [2.0, 5.0]);
    }

    proptest! {
        #[test]
        fn decoding_is_nearest(point in prop::collection::vec(-2.0..3.0_f64, 3), other in 0.0..7.0_f64) {
            let code = PiecewiseLinear { edges: vec![0.0, 1.0, 3.0, 7.0] };
            let distance = |value: f64| {
                let mut out = [0.0; 3];
                code.encode(value, &mut out);
                out.iter().zip(&point).map(|(a, b)| (a - b) * (a - b)).sum::<f64>()
            };
            prop_assert!(distance(code.decode(&point)) <= distance(other) + 1e-9);
        }
    }
}
