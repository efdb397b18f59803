//! Where a method comes from.

use serde::Serialize;

/// A paper, and what of it is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub struct Paper {
    /// What is used.
    pub used: &'static str,
    /// Who wrote it, what it is called, and where it appeared.
    pub citation: &'static str,
    /// Where it can be read.
    pub link: &'static str,
}
