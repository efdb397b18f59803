//! Categories as 0/1 columns.

use serde::{Deserialize, Serialize};

use crate::task::table::number::Marks;
use crate::task::table::outcome::class_name;

/// A 0/1 column for each category. A category that the training rows do not have is in the column of rare
/// categories, or if there is none, in no column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OneHot {
    /// The categories with a column of their own, in the order of the columns.
    pub categories: Vec<String>,
    /// The rare categories, which share the next column, if there are any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other: Option<Pooled>,
    /// Whether the last column is for missing values.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub missing: bool,
}

/// Rare categories that share a column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pooled {
    /// The category that the column is decoded to: the most frequent of them.
    pub word: String,
    /// The number of categories that share the column.
    pub count: usize,
}

/// Which categories of a column share one column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pooling {
    /// Fewest training rows of a category with a column of its own.
    pub min_frequency: usize,
    /// Most categories with columns of their own.
    pub max_categories: usize,
}

impl OneHot {
    /// The columns of these categories with their counts in the training rows; `missing` if some rows have none.
    /// The most frequent categories, at most `max_categories` and each of at least `min_frequency` rows, have columns of
    /// their own; the others share one, if they are at least two. Columns are in the order of names, or of numbers if
    /// all categories are numbers.
    pub fn fit(mut counts: Vec<(String, usize)>, missing: bool, pooling: Pooling) -> Self {
        counts.retain(|(_, count)| *count > 0);
        counts.sort_by(|(a, rows), (b, others)| others.cmp(rows).then_with(|| a.cmp(b)));
        let frequent = counts
            .iter()
            .take_while(|(_, count)| *count >= pooling.min_frequency)
            .count();
        let mut own = frequent.min(pooling.max_categories);
        if own + 1 == counts.len() {
            own += 1;
        }
        let rare = counts.split_off(own);
        let mut categories: Vec<String> = counts.into_iter().map(|(name, _)| name).collect();
        categories.sort();
        if is_numeric(&categories) {
            let value = |name: &String| Marks::default().parse(name).unwrap_or_default();
            categories.sort_by(|a, b| value(a).total_cmp(&value(b)));
        }
        Self {
            categories,
            other: rare.first().map(|(word, _)| Pooled {
                word: word.clone(),
                count: rare.len(),
            }),
            missing,
        }
    }

    /// Number of columns.
    pub fn width(&self) -> usize {
        self.categories.len() + usize::from(self.other.is_some()) + usize::from(self.missing)
    }

    /// Whether a word, or `None` for a missing value, has no column, not even one that it shares.
    pub fn is_unseen(&self, word: Option<&str>) -> bool {
        let has_own = word.map_or(self.missing, |word| self.find(word).is_some());
        !has_own && self.other.is_none()
    }

    /// Writes the encoded word, or missing value.
    pub fn encode(&self, word: Option<&str>, out: &mut [f64]) {
        out.fill(0.0);
        let own = self.categories.len();
        let place = match word {
            None => self.missing.then(|| self.width() - 1),
            Some(word) => self.find(word),
        };
        if let Some(place) = place.or(self.other.is_some().then_some(own)) {
            out[place] = 1.0;
        }
    }

    /// The word of any point, `None` if it is missing: that of the largest number, the first one of several.
    pub fn decode(&self, encoded: &[f64]) -> Option<&str> {
        let mut largest = 0;
        for (place, value) in encoded.iter().enumerate() {
            if *value > encoded[largest] {
                largest = place;
            }
        }
        match self.categories.get(largest) {
            Some(word) => Some(word),
            None => {
                let other = self.other.as_ref().map(|other| other.word.as_str());
                other.filter(|_| largest == self.categories.len())
            }
        }
    }

    /// The column of a word. If all categories are numbers, `1`, `01` and `1.0` are the same.
    fn find(&self, word: &str) -> Option<usize> {
        let place = |word: &str| self.categories.iter().position(|category| category == word);
        place(word).or_else(|| {
            let numeric = is_numeric(&self.categories);
            numeric.then(|| place(&class_name(word, true)))?
        })
    }
}

fn is_numeric(categories: &[String]) -> bool {
    categories
        .iter()
        .all(|name| Marks::default().parse(name).is_some())
}
