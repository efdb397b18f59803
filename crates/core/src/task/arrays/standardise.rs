//! Mean and deviation of columns, in double precision, of numbers that are not in memory as a matrix.

use crate::task::Columns;

/// Fits the columns of rows that `each` passes one by one, [`Columns::fit`] in double precision. A group
/// whose numbers are all equal gets the deviation 1.
///
/// `each` is called twice and must pass the same rows, of `width` numbers, in the same order.
pub fn fit(width: usize, groups: usize, each: impl Fn(&mut dyn FnMut(&[f64]))) -> Columns {
    let share = (width / groups.max(1)).max(1);
    let mut first = vec![f64::NAN; groups];
    let mut is_constant = vec![true; groups];
    let mut sums = vec![0.0; groups];
    let mut count = 0_usize;
    each(&mut |row| {
        for (group, values) in row.chunks(share).enumerate() {
            if count == 0 {
                first[group] = values[0];
            }
            is_constant[group] &= values.iter().all(|&value| value == first[group]);
            sums[group] += values.iter().sum::<f64>();
        }
        count += 1;
    });
    let numbers = (count * share).max(1) as f64;
    let means: Vec<f64> = sums.iter().map(|sum| sum / numbers).collect();
    let mut squares = vec![0.0; groups];
    each(&mut |row| {
        for (group, values) in row.chunks(share).enumerate() {
            let square = |value: &f64| (value - means[group]).powi(2);
            squares[group] += values.iter().map(square).sum::<f64>();
        }
    });
    let mut columns = Columns::default();
    for group in 0..groups {
        let deviation = (squares[group] / numbers).sqrt();
        let is_unscaled = is_constant[group] || !(deviation as f32).is_normal();
        columns.push(means[group], if is_unscaled { 1.0 } else { deviation });
    }
    columns
}

/// Writes x = (raw − mean) / std of a row in double precision, rounded at the end.
pub fn apply(columns: &Columns, raw: &[f64], row: &mut [f32]) {
    let groups = columns.mean.len();
    let share = (raw.len() / groups.max(1)).max(1);
    for (place, (value, &raw)) in row.iter_mut().zip(raw).enumerate() {
        let group = place / share;
        let (mean, std) = match groups {
            0 => (0.0, 1.0),
            _ => (columns.centre(group), f64::from(columns.std[group])),
        };
        *value = ((raw - mean) / std) as f32;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn numbers_are_those_of_a_matrix_in_single_precision() {
        let rows = array![[1.0_f32, 2.0, 10.0, 20.0], [3.0, 4.0, 30.0, 60.0]];
        for groups in [1, 2, 4] {
            let columns = fit(4, groups, |each| {
                for row in rows.rows() {
                    let row: Vec<f64> = row.iter().copied().map(f64::from).collect();
                    each(&row);
                }
            });
            assert_eq!(columns, Columns::fit(&rows, groups));
        }
    }

    #[test]
    fn numbers_far_from_0_have_mean_0_and_deviation_1() {
        let rows: Vec<f64> = (0..50).map(|row| 1e9 + f64::from(row * 7 % 5)).collect();
        let columns = fit(1, 1, |each| rows.iter().for_each(|row| each(&[*row])));
        let standard = rows.iter().map(|raw| {
            let mut row = [0.0];
            apply(&columns, &[*raw], &mut row);
            f64::from(row[0])
        });
        let standard: Vec<f64> = standard.collect();
        let mean = standard.iter().sum::<f64>() / 50.0;
        let square = standard.iter().map(|value| value * value).sum::<f64>() / 50.0;
        assert!(
            mean.abs() < 1e-6 && (square - 1.0).abs() < 1e-6,
            "{mean} {square}"
        );
    }

    #[test]
    fn only_equal_numbers_are_constant() {
        let columns = fit(2, 2, |each| {
            each(&[4e-7, 5.0]);
            each(&[6e-7, 5.0]);
        });
        assert!((columns.std[0] - 1e-7).abs() < 1e-12);
        assert_eq!(columns.std[1], 1.0);
    }
}
