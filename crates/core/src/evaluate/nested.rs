//! The nested sets of a set, which have scores of their own.

use burn::tensor::backend::Backend;

use crate::synthetic::SyntheticSet;

/// The first points of each class as a set, and the names of its scores.
#[derive(Debug)]
pub(super) struct NestedSet<B: Backend> {
    /// `distilled_K`, where K is the number of points of a class.
    pub distilled: String,
    /// `k_means_K`, the score of as many k-means centres.
    pub k_means: String,
    /// The points.
    pub set: SyntheticSet<B>,
}

impl<B: Backend> NestedSet<B> {
    /// The nested sets below the whole set, smallest first.
    pub fn all(set: &SyntheticSet<B>) -> Vec<Self> {
        let sizes = &set.arrangement().nested;
        let below = sizes.iter().take(sizes.len().saturating_sub(1));
        let of_size = |&size: &usize| Self {
            distilled: format!("distilled_{size}"),
            k_means: format!("k_means_{size}"),
            set: set.prefix(size),
        };
        below.map(of_size).collect()
    }
}
