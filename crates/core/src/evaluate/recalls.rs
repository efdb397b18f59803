//! Hits class by class: accuracy and balanced accuracy.

/// Number of rows and of right predictions of each class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Recalls {
    rows: Vec<usize>,
    hits: Vec<usize>,
}

impl Recalls {
    /// No rows of any of these classes.
    pub fn none(classes: usize) -> Self {
        Self {
            rows: vec![0; classes],
            hits: vec![0; classes],
        }
    }

    /// Adds a row of this class.
    pub fn add(&mut self, class: usize, is_hit: bool) {
        self.rows[class] += 1;
        self.hits[class] += usize::from(is_hit);
    }

    /// Number of rows whose class is right.
    pub fn hits(&self) -> usize {
        self.hits.iter().sum()
    }

    /// The share of rows whose class is right; NaN without rows.
    pub fn accuracy(&self) -> f64 {
        self.hits() as f64 / self.rows.iter().sum::<usize>() as f64
    }

    /// The balanced accuracy: the mean over the classes that have rows of the share of them that is right; NaN
    /// without rows.
    pub fn balanced(&self) -> f64 {
        let pairs = self.rows.iter().zip(&self.hits);
        let recalls: Vec<f64> = pairs
            .filter(|(rows, _)| **rows > 0)
            .map(|(&rows, &hits)| hits as f64 / rows as f64)
            .collect();
        recalls.iter().sum::<f64>() / recalls.len() as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_class_with_rows_counts_the_same() {
        let mut recalls = Recalls::none(4);
        // Class 0: three of four; class 1: none of one; class 2: two of two; class 3 has no rows.
        let rows = [
            (0, true),
            (0, true),
            (0, false),
            (0, true),
            (1, false),
            (2, true),
            (2, true),
        ];
        rows.iter()
            .for_each(|&(class, hit)| recalls.add(class, hit));
        assert_eq!(recalls.hits(), 5);
        assert!((recalls.accuracy() - 5.0 / 7.0).abs() < 1e-15);
        assert!((recalls.balanced() - (0.75 + 0.0 + 1.0) / 3.0).abs() < 1e-15);
        assert!(Recalls::none(2).balanced().is_nan());
    }
}
