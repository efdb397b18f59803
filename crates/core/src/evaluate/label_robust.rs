//! DD-Ranking's label-robust score, which separates the value of a set from that of its soft labels (Li
//! et al., "DD-Ranking: Rethinking the Evaluation of Dataset Distillation", 2025).
//!
//! Accuracies are fractions. With the hard-label recovery HLR = full − distilled with hard labels, and the
//! improvement over random IOR = distilled − random_real, it is
//!
//! ```text
//!   LRS = (e^α − e⁻¹) / (e − e⁻¹),    α = w IOR − (1 − w) HLR,    w = 1/2.
//! ```

use super::Score;

/// The weight w of the improvement over random.
const WEIGHT: f64 = 0.5;

/// Computes the score, in [0, 1], from accuracies by name. Returns `None` if one that it needs is missing.
/// If `distilled_hard` is neither in `scores` nor in `failed`, the set's labels are hard and `distilled`
/// takes its place.
pub(super) fn score(scores: &[(String, Score)], failed: &[(String, String)]) -> Option<f64> {
    let mean = |name: &str| {
        let found = scores.iter().find(|(other, _)| other == name);
        found.map(|(_, score)| score.mean)
    };
    let distilled = mean("distilled")?;
    let hard = match mean("distilled_hard") {
        None if failed.iter().any(|(name, _)| name == "distilled_hard") => return None,
        hard => hard.unwrap_or(distilled),
    };
    let (recovery, improvement) = (mean("full")? - hard, distilled - mean("random_real")?);
    let alpha = WEIGHT * improvement - (1.0 - WEIGHT) * recovery;
    let least = (-1.0_f64).exp();
    Some((alpha.exp() - least) / (1.0_f64.exp() - least))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn scored(means: &[(&str, f64)]) -> Option<f64> {
        let of = |(name, mean): &(&str, f64)| ((*name).to_owned(), Score::of(&[*mean]));
        score(&means.iter().map(of).collect::<Vec<_>>(), &[])
    }

    #[test]
    fn the_score_is_0_for_the_worst_and_1_for_the_best_set_and_needs_three_accuracies() {
        let three = [("distilled", 1.0), ("random_real", 0.0), ("full", 0.0)];
        assert!((scored(&three).unwrap() - 1.0).abs() < 1e-12);
        let worst = [("distilled", 0.0), ("random_real", 1.0), ("full", 1.0)];
        assert!(scored(&worst).unwrap().abs() < 1e-12);
        // α = (0.7 − 0.5)/2 − (0.9 − 0.6)/2 = −0.05.
        let soft = [
            ("distilled", 0.7),
            ("distilled_hard", 0.6),
            ("random_real", 0.5),
            ("full", 0.9),
        ];
        let expected = ((-0.05_f64).exp() - (-1.0_f64).exp()) / (1.0_f64.exp() - (-1.0_f64).exp());
        assert!((scored(&soft).unwrap() - expected).abs() < 1e-12);
        assert_eq!(scored(&three[..2]), None);
    }
}
