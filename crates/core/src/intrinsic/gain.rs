//! The gain of a direction: how much better held-out rows are explained with it than without.

/// Share of the rows that is trimmed at each end.
const TRIM: f64 = 0.02;

/// Returns the trimmed mean of `before` − `after` over rows, in standard errors (Tukey and McLaughlin, 1963).
/// Returns 0 if there are fewer than two rows.
///
/// Without trimming, a few outliers would decide alone. In return, a direction that only one row in fifty
/// needs, such as that of a rare class, is not detected. The ratio follows Student's distribution; it is
/// returned as the equally probable deviate of the normal distribution (Wallace, 1959).
pub fn gain(before: &[f64], after: &[f64]) -> f64 {
    let mut differences: Vec<f64> = before.iter().zip(after).map(|(a, b)| a - b).collect();
    differences.sort_by(f64::total_cmp);
    let count = differences.len();
    let off = (TRIM * count as f64) as usize;
    let kept = &differences[off..count - off];
    let (Some(&least), Some(&most)) = (kept.first(), kept.last()) else {
        return 0.0;
    };
    let mean = kept.iter().sum::<f64>() / kept.len() as f64;
    // The spread of all rows, with trimmed rows moved to the nearest kept value.
    let winsorised = || differences.iter().map(|of| of.max(least).min(most));
    let centre = winsorised().sum::<f64>() / count as f64;
    let squares: f64 = winsorised().map(|of| (of - centre).powi(2)).sum();
    let deviation = (squares / (count as f64 - 1.0).max(1.0)).sqrt();
    let error = deviation * (count as f64).sqrt() / kept.len() as f64;
    if error > 0.0 {
        as_normal(mean / error, kept.len() as f64 - 1.0)
    } else {
        0.0
    }
}

/// The deviate of the normal distribution that is as probable as this one of Student's distribution with
/// `freedom` degrees of freedom, within one or two percent.
fn as_normal(deviate: f64, freedom: f64) -> f64 {
    let share = (8.0 * freedom + 1.0) / (8.0 * freedom + 3.0);
    let size = share * (freedom * (deviate * deviate / freedom).ln_1p()).sqrt();
    size.copysign(deviate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gain_of_many_rows_is_the_mean_over_its_error() {
        // 10,000 differences that alternate between 0.5 and 1.5, so trimming hardly matters.
        let before: Vec<f64> = (0..10_000).map(|row| 1.5 - f64::from(row % 2)).collect();
        let found = gain(&before, &vec![0.0; before.len()]);
        // 96 % are kept. The mean is 1, and the error is the deviation 0.5 times √n / (0.96 n).
        let expected = 1.0 / (0.5 / (0.96 * 100.0));
        let normal = as_normal(expected, 9599.0);
        assert!((found / normal - 1.0).abs() < 1e-3, "{found}, {normal}");
        assert!(gain(&vec![0.0; before.len()], &before) < -100.0);
    }

    #[test]
    fn outliers_do_not_decide() {
        let mut before: Vec<f64> = (0..1000)
            .map(|row| 0.1 + 0.01 * f64::from(row % 7))
            .collect();
        let after = vec![0.0; before.len()];
        let plain = gain(&before, &after);
        before[3] = -1e9;
        before[8] = 1e9;
        assert!((gain(&before, &after) / plain - 1.0).abs() < 0.02);
    }

    #[test]
    fn few_rows_give_small_deviates() {
        assert_eq!(gain(&[], &[]), 0.0);
        assert_eq!(gain(&[1.0], &[0.0]), 0.0);
        // Two rows that nearly agree happen by chance in about one case of a hundred, whatever the ratio.
        assert!(gain(&[1.0, 1.01], &[0.0, 0.0]) < 3.0);
        // Quantiles of Student's distribution at the normal one's 97.5 % and 99.9 %.
        for (freedom, deviate, normal) in [
            (9.0, 2.262, 1.960),
            (9.0, 4.297, 3.090),
            (29.0, 3.396, 3.090),
        ] {
            let found = as_normal(deviate, freedom);
            assert!((found - normal).abs() < 0.02, "{freedom}: {found}");
        }
    }
}
