//! References to papers.

use serde::Serialize;

/// A paper that a method is taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub struct Paper {
    /// The part of the paper that is used.
    pub used: &'static str,
    /// Authors, title, venue and year.
    pub citation: &'static str,
    /// Address of the paper.
    pub link: &'static str,
}
